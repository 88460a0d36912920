import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AppError } from '../../src-main/base/errors.ts'
import { describeMedium } from '../../src-main/guests/iso/describe.ts'
import { openIsoMedium } from '../../src-main/guests/iso/medium.ts'
import { bytesSource, type ByteSource } from '../../src-main/guests/offline/disk/source.ts'
import { openWim } from '../../src-main/guests/windows/wim/wim.ts'
import { writeLayout, type Layout } from '../support/iso-layouts.ts'
import { hasProgram } from '../support/programs.ts'
import { seededRandom } from '../support/random.ts'
import { wimBytes } from '../support/wim-writer.ts'

/** WIMs of wimlib, read by us and by its own wiminfo; ISOs with them, as Windows media are; then thousands of damaged ones. */

let folder: string
let tree: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-wim-'))
  tree = writeLayout(join(folder, 'tree'), {
    'Windows/System32/a.txt': new TextEncoder().encode('hello\n'),
    'Windows/explorer.exe': seededRandom(1).bytes(600_000),
    'Windows/System32/ntoskrnl.exe': seededRandom(2).bytes(700_000),
  })
})
afterAll(() => rmSync(folder, { recursive: true }))

interface Edition {
  readonly name: string
  readonly editionId: string
  readonly installationType: string
  readonly arch: number
  readonly build: number
  readonly revision: number
  readonly language: string
}
const HOME: Edition = {
  name: 'Windows 11 Home & "N" <Ümläut>',
  editionId: 'CoreN',
  installationType: 'Client',
  arch: 9,
  build: 26100,
  revision: 1742,
  language: 'de-DE',
}
const PRO: Edition = { ...HOME, name: 'Windows 11 Pro', editionId: 'Professional' }
const ARM: Edition = { ...PRO, name: 'Windows 11 Pro ARM', arch: 12, language: 'en-US' }
const SERVER: Edition = {
  name: 'Windows Server 2022 SERVERSTANDARD',
  editionId: 'ServerStandard',
  installationType: 'Server',
  arch: 9,
  build: 20348,
  revision: 587,
  language: 'en-US',
}

const properties = (e: Edition): string[] =>
  [
    ['DISPLAYNAME', `${e.name} (shown)`],
    ['WINDOWS/ARCH', e.arch],
    ['WINDOWS/EDITIONID', e.editionId],
    ['WINDOWS/INSTALLATIONTYPE', e.installationType],
    ['WINDOWS/LANGUAGES/LANGUAGE[1]', e.language],
    ['WINDOWS/LANGUAGES/LANGUAGE[2]', 'fr-FR'],
    ['WINDOWS/LANGUAGES/DEFAULT', e.language],
    ['WINDOWS/VERSION/MAJOR', 10],
    ['WINDOWS/VERSION/MINOR', 0],
    ['WINDOWS/VERSION/BUILD', e.build],
    ['WINDOWS/VERSION/SPBUILD', e.revision],
    ['WINDOWS/VERSION/SPLEVEL', 0],
  ].map(([name, value]) => `--image-property=${name}=${value}`)

function makeWim(name: string, editions: readonly Edition[], ...options: string[]): string {
  const path = join(folder, name)
  for (const [i, edition] of editions.entries())
    execFileSync(
      i === 0 ? 'wimcapture' : 'wimappend',
      [tree, path, edition.name, '--threads=1', ...properties(edition), ...(i === 0 ? options : [])],
      { stdio: 'ignore' },
    )
  return path
}

/** A file where it lies, without reading it whole. */
function fileSource(path: string): ByteSource {
  return {
    sizeBytes: statSync(path).size,
    async read(at, length) {
      const handle = openSync(path, 'r')
      try {
        const bytes = new Uint8Array(length)
        if (readSync(handle, bytes, 0, length, at) !== length) throw new AppError('guest.outside', 'beyond the end')
        return bytes
      } finally {
        closeSync(handle)
      }
    },
  }
}

/** What wiminfo prints, by the words before the colon; images in the order of their numbers. */
function wiminfo(path: string): { head: Record<string, string>; images: Record<string, string>[] } {
  const text = execFileSync('wiminfo', [path], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } })
  const [head = '', ...rest] = text.split(/^Available Images:$/m)
  const fields = (block: string) =>
    Object.fromEntries([...block.matchAll(/^([A-Z][\w ]*):[ ]*(.*?)[ ]*$/gm)].map((m) => [m[1]!, m[2]!]))
  return {
    head: fields(head),
    images: rest
      .join('')
      .split(/\n\n/)
      .map(fields)
      .filter((f) => 'Index' in f),
  }
}
const ARCHITECTURE: Readonly<Record<string, string>> = { x86_64: 'amd64', ARM64: 'arm64', x86: 'x86' }

describe.skipIf(!hasProgram('wimcapture'))('a WIM is read as wimlib reads it', () => {
  test.each<[string, string[], string]>([
    ['uncompressed', ['--compress=none'], 'None'],
    ['XPRESS', ['--compress=XPRESS'], 'XPRESS'],
    ['LZX', ['--compress=LZX', '--check', '--boot'], 'LZX'],
    ['LZMS', ['--compress=LZMS'], 'LZMS'],
    ['solid, as an ESD', ['--solid'], 'LZMS'],
  ])('%s', async (name, options, compression) => {
    const path = makeWim(`${name.replace(/\W/g, '')}.wim`, [HOME, PRO, ARM], ...options)
    const theirs = wiminfo(path)
    const { header, images, solid } = await openWim(fileSource(path))
    expect(theirs.head['Compression']).toBe(compression)
    expect(header.compression).toBe(compression === 'None' ? 'none' : compression)
    expect({
      version: header.version,
      count: header.imageCount,
      boot: header.bootIndex,
      part: `${header.part}/${header.parts}`,
      guid: `0x${header.guid}`,
      integrity: header.integrity.lengthBytes > 0,
    }).toEqual({
      version: Number(theirs.head['Version']),
      count: 3,
      boot: Number(theirs.head['Boot Index']),
      part: theirs.head['Part Number'],
      guid: theirs.head['GUID'],
      integrity: options.includes('--check'),
    })
    expect(solid).toBe(options.includes('--solid'))
    expect(
      images.map((i) => ({
        index: `${i.index}`,
        name: i.name,
        displayName: i.displayName,
        editionId: i.editionId,
        type: i.installationType,
        architecture: i.architecture as string,
        languages: i.languages.join(' '),
        language: i.defaultLanguage,
        build: `${i.version!.major}.${i.version!.minor}.${i.version!.build}.${i.version!.revision}`,
        bytes: `${i.sizeBytes}`,
      })),
    ).toEqual(
      theirs.images.map((i) => ({
        index: i['Index'],
        name: i['Name'],
        displayName: i['Display Name'],
        editionId: i['Edition ID'],
        type: i['Installation Type'],
        architecture: ARCHITECTURE[i['Architecture']!],
        languages: i['Languages'],
        language: i['Default Language'],
        build: `${i['Major Version']}.${i['Minor Version']}.${i['Build']}.${i['Service Pack Build']}`,
        bytes: i['Total Bytes'],
      })),
    )
    expect(images.map((i) => i.name)).toEqual([HOME.name, PRO.name, ARM.name])
  })

  test('a WIM for pipes is refused by name', async () => {
    const path = makeWim('pipable.wim', [PRO], '--pipable')
    await expect(openWim(fileSource(path))).rejects.toMatchObject({
      code: 'guest.unreadable',
      message: expect.stringContaining('pipable') as string,
    })
  })

  test('parts of a split one know each other', async () => {
    const whole = makeWim('whole.wim', [PRO], '--compress=none')
    const first = join(folder, 'install.swm')
    execFileSync('wimsplit', [whole, first, '0.6'], { stdio: 'ignore' })
    const parts = await Promise.all(['', '2', '3'].map((n) => openWim(fileSource(join(folder, `install${n}.swm`)))))
    expect(parts.map(({ header }) => [header.part, header.parts])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ])
    expect(new Set(parts.map(({ header }) => header.guid)).size).toBe(1)
  })
})

const UEFI: Layout = {
  'efi/boot/bootx64.efi': seededRandom(3).bytes(3000),
  'efi/microsoft/boot/bcd': seededRandom(4).bytes(3000),
  bootmgr: seededRandom(5).bytes(3000),
  'boot/bcd': seededRandom(6).bytes(3000),
}
const text = (value: string): Uint8Array => new TextEncoder().encode(value)

describe.skipIf(!hasProgram('wimcapture') || !hasProgram('genisoimage'))('an ISO of Windows', () => {
  function makeIso(name: string, layout: Layout): string {
    const path = join(folder, `${name}.iso`)
    const source = writeLayout(join(folder, `iso-${name}`), layout)
    execFileSync('genisoimage', ['-quiet', '-udf', '-V', 'CCCOMA_X64FRE', '-o', path, source], { stdio: 'ignore' })
    return path
  }
  const describeIso = async (path: string) => describeMedium(await openIsoMedium(fileSource(path)))

  test('is described with its product, editions, languages and what speaks against its build', async () => {
    const found = await describeIso(
      makeIso('client', {
        ...UEFI,
        'sources/install.wim': readFileSync(makeWim('client.wim', [HOME, PRO], '--compress=LZX')),
        'sources/boot.wim': readFileSync(
          makeWim('boot.wim', [{ ...PRO, name: 'Setup', installationType: 'WindowsPE' }]),
        ),
        'sources/lang.ini': text('[Available UI Languages]\r\nde-de = 3\r\n'),
        'sources/ei.cfg': text('[Channel]\r\nRetail\r\n'),
      }),
    )
    expect(found).toMatchObject({
      kind: 'windows',
      fileSystem: 'UDF',
      label: 'CCCOMA_X64FRE',
      title: 'Windows 11 (24H2/25H2)',
      windows: {
        product: 'Windows 11',
        build: '26100.1742',
        languages: ['de-DE'],
        setupLanguages: ['de-DE'],
        channel: 'Retail',
        hasBootImage: true,
        bootFiles: ['BIOS', 'UEFI'],
        image: { format: 'wim', compression: 'LZX' },
      },
    })
    expect(found.windows!.editions.map((e) => [e.index, e.name, e.editionId])).toEqual([
      [1, HOME.name, 'CoreN'],
      [2, PRO.name, 'Professional'],
    ])
    expect(found.windows!.findings[0]).toMatchObject({ id: 'windows.24h2', level: 'stop', grade: 'reported' })
  })

  test('with a solid ESD, and with all parts of a split WIM but one', async () => {
    const esd = await describeIso(
      makeIso('esd', { ...UEFI, 'sources/install.esd': readFileSync(makeWim('server.esd', [SERVER], '--solid')) }),
    )
    expect(esd.title).toBe('Windows Server 2022')
    expect(esd.windows).toMatchObject({ image: { format: 'esd', compression: 'LZMS', solid: true } })
    expect(esd.windows!.findings.map((f) => f.id)).toEqual(['medium.packed'])

    const whole = makeWim('parts.wim', [SERVER], '--compress=none')
    execFileSync('wimsplit', [whole, join(folder, 'parts.swm'), '0.6'], { stdio: 'ignore' })
    const part = (n: string): Uint8Array => readFileSync(join(folder, `parts${n}.swm`))
    const split = { ...UEFI, 'sources/install.swm': part(''), 'sources/install2.swm': part('2') }
    const lacking = await describeIso(makeIso('lacking', split))
    expect(lacking.windows!.findings[0]).toMatchObject({ id: 'medium.parts', level: 'stop' })
    const complete = await describeIso(makeIso('complete', { ...split, 'sources/install3.swm': part('3') }))
    expect(complete.windows!.findings).toEqual([])
    expect(complete.windows).toMatchObject({ build: '20348.587', image: { format: 'swm', parts: 3 } })
  })

  test('damaged anywhere, is still described or refused: 2000 mutations', async () => {
    const image = readFileSync(
      makeIso('mutants', {
        'sources/install.swm': wimBytes({ images: [{ name: 'Windows 11 Pro', build: 26100, revision: 1 }], parts: 2 }),
        'sources/install2.swm': wimBytes({ images: [], part: 2, parts: 2 }),
        'sources/lang.ini': text('[Available UI Languages]\r\nde-de = 3\r\n'),
        'sources/ei.cfg': text('[Channel]\r\nRetail\r\n'),
      }),
    )
    const used = [...image.keys()].filter((i) => image[i] !== 0 && image[i] !== 0x20)
    const random = seededRandom(11)
    const results = new Map<string, number>()
    for (let n = 0; n < 2000; n++) {
      const place = used[random.below(used.length)]!
      const before = image[place]!
      image[place] = random.below(256)
      const result = await openIsoMedium(bytesSource(image))
        .then(describeMedium)
        .then(
          (found) => (found.windows?.image ? 'read' : 'not readable'),
          (thrown: unknown) => {
            if (thrown instanceof AppError && thrown.hint !== undefined) return thrown.code
            throw thrown
          },
        )
      results.set(result, (results.get(result) ?? 0) + 1)
      image[place] = before
    }
    expect([...results.keys()].filter((key) => !['read', 'not readable', 'medium.unreadable'].includes(key))).toEqual(
      [],
    )
    expect(results.get('read')).toBeGreaterThan(500)
    expect(results.get('not readable')).toBeGreaterThan(20)
  })

  test('with an install.wim of more than 4 GiB, whose description stands behind them', async () => {
    const small = readFileSync(makeWim('small.wim', [HOME, PRO], '--compress=none'))
    const large = join(folder, 'large/sources/install.wim')
    const at = 5 * 2 ** 30 + 2048
    const xmlAt = Number(small.readBigUInt64LE(80))
    const xmlBytes = Number(small.readBigUInt64LE(88))
    mkdirSync(join(folder, 'large/sources'), { recursive: true })
    const handle = await open(large, 'w')
    const head = Buffer.from(small)
    head.writeBigUInt64LE(BigInt(at), 80)
    await handle.write(head, 0, head.length, 0)
    await handle.write(small, xmlAt, xmlBytes, at)
    await handle.close()
    expect(wiminfo(large).images.map((i) => i['Name'])).toEqual([HOME.name, PRO.name])

    // The medium is not written out: what describes its files stands in front, and the bytes of this one follow.
    const made = spawnSync(
      'sh',
      ['-c', 'genisoimage -quiet -udf -allow-limited-size "$0" | head -c 2097152', join(folder, 'large')],
      {
        maxBuffer: 4 << 20,
      },
    )
    const front = made.stdout
    const start = front.indexOf('MSWIM\0\0\0')
    expect(start).toBeGreaterThan(0)
    const file = fileSource(large)
    const source: ByteSource = {
      sizeBytes: Math.ceil((start + file.sizeBytes) / 2048 + 400) * 2048,
      async read(from, length) {
        const out = Buffer.alloc(length)
        if (from < front.length) front.copy(out, 0, from, Math.min(from + length, front.length))
        const first = Math.max(from, start)
        const end = Math.min(from + length, start + file.sizeBytes)
        if (end > first) out.set(await file.read(first - start, end - first), first - from)
        return out
      },
    }
    const found = await describeMedium(await openIsoMedium(source))
    expect(found.fileSystem).toBe('UDF')
    expect(found.windows!.editions.map((e) => e.name)).toEqual([HOME.name, PRO.name])
  })
})

describe('a damaged WIM never hangs or breaks the reader', () => {
  const EVIL = [0, 1, 2, 0x3c, 0x3e, 0x26, 0x7f, 0x80, 0xff]

  test.each<[string, () => Uint8Array]>([
    ['of our own', () => wimBytes({ images: [{ name: 'Windows 11 Pro', build: 26100, revision: 1 }, { name: 'b' }] })],
    ['of wimlib', () => readFileSync(makeWim('mutant.wim', [HOME], '--solid', '--check'))],
  ])('%s: 10 000 mutations of its header and of what it says', async (name, make) => {
    if (name === 'of wimlib' && !hasProgram('wimcapture')) return
    const bytes = Buffer.from(make())
    const xmlAt = Number(bytes.readBigUInt64LE(80))
    const xmlEnd = xmlAt + Number(bytes.readBigUInt64LE(88))
    const random = seededRandom(name.length)
    const results = new Map<string, number>()
    for (let n = 0; n < 10_000; n++) {
      const before = [Buffer.from(bytes.subarray(0, 208)), Buffer.from(bytes.subarray(xmlAt, xmlEnd))] as const
      for (let count = 1 + random.below(4); count > 0; count--) {
        const place = random.below(2) === 0 ? random.below(208) : xmlAt + random.below(xmlEnd - xmlAt)
        bytes[place] = random.below(2) === 0 ? EVIL[random.below(EVIL.length)]! : random.below(256)
      }
      const result = await openWim(bytesSource(bytes)).then(
        () => 'read',
        (thrown: unknown) => {
          if (thrown instanceof AppError && /^guest\./.test(thrown.code)) return thrown.code
          throw thrown
        },
      )
      results.set(result, (results.get(result) ?? 0) + 1)
      before[0].copy(bytes, 0)
      before[1].copy(bytes, xmlAt)
    }
    // Both must have happened often, or the damage was nowhere, or everywhere.
    expect([...results.keys()].sort()).toEqual(['guest.unreadable', 'read'])
    for (const [, count] of results) expect(count).toBeGreaterThan(500)
  })

  test('cut off anywhere', async () => {
    const bytes = wimBytes({ images: [{ name: 'x', build: 1 }] })
    for (let length = 0; length < bytes.length; length++)
      await expect(openWim(bytesSource(bytes.subarray(0, length)))).rejects.toMatchObject({ code: 'guest.unreadable' })
  })
})
