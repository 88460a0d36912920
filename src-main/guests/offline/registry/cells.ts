import { asciiAt } from '../../../base/bytes.ts'
import { CodecError } from '../../../base/errors.ts'
import { u16le, u32le, utf16le } from '../disk/little-endian.ts'

/** Where the cells begin in a hive; offsets in cells count from here. */
export const CELLS_AT = 4096

/** Head of a registry hive. */
export interface HiveHeader {
  /** Both are raised by one around a write: different means that a write did not end. */
  readonly primarySequence: number
  readonly secondarySequence: number
  readonly minorVersion: number
  readonly rootCell: number
  /** Length of the cells behind the head. */
  readonly cellsBytes: number
}

const range = (structure: string, field: string, got: number | string, why: string): CodecError =>
  new CodecError('codec.range', { structure, field, got }, why)

/** Shape: 4096 bytes. Errors: codec.signature, codec.checksum, codec.range.
 *  Source: Maxim Suhanov, "Windows registry file format specification", "Base block". */
export function decodeHiveHeader(b: Uint8Array): HiveHeader {
  if (b.length < CELLS_AT || asciiAt(b, 0, 4) !== 'regf')
    throw new CodecError('codec.signature', { structure: 'hive', field: 'signature', offset: 0 }, 'it is regf')
  let sum = 0
  for (let at = 0; at < 508; at += 4) sum ^= u32le(b, at)
  sum >>>= 0
  if (sum === 0xffffffff) sum = 0xfffffffe
  if (sum === 0) sum = 1
  if (sum !== u32le(b, 508))
    throw new CodecError(
      'codec.checksum',
      { structure: 'hive', field: 'checksum', offset: 508, got: sum, limit: u32le(b, 508) },
      'the head is damaged',
    )
  if (u32le(b, 20) !== 1) throw range('hive', 'majorVersion', u32le(b, 20), '1')
  return {
    primarySequence: u32le(b, 4),
    secondarySequence: u32le(b, 8),
    minorVersion: u32le(b, 24),
    rootCell: u32le(b, 36),
    cellsBytes: u32le(b, 40),
  }
}

/** A key's own cell. Offsets of cells; NONE where there is nothing. */
export interface KeyCell {
  readonly name: string
  readonly subkeyCount: number
  readonly subkeyList: number
  readonly valueCount: number
  readonly valueList: number
}

export const NONE = 0xffffffff
const ASCII_NAME = { key: 0x20, value: 0x01 } as const

/** Shape: a cell without its length. Errors: codec.signature, codec.short. Source: the same, "Key node". */
export function decodeKey(b: Uint8Array): KeyCell {
  const nameBytes = cellHas(b, 76, 'nk') ? u16le(b, 72) : 0
  if (76 + nameBytes > b.length) throw range('hive-key', 'nameLength', nameBytes, 'it lies in the cell')
  return {
    name: nameAt(b, 76, nameBytes, (u16le(b, 2) & ASCII_NAME.key) !== 0),
    subkeyCount: u32le(b, 20),
    subkeyList: u32le(b, 28),
    valueCount: u32le(b, 36),
    valueList: u32le(b, 40),
  }
}

export interface ValueCell {
  /** Empty for the key's default value. */
  readonly name: string
  readonly type: number
  readonly dataBytes: number
  /** Up to four bytes stand in the cell itself, in place of the offset. */
  readonly inCell: Uint8Array | undefined
  readonly dataCell: number
}

/** Shape: a cell without its length. Errors: codec.signature, codec.short. Source: the same, "Key value". */
export function decodeValue(b: Uint8Array): ValueCell {
  const nameBytes = cellHas(b, 20, 'vk') ? u16le(b, 2) : 0
  if (20 + nameBytes > b.length) throw range('hive-value', 'nameLength', nameBytes, 'it lies in the cell')
  const length = u32le(b, 4)
  const inCell = length >= 0x80000000
  const dataBytes = inCell ? length - 0x80000000 : length
  if (inCell && dataBytes > 4) throw range('hive-value', 'dataSize', dataBytes, 'four bytes fit in the cell')
  return {
    name: nameAt(b, 20, nameBytes, (u16le(b, 16) & ASCII_NAME.value) !== 0),
    type: u32le(b, 12),
    dataBytes,
    inCell: inCell ? b.slice(8, 8 + dataBytes) : undefined,
    dataCell: u32le(b, 8),
  }
}

/** A list of subkeys: cells of keys, or (`ri`) cells of further lists.
 *  Source: the same, "Subkeys list": lf and lh carry a hint beside each offset. */
export function decodeSubkeyList(b: Uint8Array): { readonly ofLists: boolean; readonly cells: readonly number[] } {
  const kind = b.length >= 4 ? asciiAt(b, 0, 2) : ''
  const width = kind === 'lf' || kind === 'lh' ? 8 : kind === 'li' || kind === 'ri' ? 4 : 0
  if (width === 0)
    throw new CodecError('codec.signature', { structure: 'hive-subkeys', field: 'signature' }, 'lf, lh, li or ri')
  const count = u16le(b, 2)
  if (4 + count * width > b.length) throw range('hive-subkeys', 'count', count, 'they lie in the cell')
  return { ofLists: kind === 'ri', cells: Array.from({ length: count }, (_, i) => u32le(b, 4 + i * width)) }
}

/** Data of more than 16344 bytes: the cell of a list of its segments. Undefined: the cell is the data itself.
 *  Source: the same, "Big data". */
export function decodeBigData(b: Uint8Array): { readonly segments: number; readonly list: number } | undefined {
  if (b.length < 8 || asciiAt(b, 0, 2) !== 'db') return undefined
  return { segments: u16le(b, 2), list: u32le(b, 4) }
}

function cellHas(b: Uint8Array, length: number, signature: string): true {
  const structure = signature === 'nk' ? 'hive-key' : 'hive-value'
  if (b.length < length)
    throw new CodecError('codec.short', { structure, field: 'cell', got: b.length, limit: length }, 'cut off')
  if (asciiAt(b, 0, 2) !== signature)
    throw new CodecError('codec.signature', { structure, field: 'signature', offset: 0 }, `it is ${signature}`)
  return true
}

const nameAt = (b: Uint8Array, at: number, bytes: number, ascii: boolean): string =>
  ascii ? asciiAt(b, at, bytes) : utf16le(b, at, bytes >> 1)
