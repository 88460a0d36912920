import { AppError, CodecError } from '../../base/errors.ts'
import type { DiskFile } from '../disk-file.ts'
import {
  ABSENT,
  bitmapLength,
  decodeFooter,
  decodeLocatorPath,
  decodeSparseHeader,
  decodeTable,
  DISK_TYPE,
  FOOTER_LENGTH,
  footerIn,
  HEADER_LENGTH,
  MAX_SIZE,
  PLATFORM,
  SECTOR,
  virtualSizeOf,
  type Footer,
  type SparseHeader,
} from './format.ts'

/** Paths are a few hundred bytes; a longer one is damage. */
const LONGEST_PATH_BYTES = 64 * 1024

/** Entries of the block table that are read at once. The largest disk in the smallest blocks has 16 million. */
const TABLE_PIECE = 2 ** 16

/** What the head and the end of a file say, checked. */
export interface VhdInfo {
  readonly footer: Footer
  /** The 512 bytes as they are in the file, fields unknown to us included. */
  readonly footerBytes: Uint8Array
  /** What the guest sees. Bytes, whole sectors. */
  readonly sizeBytes: number
  /** Dynamic and differencing disks have one. */
  readonly header?: SparseHeader
  /** Differencing disks have one. */
  readonly parent?: ParentReference
  /** Oddities that hurt nobody, one sentence each. */
  readonly notes: readonly string[]
  /** Which of the two footers is good; a fixed disk has no copy at the start. */
  readonly footerAtStart: boolean
  readonly footerAtEnd: boolean
}

export interface ParentReference {
  readonly uniqueId: Uint8Array
  /** Seconds since 2000-01-01 UTC. */
  readonly timeStamp: number
  /** The parent's file name, as its maker wrote it; may be a whole path. */
  readonly name: string
  readonly absolutePath?: string
  /** Relative to the child's folder, with the maker's separators. */
  readonly relativePath?: string
}

export const corrupt = (file: DiskFile, what: string, cause?: unknown): AppError =>
  new AppError('disk.corrupt', `${file.path}: ${what}`, {
    hint: 'Copy the file again from where it came, or restore it from a backup.',
    ...(cause === undefined ? {} : { cause }),
  })

const notVhd = (file: DiskFile, why: string, cause?: unknown): AppError =>
  new AppError('disk.format', `${file.path} is not a VHD: ${why}`, {
    hint: 'Look whether it was copied completely, or has another format.',
    ...(cause === undefined ? {} : { cause }),
  })

async function readAt(file: DiskFile, position: number, length: number): Promise<Uint8Array> {
  const b = new Uint8Array(length)
  await file.read(position, b)
  return b
}

function tryFooter(b: Uint8Array): Footer | CodecError {
  try {
    return decodeFooter(b)
  } catch (e) {
    if (e instanceof CodecError) return e
    throw e
  }
}

/** Reads footer, header and parent locators. The good copy of the footer stands in for a damaged one.
 *  Errors: disk.format (not a VHD), disk.corrupt, disk.size, codec.*. */
export async function inspectVhd(file: DiskFile): Promise<VhdInfo> {
  if (file.sizeBytes < FOOTER_LENGTH) throw notVhd(file, 'it is too short')
  const tail = footerIn(await readAt(file, file.sizeBytes - FOOTER_LENGTH, FOOTER_LENGTH))
  const endBytes = tail.bytes
  const room = file.sizeBytes - tail.lengthInFile
  const startBytes = await readAt(file, 0, FOOTER_LENGTH)
  const atEnd = tryFooter(endBytes)
  const atStart = tryFooter(startBytes)
  const sparseAtStart = !(atStart instanceof CodecError) && atStart.diskType !== DISK_TYPE.fixed
  if (!(atEnd instanceof CodecError) && atEnd.diskType === DISK_TYPE.fixed) {
    const sizeBytes = fixedSize(room, atEnd)
    // After a crash the last bytes of a growing disk can be anything that a guest wrote, a footer of its own too; and a
    // guest of a fixed disk can write what it likes at byte 0. Only the size tells them apart.
    if (!sparseAtStart || sizeBytes === room) {
      if (sizeBytes === undefined) throw corrupt(file, `it is shorter than its disk of ${atEnd.currentSize} bytes`)
      const notes = notesOf(atEnd)
      return { footer: atEnd, footerBytes: endBytes, sizeBytes, notes, footerAtStart: false, footerAtEnd: true }
    }
  }
  // The copy at the start never moves; what lies at the end may be left over from a crash.
  const footer = sparseAtStart ? atStart : atEnd
  if (footer instanceof CodecError) {
    const start = atStart instanceof CodecError ? atStart : undefined
    const reason = start && start.field !== 'cookie' ? start : footer
    if (reason.field === 'cookie') throw notVhd(file, 'no footer is at either end', reason)
    throw corrupt(file, `both copies of its footer are damaged (${reason.message})`, reason)
  }
  const footerBytes = sparseAtStart ? startBytes : endBytes
  return inspectSparse(file, footer, {
    footerBytes,
    footerAtStart: sparseAtStart,
    footerAtEnd: endBytes.every((v, i) => v === footerBytes[i]),
  })
}

function notesOf(footer: Footer): string[] {
  return footer.savedState ? ['the disk belongs to a suspended virtual machine, whose memory is not part of it'] : []
}

/** Undefined when the file is shorter than the disk. @param room bytes before the footer. */
function fixedSize(room: number, footer: Footer): number | undefined {
  return [virtualSizeOf(footer), footer.currentSize - (footer.currentSize % SECTOR)].find((n) => n > 0 && n <= room)
}

async function inspectSparse(
  file: DiskFile,
  footer: Footer,
  found: Pick<VhdInfo, 'footerBytes' | 'footerAtStart' | 'footerAtEnd'>,
): Promise<VhdInfo> {
  const dataOffset = footer.dataOffset!
  if (dataOffset < FOOTER_LENGTH || dataOffset + HEADER_LENGTH > file.sizeBytes)
    throw corrupt(file, `its sparse header is said to be at byte ${dataOffset}, outside of the file`)
  const header = decodeSparseHeader(await readAt(file, dataOffset, HEADER_LENGTH))
  const covered = header.maxTableEntries * header.blockSize
  const byFooter = footer.currentSize - (footer.currentSize % SECTOR)
  const byGeometry = virtualSizeOf(footer)
  const sizeBytes = byGeometry <= covered ? byGeometry : byFooter
  if (sizeBytes === 0) throw corrupt(file, 'its disk has no size')
  if (sizeBytes > MAX_SIZE)
    throw new AppError('disk.size', `${file.path}: its disk of ${sizeBytes} bytes is larger than a VHD can be`, {
      hint: 'Its limit is 2040 GiB: the file is damaged, or was made by a program that does not care.',
    })
  if (sizeBytes > covered) throw corrupt(file, `its table covers ${covered} bytes, and the disk has ${sizeBytes}`)
  const entries = Math.ceil(sizeBytes / header.blockSize)
  if (header.tableOffset < FOOTER_LENGTH || header.tableOffset + entries * 4 > file.sizeBytes)
    throw corrupt(file, `its block table is said to be at byte ${header.tableOffset}, outside of the file`)
  const info = { ...found, footer, sizeBytes, header }
  const notes = notesOf(footer)
  if (footer.diskType !== DISK_TYPE.differencing) return { ...info, notes }
  return { ...info, notes, parent: await readParent(file, header, notes) }
}

async function readParent(file: DiskFile, header: SparseHeader, notes: string[]): Promise<ParentReference> {
  const paths: { absolutePath?: string; relativePath?: string } = {}
  for (const locator of header.parentLocators) {
    const { platformCode, platformDataOffset: at, platformDataLength: length } = locator
    if (platformCode !== PLATFORM.absolute && platformCode !== PLATFORM.relative) continue
    if (length > LONGEST_PATH_BYTES || at + length > file.sizeBytes) {
      notes.push('a path to the parent lies outside of the file and is ignored')
      continue
    }
    const path = decodeLocatorPath(await readAt(file, at, length))
    if (platformCode === PLATFORM.absolute) paths.absolutePath ??= path
    else paths.relativePath ??= path
  }
  return {
    uniqueId: header.parentUniqueId,
    timeStamp: header.parentTimeStamp,
    name: header.parentUnicodeName,
    ...paths,
  }
}

/** The block table and the first byte behind everything it uses.
 *  Errors: disk.corrupt when a block lies outside of the file, on another block, or on the file's own structures. */
export async function readTable(
  file: DiskFile,
  info: VhdInfo & { header: SparseHeader },
): Promise<{ table: Uint32Array; end: number }> {
  const { header, footer } = info
  const entries = Math.ceil(info.sizeBytes / header.blockSize)
  const table = new Uint32Array(entries)
  for (let from = 0; from < entries; from += TABLE_PIECE) {
    const count = Math.min(TABLE_PIECE, entries - from)
    table.set(decodeTable(await readAt(file, header.tableOffset + from * 4, count * 4), count), from)
  }
  const own: [from: number, to: number][] = [
    [0, FOOTER_LENGTH],
    [footer.dataOffset!, footer.dataOffset! + HEADER_LENGTH],
    [header.tableOffset, header.tableOffset + entries * 4],
  ]
  // Entries beyond the disk belong to the table all the same, where the file holds them.
  const tableEnd = header.tableOffset + header.maxTableEntries * 4
  let end = Math.max(...own.map(([, to]) => to), tableEnd <= file.sizeBytes ? tableEnd : 0)
  for (const { platformDataOffset: at, platformDataLength: length } of header.parentLocators)
    if (at + length <= file.sizeBytes) end = Math.max(end, at + length)

  end = Math.max(end, checkBlocks(file, header, table, own))
  return { table, end: Math.ceil(end / SECTOR) * SECTOR }
}

/** Returns the first byte behind the last block; 0 without any. Errors: disk.corrupt.
 *  @param own where the file's structures are. */
function checkBlocks(
  file: DiskFile,
  header: SparseHeader,
  table: Uint32Array,
  own: readonly (readonly [from: number, to: number])[],
): number {
  const span = bitmapLength(header.blockSize) + header.blockSize
  let end = 0
  for (const start of table) {
    if (start === ABSENT) continue
    const from = start * SECTOR
    const to = from + span
    if (to > file.sizeBytes) throw corrupt(file, `it was cut short: a block at byte ${from} is not complete`)
    if (own.some(([a, b]) => from < b && to > a))
      throw corrupt(file, `a block at byte ${from} lies on the file's own structures`)
    end = Math.max(end, to)
  }
  // In each piece as long as a block at most one can begin, and only those next to it can lie on it: quicker than to sort
  // millions of them, and hardly larger than the table. Each holds a start plus 1, or 0.
  const sectors = span / SECTOR
  const starts = new Uint32Array(Math.ceil(end / span) + 2)
  for (const start of table) {
    if (start === ABSENT) continue
    const piece = Math.floor(start / sectors)
    for (let i = Math.max(0, piece - 1); i <= piece + 1; i++) {
      const other = starts[i]!
      if (other > 0 && Math.abs(other - 1 - start) < sectors)
        throw corrupt(file, `two of its blocks lie on each other at byte ${start * SECTOR}`)
    }
    starts[piece] = start + 1
  }
  return end
}
