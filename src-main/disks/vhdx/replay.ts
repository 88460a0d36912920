import { AppError, CodecError } from '../../base/errors.ts'
import type { DiskFile } from '../disk-file.ts'
import { damaged, unsupported } from './errors.ts'
import { type Guid, KIB, LARGEST_FILE, MIB, ZERO_GUID } from './format.ts'
import type { HeaderStore } from './headers.ts'
import {
  checkLogEntry,
  decodeLogEntry,
  decodeLogEntryHeader,
  LOG_SECTOR,
  type LogEntry,
  type LogEntryHeader,
  startsLogEntry,
} from './log-format.ts'

/** Hyper-V and QEMU make logs of 1 MiB. It is in memory as a whole. */
const LARGEST_LOG = 32 * MIB
/** A file can claim entries that overlap each other, each to be checked; one that does so this often is no log. */
const MOST_CHECKED = 8
/** An entry can ask for zeros in a few bytes. The largest log holds 8192 sectors of data. */
const MOST_UPDATES = 2 ** 16
/** Zeros that all of a log may ask for, as a multiple of the file. */
const MOST_ZEROED = 4

const RESTORE = 'Restore the file from a copy.'
const TO_ITS_MAKER = 'Open the file once with the program that made it, then close it there.'

/** The newest valid and complete sequence of a log, oldest entry first; empty when there is none.
 *  @param log the whole ring, at least one sector. Errors: disk.damaged when the content is made to keep us busy.
 *  Source: MS-VHDX §2.3.2, §2.3.3. */
export function findActiveSequence(log: Uint8Array, logGuid: Guid): LogEntry[] {
  const known = new Map<number, LogEntryHeader | undefined>()
  let budget = MOST_CHECKED * log.length
  /** For an entry that goes on at the start of the ring. */
  let joined: Uint8Array | undefined
  const bytesOf = (at: number, length: number): Uint8Array => {
    if (at + length <= log.length) return log.subarray(at, at + length)
    joined ??= new Uint8Array(log.length)
    joined.set(log.subarray(at), 0)
    joined.set(log.subarray(0, at + length - log.length), log.length - at)
    return joined.subarray(0, length)
  }
  const entryAt = (at: number): LogEntryHeader | undefined => {
    if (!startsLogEntry(log, at)) return undefined
    if (known.has(at)) return known.get(at)
    let entry: LogEntryHeader | undefined
    try {
      const header = decodeLogEntryHeader(log.subarray(at, at + LOG_SECTOR))
      if (header.logGuid === logGuid && header.entryLength <= log.length && header.tail < log.length) {
        budget -= header.entryLength
        if (budget < 0)
          throw new AppError('disk.damaged', 'the log holds more entries than it has room for', { hint: RESTORE })
        entry = checkLogEntry(bytesOf(at, header.entryLength))
      }
    } catch (e) {
      // Whatever is not a valid entry is old or torn: the scan goes on behind it.
      if (!(e instanceof CodecError)) throw e
    }
    known.set(at, entry)
    return entry
  }

  let active: { readonly at: number; readonly entry: LogEntryHeader }[] = []
  let tail = 0
  for (let scanned = false; !scanned;) {
    const current: typeof active = []
    let head = tail
    let length = 0
    for (let entry = entryAt(head); entry !== undefined; entry = entryAt(head)) {
      const before = current.at(-1)
      if (before && entry.sequenceNumber !== before.entry.sequenceNumber + 1n) break
      if (length + entry.entryLength > log.length) break
      current.push({ at: head, entry })
      length += entry.entryLength
      head = (head + entry.entryLength) % log.length
    }
    const last = current.at(-1)
    const first = last ? current.findIndex((c) => c.at === last.entry.tail) : -1
    if (last && first >= 0) {
      const newest = active.at(-1)
      if (!newest || last.entry.sequenceNumber > newest.entry.sequenceNumber) active = current.slice(first)
    }
    const next = last && first >= 0 ? head : (tail + LOG_SECTOR) % log.length
    scanned = next <= tail
    tail = next
  }
  if (active.reduce((n, { entry }) => n + entry.descriptorCount, 0) > MOST_UPDATES)
    throw new AppError('disk.damaged', 'the log asks for more than makes sense', { hint: RESTORE })
  return active.map(({ at, entry }) => decodeLogEntry(bytesOf(at, entry.entryLength)))
}

/** Brings the file to its state after its log: in the file itself, or, when it is read-only, in memory. Returns the
 *  file to read from then on. Nothing is written when the log is empty.
 *  Errors: disk.damaged, disk.unsupported, disk.io, disk.full. Source: MS-VHDX §2.3.3, note 5. */
export async function replayLog(file: DiskFile, headers: HeaderStore, newGuid: () => Guid): Promise<DiskFile> {
  const { logGuid, logLength, logOffset, logVersion } = headers.current
  if (logGuid === ZERO_GUID) return file
  if (logVersion !== 0)
    throw unsupported(file.path, `has a log of version ${logVersion}, which is not known`, TO_ITS_MAKER)
  if (logLength === 0 || logOffset + logLength > file.sizeBytes)
    throw damaged(file.path, 'its log lies outside the file')
  if (logLength > LARGEST_LOG)
    throw unsupported(file.path, `was not closed, and its log of ${logLength / MIB} MiB is too large`, TO_ITS_MAKER)
  const log = new Uint8Array(logLength)
  for (let at = 0; at < logLength; at += 64 * KIB) await file.read(logOffset + at, log.subarray(at, at + 64 * KIB))
  const sequence = findActiveSequence(log, logGuid)
  const head = sequence.at(-1)
  if (!head) throw damaged(file.path, 'it was not closed, and its log holds no complete entry')
  if (file.sizeBytes < head.flushedFileOffset) throw damaged(file.path, 'its end was cut off')
  const end = Math.max(head.lastFileOffset, file.sizeBytes)
  if (end > LARGEST_FILE) throw damaged(file.path, 'its log asks for a file larger than any disk')
  checkUpdates(file.path, sequence, end)
  if (file.readOnly) return new ReplayedFile(file, sequence, end)

  // The headers change before anything else does. Source: MS-VHDX §2.2.2.1.
  await headers.update({ fileWriteGuid: newGuid() })
  for (const { updates } of sequence) {
    for (const u of updates) {
      if (u.is === 'data') await file.write(u.fileOffset, [u.data])
      else await file.zero(u.fileOffset, u.length)
    }
  }
  if (file.sizeBytes < head.lastFileOffset) await file.resize(head.lastFileOffset)
  // Only what is durable in its place may lose its log.
  await file.flush()
  await headers.update({ logGuid: ZERO_GUID })
  return file
}

/** @param end where the file will end. */
function checkUpdates(path: string, sequence: readonly LogEntry[], end: number): void {
  let zeroed = 0
  for (const { updates } of sequence) {
    for (const u of updates) {
      const length = u.is === 'data' ? u.data.length : u.length
      if (u.is === 'zero') zeroed += length
      if (u.fileOffset < MIB || u.fileOffset + length > end)
        throw damaged(path, 'its log writes outside the places it may write to')
    }
  }
  if (zeroed > MOST_ZEROED * end) throw damaged(path, 'its log asks for more zeros than it has room for')
}

/** A read-only file as it would be after its log was replayed. */
class ReplayedFile implements DiskFile {
  readonly path: string
  readonly readOnly = true
  readonly canPunch = false
  readonly sizeBytes: number
  readonly #file: DiskFile
  readonly #sequence: readonly LogEntry[]

  constructor(file: DiskFile, sequence: readonly LogEntry[], sizeBytes: number) {
    this.path = file.path
    this.#file = file
    this.#sequence = sequence
    this.sizeBytes = sizeBytes
  }
  read(position: number, into: Uint8Array): void | Promise<void> {
    const waiting = this.#file.read(position, into)
    if (waiting) return waiting.then(() => this.#patch(position, into))
    this.#patch(position, into)
  }
  #patch(position: number, into: Uint8Array): void {
    const end = position + into.length
    for (const { updates } of this.#sequence) {
      for (const u of updates) {
        const length = u.is === 'data' ? u.data.length : u.length
        const from = Math.max(position, u.fileOffset)
        const to = Math.min(end, u.fileOffset + length)
        if (from >= to) continue
        if (u.is === 'zero') into.fill(0, from - position, to - position)
        else into.set(u.data.subarray(from - u.fileOffset, to - u.fileOffset), from - position)
      }
    }
  }
  write(): never {
    throw new AppError('disk.readOnly', `${this.path} is read-only`)
  }
  zero(): never {
    throw new AppError('disk.readOnly', `${this.path} is read-only`)
  }
  resize(): Promise<void> {
    return Promise.reject(new AppError('disk.readOnly', `${this.path} is read-only`))
  }
  flush(): Promise<void> {
    return this.#file.flush()
  }
  close(): Promise<void> {
    return this.#file.close()
  }
}
