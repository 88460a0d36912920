import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, statfsSync, statSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../base/clock.ts'
import { AppError, toAppError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import { formatSize } from '../base/units.ts'
import { targetNameOf } from '../boot/names.ts'
import type { BlockDevice } from '../disks/block-device.ts'
import type { DiskRecord, DiskStore } from '../disks/disk-record.ts'
import { createRawDisk, openRawDevice } from '../disks/raw-device.ts'
import type { Target } from '../iscsi/target.ts'
import { createLogicalUnit } from '../scsi/logical-unit.ts'

const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,30}[a-z0-9])?$/
const BLOCK = 512
/** READ CAPACITY(16) could say more, but no file system of a client here would use it. */
const LARGEST = 64 * 2 ** 40

export interface OpenDisk {
  readonly record: DiskRecord
  readonly device: BlockDevice
  readonly target: Target
}

/** A disk's name as typed, checked and in lower case. Errors: disk.name. */
export function parseDiskName(text: string): string {
  const name = text.trim().toLowerCase()
  if (!NAME.test(name)) {
    throw new AppError('disk.name', `"${text}" cannot be a disk's name`, {
      hint: 'Use at most 32 letters, digits, dots and hyphens, for example win11.',
    })
  }
  return name
}

/** All disks of the data folder, and those that are open as targets. */
export class DiskLibrary {
  readonly folder: string
  readonly #store: DiskStore
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #records = new Map<string, DiskRecord>()
  readonly #open = new Map<string, OpenDisk>()
  readonly #broken = new Map<string, AppError>()

  constructor(folder: string, store: DiskStore, clock: Clock, logger: Logger) {
    this.folder = folder
    this.#store = store
    this.#clock = clock
    this.#logger = logger
    mkdirSync(folder, { recursive: true })
    for (const record of store.all()) this.#records.set(record.name, record)
  }

  all(): DiskRecord[] {
    return [...this.#records.values()].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  }
  /** Errors: disk.unknown. */
  find(text: string): DiskRecord {
    const record = this.#records.get(text.trim().toLowerCase())
    if (record) return record
    const names = this.all().map((d) => d.name)
    throw new AppError('disk.unknown', `there is no disk "${text}"`, {
      hint:
        names.length > 0
          ? `There are: ${names.slice(0, 10).join(', ')}.`
          : 'Make one first: bootlace disk create NAME --size 64G.',
    })
  }
  pathOf(record: DiskRecord): string {
    return join(this.folder, record.file)
  }
  /** Bytes the file takes on this host; 0 when it is gone. */
  realBytes(record: DiskRecord): number {
    const stat = statSync(this.pathOf(record), { throwIfNoEntry: false })
    return stat ? stat.blocks * 512 : 0
  }
  hostSpace(): { totalBytes: number; freeBytes: number } {
    const s = statfsSync(this.folder)
    return { totalBytes: s.blocks * s.bsize, freeBytes: s.bavail * s.bsize }
  }
  /** Why a disk cannot be served, if it cannot. */
  problemOf(record: DiskRecord): AppError | undefined {
    const known = this.#broken.get(record.name)
    if (known) return known
    if (this.#open.has(record.name) || existsSync(this.pathOf(record))) return undefined
    return missing(record, this.pathOf(record))
  }

  /** Opens every disk so that its first login need not wait. A broken one is remembered and does not stop the others. */
  async openAll(): Promise<void> {
    for (const record of this.all()) {
      try {
        await this.#openOne(record)
      } catch (thrown) {
        const error = toAppError(thrown)
        this.#broken.set(record.name, error)
        this.#logger.error(
          { component: 'engine.disks', disk: record.name, code: error.code },
          `disk ${record.name} cannot be served: ${error.message}`,
        )
      }
    }
  }
  opened(name: string): OpenDisk | undefined {
    return this.#open.get(name)
  }
  openedNames(): string[] {
    return [...this.#open.keys()]
  }

  /** Checks a new name and size before any byte is written. Errors: disk.name, disk.nameTaken, disk.size, disk.full. */
  checkNew(nameText: string, sizeBytes: number, needsBytes: number): string {
    const name = parseDiskName(nameText)
    if (this.#records.has(name) || existsSync(join(this.folder, `${name}.img`))) {
      throw new AppError('disk.nameTaken', `there is already a disk or file called ${name}`, {
        hint: 'Choose another name, or delete that disk first.',
      })
    }
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 2 ** 20 || sizeBytes > LARGEST) {
      throw new AppError('disk.size', `a disk cannot be ${formatSize(sizeBytes)}`, {
        hint: 'It can be from 1 MiB to 64 TiB, for example 64G.',
      })
    }
    const { freeBytes } = this.hostSpace()
    if (needsBytes > freeBytes) {
      throw new AppError(
        'disk.full',
        `this needs ${formatSize(needsBytes)}, but only ${formatSize(freeBytes)} are free in ${this.folder}`,
        {
          hint: 'Free some space, or start Bootlace with --data on a larger disk.',
        },
      )
    }
    return name
  }

  /** An empty disk, thin unless `fixed`. Errors: as checkNew, disk.io. */
  async create(nameText: string, size: number, fixed: boolean): Promise<DiskRecord> {
    const sizeBytes = Math.ceil(size / BLOCK) * BLOCK
    const name = this.checkNew(nameText, sizeBytes, fixed ? sizeBytes : 0)
    const file = `${name}.img`
    await createRawDisk(join(this.folder, file), sizeBytes, { fixed })
    return this.adopt(name, file, sizeBytes)
  }

  /** Takes a finished file of the disk folder in and opens it. */
  async adopt(name: string, file: string, sizeBytes: number): Promise<DiskRecord> {
    const record: DiskRecord = {
      name,
      file,
      format: 'raw',
      sizeBytes,
      serial: randomBytes(8).toString('hex').toUpperCase(),
      // NAA 3h, locally assigned: 60 random bits. Source: SPC-4 §7.8.6.6 (designation descriptors).
      naa: `3${randomBytes(8).toString('hex').slice(1)}`,
      createdMs: this.#clock.now(),
    }
    this.#store.add(record)
    this.#records.set(name, record)
    await this.#openOne(record)
    return record
  }

  /** Closes the disk and deletes its file. The caller has made sure that nobody uses it. */
  async remove(name: string): Promise<void> {
    const record = this.find(name)
    await this.#open.get(record.name)?.device.close()
    this.#open.delete(record.name)
    this.#broken.delete(record.name)
    // The record goes first: a file nobody knows wastes space, a record without its file is a broken disk.
    this.#store.remove(record.name)
    this.#records.delete(record.name)
    if (existsSync(this.pathOf(record))) unlinkSync(this.pathOf(record))
  }

  async closeAll(): Promise<void> {
    const results = await Promise.allSettled([...this.#open.values()].map((disk) => disk.device.close()))
    this.#open.clear()
    for (const result of results) {
      if (result.status === 'rejected')
        this.#logger.error(
          { component: 'engine.disks' },
          `a disk did not close cleanly: ${toAppError(result.reason).message}`,
        )
    }
  }

  async #openOne(record: DiskRecord): Promise<void> {
    const path = this.pathOf(record)
    if (!existsSync(path)) throw missing(record, path)
    const device = await openRawDevice(path, { readOnly: record.sealedMs !== undefined })
    const unit = createLogicalUnit({
      device,
      identity: { serial: record.serial, naa: record.naa },
      logger: this.#logger,
    })
    this.#open.set(record.name, {
      record,
      device,
      target: { name: targetNameOf(record.name), alias: record.name, luns: new Map([[0, unit]]) },
    })
    this.#broken.delete(record.name)
  }
}

function missing(record: DiskRecord, path: string): AppError {
  return new AppError('disk.missing', `the file of disk ${record.name} is gone`, {
    hint: `Put it back at ${path} and restart Bootlace, or delete the disk.`,
  })
}
