import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { toAppError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { BlockDevice } from '../../disks/block-device.ts'
import type { DiskRecord } from '../../disks/disk-record.ts'
import { openRawDevice } from '../../disks/raw-device.ts'
import type { LogicalUnit } from '../../scsi/logical-unit.ts'
import { createOpticalUnit } from '../../scsi/optical/optical-unit.ts'

interface OpenMedium {
  /** Path, length and date: another file under the same name is another medium. */
  readonly stamp: string
  /** Absent: the file cannot be opened. */
  readonly device: BlockDevice | undefined
  /** By system disk: what one PC ejects stays in for the others. */
  readonly units: Map<string, LogicalUnit>
  /** Opened for a login that has not asked again yet: a file that still grows must not keep it waiting for ever. */
  fresh: boolean
}

/** Installation media that PCs see as a CD drive beside their disk. A medium that cannot be read must not keep a PC from
 *  starting: it comes without the drive, and the log says why. */
export class MediaDrives {
  readonly #open = new Map<string, OpenMedium>()
  readonly #devices = new Set<BlockDevice>()
  readonly #logger: Logger

  constructor(logger: Logger) {
    this.#logger = logger.child({ component: 'engine.media-drives' })
  }

  /** The drive of the PC that starts from `system`; a promise, which never rejects, while the file is being opened. */
  unitFor(system: DiskRecord, path: string): LogicalUnit | undefined | Promise<void> {
    const stamp = stampOf(path)
    const open = this.#open.get(path)
    if (!open || (open.stamp !== stamp && !open.fresh)) return this.#openMedium(path, stamp)
    open.fresh = false
    if (!open.device) return undefined
    const known = open.units.get(system.name)
    if (known) return known
    const unit = createOpticalUnit({ device: open.device, identity: identityOf(system), logger: this.#logger })
    open.units.set(system.name, unit)
    return unit
  }

  async #openMedium(path: string, stamp: string): Promise<void> {
    let device: BlockDevice | undefined
    try {
      device = await openRawDevice(path, { readOnly: true })
      this.#devices.add(device)
    } catch (thrown) {
      const { code, message } = toAppError(thrown)
      this.#logger.warn({ code, path }, `an installation medium cannot be given to a PC: ${message}`)
    }
    // What was open under this name stays open for the sessions that read it.
    this.#open.set(path, { stamp, device, units: new Map(), fresh: true })
  }

  async closeAll(): Promise<void> {
    this.#open.clear()
    for (const device of this.#devices) await device.close()
    this.#devices.clear()
  }
}

function stampOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  return found ? `${found.size} ${found.mtimeMs}` : 'none'
}

/** Belongs to the system disk, as stable and unique as that. */
function identityOf(system: DiskRecord): { readonly serial: string; readonly naa: string } {
  const hash = createHash('sha256').update(`medium drive of ${system.naa}`).digest('hex')
  return { serial: `CD${hash.slice(0, 14).toUpperCase()}`, naa: `3${hash.slice(0, 15)}` }
}
