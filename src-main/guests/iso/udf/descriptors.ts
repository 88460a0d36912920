import { u16le, u32le } from '../../../base/bytes.ts'
import { unreadable } from '../../offline/disk/source.ts'

/** What UDF volumes are described by. Source: ECMA-167 part 3 §7.2 (tags), §10; OSTA UDF 2.60 §2.1.1 (names). */

export const BLOCK_BYTES = 2048

export const TAG = {
  primaryVolume: 1,
  anchor: 2,
  partition: 5,
  logicalVolume: 6,
  terminating: 8,
  fileSet: 256,
  fileIdentifier: 257,
  allocationExtent: 258,
  fileEntry: 261,
  extendedFileEntry: 266,
} as const

/** The kind of descriptor that begins here. Errors: guest.unreadable where none does, or a damaged one. */
export function tagAt(b: Uint8Array, at: number): number {
  if (at + 16 > b.length) throw unreadable('a descriptor does not fit')
  let sum = 0
  for (let i = 0; i < 16; i++) if (i !== 4) sum = (sum + b[at + i]!) & 0xff
  const id = u16le(b, at)
  if (id === 0 || sum !== b[at + 4]) throw unreadable('a descriptor is damaged')
  const length = u16le(b, at + 10)
  if (at + 16 + length > b.length || crc(b, at + 16, length) !== u16le(b, at + 8))
    throw unreadable('a descriptor is damaged')
  return id
}

export const isTag = (b: Uint8Array, wanted: number): boolean => {
  try {
    return tagAt(b, 0) === wanted
  } catch {
    // Whatever stands there is no descriptor: the answer is no.
    return false
  }
}

/** CRC-16 with polynomial 0x1021, beginning with 0. Source: ECMA-167 part 3 §7.2.6. */
function crc(b: Uint8Array, at: number, length: number): number {
  let value = 0
  for (let i = at; i < at + length; i++) value = ((value << 8) & 0xffff) ^ CRC_TABLE[(value >>> 8) ^ b[i]!]!
  return value
}
const CRC_TABLE = Uint16Array.from({ length: 256 }, (_, n) => {
  let value = n << 8
  for (let bit = 0; bit < 8; bit++) value = value & 0x8000 ? (value << 1) ^ 0x1021 : value << 1
  return value
})

/** A place in a partition: `long_ad` and its shorter kin. Source: ECMA-167 part 4 §14.14. */
export interface Allocation {
  /** 0 recorded, 1 and 2 not recorded, 3 the next part of the list. */
  readonly kind: number
  readonly length: number
  readonly block: number
  readonly partition: number
}

export function longAllocation(b: Uint8Array, at: number): Allocation {
  const word = u32le(b, at)
  return { kind: word >>> 30, length: word & 0x3fffffff, block: u32le(b, at + 4), partition: u16le(b, at + 8) }
}

export function shortAllocation(b: Uint8Array, at: number, partition: number): Allocation {
  const word = u32le(b, at)
  return { kind: word >>> 30, length: word & 0x3fffffff, block: u32le(b, at + 4), partition }
}

/** Compressed Unicode: the first byte says how many bits a character has. Source: OSTA UDF 2.60 §2.1.1. */
export function compressedText(b: Uint8Array): string {
  let text = ''
  if (b[0] === 8) for (let i = 1; i < b.length; i++) text += String.fromCharCode(b[i]!)
  else if (b[0] === 16) for (let i = 1; i + 1 < b.length; i += 2) text += String.fromCharCode((b[i]! << 8) | b[i + 1]!)
  return text
}

/** Text in a field whose last byte is the length used. Source: ECMA-167 part 1 §7.2.12. */
export function fieldText(b: Uint8Array, at: number, length: number): string {
  const used = Math.min(b[at + length - 1]!, length - 1)
  return compressedText(b.subarray(at, at + used))
}
