import { asciiAt } from '../../../base/bytes.ts'
import { CodecError } from '../../../base/errors.ts'
import { attempt } from '../disk/attempt.ts'
import { slice, type ByteSource } from '../disk/source.ts'
import { BIOS_BOOT, decodeGptEntries, decodeGptHeader, EFI_SYSTEM, GPT_TYPES, type GptHeader } from './gpt.ts'
import { decodeMbr, isExtended, MBR_TYPES, PROTECTIVE, type Mbr } from './mbr.ts'

export interface Partition {
  /** As Linux counts them: GPT rows and primary ones by place, logical ones from 5. 0: the disk without a table. */
  readonly number: number
  readonly startBytes: number
  readonly sizeBytes: number
  /** Type GUID, or the type byte in hex. */
  readonly type: string
  readonly typeName: string
  /** Name in the table (GPT only). */
  readonly name: string
  /** GUID as PARTUUID names it, lower-case; empty when the table keeps none. */
  readonly partitionUuid: string
  /** Marked as the one that BIOS starts. */
  readonly active: boolean
  /** False when it reaches beyond the end of the disk: then it can only be read in part. */
  readonly fits: boolean
}

export interface PartitionTable {
  readonly kind: 'gpt' | 'mbr' | 'none'
  readonly partitions: readonly Partition[]
  /** What is wrong with the table, in sentences. */
  readonly notes: readonly string[]
  /** What BIOS finds in the first sector: a program, GRUB's, or none. */
  readonly bootCode: 'present' | 'grub' | 'absent'
  /** Whether a partition holds the rest of GRUB (GPT on BIOS). */
  readonly biosBootPartition: boolean
}

export const isEfiSystem = (p: Partition): boolean => p.type === EFI_SYSTEM || p.type === 'ef'

/** A table may claim thousands, all of them the same place. */
const MOST_PARTITIONS = 256
/** Logical partitions of one disk; Linux stops at 255 as well. */
const MOST_LOGICAL = 255

/** @param blockSize of the disk: tables count in it. Errors: what reading fails with; damage in the table is a note. */
export async function readPartitionTable(disk: ByteSource, blockSize: number): Promise<PartitionTable> {
  const first = await disk.read(0, Math.min(disk.sizeBytes, blockSize))
  const mbr = await attempt(async () => decodeMbr(first))
  const bootCode = !mbr.ok || mbr.value.bootCode.every((v) => v === 0) ? 'absent' : hasGrub(first) ? 'grub' : 'present'
  const protective = mbr.ok && mbr.value.entries.some((e) => e.type === PROTECTIVE)
  const hasHead = await attempt(async () => asciiAt(await disk.read(blockSize, 8), 0, 8) === 'EFI PART')
  if (protective || (hasHead.ok && hasHead.value)) {
    const gpt = await readGpt(disk, blockSize)
    if (gpt.partitions || protective)
      return {
        kind: 'gpt',
        partitions: gpt.partitions ?? [],
        notes: gpt.notes,
        bootCode,
        biosBootPartition: (gpt.partitions ?? []).some((p) => p.type === BIOS_BOOT),
      }
  }
  // The first sector of a file system ends in 55 AA too, and Windows' own is not even refused by its rows.
  if (mbr.ok && !isFileSystem(first)) {
    const { partitions, notes } = await readMbr(disk, blockSize, mbr.value)
    if (partitions.length > 0) return { kind: 'mbr', partitions, notes, bootCode, biosBootPartition: false }
  }
  return {
    kind: 'none',
    partitions: disk.sizeBytes === 0 ? [] : [{ ...NAMELESS, sizeBytes: disk.sizeBytes, fits: true }],
    notes: [],
    bootCode,
    biosBootPartition: false,
  }
}

export const partitionSource = (disk: ByteSource, p: Partition): ByteSource =>
  slice(disk, p.startBytes, Math.max(0, Math.min(p.sizeBytes, disk.sizeBytes - p.startBytes)))

const NAMELESS = {
  number: 0,
  startBytes: 0,
  type: '',
  typeName: 'whole disk',
  name: '',
  partitionUuid: '',
  active: false,
} as const

const hasGrub = (sector: Uint8Array): boolean => asciiAt(sector, 0, 440).includes('GRUB')

function isFileSystem(sector: Uint8Array): boolean {
  const name = asciiAt(sector, 3, 8)
  if (name === 'NTFS    ' || name === 'EXFAT   ' || name === '-FVE-FS-') return true
  return asciiAt(sector, 54, 3) === 'FAT' || asciiAt(sector, 82, 5) === 'FAT32'
}

async function readGpt(
  disk: ByteSource,
  blockSize: number,
): Promise<{ partitions: Partition[] | undefined; notes: string[] }> {
  const primary = await attempt(() => readTable(disk, blockSize, 1))
  if (primary.ok) {
    const backup = await attempt(() => readTable(disk, blockSize, primary.value.header.alternateLba))
    const notes = backup.ok
      ? []
      : [`The copy of the partition table at the end of the disk is not readable: ${backup.reason}.`]
    return { partitions: primary.value.partitions, notes }
  }
  const notes = [`The partition table at the start of the disk is not readable: ${primary.reason}.`]
  const backup = await attempt(() => readTable(disk, blockSize, Math.floor(disk.sizeBytes / blockSize) - 1))
  if (backup.ok) return { partitions: backup.value.partitions, notes: [...notes, 'Its copy at the end was used.'] }
  return {
    partitions: undefined,
    notes: [...notes, `Its copy at the end of the disk is not readable either: ${backup.reason}.`],
  }
}

async function readTable(
  disk: ByteSource,
  blockSize: number,
  lba: number,
): Promise<{ header: GptHeader; partitions: Partition[] }> {
  const header = decodeGptHeader(await disk.read(lba * blockSize, blockSize))
  if (header.myLba !== lba)
    throw new CodecError(
      'codec.range',
      { structure: 'gpt-header', field: 'myLba', got: header.myLba, limit: lba },
      'it belongs elsewhere',
    )
  const bytes = await disk.read(header.entriesLba * blockSize, header.entryCount * header.entryBytes)
  const partitions: Partition[] = []
  for (const [number, e] of decodeGptEntries(bytes, header)) {
    if (e.firstLba < 1 || e.lastLba < e.firstLba || partitions.length >= MOST_PARTITIONS) continue
    const startBytes = e.firstLba * blockSize
    const sizeBytes = (e.lastLba - e.firstLba + 1) * blockSize
    if (startBytes >= disk.sizeBytes) continue
    partitions.push({
      number,
      startBytes,
      sizeBytes,
      type: e.typeGuid,
      typeName: GPT_TYPES[e.typeGuid] ?? 'unknown',
      name: e.name,
      partitionUuid: e.partitionGuid.toLowerCase(),
      active: e.legacyBootable,
      fits: startBytes + sizeBytes <= disk.sizeBytes,
    })
  }
  return { header, partitions }
}

async function readMbr(
  disk: ByteSource,
  blockSize: number,
  mbr: Mbr,
): Promise<{ partitions: Partition[]; notes: string[] }> {
  const partitions: Partition[] = []
  const notes: string[] = []
  const add = (number: number, entry: { type: number; active: boolean; blocks: number }, startLba: number): void => {
    const startBytes = startLba * blockSize
    if (entry.type === 0 || entry.blocks === 0 || startBytes === 0) return
    if (startBytes >= disk.sizeBytes) {
      notes.push(`Partition ${number} starts behind the end of the disk.`)
      return
    }
    const sizeBytes = entry.blocks * blockSize
    partitions.push({
      number,
      startBytes,
      sizeBytes,
      type: entry.type.toString(16).padStart(2, '0'),
      typeName: MBR_TYPES[entry.type] ?? 'unknown',
      name: '',
      partitionUuid: `${mbr.diskSignature.toString(16).padStart(8, '0')}-${number.toString(16).padStart(2, '0')}`,
      active: entry.active,
      fits: startBytes + sizeBytes <= disk.sizeBytes,
    })
  }
  for (const [i, entry] of mbr.entries.entries()) if (!isExtended(entry.type)) add(i + 1, entry, entry.startLba)

  const extended = mbr.entries.find((e) => isExtended(e.type))
  if (!extended) return { partitions, notes }
  // Each logical partition has a sector of its own: its first row is the partition, its second the next such sector,
  // counted from the start of the extended partition.
  const visited = new Set<number>()
  let lba = extended.startLba
  for (let number = 5; lba !== 0; number++) {
    if (visited.has(lba) || number > 4 + MOST_LOGICAL) {
      notes.push('The chain of logical partitions leads back to itself.')
      break
    }
    visited.add(lba)
    const at = lba * blockSize
    const link = await attempt(async () => decodeMbr(await disk.read(at, blockSize)))
    if (!link.ok) {
      notes.push(`Logical partitions from number ${number} on are not readable: ${link.reason}.`)
      break
    }
    const [own, next] = link.value.entries
    add(number, own!, lba + own!.startLba)
    lba = next !== undefined && isExtended(next.type) && next.blocks > 0 ? extended.startLba + next.startLba : 0
  }
  return { partitions, notes }
}
