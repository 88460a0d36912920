import { describe, expect, test } from 'vitest'
import { makeMedium } from '../../../../src-main/boot/media-maker/medium.ts'
import { FileTree } from '../../../../src-main/guests/offline/disk/file-system.ts'
import { bytesSource } from '../../../../src-main/guests/offline/disk/source.ts'
import { openFat } from '../../../../src-main/guests/offline/fat/volume.ts'
import { readPartitionTable } from '../../../../src-main/guests/offline/partitions/table.ts'
import { fakeMediumParts } from '../../../support/medium-parts.ts'

const SECTOR = 2048
const parts = fakeMediumParts()
const options = { parts, server: { ip: '10.0.0.1', httpPort: 8470 }, madeMs: Date.UTC(2026, 10, 21), id: 0xcafe1234 }
const image = Buffer.from(makeMedium(options))
const sector = (n: number): Buffer => image.subarray(n * SECTOR, (n + 1) * SECTOR)
/** First sectors of what BIOS and UEFI start from a CD. */
const catalog = sector(sector(17).readUInt32LE(71))
const [bios, uefi] = [catalog.readUInt32LE(40), catalog.readUInt32LE(104)]

test('the same words make the same bytes', () => {
  expect(Buffer.compare(makeMedium(options), image)).toBe(0)
})

describe('as a CD', () => {
  test('has the descriptors that a drive looks for', () => {
    expect([16, 17, 18].map((n) => [sector(n)[0], sector(n).toString('latin1', 1, 6)])).toEqual([
      [1, 'CD001'],
      [0, 'CD001'],
      [255, 'CD001'],
    ])
    expect(sector(17).toString('latin1', 7, 30)).toBe('EL TORITO SPECIFICATION')
    const said = sector(16)
    expect(said.readUInt32LE(80)).toBe(said.readUInt32BE(84))
    expect(said.readUInt32LE(80) * SECTOR).toBeLessThanOrEqual(image.length)
  })

  test('has a boot catalog whose words add up to nothing', () => {
    let sum = 0
    for (let at = 0; at < 32; at += 2) sum += catalog.readUInt16LE(at)
    expect(sum & 0xffff).toBe(0)
    expect([catalog[0], catalog[30], catalog[31], catalog[32], catalog[64], catalog[65], catalog[96]]).toEqual([
      ...[1, 0x55, 0xaa, 0x88, 0x91, 0xef, 0x88],
    ])
  })

  test('tells ISOLINUX where it lies, and leaves the rest of it as it is', () => {
    const loader = image.subarray(bios * SECTOR, bios * SECTOR + parts.isolinux.length)
    expect([8, 12, 16].map((at) => loader.readUInt32LE(at))).toEqual([16, bios, parts.isolinux.length])
    expect(Buffer.compare(loader.subarray(64), parts.isolinux.subarray(64))).toBe(0)
    const padded = Buffer.concat([parts.isolinux, Buffer.alloc(3)])
    let sum = 0
    for (let at = 64; at < parts.isolinux.length; at += 4) sum = (sum + padded.readUInt32LE(at)) >>> 0
    expect(loader.readUInt32LE(20)).toBe(sum)
  })
})

describe('as a stick', () => {
  test('has whole cylinders, and one partition for UEFI that lies in it', async () => {
    expect(image.length % 2 ** 20).toBe(0)
    const table = await readPartitionTable(bytesSource(image), 512)
    expect(table.partitions).toHaveLength(1)
    expect([image[446], image[450], image.readUInt32LE(454)]).toEqual([0x80, 0xef, uefi * 4])
    expect(image.readUInt32LE(454) + image.readUInt32LE(458)).toBe(image.length / 512)
    expect([image[510], image[511], image.readUInt32LE(440)]).toEqual([0x55, 0xaa, 0xcafe1234])
  })

  test('starts with code that is told where ISOLINUX is', () => {
    expect(Buffer.compare(image.subarray(0, 432), parts.stickCode)).toBe(0)
    expect(image.readUInt32LE(432)).toBe(bios * 4)
  })

  test('gives UEFI the loader with its script beside it', async () => {
    const tree = new FileTree(await openFat(bytesSource(image.subarray(uefi * SECTOR))))
    const read = async (path: string): Promise<Uint8Array> => {
      const file = (await tree.file(path))!
      return file.read(0, file.sizeBytes)
    }
    expect(Buffer.compare(await read('/EFI/BOOT/BOOTX64.EFI'), parts.ipxeEfi)).toBe(0)
    const script = Buffer.from(await read('/EFI/BOOT/autoexec.ipxe')).toString()
    expect(script).toContain('http://10.0.0.1:8470/boot.ipxe')
    expect(Buffer.from(await read('/README.TXT')).toString()).toContain('- a test 1.0\r\n')
  })
})

test('parts that cannot start anything are refused', () => {
  const refused = (wrong: object): unknown => {
    try {
      makeMedium({ ...options, parts: { ...parts, ...wrong } })
    } catch (thrown) {
      return thrown
    }
    return undefined
  }
  const remedy = { code: 'config.mediumParts', hint: expect.stringContaining('fetch-loaders') }
  expect(refused({ isolinux: new Uint8Array(1000) })).toMatchObject(remedy)
  expect(refused({ stickCode: new Uint8Array(440) })).toMatchObject(remedy)
})
