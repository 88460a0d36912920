import { u24 } from './fields.ts'

/** One PDU as it crossed the wire. `header` is borrowed until the next PDU. */
export interface SeenPdu {
  /** 48 bytes. */
  readonly header: Uint8Array
  /** Bytes. */
  readonly ahsLength: number
  /** The payload without padding; empty for bulk data, which is counted only. */
  readonly data: Uint8Array
  /** Bytes. */
  readonly dataLength: number
  readonly paddingIsZero: boolean
  /** True without digests. */
  readonly headerDigestIsRight: boolean
  readonly dataDigestIsRight: boolean
}

const HEADER = 48
/** Payloads nobody looks into. */
const BULK = new Set([0x01, 0x05, 0x25])
const NOTHING = new Uint8Array(0)

/** CRC32C by the textbook: reflected, one table. Source: RFC 3385; RFC 7143 §13.1. */
const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k++) c = (c & 1) !== 0 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1
  return c >>> 0
})
function crcOver(bytes: Uint8Array, from: number): number {
  let c = from
  for (const byte of bytes) c = TABLE[(c ^ byte) & 0xff]! ^ (c >>> 8)
  return c >>> 0
}
const START = 0xffffffff
const isDigest = (b: Uint8Array, at: number, crc: number): boolean =>
  (b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24)) === ~crc

/** Cuts one direction of a connection into PDUs. Keeps nothing of bulk data, so gigabytes may pass. */
export class PduStream {
  headerDigest = false
  dataDigest = false
  readonly #seen: (pdu: SeenPdu) => void
  readonly #header = new Uint8Array(HEADER + 255 * 4 + 4)
  #have = 0
  #need = HEADER
  /** Bytes that are still to come of the payload, its padding and its digest; negative between PDUs. */
  #data = -1
  #pad = 0
  #digest = 0
  #dataLength = 0
  #kept: Uint8Array = NOTHING
  #keptLength = 0
  #padIsZero = true
  #headerIsRight = true
  #crc = START
  readonly #digestBytes = new Uint8Array(4)

  constructor(seen: (pdu: SeenPdu) => void) {
    this.#seen = seen
  }

  push(bytes: Uint8Array): void {
    let at = 0
    while (at < bytes.length) at = this.#data < 0 ? this.#takeHeader(bytes, at) : this.#takeData(bytes, at)
  }
  /** Whether a PDU is cut short here. */
  get inPdu(): boolean {
    return this.#have > 0
  }

  #takeHeader(bytes: Uint8Array, from: number): number {
    const take = Math.min(this.#need - this.#have, bytes.length - from)
    this.#header.set(bytes.subarray(from, from + take), this.#have)
    this.#have += take
    if (this.#have < this.#need) return from + take
    if (this.#need === HEADER) {
      this.#need = HEADER + this.#header[4]! * 4 + (this.headerDigest ? 4 : 0)
      if (this.#need > HEADER) return from + take
    }
    const end = this.#need - (this.headerDigest ? 4 : 0)
    this.#headerIsRight =
      !this.headerDigest || isDigest(this.#header, end, crcOver(this.#header.subarray(0, end), START))
    this.#dataLength = this.#data = u24(this.#header, 5)
    this.#pad = -this.#dataLength & 3
    this.#digest = this.dataDigest && this.#dataLength > 0 ? 4 : 0
    this.#padIsZero = true
    this.#crc = START
    this.#keptLength = 0
    const keep = !BULK.has(this.#header[0]! & 0x3f)
    this.#kept = keep && this.#dataLength > 0 ? new Uint8Array(this.#dataLength) : NOTHING
    if (this.#dataLength === 0) this.#done()
    return from + take
  }

  #takeData(bytes: Uint8Array, from: number): number {
    let at = from
    if (this.#data > 0) {
      const piece = bytes.subarray(at, at + this.#data)
      if (this.#kept.length > 0) this.#kept.set(piece, this.#keptLength)
      this.#keptLength += piece.length
      if (this.#digest > 0) this.#crc = crcOver(piece, this.#crc)
      this.#data -= piece.length
      at += piece.length
    }
    if (this.#data === 0 && this.#pad > 0) {
      const piece = bytes.subarray(at, at + this.#pad)
      if (piece.some((byte) => byte !== 0)) this.#padIsZero = false
      if (this.#digest > 0) this.#crc = crcOver(piece, this.#crc)
      this.#pad -= piece.length
      at += piece.length
    }
    if (this.#data === 0 && this.#pad === 0 && this.#digest > 0) {
      const piece = bytes.subarray(at, at + this.#digest)
      this.#digestBytes.set(piece, 4 - this.#digest)
      this.#digest -= piece.length
      at += piece.length
    }
    if (this.#data === 0 && this.#pad === 0 && this.#digest === 0) this.#done()
    return at
  }

  #done(): void {
    const dataLength = this.#dataLength
    const hadDigest = this.dataDigest && dataLength > 0
    this.#have = 0
    this.#need = HEADER
    this.#data = -1
    this.#seen({
      header: this.#header.subarray(0, HEADER),
      ahsLength: this.#header[4]! * 4,
      data: this.#kept,
      dataLength,
      paddingIsZero: this.#padIsZero,
      headerDigestIsRight: this.#headerIsRight,
      dataDigestIsRight: !hadDigest || isDigest(this.#digestBytes, 0, this.#crc),
    })
  }
}
