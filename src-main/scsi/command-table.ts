import { fromHex, putU16be, putU32be, u16be, u32be } from '../base/bytes.ts'
import * as block from './block-commands.ts'
import { cdbLengthOf } from './cdb.ts'
import * as control from './control-commands.ts'
import type { Unit } from './unit.ts'
import type { AccessKind } from './reservation.ts'
import type { Phase, ScsiTask } from './task.ts'

/** One supported command. */
export interface CommandRow {
  readonly opcode: number
  /** Present when the opcode has several commands. Low five bits of byte 1. */
  readonly serviceAction?: number
  readonly name: string
  readonly direction: 'none' | 'in' | 'out'
  /** CDB usage: byte 0 is the opcode; a set bit outside the mask is INVALID FIELD IN CDB. GROUP NUMBER
   *  is a hint and free everywhere. Source: SPC-4 §6.35.3. */
  readonly mask: Uint8Array
  readonly start: (unit: Unit, task: ScsiTask) => Phase
  readonly access: AccessKind
  /** Runs while a unit attention waits. Source: SAM-5 §5.14. */
  readonly despiteAttention: boolean
}

interface RowOptions {
  readonly serviceAction?: number
  readonly access?: AccessKind
  readonly despiteAttention?: boolean
}

function row(
  opcode: number,
  name: string,
  direction: CommandRow['direction'],
  mask: string,
  start: CommandRow['start'],
  o: RowOptions = {},
): CommandRow {
  return {
    opcode,
    name,
    direction,
    mask: fromHex(mask),
    start,
    access: o.access ?? (direction === 'out' ? 'write' : 'read'),
    despiteAttention: o.despiteAttention ?? false,
    ...(o.serviceAction === undefined ? {} : { serviceAction: o.serviceAction }),
  }
}

const ALWAYS = { access: 'always' } as const
const QUIET = { access: 'always', despiteAttention: true } as const

/** Every command of a disk. What is not here is INVALID COMMAND OPERATION CODE. */
export const COMMANDS: readonly CommandRow[] = [
  row(0x00, 'TEST UNIT READY', 'none', '00 00 00 00 00 00', control.testUnitReady),
  row(0x03, 'REQUEST SENSE', 'in', '03 01 00 00 ff 00', control.requestSense, QUIET),
  row(0x08, 'READ(6)', 'in', '08 1f ff ff ff 00', block.read),
  row(0x0a, 'WRITE(6)', 'out', '0a 1f ff ff ff 00', block.write),
  row(0x12, 'INQUIRY', 'in', '12 01 ff ff ff 00', control.inquiry, QUIET),
  row(0x15, 'MODE SELECT(6)', 'out', '15 11 00 00 ff 00', control.modeSelect),
  row(0x16, 'RESERVE(6)', 'none', '16 00 00 00 00 00', control.reserve6, ALWAYS),
  row(0x17, 'RELEASE(6)', 'none', '17 00 00 00 00 00', control.release6, ALWAYS),
  row(0x1a, 'MODE SENSE(6)', 'in', '1a 08 ff ff ff 00', control.modeSense),
  row(0x1b, 'START STOP UNIT', 'none', '1b 01 00 0f f7 00', control.startStopUnit, { access: 'write' }),
  row(0x1e, 'PREVENT ALLOW MEDIUM REMOVAL', 'none', '1e 00 00 00 03 00', control.preventAllowMediumRemoval),
  row(0x25, 'READ CAPACITY(10)', 'in', '25 00 00 00 00 00 00 00 00 00', control.readCapacity10, ALWAYS),
  row(0x28, 'READ(10)', 'in', '28 18 ff ff ff ff 1f ff ff 00', block.read),
  row(0x2a, 'WRITE(10)', 'out', '2a 18 ff ff ff ff 1f ff ff 00', block.write),
  row(0x2e, 'WRITE AND VERIFY(10)', 'out', '2e 16 ff ff ff ff 1f ff ff 00', block.writeAndVerify),
  row(0x2f, 'VERIFY(10)', 'out', '2f 16 ff ff ff ff 1f ff ff 00', block.verify, { access: 'read' }),
  row(0x34, 'PRE-FETCH(10)', 'none', '34 02 ff ff ff ff 1f ff ff 00', block.prefetch, { access: 'read' }),
  row(0x35, 'SYNCHRONIZE CACHE(10)', 'none', '35 06 ff ff ff ff 1f ff ff 00', block.synchronizeCache, {
    access: 'write',
  }),
  row(0x41, 'WRITE SAME(10)', 'out', '41 18 ff ff ff ff 1f ff ff 00', block.writeSame),
  row(0x42, 'UNMAP', 'out', '42 00 00 00 00 00 00 ff ff 00', block.unmap),
  row(0x55, 'MODE SELECT(10)', 'out', '55 11 00 00 00 00 00 ff ff 00', control.modeSelect),
  row(0x5a, 'MODE SENSE(10)', 'in', '5a 18 ff ff 00 00 00 ff ff 00', control.modeSense),
  row(0x5e, 'PERSISTENT RESERVE IN', 'in', '5e 1f 00 00 00 00 00 ff ff 00', control.persistentReserveIn, ALWAYS),
  row(0x5f, 'PERSISTENT RESERVE OUT', 'out', '5f 1f ff 00 00 ff ff ff ff 00', control.persistentReserveOut, ALWAYS),
  row(0x88, 'READ(16)', 'in', '88 18 ff ff ff ff ff ff ff ff ff ff ff ff 1f 00', block.read),
  row(0x89, 'COMPARE AND WRITE', 'out', '89 18 ff ff ff ff ff ff ff ff 00 00 00 ff 00 00', block.compareAndWrite),
  row(0x8a, 'WRITE(16)', 'out', '8a 18 ff ff ff ff ff ff ff ff ff ff ff ff 1f 00', block.write),
  row(0x8b, 'ORWRITE(16)', 'out', '8b 18 ff ff ff ff ff ff ff ff ff ff ff ff 1f 00', block.orWrite),
  row(0x8e, 'WRITE AND VERIFY(16)', 'out', '8e 16 ff ff ff ff ff ff ff ff ff ff ff ff 1f 00', block.writeAndVerify),
  row(0x8f, 'VERIFY(16)', 'out', '8f 16 ff ff ff ff ff ff ff ff ff ff ff ff 1f 00', block.verify, { access: 'read' }),
  row(0x90, 'PRE-FETCH(16)', 'none', '90 02 ff ff ff ff ff ff ff ff ff ff ff ff 1f 00', block.prefetch, {
    access: 'read',
  }),
  row(
    0x91,
    'SYNCHRONIZE CACHE(16)',
    'none',
    '91 06 ff ff ff ff ff ff ff ff ff ff ff ff 1f 00',
    block.synchronizeCache,
    {
      access: 'write',
    },
  ),
  row(0x93, 'WRITE SAME(16)', 'out', '93 19 ff ff ff ff ff ff ff ff ff ff ff ff 1f 00', block.writeSame),
  row(0x9e, 'READ CAPACITY(16)', 'in', '9e 1f 00 00 00 00 00 00 00 00 ff ff ff ff 00 00', control.readCapacity16, {
    serviceAction: 0x10,
    access: 'always',
  }),
  row(0x9e, 'GET LBA STATUS', 'in', '9e 1f ff ff ff ff ff ff ff ff ff ff ff ff 00 00', block.getLbaStatus, {
    serviceAction: 0x12,
  }),
  row(0xa0, 'REPORT LUNS', 'in', 'a0 00 ff 00 00 00 ff ff ff ff 00 00', control.reportLuns, QUIET),
  row(0xa3, 'REPORT SUPPORTED OPERATION CODES', 'in', 'a3 1f 87 ff ff ff ff ff ff ff 00 00', reportSupportedOpcodes, {
    serviceAction: 0x0c,
    access: 'always',
  }),
  row(0xa3, 'REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS', 'in', 'a3 1f 80 00 00 00 ff ff ff ff 00 00', reportTmf, {
    serviceAction: 0x0d,
    access: 'always',
  }),
  row(0xa8, 'READ(12)', 'in', 'a8 18 ff ff ff ff ff ff ff ff 1f 00', block.read),
  row(0xaa, 'WRITE(12)', 'out', 'aa 18 ff ff ff ff ff ff ff ff 1f 00', block.write),
  row(0xae, 'WRITE AND VERIFY(12)', 'out', 'ae 16 ff ff ff ff ff ff ff ff 1f 00', block.writeAndVerify),
  row(0xaf, 'VERIFY(12)', 'out', 'af 16 ff ff ff ff ff ff ff ff 1f 00', block.verify, { access: 'read' }),
]

/** Rows by operation code. */
export const COMMANDS_BY_OPCODE: readonly (readonly CommandRow[] | undefined)[] = Array.from(
  { length: 256 },
  (_, i) => {
    const rows = COMMANDS.filter((r) => r.opcode === i)
    return rows.length > 0 ? rows : undefined
  },
)

/** The row of a CDB whose opcode is known, by its service action where there are several. */
export function findRow(cdb: Uint8Array): CommandRow | undefined {
  return rowOf(cdb[0]!, cdb[1]! & 0x1f)
}
function rowOf(opcode: number, serviceAction: number): CommandRow | undefined {
  return COMMANDS_BY_OPCODE[opcode]?.find((r) => r.serviceAction === undefined || r.serviceAction === serviceAction)
}

/** UNMAP is a command of thin disks only. */
const offered = (unit: Unit, r: CommandRow): boolean => r.opcode !== 0x42 || unit.facts.thin

/** Timeouts descriptor: 12 bytes, nothing stated. Source: SPC-4 §6.35.4. */
const TIMEOUTS_LENGTH = 12
function putTimeouts(b: Uint8Array, at: number): void {
  putU16be(b, at, TIMEOUTS_LENGTH - 2)
}

/** Source: SPC-4 §6.35. */
function reportSupportedOpcodes(unit: Unit, task: ScsiTask): Phase {
  const RCTD = 0x80
  const CTDP = 0x80
  const timeouts = (task.cdb[2]! & RCTD) !== 0
  const option = task.cdb[2]! & 0x07
  const opcode = task.cdb[3]!
  const serviceAction = u16be(task.cdb, 4)
  const allocationLength = u32be(task.cdb, 6)
  if (option === 0) return task.answer(allCommands(unit, timeouts), allocationLength)
  if (option > 3) return task.invalidField()
  const rows = COMMANDS_BY_OPCODE[opcode]?.filter((r) => offered(unit, r))
  const withActions = rows?.some((r) => r.serviceAction !== undefined) ?? false
  if (rows && option === 1 && withActions) return task.invalidField()
  if (rows && option === 2 && !withActions) return task.invalidField()
  const found = withActions ? rows?.find((r) => r.serviceAction === serviceAction) : rows?.[0]
  const usable = found && (option !== 3 || withActions || serviceAction === 0) ? found : undefined
  const size = usable ? usable.mask.length : 0
  const b = new Uint8Array(4 + size + (usable && timeouts ? TIMEOUTS_LENGTH : 0))
  b[1] = (usable && timeouts ? CTDP : 0) | (usable ? 0x03 : 0x01)
  putU16be(b, 2, size)
  if (usable) {
    b.set(usable.mask, 4)
    if (usable.serviceAction !== undefined) b[5] = usable.serviceAction
    if (timeouts) putTimeouts(b, 4 + size)
  }
  return task.answer(b, allocationLength)
}

function allCommands(unit: Unit, timeouts: boolean): Uint8Array {
  const SERVACTV = 0x01
  const CTDP = 0x02
  const rows = COMMANDS.filter((r) => offered(unit, r))
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

/** Abort task, abort task set, clear task set, logical unit reset, target reset. Source: SPC-4 §6.36. */
function reportTmf(_unit: Unit, task: ScsiTask): Phase {
  const REPD = 0x80
  const ATS = 0x80 | 0x40 | 0x10 | 0x08 | 0x02
  const extended = (task.cdb[2]! & REPD) !== 0
  const b = new Uint8Array(extended ? 16 : 4)
  b[0] = ATS
  if (extended) b[3] = 0x0c
  return task.answer(b, u32be(task.cdb, 6))
}
