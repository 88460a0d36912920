import { AppError } from '../../base/errors.ts'
import type { DiskFile } from '../disk-file.ts'
import {
  BAT_ENTRY_BYTES,
  BLOCK_STATE,
  encodeBatEntry,
  encodeFileIdentifier,
  encodeFileParameters,
  encodeHeader,
  encodeMetadataTable,
  encodeParentLocator,
  encodeRegionTable,
  type Guid,
  HEADER_OFFSETS,
  ITEM,
  KIB,
  LARGEST_DISK,
  type MetadataEntry,
  METADATA_TABLE_BYTES,
  MIB,
  putGuid,
  REGION,
  REGION_TABLE_OFFSETS,
  viewOf,
  ZERO_GUID,
} from './format.ts'
import { countBlocks, isBitmapEntry, MOST_ENTRIES } from './layout.ts'

const PAGE = 4 * KIB
const CREATOR = 'Bootlace'
const LOG_OFFSET = MIB
const LOG_LENGTH = MIB
const METADATA_OFFSET = 2 * MIB
const BAT_OFFSET = 3 * MIB
/** What Hyper-V takes: few table entries where a disk is on its own, little waste where it shares its parent's blocks. */
const DEFAULT_BLOCK = 32 * MIB
const DEFAULT_CHILD_BLOCK = 2 * MIB

export interface NewVhdx {
  /** Empty. With `allocate` the log and the table, and all of a fixed disk, take their space without zeros being
   *  written. */
  readonly file: DiskFile & { allocate?(length: number, position?: number): Promise<void> }
  readonly sizeBytes: number
  /** All blocks are in the file from the start. Not for a child. */
  readonly fixed?: boolean
  /** 1 MiB to 256 MiB, a power of two. */
  readonly blockSizeBytes?: number
  readonly logicalSectorSize?: 512 | 4096
  readonly physicalSectorSize?: 512 | 4096
  /** Nothing is made durable: the caller flushes before anybody may know of the file. */
  readonly unflushed?: boolean
  /** Makes a differencing disk. Its logical sector size must be the parent's. */
  readonly parent?: {
    readonly dataWriteGuid: Guid
    /** From the new file's folder to the parent, with slashes or backslashes. */
    readonly relativePath: string
    /** Used when it is a Windows path; others cannot be said in a VHDX file. */
    readonly absolutePath?: string
  }
}

const sizeError = (why: string): AppError =>
  new AppError('disk.size', why, { hint: 'A VHDX disk can have up to 64 TiB, in blocks of 1 MiB to 256 MiB.' })

/** Larger where a table of small ones would not be opened. */
function childBlockFor(sizeBytes: number, sectorSize: number): number {
  let blockSize = DEFAULT_CHILD_BLOCK
  while (countBlocks(sizeBytes, blockSize, sectorSize, true).batEntries > MOST_ENTRIES && blockSize < 256 * MIB)
    blockSize *= 2
  return blockSize
}

/** See createVhdx. */
export async function writeNewVhdx(o: NewVhdx, newGuid: () => Guid): Promise<{ dataWriteGuid: Guid }> {
  const { file, sizeBytes } = o
  const sectorSize = o.logicalSectorSize ?? 512
  const blockSize = o.blockSizeBytes ?? (o.parent ? childBlockFor(sizeBytes, sectorSize) : DEFAULT_BLOCK)
  const fixed = o.fixed === true && !o.parent
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes <= 0 || sizeBytes > LARGEST_DISK || sizeBytes % sectorSize !== 0)
    throw sizeError(`a disk of ${sizeBytes} bytes cannot be made`)
  if (blockSize < MIB || blockSize > 256 * MIB || !Number.isInteger(Math.log2(blockSize)))
    throw sizeError(`blocks of ${blockSize} bytes cannot be`)
  if (file.sizeBytes > 0)
    throw new AppError('disk.exists', `${file.path} is not empty`, { hint: 'Choose another name.' })

  const { batEntries, chunkRatio, payloadBlocks } = countBlocks(
    sizeBytes,
    blockSize,
    sectorSize,
    o.parent !== undefined,
  )
  if (batEntries > MOST_ENTRIES) throw sizeError(`${sizeBytes} bytes in blocks of ${blockSize} are too many blocks`)
  const batLength = Math.ceil((batEntries * BAT_ENTRY_BYTES) / MIB) * MIB
  const firstBlock = BAT_OFFSET + batLength
  const end = firstBlock + (fixed ? payloadBlocks * blockSize : 0)
  await file.resize(end)
  // Log and table get their space now: a full host must not stop what brings the file in order.
  await takeSpace(file, LOG_OFFSET, LOG_LENGTH)
  if (!fixed) await takeSpace(file, BAT_OFFSET, Math.ceil((batEntries * BAT_ENTRY_BYTES) / PAGE) * PAGE)
  else {
    await file.allocate?.(end)
    for (let at = 0; at < batLength; at += MIB) {
      await file.write(BAT_OFFSET + at, [fixedTable(at, { batEntries, chunkRatio, firstBlock, blockSize })])
    }
  }
  const metadata = metadataOf(o, { blockSize, sectorSize, fixed, diskId: newGuid() })
  await writeStart(file, METADATA_OFFSET, metadata.subarray(0, METADATA_TABLE_BYTES))
  await writeStart(file, METADATA_OFFSET + METADATA_TABLE_BYTES, metadata.subarray(METADATA_TABLE_BYTES))
  const regions = encodeRegionTable([
    { guid: REGION.bat, fileOffset: BAT_OFFSET, length: batLength, required: true },
    { guid: REGION.metadata, fileOffset: METADATA_OFFSET, length: MIB, required: true },
  ])
  for (const offset of REGION_TABLE_OFFSETS) await writeStart(file, offset, regions)
  if (!o.unflushed) await file.flush()

  const header = {
    fileWriteGuid: newGuid(),
    dataWriteGuid: newGuid(),
    logGuid: ZERO_GUID,
    logVersion: 0,
    version: 1,
    logLength: LOG_LENGTH,
    logOffset: LOG_OFFSET,
  }
  for (const [i, offset] of HEADER_OFFSETS.entries()) {
    await file.write(offset, [encodeHeader({ ...header, sequenceNumber: BigInt(i + 1) })])
  }
  await writeStart(file, 0, encodeFileIdentifier(CREATOR))
  if (!o.unflushed) await file.flush()
  return { dataWriteGuid: header.dataWriteGuid }
}

/** Space of the host for a part of the new file that reads as zeros. */
async function takeSpace(file: NewVhdx['file'], position: number, length: number): Promise<void> {
  if (file.allocate) return file.allocate(length, position)
  const zeros = new Uint8Array(Math.min(length, MIB))
  for (let at = 0; at < length; at += zeros.length) {
    await file.write(position + at, [zeros.subarray(0, Math.min(zeros.length, length - at))])
  }
}

/** Writes a structure without the zeros it ends with, which the new file has already. */
async function writeStart(file: DiskFile, position: number, bytes: Uint8Array): Promise<void> {
  let length = bytes.length
  while (length > 0 && bytes[length - 1] === 0) length--
  await file.write(position, [bytes.subarray(0, Math.min(Math.ceil(length / PAGE) * PAGE, bytes.length))])
}

/** One MiB of the table of a fixed disk, from byte `at` of it. */
function fixedTable(
  at: number,
  o: { batEntries: number; chunkRatio: number; firstBlock: number; blockSize: number },
): Uint8Array {
  const part = new Uint8Array(MIB)
  const view = viewOf(part)
  const first = at / BAT_ENTRY_BYTES
  const end = Math.min(o.batEntries, first + MIB / BAT_ENTRY_BYTES)
  for (let index = first; index < end; index++) {
    if (isBitmapEntry(index, o.chunkRatio)) continue
    const block = index - Math.floor(index / (o.chunkRatio + 1))
    encodeBatEntry(
      view,
      (index - first) * BAT_ENTRY_BYTES,
      BLOCK_STATE.full,
      (o.firstBlock + block * o.blockSize) / MIB,
    )
  }
  return part
}

function metadataOf(
  o: NewVhdx,
  c: { blockSize: number; sectorSize: number; fixed: boolean; diskId: Guid },
): Uint8Array {
  const number = (bytes: 4 | 8, value: number): Uint8Array => {
    const b = new Uint8Array(bytes)
    if (bytes === 8) viewOf(b).setBigUint64(0, BigInt(value), true)
    else viewOf(b).setUint32(0, value, true)
    return b
  }
  const diskId = new Uint8Array(16)
  putGuid(diskId, 0, c.diskId)
  const parameters = { blockSize: c.blockSize, leaveBlockAllocated: c.fixed, hasParent: o.parent !== undefined }
  const items: { id: Guid; virtualDisk: boolean; bytes: Uint8Array }[] = [
    { id: ITEM.fileParameters, virtualDisk: false, bytes: encodeFileParameters(parameters) },
    { id: ITEM.virtualDiskSize, virtualDisk: true, bytes: number(8, o.sizeBytes) },
    { id: ITEM.virtualDiskId, virtualDisk: true, bytes: diskId },
    { id: ITEM.logicalSectorSize, virtualDisk: true, bytes: number(4, c.sectorSize) },
    { id: ITEM.physicalSectorSize, virtualDisk: true, bytes: number(4, o.physicalSectorSize ?? 4096) },
  ]
  if (o.parent) {
    const pairs = new Map([
      ['parent_linkage', `{${o.parent.dataWriteGuid}}`],
      ['relative_path', o.parent.relativePath.replace(/\//g, '\\')],
    ])
    const absolute = o.parent.absolutePath
    if (absolute && /^[A-Za-z]:\\/.test(absolute)) pairs.set('absolute_win32_path', `\\\\?\\${absolute}`)
    items.push({ id: ITEM.parentLocator, virtualDisk: false, bytes: encodeParentLocator(pairs) })
  }
  const region = new Uint8Array(METADATA_TABLE_BYTES + 64 * KIB)
  const entries: MetadataEntry[] = []
  let offset = METADATA_TABLE_BYTES
  for (const { id, virtualDisk, bytes } of items) {
    entries.push({ itemId: id, offset, length: bytes.length, user: false, virtualDisk, required: true })
    region.set(bytes, offset)
    offset += Math.ceil(bytes.length / 8) * 8
  }
  region.set(encodeMetadataTable(entries), 0)
  return region
}
