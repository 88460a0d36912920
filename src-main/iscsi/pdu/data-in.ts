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
import { SCSI_RESPONSE } from './scsi-response.ts'

/** Byte 1 and offsets of a Data-In. Source: RFC 7143 §11.7. */
export const DATA_IN = { hasStatus: 0x01, status: 3, dataSn: 36, bufferOffset: 40, residualCount: 44 } as const

export interface DataIn extends ResponseNumbers {
  readonly opcode: typeof OPCODE.dataIn
  readonly final: boolean
  /** S bit: status, StatSN and residual are valid. */
  readonly hasStatus: boolean
  readonly overflow: boolean
  readonly underflow: boolean
  readonly status: number
  readonly initiatorTaskTag: number
  readonly targetTransferTag: number
  readonly dataSn: number
  /** u32 bytes. */
  readonly bufferOffset: number
  readonly residualCount: number
  readonly data: Uint8Array
}

/** Errors: codec.short, codec.opcode. */
export function decodeDataIn(h: Uint8Array, data: Uint8Array): DataIn {
  checkBhs(h, 'data-in', OPCODE.dataIn)
  const flags = h[1]!
  return {
    opcode: OPCODE.dataIn,
    final: (flags & FINAL) !== 0,
    hasStatus: (flags & DATA_IN.hasStatus) !== 0,
    overflow: (flags & SCSI_RESPONSE.overflow) !== 0,
    underflow: (flags & SCSI_RESPONSE.underflow) !== 0,
    status: h[DATA_IN.status]!,
    initiatorTaskTag: u32be(h, BHS.initiatorTaskTag),
    targetTransferTag: u32be(h, BHS.targetTransferTag),
    ...responseNumbersOf(h),
    dataSn: u32be(h, DATA_IN.dataSn),
    bufferOffset: u32be(h, DATA_IN.bufferOffset),
    residualCount: u32be(h, DATA_IN.residualCount),
    data,
  }
}

export function encodeDataIn(v: Omit<DataIn, 'opcode'>): EncodedPdu {
  const flags =
    (v.final ? FINAL : 0) |
    (v.hasStatus ? DATA_IN.hasStatus : 0) |
    (v.overflow ? SCSI_RESPONSE.overflow : 0) |
    (v.underflow ? SCSI_RESPONSE.underflow : 0)
  const h = newBhs(OPCODE.dataIn, flags, v.data.length)
  h[DATA_IN.status] = v.status
  putU32be(h, BHS.initiatorTaskTag, v.initiatorTaskTag)
  putU32be(h, BHS.targetTransferTag, v.targetTransferTag)
  putResponseNumbers(h, v)
  putU32be(h, DATA_IN.dataSn, v.dataSn)
  putU32be(h, DATA_IN.bufferOffset, v.bufferOffset)
  putU32be(h, DATA_IN.residualCount, v.residualCount)
  return { header: h, data: v.data }
}
