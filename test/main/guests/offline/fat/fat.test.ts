import { describe, expect, test } from 'vitest'
import { bytesSource } from '../../../../../src-main/guests/offline/disk/source.ts'
import { FileTree } from '../../../../../src-main/guests/offline/disk/file-system.ts'
import { decodeFatBootSector } from '../../../../../src-main/guests/offline/fat/boot-sector.ts'
import { decodeFatDirectory } from '../../../../../src-main/guests/offline/fat/directory.ts'
import { openFat } from '../../../../../src-main/guests/offline/fat/volume.ts'
import { fixtureImage } from '../../../../support/offline-images.ts'

const row = (
  name: string,
  attribute: number,
  o: { lower?: number; cluster?: number; size?: number } = {},
): Uint8Array => {
  const b = Buffer.alloc(32)
  b.write(name.padEnd(11), 0, 'latin1')
  b[11] = attribute
  b[12] = o.lower ?? 0
  b.writeUInt16LE((o.cluster ?? 0) >>> 16, 20)
  b.writeUInt16LE((o.cluster ?? 0) & 0xffff, 26)
  b.writeUInt32LE(o.size ?? 0, 28)
  return b
}
/** Part of a long name, as the specification draws it. */
const longRow = (order: number, sum: number, text: string): Uint8Array => {
  const b = Buffer.alloc(32, 0xff)
  b[0] = order
  b[11] = 0x0f
  b[12] = 0
  b[13] = sum
  b.writeUInt16LE(0, 26)
  const at = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30]
  const units = text.length < 13 ? `${text}\0` : text
  for (let i = 0; i < units.length; i++) b.writeUInt16LE(units.charCodeAt(i), at[i]!)
  return b
}
const join = (...rows: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(rows))
/** Of the short name "THEQUI~1FOX". */
const SUM = 0x07

describe('a directory', () => {
  test('gives long names, short names and the label', () => {
    const found = decodeFatDirectory(
      join(
        row('DISK       ', 0x08),
        row('.          ', 0x10),
        row('..         ', 0x10),
        longRow(0x42, SUM, 'wn.fox'),
        longRow(0x01, SUM, 'The quick bro'),
        row('THEQUI~1FOX', 0x20, { cluster: 0x12345, size: 99 }),
        row('README  TXT', 0x20, { lower: 0x18 }),
        row('\x05BC     ', 0x10, { cluster: 7 }),
        row('\xe5ELETED TXT', 0x20),
        new Uint8Array(32),
        row('BEHIND  END', 0x20),
      ),
    )
    expect(found.volumeLabel).toBe('DISK')
    expect(found.entries).toEqual([
      { name: 'The quick brown.fox', directory: false, firstCluster: 0x12345, sizeBytes: 99 },
      { name: 'readme.txt', directory: false, firstCluster: 0, sizeBytes: 0 },
      { name: '\xe5BC', directory: true, firstCluster: 7, sizeBytes: 0 },
    ])
  })

  test.each([
    ['the checksum is of another file', [longRow(0x41, SUM + 1, 'other.fox')]],
    ['a part is missing', [longRow(0x42, SUM, 'wn.fox')]],
    ['parts are in the wrong order', [longRow(0x01, SUM, 'The quick bro'), longRow(0x42, SUM, 'wn.fox')]],
    ['the number is too high', [longRow(0x7f, SUM, 'x')]],
  ])('falls back on the short name when %s', (_, parts) => {
    const found = decodeFatDirectory(join(...parts, row('THEQUI~1FOX', 0x20)))
    expect(found.entries.map((e) => e.name)).toEqual(['THEQUI~1.FOX'])
  })
})

describe('a volume', () => {
  test('made by mkfs.fat is read', async () => {
    const fs = await openFat(bytesSource(fixtureImage('esp.fat')))
    expect(fs).toMatchObject({ type: 'FAT12', label: 'ESP', uuid: '1234-5678', caseSensitive: false })
    const tree = new FileTree(fs)
    expect(await tree.text('/efi/boot/bootx64.efi')).toBe('loader\n')
    expect(await tree.names('/EFI')).toEqual(['BOOT', 'Microsoft', 'a rather long file name.text'])
    const long = await tree.text('/EFI/a rather long file name.text')
    expect(long).toBe(Array.from({ length: 4000 }, (_, i) => `${i + 1}\n`).join(''))
  })

  test('a chain that leads to itself ends', async () => {
    const image = fixtureImage('esp.fat')
    const layout = decodeFatBootSector(image)
    // Clusters 2 and 3 of FAT12 share three bytes: both lead to cluster 2.
    image.set([0x02, 0x20, 0x00], layout.fatAt + 3)
    const tree = new FileTree(await openFat(bytesSource(image)))
    await expect(tree.names('/EFI')).rejects.toMatchObject({ code: 'guest.unreadable' })
  })

  test('a chain that ends too early is said', async () => {
    const image = fixtureImage('esp.fat')
    image.fill(0xff, decodeFatBootSector(image).fatAt + 3, decodeFatBootSector(image).fatAt + 600)
    const tree = new FileTree(await openFat(bytesSource(image)))
    await expect(tree.text('/EFI/a rather long file name.text')).rejects.toThrow('ends too early')
  })

  test.each([
    ['bytesPerSector', 11, 3],
    ['sectorsPerCluster', 13, 3],
    ['reservedSectors', 14, 0],
    ['numberOfFats', 16, 9],
  ])('an impossible %s is refused', (field, at, value) => {
    const sector = fixtureImage('esp.fat').slice(0, 512)
    sector[at] = value
    sector[at + 1] = at === 13 || at === 16 ? sector[at + 1]! : 0
    expect(() => decodeFatBootSector(sector)).toThrow(field)
  })
})
