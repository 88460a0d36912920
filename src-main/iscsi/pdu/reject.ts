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

export const REJECT_REASON = {
  dataDigestError: 0x02,
  snackReject: 0x03,
  protocolError: 0x04,
  commandNotSupported: 0x05,
  tooManyImmediateCommands: 0x06,
  taskInProgress: 0x07,
  invalidDataAck: 0x08,
  invalidPduField: 0x09,
  longOperationReject: 0x0a,
} as const

/** Source: RFC 7143 §11.17. */
export interface Reject extends ResponseNumbers {
  readonly opcode: typeof OPCODE.reject
  readonly reason: number
  readonly initiatorTaskTag: number
  readonly dataSn: number
  /** Header of the PDU that was rejected. */
  readonly data: Uint8Array
}

/** Errors: codec.short, codec.opcode. */
export function decodeReject(h: Uint8Array, data: Uint8Array): Reject {
  checkBhs(h, 'reject', OPCODE.reject)
  return {
    opcode: OPCODE.reject,
    reason: h[2]!,
    initiatorTaskTag: u32be(h, BHS.initiatorTaskTag),
    dataSn: u32be(h, 36),
    data,
    ...responseNumbersOf(h),
  }
}

export function encodeReject(v: Omit<Reject, 'opcode'>): EncodedPdu {
  const h = newBhs(OPCODE.reject, FINAL, v.data.length)
  h[2] = v.reason
  putU32be(h, BHS.initiatorTaskTag, v.initiatorTaskTag)
  putU32be(h, 36, v.dataSn)
  putResponseNumbers(h, v)
  return { header: h, data: v.data }
}
