import { type AppError, CodecError } from '../../base/errors.ts'
import type { DiskFile } from '../disk-file.ts'
import { damaged, unsupported } from './errors.ts'
import {
  BAT_ENTRY_BYTES,
  BITMAP_STATE,
  BLOCK_STATE,
  decodeBatEntry,
  decodeFileParameters,
  decodeMetadataTable,
  decodeParentLocator,
  decodeRegionTable,
  decodeSectorSize,
  type FileParameters,
  guidAt,
  ITEM,
  KIB,
  LARGEST_DISK,
  LARGEST_FILE,
  METADATA_TABLE_BYTES,
  MIB,
  needBytes,
  type ParentLocator,
  REGION,
  REGION_TABLE_BYTES,
  REGION_TABLE_OFFSETS,
  type RegionEntry,
  SECTORS_PER_CHUNK,
  u64At,
  type VhdxHeader,
  viewOf,
} from './format.ts'
import { Space, TakenSpace } from './space.ts'

/** Where everything of a disk lies, but for its blocks. */
export interface VhdxLayout {
  readonly parameters: FileParameters
  readonly sizeBytes: number
  readonly logicalSectorSize: 512 | 4096
  readonly physicalSectorSize: 512 | 4096
  readonly virtualDiskId: string
  readonly parentLocator: ParentLocator | undefined
  readonly bat: RegionEntry
  readonly regions: readonly RegionEntry[]
  readonly payloadBlocks: number
  /** Payload blocks per sector bitmap block. */
  readonly chunkRatio: number
  readonly batEntries: number
}

/** States and places of so many table entries are kept in memory: enough for the largest disk in blocks of 4 MiB. */
export const MOST_ENTRIES = 17 * 2 ** 20

/** Numbers of blocks and entries of a disk. Source: MS-VHDX §2.4, §2.5. */
export function countBlocks(sizeBytes: number, blockSize: number, sectorSize: number, hasParent: boolean) {
  const chunkRatio = (SECTORS_PER_CHUNK * sectorSize) / blockSize
  const payloadBlocks = Math.ceil(sizeBytes / blockSize)
  const chunks = Math.ceil(payloadBlocks / chunkRatio)
  const batEntries = hasParent
    ? chunks * (chunkRatio + 1)
    : payloadBlocks + Math.floor((payloadBlocks - 1) / chunkRatio)
  return { chunkRatio, payloadBlocks, chunks, batEntries }
}

/** Reads regions and metadata. @param file after its log was replayed. Errors: codec.*, disk.damaged,
 *  disk.unsupported. Source: MS-VHDX §2.2.3, §2.6. */
export async function readLayout(file: DiskFile): Promise<VhdxLayout> {
  if (file.sizeBytes > LARGEST_FILE) throw damaged(file.path, 'it is larger than any disk')
  const regions = await readRegions(file)
  for (const r of regions) {
    if (r.fileOffset + r.length > LARGEST_FILE) throw damaged(file.path, 'a region lies behind the end of any disk')
    if (r.required && r.guid !== REGION.bat && r.guid !== REGION.metadata)
      throw unsupported(file.path, `needs a feature that is not known here (region ${r.guid})`)
  }
  const bat = regions.find((r) => r.guid === REGION.bat)
  const metadata = regions.find((r) => r.guid === REGION.metadata)
  if (!bat || !metadata) throw damaged(file.path, 'a region is missing')
  const items = await readItems(file, metadata)
  const item = (id: string, name: string): Uint8Array => {
    const bytes = items.get(id)
    if (!bytes) throw damaged(file.path, `its ${name} is missing`)
    return bytes
  }
  const parameters = decodeFileParameters(item(ITEM.fileParameters, 'block size'))
  const logicalSectorSize = decodeSectorSize(item(ITEM.logicalSectorSize, 'logical sector size'), 'logicalSectorSize')
  const sizeItem = item(ITEM.virtualDiskSize, 'size')
  const sizeBytes = u64At(needBytes(sizeItem, 8, 'virtual-disk-size'), 0, 'virtual-disk-size', 'virtualDiskSize')
  if (sizeBytes === 0 || sizeBytes > LARGEST_DISK || sizeBytes % logicalSectorSize !== 0)
    throw damaged(file.path, `a disk of ${sizeBytes} bytes cannot be`)
  const diskId = item(ITEM.virtualDiskId, 'identity')
  needBytes(diskId, 16, 'virtual-disk-id')
  const counts = countBlocks(sizeBytes, parameters.blockSize, logicalSectorSize, parameters.hasParent)
  if (counts.batEntries > MOST_ENTRIES)
    throw unsupported(file.path, `has a table of ${counts.batEntries} blocks; at most ${MOST_ENTRIES} are supported`)
  if (counts.batEntries * BAT_ENTRY_BYTES > bat.length)
    throw damaged(file.path, 'its block table is too short for its size')
  if (bat.fileOffset + counts.batEntries * BAT_ENTRY_BYTES > file.sizeBytes)
    throw damaged(file.path, 'its end was cut off')
  return {
    parameters,
    sizeBytes,
    logicalSectorSize,
    physicalSectorSize: decodeSectorSize(item(ITEM.physicalSectorSize, 'physical sector size'), 'physicalSectorSize'),
    virtualDiskId: guidAt(diskId, 0),
    parentLocator: parameters.hasParent ? decodeParentLocator(item(ITEM.parentLocator, 'parent locator')) : undefined,
    bat,
    regions,
    ...counts,
  }
}

async function readRegions(file: DiskFile): Promise<RegionEntry[]> {
  let failure: CodecError | undefined
  for (const offset of REGION_TABLE_OFFSETS) {
    const bytes = new Uint8Array(REGION_TABLE_BYTES)
    await file.read(offset, bytes)
    try {
      return decodeRegionTable(bytes)
    } catch (e) {
      // The second copy is there for this.
      if (!(e instanceof CodecError)) throw e
      failure ??= e
    }
  }
  throw failure ?? damaged(file.path, 'it has no region table')
}

async function readItems(file: DiskFile, region: RegionEntry): Promise<Map<string, Uint8Array>> {
  const table = new Uint8Array(METADATA_TABLE_BYTES)
  await file.read(region.fileOffset, table)
  const items = new Map<string, Uint8Array>()
  const known: readonly string[] = Object.values(ITEM)
  for (const entry of decodeMetadataTable(table, region.length)) {
    if (entry.user || !known.includes(entry.itemId)) {
      if (entry.required)
        throw unsupported(file.path, `needs a feature that is not known here (metadata ${entry.itemId})`)
      continue
    }
    if (items.has(entry.itemId)) throw damaged(file.path, 'a metadata item is there twice')
    const bytes = new Uint8Array(entry.length)
    await file.read(region.fileOffset + entry.offset, bytes)
    items.set(entry.itemId, bytes)
  }
  return items
}

/** The block allocation table in memory, by index in the table; and what space it leaves. */
export interface BlockTable {
  readonly states: Uint8Array
  /** MiB from the start of the file; 0: nowhere. */
  readonly offsets: Uint32Array
  readonly space: Space
}

/** Whether the entry is for a sector bitmap block and not for a payload block. */
export const isBitmapEntry = (index: number, chunkRatio: number): boolean => index % (chunkRatio + 1) === chunkRatio

/** Reads and checks the table. Errors: codec.value, disk.damaged. Source: MS-VHDX §2.5.1. */
export async function readBlockTable(file: DiskFile, layout: VhdxLayout, header: VhdxHeader): Promise<BlockTable> {
  const { batEntries, chunkRatio, sizeBytes } = layout
  const { blockSize, hasParent } = layout.parameters
  const states = new Uint8Array(batEntries)
  const offsets = new Uint32Array(batEntries)
  const chunk = new Uint8Array(64 * KIB)
  const view = viewOf(chunk)
  const sizeMib = Math.ceil(file.sizeBytes / MIB)
  const taken = takenByStructures(file, layout, header, sizeMib)
  for (let index = 0; index < batEntries; index++) {
    const at = (index * BAT_ENTRY_BYTES) % chunk.length
    if (at === 0) await file.read(layout.bat.fileOffset + index * BAT_ENTRY_BYTES, chunk)
    const { state, offsetMib } = decodeBatEntry(view, at)
    const bitmap = isBitmapEntry(index, chunkRatio)
    checkState(file, state, bitmap, hasParent)
    states[index] = state
    const start = offsetMib * MIB
    const block = index - Math.floor(index / (chunkRatio + 1))
    const length = bitmap ? MIB : Math.min(blockSize, sizeBytes - block * blockSize)
    if (state === BLOCK_STATE.full || state === BLOCK_STATE.partial) {
      if (start + length > file.sizeBytes)
        throw damaged(file.path, 'a block lies behind its end, which may have been cut off')
    } else if (
      (state !== BLOCK_STATE.unmapped && state !== BLOCK_STATE.undefined) ||
      offsetMib === 0 ||
      start >= file.sizeBytes
    )
      // Only in these two the old content may still be there; the place stays taken until the block is written.
      continue
    offsets[index] = offsetMib
    if (!taken.take({ start: offsetMib, length: bitmap ? 1 : blockSize / MIB })) throw overlap(file)
  }
  if (hasParent) checkBitmapBlocks(file, states, chunkRatio)
  return { states, offsets, space: new Space(taken, sizeMib) }
}

function checkState(file: DiskFile, state: number, bitmap: boolean, hasParent: boolean): void {
  const possible = bitmap
    ? state === BITMAP_STATE.notPresent || (state === BITMAP_STATE.present && hasParent)
    : state !== 4 && state !== 5 && (state !== BLOCK_STATE.partial || hasParent)
  if (!possible) throw damaged(file.path, `a block is in state ${state}, which cannot be`)
}

function checkBitmapBlocks(file: DiskFile, states: Uint8Array, chunkRatio: number): void {
  for (let index = 0; index < states.length; index++) {
    if (isBitmapEntry(index, chunkRatio) || states[index] !== BLOCK_STATE.partial) continue
    const bitmap = Math.floor(index / (chunkRatio + 1)) * (chunkRatio + 1) + chunkRatio
    if (states[bitmap] !== BITMAP_STATE.present) throw damaged(file.path, 'the map of a block is missing')
  }
}

const overlap = (file: DiskFile): AppError => damaged(file.path, 'two of its parts overlap')

/** Headers, regions and log. */
function takenByStructures(file: DiskFile, layout: VhdxLayout, header: VhdxHeader, sizeMib: number): TakenSpace {
  const taken = new TakenSpace(sizeMib)
  const runs = [{ start: 0, length: MIB }, ...layout.regions.map((r) => ({ start: r.fileOffset, length: r.length }))]
  if (header.logLength > 0) runs.push({ start: header.logOffset, length: header.logLength })
  for (const { start, length } of runs)
    if (!taken.take({ start: start / MIB, length: length / MIB })) throw overlap(file)
  return taken
}
