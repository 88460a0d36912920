import { putU16be, putU32be, u16be, u32be } from '../../base/bytes.ts'
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

export const LOGOUT_RESPONSE = { closed: 0, cidNotFound: 1, recoveryNotSupported: 2, cleanupFailed: 3 } as const

/** Source: RFC 7143 §11.15. */
export interface LogoutResponse extends ResponseNumbers {
  readonly opcode: typeof OPCODE.logoutResponse
  readonly response: number
  readonly initiatorTaskTag: number
  /** Seconds. */
  readonly time2Wait: number
  /** Seconds. */
  readonly time2Retain: number
}

/** Errors: codec.short, codec.opcode. */
export function decodeLogoutResponse(h: Uint8Array): LogoutResponse {
  checkBhs(h, 'logout-response', OPCODE.logoutResponse)
  return {
    opcode: OPCODE.logoutResponse,
    response: h[2]!,
    initiatorTaskTag: u32be(h, BHS.initiatorTaskTag),
    time2Wait: u16be(h, 40),
    time2Retain: u16be(h, 42),
    ...responseNumbersOf(h),
  }
}

export function encodeLogoutResponse(v: Omit<LogoutResponse, 'opcode'>): EncodedPdu {
  const h = newBhs(OPCODE.logoutResponse, FINAL, 0)
  h[2] = v.response
  putU32be(h, BHS.initiatorTaskTag, v.initiatorTaskTag)
  putU16be(h, 40, v.time2Wait)
  putU16be(h, 42, v.time2Retain)
  putResponseNumbers(h, v)
  return { header: h, data: NO_DATA }
}
