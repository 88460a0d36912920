import { putU32be, u32be } from '../../base/bytes.ts'
import {
  BHS,
  checkBhs,
  FINAL,
  newBhs,
  putResponseNumbers,
  responseNumbersOf,
  type EncodedPdu,
  type ResponseNumbers,
} from './bhs.ts'
import { OPCODE } from './opcode.ts'

/** Source: RFC 7143 §11.19. */
export interface NopIn extends ResponseNumbers {
  readonly opcode: typeof OPCODE.nopIn
  /** 8 bytes, borrowed. */
  readonly lun: Uint8Array
  readonly initiatorTaskTag: number
  readonly targetTransferTag: number
  /** Borrowed. */
  readonly data: Uint8Array
}

/** Errors: codec.short, codec.opcode. */
export function decodeNopIn(h: Uint8Array, data: Uint8Array): NopIn {
  checkBhs(h, 'nop-in', OPCODE.nopIn)
  return {
    opcode: OPCODE.nopIn,
    lun: h.subarray(BHS.lun, BHS.lun + 8),
    initiatorTaskTag: u32be(h, BHS.initiatorTaskTag),
    targetTransferTag: u32be(h, BHS.targetTransferTag),
    data,
    ...responseNumbersOf(h),
  }
}

export function encodeNopIn(v: Omit<NopIn, 'opcode'>): EncodedPdu {
  const h = newBhs(OPCODE.nopIn, FINAL, v.data.length)
  h.set(v.lun, BHS.lun)
  putU32be(h, BHS.initiatorTaskTag, v.initiatorTaskTag)
  putU32be(h, BHS.targetTransferTag, v.targetTransferTag)
  putResponseNumbers(h, v)
  return { header: h, data: v.data }
}
