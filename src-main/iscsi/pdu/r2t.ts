import { putU32be, u32be } from '../../base/bytes.ts'
import {
  BHS,
  checkBhs,
  FINAL,
  newBhs,
  NO_DATA,
  putResponseNumbers,
  responseNumbersOf,
  type EncodedPdu,
  type ResponseNumbers,
} from './bhs.ts'
import { OPCODE } from './opcode.ts'

/** Offsets of a Ready To Transfer. Source: RFC 7143 §11.8. */
export const R2T = { r2tSn: 36, bufferOffset: 40, desiredDataTransferLength: 44 } as const

export interface R2t extends ResponseNumbers {
  readonly opcode: typeof OPCODE.r2t
  /** 8 bytes, borrowed. */
  readonly lun: Uint8Array
  readonly initiatorTaskTag: number
  readonly targetTransferTag: number
  readonly r2tSn: number
  /** u32 bytes. */
  readonly bufferOffset: number
  /** u32 bytes. */
  readonly desiredDataTransferLength: number
}

/** Errors: codec.short, codec.opcode. */
export function decodeR2t(h: Uint8Array): R2t {
  checkBhs(h, 'r2t', OPCODE.r2t)
  return {
    opcode: OPCODE.r2t,
    lun: h.subarray(BHS.lun, BHS.lun + 8),
    initiatorTaskTag: u32be(h, BHS.initiatorTaskTag),
    targetTransferTag: u32be(h, BHS.targetTransferTag),
    ...responseNumbersOf(h),
    r2tSn: u32be(h, R2T.r2tSn),
    bufferOffset: u32be(h, R2T.bufferOffset),
    desiredDataTransferLength: u32be(h, R2T.desiredDataTransferLength),
  }
}

export function encodeR2t(v: Omit<R2t, 'opcode'>): EncodedPdu {
  const h = newBhs(OPCODE.r2t, FINAL, 0)
  h.set(v.lun, BHS.lun)
  putU32be(h, BHS.initiatorTaskTag, v.initiatorTaskTag)
  putU32be(h, BHS.targetTransferTag, v.targetTransferTag)
  putResponseNumbers(h, v)
  putU32be(h, R2T.r2tSn, v.r2tSn)
  putU32be(h, R2T.bufferOffset, v.bufferOffset)
  putU32be(h, R2T.desiredDataTransferLength, v.desiredDataTransferLength)
  return { header: h, data: NO_DATA }
}
