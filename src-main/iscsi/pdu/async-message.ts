import { putU16be, putU32be, u16be, u32be } from '../../base/bytes.ts'
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

export const ASYNC_EVENT = {
  scsi: 0,
  logoutRequest: 1,
  dropConnection: 2,
  dropAllConnections: 3,
  renegotiate: 4,
} as const

/** Source: RFC 7143 §11.9. */
export interface AsyncMessage extends ResponseNumbers {
  readonly opcode: typeof OPCODE.asyncMessage
  /** 8 bytes, borrowed. */
  readonly lun: Uint8Array
  readonly initiatorTaskTag: number
  readonly asyncEvent: number
  readonly asyncVCode: number
  readonly parameter1: number
  readonly parameter2: number
  /** Seconds, for a logout request. */
  readonly parameter3: number
  /** Borrowed. */
  readonly data: Uint8Array
}

/** Errors: codec.short, codec.opcode. */
export function decodeAsyncMessage(h: Uint8Array, data: Uint8Array): AsyncMessage {
  checkBhs(h, 'async-message', OPCODE.asyncMessage)
  return {
    opcode: OPCODE.asyncMessage,
    lun: h.subarray(BHS.lun, BHS.lun + 8),
    initiatorTaskTag: u32be(h, BHS.initiatorTaskTag),
    asyncEvent: h[36]!,
    asyncVCode: h[37]!,
    parameter1: u16be(h, 38),
    parameter2: u16be(h, 40),
    parameter3: u16be(h, 42),
    data,
    ...responseNumbersOf(h),
  }
}

export function encodeAsyncMessage(v: Omit<AsyncMessage, 'opcode'>): EncodedPdu {
  const h = newBhs(OPCODE.asyncMessage, FINAL, v.data.length)
  h.set(v.lun, BHS.lun)
  putU32be(h, BHS.initiatorTaskTag, v.initiatorTaskTag)
  h[36] = v.asyncEvent
  h[37] = v.asyncVCode
  putU16be(h, 38, v.parameter1)
  putU16be(h, 40, v.parameter2)
  putU16be(h, 42, v.parameter3)
  putResponseNumbers(h, v)
  return { header: h, data: v.data }
}
