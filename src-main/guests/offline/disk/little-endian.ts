import { CodecError } from '../../../base/errors.ts'

/** Numbers as PC disks store them. The caller has checked that the bytes are there. */
export const u16le = (b: Uint8Array, at: number): number => b[at]! | (b[at + 1]! << 8)
export const u32le = (b: Uint8Array, at: number): number =>
  (b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24)) >>> 0
export const i32le = (b: Uint8Array, at: number): number => u32le(b, at) | 0
export const u64le = (b: Uint8Array, at: number): bigint => (BigInt(u32le(b, at + 4)) << 32n) | BigInt(u32le(b, at))

/** A 64-bit count, offset or block number; what exceeds 2^53-1 exists on no disk. Errors: codec.range. */
export function count64(b: Uint8Array, at: number, structure: string, field: string): number {
  const value = u64le(b, at)
  if (value > 9007199254740991n)
    throw new CodecError(
      'codec.range',
      { structure, field, offset: at, got: `${value}`, limit: '2^53-1' },
      'no disk is that large',
    )
  return Number(value)
}

/** UTF-16 text of `units` code units; lone surrogates stay as they are. */
export function utf16le(b: Uint8Array, at: number, units: number): string {
  let text = ''
  for (let i = 0; i < units; i++) text += String.fromCharCode(u16le(b, at + i * 2))
  return text
}

/** A GUID as Windows stores it: the first three groups little-endian. Upper-case, without braces. */
export function guidAt(b: Uint8Array, at: number): string {
  const hex = (from: number, length: number): string =>
    Array.from(b.subarray(at + from, at + from + length), (v) => v.toString(16).padStart(2, '0')).join('')
  const turned = (from: number, length: number): string => hex(from, length).match(/../g)!.reverse().join('')
  return [turned(0, 4), turned(4, 2), turned(6, 2), hex(8, 2), hex(10, 6)].join('-').toUpperCase()
}
