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

import { TEXT_CONTINUE } from './text-request.ts'

/** Source: RFC 7143 §11.11. */
export interface TextResponse extends ResponseNumbers {
  readonly opcode: typeof OPCODE.textResponse
  readonly final: boolean
  readonly continue: boolean
  /** 8 bytes, borrowed. */
  readonly lun: Uint8Array
  readonly initiatorTaskTag: number
  readonly targetTransferTag: number
  /** Borrowed. */
  readonly data: Uint8Array
}

/** Errors: codec.short, codec.opcode. */
export function decodeTextResponse(h: Uint8Array, data: Uint8Array): TextResponse {
  checkBhs(h, 'text-response', OPCODE.textResponse)
  return {
    opcode: OPCODE.textResponse,
    final: (h[1]! & FINAL) !== 0,
    continue: (h[1]! & TEXT_CONTINUE) !== 0,
    lun: h.subarray(BHS.lun, BHS.lun + 8),
    initiatorTaskTag: u32be(h, BHS.initiatorTaskTag),
    targetTransferTag: u32be(h, BHS.targetTransferTag),
    data,
    ...responseNumbersOf(h),
  }
}

export function encodeTextResponse(v: Omit<TextResponse, 'opcode'>): EncodedPdu {
  const h = newBhs(OPCODE.textResponse, (v.final ? FINAL : 0) | (v.continue ? TEXT_CONTINUE : 0), v.data.length)
  h.set(v.lun, BHS.lun)
  putU32be(h, BHS.initiatorTaskTag, v.initiatorTaskTag)
  putU32be(h, BHS.targetTransferTag, v.targetTransferTag)
  putResponseNumbers(h, v)
  return { header: h, data: v.data }
}
