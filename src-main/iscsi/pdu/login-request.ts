import { fromHex, putU16be, putU32be, toHex, u16be, u32be } from '../../base/bytes.ts'
import { BHS, checkBhs, IMMEDIATE, newBhs, type EncodedPdu } from './bhs.ts'
import { OPCODE } from './opcode.ts'

/** Byte 1 of Login Request and Login Response. Source: RFC 7143 §11.12. */
export const LOGIN_FLAG = { transit: 0x80, continue: 0x40, csgShift: 2, stageMask: 0x03 } as const
/** Source: RFC 7143 §11.12.3. */
export const LOGIN_STAGE = { securityNegotiation: 0, loginOperationalNegotiation: 1, fullFeaturePhase: 3 } as const

/** Source: RFC 7143 §11.12. */
export interface LoginRequest {
  readonly opcode: typeof OPCODE.loginRequest
  readonly transit: boolean
  readonly continue: boolean
  readonly csg: number
  readonly nsg: number
  readonly versionMax: number
  readonly versionMin: number
  /** 6 bytes as 12 hex digits. Bytes 8-13. */
  readonly isid: string
  readonly tsih: number
  readonly initiatorTaskTag: number
  readonly cid: number
  readonly cmdSn: number
  readonly expStatSn: number
  /** Text keys, borrowed. */
  readonly data: Uint8Array
}

/** Errors: codec.short, codec.opcode. */
export function decodeLoginRequest(h: Uint8Array, data: Uint8Array): LoginRequest {
  checkBhs(h, 'login-request', OPCODE.loginRequest)
  const flags = h[1]!
  return {
    opcode: OPCODE.loginRequest,
    transit: (flags & LOGIN_FLAG.transit) !== 0,
    continue: (flags & LOGIN_FLAG.continue) !== 0,
    csg: (flags >>> LOGIN_FLAG.csgShift) & LOGIN_FLAG.stageMask,
    nsg: flags & LOGIN_FLAG.stageMask,
    versionMax: h[2]!,
    versionMin: h[3]!,
    isid: toHex(h.subarray(8, 14)),
    tsih: u16be(h, 14),
    initiatorTaskTag: u32be(h, BHS.initiatorTaskTag),
    cid: u16be(h, 20),
    cmdSn: u32be(h, BHS.cmdSn),
    expStatSn: u32be(h, BHS.expStatSn),
    data,
  }
}

export function encodeLoginRequest(v: Omit<LoginRequest, 'opcode'>): EncodedPdu {
  const flags =
    (v.transit ? LOGIN_FLAG.transit : 0) |
    (v.continue ? LOGIN_FLAG.continue : 0) |
    (v.csg << LOGIN_FLAG.csgShift) |
    v.nsg
  const h = newBhs(OPCODE.loginRequest | IMMEDIATE, flags, v.data.length)
  h[2] = v.versionMax
  h[3] = v.versionMin
  h.set(fromHex(v.isid), 8)
  putU16be(h, 14, v.tsih)
  putU32be(h, BHS.initiatorTaskTag, v.initiatorTaskTag)
  putU16be(h, 20, v.cid)
  putU32be(h, BHS.cmdSn, v.cmdSn)
  putU32be(h, BHS.expStatSn, v.expStatSn)
  return { header: h, data: v.data }
}
