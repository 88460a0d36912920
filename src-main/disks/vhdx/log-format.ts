import { AppError, CodecError } from '../../base/errors.ts'
import { checksumOf, type Guid, guidAt, KIB, MIB, needBytes, putGuid, u64At, viewOf } from './format.ts'

/** One entry of the log. Source: MS-VHDX §2.3.1. */
export const LOG_SECTOR = 4 * KIB
const ENTRY_SIGNATURE = 0x65676f6c
const ZERO_SIGNATURE = 0x6f72657a
const DATA_DESCRIPTOR_SIGNATURE = 0x63736564
const DATA_SECTOR_SIGNATURE = 0x61746164
const ENTRY_HEADER_BYTES = 64
const DESCRIPTOR_BYTES = 32

/** What one descriptor asks for. Offsets are bytes from the start of the file, multiples of 4 KiB. */
export type LogUpdate =
  | { readonly is: 'data'; readonly fileOffset: number; /** 4 KiB. */ readonly data: Uint8Array }
  | { readonly is: 'zero'; readonly fileOffset: number; /** Bytes. */ readonly length: number }

export interface LogEntryHeader {
  /** Bytes, descriptors and data included. */
  readonly entryLength: number
  /** Bytes from the start of the log to the oldest entry that must be replayed with this one. */
  readonly tail: number
  readonly sequenceNumber: bigint
  readonly descriptorCount: number
  readonly logGuid: Guid
  /** Bytes of the file that were durable when the entry was written. */
  readonly flushedFileOffset: number
  /** Bytes of the file that hold all structures. */
  readonly lastFileOffset: number
}
export interface LogEntry extends LogEntryHeader {
  readonly updates: readonly LogUpdate[]
}

const descriptorSectors = (count: number): number =>
  Math.ceil((ENTRY_HEADER_BYTES + count * DESCRIPTOR_BYTES) / LOG_SECTOR)

/** Bytes that an entry with these updates takes. */
export function logEntryBytes(updates: readonly LogUpdate[]): number {
  let data = 0
  for (const u of updates) if (u.is === 'data') data++
  return (descriptorSectors(updates.length) + data) * LOG_SECTOR
}

const wrong = (field: string, got: number | string, why: string): CodecError =>
  new CodecError('codec.value', { structure: 'log-entry', field, got }, why)

/** Whether an entry may begin here. */
export const startsLogEntry = (b: Uint8Array, at: number): boolean =>
  b[at] === 0x6c && b[at + 1] === 0x6f && b[at + 2] === 0x67 && b[at + 3] === 0x65

/** Only the header, cheaply: the checksum is not looked at. @param b 64 bytes or more. Errors: codec.short,
 *  codec.value. Source: MS-VHDX §2.3.1.1. */
export function decodeLogEntryHeader(b: Uint8Array): LogEntryHeader {
  const v = needBytes(b, ENTRY_HEADER_BYTES, 'log-entry')
  if (v.getUint32(0, true) !== ENTRY_SIGNATURE) throw wrong('signature', v.getUint32(0, true), 'not "loge"')
  const entryLength = v.getUint32(8, true)
  const tail = v.getUint32(12, true)
  const sequenceNumber = v.getBigUint64(16, true)
  const descriptorCount = v.getUint32(24, true)
  if (entryLength === 0 || entryLength % LOG_SECTOR !== 0)
    throw wrong('entryLength', entryLength, 'not a multiple of 4 KiB')
  if (tail % LOG_SECTOR !== 0) throw wrong('tail', tail, 'not a multiple of 4 KiB')
  if (sequenceNumber === 0n) throw wrong('sequenceNumber', 0, 'must be larger than zero')
  if (descriptorSectors(descriptorCount) * LOG_SECTOR > entryLength)
    throw wrong('descriptorCount', descriptorCount, 'more than the entry can hold')
  const flushedFileOffset = u64At(v, 48, 'log-entry', 'flushedFileOffset')
  const lastFileOffset = u64At(v, 56, 'log-entry', 'lastFileOffset')
  if (lastFileOffset % MIB !== 0) throw wrong('lastFileOffset', lastFileOffset, 'not a multiple of 1 MiB')
  const logGuid = guidAt(b, 32)
  return { entryLength, tail, sequenceNumber, descriptorCount, logGuid, flushedFileOffset, lastFileOffset }
}

/** Checks the whole entry, and tells of each update: how many zeros, or where its descriptor and its data sector are.
 *  @param b exactly the entry. Errors: codec.short, codec.value. */
function walkLogEntry(
  b: Uint8Array,
  use: (update: { fileOffset: number; zeros: number } | { fileOffset: number; at: number; sector: number }) => void,
): LogEntryHeader {
  const header = decodeLogEntryHeader(b)
  const v = needBytes(b, header.entryLength, 'log-entry')
  const checksum = checksumOf(b.subarray(0, header.entryLength))
  if (v.getUint32(4, true) !== checksum) throw wrong('checksum', v.getUint32(4, true), 'does not fit')
  const high = Number(header.sequenceNumber >> 32n)
  const low = Number(header.sequenceNumber & 0xffffffffn)
  let sector = descriptorSectors(header.descriptorCount) * LOG_SECTOR
  for (let i = 0; i < header.descriptorCount; i++) {
    const at = ENTRY_HEADER_BYTES + i * DESCRIPTOR_BYTES
    const signature = v.getUint32(at, true)
    const fileOffset = u64At(v, at + 16, 'log-entry', 'fileOffset')
    if (v.getBigUint64(at + 24, true) !== header.sequenceNumber)
      throw wrong('descriptor', i, 'belongs to another entry')
    if (fileOffset % LOG_SECTOR !== 0) throw wrong('fileOffset', fileOffset, 'not a multiple of 4 KiB')
    if (signature === ZERO_SIGNATURE) {
      const zeros = u64At(v, at + 8, 'log-entry', 'zeroLength')
      if (zeros % LOG_SECTOR !== 0) throw wrong('zeroLength', zeros, 'not a multiple of 4 KiB')
      use({ fileOffset, zeros })
      continue
    }
    if (signature !== DATA_DESCRIPTOR_SIGNATURE) throw wrong('descriptor', signature, 'neither "desc" nor "zero"')
    if (sector + LOG_SECTOR > header.entryLength) throw wrong('descriptor', i, 'its data sector is missing')
    if (
      v.getUint32(sector, true) !== DATA_SECTOR_SIGNATURE ||
      v.getUint32(sector + 4, true) !== high ||
      v.getUint32(sector + 4092, true) !== low
    )
      throw wrong('dataSector', i, 'belongs to another entry')
    use({ fileOffset, at, sector })
    sector += LOG_SECTOR
  }
  return header
}

/** Whether all of the entry is as it was written, without keeping any of it. @param b exactly the entry.
 *  Errors: codec.short, codec.value. */
export const checkLogEntry = (b: Uint8Array): LogEntryHeader => walkLogEntry(b, () => {})

/** @param b exactly the entry. The updates' data are copies. Errors: codec.short, codec.value. */
export function decodeLogEntry(b: Uint8Array): LogEntry {
  const updates: LogUpdate[] = []
  const header = walkLogEntry(b, (u) => {
    const { fileOffset } = u
    if ('zeros' in u) return void updates.push({ is: 'zero', fileOffset, length: u.zeros })
    const data = b.slice(u.sector, u.sector + LOG_SECTOR)
    data.set(b.subarray(u.at + 8, u.at + 16), 0)
    data.set(b.subarray(u.at + 4, u.at + 8), 4092)
    updates.push({ is: 'data', fileOffset, data })
  })
  return { ...header, updates }
}

export function encodeLogEntry(e: Omit<LogEntry, 'entryLength' | 'descriptorCount'>): Uint8Array {
  const b = new Uint8Array(logEntryBytes(e.updates))
  const v = viewOf(b)
  if (e.sequenceNumber <= 0n) throw new AppError('bug', 'a log entry needs a sequence number')
  v.setUint32(0, ENTRY_SIGNATURE, true)
  v.setUint32(8, b.length, true)
  v.setUint32(12, e.tail, true)
  v.setBigUint64(16, e.sequenceNumber, true)
  v.setUint32(24, e.updates.length, true)
  putGuid(b, 32, e.logGuid)
  v.setBigUint64(48, BigInt(e.flushedFileOffset), true)
  v.setBigUint64(56, BigInt(e.lastFileOffset), true)
  let sector = descriptorSectors(e.updates.length) * LOG_SECTOR
  e.updates.forEach((u, i) => {
    const at = ENTRY_HEADER_BYTES + i * DESCRIPTOR_BYTES
    v.setBigUint64(at + 16, BigInt(u.fileOffset), true)
    v.setBigUint64(at + 24, e.sequenceNumber, true)
    if (u.is === 'zero') {
      v.setUint32(at, ZERO_SIGNATURE, true)
      v.setBigUint64(at + 8, BigInt(u.length), true)
      return
    }
    v.setUint32(at, DATA_DESCRIPTOR_SIGNATURE, true)
    b.set(u.data.subarray(4092, 4096), at + 4)
    b.set(u.data.subarray(0, 8), at + 8)
    b.set(u.data.subarray(8, 4092), sector + 8)
    v.setUint32(sector, DATA_SECTOR_SIGNATURE, true)
    v.setUint32(sector + 4, Number(e.sequenceNumber >> 32n), true)
    v.setUint32(sector + 4092, Number(e.sequenceNumber & 0xffffffffn), true)
    sector += LOG_SECTOR
  })
  v.setUint32(4, checksumOf(b), true)
  return b
}
