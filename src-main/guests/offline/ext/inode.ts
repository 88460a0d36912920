import { CodecError } from '../../../base/errors.ts'
import { u16le, u32le } from '../disk/little-endian.ts'

export const INODE_FLAG = { compressed: 0x4, encrypted: 0x800, extents: 0x80000, inlineData: 0x10000000 } as const
const MODE = { mask: 0xf000, directory: 0x4000, regular: 0x8000, symlink: 0xa000 } as const

export interface Inode {
  readonly kind: 'file' | 'directory' | 'symlink' | 'other'
  readonly sizeBytes: number
  readonly flags: number
  /** Root of the block map or extent tree, or the start of what fits in here. 60 bytes. */
  readonly block: Uint8Array
  /** What of the content stands among the attributes, for inline data. */
  readonly inlineRest: Uint8Array
}

/** Shape: a whole inode. Errors: codec.range.
 *  Source: Linux kernel documentation, "ext4 Data Structures and Algorithms", "Index Nodes", "Inline Data". */
export function decodeInode(b: Uint8Array): Inode {
  const mode = u16le(b, 0) & MODE.mask
  const kind =
    mode === MODE.directory
      ? 'directory'
      : mode === MODE.regular
        ? 'file'
        : mode === MODE.symlink
          ? 'symlink'
          : ('other' as const)
  const high = u32le(b, 108)
  if (high > 0x1fffff)
    throw new CodecError(
      'codec.range',
      { structure: 'ext-inode', field: 'i_size_high', offset: 108, got: high },
      'too large',
    )
  const flags = u32le(b, 32)
  return {
    kind,
    sizeBytes: u32le(b, 4) + high * 2 ** 32,
    flags,
    block: b.slice(40, 100),
    inlineRest: (flags & INODE_FLAG.inlineData) !== 0 ? inlineAttribute(b) : new Uint8Array(0),
  }
}

const ATTRIBUTES_MAGIC = 0xea020000
/** Name index of attributes whose name starts with "system.". */
const SYSTEM = 7

/** The value of `system.data` in the attributes behind the inode's fixed part; empty when there is none. */
function inlineAttribute(b: Uint8Array): Uint8Array {
  const none = new Uint8Array(0)
  if (b.length < 132) return none
  const start = 128 + u16le(b, 128)
  if (start + 4 > b.length || u32le(b, start) !== ATTRIBUTES_MAGIC) return none
  const first = start + 4
  for (let at = first; at + 16 <= b.length && u32le(b, at) !== 0;) {
    const nameLength = b[at]!
    if (at + 16 + nameLength > b.length) break
    const name = String.fromCharCode(...b.subarray(at + 16, at + 16 + nameLength))
    if (b[at + 1] === SYSTEM && name === 'data') {
      const from = first + u16le(b, at + 2)
      const length = u32le(b, at + 8)
      if (from + length > b.length)
        throw new CodecError(
          'codec.range',
          { structure: 'ext-inode', field: 'e_value_size', offset: at + 8, got: length },
          'it lies in the inode',
        )
      return b.slice(from, from + length)
    }
    at += (16 + nameLength + 3) & ~3
  }
  return none
}
