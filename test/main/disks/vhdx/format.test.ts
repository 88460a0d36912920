import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../../../../src-main/base/bytes.ts'
import {
  checksumOf,
  decodeBatEntry,
  decodeFileIdentifier,
  decodeFileParameters,
  decodeHeader,
  decodeMetadataTable,
  decodeParentLocator,
  decodeRegionTable,
  encodeBatEntry,
  encodeFileIdentifier,
  encodeFileParameters,
  encodeHeader,
  encodeMetadataTable,
  encodeParentLocator,
  encodeRegionTable,
  guidAt,
  ITEM,
  MIB,
  parseGuid,
  putGuid,
  REGION,
  viewOf,
} from '../../../../src-main/disks/vhdx/format.ts'
import { decodeLogEntry, encodeLogEntry, type LogUpdate } from '../../../../src-main/disks/vhdx/log-format.ts'

const GUID = '01234567-89ab-4cde-8f01-23456789abcd'
const OTHER = 'fedcba98-7654-4321-8fed-cba987654321'

describe('GUIDs', () => {
  test('have their first three groups little-endian', () => {
    const b = new Uint8Array(16)
    putGuid(b, 0, GUID)
    expect(toHex(b)).toBe('67452301ab89de4c8f0123456789abcd')
    expect(guidAt(b, 0)).toBe(GUID)
  })
  test('are read with braces and in capitals', () => {
    expect(parseGuid(`{${GUID.toUpperCase()}}`)).toBe(GUID)
    expect(parseGuid('{83ed0ec3}')).toBeUndefined()
  })
})

describe('file identifier', () => {
  test('both ways', () => {
    const b = encodeFileIdentifier('Bootlace')
    expect(toHex(b.subarray(0, 12))).toBe('7668647866696c6542006f00')
    expect(decodeFileIdentifier(b)).toBe('Bootlace')
  })
  test('anything else is no VHDX file', () => {
    expect(() => decodeFileIdentifier(new Uint8Array(600))).toThrow(expect.objectContaining({ code: 'codec.value' }))
    expect(() => decodeFileIdentifier(new Uint8Array(4))).toThrow(expect.objectContaining({ code: 'codec.short' }))
  })
})

describe('header', () => {
  const header = {
    sequenceNumber: 0x1_0000_0007n,
    fileWriteGuid: GUID,
    dataWriteGuid: OTHER,
    logGuid: GUID,
    logVersion: 0,
    version: 1,
    logLength: MIB,
    logOffset: 3 * MIB,
  }
  test('both ways', () => {
    const b = encodeHeader(header)
    expect(b).toHaveLength(4096)
    expect(toHex(b.subarray(0, 4))).toBe('68656164')
    expect(toHex(b.subarray(8, 16))).toBe('0700000001000000')
    expect(toHex(b.subarray(64, 80))).toBe('00000100000010000000300000000000')
    expect(decodeHeader(b)).toEqual(header)
  })
  test('one changed bit is seen', () => {
    const b = encodeHeader(header)
    b[4000]! ^= 1
    expect(() => decodeHeader(b)).toThrow('checksum')
  })
})

test('region table, both ways', () => {
  const regions = [
    { guid: REGION.bat, fileOffset: 3 * MIB, length: MIB, required: true },
    { guid: REGION.metadata, fileOffset: 2 * MIB, length: MIB, required: true },
    { guid: GUID, fileOffset: 9 * MIB, length: 2 * MIB, required: false },
  ]
  const b = encodeRegionTable(regions)
  expect(toHex(b.subarray(0, 4))).toBe('72656769')
  expect(decodeRegionTable(b)).toEqual(regions)
  viewOf(b).setUint32(8, 2048, true)
  viewOf(b).setUint32(4, checksumOf(b), true)
  expect(() => decodeRegionTable(b)).toThrow('at most 2047')
})

test.each([
  [6, 4, '0600400000000000'],
  [7, 0x12345, '0700503412000000'],
  [2, 0, '0200000000000000'],
  [6, 0xffff_ffff, '0600f0ffffff0f00'],
])('table entry in state %i at MiB %i', (state, offsetMib, hex) => {
  const b = new Uint8Array(8)
  encodeBatEntry(viewOf(b), 0, state, offsetMib)
  expect(toHex(b)).toBe(hex)
  expect(decodeBatEntry(viewOf(fromHex(hex)), 0)).toEqual({ state, offsetMib })
})

test('metadata table, both ways; items must lie in the region', () => {
  const entries = [
    { itemId: ITEM.fileParameters, offset: 65536, length: 8, user: false, virtualDisk: false, required: true },
    { itemId: GUID, offset: 0, length: 0, user: true, virtualDisk: true, required: false },
  ]
  const b = encodeMetadataTable(entries)
  expect(toHex(b.subarray(0, 12))).toBe('6d657461646174610000' + '0200')
  expect(decodeMetadataTable(b, MIB)).toEqual(entries)
  expect(() => decodeMetadataTable(b, 65540)).toThrow('outside the region')
})

test('file parameters', () => {
  const parameters = { blockSize: 2 * MIB, leaveBlockAllocated: false, hasParent: true }
  expect(toHex(encodeFileParameters(parameters))).toBe('0000200002000000')
  expect(decodeFileParameters(fromHex('0000200002000000'))).toEqual(parameters)
  expect(() => decodeFileParameters(fromHex('0000300000000000'))).toThrow('power of two')
})

describe('parent locator', () => {
  const pairs = new Map([
    ['parent_linkage', `{${GUID}}`],
    ['relative_path', '..\\golden\\größe.vhdx'],
  ])
  test('both ways', () => {
    const b = encodeParentLocator(pairs)
    expect(guidAt(b, 0)).toBe('b04aefb7-d19e-4a81-b789-25b8e9445913')
    expect(decodeParentLocator(b)).toEqual(pairs)
  })
  test('texts on each other are refused: together they could be gigabytes', () => {
    const b = encodeParentLocator(pairs)
    const [longer, more] = [new Uint8Array(b.length + 12 * 40).fill(0x41), 40]
    longer.set(b)
    viewOf(longer).setUint16(18, more, true)
    for (let i = 0; i < more; i++) {
      viewOf(longer).setUint32(20 + i * 12, 20, true)
      viewOf(longer).setUint32(24 + i * 12, 20, true)
      viewOf(longer).setUint16(28 + i * 12, 2 + i * 2, true)
      viewOf(longer).setUint16(30 + i * 12, 60, true)
    }
    expect(() => decodeParentLocator(longer)).toThrow('more texts than the item has room for')
  })
  test('texts outside the item are refused', () => {
    const b = encodeParentLocator(pairs)
    viewOf(b).setUint32(20, b.length, true)
    expect(() => decodeParentLocator(b)).toThrow('outside the item')
    expect(() => decodeParentLocator(b.subarray(0, 30))).toThrow(expect.objectContaining({ code: 'codec.short' }))
  })
})

describe('log entry', () => {
  const data = Uint8Array.from({ length: 4096 }, (_, i) => i * 3 + (i >> 8))
  const entry = {
    tail: 8192,
    sequenceNumber: 0x5_0000_0009n,
    logGuid: GUID,
    flushedFileOffset: 4 * MIB,
    lastFileOffset: 5 * MIB,
    updates: [
      { is: 'zero', fileOffset: 4 * MIB, length: MIB },
      { is: 'data', fileOffset: 3 * MIB, data },
    ] satisfies LogUpdate[],
  }
  test('both ways', () => {
    const b = encodeLogEntry(entry)
    expect(b).toHaveLength(8192)
    expect(toHex(b.subarray(0, 4))).toBe('6c6f6765')
    // Zero descriptor, then data descriptor with what the data sector has no room for.
    expect(toHex(b.subarray(64, 68))).toBe('7a65726f')
    expect(toHex(b.subarray(96, 112))).toBe('64657363' + toHex(data.subarray(4092)) + toHex(data.subarray(0, 8)))
    expect(toHex(b.subarray(4096, 4104))).toBe('64617461' + '05000000')
    expect(toHex(b.subarray(8188))).toBe('09000000')
    expect(decodeLogEntry(b)).toEqual({ ...entry, entryLength: 8192, descriptorCount: 2 })
  })
  test('the 127th descriptor starts a second sector', () => {
    const updates = Array.from({ length: 127 }, (): LogUpdate => ({ is: 'zero', fileOffset: MIB, length: 4096 }))
    expect(encodeLogEntry({ ...entry, updates: updates.slice(1) })).toHaveLength(4096)
    const b = encodeLogEntry({ ...entry, updates })
    expect(b).toHaveLength(8192)
    expect(decodeLogEntry(b).updates).toEqual(updates)
  })
  test('a sector of another time is seen, whatever the checksum says', () => {
    const b = encodeLogEntry(entry)
    b[8188]! ^= 1
    expect(() => decodeLogEntry(b)).toThrow('checksum')
    viewOf(b).setUint32(4, checksumOf(b), true)
    expect(() => decodeLogEntry(b)).toThrow('belongs to another entry')
  })
})
