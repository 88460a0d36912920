import { putU32be, u32be } from '../../base/bytes.ts'
import { BHS, checkBhs, FINAL, newBhs, type EncodedPdu } from './bhs.ts'
import { OPCODE } from './opcode.ts'

/** Offsets of a Data-Out. Source: RFC 7143 §11.7. */
export const DATA_OUT = { dataSn: 36, bufferOffset: 40 } as const

export interface DataOut {
  readonly opcode: typeof OPCODE.dataOut
  readonly final: boolean
  /** 8 bytes, borrowed. */
  readonly lun: Uint8Array
  readonly initiatorTaskTag: number
  /** FFFFFFFFh for unsolicited data. */
  readonly targetTransferTag: number
  readonly expStatSn: number
  readonly dataSn: number
  /** u32 bytes. */
  readonly bufferOffset: number
  readonly data: Uint8Array
}

/** Errors: codec.short, codec.opcode. */
export function decodeDataOut(h: Uint8Array, data: Uint8Array): DataOut {
  checkBhs(h, 'data-out', OPCODE.dataOut)
  return {
    opcode: OPCODE.dataOut,
    final: (h[1]! & FINAL) !== 0,
    lun: h.subarray(BHS.lun, BHS.lun + 8),
    initiatorTaskTag: u32be(h, BHS.initiatorTaskTag),
    targetTransferTag: u32be(h, BHS.targetTransferTag),
    expStatSn: u32be(h, BHS.expStatSn),
    dataSn: u32be(h, DATA_OUT.dataSn),
    bufferOffset: u32be(h, DATA_OUT.bufferOffset),
    data,
  }
}

export function encodeDataOut(v: Omit<DataOut, 'opcode'>): EncodedPdu {
  const h = newBhs(OPCODE.dataOut, v.final ? FINAL : 0, v.data.length)
  h.set(v.lun, BHS.lun)
  putU32be(h, BHS.initiatorTaskTag, v.initiatorTaskTag)
  putU32be(h, BHS.targetTransferTag, v.targetTransferTag)
  putU32be(h, BHS.expStatSn, v.expStatSn)
  putU32be(h, DATA_OUT.dataSn, v.dataSn)
  putU32be(h, DATA_OUT.bufferOffset, v.bufferOffset)
  return { header: h, data: v.data }
}
