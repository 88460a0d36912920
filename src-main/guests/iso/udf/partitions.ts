import { asciiAt, u16le, u32le } from '../../../base/bytes.ts'
import { unreadable, type ByteSource } from '../../offline/disk/source.ts'
import { BLOCK_BYTES, fieldText, isTag, longAllocation, TAG, tagAt, type Allocation } from './descriptors.ts'

/** Where the partitions of a UDF volume lie. Source: ECMA-167 part 2 §9 (recognition), part 3 §8.4, §10.6. */

const ANCHOR_BLOCK = 256
const MAX_SEQUENCE_BLOCKS = 256
const MAX_RECOGNITION_SECTORS = 64

export interface Volume {
  readonly label: string
  readonly fileSet: Allocation
  /** First byte of a block of a partition, by its reference number, and how much there is from there on. */
  place(o: { readonly partition: number; readonly block: number; readonly length: number }): number
}

/** Whether the recognition sequence names UDF (NSR02 or NSR03). */
export async function saysUdf(medium: ByteSource, fromSector: number): Promise<boolean> {
  for (let sector = fromSector; sector < fromSector + MAX_RECOGNITION_SECTORS; sector++) {
    if ((sector + 1) * BLOCK_BYTES > medium.sizeBytes) return false
    const name = asciiAt(await medium.read(sector * BLOCK_BYTES, 8), 1, 5)
    if (name === 'NSR02' || name === 'NSR03') return true
    if (!['CD001', 'BEA01', 'BOOT2', 'TEA01', 'CDW02'].includes(name)) return false
  }
  return false
}

/** Errors: guest.unreadable. */
export async function readVolume(medium: ByteSource): Promise<Volume> {
  const anchor = await findAnchor(medium)
  let failure: unknown
  // The second sequence says the same, for when the first cannot be read.
  for (const at of [16, 24]) {
    try {
      return await readSequence(medium, u32le(anchor, at + 4), u32le(anchor, at))
    } catch (thrown) {
      failure ??= thrown
    }
  }
  throw failure
}

async function findAnchor(medium: ByteSource): Promise<Uint8Array> {
  const last = Math.floor(medium.sizeBytes / BLOCK_BYTES) - 1
  for (const block of [ANCHOR_BLOCK, last - ANCHOR_BLOCK, last]) {
    if (block < 0 || block > last) continue
    const bytes = await medium.read(block * BLOCK_BYTES, BLOCK_BYTES)
    if (isTag(bytes, TAG.anchor) && u32le(bytes, 12) === block) return bytes
  }
  throw unreadable('its UDF file system has no beginning')
}

async function readSequence(medium: ByteSource, first: number, lengthBytes: number): Promise<Volume> {
  const partitions = new Map<number, { readonly start: number; readonly blocks: number }>()
  let logical: Uint8Array | undefined
  const blocks = Math.min(Math.ceil(lengthBytes / BLOCK_BYTES), MAX_SEQUENCE_BLOCKS)
  for (let i = 0; i < blocks; i++) {
    const at = (first + i) * BLOCK_BYTES
    if (at + BLOCK_BYTES > medium.sizeBytes) throw unreadable('its UDF file system lies behind the end of the file')
    const bytes = await medium.read(at, BLOCK_BYTES)
    // Unused blocks are zeros.
    if (u16le(bytes, 0) === 0) break
    const id = tagAt(bytes, 0)
    if (id === TAG.terminating) break
    if (id === TAG.partition) partitions.set(u16le(bytes, 22), { start: u32le(bytes, 188), blocks: u32le(bytes, 192) })
    if (id === TAG.logicalVolume) logical = bytes
  }
  if (!logical) throw unreadable('its UDF file system has no volume')
  if (u32le(logical, 212) !== BLOCK_BYTES) throw unreadable('its UDF file system has blocks of an unusual size')
  const maps = partitionMaps(logical)
  return {
    label: fieldText(logical, 84, 128),
    fileSet: longAllocation(logical, 248),
    place({ partition, block, length }) {
      const number = maps[partition]
      const found = number === undefined ? undefined : partitions.get(number)
      if (!found) throw unreadable('its UDF file system names a partition that is not there')
      const at = (found.start + block) * BLOCK_BYTES
      if (block * BLOCK_BYTES + length > found.blocks * BLOCK_BYTES || at + length > medium.sizeBytes)
        throw unreadable('a file lies behind the end of the file, which is probably incomplete')
      return at
    },
  }
}

/** Numbers of the partitions, by reference. Source: ECMA-167 part 3 §10.7. */
function partitionMaps(logical: Uint8Array): number[] {
  const tableBytes = u32le(logical, 264)
  const count = u32le(logical, 268)
  const numbers: number[] = []
  const end = Math.min(440 + tableBytes, logical.length)
  for (let at = 440, i = 0; i < count && at + 6 <= end; i++) {
    const type = logical[at]!
    const length = logical[at + 1]!
    if (type !== 1 || length !== 6)
      throw unreadable('its UDF file system is of a kind for rewritable or Blu-ray discs, which is not supported')
    numbers.push(u16le(logical, at + 4))
    at += length
  }
  return numbers
}
