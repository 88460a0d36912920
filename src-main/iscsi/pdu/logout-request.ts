import { putU16be, putU32be, u16be, u32be } from '../../base/bytes.ts'
import { BHS, FINAL, checkBhs, IMMEDIATE, newBhs, NO_DATA, type EncodedPdu } from './bhs.ts'
import { OPCODE } from './opcode.ts'

export const LOGOUT_REASON = { closeSession: 0, closeConnection: 1, removeForRecovery: 2 } as const

/** Source: RFC 7143 §11.14. */
export interface LogoutRequest {
  readonly opcode: typeof OPCODE.logoutRequest
  readonly immediate: boolean
  readonly reasonCode: number
  readonly initiatorTaskTag: number
  readonly cid: number
  readonly cmdSn: number
  readonly expStatSn: number
}

/** Errors: codec.short, codec.opcode. */
export function decodeLogoutRequest(h: Uint8Array): LogoutRequest {
  checkBhs(h, 'logout-request', OPCODE.logoutRequest)
  return {
    opcode: OPCODE.logoutRequest,
    immediate: (h[0]! & IMMEDIATE) !== 0,
    reasonCode: h[1]! & 0x7f,
    initiatorTaskTag: u32be(h, BHS.initiatorTaskTag),
    cid: u16be(h, 20),
    cmdSn: u32be(h, BHS.cmdSn),
    expStatSn: u32be(h, BHS.expStatSn),
  }
}

export function encodeLogoutRequest(v: Omit<LogoutRequest, 'opcode'>): EncodedPdu {
  const h = newBhs(OPCODE.logoutRequest | (v.immediate ? IMMEDIATE : 0), FINAL | v.reasonCode, 0)
  putU32be(h, BHS.initiatorTaskTag, v.initiatorTaskTag)
  putU16be(h, 20, v.cid)
  putU32be(h, BHS.cmdSn, v.cmdSn)
  putU32be(h, BHS.expStatSn, v.expStatSn)
  return { header: h, data: NO_DATA }
}
