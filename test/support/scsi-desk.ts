import { fromHex, toHex } from '../../src-main/base/bytes.ts'
import { lunField } from '../../src-main/iscsi/pdu/bhs.ts'
import type { LogicalUnit } from '../../src-main/scsi/logical-unit.ts'
import type { CommandRow } from '../../src-main/scsi/command-row.ts'
import { PHASE, ScsiTask, type Nexus } from '../../src-main/scsi/task.ts'

export interface Outcome {
  readonly status: number
  /** `key/asc/ascq` in hex, or nothing. */
  readonly sense: string
  /** Byte of the CDB or the list that the sense names. */
  readonly field: number | undefined
  readonly data: Uint8Array
}

/** Drives a logical unit by CDBs, without iSCSI. */
export class ScsiDesk {
  readonly unit: LogicalUnit
  /** Whose tasks were aborted, in order. */
  readonly aborted: string[] = []

  constructor(unit: LogicalUnit) {
    this.unit = unit
  }

  /** @param attentions keep the unit attention that every new nexus has. */
  attach(portName: string, o: { readonly attentions?: boolean; readonly writeThrough?: boolean } = {}): Nexus {
    const nexus = this.unit.attach({
      portName,
      writeThrough: o.writeThrough ?? false,
      lunFields: [lunField(0)],
      abortTasks: () => {
        this.aborted.push(portName)
        return undefined
      },
    })
    if (!o.attentions) nexus.attentions.length = 0
    return nexus
  }

  /** Runs a CDB to its end. `out` is its data-out; reads give their blocks. */
  async run(nexus: Nexus, cdb: string, out: Uint8Array = new Uint8Array(0)): Promise<Outcome> {
    const bytes = new Uint8Array(16)
    bytes.set(fromHex(cdb))
    const task = new ScsiTask()
    task.reset(nexus, bytes, 0, out.length)
    const phase = this.unit.start(task)
    let read: Uint8Array | undefined
    if (phase === PHASE.read) {
      read = new Uint8Array(task.blocks * this.unit.blockSize)
      try {
        await this.unit.read(task, 0, read)
      } catch (e) {
        this.unit.fail(task, e)
      }
    } else if (phase !== PHASE.done) {
      await this.unit.run(task, phase === PHASE.dataOut ? [out.slice(0, task.dataOutLength)] : [])
    }
    const s = task.sense
    const sense = s ? [s.key, s.asc, s.ascq].map((n) => n.toString(16).padStart(2, '0')).join('/') : ''
    return { status: task.status, sense, field: s?.field?.byte, data: read ?? task.dataIn ?? new Uint8Array(0) }
  }
}

/** A CDB for each byte of a row that has bits of nobody: with the lowest of these set. */
export function foreignBits<U>(row: CommandRow<U>): readonly { readonly cdb: string; readonly field: number }[] {
  return [...row.mask.keys()].slice(1).flatMap((field) => {
    const foreign = ~row.mask[field]! & 0xff
    if (foreign === 0) return []
    const cdb = new Uint8Array(row.mask.length)
    cdb[0] = row.opcode
    if (row.serviceAction !== undefined) cdb[1] = row.serviceAction
    cdb[field]! |= foreign & -foreign
    return [{ cdb: toHex(cdb), field }]
  })
}
