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

/** Byte 1 and offsets of a SCSI Response; the residual bits have the same places in Data-In. Source: RFC 7143 §11.4. */
export const SCSI_RESPONSE = {
  overflow: 0x04,
  underflow: 0x02,
  response: 2,
  status: 3,
  expDataSn: 36,
  residualCount: 44,
} as const

export interface ScsiResponse extends ResponseNumbers {
  readonly opcode: typeof OPCODE.scsiResponse
  /** More was there than the initiator expected. */
  readonly overflow: boolean
  readonly underflow: boolean
  /** 0 = command completed at target, 1 = target failure. */
  readonly response: number
  readonly status: number
  readonly initiatorTaskTag: number
  readonly expDataSn: number
  readonly residualCount: number
  /** SenseLength (u16) and sense data, or nothing. */
  readonly data: Uint8Array
}

/** Errors: codec.short, codec.opcode. */
export function decodeScsiResponse(h: Uint8Array, data: Uint8Array): ScsiResponse {
  checkBhs(h, 'scsi-response', OPCODE.scsiResponse)
  return {
    opcode: OPCODE.scsiResponse,
    overflow: (h[1]! & SCSI_RESPONSE.overflow) !== 0,
    underflow: (h[1]! & SCSI_RESPONSE.underflow) !== 0,
    response: h[SCSI_RESPONSE.response]!,
    status: h[SCSI_RESPONSE.status]!,
    initiatorTaskTag: u32be(h, BHS.initiatorTaskTag),
    ...responseNumbersOf(h),
    expDataSn: u32be(h, SCSI_RESPONSE.expDataSn),
    residualCount: u32be(h, SCSI_RESPONSE.residualCount),
    data,
  }
}

export function encodeScsiResponse(v: Omit<ScsiResponse, 'opcode'>): EncodedPdu {
  const flags = FINAL | (v.overflow ? SCSI_RESPONSE.overflow : 0) | (v.underflow ? SCSI_RESPONSE.underflow : 0)
  const h = newBhs(OPCODE.scsiResponse, flags, v.data.length)
  h[SCSI_RESPONSE.response] = v.response
  h[SCSI_RESPONSE.status] = v.status
  putU32be(h, BHS.initiatorTaskTag, v.initiatorTaskTag)
  putResponseNumbers(h, v)
  putU32be(h, SCSI_RESPONSE.expDataSn, v.expDataSn)
  putU32be(h, SCSI_RESPONSE.residualCount, v.residualCount)
  return { header: h, data: v.data }
}
