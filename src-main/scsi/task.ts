import { CDB_LENGTH } from './cdb.ts'
import { invalidCdbByte, SENSE, STATUS, type Sense } from './sense.ts'

/** One path from an initiator port to a logical unit. Source: SAM-5 §4.6. */
export interface Nexus {
  /** Initiator port name; outlives the session in reservations. */
  readonly portName: string
  /** Writes must be durable before they are acknowledged: boot loaders never flush. */
  readonly writeThrough: boolean
  /** LUN fields of all units of the target, for REPORT LUNS. */
  readonly lunFields: readonly Uint8Array[]
  /** Unit attentions not yet told, oldest first. */
  readonly attentions: Sense[]
  /** Aborts this nexus' tasks on the unit: another one reset it or preempted it. The promise, if any, resolves when the device
   *  has let go of them; until then a write of theirs may still land. */
  readonly abortTasks: () => Promise<void> | undefined
}

/** What is to happen next with a task. */
export const PHASE = {
  /** Status (and dataIn) are set. */
  done: 0,
  /** `blocks` blocks from `lba` on go to the initiator; then GOOD. */
  read: 1,
  /** `dataOutLength` bytes are wanted; then `run`. */
  dataOut: 2,
  /** `run` without data. */
  work: 3,
} as const
export type Phase = (typeof PHASE)[keyof typeof PHASE]

/** A command on its way through a logical unit. Connections reuse these: `reset` before each use. */
export class ScsiTask {
  readonly cdb = new Uint8Array(CDB_LENGTH)
  nexus!: Nexus
  status: number = STATUS.good
  sense: Sense | undefined
  dataIn: Uint8Array | undefined
  /** Of PHASE.read and of writes. */
  lba = 0
  blocks = 0
  /** Bytes of data-out the initiator announced. */
  expectedDataOut = 0
  /** Bytes the CDB asks for. */
  dataOutLength = 0
  /** What runs in PHASE.dataOut and PHASE.work. */
  runner: Runner | undefined
  /** The device does nothing for it: it waits until the aborted tasks of others have ended. */
  waitsForOthers = false

  /** Forgets the last use and takes the CDB that lies at `at` of `bytes`. */
  reset(nexus: Nexus, bytes: Uint8Array, at: number, expectedDataOut: number): void {
    this.nexus = nexus
    this.expectedDataOut = expectedDataOut
    const cdb = this.cdb
    for (let i = 0; i < CDB_LENGTH; i++) cdb[i] = bytes[at + i]!
    this.status = STATUS.good
    this.sense = undefined
    this.dataIn = undefined
    this.lba = 0
    this.blocks = 0
    this.dataOutLength = 0
    this.runner = undefined
    this.waitsForOthers = false
  }

  /** Ends with CHECK CONDITION. */
  check(sense: Sense): Phase {
    this.status = STATUS.checkCondition
    this.sense = sense
    return PHASE.done
  }
  /** @param byte of the CDB that is wrong, where it is one. */
  invalidField(byte?: number): Phase {
    return this.check(byte === undefined ? SENSE.invalidFieldInCdb : invalidCdbByte(byte))
  }
  conflict(): Phase {
    this.status = STATUS.reservationConflict
    return PHASE.done
  }
  /** Ends GOOD with parameter data, cut to the allocation length. */
  answer(data: Uint8Array, allocationLength: number): Phase {
    this.dataIn = data.length > allocationLength ? data.subarray(0, allocationLength) : data
    return PHASE.done
  }
}

/** The second half of a command; `pieces` are its data-out, borrowed until it is done. Errors of the device pass. */
export type Runner = (task: ScsiTask, pieces: readonly Uint8Array[]) => void | Promise<void>
