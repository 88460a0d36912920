import { putU32be, u32be } from '../../base/bytes.ts'
import { BHS, FINAL, checkBhs, IMMEDIATE, newBhs, NO_DATA, type EncodedPdu } from './bhs.ts'
import { OPCODE } from './opcode.ts'

export const TASK_MANAGEMENT = {
  abortTask: 1,
  abortTaskSet: 2,
  clearAca: 3,
  clearTaskSet: 4,
  logicalUnitReset: 5,
  targetWarmReset: 6,
  targetColdReset: 7,
  taskReassign: 8,
} as const

/** Source: RFC 7143 §11.5. */
export interface TaskManagementRequest {
  readonly opcode: typeof OPCODE.taskManagementRequest
  readonly immediate: boolean
  readonly function: number
  /** 8 bytes, borrowed. */
  readonly lun: Uint8Array
  readonly initiatorTaskTag: number
  readonly referencedTaskTag: number
  readonly cmdSn: number
  readonly expStatSn: number
  readonly refCmdSn: number
  readonly expDataSn: number
}

/** Errors: codec.short, codec.opcode. */
export function decodeTaskManagementRequest(h: Uint8Array): TaskManagementRequest {
  checkBhs(h, 'task-management-request', OPCODE.taskManagementRequest)
  return {
    opcode: OPCODE.taskManagementRequest,
    immediate: (h[0]! & IMMEDIATE) !== 0,
    function: h[1]! & 0x7f,
    lun: h.subarray(BHS.lun, BHS.lun + 8),
    initiatorTaskTag: u32be(h, BHS.initiatorTaskTag),
    referencedTaskTag: u32be(h, 20),
    cmdSn: u32be(h, BHS.cmdSn),
    expStatSn: u32be(h, BHS.expStatSn),
    refCmdSn: u32be(h, 32),
    expDataSn: u32be(h, 36),
  }
}

export function encodeTaskManagementRequest(v: Omit<TaskManagementRequest, 'opcode'>): EncodedPdu {
  const h = newBhs(OPCODE.taskManagementRequest | (v.immediate ? IMMEDIATE : 0), FINAL | v.function, 0)
  h.set(v.lun, BHS.lun)
  putU32be(h, BHS.initiatorTaskTag, v.initiatorTaskTag)
  putU32be(h, 20, v.referencedTaskTag)
  putU32be(h, BHS.cmdSn, v.cmdSn)
  putU32be(h, BHS.expStatSn, v.expStatSn)
  putU32be(h, 32, v.refCmdSn)
  putU32be(h, 36, v.expDataSn)
  return { header: h, data: NO_DATA }
}
