import { describe, expect, test } from 'vitest'
import { AppError } from '../../../../../src-main/base/errors.ts'
import { unreadable, bytesSource } from '../../../../../src-main/guests/offline/disk/source.ts'
import { readWindowsMedium, type MediumFiles } from '../../../../../src-main/guests/windows/media/medium.ts'
import { wimBytes, type WrittenImage } from '../../../../support/wim-writer.ts'

type Content = Uint8Array | string

const filesOf = (layout: Readonly<Record<string, Content>>): MediumFiles => ({
  async file(path) {
    const content = layout[path]
    if (content === undefined) return undefined
    return bytesSource(typeof content === 'string' ? new TextEncoder().encode(content) : content)
  },
  async text(path) {
    const content = layout[path]
    return content === undefined || typeof content === 'string' ? content : new TextDecoder().decode(content)
  },
})

const wim = (...images: WrittenImage[]) => wimBytes({ images })
const PRO: WrittenImage = { name: 'Windows 11 Pro', build: 26100, revision: 8000, language: 'de-DE' }
const UEFI = { 'efi/boot/bootx64.efi': 'x', 'efi/microsoft/boot/bcd': 'x', 'efi/microsoft/boot/boot.stl': 'x' }

const read = async (layout: Readonly<Record<string, Content>>) => (await readWindowsMedium(filesOf(layout)))!
const idsOf = (found: { findings: readonly { id: string; level: string }[] }) =>
  found.findings.map((f) => `${f.level} ${f.id}`)

describe('what is on a medium of Windows', () => {
  test('everything, from a whole one', async () => {
    const found = await read({
      'sources/install.wim': wim({ ...PRO, name: 'Windows 11 Home', editionId: 'Core' }, PRO),
      'sources/boot.wim': wim(),
      'sources/lang.ini':
        '\r\n[Available UI Languages]\r\nde-de = 3\r\nsr-latn-rs = 0\r\n\r\n[Fallback Languages]\r\nde-de = en-us\r\n',
      'sources/ei.cfg': '[EditionID]\r\nProfessional\r\n[Channel]\r\nvolume\r\n[VL]\r\n1\r\n',
      'sources/pid.txt': '[PID]\r\nValue=AAAAA-BBBBB-CCCCC-DDDDD-EEEEE\r\n',
      bootmgr: 'x',
      'boot/bcd': 'x',
      ...UEFI,
    })
    expect(found).toMatchObject({
      product: 'Windows 11',
      release: '24H2/25H2',
      build: '26100.8000',
      architectures: ['amd64'],
      languages: ['de-DE'],
      setupLanguages: ['de-DE', 'sr-Latn-RS'],
      channel: 'Volume',
      fixedEdition: 'Professional',
      hasKey: true,
      image: { path: 'sources/install.wim', format: 'wim', parts: 1, compression: 'LZX', solid: false },
      hasBootImage: true,
      bootFiles: ['BIOS', 'UEFI'],
    })
    expect(found.editions[1]).toEqual({
      index: 2,
      name: 'Windows 11 Pro',
      editionId: 'Professional',
      architecture: 'amd64',
      build: '26100.8000',
      language: 'de-DE',
    })
    expect(JSON.stringify(found)).not.toContain('AAAAA')
  })

  test('nothing, when it is another system', async () => {
    expect(await readWindowsMedium(filesOf({ 'casper/vmlinuz': 'x' }))).toBeUndefined()
  })

  test.each<[WrittenImage, string, string]>([
    [{ name: '', build: 6002, installationType: '' }, 'Windows Vista', ''],
    [{ name: '', build: 7601, revision: 17514 }, 'Windows 7', ''],
    [{ name: '', build: 7601, installationType: 'Server' }, 'Windows Server 2008 R2', ''],
    [{ name: '', build: 9200 }, 'Windows 8', ''],
    [{ name: '', build: 9600 }, 'Windows 8.1', ''],
    [{ name: '', build: 9200, installationType: 'Server Core' }, 'Windows Server 2012', ''],
    [{ name: '', build: 9600, installationType: 'Server' }, 'Windows Server 2012 R2', ''],
    [{ name: '', build: 14393, installationType: 'Server' }, 'Windows Server 2016', ''],
    [{ name: '', build: 17763, installationType: 'Server' }, 'Windows Server 2019', ''],
    [{ name: '', build: 20348, installationType: 'Server' }, 'Windows Server 2022', ''],
    [{ name: '', build: 26100, installationType: 'Server' }, 'Windows Server 2025', ''],
    [{ name: '', build: 17763 }, 'Windows 10', '1809'],
    [{ name: '', build: 19041 }, 'Windows 10', '2004–22H2'],
    [{ name: '', build: 19045 }, 'Windows 10', '22H2'],
    [{ name: '', build: 22000 }, 'Windows 11', '21H2'],
    [{ name: '', build: 22621 }, 'Windows 11', '22H2/23H2'],
    [{ name: '', build: 26200 }, 'Windows 11', '25H2'],
    [{ name: '', build: 99999 }, 'Windows 11', ''],
    [{ name: '' }, 'Windows', ''],
  ])('%j is %s %s', async (image, product, release) => {
    const found = await read({ 'sources/install.wim': wim(image) })
    expect([found.product, found.release]).toEqual([product, release])
  })

  test('of several editions the oldest', async () => {
    const found = await read({
      'sources/install.wim': wim(
        PRO,
        { ...PRO, revision: 7000 },
        { name: 'Windows 10 Pro', build: 19041, revision: 1 },
      ),
    })
    expect(found.build).toBe('19041.1')
  })

  test('of a medium for both kinds of PCs the one for 64 bits', async () => {
    const found = await read({
      'x86/sources/install.esd': wim({ ...PRO, architecture: 0 }),
      'x64/sources/install.esd': wim(PRO),
      'x64/sources/boot.wim': wim(),
      'x64/sources/lang.ini': '[Available UI Languages]\nfr-fr = 3\n',
      bootmgr: 'x',
      'boot/bcd': 'x',
      ...UEFI,
    })
    expect(found).toMatchObject({ architectures: ['amd64'], setupLanguages: ['fr-FR'], bootFiles: ['BIOS', 'UEFI'] })
    expect(found.image?.path).toBe('x64/sources/install.esd')
  })

  test('text files in UTF-16 as well', async () => {
    const text = Buffer.from('\ufeff[Available UI Languages]\r\nja-jp = 3\r\n', 'utf16le')
    const found = await read({ 'sources/install.wim': wim(PRO), 'sources/lang.ini': new Uint8Array(text) })
    expect(found.setupLanguages).toEqual(['ja-JP'])
  })

  test('what speaks for itself only: hostile text files say nothing', async () => {
    const found = await read({
      'sources/install.wim': wim(PRO),
      'sources/lang.ini': '[Available UI Languages]\n\u001b[31m = 3\n= 3\nde-de\n',
      'sources/ei.cfg': '[EditionID]\n<script>\n[Channel]\nCable\n',
    })
    expect(found).toMatchObject({ setupLanguages: [], channel: '', fixedEdition: '' })
  })
})

describe('what speaks against it', () => {
  const of = async (...images: WrittenImage[]) => idsOf(await read({ 'sources/install.wim': wim(...images) }))
  const client = (build: number, revision?: number): WrittenImage =>
    revision === undefined ? { name: 'c', build } : { name: 'c', build, revision }
  const server = (build: number, revision: number): WrittenImage => ({
    name: 's',
    installationType: 'Server',
    build,
    revision,
  })

  test.each<[string, WrittenImage, string[]]>([
    ['24H2 as it came out', client(26100, 1742), ['stop windows.24h2', 'note windows.client', 'note windows.wimboot']],
    [
      'the last build that fails',
      client(26100, 7704),
      ['stop windows.24h2', 'note windows.client', 'note windows.sid', 'note windows.wimboot'],
    ],
    [
      'the first that does not',
      client(26100, 7705),
      ['note windows.client', 'note windows.sid', 'note windows.wimboot'],
    ],
    [
      '25H2 before',
      client(26200, 7623),
      ['stop windows.24h2', 'note windows.client', 'note windows.sid', 'note windows.wimboot'],
    ],
    ['25H2 since', client(26200, 7705), ['note windows.client', 'note windows.sid', 'note windows.wimboot']],
    [
      '24H2 that hides its revision',
      client(26100),
      ['warn windows.24h2.unknown', 'note windows.client', 'note windows.sid', 'note windows.wimboot'],
    ],
    ['Server 2025 as it came out', server(26100, 1742), ['warn windows.server2025', 'note windows.wimboot']],
    ['Server 2025 since', server(26100, 3194), ['note windows.wimboot']],
    ['23H2', client(22621, 2428), ['note windows.client']],
    ['Server 2022', server(20348, 587), []],
    ['Server 2012 R2', server(9600, 17415), ['note windows.8']],
    ['Windows 7', client(7601, 17514), ['warn windows.7']],
    ['Vista', client(6002, 18005), ['refuse windows.tooOld']],
    ['Windows 10 for 32 bits', { ...client(19041, 1), architecture: 0 }, ['warn windows.x86', 'note windows.client']],
    ['Windows 11 for ARM', { ...client(22621, 1), architecture: 12 }, ['warn windows.arm64', 'note windows.client']],
    [
      'Server 2008 R2 for Itanium',
      { ...server(7601, 1), architecture: 6 },
      ['refuse windows.processor', 'warn windows.7'],
    ],
  ])('%s', async (_, image, expected) => {
    expect(await of(image)).toEqual(expected)
  })

  test('what holds for one edition of several stops nobody', async () => {
    const found = await read({ 'sources/install.wim': wim(client(26100, 8000), client(26100, 1742), client(6002, 1)) })
    expect(found.findings.find((f) => f.id === 'windows.24h2')).toMatchObject({ level: 'warn', editions: [2] })
    expect(found.findings.find((f) => f.id === 'windows.tooOld')).toMatchObject({ level: 'warn', editions: [3] })
  })

  test('every one says why, what helps, and how sure it is', async () => {
    const seen = await Promise.all(
      [client(26100, 1), client(26100), server(26100, 1), client(7601, 1), client(6000, 1), client(9600, 1)].map(
        (one) => read({ 'sources/install.wim': wim(one) }),
      ),
    )
    for (const finding of seen.flatMap((medium) => medium.findings)) {
      expect(finding.reason.length, finding.id).toBeGreaterThan(20)
      expect(finding.cure.length, finding.id).toBeGreaterThan(10)
      if (finding.grade === 'documented' || finding.grade === 'reported')
        expect(finding.source, finding.id).toMatch(/\w{4}/)
    }
  })

  test('an ISO of June 2026 needs its boot.stl', async () => {
    const image = wim(client(26100, 8655))
    const without = await read({ 'sources/install.wim': image })
    expect(idsOf(without)[0]).toBe('warn medium.bootStl')
    expect(idsOf(await read({ 'sources/install.wim': image, ...UEFI }))).not.toContain('warn medium.bootStl')
  })

  test('only what repairs', async () => {
    const found = await read({
      'sources/boot.wim': wim({ name: 'Windows Setup', installationType: 'WindowsPE', build: 26100, revision: 8000 }),
    })
    expect(found).toMatchObject({ product: 'Windows 11', build: '26100.8000', editions: [], hasBootImage: true })
    expect(idsOf(found)[0]).toBe('warn medium.noSystem')
  })

  test('a part is missing, or belongs to another', async () => {
    const part = (n: number, guid = 7) => wimBytes({ images: [PRO], part: n, parts: 3, guid, flags: 0x4_000a })
    const whole = { 'sources/install.swm': part(1), 'sources/install2.swm': part(2), 'sources/install3.swm': part(3) }
    const found = await read(whole)
    expect(found.image).toMatchObject({ format: 'swm', parts: 3 })
    expect(idsOf(found)).not.toContain('stop medium.parts')
    const foreign = await read({ ...whole, 'sources/install3.swm': part(3, 8), 'sources/install2.swm': 'no' })
    expect(foreign.findings[0]).toMatchObject({
      level: 'stop',
      id: 'medium.parts',
      reason: expect.stringContaining('sources/install2.swm, sources/install3.swm') as string,
    })
    const second = await read({ 'sources/install.swm': part(2) })
    expect(second.findings[0]).toMatchObject({
      id: 'medium.parts',
      reason: expect.stringContaining('part 2 of 3') as string,
    })
  })

  test('a damaged install.wim is said, and the rest is read', async () => {
    const found = await read({
      'sources/install.wim': wim(PRO).subarray(0, 300),
      'sources/boot.wim': wim({ name: 'Setup', installationType: 'WindowsPE', build: 22621, revision: 1 }),
      'sources/lang.ini': '[Available UI Languages]\nde-de = 3\n',
    })
    expect(found).toMatchObject({ product: 'Windows 11', build: '22621.1', editions: [], setupLanguages: ['de-DE'] })
    expect(found.findings[0]).toMatchObject({
      id: 'medium.unreadable',
      reason: expect.stringContaining('incomplete') as string,
    })
  })

  test('a file of the ISO that cannot be read is said; a disk that fails is thrown', async () => {
    const files = filesOf({ 'sources/install.wim': wim(PRO) })
    const failing = (error: AppError): MediumFiles => ({
      ...files,
      file: async (path) => {
        const source = await files.file(path)
        return source && { ...source, read: () => Promise.reject(error) }
      },
    })
    const found = await readWindowsMedium(failing(unreadable('it lies behind the end')))
    expect(found!.findings[0]).toMatchObject({ id: 'medium.unreadable' })
    await expect(readWindowsMedium(failing(new AppError('disk.io', 'broken')))).rejects.toMatchObject({
      code: 'disk.io',
    })
  })
})
