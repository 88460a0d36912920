import { CodecError } from '../../../base/errors.ts'
import { u16le, u32le, utf16le } from '../disk/little-endian.ts'
import { fileReferenceAt, type FileReference } from './record.ts'

/** One name in a directory. */
export interface IndexEntry {
  readonly name: string
  readonly reference: FileReference
}

const NAMESPACE_DOS = 2
const LAST = 0x02
const MOST_ENTRIES = 65536

const range = (field: string, offset: number, got: number): CodecError =>
  new CodecError('codec.range', { structure: 'ntfs-index', field, offset, got }, 'it lies in the block')

/** Names of one node of a directory's tree; the short names that Windows keeps beside long ones are left out.
 *  Shape: `b` from the node's head on. Errors: codec.range.
 *  Source: Linux-NTFS documentation, "Index Header", "Index Entry", "$FILE_NAME". */
export function decodeIndexNode(b: Uint8Array): IndexEntry[] {
  if (b.length < 16) throw range('node', 0, b.length)
  const end = u32le(b, 4)
  let at = u32le(b, 0)
  if (end > b.length) throw range('indexLength', 4, end)
  const entries: IndexEntry[] = []
  for (let n = 0; at + 16 <= end; n++) {
    const length = u16le(b, at + 8)
    const flags = u16le(b, at + 12)
    if ((flags & LAST) !== 0) return entries
    if (length < 16 || at + length > end || n > MOST_ENTRIES) throw range('entryLength', at + 8, length)
    const keyBytes = u16le(b, at + 10)
    if (keyBytes < 66 || 16 + keyBytes > length) throw range('keyLength', at + 10, keyBytes)
    const key = at + 16
    const units = b[key + 64]!
    if (66 + units * 2 > keyBytes) throw range('fileNameLength', key + 64, units)
    if (b[key + 65] !== NAMESPACE_DOS)
      entries.push({ name: utf16le(b, key + 66, units), reference: fileReferenceAt(b, at) })
    at += length
  }
  throw range('lastEntry', at, end)
}
