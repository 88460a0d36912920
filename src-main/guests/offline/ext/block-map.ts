import { CodecError } from '../../../base/errors.ts'
import { u16le, u32le } from '../disk/little-endian.ts'
import { unreadable, type ByteSource } from '../disk/source.ts'
import type { ExtLayout } from './superblock.ts'

/** Blocks that follow each other in a file and on the volume; without a place they read as zeros. */
export interface Extent {
  readonly block: number | undefined
  readonly blocks: number
}

const EXTENT_MAGIC = 0xf30a
const DEEPEST = 5
/** A hole of which only the start is known ends somewhere; looking again every 8 MiB costs nothing. */
const HOLE_BLOCKS = 2048

/** Where a block of a file lies, from that block on. */
export type Locate = (logical: number) => Promise<Extent>

/** Files of ext4. @param root the inode's 60 bytes. Errors of the call: codec.*, guest.unreadable.
 *  Source: Linux kernel documentation, "ext4 Data Structures and Algorithms", "Extent Tree". */
export function extentTree(volume: ByteSource, layout: ExtLayout, root: Uint8Array): Locate {
  return async (logical) => {
    let node = root
    let depth: number | undefined
    let end = Infinity
    for (;;) {
      const entries = u16le(node, 2)
      const nodeDepth = u16le(node, 6)
      if (u16le(node, 0) !== EXTENT_MAGIC || 12 + entries * 12 > node.length)
        throw new CodecError('codec.signature', { structure: 'ext-extents', field: 'eh_magic' }, 'the tree is damaged')
      if (depth === undefined ? nodeDepth > DEEPEST : nodeDepth !== depth - 1)
        throw new CodecError(
          'codec.range',
          { structure: 'ext-extents', field: 'eh_depth', got: nodeDepth },
          'it falls by one at each level',
        )
      depth = nodeDepth
      const index = lastAtMost(node, entries, logical)
      if (index + 1 < entries) end = Math.min(end, u32le(node, 12 + (index + 1) * 12))
      if (index < 0) return hole(end - logical)
      const at = 12 + index * 12
      if (depth === 0) return leafAt(node, at, logical, end, layout)
      const child = u32le(node, at + 4) + u16le(node, at + 8) * 2 ** 32
      node = await volume.read(onVolume(child, 1, layout) * layout.bytesPerBlock, layout.bytesPerBlock)
    }
  }
}

const hole = (blocks: number): Extent => ({ block: undefined, blocks: Math.max(1, Math.min(blocks, HOLE_BLOCKS)) })

function leafAt(node: Uint8Array, at: number, logical: number, end: number, layout: ExtLayout): Extent {
  const first = u32le(node, at)
  const raw = u16le(node, at + 4)
  // Above 32768 the blocks are reserved and not written: zeros.
  const length = raw > 32768 ? raw - 32768 : raw
  if (logical >= first + length) return hole(end - logical)
  const start = onVolume(u32le(node, at + 8) + u16le(node, at + 6) * 2 ** 32, length, layout)
  const blocks = first + length - logical
  return { block: raw > 32768 ? undefined : start + logical - first, blocks }
}

/** The last entry that starts at or before a block; -1 when all start behind it. */
function lastAtMost(node: Uint8Array, entries: number, logical: number): number {
  let low = -1
  let high = entries - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (u32le(node, 12 + middle * 12) <= logical) low = middle
    else high = middle - 1
  }
  return low
}

/** Files of ext2 and ext3. @param root the inode's 60 bytes: 12 blocks, then tables of one, two and three levels.
 *  Source: the same, "Direct/Indirect Block Addressing". */
export function indirectMap(volume: ByteSource, layout: ExtLayout, root: Uint8Array): Locate {
  const perBlock = layout.bytesPerBlock / 4
  const follow = async (block: number, index: number): Promise<number> => {
    if (block === 0) return 0
    const at = onVolume(block, 1, layout) * layout.bytesPerBlock + index * 4
    return u32le(await volume.read(at, 4), 0)
  }
  return async (logical) => {
    let rest = logical
    let block: number
    if (rest < 12) block = u32le(root, rest * 4)
    else {
      rest -= 12
      let level = 1
      let covered = perBlock
      while (level < 3 && rest >= covered) {
        rest -= covered
        covered *= perBlock
        level++
      }
      if (rest >= covered) throw unreadable('a file is longer than its blocks')
      block = u32le(root, (11 + level) * 4)
      for (let width = covered / perBlock; level > 0; level--, width /= perBlock) {
        block = await follow(block, Math.floor(rest / width))
        rest %= width
      }
    }
    return block === 0 ? hole(1) : { block: onVolume(block, 1, layout), blocks: 1 }
  }
}

function onVolume(block: number, blocks: number, layout: ExtLayout): number {
  if (block + blocks > layout.blockCount)
    throw new CodecError(
      'codec.range',
      { structure: 'ext-block', field: 'number', got: block, limit: layout.blockCount },
      'it lies on the volume',
    )
  return block
}
