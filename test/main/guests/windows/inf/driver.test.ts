import { describe, expect, test } from 'vitest'
import { cardOf, matchesCard, readInfDriver } from '../../../../../src-main/guests/windows/inf/driver.ts'
import { seededRandom } from '../../../../support/random.ts'
import { ndisInf } from '../../../../support/inf-files.ts'

const ascii = (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1')
const read = (text: string) => readInfDriver(ascii(text))
const failure = (bytes: Uint8Array): string => {
  try {
    readInfDriver(bytes)
  } catch (thrown) {
    expect((thrown as { code: string }).code).toBe('guest.inf')
    return (thrown as Error).message
  }
  return 'read'
}

describe('an INF file of a network driver', () => {
  test('says what it is, for which cards, and what belongs to it', () => {
    expect(read(ndisInf())).toEqual({
      deviceClass: 'Net',
      provider: 'Maker, Inc.',
      version: '10.80.50.1003',
      architectures: ['amd64'],
      devices: [
        { description: 'Gigabit Family Controller', id: 'PCI\\VEN_10EC&DEV_8168' },
        { description: 'Gigabit Family Controller', id: 'PCI\\VEN_10EC&DEV_8168&SUBSYS_816810EC&REV_03' },
        { description: 'Board; with a semicolon', id: 'PCI\\VEN_10EC&DEV_8136&SUBSYS_00011458' },
        { description: 'Gigabit Family Controller', id: 'PCI\\VEN_10EC&DEV_8125', fromBuild: 16299 },
      ],
      files: [
        { name: 'rt640x64.cat', folder: '' },
        { name: 'rtmsg.dll', folder: 'x64/res' },
        { name: 'rt640x64.sys', folder: 'x64' },
      ],
    })
  })

  test.each([
    ['UTF-16, little end first', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16, big end first', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['UTF-16 without its mark', (text: string) => Buffer.from(text, 'utf16le')],
    ['UTF-8 with its mark', (text: string) => Buffer.from(`\ufeff${text}`, 'utf8')],
    ['one byte a character', (text: string) => Buffer.from(text.replace('Gigabit', 'Gigabit \xe4'), 'latin1')],
  ])('is read in %s', (_name, encode) => {
    const driver = readInfDriver(encode(ndisInf()))
    expect(driver.devices.map((d) => d.id)).toEqual(read(ndisInf()).devices.map((d) => d.id))
  })

  test('fits a card of its kind; one for boards of certain makers only may fit', () => {
    const driver = read(ndisInf())
    expect(matchesCard(driver, { vendor: '10ec', device: '8168' })).toBe('exact')
    expect(matchesCard(driver, { vendor: '10ec', device: '8136' })).toBe('some')
    expect(matchesCard(driver, { vendor: '10ec', device: '8125' })).toBe('exact')
    expect(matchesCard(driver, { vendor: '8086', device: '8168' })).toBeUndefined()
    expect(matchesCard(driver, { vendor: '10ec', device: '816' })).toBeUndefined()
  })

  test('is told apart from one for other processors: sections without one are for 32-bit PCs', () => {
    const only = (decoration: string) =>
      read(`[Version]
Class=Net
[Manufacturer]
Maker=M${decoration}
[M]
Card=Install,PCI\\VEN_10EC&DEV_8168
[M.NTarm64.10.0]
Card=Install,PCI\\VEN_10EC&DEV_8168
[M.NT.6.0]
Card=Install,PCI\\VEN_10EC&DEV_8168
`)
    for (const decoration of ['', ',NTarm64.10.0', ',NT.6.0']) expect(only(decoration).devices).toEqual([])
    expect(only(',NTarm64.10.0').architectures).toEqual(['x86', 'arm64'])
  })
})

describe('a driver of NetAdapterCx', () => {
  test('is known by keywords that only such have', () => {
    for (const keyword of ['*IfConnectorPresent', '*ConnectionType', '*AccessType'])
      expect(read(`${ndisInf()}[Install.NT]\n${keyword} = 1\n`).netAdapterCx).toContain(`“${keyword}”`)
  })
  test('is known by the name of the framework, and by “cx” in the name of a KMDF driver', () => {
    expect(read(`${ndisInf()}[Install.NT]\nInclude = netadaptercx.inf\n`).netAdapterCx).toBe('it names NetAdapterCx')
    expect(read(`${ndisInf()}[Install.NT.Wdf]\nKmdfService = rt68cx21, wdf\n`).netAdapterCx).toContain('“rt68cx21”')
  })
  test('is not every driver of KMDF, nor one that has those letters elsewhere', () => {
    expect(read(`${ndisInf()}[Install.NT.Wdf]\nKmdfService = netkvm, wdf\n`).netAdapterCx).toBeUndefined()
    expect(read(ndisInf().replaceAll('rt640x64', 'cxgb64')).netAdapterCx).toBeUndefined()
  })
})

describe('a hostile INF file', () => {
  test('is refused in one sentence', () => {
    expect(failure(new Uint8Array(0))).toContain('no sections')
    expect(failure(ascii('hello'))).toContain('no sections')
    expect(failure(ascii('[x]\na=b'))).toContain('no section [Version]')
    expect(failure(new Uint8Array((8 << 20) + 1))).toContain('more than any driver needs')
    expect(failure(Buffer.from(`[v]\n${'\n'.repeat(260_000)}`))).toContain('more lines')
  })
  test('whose texts name each other, or go on for ever, ends', () => {
    const loop = '[Version]\nClass=%a%\nProvider=%%%b%\n[Strings]\na=%b%\nb=%a%\n'
    expect(read(loop)).toMatchObject({ deviceClass: '%b%', provider: '%%a%' })
    expect(failure(ascii(`[Version]\n${'a\\\n'.repeat(100_000)}`))).toBe('read')
    expect(failure(ascii(`[Version\nClass="Net\n[Manufacturer]\n,,,,\n=\n=,"\n"="\n[]\n`))).toBe('read')
  })
  test('never ends in anything but a refusal, whatever its bytes are', () => {
    const random = seededRandom(20261121)
    const whole = Buffer.from(ndisInf(), 'latin1')
    for (let i = 0; i < 300; i++) {
      const bent = Buffer.from(whole)
      for (let n = 0; n < 1 + (i % 12); n++) bent[random.below(bent.length)] = random.below(256)
      failure(bent.subarray(0, 1 + random.below(bent.length)))
    }
  })
})

test('a network card is what the loader calls it', () => {
  expect(cardOf('01-10-ec-81-68')).toEqual({ vendor: '10ec', device: '8168' })
  expect(cardOf('01:80:86:15:3C')).toEqual({ vendor: '8086', device: '153c' })
  for (const text of [
    undefined,
    '',
    '02-10-ec-81-68',
    '01-00-00-00-00',
    '01-10-ec-81',
    'x01-10-ec-81-68',
    '01-ff-ff-ff-ff',
  ])
    expect(cardOf(text)).toBeUndefined()
})
