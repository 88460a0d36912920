import { describe, expect, test } from 'vitest'
import { bytesSource } from '../../../../../src-main/guests/offline/disk/source.ts'
import { openWim } from '../../../../../src-main/guests/windows/wim/wim.ts'
import { imageXml, wimBytes, type WrittenWim } from '../../../../support/wim-writer.ts'

const open = (o: WrittenWim) => openWim(bytesSource(wimBytes(o)))
const PRO = { name: 'Windows 11 Pro', build: 26100, revision: 1742 }

/** With bytes of the header changed. */
async function changed(change: (b: Buffer) => void): Promise<unknown> {
  const bytes = Buffer.from(wimBytes({ images: [PRO] }))
  change(bytes)
  return openWim(bytesSource(bytes)).then(
    () => 'read',
    (thrown: { code?: string; message: string }) => `${thrown.code}: ${thrown.message}`,
  )
}

describe('what a WIM says of itself', () => {
  test('its editions, as Windows 11 has them', async () => {
    const { header, images, solid } = await open({
      images: [
        { name: 'Windows 11 Home', editionId: 'Core', language: 'de-DE', build: 26100, revision: 4349 },
        { ...PRO, name: 'Windows 11 Pro & more' },
      ],
      bootIndex: 2,
    })
    expect(header).toMatchObject({ compression: 'LZX', part: 1, parts: 1, bootIndex: 2, imageCount: 2 })
    expect(solid).toBe(false)
    expect(images[0]).toEqual({
      index: 1,
      name: 'Windows 11 Home',
      displayName: 'Windows 11 Home',
      editionId: 'Core',
      installationType: 'Client',
      productType: 'WinNT',
      architecture: 'amd64',
      version: { major: 10, minor: 0, build: 26100, revision: 4349, servicePack: 0 },
      languages: ['de-DE'],
      defaultLanguage: 'de-DE',
      sizeBytes: 1000,
    })
    expect(images[1]!.name).toBe('Windows 11 Pro & more')
  })

  test('images in the order of their numbers, whatever their order in the file', async () => {
    const xml = `<WIM>${imageXml({ name: 'two' }, 2)}${imageXml({ name: 'one' }, 1)}</WIM>`
    const { images } = await open({ xml, imageCount: 2 })
    expect(images.map((i) => [i.index, i.name])).toEqual([
      [1, 'one'],
      [2, 'two'],
    ])
  })

  test('an image of which nothing is known', async () => {
    const { images } = await open({ xml: '<WIM><IMAGE INDEX="1"/></WIM>', imageCount: 1 })
    expect(images[0]).toMatchObject({ index: 1, name: '', architecture: 'unknown', version: undefined, languages: [] })
  })

  test('nothing that a terminal obeys, or that turns writing around', async () => {
    const { images } = await open({ images: [{ name: `a\u009b31m\u202eb${'x'.repeat(1000)}` }] })
    expect(images[0]!.name).toMatch(/^a\ufffd31m\ufffdbx+…$/)
    expect(images[0]!.name.length).toBe(257)
  })

  test.each<[string, WrittenWim, string]>([
    ['another root', { xml: '<FOO/>', imageCount: 0 }, 'begins with <FOO>'],
    ['no XML', { xml: '<WIM>', imageCount: 0 }, 'no proper XML'],
    ['a document type', { xml: '<!DOCTYPE WIM [<!ENTITY a "b">]><WIM>&a;</WIM>', imageCount: 0 }, 'no proper XML'],
    ['an entity of its own', { xml: '<WIM>&a;</WIM>', imageCount: 0 }, 'no proper XML'],
    [
      'elements in each other without end',
      { xml: `${'<WIM>'.repeat(1000)}${'</WIM>'.repeat(1000)}`, imageCount: 0 },
      'no proper XML',
    ],
    ['more elements than any WIM has', { xml: `<WIM>${'<A/>'.repeat(60_000)}</WIM>`, imageCount: 0 }, 'no proper XML'],
    [
      'one element with attributes without end',
      { xml: `<WIM ${Array.from({ length: 200 }, (_, i) => `a${i}=""`).join(' ')}/>`, imageCount: 0 },
      'no proper XML',
    ],
    ['numbers with a gap', { xml: '<WIM><IMAGE INDEX="2"/></WIM>', imageCount: 1 }, 'not numbered from 1'],
    ['a number twice', { xml: '<WIM><IMAGE INDEX="1"/><IMAGE INDEX="1"/></WIM>', imageCount: 2 }, 'not numbered'],
    ['another count in its header', { images: [PRO], imageCount: 3 }, 'has 3 images, and describes 1'],
    ['a version that nobody knows', { images: [PRO], version: 0x10c00 }, 'version 0x10c00'],
    ['a writer that did not finish', { images: [PRO], flags: 0x40 }, 'did not finish'],
    ['part 0', { images: [PRO], part: 0 }, 'part 0 of 1'],
    ['part 3 of 2', { images: [PRO], part: 3, parts: 2 }, 'part 3 of 2'],
  ])('%s is refused', async (_, o, message) => {
    await expect(open(o)).rejects.toMatchObject({
      code: 'guest.unreadable',
      message: expect.stringContaining(message) as string,
    })
  })

  test('too much XML is not even read', async () => {
    const xml = `<WIM>${' '.repeat(2_200_000)}</WIM>`
    await expect(open({ xml })).rejects.toMatchObject({ code: 'guest.unreadable', message: /absurdly long/ })
  })

  test.each<[string, (b: Buffer) => void, RegExp]>([
    ['no WIM', (b) => b.write('MSWIN', 0), /does not begin/],
    ['a WIM for pipes', (b) => b.write('WLPWM', 0), /pipable/],
    ['a header of another length', (b) => b.writeUInt32LE(212, 8), /212 bytes/],
    ['XML behind the end', (b) => b.writeBigUInt64LE(BigInt(b.length), 80), /behind its end/],
    ['XML at the end of all numbers', (b) => b.writeBigUInt64LE(0xffff_ffff_ffff_ffffn, 80), /behind its end/],
    ['XML as long as a number can be', (b) => b.writeBigUInt64LE(0x02ff_ffff_ffff_ffffn, 72), /behind its end/],
    ['no XML', (b) => b.writeBigUInt64LE(0n, 72), /does not say/],
    ['compressed XML', (b) => b.writeUInt8(0x06, 79), /compressed/],
    ['XML of another length when unpacked', (b) => b.writeBigUInt64LE(1n, 88), /compressed/],
    ['XML without its mark', (b) => b.writeUInt16LE(0xfffe, 208), /UTF-16/],
    [
      'an offset table behind the end',
      (b) => b.writeBigUInt64LE(50n, 48) && b.writeUInt32LE(2 ** 31, 56),
      /behind its end/,
    ],
    ['an integrity table behind the end', (b) => b.writeBigUInt64LE(0xffff_ffffn, 124), /behind its end/],
  ])('%s is refused', async (_, change, message) => {
    expect(await changed(change)).toMatch(new RegExp(`^guest\\.unreadable: .*${message.source}`))
  })

  test.each([0, 1, 100, 207])('a file of %i bytes is refused', async (length) => {
    const bytes = wimBytes({ images: [PRO] }).subarray(0, length)
    await expect(openWim(bytesSource(bytes))).rejects.toMatchObject({ code: 'guest.unreadable' })
  })
})
