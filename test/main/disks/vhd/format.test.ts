import { describe, expect, test } from 'vitest'
import { fromHex } from '../../../../src-main/base/bytes.ts'
import { CodecError } from '../../../../src-main/base/errors.ts'
import {
  bitmapLength,
  decodeFooter,
  decodeLocatorPath,
  decodeSparseHeader,
  decodeTable,
  DISK_TYPE,
  encodeFooter,
  encodeLocatorPath,
  encodeSparseHeader,
  encodeTable,
  formatUniqueId,
  geometryOf,
  isSectorPresent,
  markSectorsPresent,
  PLATFORM,
  runOfSectors,
  vhdTime,
  virtualSizeOf,
  type Footer,
  type SparseHeader,
} from '../../../../src-main/disks/vhd/format.ts'

/** `qemu-img create -f vpc -o force_size=on dyn.vhd 10M`, QEMU 7.2. The rest of both structures is zeros. */
const FOOTER_HEX = `
  636f6e6563746978 00000002 00010000 0000000000000200 3293fc1a 71656d32 00050003 5769326b
  0000000000a00000 0000000000a00000 ffff10ff 00000003 ffffedb6 2a928d35916d4b218bc2af6713067b03 00`
const HEADER_HEX = `
  6378737061727365 ffffffffffffffff 0000000000000600 00010000 00000005 00200000 fffff472`
const padded = (hex: string, length: number): Uint8Array => {
  const b = new Uint8Array(length)
  b.set(fromHex(hex))
  return b
}
const FOOTER: Footer = {
  diskType: DISK_TYPE.dynamic,
  originalSize: 10 * 2 ** 20,
  currentSize: 10 * 2 ** 20,
  creatorApplication: 'qem2',
  creatorVersion: 0x00050003,
  creatorHostOs: 'Wi2k',
  timeStamp: 0x3293fc1a,
  geometry: { cylinders: 65535, heads: 16, sectorsPerTrack: 255 },
  uniqueId: fromHex('2a928d35916d4b218bc2af6713067b03'),
  savedState: false,
  dataOffset: 512,
}
const HEADER: SparseHeader = {
  tableOffset: 1536,
  maxTableEntries: 5,
  blockSize: 2 * 2 ** 20,
  parentUniqueId: new Uint8Array(16),
  parentTimeStamp: 0,
  parentUnicodeName: '',
  parentLocators: [],
}

describe('footer', () => {
  test('of QEMU, both ways', () => {
    const bytes = padded(FOOTER_HEX, 512)
    expect(decodeFooter(bytes)).toEqual(FOOTER)
    expect(encodeFooter(FOOTER)).toEqual(bytes)
  })
  test('of a fixed disk has no header', () => {
    const fixed: Footer = { ...FOOTER, diskType: DISK_TYPE.fixed, dataOffset: undefined }
    const bytes = encodeFooter(fixed)
    expect([...bytes.subarray(16, 24)]).toEqual(Array(8).fill(0xff))
    expect(decodeFooter(bytes)).toEqual(fixed)
  })
  test.each([
    ['a changed byte', 41, 1, 'checksum'],
    ['another cookie', 0, 0x41, 'cookie'],
  ])('with %s is refused', (_, at, value, field) => {
    const bytes = padded(FOOTER_HEX, 512)
    bytes[at] = value
    expect(() => decodeFooter(bytes)).toThrow(expect.objectContaining({ field, structure: 'vhd footer' }))
  })
  test('of an unknown type, or cut off, is refused', () => {
    expect(() => decodeFooter(encodeFooter({ ...FOOTER, diskType: 6 as never }))).toThrow(/diskType is 6/)
    expect(() => decodeFooter(new Uint8Array(511))).toThrow(CodecError)
  })
  test('shows the size field, and the geometry only of makers that mean it', () => {
    const geometry = { cylinders: 302, heads: 4, sectorsPerTrack: 17 }
    expect(virtualSizeOf({ ...FOOTER, geometry })).toBe(10 * 2 ** 20)
    expect(virtualSizeOf({ ...FOOTER, creatorApplication: 'win ', geometry })).toBe(10 * 2 ** 20)
    expect(virtualSizeOf({ ...FOOTER, creatorApplication: 'vpc ', geometry })).toBe(302 * 4 * 17 * 512)
    expect(virtualSizeOf({ ...FOOTER, creatorApplication: 'vpc ' })).toBe(10 * 2 ** 20)
  })
})

describe('sparse header', () => {
  test('of QEMU, both ways', () => {
    const bytes = padded(HEADER_HEX, 1024)
    expect(decodeSparseHeader(bytes)).toEqual(HEADER)
    expect(encodeSparseHeader(HEADER)).toEqual(bytes)
  })
  test('with a parent, both ways', () => {
    const child: SparseHeader = {
      ...HEADER,
      parentUniqueId: Uint8Array.from({ length: 16 }, (_, i) => i),
      parentTimeStamp: 525527478,
      parentUnicodeName: 'Grüße-金.vhd',
      parentLocators: [
        { platformCode: PLATFORM.absolute, platformDataSpace: 512, platformDataLength: 86, platformDataOffset: 1536 },
        { platformCode: 0x4d616358, platformDataSpace: 512, platformDataLength: 9, platformDataOffset: 2048 },
      ],
    }
    const bytes = encodeSparseHeader(child)
    expect([...bytes.subarray(64, 68)]).toEqual([0, 0x47, 0, 0x72])
    expect(decodeSparseHeader(bytes)).toEqual(child)
  })
  test.each([
    ['a block size of 0', { blockSize: 0 }, 'blockSize'],
    ['a block size that is no power of two', { blockSize: 3 * 2 ** 20 }, 'blockSize'],
    ['a table beyond every file', { tableOffset: 2 ** 53 }, 'tableOffset'],
  ])('with %s is refused', (_, wrong, field) => {
    expect(() => decodeSparseHeader(encodeSparseHeader({ ...HEADER, ...wrong }))).toThrow(
      expect.objectContaining({ field }),
    )
  })
  test('with a wrong checksum is refused', () => {
    const bytes = padded(HEADER_HEX, 1024)
    bytes[1000] = 1
    expect(() => decodeSparseHeader(bytes)).toThrow(expect.objectContaining({ field: 'checksum' }))
  })
})

test('a locator path is UTF-16LE, both ways', () => {
  const bytes = fromHex('2e005c00d1916700')
  expect(decodeLocatorPath(bytes)).toBe('.\\金g')
  expect(encodeLocatorPath('.\\金g')).toEqual(bytes)
})

test('a table, both ways, and absent beyond its end', () => {
  const bytes = fromHex('00000007 ffffffff 80000001')
  const table = decodeTable(bytes, 3)
  expect([...table]).toEqual([7, 0xffffffff, 0x80000001])
  expect(encodeTable(table, 0, 3)).toEqual(bytes)
  expect(encodeTable(table, 2, 4)).toEqual(fromHex('80000001 ffffffff'))
  expect(() => decodeTable(bytes, 4)).toThrow(CodecError)
})

test('bits of a bitmap count from the most significant', () => {
  const bitmap = new Uint8Array(4)
  expect(markSectorsPresent(bitmap, 3, 14)).toBe(true)
  expect([...bitmap]).toEqual([0x1f, 0xff, 0x80, 0])
  expect(markSectorsPresent(bitmap, 4, 5)).toBe(false)
  expect(isSectorPresent(bitmap, 2)).toBe(false)
  expect(isSectorPresent(bitmap, 3)).toBe(true)
  expect([runOfSectors(bitmap, 0, 32), runOfSectors(bitmap, 3, 29), runOfSectors(bitmap, 3, 5)]).toEqual([3, 14, 5])
  expect(runOfSectors(bitmap, 17, 15)).toBe(15)
  expect([bitmapLength(2 ** 21), bitmapLength(2 ** 19), bitmapLength(2 ** 22)]).toEqual([512, 512, 1024])
})

// 10 MiB: as QEMU computes it; 127.5 GiB and more: the largest that geometry can say.
test.each([
  [10 * 2 ** 20, [301, 4, 17]],
  [2 ** 30, [2080, 16, 63]],
  [64 * 2 ** 30, [32896, 16, 255]],
  [2 ** 40, [65535, 16, 255]],
])('geometry of %i bytes', (size, [cylinders, heads, sectorsPerTrack]) => {
  expect(geometryOf(size)).toEqual({ cylinders, heads, sectorsPerTrack })
})

test('times count from 2000 and stop at their ends', () => {
  expect(vhdTime(Date.UTC(2000, 0, 1, 0, 0, 5))).toBe(5)
  expect([vhdTime(0), vhdTime(1e15)]).toEqual([0, 0xffffffff])
})

test('an id as people write it', () => {
  expect(formatUniqueId(FOOTER.uniqueId)).toBe('2a928d35-916d-4b21-8bc2-af6713067b03')
})
