import { asciiAt, putAscii, putU16be, putU32be, putU64be, u16be, u32be, u64be } from '../../base/bytes.ts'
import { AppError, CodecError } from '../../base/errors.ts'

/** Structures of a virtual hard disk (VHD). All numbers are big-endian.
 *  Source: Microsoft, Virtual Hard Disk Image Format Specification 1.0 (2006). */

export const SECTOR = 512
export const FOOTER_LENGTH = 512
export const HEADER_LENGTH = 1024
/** A block that the file does not hold. */
export const ABSENT = 0xffffffff
/** What 32-bit sector numbers and the format's makers allow. Bytes. */
export const MAX_SIZE = 2040 * 2 ** 30
export const DEFAULT_BLOCK_SIZE = 2 * 2 ** 20
/** Smaller ones would need tables larger than anybody has seen, larger ones cost more per first write. Bytes. */
export const BLOCK_SIZE_LIMITS = { smallest: 128 * 1024, largest: 256 * 2 ** 20 } as const

export const DISK_TYPE = { fixed: 2, dynamic: 3, differencing: 4 } as const
export type DiskType = (typeof DISK_TYPE)[keyof typeof DISK_TYPE]

/** Platform codes of parent locators that carry a path in UTF-16LE. Others (MacX, Wi2r …) are kept as they are. */
export const PLATFORM = { none: 0, absolute: 0x57326b75, relative: 0x57327275 } as const

const FOOTER_COOKIE = 'conectix'
const HEADER_COOKIE = 'cxsparse'
const VERSION = 0x00010000
/** Bit 1 of the features is reserved and always set. */
const FEATURES = 2
const NO_OFFSET = 0xffffffffffffffffn
const LOCATORS = 8
const PARENT_NAME_UNITS = 256
/** Seconds from 1970-01-01 to 2000-01-01, where VHD times begin. */
const EPOCH_SECONDS = 946684800
/** Cylinders, heads, sectors of the largest disk that geometry can describe. */
const LARGEST_GEOMETRY = { cylinders: 65535, heads: 16, sectorsPerTrack: 255 } as const

export interface Geometry {
  readonly cylinders: number
  readonly heads: number
  readonly sectorsPerTrack: number
}

export interface Footer {
  readonly diskType: DiskType
  /** Bytes. */
  readonly originalSize: number
  /** Bytes. */
  readonly currentSize: number
  /** Four characters: who made the file. */
  readonly creatorApplication: string
  readonly creatorVersion: number
  readonly creatorHostOs: string
  /** Seconds since 2000-01-01 UTC. */
  readonly timeStamp: number
  readonly geometry: Geometry
  /** 16 bytes; a child names its parent by it. */
  readonly uniqueId: Uint8Array
  readonly savedState: boolean
  /** Where the sparse header is; undefined in a fixed disk. */
  readonly dataOffset: number | undefined
}

export interface ParentLocator {
  readonly platformCode: number
  /** Reserved in the file. The specification counts sectors, Virtual PC and Hyper-V count bytes: never read. */
  readonly platformDataSpace: number
  readonly platformDataLength: number
  readonly platformDataOffset: number
}

export interface SparseHeader {
  /** Where the block allocation table (BAT) is. Bytes. */
  readonly tableOffset: number
  readonly maxTableEntries: number
  /** Bytes, bitmap excluded. */
  readonly blockSize: number
  readonly parentUniqueId: Uint8Array
  /** Modification time of the parent, seconds since 2000-01-01 UTC. */
  readonly parentTimeStamp: number
  readonly parentUnicodeName: string
  /** Those that are in use, in order. */
  readonly parentLocators: readonly ParentLocator[]
}

/** One's complement of the byte sum with the four checksum bytes taken as zero. */
function checksumOf(b: Uint8Array, length: number, checksumAt: number): number {
  let sum = 0
  for (let i = 0; i < length; i++) if (i < checksumAt || i >= checksumAt + 4) sum += b[i]!
  return ~sum >>> 0
}

function refuse(structure: string, field: string, got: number | string, why: string, limit?: number | string): never {
  throw new CodecError('codec.value', { structure, field, got, ...(limit === undefined ? {} : { limit }) }, why)
}

/** A count of 64 bits that must be below 2^53. */
function safeU64(b: Uint8Array, at: number, structure: string, field: string): number {
  const value = u64be(b, at)
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) refuse(structure, field, value.toString(), 'too large for a file')
  return Number(value)
}

/** Whether 512 bytes look like a footer: the cookie only. */
export const hasFooterCookie = (b: Uint8Array): boolean =>
  b.length >= FOOTER_LENGTH && asciiAt(b, 0, 8) === FOOTER_COOKIE

/** The footer at the end of a file. Virtual PC before 2004 left out its last byte, which is always 0.
 *  @param tail the last FOOTER_LENGTH bytes. Returns as many bytes, and how long the footer is in the file.
 *  Source: specification, "Hard Disk Footer Format". */
export function footerIn(tail: Uint8Array): { readonly bytes: Uint8Array; readonly lengthInFile: number } {
  const shorter = new Uint8Array(FOOTER_LENGTH)
  shorter.set(tail.subarray(1))
  return !hasFooterCookie(tail) && hasFooterCookie(shorter)
    ? { bytes: shorter, lengthInFile: FOOTER_LENGTH - 1 }
    : { bytes: tail, lengthInFile: FOOTER_LENGTH }
}

/** Errors: codec.short, codec.value (cookie, checksum, version, type). */
export function decodeFooter(b: Uint8Array): Footer {
  const structure = 'vhd footer'
  if (b.length < FOOTER_LENGTH)
    throw new CodecError('codec.short', { structure, field: 'length', got: b.length, limit: FOOTER_LENGTH }, 'cut off')
  if (!hasFooterCookie(b)) refuse(structure, 'cookie', JSON.stringify(asciiAt(b, 0, 8)), 'not a VHD')
  const checksum = checksumOf(b, FOOTER_LENGTH, 64)
  if (u32be(b, 64) !== checksum) refuse(structure, 'checksum', u32be(b, 64), 'the footer is damaged', checksum)
  if (u32be(b, 12) >>> 16 !== VERSION >>> 16) refuse(structure, 'version', u32be(b, 12), 'unknown version', VERSION)
  const diskType = u32be(b, 60)
  if (diskType !== DISK_TYPE.fixed && diskType !== DISK_TYPE.dynamic && diskType !== DISK_TYPE.differencing)
    refuse(structure, 'diskType', diskType, 'only fixed, dynamic and differencing disks are known')
  return {
    diskType,
    dataOffset: diskType === DISK_TYPE.fixed ? undefined : safeU64(b, 16, structure, 'dataOffset'),
    timeStamp: u32be(b, 24),
    creatorApplication: asciiAt(b, 28, 4),
    creatorVersion: u32be(b, 32),
    creatorHostOs: asciiAt(b, 36, 4),
    originalSize: safeU64(b, 40, structure, 'originalSize'),
    currentSize: safeU64(b, 48, structure, 'currentSize'),
    geometry: { cylinders: u16be(b, 56), heads: b[58]!, sectorsPerTrack: b[59]! },
    uniqueId: b.slice(68, 84),
    savedState: b[84] !== 0,
  }
}

export function encodeFooter(f: Footer): Uint8Array {
  if (f.uniqueId.length !== 16) throw new AppError('bug', 'a VHD unique id has 16 bytes')
  const b = new Uint8Array(FOOTER_LENGTH)
  putAscii(b, 0, 8, FOOTER_COOKIE)
  putU32be(b, 8, FEATURES)
  putU32be(b, 12, VERSION)
  putU64be(b, 16, f.dataOffset === undefined ? NO_OFFSET : BigInt(f.dataOffset))
  putU32be(b, 24, f.timeStamp)
  putAscii(b, 28, 4, f.creatorApplication, 0)
  putU32be(b, 32, f.creatorVersion)
  putAscii(b, 36, 4, f.creatorHostOs, 0)
  putU64be(b, 40, BigInt(f.originalSize))
  putU64be(b, 48, BigInt(f.currentSize))
  putU16be(b, 56, f.geometry.cylinders)
  b[58] = f.geometry.heads
  b[59] = f.geometry.sectorsPerTrack
  putU32be(b, 60, f.diskType)
  b.set(f.uniqueId, 68)
  b[84] = f.savedState ? 1 : 0
  putU32be(b, 64, checksumOf(b, FOOTER_LENGTH, 64))
  return b
}

/** Errors: codec.short, codec.value (cookie, checksum, version, block size, table). */
export function decodeSparseHeader(b: Uint8Array): SparseHeader {
  const structure = 'vhd sparse header'
  if (b.length < HEADER_LENGTH)
    throw new CodecError('codec.short', { structure, field: 'length', got: b.length, limit: HEADER_LENGTH }, 'cut off')
  if (asciiAt(b, 0, 8) !== HEADER_COOKIE) refuse(structure, 'cookie', JSON.stringify(asciiAt(b, 0, 8)), 'no header')
  const checksum = checksumOf(b, HEADER_LENGTH, 36)
  if (u32be(b, 36) !== checksum) refuse(structure, 'checksum', u32be(b, 36), 'the header is damaged', checksum)
  if (u32be(b, 24) >>> 16 !== VERSION >>> 16) refuse(structure, 'version', u32be(b, 24), 'unknown version', VERSION)
  const blockSize = u32be(b, 32)
  const { smallest, largest } = BLOCK_SIZE_LIMITS
  if (blockSize < smallest || blockSize > largest || (blockSize & (blockSize - 1)) !== 0)
    refuse(structure, 'blockSize', blockSize, 'must be a power of two', `${smallest} to ${largest}`)
  const parentLocators: ParentLocator[] = []
  for (let i = 0; i < LOCATORS; i++) {
    const at = 576 + i * 24
    const platformCode = u32be(b, at)
    if (platformCode === PLATFORM.none) continue
    parentLocators.push({
      platformCode,
      platformDataSpace: u32be(b, at + 4),
      platformDataLength: u32be(b, at + 8),
      platformDataOffset: safeU64(b, at + 16, structure, 'platformDataOffset'),
    })
  }
  return {
    tableOffset: safeU64(b, 16, structure, 'tableOffset'),
    maxTableEntries: u32be(b, 28),
    blockSize,
    parentUniqueId: b.slice(40, 56),
    parentTimeStamp: u32be(b, 56),
    parentUnicodeName: utf16At(b, 64, PARENT_NAME_UNITS, 'big'),
    parentLocators,
  }
}

export function encodeSparseHeader(h: SparseHeader): Uint8Array {
  if (h.parentUniqueId.length !== 16) throw new AppError('bug', 'a VHD unique id has 16 bytes')
  if (h.parentLocators.length > LOCATORS) throw new AppError('bug', 'more parent locators than the header holds')
  const b = new Uint8Array(HEADER_LENGTH)
  putAscii(b, 0, 8, HEADER_COOKIE)
  putU64be(b, 8, NO_OFFSET)
  putU64be(b, 16, BigInt(h.tableOffset))
  putU32be(b, 24, VERSION)
  putU32be(b, 28, h.maxTableEntries)
  putU32be(b, 32, h.blockSize)
  b.set(h.parentUniqueId, 40)
  putU32be(b, 56, h.parentTimeStamp)
  for (let i = 0; i < Math.min(h.parentUnicodeName.length, PARENT_NAME_UNITS - 1); i++)
    putU16be(b, 64 + i * 2, h.parentUnicodeName.charCodeAt(i))
  h.parentLocators.forEach((locator, i) => {
    const at = 576 + i * 24
    putU32be(b, at, locator.platformCode)
    putU32be(b, at + 4, locator.platformDataSpace)
    putU32be(b, at + 8, locator.platformDataLength)
    putU64be(b, at + 16, BigInt(locator.platformDataOffset))
  })
  putU32be(b, 36, checksumOf(b, HEADER_LENGTH, 36))
  return b
}

/** Text of `units` UTF-16 code units at most, up to a NUL. */
function utf16At(b: Uint8Array, at: number, units: number, order: 'big' | 'little'): string {
  let text = ''
  for (let i = 0; i < units; i++) {
    const first = b[at + i * 2]!
    const second = b[at + i * 2 + 1]!
    const unit = order === 'big' ? (first << 8) | second : (second << 8) | first
    if (unit === 0) break
    text += String.fromCharCode(unit)
  }
  return text
}

/** The path in the data of a parent locator (W2ku, W2ru): UTF-16LE without an end mark. */
export const decodeLocatorPath = (b: Uint8Array): string => utf16At(b, 0, Math.floor(b.length / 2), 'little')

export function encodeLocatorPath(path: string): Uint8Array {
  const b = new Uint8Array(path.length * 2)
  for (let i = 0; i < path.length; i++) {
    const unit = path.charCodeAt(i)
    b[i * 2] = unit & 0xff
    b[i * 2 + 1] = unit >>> 8
  }
  return b
}

/** Entries of a block allocation table: the first sector of each block's bitmap, or ABSENT. */
export function decodeTable(b: Uint8Array, entries: number): Uint32Array {
  if (b.length < entries * 4)
    throw new CodecError(
      'codec.short',
      { structure: 'vhd table', field: 'entries', got: Math.floor(b.length / 4), limit: entries },
      'cut off',
    )
  const table = new Uint32Array(entries)
  for (let i = 0; i < entries; i++) table[i] = u32be(b, i * 4)
  return table
}

/** The bytes of entries `from` … `to`-1; what lies beyond the table is ABSENT. */
export function encodeTable(table: Uint32Array, from: number, to: number): Uint8Array {
  const b = new Uint8Array((to - from) * 4).fill(0xff)
  for (let i = from; i < Math.min(to, table.length); i++) putU32be(b, (i - from) * 4, table[i]!)
  return b
}

/** Bytes of a block's sector bitmap in the file: whole sectors. */
export const bitmapLength = (blockSize: number): number => Math.ceil(blockSize / SECTOR / 8 / SECTOR) * SECTOR

/** Whether the block itself holds the sector. The most significant bit comes first. */
export const isSectorPresent = (bitmap: Uint8Array, sector: number): boolean =>
  (bitmap[sector >>> 3]! & (0x80 >>> (sector & 7))) !== 0

/** Marks sectors as held by the block. Returns whether any was not. */
export function markSectorsPresent(bitmap: Uint8Array, from: number, count: number): boolean {
  let changed = false
  for (let sector = from; sector < from + count;) {
    if ((sector & 7) === 0 && from + count - sector >= 8) {
      changed ||= bitmap[sector >>> 3] !== 0xff
      bitmap[sector >>> 3] = 0xff
      sector += 8
      continue
    }
    changed ||= !isSectorPresent(bitmap, sector)
    bitmap[sector >>> 3]! |= 0x80 >>> (sector & 7)
    sector++
  }
  return changed
}

/** How many sectors from `from` on are all present or all absent, `limit` at most. */
export function runOfSectors(bitmap: Uint8Array, from: number, limit: number): number {
  const present = isSectorPresent(bitmap, from)
  const whole = present ? 0xff : 0
  let sector = from + 1
  while (sector < from + limit) {
    if ((sector & 7) === 0 && from + limit - sector >= 8 && bitmap[sector >>> 3] === whole) sector += 8
    else if (isSectorPresent(bitmap, sector) === present) sector++
    else break
  }
  return sector - from
}

/** Cylinders, heads and sectors that old firmware would see. Source: specification, appendix "CHS calculation". */
export function geometryOf(sizeBytes: number): Geometry {
  const largest = LARGEST_GEOMETRY.cylinders * LARGEST_GEOMETRY.heads * LARGEST_GEOMETRY.sectorsPerTrack
  const sectors = Math.min(Math.floor(sizeBytes / SECTOR), largest)
  if (sectors >= 65535 * 16 * 63) {
    return { cylinders: Math.floor(sectors / 255 / 16), heads: 16, sectorsPerTrack: 255 }
  }
  let sectorsPerTrack = 17
  let tracks = Math.floor(sectors / sectorsPerTrack)
  let heads = Math.max(4, Math.floor((tracks + 1023) / 1024))
  if (tracks >= heads * 1024 || heads > 16) {
    sectorsPerTrack = 31
    heads = 16
    tracks = Math.floor(sectors / sectorsPerTrack)
  }
  if (tracks >= heads * 1024) {
    sectorsPerTrack = 63
    heads = 16
    tracks = Math.floor(sectors / sectorsPerTrack)
  }
  return { cylinders: Math.floor(tracks / heads), heads, sectorsPerTrack }
}

/** Makers whose programs show the geometry to the guest, not the size field: Virtual PC, and QEMU before 2.x without
 *  `force_size`. A geometry at its largest says nothing. */
const SIZED_BY_GEOMETRY: readonly string[] = ['vpc ', 'qemu']

/** What the guest sees. Bytes, whole sectors. */
export function virtualSizeOf(f: Footer): number {
  const { cylinders, heads, sectorsPerTrack } = f.geometry
  const sectors = cylinders * heads * sectorsPerTrack
  const atLargest =
    sectors >= LARGEST_GEOMETRY.cylinders * LARGEST_GEOMETRY.heads * LARGEST_GEOMETRY.sectorsPerTrack || sectors === 0
  if (SIZED_BY_GEOMETRY.includes(f.creatorApplication) && !atLargest) return sectors * SECTOR
  return f.currentSize - (f.currentSize % SECTOR)
}

/** VHD time of a time in ms since 1970; times outside the range go to its ends. */
export const vhdTime = (unixMs: number): number =>
  Math.min(Math.max(Math.floor(unixMs / 1000) - EPOCH_SECONDS, 0), 0xffffffff)

/** A unique id as people write it. */
export function formatUniqueId(id: Uint8Array): string {
  const hex = Array.from(id, (v) => v.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
