import { putU32be, u32be } from '../../base/bytes.ts'
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

export const TASK_MANAGEMENT_RESPONSE = {
  functionComplete: 0,
  taskDoesNotExist: 1,
  lunDoesNotExist: 2,
  taskStillAllegiant: 3,
  reassignmentNotSupported: 4,
  notSupported: 5,
  authorizationFailed: 6,
  rejected: 255,
} as const

/** Source: RFC 7143 §11.6. */
export interface TaskManagementResponse extends ResponseNumbers {
  readonly opcode: typeof OPCODE.taskManagementResponse
  readonly response: number
  readonly initiatorTaskTag: number
}

/** Errors: codec.short, codec.opcode. */
export function decodeTaskManagementResponse(h: Uint8Array): TaskManagementResponse {
  checkBhs(h, 'task-management-response', OPCODE.taskManagementResponse)
  return {
    opcode: OPCODE.taskManagementResponse,
    response: h[2]!,
    initiatorTaskTag: u32be(h, BHS.initiatorTaskTag),
    ...responseNumbersOf(h),
  }
}

export function encodeTaskManagementResponse(v: Omit<TaskManagementResponse, 'opcode'>): EncodedPdu {
  const h = newBhs(OPCODE.taskManagementResponse, FINAL, 0)
  h[2] = v.response
  putU32be(h, BHS.initiatorTaskTag, v.initiatorTaskTag)
  putResponseNumbers(h, v)
  return { header: h, data: NO_DATA }
}
