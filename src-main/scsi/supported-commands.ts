import { putU16be, putU32be, u16be, u32be } from '../base/bytes.ts'
import { cdbLengthOf } from './cdb.ts'
import type { CommandRow, CommandTable } from './command-row.ts'
import type { Phase, ScsiTask } from './task.ts'

/** Timeouts descriptor: 12 bytes, nothing stated. Source: SPC-4 §6.35.4. */
const TIMEOUTS_LENGTH = 12
function putTimeouts(b: Uint8Array, at: number): void {
  putU16be(b, at, TIMEOUTS_LENGTH - 2)
}

/** REPORT SUPPORTED OPERATION CODES, from the table itself. Source: SPC-4 §6.35. */
export function reportSupportedOpcodes<U>(table: CommandTable<U>, unit: U, task: ScsiTask): Phase {
  const RCTD = 0x80
  const CTDP = 0x80
  const timeouts = (task.cdb[2]! & RCTD) !== 0
  const option = task.cdb[2]! & 0x07
  const opcode = task.cdb[3]!
  const serviceAction = u16be(task.cdb, 4)
  const allocationLength = u32be(task.cdb, 6)
  if (option === 0) return task.answer(allCommands(table.offeredTo(unit), timeouts), allocationLength)
  if (option > 3) return task.invalidField(2)
  const rows = table.offeredTo(unit).filter((r) => r.opcode === opcode)
  const withActions = rows.some((r) => r.serviceAction !== undefined)
  if (rows.length > 0 && option === 1 && withActions) return task.invalidField(2)
  if (rows.length > 0 && option === 2 && !withActions) return task.invalidField(2)
  const found = withActions ? rows.find((r) => r.serviceAction === serviceAction) : rows[0]
  const usable = found && (option !== 3 || withActions || serviceAction === 0) ? found : undefined
  const size = usable ? usable.mask.length : 0
  const b = new Uint8Array(4 + size + (usable && timeouts ? TIMEOUTS_LENGTH : 0))
  b[1] = (usable && timeouts ? CTDP : 0) | (usable ? 0x03 : 0x01)
  putU16be(b, 2, size)
  if (usable) {
    b.set(usable.mask, 4)
    if (usable.serviceAction !== undefined) b[5] = (b[5]! & 0xe0) | usable.serviceAction
    if (timeouts) putTimeouts(b, 4 + size)
  }
  return task.answer(b, allocationLength)
}

function allCommands<U>(rows: readonly CommandRow<U>[], timeouts: boolean): Uint8Array {
  const SERVACTV = 0x01
  const CTDP = 0x02
  const size = 8 + (timeouts ? TIMEOUTS_LENGTH : 0)
  const b = new Uint8Array(4 + rows.length * size)
  putU32be(b, 0, rows.length * size)
  rows.forEach((r, i) => {
    const at = 4 + i * size
    b[at] = r.opcode
    if (r.serviceAction !== undefined) putU16be(b, at + 2, r.serviceAction)
    b[at + 5] = (r.serviceAction !== undefined ? SERVACTV : 0) | (timeouts ? CTDP : 0)
    putU16be(b, at + 6, cdbLengthOf(r.opcode))
    if (timeouts) putTimeouts(b, at + 8)
  })
  return b
}

/** REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS: abort task, abort task set, clear task set, logical unit reset, target
 *  reset. Source: SPC-4 §6.36. */
export function reportTaskManagementFunctions(_unit: unknown, task: ScsiTask): Phase {
  const REPD = 0x80
  const ATS = 0x80 | 0x40 | 0x10 | 0x08 | 0x02
  const extended = (task.cdb[2]! & REPD) !== 0
  const b = new Uint8Array(extended ? 16 : 4)
  b[0] = ATS
  if (extended) b[3] = 0x0c
  return task.answer(b, u32be(task.cdb, 6))
}
