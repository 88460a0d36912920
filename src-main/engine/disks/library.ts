import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs'
import { chmod, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../base/clock.ts'
import { AppError, toAppError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { formatSize } from '../../base/units.ts'
import { targetNameOf } from '../../boot/names.ts'
import type { BlockDevice } from '../../disks/block-device.ts'
import type { DiskFormat, DiskRecord, DiskStore } from '../../disks/disk-record.ts'
import type { Target } from '../../iscsi/target.ts'
import { createLogicalUnit } from '../../scsi/logical-unit.ts'
import { cloneFormatOf, createClone, createFormat, EXTENSION, openFormat } from './format.ts'
import { hashDevice } from './content.ts'

const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,30}[a-z0-9])?$/
/** Windows takes these for devices, whatever follows the dot. */
const DEVICE_NAME = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/
const BLOCK = 512
/** READ CAPACITY(16) could say more, but no file system of a client here would use it. */
const LARGEST = 64 * 2 ** 40
/** Every generation costs a look-up per read, and an open file. */
const DEEPEST_CHAIN = 8

const { compare } = new Intl.Collator('en', { numeric: true })

export interface OpenDisk {
  readonly record: DiskRecord
  readonly device: BlockDevice
  readonly target: Target
}

/** A disk's name as typed, checked and in lower case. Errors: disk.name. */
export function parseDiskName(text: string): string {
  const name = text.trim().toLowerCase()
  if (!NAME.test(name) || DEVICE_NAME.test(name)) {
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
  /** Names of disks that are being made or deleted: their files are nobody else's. */
  readonly #taken = new Set<string>()
  /** Open disks that nobody may log in to for now, and why. */
  readonly #held = new Map<string, string>()

  constructor(folder: string, store: DiskStore, clock: Clock, logger: Logger) {
    this.folder = folder
    this.#store = store
    this.#clock = clock
    this.#logger = logger
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const record of store.all()) this.#records.set(record.name, record)
  }

  all(): DiskRecord[] {
    return [...this.#records.values()].sort((a, b) => compare(a.name, b.name))
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
  /** Errors: disk.io when the folder cannot be reached any more. */
  hostSpace(): { totalBytes: number; freeBytes: number } {
    try {
      const s = statfsSync(this.folder)
      return { totalBytes: s.blocks * s.bsize, freeBytes: s.bavail * s.bsize }
    } catch (cause) {
      throw new AppError('disk.io', `the folder of the disks, ${this.folder}, cannot be reached`, {
        hint: 'Is the drive that it is on still connected?',
        cause,
      })
    }
  }
  /** Why a disk cannot be served, if it cannot. */
  problemOf(record: DiskRecord): AppError | undefined {
    const known = this.#broken.get(record.name)
    if (known) return known
    if (this.#open.has(record.name) || existsSync(this.pathOf(record))) return undefined
    return missing(record, this.pathOf(record))
  }

  /** Removes what an import that was cut off left behind, and tells of files that no disk knows. */
  sweep(): void {
    const known = new Set(this.all().map((record) => record.file))
    for (const name of readdirSync(this.folder)) {
      if (name.endsWith('.part')) rmSync(join(this.folder, name))
      else if (Object.values(EXTENSION).some((e) => name.endsWith(e)) && !known.has(name))
        this.#logger.warn({ component: 'engine.disks', file: name }, `${join(this.folder, name)} belongs to no disk`)
    }
  }

  /** Opens every disk so that its first login need not wait. A broken one is remembered and does not stop the others. */
  async openAll(): Promise<void> {
    // Images before what was made from them.
    const byGeneration = this.all().sort((a, b) => this.#generation(a) - this.#generation(b))
    for (const record of byGeneration) {
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
  /** Why nobody may log in to an open disk at the moment, if so. */
  heldBecause(name: string): string | undefined {
    return this.#held.get(name)
  }
  openedNames(): string[] {
    return [...this.#open.keys()]
  }

  /** Checks a new name and size before any byte is written, and keeps the name from everybody else until `release`.
   *  Errors: disk.name, disk.nameTaken, disk.size, disk.full. */
  reserve(nameText: string, sizeBytes: number, needsBytes: number): { readonly name: string; release(): void } {
    const name = parseDiskName(nameText)
    if (this.#taken.has(name)) {
      throw new AppError('disk.nameTaken', `a disk called ${name} is being made or deleted right now`, {
        hint: 'Wait for it, or choose another name.',
      })
    }
    if (this.#records.has(name)) {
      throw new AppError('disk.nameTaken', `there is already a disk called ${name}`, {
        hint: 'Choose another name, or delete that disk first.',
      })
    }
    for (const extension of Object.values(EXTENSION)) {
      const path = join(this.folder, name + extension)
      if (!existsSync(path)) continue
      throw new AppError('disk.nameTaken', `the file ${path} lies there already and belongs to no disk`, {
        hint: 'Choose another name, or move that file away; moved, it can be imported.',
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
    this.#taken.add(name)
    return { name, release: () => void this.#taken.delete(name) }
  }

  /** An empty disk, thin unless `fixed`. Errors: as reserve, disk.io. */
  async create(nameText: string, size: number, fixed: boolean, format: DiskFormat = 'raw'): Promise<DiskRecord> {
    const sizeBytes = Math.ceil(size / BLOCK) * BLOCK
    const { name, release } = this.reserve(nameText, sizeBytes, fixed ? sizeBytes : 0)
    try {
      const file = name + EXTENSION[format]
      await createFormat(format, join(this.folder, file), sizeBytes, fixed, this.#clock.now())
      return await this.adopt(name, file, sizeBytes, { format })
    } finally {
      release()
    }
  }

  /** Disks that hold only what differs from a sealed image: all of them, or none and what was made is removed.
   *  Errors: disk.unknown, disk.notSealed, disk.chain, as reserve, disk.io. */
  async clone(imageText: string, names: readonly string[]): Promise<DiskRecord[]> {
    const record = this.find(imageText)
    if (record.sealedMs === undefined) {
      throw new AppError('disk.notSealed', `${record.name} is no golden image yet`, {
        hint: `Seal it first, so that it never changes under its clones: bootlace disk seal ${record.name}.`,
      })
    }
    const image = this.#open.get(record.name)
    if (!image) throw this.problemOf(record) ?? missing(record, this.pathOf(record))
    if (this.#generation(record) >= DEEPEST_CHAIN) {
      throw new AppError(
        'disk.chain',
        `${record.name} is already ${DEEPEST_CHAIN} generations away from its first image`,
        {
          hint: 'Clone an earlier image instead.',
        },
      )
    }
    const reserved: { readonly name: string; release(): void }[] = []
    const made: DiskRecord[] = []
    try {
      for (const name of names) reserved.push(this.reserve(name, record.sizeBytes, 0))
      for (const { name } of reserved) {
        const format = cloneFormatOf(record)
        const file = name + EXTENSION[format]
        await createClone(image, join(this.folder, file), this.#clock.now())
        made.push(await this.adopt(name, file, record.sizeBytes, { format, parent: record.name }))
      }
      return made
    } catch (thrown) {
      for (const disk of made) await this.remove(disk.name, () => Promise.resolve())
      throw thrown
    } finally {
      for (const { release } of reserved) release()
    }
  }
  childrenOf(name: string): string[] {
    return this.all()
      .filter((disk) => disk.parent === name)
      .map((disk) => disk.name)
  }
  #generation(record: DiskRecord): number {
    let depth = 0
    for (let at: DiskRecord | undefined = record; at?.parent !== undefined; depth++) at = this.#records.get(at.parent)
    return depth
  }

  /** Takes a finished file of the disk folder in under a reserved name and opens it. A file that cannot be recorded is
   *  removed; a disk that cannot be opened stays and says why. Errors: disk.io and what opening says. */
  async adopt(
    name: string,
    file: string,
    sizeBytes: number,
    o: { readonly format?: DiskFormat; readonly parent?: string } = {},
  ): Promise<DiskRecord> {
    const record: DiskRecord = {
      name,
      file,
      format: o.format ?? 'raw',
      ...(o.parent !== undefined && { parent: o.parent }),
      sizeBytes,
      serial: randomBytes(8).toString('hex').toUpperCase(),
      // NAA 3h, locally assigned: 60 random bits. Source: SPC-4 §7.8.6.6 (designation descriptors).
      naa: `3${randomBytes(8).toString('hex').slice(1)}`,
      createdMs: this.#clock.now(),
    }
    try {
      await syncFolder(this.folder)
      this.#store.add(record)
    } catch (thrown) {
      await rm(this.pathOf(record), { force: true })
      throw thrown
    }
    this.#records.set(name, record)
    try {
      await this.#openOne(record)
    } catch (thrown) {
      this.#broken.set(name, toAppError(thrown))
      throw thrown
    }
    return record
  }

  /** Makes a disk a golden image: its content is hashed while nobody can log in, then it is read-only for ever. The caller
   *  has made sure that nobody uses it. Returns how many bytes will be read, and the work.
   *  Errors: disk.unknown, disk.sealed, disk.inUse, and what is wrong with a broken disk. */
  seal(nameText: string): {
    readonly record: DiskRecord
    run(progress: (doneBytes: number) => void, signal: AbortSignal): Promise<void>
  } {
    const record = this.find(nameText)
    const { name } = record
    if (record.sealedMs !== undefined) {
      throw new AppError('disk.sealed', `${name} is a golden image already`, { hint: 'There is nothing to do.' })
    }
    const held = this.#held.get(name)
    if (held !== undefined)
      throw new AppError('disk.inUse', `${name} cannot be sealed: ${held}`, { hint: 'Wait for it.' })
    const open = this.#open.get(name)
    if (!open) throw this.problemOf(record) ?? missing(record, this.pathOf(record))
    this.#held.set(name, 'it is being sealed')
    return {
      record,
      run: async (progress, signal) => {
        try {
          await open.device.flush()
          const contentHash = await hashDevice(open.device, progress, signal)
          const sealed: DiskRecord = { ...record, sealedMs: this.#clock.now(), contentHash }
          this.#store.seal(name, sealed.sealedMs!, contentHash)
          this.#records.set(name, sealed)
          await this.#reopen(open, sealed)
        } finally {
          this.#held.delete(name)
        }
      },
    }
  }

  /** Deletes a disk and its file. The caller has made sure that nobody uses it; `endSessions` ends logins that began
   *  meanwhile. Errors: disk.unknown, disk.io when the file stays. */
  async remove(name: string, endSessions: (targetName: string) => Promise<void>): Promise<void> {
    const record = this.find(name)
    const path = this.pathOf(record)
    // All in one turn, so that nobody finds the disk any more. The record goes first: a file nobody knows wastes space, a
    // record without its file is a broken disk.
    this.#store.remove(record.name)
    this.#records.delete(record.name)
    this.#broken.delete(record.name)
    const open = this.#open.get(record.name)
    this.#open.delete(record.name)
    this.#taken.add(record.name)
    try {
      if (open) {
        await endSessions(open.target.name)
        await open.device.close().catch((thrown: unknown) => {
          const { message } = toAppError(thrown)
          this.#logger.warn(
            { component: 'engine.disks', disk: record.name },
            `a deleted disk did not close: ${message}`,
          )
        })
      }
      await rm(path, { force: true }).catch((cause: unknown) => {
        throw new AppError('disk.io', `${record.name} is no disk any more, but its file could not be deleted`, {
          hint: `Delete it by hand: ${path}`,
          cause,
        })
      })
    } finally {
      this.#taken.delete(record.name)
    }
  }

  async closeAll(): Promise<void> {
    const results: PromiseSettledResult<void>[] = []
    // Clones before their images, which they may still read.
    const disks = [...this.#open.values()].sort((a, b) => this.#generation(b.record) - this.#generation(a.record))
    for (const disk of disks) results.push(...(await Promise.allSettled([disk.device.close()])))
    this.#open.clear()
    for (const result of results) {
      if (result.status === 'rejected')
        this.#logger.error(
          { component: 'engine.disks' },
          `a disk did not close cleanly: ${toAppError(result.reason).message}`,
        )
    }
  }

  /** Exchanges an open disk's device after its record has changed. One that does not open any more is broken, and says why. */
  async #reopen(open: OpenDisk, record: DiskRecord): Promise<void> {
    try {
      await open.device.close()
      this.#open.delete(record.name)
      // Against a slip of the hand on this computer; clients are kept off by the read-only device.
      if (record.sealedMs !== undefined) await chmod(this.pathOf(record), 0o400)
      await this.#openOne(record)
    } catch (thrown) {
      this.#open.delete(record.name)
      this.#broken.set(record.name, toAppError(thrown))
      throw thrown
    }
  }

  async #openOne(record: DiskRecord): Promise<void> {
    const path = this.pathOf(record)
    if (!existsSync(path)) throw missing(record, path)
    const image = record.parent === undefined ? undefined : this.#open.get(record.parent)
    if (record.parent !== undefined && !image) {
      throw new AppError('disk.parentMissing', `its image ${record.parent} cannot be opened`, {
        hint: `Mend ${record.parent} first and restart Bootlace; this disk holds only what differs from it.`,
      })
    }
    const device = await openFormat(record, path, image)
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

/** Makes new names in a folder durable. Source: fsync(2): syncing a file does not cover its entry in the folder. Windows
 *  has no such call. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
