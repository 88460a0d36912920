import {
  ABSENT,
  bitmapLength,
  encodeFooter,
  encodeSparseHeader,
  encodeTable,
  FOOTER_LENGTH,
  HEADER_LENGTH,
  SECTOR,
} from '../../src-main/disks/vhd/format.ts'
import { inspectVhd, readTable } from '../../src-main/disks/vhd/layout.ts'
import {
  BAT_ENTRY_BYTES,
  BLOCK_STATE,
  decodeMetadataTable,
  encodeBatEntry,
  encodeHeader,
  encodeMetadataTable,
  encodeRegionTable,
  FILE_IDENTIFIER_BYTES,
  HEADER_OFFSETS,
  METADATA_TABLE_BYTES,
  MIB,
  REGION,
  REGION_TABLE_OFFSETS,
  viewOf,
} from '../../src-main/disks/vhdx/format.ts'
import { openHeaders } from '../../src-main/disks/vhdx/headers.ts'
import { isBitmapEntry, readBlockTable, readLayout } from '../../src-main/disks/vhdx/layout.ts'
import type { MemoryFile } from './memory-file.ts'
import { SparseBytes } from './sparse-bytes.ts'

/** The same disks in files whose parts lie in other places: all that the formats allow, and no program makes. */

function copyBytes(from: MemoryFile, at: number, to: SparseBytes, position: number, length: number): void {
  const piece = new Uint8Array(64 * 1024)
  for (let done = 0; done < length; done += piece.length) {
    const part = piece.subarray(0, Math.min(piece.length, length - done))
    from.bytes.read(at + done, part)
    to.write(position + done, part)
  }
}
/** Last to first, and every second one moved to the end: neighbours are nowhere side by side. */
function scrambled<T>(list: readonly T[]): T[] {
  const reversed = [...list].reverse()
  return [...reversed.filter((_, i) => i % 2 === 0), ...reversed.filter((_, i) => i % 2 === 1)]
}

export interface VhdxPlaces {
  /** One behind the other from 1 MiB on. */
  readonly order: readonly ('log' | 'metadata' | 'bat' | 'blocks' | 'bitmaps')[]
  /** Nothing before each part, and each block. MiB. */
  readonly holeMib?: number
  /** Sequence numbers of the two headers; 0 makes one that is damaged. */
  readonly headers?: readonly [bigint, bigint]
  readonly damageFirstRegionTable?: boolean
  /** Bytes between the items of the metadata, which then are in reverse order. */
  readonly itemGap?: number
}

/** @param file a closed VHDX. */
export async function relaidVhdx(file: MemoryFile, places: VhdxPlaces): Promise<SparseBytes> {
  const headers = await openHeaders(file)
  const layout = await readLayout(file)
  const table = await readBlockTable(file, layout, headers.current)
  const metadata = layout.regions.find((r) => r.guid === REGION.metadata)!
  const out = new SparseBytes()
  copyBytes(file, 0, out, 0, FILE_IDENTIFIER_BYTES)
  const bat = new Uint8Array(layout.bat.length)
  let nextMib = 1
  const take = (lengthMib: number): number => {
    const at = nextMib + (places.holeMib ?? 0)
    nextMib = at + lengthMib
    return at
  }
  const indexes = [...table.states.keys()].filter((i) => table.offsets[i]! > 0)
  const move = (index: number, length: number): void => {
    const at = take(length / MIB)
    encodeBatEntry(viewOf(bat), index * BAT_ENTRY_BYTES, table.states[index]!, at)
    copyBytes(file, table.offsets[index]! * MIB, out, at * MIB, length)
  }
  for (const [index, state] of table.states.entries())
    if (table.offsets[index] === 0 && state !== BLOCK_STATE.notPresent)
      encodeBatEntry(viewOf(bat), index * BAT_ENTRY_BYTES, state, 0)
  const at = { log: 0, metadata: 0, bat: 0 }
  for (const part of places.order) {
    if (part === 'log') at.log = take(headers.current.logLength / MIB)
    else if (part === 'metadata') at.metadata = take(metadata.length / MIB)
    else if (part === 'bat') at.bat = take(layout.bat.length / MIB)
    else if (part === 'bitmaps')
      indexes.filter((index) => isBitmapEntry(index, layout.chunkRatio)).forEach((index) => move(index, MIB))
    else
      scrambled(indexes.filter((index) => !isBitmapEntry(index, layout.chunkRatio))).forEach((index) =>
        move(index, layout.parameters.blockSize),
      )
  }
  out.write(at.bat * MIB, bat)
  writeItems(file, metadata.fileOffset, out, at.metadata * MIB, places.itemGap)
  const regions = encodeRegionTable([
    // The other order than ours.
    { guid: REGION.metadata, fileOffset: at.metadata * MIB, length: metadata.length, required: true },
    { guid: REGION.bat, fileOffset: at.bat * MIB, length: layout.bat.length, required: true },
  ])
  for (const offset of REGION_TABLE_OFFSETS) out.write(offset, regions)
  if (places.damageFirstRegionTable) out.write(REGION_TABLE_OFFSETS[0] + 100, new Uint8Array(8).fill(0xff))
  for (const [slot, sequenceNumber] of (places.headers ?? [1n, 2n]).entries()) {
    const header = encodeHeader({ ...headers.current, logOffset: at.log * MIB, sequenceNumber })
    if (sequenceNumber === 0n) header.fill(0xee, 8, 512)
    out.write(HEADER_OFFSETS[slot]!, header)
  }
  out.resize(nextMib * MIB)
  return out
}

function writeItems(file: MemoryFile, from: number, out: SparseBytes, to: number, gap: number | undefined): void {
  const table = new Uint8Array(METADATA_TABLE_BYTES)
  file.bytes.read(from, table)
  const entries = decodeMetadataTable(table, MIB)
  if (gap === undefined) return copyBytes(file, from, out, to, MIB)
  let next = METADATA_TABLE_BYTES
  const moved = [...entries].reverse().map((entry) => {
    next += gap
    copyBytes(file, from + entry.offset, out, to + next, entry.length)
    const offset = next
    next += entry.length
    return { ...entry, offset }
  })
  out.write(to, encodeMetadataTable(moved))
}

export interface VhdPlaces {
  /** One behind the other from the copy of the footer on. */
  readonly order: readonly ('header' | 'table' | 'locators' | 'blocks')[]
  /** Nothing before each part, and each block. Sectors. */
  readonly hole?: number
  readonly footerAtStart?: 'damaged'
  readonly footerAtEnd?: 'damaged'
}

/** @param file a closed dynamic or differencing VHD. */
export async function relaidVhd(file: MemoryFile, places: VhdPlaces): Promise<SparseBytes> {
  const info = await inspectVhd(file)
  const header = info.header!
  const { table } = await readTable(file, { ...info, header })
  const out = new SparseBytes()
  const moved = new Uint32Array(header.maxTableEntries).fill(ABSENT)
  let next = FOOTER_LENGTH
  const take = (length: number): number => {
    const at = next + (places.hole ?? 0) * SECTOR
    next = at + Math.ceil(length / SECTOR) * SECTOR
    return at
  }
  const at = { header: 0, table: 0 }
  let parentLocators = header.parentLocators
  for (const part of places.order) {
    if (part === 'header') at.header = take(HEADER_LENGTH)
    else if (part === 'table') at.table = take(moved.length * 4)
    else if (part === 'locators')
      parentLocators = parentLocators.map((locator) => {
        const platformDataOffset = take(locator.platformDataLength)
        copyBytes(file, locator.platformDataOffset, out, platformDataOffset, locator.platformDataLength)
        return { ...locator, platformDataOffset }
      })
    else {
      const length = bitmapLength(header.blockSize) + header.blockSize
      const present = [...table.keys()].filter((i) => table[i] !== ABSENT)
      for (const block of scrambled(present)) {
        const position = take(length)
        moved[block] = position / SECTOR
        copyBytes(file, table[block]! * SECTOR, out, position, length)
      }
    }
  }
  out.write(at.header, encodeSparseHeader({ ...header, tableOffset: at.table, parentLocators }))
  out.write(at.table, encodeTable(moved, 0, moved.length))
  const footer = encodeFooter({ ...info.footer, dataOffset: at.header })
  const damaged = footer.slice().fill(0xee, 40, 60)
  out.write(0, places.footerAtStart === 'damaged' ? damaged : footer)
  out.write(take(FOOTER_LENGTH), places.footerAtEnd === 'damaged' ? damaged : footer)
  return out
}
