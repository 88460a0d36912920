import { AppError, toAppError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { BlockDevice } from '../../disks/block-device.ts'
import type { LogicalUnit, LogicalUnitIdentity } from '../logical-unit.ts'
import { Nexuses } from '../nexuses.ts'
import { SENSE } from '../sense.ts'
import { PHASE, type Nexus, type Phase, type ScsiTask } from '../task.ts'
import { OPTICAL_COMMANDS, type OpticalDrive } from './commands.ts'
import { MEDIA_EVENT, SECTOR } from './format.ts'

const MAXIMUM_TRANSFER_BYTES = 4 * 1024 * 1024

/** A drive with an ISO in it, read-only. Its tray is closed again when a PC comes that nobody was before. */
class OpticalUnit implements LogicalUnit, OpticalDrive {
  readonly blockSize = SECTOR
  readonly blockCount: number
  readonly descriptorSense = false
  readonly maximumTransferLength = MAXIMUM_TRANSFER_BYTES / SECTOR
  readonly serial: string
  readonly naa: string
  readonly product: string
  loaded = true
  readonly #device: BlockDevice
  readonly #perSector: number
  readonly #logger: Logger
  readonly #nexuses = new Nexuses()
  /** Media events that each has not asked for yet: the last one is what counts. */
  readonly #events = new Map<Nexus, number>()
  readonly #preventing = new Set<Nexus>()

  constructor(o: OpticalUnitOptions) {
    this.#device = o.device
    this.#perSector = SECTOR / o.device.blockSize
    if (this.#perSector < 1) throw new AppError('bug', 'the blocks of an ISO are larger than its sectors')
    this.#logger = o.logger.child({ component: 'scsi.optical' })
    this.blockCount = Math.ceil(o.device.blockCount / this.#perSector)
    this.serial = o.identity.serial
    this.naa = o.identity.naa
    this.product = o.identity.product ?? 'VIRTUAL CD-ROM'
  }

  attach(who: Omit<Nexus, 'attentions'>): Nexus {
    if (this.#events.size === 0) this.loaded = true
    const nexus = this.#nexuses.attach(who)
    this.#events.set(nexus, MEDIA_EVENT.none)
    return nexus
  }
  detach(nexus: Nexus): void {
    this.#nexuses.detach(nexus)
    this.#events.delete(nexus)
    this.#preventing.delete(nexus)
  }

  get locked(): boolean {
    return this.#preventing.size > 0
  }
  prevent(by: Nexus, prevent: boolean): void {
    if (prevent) this.#preventing.add(by)
    else this.#preventing.delete(by)
  }
  moveTray(by: Nexus, closed: boolean): void {
    if (closed === this.loaded) return
    this.loaded = closed
    for (const nexus of this.#events.keys()) {
      this.#events.set(nexus, closed ? MEDIA_EVENT.newMedia : MEDIA_EVENT.removal)
      // Whoever reads next must look at the disc anew; the one that closed the tray, too. Source: MMC-6 §6.42.
      if (closed) this.#nexuses.attention(nexus, SENSE.mediumMayHaveChanged)
    }
    this.#logger.debug({ initiator: by.portName }, closed ? 'the tray was closed' : 'the disc was ejected')
  }
  takeEvent(of: Nexus): number {
    const event = this.#events.get(of) ?? MEDIA_EVENT.none
    this.#events.set(of, MEDIA_EVENT.none)
    return event
  }

  start(task: ScsiTask): Phase {
    const row = OPTICAL_COMMANDS.admit(this, task)
    return row ? row.start(this, task) : PHASE.done
  }

  read(task: ScsiTask, firstBlock: number, into: Uint8Array): void | Promise<void> {
    const lba = (task.lba + firstBlock) * this.#perSector
    const there = (this.#device.blockCount - lba) * this.#device.blockSize
    if (there >= into.length) return this.#device.read(lba, into)
    // The file ends within its last sector.
    into.fill(0, there)
    return this.#device.read(lba, into.subarray(0, there))
  }

  run(): never {
    throw new AppError('bug', 'no command of a CD drive has a second half')
  }
  fail(task: ScsiTask, thrown: unknown): void {
    const e = toAppError(thrown)
    task.check(e.code === 'disk.closed' ? SENSE.notReadyBecomingReady : SENSE.unrecoveredReadError)
    this.#logger.error({ code: e.code, err: e, lba: task.lba, blocks: task.blocks }, `a read failed: ${e.message}`)
  }

  reset(): Promise<void> | undefined {
    this.#preventing.clear()
    return this.#nexuses.reset()
  }
  clearOthers(by: Nexus): Promise<void> | undefined {
    return this.#nexuses.clearOthers(by)
  }
}

export interface OpticalUnitOptions {
  /** The ISO; blocks of 512 or 2048 bytes. */
  readonly device: BlockDevice
  readonly identity: LogicalUnitIdentity
  readonly logger: Logger
}
export function createOpticalUnit(o: OpticalUnitOptions): LogicalUnit {
  return new OpticalUnit(o)
}
