import { fromHex } from '../base/bytes.ts'
import type { AccessKind } from './reservation.ts'
import { SENSE } from './sense.ts'
import type { Phase, ScsiTask } from './task.ts'

/** One supported command of a kind of unit. */
export interface CommandRow<U> {
  readonly opcode: number
  /** Given when the opcode has several commands. Low five bits of byte 1. */
  readonly serviceAction: number | undefined
  readonly name: string
  readonly direction: 'none' | 'in' | 'out'
  /** CDB usage: byte 0 is the opcode; a set bit outside the mask is INVALID FIELD IN CDB. GROUP NUMBER
   *  is a hint and free everywhere. Source: SPC-4 §6.35.3. */
  readonly mask: Uint8Array
  readonly start: (unit: U, task: ScsiTask) => Phase
  readonly access: AccessKind
  /** Runs while a unit attention waits. Source: SAM-5 §5.14. */
  readonly despiteAttention: boolean
  /** Runs while a sanitize operation does, or has failed. Source: SBC-3 Table 13. */
  readonly despiteSanitize: boolean
  /** Absent: every unit of the kind has the command. */
  readonly offered: ((unit: U) => boolean) | undefined
}

export interface RowOptions<U> {
  readonly serviceAction?: number
  readonly access?: AccessKind
  readonly despiteAttention?: boolean
  readonly despiteSanitize?: boolean
  readonly offered?: (unit: U) => boolean
}

export const ALWAYS = { access: 'always' } as const
export const QUIET = { access: 'always', despiteAttention: true, despiteSanitize: true } as const

/** Rows of one kind of unit: `const row = rowsOf<Unit>()`. */
export function rowsOf<U>() {
  return (
    opcode: number,
    name: string,
    direction: CommandRow<U>['direction'],
    mask: string,
    start: CommandRow<U>['start'],
    o: RowOptions<U> = {},
  ): CommandRow<U> => ({
    opcode,
    name,
    direction,
    mask: fromHex(mask),
    start,
    access: o.access ?? (direction === 'out' ? 'write' : 'read'),
    despiteAttention: o.despiteAttention ?? false,
    despiteSanitize: o.despiteSanitize ?? false,
    serviceAction: o.serviceAction,
    offered: o.offered,
  })
}

/** The rows of a kind of unit, by operation code. */
export class CommandTable<U> {
  readonly rows: readonly CommandRow<U>[]
  readonly byOpcode: readonly (readonly CommandRow<U>[] | undefined)[]

  constructor(rows: readonly CommandRow<U>[]) {
    this.rows = rows
    this.byOpcode = Array.from({ length: 256 }, (_, i) => {
      const found = rows.filter((r) => r.opcode === i)
      return found.length > 0 ? found : undefined
    })
  }
  /** The row of a CDB whose opcode is known, by its service action where there are several. */
  find(cdb: Uint8Array): CommandRow<U> | undefined {
    const serviceAction = cdb[1]! & 0x1f
    return this.byOpcode[cdb[0]!]?.find((r) => r.serviceAction === undefined || r.serviceAction === serviceAction)
  }
  /** The row of the task's CDB when it may run as far as the CDB and unit attentions go; else the task has its status. */
  admit(unit: U, task: ScsiTask): CommandRow<U> | undefined {
    const cdb = task.cdb
    const rows = this.byOpcode[cdb[0]!]
    if (!rows) {
      task.check(SENSE.invalidOperationCode)
      return undefined
    }
    const row = rows.length === 1 && rows[0]!.serviceAction === undefined ? rows[0]! : this.find(cdb)
    if (!row) {
      // An opcode that the unit has no command of is unknown, whatever follows it.
      if (rows.some((r) => r.offered?.(unit) ?? true)) task.invalidField(1)
      else task.check(SENSE.invalidOperationCode)
      return undefined
    }
    const mask = row.mask
    for (let i = 1; i < mask.length; i++) {
      if ((cdb[i]! & ~mask[i]!) !== 0) {
        task.invalidField(i)
        return undefined
      }
    }
    if (task.nexus.attentions.length > 0 && !row.despiteAttention) {
      task.check(task.nexus.attentions.shift()!)
      return undefined
    }
    return row
  }
  offeredTo(unit: U): CommandRow<U>[] {
    return this.rows.filter((r) => r.offered?.(unit) ?? true)
  }
}
