import { utf8At } from '../../../base/bytes.ts'
import { CodecError } from '../../../base/errors.ts'
import { u16le, u32le } from '../disk/little-endian.ts'

export interface ExtEntry {
  readonly name: string
  readonly inode: number
}

/** Names of one block of a directory, without `.` and `..`. The blocks of a hashed directory's index look like a block
 *  with one empty row, so reading all blocks in order finds every name.
 *  Shape: one block, or the part of a directory that stands in its inode. Errors: codec.range.
 *  Source: Linux kernel documentation, "ext4 Data Structures and Algorithms", "Directory Entries". */
export function decodeDirectoryBlock(b: Uint8Array): ExtEntry[] {
  const entries: ExtEntry[] = []
  for (let at = 0; at + 8 <= b.length;) {
    const raw = u16le(b, at + 4)
    // A row as long as a block of 64 KiB does not fit 16 bits.
    const length = (raw === 0 || raw === 0xffff) && b.length === 65536 ? 65536 - at : raw
    if (length < 8 || length % 4 !== 0 || at + length > b.length)
      throw new CodecError(
        'codec.range',
        { structure: 'ext-directory', field: 'rec_len', offset: at + 4, got: raw },
        'it lies in the block',
      )
    const inode = u32le(b, at)
    const nameLength = b[at + 6]!
    if (8 + nameLength > length)
      throw new CodecError(
        'codec.range',
        { structure: 'ext-directory', field: 'name_len', offset: at + 6, got: nameLength },
        'it lies in the row',
      )
    if (inode !== 0 && nameLength > 0) {
      const name = utf8At(b, at + 8, nameLength)
      if (name !== '.' && name !== '..') entries.push({ name, inode })
    }
    at += length
  }
  return entries
}
