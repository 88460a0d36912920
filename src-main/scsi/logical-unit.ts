import { toAppError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import type { BlockDevice } from '../disks/block-device.ts'
import { runWrite } from './block-commands.ts'
import { DISK_COMMANDS } from './command-table.ts'
import { encodeStandardInquiry, NO_DEVICE } from './inquiry.ts'
import { DEFAULT_MODE_STATE, type ModeState } from './mode-pages.ts'
import { encodeReportLuns } from './report-luns.ts'
import { Nexuses } from './nexuses.ts'
import { Reservations, type ReservationKeeper } from './reservation.ts'
import { encodeFixedSense, SENSE, type Sense } from './sense.ts'
import { PHASE, type Nexus, type Phase, type ScsiTask } from './task.ts'
import type { Sanitizing, Unit } from './unit.ts'
import type { VpdFacts } from './vpd.ts'
import { u16be, u32be } from '../base/bytes.ts'

export interface LogicalUnitIdentity {
  /** VPD 80h; unique and the same for ever. */
  readonly serial: string
  /** NAA designator of VPD 83h: 16 hex digits that begin with 2, 3 or 5, or 32 that begin with 6. */
  readonly naa: string
  /** At most 16 characters of INQUIRY. */
  readonly product?: string
}

export interface LogicalUnitOptions {
  readonly device: BlockDevice
  readonly identity: LogicalUnitIdentity
  readonly logger: Logger
  /** Absent: persistent reservations end with the unit. */
  readonly reservations?: ReservationKeeper
  /** Bytes; 4096 unless said. */
  readonly physicalBlock?: number
}

/** What initiators see behind a LUN: executes commands. */
export interface LogicalUnit {
  readonly blockSize: number
  readonly blockCount: number
  /** D_SENSE: CHECK CONDITION carries sense data in descriptor format. */
  readonly descriptorSense: boolean
  /** `abortTasks` is called when another nexus resets the unit. The new nexus has one unit attention, 29/00. */
  attach(who: Omit<Nexus, 'attentions'>): Nexus
  detach(nexus: Nexus): void
  /** Looks at the CDB of a task that was `reset`. */
  start(task: ScsiTask): Phase
  /** PHASE.read: fills `into` with whole blocks, from block `firstBlock` of the task on. */
  read(task: ScsiTask, firstBlock: number, into: Uint8Array): void | Promise<void>
  /** PHASE.dataOut and PHASE.work. Never throws or rejects: failures become the task's status. */
  run(task: ScsiTask, pieces: readonly Uint8Array[]): void | Promise<void>
  /** Turns what `read` threw into the task's status. */
  fail(task: ScsiTask, thrown: unknown): void
  /** LOGICAL UNIT RESET and target resets: all tasks of all nexuses end, RESERVE(6) ends, everybody is told. The promise, if
   *  any, resolves when the device works on none of them any more. */
  reset(): Promise<void> | undefined
  /** CLEAR TASK SET: the tasks of all other nexuses end. The promise is that of `reset`. */
  clearOthers(by: Nexus): Promise<void> | undefined
}

/** Largest transfer of one command. It bounds what a write gathers in memory. */
const MAXIMUM_TRANSFER_BYTES = 32 * 1024 * 1024
const MAXIMUM_UNMAP_BLOCKS = 1024 * 1024
const OPTIMAL_TRANSFER_BYTES = 1024 * 1024
const PHYSICAL_BLOCK = 4096
/** START STOP UNIT, SYNCHRONIZE CACHE, SANITIZE, WRITE SAME with NDOB: what fails there is a write. */
const WRITES_WITHOUT_DATA: readonly number[] = [0x1b, 0x35, 0x91, 0x48, 0x93]

class DiskUnit implements LogicalUnit, Unit {
  readonly device: BlockDevice
  readonly blockSize: number
  readonly blockCount: number
  readonly logger: Logger
  readonly facts: VpdFacts
  /** log2 of logical blocks per physical block. */
  readonly physicalExponent: number
  readonly reservations: Reservations
  mode: ModeState = DEFAULT_MODE_STATE
  readonly runWrite = runWrite(this)
  readonly #nexuses = new Nexuses()
  sanitizing: Sanitizing = 'no'
  /** Writes that wait for the device; read-modify-write commands let them end first. */
  readonly #running = new Set<Promise<void>>()
  /** Set while a read-modify-write command runs: writes wait for it. */
  #exclusive: Promise<void> | undefined

  constructor(o: LogicalUnitOptions) {
    this.device = o.device
    this.logger = o.logger.child({ component: 'scsi.logical-unit' })
    this.blockSize = o.device.blockSize
    this.blockCount = o.device.blockCount
    this.reservations = new Reservations(o.reservations)
    const physicalBlock = Math.max(o.physicalBlock ?? PHYSICAL_BLOCK, this.blockSize)
    this.physicalExponent = Math.log2(physicalBlock / this.blockSize)
    const blocks = (bytes: number): number => bytes / this.blockSize
    this.facts = {
      serial: o.identity.serial,
      naa: o.identity.naa,
      product: o.identity.product ?? 'VIRTUAL DISK',
      thin: o.device.canPunch && !o.device.readOnly,
      maximumTransferLength: blocks(MAXIMUM_TRANSFER_BYTES),
      optimalTransferLength: blocks(OPTIMAL_TRANSFER_BYTES),
      maximumUnmapBlocks: Math.min(MAXIMUM_UNMAP_BLOCKS, this.blockCount),
      maximumUnmapDescriptors: 256,
      maximumWriteSameLength: Math.min(0xffffffff, this.blockCount),
      unmapGranularity: blocks(physicalBlock),
      maximumCompareAndWriteLength: 255,
      erasable: o.device.erase !== undefined && !o.device.readOnly,
    }
  }

  get writeProtected(): boolean {
    return this.device.readOnly || this.mode.softwareWriteProtect
  }
  get descriptorSense(): boolean {
    return this.mode.descriptorSense
  }

  attach(who: Omit<Nexus, 'attentions'>): Nexus {
    return this.#nexuses.attach(who)
  }
  detach(nexus: Nexus): void {
    this.#nexuses.detach(nexus)
    this.reservations.dropSimple(nexus.portName)
  }

  start(task: ScsiTask): Phase {
    const row = DISK_COMMANDS.admit(this, task)
    if (!row) return PHASE.done
    if (!this.reservations.idle && this.reservations.conflicts(task.nexus.portName, row.access)) return task.conflict()
    if (row.offered && !row.offered(this)) {
      return task.check(this.device.readOnly ? SENSE.writeProtected : SENSE.invalidOperationCode)
    }
    if (this.sanitizing !== 'no' && !row.despiteSanitize) {
      return task.check(this.sanitizing === 'running' ? SENSE.sanitizeInProgress : SENSE.sanitizeCommandFailed)
    }
    return row.start(this, task)
  }

  read(task: ScsiTask, firstBlock: number, into: Uint8Array): void | Promise<void> {
    return this.device.read(task.lba + firstBlock, into)
  }

  run(task: ScsiTask, pieces: readonly Uint8Array[]): void | Promise<void> {
    try {
      const waiting = task.runner!(task, pieces)
      if (waiting) return waiting.catch((thrown: unknown) => this.fail(task, thrown))
    } catch (thrown) {
      this.fail(task, thrown)
    }
  }

  fail(task: ScsiTask, thrown: unknown): void {
    const e = toAppError(thrown)
    const writing = task.dataOutLength > 0 || WRITES_WITHOUT_DATA.includes(task.cdb[0]!)
    task.dataIn = undefined
    switch (e.code) {
      case 'disk.full':
        task.check(SENSE.spaceAllocationFailed)
        break
      case 'disk.readOnly':
        task.check(SENSE.writeProtected)
        break
      case 'disk.io':
        task.check(writing ? SENSE.writeError : SENSE.unrecoveredReadError)
        break
      case 'disk.closed':
        task.check(SENSE.notReadyBecomingReady)
        break
      default:
        task.check(SENSE.internalTargetFailure)
    }
    this.logger.error({ code: e.code, err: e, lba: task.lba, blocks: task.blocks }, `a command failed: ${e.message}`)
  }

  reset(): Promise<void> | undefined {
    this.reservations.dropSimple()
    this.mode = DEFAULT_MODE_STATE
    return this.#nexuses.reset()
  }
  clearOthers(by: Nexus): Promise<void> | undefined {
    return this.#nexuses.clearOthers(by)
  }
  endTasksOf(portNames: readonly string[]): Promise<void> | undefined {
    return this.#nexuses.endTasksOf(portNames)
  }
  attentionTo(portNames: readonly string[], sense: Sense): void {
    this.#nexuses.attentionTo(portNames, sense)
  }
  attentionToOthers(by: Nexus, sense: Sense): void {
    this.#nexuses.attentionToOthers(by, sense)
  }

  write(lba: number, pieces: readonly Uint8Array[]): void | Promise<void> {
    if (this.#exclusive) return this.#exclusive.then(() => this.write(lba, pieces))
    const waiting = this.device.write(lba, pieces)
    if (waiting) return this.#track(waiting)
  }
  zero(lba: number, blocks: number): void | Promise<void> {
    if (this.#exclusive) return this.#exclusive.then(() => this.zero(lba, blocks))
    const waiting = this.device.zero(lba, blocks)
    if (waiting) return this.#track(waiting)
  }
  #track(waiting: Promise<void>): Promise<void> {
    const forget = (): void => {
      this.#running.delete(waiting)
    }
    this.#running.add(waiting)
    waiting.then(forget, forget)
    return waiting
  }
  async exclusively(work: () => Promise<void>): Promise<void> {
    while (this.#exclusive) await this.#exclusive
    const turn = (async () => {
      await Promise.allSettled([...this.#running])
      await work()
    })()
    this.#exclusive = turn.then(
      () => {
        this.#exclusive = undefined
      },
      () => {
        this.#exclusive = undefined
      },
    )
    await turn
  }

  async flush(): Promise<void> {
    await this.device.flush()
  }

  async sanitize(): Promise<void> {
    this.sanitizing = 'running'
    try {
      await this.exclusively(() => this.device.erase!())
      this.sanitizing = 'no'
    } catch (thrown) {
      this.sanitizing = 'failed'
      throw thrown
    }
  }
  exitSanitizeFailure(): void {
    if (this.sanitizing === 'failed') this.sanitizing = 'no'
  }
}

export function createLogicalUnit(o: LogicalUnitOptions): LogicalUnit {
  return new DiskUnit(o)
}

/** Commands to a LUN that has no unit: the few that must be answered are. Source: SPC-4 §6.4.2, SAM-5 §5.11. */
export function startOnMissingUnit(task: ScsiTask): Phase {
  const cdb = task.cdb
  switch (cdb[0]) {
    case 0x12:
      if ((cdb[1]! & 1) !== 0) return task.invalidField()
      return task.answer(encodeStandardInquiry({ product: '', peripheral: NO_DEVICE }), u16be(cdb, 3))
    case 0xa0:
      return task.answer(encodeReportLuns(task.nexus.lunFields), u32be(cdb, 6))
    case 0x03:
      return task.answer(encodeFixedSense(SENSE.logicalUnitNotSupported), cdb[4]!)
    default:
      return task.check(SENSE.logicalUnitNotSupported)
  }
}
