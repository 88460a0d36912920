import { crc32c } from '../../base/crc32c.ts'
import { AppError, CodecError } from '../../base/errors.ts'

/** The structures of a VHDX file, except its log. All numbers are little-endian.
 *  Source: MS-VHDX v20240423, sections 2.2 to 2.6. */

export const KIB = 1024
export const MIB = 1024 * KIB
/** Source: MS-VHDX §2.2. */
export const HEADER_OFFSETS = [64 * KIB, 128 * KIB] as const
export const REGION_TABLE_OFFSETS = [192 * KIB, 256 * KIB] as const
export const HEADER_BYTES = 4 * KIB
export const REGION_TABLE_BYTES = 64 * KIB
export const METADATA_TABLE_BYTES = 64 * KIB
export const FILE_IDENTIFIER_BYTES = 520
/** Bits of one sector bitmap block. Source: MS-VHDX §2.4. */
export const SECTORS_PER_CHUNK = 2 ** 23
/** Source: MS-VHDX §2.6.2.2. */
export const LARGEST_DISK = 64 * 2 ** 40
/** All structures of the largest disk fit into this, with as much between them again. */
export const LARGEST_FILE = 2 * LARGEST_DISK

/** Lower-case text with hyphens, without braces. */
export type Guid = string
export const ZERO_GUID: Guid = '00000000-0000-0000-0000-000000000000'

export const viewOf = (b: Uint8Array): DataView => new DataView(b.buffer, b.byteOffset, b.byteLength)

/** A 64-bit field that must be a usable number. Errors: codec.value. */
export function u64At(v: DataView, at: number, structure: string, field: string): number {
  const value = v.getBigUint64(at, true)
  if (value > 0x1f_ffff_ffff_ffffn)
    throw new CodecError('codec.value', { structure, field, offset: at, got: `${value}` }, 'too large')
  return Number(value)
}
export function needBytes(b: Uint8Array, length: number, structure: string): DataView {
  if (b.length < length)
    throw new CodecError(
      'codec.short',
      { structure, field: 'length', got: b.length, limit: length },
      'bytes are missing',
    )
  return viewOf(b)
}
const wrong = (structure: string, field: string, got: number | string, why: string): CodecError =>
  new CodecError('codec.value', { structure, field, got }, why)

/** First three groups little-endian, the rest in order. @param at 16 bytes are there. */
export function guidAt(b: Uint8Array, at: number): Guid {
  const hex = (from: number): string => b[at + from]!.toString(16).padStart(2, '0')
  const run = (...indexes: number[]): string => indexes.map(hex).join('')
  return `${run(3, 2, 1, 0)}-${run(5, 4)}-${run(7, 6)}-${run(8, 9)}-${run(10, 11, 12, 13, 14, 15)}`
}
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
export function putGuid(b: Uint8Array, at: number, guid: Guid): void {
  if (!GUID.test(guid)) throw new AppError('bug', `not a GUID: ${guid}`)
  const hex = guid.replace(/-/g, '')
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
  order.forEach((from, i) => {
    b[at + i] = parseInt(hex.slice(from * 2, from * 2 + 2), 16)
  })
}
/** A GUID as people and parent locators write it, with or without braces; undefined when it is none. */
export function parseGuid(text: string): Guid | undefined {
  const plain = text
    .trim()
    .replace(/^\{|\}$/g, '')
    .toLowerCase()
  return GUID.test(plain) ? plain : undefined
}

function utf16At(b: Uint8Array, at: number, length: number): string {
  let text = ''
  for (let i = at; i + 1 < at + length; i += 2) text += String.fromCharCode(b[i]! | (b[i + 1]! << 8))
  return text
}
function utf16Bytes(text: string): Uint8Array {
  const out = new Uint8Array(text.length * 2)
  for (let i = 0; i < text.length; i++) {
    out[i * 2] = text.charCodeAt(i)
    out[i * 2 + 1] = text.charCodeAt(i) >>> 8
  }
  return out
}

/** CRC32C over the whole structure with the checksum field (bytes 4-7) counted as zero. */
export function checksumOf(b: Uint8Array): number {
  return crc32c(b.subarray(8), crc32c(new Uint8Array(4), crc32c(b.subarray(0, 4))))
}
/** @param structure 'header' and the like, for the error. Errors: codec.value. */
export function checkChecksum(b: Uint8Array, v: DataView, structure: string): void {
  const got = v.getUint32(4, true)
  if (got !== checksumOf(b)) throw wrong(structure, 'checksum', got, 'does not fit the content')
}

const FILE_SIGNATURE = 'vhdxfile'
/** Source: MS-VHDX §2.2.1. Errors: codec.short, codec.value. Returns the creator. */
export function decodeFileIdentifier(b: Uint8Array): string {
  needBytes(b, FILE_IDENTIFIER_BYTES, 'file-identifier')
  for (let i = 0; i < 8; i++) {
    if (b[i] !== FILE_SIGNATURE.charCodeAt(i)) throw wrong('file-identifier', 'signature', b[i]!, 'not a VHDX file')
  }
  return utf16At(b, 8, 512).split('\0')[0]!
}
/** @param creator at most 256 UTF-16 units. */
export function encodeFileIdentifier(creator: string): Uint8Array {
  const b = new Uint8Array(64 * KIB)
  for (let i = 0; i < 8; i++) b[i] = FILE_SIGNATURE.charCodeAt(i)
  b.set(utf16Bytes(creator.slice(0, 256)), 8)
  return b
}

const HEADER_SIGNATURE = 0x64616568
/** Source: MS-VHDX §2.2.2. */
export interface VhdxHeader {
  readonly sequenceNumber: bigint
  readonly fileWriteGuid: Guid
  readonly dataWriteGuid: Guid
  /** Zero: the log is empty. */
  readonly logGuid: Guid
  readonly logVersion: number
  readonly version: number
  /** Bytes. */
  readonly logLength: number
  /** Bytes from the start of the file. */
  readonly logOffset: number
}
/** Errors: codec.short, codec.value. */
export function decodeHeader(b: Uint8Array): VhdxHeader {
  const v = needBytes(b, HEADER_BYTES, 'header')
  if (v.getUint32(0, true) !== HEADER_SIGNATURE) throw wrong('header', 'signature', v.getUint32(0, true), 'not "head"')
  checkChecksum(b.subarray(0, HEADER_BYTES), v, 'header')
  return {
    sequenceNumber: v.getBigUint64(8, true),
    fileWriteGuid: guidAt(b, 16),
    dataWriteGuid: guidAt(b, 32),
    logGuid: guidAt(b, 48),
    logVersion: v.getUint16(64, true),
    version: v.getUint16(66, true),
    logLength: v.getUint32(68, true),
    logOffset: u64At(v, 72, 'header', 'logOffset'),
  }
}
export function encodeHeader(h: VhdxHeader): Uint8Array {
  const b = new Uint8Array(HEADER_BYTES)
  const v = viewOf(b)
  v.setUint32(0, HEADER_SIGNATURE, true)
  v.setBigUint64(8, h.sequenceNumber, true)
  putGuid(b, 16, h.fileWriteGuid)
  putGuid(b, 32, h.dataWriteGuid)
  putGuid(b, 48, h.logGuid)
  v.setUint16(64, h.logVersion, true)
  v.setUint16(66, h.version, true)
  v.setUint32(68, h.logLength, true)
  v.setBigUint64(72, BigInt(h.logOffset), true)
  v.setUint32(4, checksumOf(b), true)
  return b
}

const REGION_SIGNATURE = 0x69676572
export const REGION = {
  bat: '2dc27766-f623-4200-9d64-115e9bfd4a08',
  metadata: '8b7ca206-4790-4b9a-b8fe-575f050f886e',
} as const
/** Source: MS-VHDX §2.2.3.2. */
export interface RegionEntry {
  readonly guid: Guid
  /** Bytes from the start of the file, a multiple of 1 MiB. */
  readonly fileOffset: number
  /** Bytes, a multiple of 1 MiB. */
  readonly length: number
  readonly required: boolean
}
/** Errors: codec.short, codec.value. */
export function decodeRegionTable(b: Uint8Array): RegionEntry[] {
  const v = needBytes(b, REGION_TABLE_BYTES, 'region-table')
  if (v.getUint32(0, true) !== REGION_SIGNATURE)
    throw wrong('region-table', 'signature', v.getUint32(0, true), 'not "regi"')
  checkChecksum(b.subarray(0, REGION_TABLE_BYTES), v, 'region-table')
  const count = v.getUint32(8, true)
  if (count > 2047) throw wrong('region-table', 'entryCount', count, 'at most 2047')
  const entries: RegionEntry[] = []
  for (let i = 0; i < count; i++) {
    const at = 16 + i * 32
    const fileOffset = u64At(v, at + 16, 'region-table', 'fileOffset')
    const length = v.getUint32(at + 24, true)
    if (fileOffset < MIB || fileOffset % MIB !== 0)
      throw wrong('region-table', 'fileOffset', fileOffset, 'not a multiple of 1 MiB')
    if (length === 0 || length % MIB !== 0) throw wrong('region-table', 'length', length, 'not a multiple of 1 MiB')
    entries.push({ guid: guidAt(b, at), fileOffset, length, required: (v.getUint32(at + 28, true) & 1) !== 0 })
  }
  return entries
}
export function encodeRegionTable(entries: readonly RegionEntry[]): Uint8Array {
  const b = new Uint8Array(REGION_TABLE_BYTES)
  const v = viewOf(b)
  v.setUint32(0, REGION_SIGNATURE, true)
  v.setUint32(8, entries.length, true)
  entries.forEach((e, i) => {
    const at = 16 + i * 32
    putGuid(b, at, e.guid)
    v.setBigUint64(at + 16, BigInt(e.fileOffset), true)
    v.setUint32(at + 24, e.length, true)
    v.setUint32(at + 28, e.required ? 1 : 0, true)
  })
  v.setUint32(4, checksumOf(b), true)
  return b
}

/** Source: MS-VHDX §2.5.1.1. */
export const BLOCK_STATE = { notPresent: 0, undefined: 1, zero: 2, unmapped: 3, full: 6, partial: 7 } as const
/** Source: MS-VHDX §2.5.1.2. */
export const BITMAP_STATE = { notPresent: 0, present: 6 } as const
export const BAT_ENTRY_BYTES = 8

/** Bits 0-2 state, 20-63 offset. The offset in MiB is kept in 32 bits: 4 PiB. Errors: codec.value. */
export function decodeBatEntry(v: DataView, at: number): { state: number; offsetMib: number } {
  const low = v.getUint32(at, true)
  const high = v.getUint32(at + 4, true)
  if (high >= 2 ** 20) throw wrong('bat-entry', 'fileOffsetMb', high, 'beyond 4 PiB')
  return { state: low & 7, offsetMib: ((low >>> 20) | (high << 12)) >>> 0 }
}
export function encodeBatEntry(v: DataView, at: number, state: number, offsetMib: number): void {
  v.setUint32(at, (((offsetMib & 0xfff) << 20) | state) >>> 0, true)
  v.setUint32(at + 4, offsetMib >>> 12, true)
}

const METADATA_SIGNATURE = 0x617461646174656dn
export const ITEM = {
  fileParameters: 'caa16737-fa36-4d43-b3b6-33f0aa44e76b',
  virtualDiskSize: '2fa54224-cd1b-4876-b211-5dbed83bf4b8',
  virtualDiskId: 'beca12ab-b2e6-4523-93ef-c309e000c746',
  logicalSectorSize: '8141bf1d-a96f-4709-ba47-f233a8faab5f',
  physicalSectorSize: 'cda348c7-445d-4471-9cc9-e9885251c556',
  parentLocator: 'a8d35f2d-b30b-454d-abf7-d3d84834ab0c',
} as const
const ITEM_FLAG = { user: 1, virtualDisk: 2, required: 4 } as const
/** Source: MS-VHDX §2.6.1.2. */
export interface MetadataEntry {
  readonly itemId: Guid
  /** Bytes from the start of the metadata region; 0 when the item is empty. */
  readonly offset: number
  readonly length: number
  readonly user: boolean
  readonly virtualDisk: boolean
  readonly required: boolean
}
/** @param regionLength what the items must lie in. Errors: codec.short, codec.value. */
export function decodeMetadataTable(b: Uint8Array, regionLength: number): MetadataEntry[] {
  const v = needBytes(b, METADATA_TABLE_BYTES, 'metadata-table')
  if (v.getBigUint64(0, true) !== METADATA_SIGNATURE)
    throw wrong('metadata-table', 'signature', `${v.getBigUint64(0, true)}`, 'not "metadata"')
  const count = v.getUint16(10, true)
  if (count > 2047) throw wrong('metadata-table', 'entryCount', count, 'at most 2047')
  const entries: MetadataEntry[] = []
  for (let i = 0; i < count; i++) {
    const at = 32 + i * 32
    const offset = v.getUint32(at + 16, true)
    const length = v.getUint32(at + 20, true)
    const flags = v.getUint32(at + 24, true)
    if (length > MIB) throw wrong('metadata-table', 'length', length, 'an item is at most 1 MiB')
    if (length > 0 && (offset < METADATA_TABLE_BYTES || offset + length > regionLength))
      throw wrong('metadata-table', 'offset', offset, 'lies outside the region')
    entries.push({
      itemId: guidAt(b, at),
      offset,
      length,
      user: (flags & ITEM_FLAG.user) !== 0,
      virtualDisk: (flags & ITEM_FLAG.virtualDisk) !== 0,
      required: (flags & ITEM_FLAG.required) !== 0,
    })
  }
  return entries
}
export function encodeMetadataTable(entries: readonly MetadataEntry[]): Uint8Array {
  const b = new Uint8Array(METADATA_TABLE_BYTES)
  const v = viewOf(b)
  v.setBigUint64(0, METADATA_SIGNATURE, true)
  v.setUint16(10, entries.length, true)
  entries.forEach((e, i) => {
    const at = 32 + i * 32
    putGuid(b, at, e.itemId)
    v.setUint32(at + 16, e.offset, true)
    v.setUint32(at + 20, e.length, true)
    const flags =
      (e.user ? ITEM_FLAG.user : 0) |
      (e.virtualDisk ? ITEM_FLAG.virtualDisk : 0) |
      (e.required ? ITEM_FLAG.required : 0)
    v.setUint32(at + 24, flags, true)
  })
  return b
}

/** Source: MS-VHDX §2.6.2.1. */
export interface FileParameters {
  /** Bytes: 1 MiB to 256 MiB, a power of two. */
  readonly blockSize: number
  /** A fixed disk: its blocks stay where they are. */
  readonly leaveBlockAllocated: boolean
  readonly hasParent: boolean
}
/** Errors: codec.short, codec.value. */
export function decodeFileParameters(b: Uint8Array): FileParameters {
  const v = needBytes(b, 8, 'file-parameters')
  const blockSize = v.getUint32(0, true)
  if (blockSize < MIB || blockSize > 256 * MIB || (blockSize & (blockSize - 1)) !== 0)
    throw wrong('file-parameters', 'blockSize', blockSize, 'not a power of two from 1 MiB to 256 MiB')
  const flags = v.getUint32(4, true)
  return { blockSize, leaveBlockAllocated: (flags & 1) !== 0, hasParent: (flags & 2) !== 0 }
}
export function encodeFileParameters(p: FileParameters): Uint8Array {
  const b = new Uint8Array(8)
  const v = viewOf(b)
  v.setUint32(0, p.blockSize, true)
  v.setUint32(4, (p.leaveBlockAllocated ? 1 : 0) | (p.hasParent ? 2 : 0), true)
  return b
}
/** Logical or physical. Source: MS-VHDX §2.6.2.4, §2.6.2.5. Errors: codec.short, codec.value. */
export function decodeSectorSize(b: Uint8Array, field: string): 512 | 4096 {
  const size = needBytes(b, 4, 'sector-size').getUint32(0, true)
  if (size !== 512 && size !== 4096) throw wrong('sector-size', field, size, '512 or 4096')
  return size
}

const VHDX_LOCATOR = 'b04aefb7-d19e-4a81-b789-25b8e9445913'
/** Key-value pairs, for example parent_linkage. Source: MS-VHDX §2.6.2.6. */
export type ParentLocator = ReadonlyMap<string, string>
/** Errors: codec.short, codec.value. */
export function decodeParentLocator(b: Uint8Array): ParentLocator {
  const v = needBytes(b, 20, 'parent-locator')
  const type = guidAt(b, 0)
  if (type !== VHDX_LOCATOR) throw wrong('parent-locator', 'locatorType', type, 'the parent is no VHDX file')
  const count = v.getUint16(18, true)
  needBytes(b, 20 + count * 12, 'parent-locator')
  const pairs = new Map<string, string>()
  let room = b.length
  const text = (offset: number, length: number, field: string): string => {
    if (offset === 0 || length === 0 || length % 2 !== 0 || offset + length > b.length)
      throw wrong('parent-locator', field, offset, 'lies outside the item')
    room -= length
    // Texts on each other could be gigabytes in all.
    if (room < 0) throw wrong('parent-locator', field, offset, 'there are more texts than the item has room for')
    return utf16At(b, offset, length)
  }
  for (let i = 0; i < count; i++) {
    const at = 20 + i * 12
    const key = text(v.getUint32(at, true), v.getUint16(at + 8, true), 'keyOffset')
    if (pairs.has(key)) throw wrong('parent-locator', 'key', key, 'is there twice')
    pairs.set(key, text(v.getUint32(at + 4, true), v.getUint16(at + 10, true), 'valueOffset'))
  }
  return pairs
}
export function encodeParentLocator(pairs: ParentLocator): Uint8Array {
  const texts = [...pairs].map(([key, value]) => [utf16Bytes(key), utf16Bytes(value)] as const)
  const tableEnd = 20 + texts.length * 12
  const b = new Uint8Array(tableEnd + texts.reduce((n, [key, value]) => n + key.length + value.length, 0))
  const v = viewOf(b)
  putGuid(b, 0, VHDX_LOCATOR)
  v.setUint16(18, texts.length, true)
  let free = tableEnd
  texts.forEach(([key, value], i) => {
    if (key.length === 0 || value.length === 0 || value.length > 0xffff)
      throw new AppError('bug', 'a parent locator cannot hold an empty or longer text')
    const at = 20 + i * 12
    v.setUint32(at, free, true)
    v.setUint32(at + 4, free + key.length, true)
    v.setUint16(at + 8, key.length, true)
    v.setUint16(at + 10, value.length, true)
    b.set(key, free)
    b.set(value, free + key.length)
    free += key.length + value.length
  })
  return b
}
