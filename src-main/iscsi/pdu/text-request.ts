import { putU32be, u32be } from '../../base/bytes.ts'
import { BHS, checkBhs, FINAL, IMMEDIATE, newBhs, type EncodedPdu } from './bhs.ts'
import { OPCODE } from './opcode.ts'

/** C bit: more text follows in the next PDU. */
export const TEXT_CONTINUE = 0x40

/** Source: RFC 7143 §11.10. */
export interface TextRequest {
  readonly opcode: typeof OPCODE.textRequest
  readonly immediate: boolean
  readonly final: boolean
  readonly continue: boolean
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
export function decodeTextRequest(h: Uint8Array, data: Uint8Array): TextRequest {
  checkBhs(h, 'text-request', OPCODE.textRequest)
  return {
    opcode: OPCODE.textRequest,
    immediate: (h[0]! & IMMEDIATE) !== 0,
    final: (h[1]! & FINAL) !== 0,
    continue: (h[1]! & TEXT_CONTINUE) !== 0,
    lun: h.subarray(BHS.lun, BHS.lun + 8),
    initiatorTaskTag: u32be(h, BHS.initiatorTaskTag),
    targetTransferTag: u32be(h, BHS.targetTransferTag),
    cmdSn: u32be(h, BHS.cmdSn),
    expStatSn: u32be(h, BHS.expStatSn),
    data,
  }
}

export function encodeTextRequest(v: Omit<TextRequest, 'opcode'>): EncodedPdu {
  const h = newBhs(
    OPCODE.textRequest | (v.immediate ? IMMEDIATE : 0),
    (v.final ? FINAL : 0) | (v.continue ? TEXT_CONTINUE : 0),
    v.data.length,
  )
  h.set(v.lun, BHS.lun)
  putU32be(h, BHS.initiatorTaskTag, v.initiatorTaskTag)
  putU32be(h, BHS.targetTransferTag, v.targetTransferTag)
  putU32be(h, BHS.cmdSn, v.cmdSn)
  putU32be(h, BHS.expStatSn, v.expStatSn)
  return { header: h, data: v.data }
}
