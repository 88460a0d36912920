import { AppError, CodecError } from './errors.ts'

/** Byte access shared by all codecs. Layers 0 and 1 see no Node and no DOM types, so the one platform class they
 *  need is declared here. */
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean })
  decode(input?: Uint8Array): string
}
declare class TextEncoder {
  encode(input?: string): Uint8Array
}

const utf8 = new TextDecoder('utf-8')
const encoder = new TextEncoder()

/** A 64-bit count as a number. Errors: `bug` when it does not fit 2^53-1 (callers bound wire values first). */
export function toSafeNumber(value: bigint): number {
  if (value < 0n || value > 9007199254740991n) throw new AppError('bug', `${value} does not fit a safe integer`)
  return Number(value)
}

export const u16be = (b: Uint8Array, at: number): number => (b[at]! << 8) | b[at + 1]!
export const u24be = (b: Uint8Array, at: number): number => (b[at]! << 16) | (b[at + 1]! << 8) | b[at + 2]!
export const u32be = (b: Uint8Array, at: number): number =>
  ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0
export const u64be = (b: Uint8Array, at: number): bigint => (BigInt(u32be(b, at)) << 32n) | BigInt(u32be(b, at + 4))

export const u16le = (b: Uint8Array, at: number): number => b[at]! | (b[at + 1]! << 8)
export const u32le = (b: Uint8Array, at: number): number =>
  (b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24)) >>> 0
export const u64le = (b: Uint8Array, at: number): bigint => (BigInt(u32le(b, at + 4)) << 32n) | BigInt(u32le(b, at))

export function putU16be(b: Uint8Array, at: number, value: number): void {
  b[at] = value >>> 8
  b[at + 1] = value
}
export function putU24be(b: Uint8Array, at: number, value: number): void {
  b[at] = value >>> 16
  b[at + 1] = value >>> 8
  b[at + 2] = value
}
export function putU32be(b: Uint8Array, at: number, value: number): void {
  b[at] = value >>> 24
  b[at + 1] = value >>> 16
  b[at + 2] = value >>> 8
  b[at + 3] = value
}
export function putU64be(b: Uint8Array, at: number, value: bigint): void {
  putU32be(b, at, Number((value >> 32n) & 0xffffffffn))
  putU32be(b, at + 4, Number(value & 0xffffffffn))
}

/** Text of the bytes as ASCII/Latin-1, one character a byte. */
export function asciiAt(b: Uint8Array, at: number, length: number): string {
  let text = ''
  for (let i = at; i < at + length; i++) text += String.fromCharCode(b[i]!)
  return text
}
/** Text of the bytes as UTF-8; broken sequences become U+FFFD. */
export const utf8At = (b: Uint8Array, at: number, length: number): string => utf8.decode(b.subarray(at, at + length))
export const utf8Bytes = (text: string): Uint8Array => encoder.encode(text)

/** ASCII text padded with `fill` (default space) or cut to exactly `length` bytes, as SCSI wants it. */
export function putAscii(b: Uint8Array, at: number, length: number, text: string, fill = 0x20): void {
  for (let i = 0; i < length; i++) b[at + i] = i < text.length ? text.charCodeAt(i) & 0x7f : fill
}

/** Bytes from hex text; spaces and line ends are ignored. Errors: `bug` on anything else. */
export function fromHex(text: string): Uint8Array {
  const clean = text.replace(/\s+/g, '')
  if (clean.length % 2 !== 0 || /[^0-9a-fA-F]/.test(clean)) throw new AppError('bug', 'not hex text')
  return Uint8Array.from({ length: clean.length / 2 }, (_, i) => parseInt(clean.slice(i * 2, i * 2 + 2), 16))
}
export function toHex(b: Uint8Array, separator = ''): string {
  return Array.from(b, (v) => v.toString(16).padStart(2, '0')).join(separator)
}

/** Reads a structure of variable layout from front to back; every read checks what is left first. */
export class ByteReader {
  readonly bytes: Uint8Array
  readonly structure: string
  at: number

  constructor(bytes: Uint8Array, structure: string, at = 0) {
    this.bytes = bytes
    this.structure = structure
    this.at = at
  }
  get left(): number {
    return this.bytes.length - this.at
  }
  #take(length: number, field: string): number {
    if (length > this.left) {
      throw new CodecError(
        'codec.short',
        { structure: this.structure, field, offset: this.at, got: this.left, limit: length },
        'bytes are missing',
      )
    }
    const at = this.at
    this.at += length
    return at
  }
  u8(field: string): number {
    return this.bytes[this.#take(1, field)]!
  }
  u16(field: string): number {
    return u16be(this.bytes, this.#take(2, field))
  }
  u32(field: string): number {
    return u32be(this.bytes, this.#take(4, field))
  }
  /** A view, borrowed from the input. */
  view(length: number, field: string): Uint8Array {
    const at = this.#take(length, field)
    return this.bytes.subarray(at, at + length)
  }
  /** ASCII text up to a NUL, which is consumed. */
  zeroTerminated(field: string): string {
    const end = this.bytes.indexOf(0, this.at)
    if (end < 0)
      throw new CodecError(
        'codec.unterminated',
        { structure: this.structure, field, offset: this.at },
        'no NUL byte follows',
      )
    const text = asciiAt(this.bytes, this.at, end - this.at)
    this.at = end + 1
    return text
  }
}

/** Grows as it is written; `done()` returns exactly what was written. */
export class ByteWriter {
  #bytes: Uint8Array
  #length = 0

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity)
  }
  get length(): number {
    return this.#length
  }
  #room(length: number): number {
    const at = this.#length
    if (at + length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, at + length))
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    this.#length = at + length
    return at
  }
  u8(value: number): this {
    const at = this.#room(1)
    this.#bytes[at] = value
    return this
  }
  u16(value: number): this {
    const at = this.#room(2)
    putU16be(this.#bytes, at, value)
    return this
  }
  u32(value: number): this {
    const at = this.#room(4)
    putU32be(this.#bytes, at, value)
    return this
  }
  bytes(value: Uint8Array): this {
    const at = this.#room(value.length)
    this.#bytes.set(value, at)
    return this
  }
  ascii(text: string): this {
    const at = this.#room(text.length)
    putAscii(this.#bytes, at, text.length, text)
    return this
  }
  zeros(count: number): this {
    const at = this.#room(count)
    this.#bytes.fill(0, at, at + count)
    return this
  }
  done(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }
}
