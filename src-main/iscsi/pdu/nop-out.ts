import { putU32be, u32be } from '../../base/bytes.ts'
import { BHS, FINAL, checkBhs, IMMEDIATE, newBhs, type EncodedPdu } from './bhs.ts'
import { OPCODE } from './opcode.ts'

/** Source: RFC 7143 §11.18. */
export interface NopOut {
  readonly opcode: typeof OPCODE.nopOut
  readonly immediate: boolean
  /** 8 bytes, borrowed. */
  readonly lun: Uint8Array
  readonly initiatorTaskTag: number
  readonly targetTransferTag: number
  readonly cmdSn: number
  readonly expStatSn: number
  /** Borrowed. */
  readonly data: Uint8Array
}

/** Errors: codec.short, codec.opcode. */
export function decodeNopOut(h: Uint8Array, data: Uint8Array): NopOut {
  checkBhs(h, 'nop-out', OPCODE.nopOut)
  return {
    opcode: OPCODE.nopOut,
    immediate: (h[0]! & IMMEDIATE) !== 0,
    lun: h.subarray(BHS.lun, BHS.lun + 8),
    initiatorTaskTag: u32be(h, BHS.initiatorTaskTag),
    targetTransferTag: u32be(h, BHS.targetTransferTag),
    cmdSn: u32be(h, BHS.cmdSn),
    expStatSn: u32be(h, BHS.expStatSn),
    data,
  }
}

export function encodeNopOut(v: Omit<NopOut, 'opcode'>): EncodedPdu {
  const h = newBhs(OPCODE.nopOut | (v.immediate ? IMMEDIATE : 0), FINAL, v.data.length)
  h.set(v.lun, BHS.lun)
  putU32be(h, BHS.initiatorTaskTag, v.initiatorTaskTag)
  putU32be(h, BHS.targetTransferTag, v.targetTransferTag)
  putU32be(h, BHS.cmdSn, v.cmdSn)
  putU32be(h, BHS.expStatSn, v.expStatSn)
  return { header: h, data: v.data }
}
