import { crc32c } from '../base/crc32c.ts'
import { BHS, BHS_LENGTH, dataSegmentLengthOf, NO_DATA, paddingOf } from './pdu/bhs.ts'
import { OWNED, type PieceKeeper } from './receive-buffer.ts'

/** Receives the PDUs in order. `at` is the header's place in `bytes`, of which nothing may be kept. `pieces` are views of the payload
 *  without padding, in order; who needs them for longer than the call holds them. Returning false stops the framer: the connection
 *  is over. */
export interface PduSink {
  pdu(bytes: Uint8Array, at: number, pieces: readonly Uint8Array[], length: number): boolean
  /** The byte stream can not be followed any more. */
  broken(why: string, dataDigest: boolean): void
}

const NO_PIECES: readonly Uint8Array[] = []
const DIGEST = 4

/** CRC32C as it stands on the wire: least significant byte first. Source: RFC 7143 §13.1, example B.4. */
const wireDigest = (b: Uint8Array, at: number): number =>
  (b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24)) >>> 0

export function putDigest(b: Uint8Array, at: number, crc: number): void {
  b[at] = crc
  b[at + 1] = crc >>> 8
  b[at + 2] = crc >>> 16
  b[at + 3] = crc >>> 24
}

/** Cuts a byte stream into PDUs. A header that lies whole in a chunk is parsed where it lies; payloads are handed on as
 *  views of the chunks they came in, never joined. */
export class Framer {
  /** Switched on when the login ends. */
  headerDigest = false
  dataDigest = false
  /** Largest data segment the peer may send, bytes. */
  maxDataSegmentLength: number

  readonly #sink: PduSink
  readonly #keeper: PieceKeeper
  /** A header that was split over chunks: BHS, AHS and header digest. */
  #header = new Uint8Array(BHS_LENGTH + 255 * 4 + DIGEST)
  #headerHave = 0
  #headerNeed = BHS_LENGTH
  /** Set while the payload of a PDU is being gathered. */
  #inData = false
  #pieces: Uint8Array[] = []
  #dataLength = 0
  #dataLeft = 0
  #padLeft = 0
  #digestLeft = 0
  #digest = new Uint8Array(DIGEST)
  #crc = 0
  #stopped = false

  constructor(sink: PduSink, maxDataSegmentLength: number, keeper: PieceKeeper = OWNED) {
    this.#sink = sink
    this.#keeper = keeper
    this.maxDataSegmentLength = maxDataSegmentLength
  }

  /** `chunk` may be used again afterwards, except for what is held of it. */
  push(chunk: Uint8Array): void {
    let at = 0
    while (at < chunk.length && !this.#stopped) {
      if (this.#inData) {
        at = this.#takeData(chunk, at)
        continue
      }
      if (this.#headerHave === 0 && chunk.length - at >= BHS_LENGTH) {
        const whole = this.#headerLength(chunk, at)
        if (chunk.length - at >= whole) {
          if (!this.#checkHeader(chunk, at, whole)) return
          const dataLength = dataSegmentLengthOf(chunk, at)
          if (dataLength === 0) {
            if (!this.#sink.pdu(chunk, at, NO_PIECES, 0)) this.#stopped = true
            at += whole
            continue
          }
          const end = at + whole + dataLength
          if (!this.dataDigest && end + paddingOf(dataLength) <= chunk.length && this.#fits(dataLength)) {
            if (!this.#sink.pdu(chunk, at, [chunk.subarray(at + whole, end)], dataLength)) this.#stopped = true
            at = end + paddingOf(dataLength)
            continue
          }
        }
      }
      at = this.#takeHeader(chunk, at)
    }
  }

  #headerLength(b: Uint8Array, at: number): number {
    return BHS_LENGTH + b[at + BHS.totalAhsLength]! * 4 + (this.headerDigest ? DIGEST : 0)
  }

  #checkHeader(b: Uint8Array, at: number, whole: number): boolean {
    if (!this.headerDigest) return true
    const end = at + whole - DIGEST
    if (crc32c(b.subarray(at, end)) === wireDigest(b, end)) return true
    this.#break('the header digest does not match', false)
    return false
  }

  #fits(dataLength: number): boolean {
    if (dataLength <= this.maxDataSegmentLength) return true
    this.#break(`a data segment of ${dataLength} bytes is larger than ${this.maxDataSegmentLength}`, false)
    return false
  }

  #break(why: string, dataDigest: boolean): void {
    this.#stopped = true
    this.#sink.broken(why, dataDigest)
  }

  #takeHeader(chunk: Uint8Array, from: number): number {
    let at = from
    for (;;) {
      const take = Math.min(this.#headerNeed - this.#headerHave, chunk.length - at)
      this.#header.set(chunk.subarray(at, at + take), this.#headerHave)
      this.#headerHave += take
      at += take
      if (this.#headerHave < this.#headerNeed) return at
      const whole = this.#headerLength(this.#header, 0)
      if (whole === this.#headerNeed) break
      this.#headerNeed = whole
    }
    if (!this.#checkHeader(this.#header, 0, this.#headerNeed)) return at
    const dataLength = dataSegmentLengthOf(this.#header)
    if (dataLength > 0 && !this.#fits(dataLength)) return at
    this.#dataLength = this.#dataLeft = dataLength
    this.#padLeft = paddingOf(dataLength)
    this.#digestLeft = this.dataDigest && dataLength > 0 ? DIGEST : 0
    this.#crc = 0
    this.#pieces = []
    this.#inData = dataLength > 0
    if (!this.#inData) this.#deliver()
    return at
  }

  #takeData(chunk: Uint8Array, from: number): number {
    let at = from
    if (this.#dataLeft > 0) {
      const piece = chunk.subarray(at, at + Math.min(this.#dataLeft, chunk.length - at))
      this.#pieces.push(piece)
      this.#keeper.hold(piece)
      if (this.dataDigest) this.#crc = crc32c(piece, this.#crc)
      this.#dataLeft -= piece.length
      at += piece.length
    }
    if (this.#dataLeft === 0 && this.#padLeft > 0 && at < chunk.length) {
      const pad = chunk.subarray(at, at + this.#padLeft)
      if (this.dataDigest) this.#crc = crc32c(pad, this.#crc)
      this.#padLeft -= pad.length
      at += pad.length
    }
    if (this.#dataLeft === 0 && this.#padLeft === 0 && this.#digestLeft > 0) {
      const part = chunk.subarray(at, at + this.#digestLeft)
      this.#digest.set(part, DIGEST - this.#digestLeft)
      this.#digestLeft -= part.length
      at += part.length
    }
    if (this.#dataLeft === 0 && this.#padLeft === 0 && this.#digestLeft === 0) {
      if (this.dataDigest && wireDigest(this.#digest, 0) !== this.#crc) {
        this.#break('the data digest does not match', true)
        return at
      }
      this.#deliver()
    }
    return at
  }

  #deliver(): void {
    const pieces = this.#pieces
    this.#inData = false
    this.#pieces = []
    this.#headerHave = 0
    this.#headerNeed = BHS_LENGTH
    if (!this.#sink.pdu(this.#header, 0, this.#dataLength > 0 ? pieces : NO_PIECES, this.#dataLength)) {
      this.#stopped = true
    }
    for (const piece of pieces) this.#keeper.letGo(piece)
  }
}

/** Header and payload as they go on the wire: digests and padding added. */
export function frame(header: Uint8Array, data: Uint8Array, headerDigest: boolean, dataDigest: boolean): Uint8Array {
  const pad = paddingOf(data.length)
  const out = new Uint8Array(
    header.length + (headerDigest ? DIGEST : 0) + data.length + pad + (dataDigest && data.length > 0 ? DIGEST : 0),
  )
  out.set(header)
  let at = header.length
  if (headerDigest) {
    putDigest(out, at, crc32c(header))
    at += DIGEST
  }
  out.set(data, at)
  if (dataDigest && data.length > 0) {
    putDigest(out, at + data.length + pad, crc32c(out.subarray(at, at + data.length + pad)))
  }
  return out
}

/** One buffer from pieces, for payloads that must be contiguous (text, NOP). */
export function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  if (pieces.length === 0) return NO_DATA
  if (pieces.length === 1) return pieces[0]!
  const out = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    out.set(piece, at)
    at += piece.length
  }
  return out
}
