import { fromHex, putU16be, putU32be, toHex, u16be, u32be } from '../../base/bytes.ts'
import {
  BHS,
  checkBhs,
  newBhs,
  putResponseNumbers,
  responseNumbersOf,
  type EncodedPdu,
  type ResponseNumbers,
} from './bhs.ts'
import { LOGIN_FLAG } from './login-request.ts'
import { OPCODE } from './opcode.ts'

/** Status-Class in the high byte, Status-Detail in the low one. Source: RFC 7143 §11.13.5. */
export const LOGIN_STATUS = {
  success: 0x0000,
  targetMovedTemporarily: 0x0101,
  targetMovedPermanently: 0x0102,
  initiatorError: 0x0200,
  authenticationFailure: 0x0201,
  authorizationFailure: 0x0202,
  notFound: 0x0203,
  unsupportedVersion: 0x0205,
  tooManyConnections: 0x0206,
  missingParameter: 0x0207,
  cannotIncludeInSession: 0x0208,
  sessionTypeNotSupported: 0x0209,
  sessionDoesNotExist: 0x020a,
  invalidDuringLogin: 0x020b,
  targetError: 0x0300,
  serviceUnavailable: 0x0301,
  outOfResources: 0x0302,
} as const

/** Source: RFC 7143 §11.13. */
export interface LoginResponse extends ResponseNumbers {
  readonly opcode: typeof OPCODE.loginResponse
  readonly transit: boolean
  readonly continue: boolean
  readonly csg: number
  readonly nsg: number
  readonly versionMax: number
  readonly versionActive: number
  /** 12 hex digits. */
  readonly isid: string
  readonly tsih: number
  readonly initiatorTaskTag: number
  /** Class and detail, see LOGIN_STATUS. Bytes 36-37. */
  readonly status: number
  readonly data: Uint8Array
}

/** Errors: codec.short, codec.opcode. */
export function decodeLoginResponse(h: Uint8Array, data: Uint8Array): LoginResponse {
  checkBhs(h, 'login-response', OPCODE.loginResponse)
  const flags = h[1]!
  return {
    opcode: OPCODE.loginResponse,
    transit: (flags & LOGIN_FLAG.transit) !== 0,
    continue: (flags & LOGIN_FLAG.continue) !== 0,
    csg: (flags >>> LOGIN_FLAG.csgShift) & LOGIN_FLAG.stageMask,
    nsg: flags & LOGIN_FLAG.stageMask,
    versionMax: h[2]!,
    versionActive: h[3]!,
    isid: toHex(h.subarray(8, 14)),
    tsih: u16be(h, 14),
    initiatorTaskTag: u32be(h, BHS.initiatorTaskTag),
    ...responseNumbersOf(h),
    status: u16be(h, 36),
    data,
  }
}

export function encodeLoginResponse(v: Omit<LoginResponse, 'opcode'>): EncodedPdu {
  const flags =
    (v.transit ? LOGIN_FLAG.transit : 0) |
    (v.continue ? LOGIN_FLAG.continue : 0) |
    (v.csg << LOGIN_FLAG.csgShift) |
    v.nsg
  const h = newBhs(OPCODE.loginResponse, flags, v.data.length)
  h[2] = v.versionMax
  h[3] = v.versionActive
  h.set(fromHex(v.isid), 8)
  putU16be(h, 14, v.tsih)
  putU32be(h, BHS.initiatorTaskTag, v.initiatorTaskTag)
  putResponseNumbers(h, v)
  putU16be(h, 36, v.status)
  return { header: h, data: v.data }
}
