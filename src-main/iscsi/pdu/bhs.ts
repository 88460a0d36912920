import { putU16be, putU24be, putU32be, u16be, u24be, u32be } from '../../base/bytes.ts'
import { CodecError } from '../../base/errors.ts'

/** Layout of the Basic Header Segment: byte offsets and masks, shared by the codecs and by the connection, which reads
 *  and writes the frequent PDUs in place. Source: RFC 7143 §11.2. */
export const BHS_LENGTH = 48

/** Byte offsets that most PDUs share. */
export const BHS = {
  opcode: 0,
  flags: 1,
  /** u8, 4-byte words. */
  totalAhsLength: 4,
  /** u24, bytes, padding excluded. */
  dataSegmentLength: 5,
  /** 8 bytes in SAM addressing. */
  lun: 8,
  initiatorTaskTag: 16,
  targetTransferTag: 20,
  /** Requests: CmdSN. Responses: StatSN. */
  cmdSn: 24,
  statSn: 24,
  /** Requests: ExpStatSN. Responses: ExpCmdSN. */
  expStatSn: 28,
  expCmdSn: 28,
  maxCmdSn: 32,
} as const

export const OPCODE_MASK = 0x3f
/** Byte 0 of a request: deliver at once, outside the order of CmdSN. */
export const IMMEDIATE = 0x40
/** Byte 1: last PDU of a sequence. */
export const FINAL = 0x80

/** A PDU as the framer hands it over. The views are borrowed until the next read. */
export interface RawPdu {
  /** Exactly 48 bytes. */
  readonly header: Uint8Array
  /** Padding excluded. */
  readonly data: Uint8Array
}

/** A PDU to be sent: header and payload apart, so that nothing is joined. `data` still lacks its padding. */
export interface EncodedPdu {
  readonly header: Uint8Array
  readonly data: Uint8Array
}

export const NO_DATA = new Uint8Array(0)

/** Checks length and opcode. Errors: codec.short, codec.opcode. */
export function checkBhs(header: Uint8Array, structure: string, opcode: number): void {
  if (header.length < BHS_LENGTH) {
    throw new CodecError(
      'codec.short',
      { structure, field: 'header', got: header.length, limit: BHS_LENGTH },
      'a basic header segment has 48 bytes',
    )
  }
  const got = header[0]! & OPCODE_MASK
  if (got !== opcode) {
    throw new CodecError('codec.opcode', { structure, field: 'opcode', got, limit: opcode }, 'another PDU')
  }
}

/** A header of zeros with opcode, flags and data length set. */
export function newBhs(opcode: number, flags: number, dataLength: number): Uint8Array {
  const h = new Uint8Array(BHS_LENGTH)
  h[BHS.opcode] = opcode
  h[BHS.flags] = flags
  putU24be(h, BHS.dataSegmentLength, dataLength)
  return h
}

export const dataSegmentLengthOf = (b: Uint8Array, at = 0): number => u24be(b, at + BHS.dataSegmentLength)
/** Bytes to add so that a segment ends on a 4-byte word. */
export const paddingOf = (length: number): number => -length & 3

/** The 8 bytes of a LUN field that address `lun` (0-16383): peripheral form below 256, else flat form.
 *  Source: SAM-5 §4.7.7 (single level). */
export function lunField(lun: number): Uint8Array {
  const field = new Uint8Array(8)
  putU16be(field, 0, lun < 256 ? lun : 0x4000 | lun)
  return field
}

/** The number a LUN field addresses, or -1 for forms no unit here has (several levels, other buses).
 *  Source: SAM-5 §4.7.7.1-4.7.7.3. */
export function lunAt(b: Uint8Array, at: number): number {
  if (u16be(b, at + 2) !== 0 || u32be(b, at + 4) !== 0) return -1
  const method = b[at]! >>> 6
  if (method === 0) return b[at]! === 0 ? b[at + 1]! : -1
  return method === 1 ? u16be(b, at) & 0x3fff : -1
}

/** StatSN, ExpCmdSN and MaxCmdSN of a response. */
export interface ResponseNumbers {
  readonly statSn: number
  readonly expCmdSn: number
  readonly maxCmdSn: number
}

export function responseNumbersOf(h: Uint8Array): ResponseNumbers {
  return {
    statSn: u32be(h, BHS.statSn),
    expCmdSn: u32be(h, BHS.expCmdSn),
    maxCmdSn: u32be(h, BHS.maxCmdSn),
  }
}
export function putResponseNumbers(h: Uint8Array, v: ResponseNumbers): void {
  putU32be(h, BHS.statSn, v.statSn)
  putU32be(h, BHS.expCmdSn, v.expCmdSn)
  putU32be(h, BHS.maxCmdSn, v.maxCmdSn)
}
