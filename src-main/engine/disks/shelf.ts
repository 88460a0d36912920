import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { Clock } from '../../base/clock.ts'
import { AppError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { formatSize } from '../../base/units.ts'
import type { DiskFormat, DiskRecord, DiskStore, RestorePoint } from '../../disks/disk-record.ts'
import { syncFolder } from '../../disks/host-file-device.ts'
import { lineageOf } from './chain.ts'
import { EXTENSION, pendingPathOf } from './format.ts'
import { byName, furtherFile, parseDiskName, versionFor } from './names.ts'

/** READ CAPACITY(16) could say more, but no file system of a client here would use it. */
const LARGEST = 64 * 2 ** 40
/** Files made side by side: most of the time they wait for the disk. */
const AT_ONCE = 8

/** A name that nobody else can take until it is released. */
export interface Reserved {
  readonly name: string
  release(): void
}

/** What is known of all disks and restore points, their files, and who may not touch them for now. */
export class DiskShelf {
  readonly folder: string
  protected readonly store: DiskStore
  protected readonly clock: Clock
  protected readonly logger: Logger
  protected readonly records = new Map<string, DiskRecord>()
  protected readonly points = new Map<number, RestorePoint>()
  /** Names of disks that are being made or deleted: their files are nobody else's. */
  protected readonly taken = new Set<string>()
  /** Disks that nobody may log in to for now, and why. */
  readonly #held = new Map<string, string>()

  constructor(folder: string, store: DiskStore, clock: Clock, logger: Logger) {
    this.folder = folder
    this.store = store
    this.clock = clock
    this.logger = logger.child({ component: 'engine.disks' })
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const record of store.all()) this.records.set(record.name, record)
    for (const point of store.points()) this.points.set(point.id, point)
  }

  // --- What there is ---------------------------------------------------------------------------------------------

  all(): DiskRecord[] {
    return [...this.records.values()].sort(byName)
  }
  /** Errors: disk.unknown. */
  find(text: string): DiskRecord {
    const record = this.records.get(text.trim().toLowerCase())
    if (record) return record
    const names = this.all().map((d) => d.name)
    throw new AppError('disk.unknown', `there is no disk "${text}"`, {
      hint:
        names.length > 0
          ? `There are: ${names.slice(0, 10).join(', ')}.`
          : 'Make one first: bootlace disk create NAME --size 64G.',
    })
  }
  /** The version of an image that new clones are made from: `NAME` is the one in production of that family, `NAME@2` the
   *  second. Errors: disk.unknown. */
  findVersion(text: string): DiskRecord {
    const [, family, version] = /^(.+)@(\d+)$/.exec(text.trim().toLowerCase()) ?? []
    if (family === undefined) {
      const name = text.trim().toLowerCase()
      const record = this.records.get(name)
      const current = versionFor(name, 'production', this.all())
      return (!record || record.image?.family === name ? current : undefined) ?? record ?? this.find(text)
    }
    const versions = this.all().filter((d) => d.image?.family === family)
    const found = versions.find((d) => d.image!.version === Number(version))
    if (found) return found
    throw new AppError('disk.unknown', `there is no version ${version} of "${family}"`, {
      hint:
        versions.length > 0
          ? `There are: ${versions.map((d) => `${family}@${d.image!.version}`).join(', ')}.`
          : 'Look at: bootlace disk list.',
    })
  }
  pointsOf(name: string): RestorePoint[] {
    return [...this.points.values()].filter((point) => point.disk === name)
  }
  pathOf(layer: { readonly file: string }): string {
    return join(this.folder, layer.file)
  }
  /** Bytes a file takes on this host; 0 when it is gone. */
  realBytes(layer: { readonly file: string }): number {
    const stat = statSync(this.pathOf(layer), { throwIfNoEntry: false })
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
  /** Names of the disks that stand on this one, restore points included. */
  childrenOf(name: string): string[] {
    const names = new Set<string>()
    for (const disk of this.records.values()) if (disk.parent === name) names.add(disk.name)
    for (const point of this.points.values()) if (point.parent === name) names.add(point.disk)
    return [...names]
  }
  /** How many files a disk stands on. */
  depthOf(record: DiskRecord): number {
    const own = lineageOf(record, this.points).length
    const parent = record.parent === undefined ? undefined : this.records.get(record.parent)
    return own + (parent ? 1 + this.depthOf(parent) : 0)
  }
  lineageOf(start: Pick<DiskRecord, 'name' | 'basePoint'>): RestorePoint[] {
    return lineageOf(start, this.points)
  }

  putPoint(point: RestorePoint): void {
    this.store.putPoint(point)
    this.points.set(point.id, point)
  }

  newRecord(
    name: string,
    o: Pick<DiskRecord, 'file' | 'format' | 'sizeBytes'> & { readonly parent?: string },
  ): DiskRecord {
    return {
      ...o,
      name,
      serial: randomBytes(8).toString('hex').toUpperCase(),
      // NAA 3h, locally assigned: 60 random bits. Source: SPC-4 §7.8.6.6 (designation descriptors).
      naa: `3${randomBytes(8).toString('hex').slice(1)}`,
      createdMs: this.clock.now(),
    }
  }

  // --- Keeping others off ----------------------------------------------------------------------------------------

  /** Why nobody may log in to a disk at the moment, if so. */
  heldBecause(name: string): string | undefined {
    return this.#held.get(name)
  }
  /** Keeps everybody off a disk until the returned function is called. Errors: disk.inUse. */
  hold(name: string, why: string): () => void {
    const held = this.#held.get(name)
    if (held !== undefined)
      throw new AppError('disk.inUse', `${name} cannot be changed now: ${held}`, { hint: 'Wait for that to end.' })
    this.#held.set(name, why)
    return () => void this.#held.delete(name)
  }

  /** Checks a new name and size before any byte is written, and keeps the name from everybody else until `release`.
   *  Errors: disk.name, disk.nameTaken, disk.size, disk.full. */
  reserve(nameText: string, sizeBytes: number, needsBytes: number): Reserved {
    const name = parseDiskName(nameText)
    if (this.taken.has(name)) {
      throw new AppError('disk.nameTaken', `a disk called ${name} is being made or deleted right now`, {
        hint: 'Wait for it, or choose another name.',
      })
    }
    if (this.records.has(name)) {
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
    this.needSpace(needsBytes)
    this.taken.add(name)
    return { name, release: () => void this.taken.delete(name) }
  }
  /** Errors: disk.full. */
  needSpace(needsBytes: number): void {
    const { freeBytes } = this.hostSpace()
    if (needsBytes <= freeBytes) return
    throw new AppError(
      'disk.full',
      `this needs ${formatSize(needsBytes)}, but only ${formatSize(freeBytes)} are free in ${this.folder}`,
      { hint: 'Free some space, or start Bootlace with --data on a larger disk.' },
    )
  }

  // --- Files -----------------------------------------------------------------------------------------------------

  /** Removes what work that was cut off left behind, and tells of files that no disk knows. */
  sweep(): void {
    for (const file of this.store.strayFiles()) {
      rmSync(this.#placeOf(file), { force: true })
      rmSync(pendingPathOf(this.#placeOf(file)), { force: true })
      this.store.removeStray(file)
    }
    const known = new Set([...this.records.values(), ...this.points.values()].map((layer) => layer.file))
    for (const name of readdirSync(this.folder)) {
      if (name.endsWith('.part')) rmSync(join(this.folder, name))
      else if (Object.values(EXTENSION).some((e) => name.endsWith(e)) && !known.has(name))
        this.logger.warn({ file: name }, `${join(this.folder, name)} belongs to no disk`)
    }
  }

  /** Runs `make` with a file that is removed when it fails, or at the next start if the program ends meanwhile. The file
   *  stays marked until its owner is recorded: see `adopt` and `exchange`. */
  async makeFile(file: string, make: (path: string) => Promise<void>): Promise<void> {
    await this.makeFiles([file], make)
  }
  /** The same for many, a few at a time: all of them, or none. */
  async makeFiles(files: readonly string[], make: (path: string, index: number) => Promise<void>): Promise<void> {
    const { store } = this
    store.atomically(() => files.forEach((file) => store.addStray(file)))
    try {
      let next = 0
      const lane = async (): Promise<void> => {
        for (let i = next++; i < files.length; i = next++) await make(this.#placeOf(files[i]!), i)
      }
      const lanes = await Promise.allSettled(Array.from({ length: Math.min(AT_ONCE, files.length) }, lane))
      for (const result of lanes) if (result.status === 'rejected') throw result.reason
      if (files.some((file) => !isAbsolute(file))) await syncFolder(this.folder)
    } catch (thrown) {
      for (const file of files) await this.removeFile(file)
      throw thrown
    }
  }
  #placeOf(file: string): string {
    return isAbsolute(file) ? file : join(this.folder, file)
  }
  /** Removes a file that nobody owns. */
  async removeFile(file: string): Promise<void> {
    await rm(this.#placeOf(file), { force: true })
    await rm(pendingPathOf(this.#placeOf(file)), { force: true })
    this.store.removeStray(file)
  }
  /** What was made is somebody's now. */
  keepFile(file: string): void {
    this.store.removeStray(file)
  }

  furtherFileOf(name: string, format: DiskFormat): string {
    return furtherFile(name, EXTENSION[format], (file) => existsSync(join(this.folder, file)))
  }
}
