import { existsSync } from 'node:fs'
import { chmod, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../base/clock.ts'
import { AppError, toAppError } from '../../base/errors.ts'
import { targetNameOf } from '../../boot/names.ts'
import type { Logger } from '../../base/log.ts'
import type { BlockDevice } from '../../disks/block-device.ts'
import { cachedImage, type BlockCache } from '../../disks/cache.ts'
import type { DiskFormat, DiskRecord, DiskStore, RestorePoint } from '../../disks/disk-record.ts'
import type { ReservationStore } from '../../db/stores/reservation-store.ts'
import { syncFolder } from '../../disks/host-file-device.ts'
import { limitedFile, type Limit } from '../../disks/limited-file.ts'
import type { Target } from '../../iscsi/target.ts'
import { createLogicalUnit, type LogicalUnit } from '../../scsi/logical-unit.ts'
import type { ReservationKeeper } from '../../scsi/reservation.ts'
import { baseOf, lineageOf, missingFile, openChain, stampOf, type OpenChain } from './chain.ts'
import { createDifference, createFormat, differenceFormatOf, EXTENSION, type Base } from './format.ts'
import { keeperOf } from './reservations.ts'
import { DiskShelf, type Reserved } from './shelf.ts'

const BLOCK = 512
/** Files that a disk may stand on. Every one costs a look-up per read, and an open file. */
export const DEEPEST_CHAIN = 8

export interface OpenDisk {
  readonly record: DiskRecord
  /** What everybody reads, through the cache if it is sealed. */
  readonly device: BlockDevice
  readonly target: Target
  readonly chain: OpenChain
  close(): Promise<void>
}

/** What `exchange` is to do. Everything of it happens, or nothing. */
export interface Exchange {
  /** The disk as it will be; its file is one of the stray ones. */
  readonly record: DiskRecord
  /** The restore point that its former file becomes; the new file stands on it when `onPoint` says so. */
  readonly addPoint?: Omit<RestorePoint, 'id'>
  readonly onPoint?: boolean
  readonly dropPoints?: readonly number[]
  /** Files that nobody needs afterwards. */
  readonly dropFiles?: readonly string[]
  /** Further records that change with it. */
  readonly put?: readonly DiskRecord[]
}

/** The disks that are open as targets, and everything that changes what a disk stands on. */
export class DiskLibrary extends DiskShelf {
  readonly #open = new Map<string, OpenDisk>()
  readonly #broken = new Map<string, AppError>()
  readonly #cached: (device: BlockDevice) => BlockDevice
  readonly #limits = new Map<string, Limit>()
  /** Units of golden images that are second drives, by device and system disk. */
  readonly #besides = new WeakMap<BlockDevice, Map<string, LogicalUnit>>()

  readonly #reservations: ReservationStore | undefined

  /** @param cache memory for blocks of images and restore points. @param reservations absent: none survives a restart. */
  constructor(
    folder: string,
    store: DiskStore,
    clock: Clock,
    logger: Logger,
    cache: BlockCache,
    reservations?: ReservationStore,
  ) {
    super(folder, store, clock, logger)
    this.#reservations = reservations
    this.#cached = (device) => cachedImage(device, cache)
  }

  /** Why a disk cannot be served, if it cannot. */
  problemOf(record: DiskRecord): AppError | undefined {
    const known = this.#broken.get(record.name)
    if (known) return known
    if (this.#open.has(record.name) || existsSync(this.pathOf(record))) return undefined
    return missingFile(`disk ${record.name}`, this.pathOf(record))
  }
  opened(name: string): OpenDisk | undefined {
    return this.#open.get(name)
  }
  /** Errors: why it is not open. */
  openedOrThrow(record: DiskRecord): OpenDisk {
    const found = this.#open.get(record.name)
    if (found) return found
    throw this.problemOf(record) ?? missingFile(`disk ${record.name}`, this.pathOf(record))
  }
  /** A disk as the second drive of the PC that starts from `system`. A golden image is a unit of its own for each PC: what one
   *  reserves does not concern the others. Undefined when it cannot be served. */
  unitBeside(system: string, second: string): LogicalUnit | undefined {
    const open = this.#open.get(second)
    if (open?.record.sealedMs === undefined) return open?.target.luns.get(0)
    const known = this.#besides.get(open.device) ?? new Map<string, LogicalUnit>()
    this.#besides.set(open.device, known)
    const unit = known.get(system) ?? this.#unitOf(open.record, open.device, undefined)
    known.set(system, unit)
    return unit
  }
  #unitOf(record: DiskRecord, device: BlockDevice, reservations: ReservationKeeper | undefined): LogicalUnit {
    const { serial, naa } = record
    return createLogicalUnit({
      device,
      identity: { serial, naa },
      logger: this.logger,
      ...(reservations && { reservations }),
    })
  }
  openedNames(): string[] {
    return [...this.#open.keys()]
  }
  // --- Opening and closing ---------------------------------------------------------------------------------------

  /** Opens every disk so that its first login need not wait. A broken one is remembered and does not stop the others. */
  async openAll(): Promise<void> {
    // Images before what was made from them.
    const byDepth = this.all().sort((a, b) => this.#generation(a) - this.#generation(b))
    for (const record of byDepth) {
      await this.openOne(record).catch((error: AppError) => {
        this.logger.error(
          { disk: record.name, code: error.code },
          `disk ${record.name} cannot be served: ${error.message}`,
        )
      })
    }
  }

  /** Opens a disk, or remembers why it cannot be. Errors: as openChain. */
  async openOne(record: DiskRecord): Promise<void> {
    try {
      const limit: Limit = { bytes: record.quotaBytes }
      this.#limits.set(record.name, limit)
      const chain = await this.openChainOf(record, { limit })
      const device = record.sealedMs === undefined ? chain.device : this.#cached(chain.device)
      const keeper = this.#reservations && keeperOf(this.#reservations, record.name, this.logger)
      const unit = this.#unitOf(record, device, keeper)
      this.#open.set(record.name, {
        record,
        chain,
        device,
        close: async () => {
          if (device !== chain.device) await device.close()
          await chain.close()
        },
        target: { name: targetNameOf(record.name), alias: record.name, luns: new Map([[0, unit]]) },
      })
      this.#broken.delete(record.name)
    } catch (thrown) {
      const error = toAppError(thrown)
      this.#broken.set(record.name, error)
      throw error
    }
  }
  /** The caller closes it. Errors: as openChain. */
  openChainOf(
    record: DiskRecord,
    o: { readonly despiteStamp?: boolean; readonly readOnly?: boolean; readonly limit?: Limit } = {},
  ): Promise<OpenChain> {
    let image: Base | undefined
    if (record.parent !== undefined) {
      const open = this.#open.get(record.parent)
      if (!open) {
        throw new AppError('disk.parentMissing', `its image ${record.parent} cannot be opened`, {
          hint: `Mend ${record.parent} first and restart Bootlace; this disk holds only what differs from it.`,
        })
      }
      // Only the version that PCs read is kept in memory, not what it stands on a second time.
      image = record.sealedMs === undefined ? this.baseOfImage(open) : this.#plainBaseOf(open)
    }
    const { limit, ...how } = o
    return openChain(
      { cached: this.#cached, folder: this.folder, record, lineage: lineageOf(record, this.points), image, ...how },
      limit && ((file) => limitedFile(file, limit)),
    )
  }
  /** A sealed disk as what others stand on. */
  baseOfImage(open: OpenDisk): Base {
    return { ...this.#plainBaseOf(open), device: open.device }
  }
  #plainBaseOf({ record, chain }: OpenDisk): Base {
    return baseOf(record, chain.device, record.contentHash ?? '', this.folder)
  }

  async closeAll(): Promise<void> {
    const disks = [...this.#open.values()].sort((a, b) => this.#generation(b.record) - this.#generation(a.record))
    for (const disk of disks) {
      await disk.close().catch((thrown: unknown) => {
        this.logger.error({ disk: disk.record.name }, `a disk did not close cleanly: ${toAppError(thrown).message}`)
      })
    }
    this.#open.clear()
  }
  /** Images count, restore points do not. */
  #generation(record: DiskRecord): number {
    let depth = 0
    for (let at: DiskRecord | undefined = record; at?.parent !== undefined; depth++) at = this.records.get(at.parent)
    return depth
  }

  // --- Making ----------------------------------------------------------------------------------------------------

  /** An empty disk, thin unless `fixed`. Errors: as reserve, disk.io. */
  async create(nameText: string, size: number, fixed: boolean, format: DiskFormat = 'vhdx'): Promise<DiskRecord> {
    const sizeBytes = Math.ceil(size / BLOCK) * BLOCK
    const { name, release } = this.reserve(nameText, sizeBytes, fixed ? sizeBytes : 0)
    try {
      const file = name + EXTENSION[format]
      await this.makeFile(file, (path) => createFormat(format, path, sizeBytes, fixed, this.clock.now()))
      return await this.adopt(this.newRecord(name, { file, format, sizeBytes }))
    } finally {
      release()
    }
  }

  /** Disks that hold only what differs from a sealed image: all of them, or none and what was made is removed.
   *  Errors: disk.unknown, disk.notSealed, disk.chain, as reserve, disk.io. */
  async clone(imageText: string, names: readonly string[]): Promise<DiskRecord[]> {
    const record = this.findVersion(imageText)
    const base = this.imageFor(record)
    const reserved: Reserved[] = []
    try {
      for (const name of names) reserved.push(this.reserve(name, record.sizeBytes, 0))
      const format = differenceFormatOf(base.format)
      const clones = reserved.map(({ name }) =>
        this.newRecord(name, {
          file: name + EXTENSION[format],
          format,
          sizeBytes: base.sizeBytes,
          parent: record.name,
        }),
      )
      const files = clones.map((clone) => clone.file)
      await this.makeFiles(files, (path) => createDifference(base, path, this.clock.now()))
      return await this.adoptAll(clones)
    } finally {
      for (const { release } of reserved) release()
    }
  }
  /** A sealed image that others can be made from. Errors: disk.notSealed, disk.chain, why it is not open. */
  imageFor(record: DiskRecord): Base {
    if (record.sealedMs === undefined) {
      throw new AppError('disk.notSealed', `${record.name} is no golden image yet`, {
        hint: `Seal it first, so that it never changes under its clones: bootlace disk seal ${record.name}.`,
      })
    }
    const open = this.openedOrThrow(record)
    if (this.depthOf(record) >= DEEPEST_CHAIN) {
      throw new AppError('disk.chain', `${record.name} already stands on ${DEEPEST_CHAIN} files`, {
        hint: 'Clone an earlier image instead.',
      })
    }
    return this.baseOfImage(open)
  }
  /** A new file for a disk that stands on `base`; marked until it is somebody's. Errors: disk.full, disk.io. */
  async makeDifference(name: string, base: Base): Promise<{ readonly file: string; readonly format: DiskFormat }> {
    const format = differenceFormatOf(base.format)
    const file = this.furtherFileOf(name, format)
    await this.makeFile(file, (path) => createDifference(base, path, this.clock.now()))
    return { file, format }
  }
  /** Takes a finished file of the disk folder in under a reserved name and opens it. A file that cannot be recorded is
   *  removed; a disk that cannot be opened stays and says why. Errors: disk.io and what opening says. */
  async adopt(record: DiskRecord): Promise<DiskRecord> {
    await this.adoptAll([record])
    return record
  }
  /** The same for many in one step: all of them, or none. */
  async adoptAll(records: readonly DiskRecord[]): Promise<DiskRecord[]> {
    const { store } = this
    try {
      await syncFolder(this.folder)
      store.atomically(() => {
        for (const record of records) {
          store.put(record)
          store.removeStray(record.file)
        }
      })
    } catch (thrown) {
      for (const record of records) await rm(this.pathOf(record), { force: true })
      throw thrown
    }
    for (const record of records) this.records.set(record.name, record)
    for (const record of records) await this.openOne(record)
    return [...records]
  }

  // --- Changing --------------------------------------------------------------------------------------------------

  /** Changes what is known of disks and nothing in their files. */
  put(...records: readonly DiskRecord[]): void {
    this.store.atomically(() => {
      for (const record of records) this.store.put(record)
    })
    for (const record of records) {
      this.records.set(record.name, record)
      const open = this.#open.get(record.name)
      if (open) this.#open.set(record.name, { ...open, record })
      const limit = this.#limits.get(record.name)
      if (limit) limit.bytes = record.quotaBytes
    }
  }
  /** Gives a held disk another file, in one step that no crash can divide. The disk is open again afterwards. When it
   *  fails nothing has changed and the new file is gone. Errors: disk.io and what opening says. */
  async exchange(change: Exchange): Promise<DiskRecord> {
    const before = this.find(change.record.name)
    let record = change.record
    let point: RestorePoint | undefined
    try {
      await this.#close(before.name)
      this.store.atomically(() => {
        if (change.addPoint) {
          point = { ...change.addPoint, id: this.store.addPoint(change.addPoint) }
          if (change.onPoint) record = { ...record, basePoint: point.id }
        }
        this.store.put(record)
        for (const other of change.put ?? []) this.store.put(other)
        for (const id of change.dropPoints ?? []) this.store.removePoint(id)
        for (const file of change.dropFiles ?? []) this.store.addStray(file)
        this.store.removeStray(record.file)
      })
    } catch (thrown) {
      await this.removeFile(change.record.file)
      await this.openOne(before)
      throw thrown
    }
    if (point) this.points.set(point.id, point)
    for (const id of change.dropPoints ?? []) this.points.delete(id)
    this.records.set(record.name, record)
    for (const other of change.put ?? []) this.records.set(other.name, other)
    await this.openOne(record)
    for (const file of change.dropFiles ?? []) await this.#drop(record.name, file)
    return record
  }

  /** A disk becomes a golden image: read-only for ever. It must be held. Errors: disk.io and what opening says. */
  async sealAs(record: DiskRecord): Promise<DiskRecord> {
    await this.#close(record.name)
    let sealed: DiskRecord
    try {
      sealed = await this.protect(record)
      this.store.put(sealed)
    } catch (thrown) {
      await this.openOne(this.find(record.name))
      throw thrown
    }
    this.records.set(record.name, sealed)
    await this.openOne(sealed)
    return sealed
  }
  /** Takes the right to write from a file, against a slip of the hand on this computer (clients are kept off by the read-only
   *  device), and remembers how it looks. */
  async protect(record: DiskRecord): Promise<DiskRecord> {
    const path = this.pathOf(record)
    await chmod(path, 0o400)
    return { ...record, stamp: stampOf(path) }
  }

  /** Removes a restore point that nothing stands on. */
  async removePoint(point: RestorePoint): Promise<void> {
    this.store.atomically(() => {
      this.store.removePoint(point.id)
      this.store.addStray(point.file)
    })
    this.points.delete(point.id)
    await this.#drop(point.disk, point.file)
  }

  /** Deletes a disk, its restore points and their files. The caller has made sure that nobody uses it; `endSessions` ends
   *  logins that began meanwhile. Errors: disk.unknown, disk.io when a file stays. */
  async remove(name: string, endSessions: (targetName: string) => Promise<void>): Promise<void> {
    const record = this.find(name)
    // The newest first: none is removed before what stands on it.
    const points = this.pointsOf(record.name).sort((a, b) => b.id - a.id)
    const files = [record, ...points].map((layer) => layer.file)
    // All in one turn, so that nobody finds the disk any more. The record goes first: a file nobody knows wastes space, a
    // record without its file is a broken disk.
    this.store.atomically(() => {
      this.store.put(withoutBase(record))
      for (const point of points) this.store.removePoint(point.id)
      this.store.remove(record.name)
      for (const file of files) this.store.addStray(file)
    })
    this.records.delete(record.name)
    for (const point of points) this.points.delete(point.id)
    this.#broken.delete(record.name)
    const open = this.#open.get(record.name)
    this.#open.delete(record.name)
    this.taken.add(record.name)
    try {
      if (open) {
        await endSessions(open.target.name)
        await open.close().catch((thrown: unknown) => {
          const { message } = toAppError(thrown)
          this.logger.warn({ disk: record.name }, `a deleted disk did not close: ${message}`)
        })
      }
      for (const file of files) {
        await this.removeFile(file).catch((cause: unknown) => {
          throw new AppError('disk.io', `${record.name} is no disk any more, but its file could not be deleted`, {
            hint: `Delete it by hand: ${join(this.folder, file)}`,
            cause,
          })
        })
      }
    } finally {
      this.taken.delete(record.name)
    }
  }

  async #close(name: string): Promise<void> {
    const open = this.#open.get(name)
    this.#open.delete(name)
    await open?.close()
  }
  /** A file that stays is removed at the next start. */
  async #drop(disk: string, file: string): Promise<void> {
    await this.removeFile(file).catch((thrown: unknown) => {
      const { message } = toAppError(thrown)
      this.logger.warn({ disk, file }, `a file that is not needed any more stays: ${message}`)
    })
  }
}

function withoutBase({ basePoint: _, ...record }: DiskRecord): DiskRecord {
  return record
}
