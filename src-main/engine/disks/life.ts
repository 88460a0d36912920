import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import type { Clock } from '../../base/clock.ts'
import { AppError } from '../../base/errors.ts'
import type { BlockDevice } from '../../disks/block-device.ts'
import type { DiskRecord, RestorePoint } from '../../disks/disk-record.ts'
import { baseOf } from './chain.ts'
import { copyDifference, type Watched } from './content.ts'
import { createDifference, createFormat, differenceFormatOf, openFormat, type Base } from './format.ts'
import { DEEPEST_CHAIN, type DiskLibrary } from './library.ts'

/** What happened to what a disk held before. */
export interface Discarded {
  readonly record: DiskRecord
  /** The restore point that keeps it; absent when there was nothing to keep, or when it was not wanted. */
  readonly kept?: RestorePoint
}

/** Restore points: taking them, going back to them or to the image. Whoever calls has made sure that no PC is logged in;
 *  logins are held off meanwhile. Every change is one step that a crash does or does not do as a whole. */
export class DiskLife {
  readonly #library: DiskLibrary
  readonly #clock: Clock

  constructor(library: DiskLibrary, clock: Clock) {
    this.#library = library
    this.#clock = clock
  }

  /** Keeps a disk as it is; what is written from then on goes to a new file. Errors: disk.unknown, disk.sealed, disk.inUse,
   *  disk.chain, disk.full, disk.io. */
  async snapshot(nameText: string, note: string): Promise<RestorePoint> {
    const library = this.#library
    const record = this.#writable(nameText)
    const open = library.openedOrThrow(record)
    if (library.depthOf(record) >= DEEPEST_CHAIN) {
      throw new AppError('disk.chain', `${record.name} already stands on ${DEEPEST_CHAIN} files`, {
        hint: `Delete restore points that are not needed any more: bootlace disk show ${record.name}.`,
      })
    }
    const release = library.hold(record.name, 'a restore point is being made')
    try {
      await open.device.flush()
      const point = this.#pointOf(record, note)
      const made = await library.makeDifference(
        record.name,
        baseOf(record, open.device, point.identity, library.folder),
      )
      const after = await library.exchange({ record: { ...record, ...made }, addPoint: point, onPoint: true })
      return library.lineageOf(after).at(-1)!
    } finally {
      release()
    }
  }

  /** Gives a disk back as it was at a restore point: the one it stands on, or another. What it held is kept as a further
   *  point unless `discard` says otherwise. Errors: disk.unknown, disk.sealed, disk.point, disk.inUse, disk.io. */
  async revert(nameText: string, o: { readonly point?: number; readonly discard?: boolean }): Promise<Discarded> {
    const library = this.#library
    const record = this.#writable(nameText)
    const point = this.findPoint(record, o.point ?? record.basePoint)
    const release = library.hold(record.name, 'it is being taken back to a restore point')
    try {
      const { parent: _parent, basePoint: _base, ...rest } = record
      const below: DiskRecord = { ...rest, ...standsOn(point), file: point.file, format: point.format }
      const chain = await library.openChainOf({ ...below, sealedMs: point.createdMs })
      let made: { file: string; format: DiskRecord['format'] }
      try {
        made = await library.makeDifference(record.name, baseOf(point, chain.device, point.identity, library.folder))
      } finally {
        await chain.close()
      }
      const after: DiskRecord = { ...below, ...made, basePoint: point.id }
      return await this.#exchange(record, after, `before going back to “${point.note}”`, o.discard ?? false)
    } finally {
      release()
    }
  }

  /** Makes a disk an untouched clone again: of its image, or of another one. What it held is kept as a restore point unless
   *  `discard` says otherwise. Errors: disk.unknown, disk.sealed, disk.noImage, disk.notSealed, disk.inUse, disk.io. */
  async reset(nameText: string, o: { readonly image?: string; readonly discard?: boolean }): Promise<Discarded> {
    const library = this.#library
    const record = this.#writable(nameText)
    const imageName = o.image ?? record.parent
    if (imageName === undefined) {
      throw new AppError(
        'disk.noImage',
        `${record.name} was not made from an image, so there is nothing to go back to`,
        {
          hint: `Go back to a restore point instead (bootlace disk revert ${record.name}), or say which image: --image NAME.`,
        },
      )
    }
    const image = library.find(imageName)
    const release = library.hold(record.name, 'it is being reset to its image')
    try {
      const base = library.imageFor(image)
      const made = await library.makeDifference(record.name, base)
      const { basePoint: _base, resetAtBoot: _once, ...rest } = record
      const after: DiskRecord = { ...rest, ...made, parent: image.name, sizeBytes: base.sizeBytes }
      return await this.#exchange(record, after, `before the reset to ${image.name}`, o.discard ?? false)
    } finally {
      release()
    }
  }

  /** Removes a restore point. One that the disk's present state stands on is first brought together with it, which reads
   *  the whole disk: then `work` is there. Errors: disk.point, disk.pointNeeded. */
  planRemoval(nameText: string, id: number): { readonly record: DiskRecord; run(watched: Watched): Promise<void> } {
    const library = this.#library
    const record = library.find(nameText)
    const point = this.findPoint(record, id)
    const above = library.pointsOf(record.name).filter((p) => p.basePoint === id)
    if (above.length > 0 || (record.basePoint === id && record.sealedMs !== undefined)) {
      const what =
        above.length > 0 ? `restore point ${above.map((p) => p.id).join(', ')} stands` : 'the golden image stands'
      throw new AppError('disk.pointNeeded', `${what} on restore point ${id}`, {
        hint: above.length > 0 ? 'Delete the newer ones first.' : 'It stays as long as the image.',
      })
    }
    if (record.basePoint !== id) return { record, run: () => library.removePoint(point) }
    const open = library.openedOrThrow(record)
    const release = library.hold(record.name, 'one of its restore points is being removed')
    return {
      record,
      run: async (watched) => {
        try {
          const { parent: _parent, basePoint: _base, ...rest } = record
          const below = await this.#below(record, point)
          const made = await this.rewrite(record.name, below.base, open.device, watched).finally(below.close)
          await library.exchange({
            record: { ...rest, ...standsOn(point), file: made.file, format: made.format },
            dropPoints: [id],
            dropFiles: [record.file, point.file],
          })
        } finally {
          release()
        }
      },
    }
  }

  /** A new file for a disk, over `base` or nothing, with the content of `from`, and the SHA-256 of that content.
   *  Errors: disk.full, disk.io, job.cancelled. */
  async rewrite(
    name: string,
    base: Base | undefined,
    from: BlockDevice,
    watched: Watched,
  ): Promise<{ readonly file: string; readonly format: DiskRecord['format']; readonly contentHash: string }> {
    const library = this.#library
    const format = base ? differenceFormatOf(base.format) : 'vhdx'
    const file = library.furtherFileOf(name, format)
    let contentHash = ''
    await library.makeFile(file, async (path) => {
      if (base) await createDifference(base, path, this.#clock.now())
      else await createFormat(format, path, from.blockCount * from.blockSize, false, this.#clock.now())
      const to = await openFormat({ format, path, readOnly: false }, base)
      try {
        contentHash = await copyDifference(from, base?.device, to, watched)
      } finally {
        await to.close()
      }
    })
    return { file, format, contentHash }
  }

  /** Errors: disk.point. */
  findPoint(record: DiskRecord, id: number | undefined): RestorePoint {
    const points = this.#library.pointsOf(record.name)
    const point = points.find((p) => p.id === id)
    if (point) return point
    throw new AppError(
      'disk.point',
      id === undefined ? `${record.name} stands on no restore point` : `${record.name} has no restore point ${id}`,
      {
        hint:
          points.length > 0
            ? `There are: ${points.map((p) => `${p.id} (${p.note})`).join(', ')}. Say which with --to.`
            : `Take one with: bootlace disk snapshot ${record.name}.`,
      },
    )
  }

  #writable(nameText: string): DiskRecord {
    const record = this.#library.find(nameText)
    if (record.sealedMs === undefined) return record
    throw new AppError('disk.sealed', `${record.name} is a golden image, which never changes`, {
      hint: `Make a disk from it and work with that: bootlace disk clone ${record.name} NAME.`,
    })
  }

  #pointOf(record: DiskRecord, note: string): Omit<RestorePoint, 'id'> {
    return {
      disk: record.name,
      file: record.file,
      format: record.format,
      identity: randomBytes(16).toString('hex'),
      ...standsOn(record),
      note,
      createdMs: this.#clock.now(),
    }
  }

  /** Puts the new file in the old one's place; the old one becomes a restore point if it holds anything. */
  async #exchange(before: DiskRecord, after: DiskRecord, note: string, discard: boolean): Promise<Discarded> {
    const library = this.#library
    // A file into which nothing was written is as long as one that was just made.
    const sizeOf = (layer: { readonly file: string }): number | undefined =>
      statSync(library.pathOf(layer), { throwIfNoEntry: false })?.size
    const untouched = before.format === after.format && sizeOf(before) === sizeOf(after)
    if (discard || untouched) return { record: await library.exchange({ record: after, dropFiles: [before.file] }) }
    const point = this.#pointOf(before, note)
    const record = await library.exchange({ record: after, addPoint: point })
    return { record, kept: library.pointsOf(record.name).find((p) => p.file === before.file)! }
  }

  /** What a restore point stands on, open. */
  async #below(record: DiskRecord, point: RestorePoint): Promise<{ base: Base | undefined; close(): Promise<void> }> {
    const library = this.#library
    if (point.basePoint !== undefined) {
      const lower = this.findPoint(record, point.basePoint)
      const { parent: _parent, basePoint: _base, ...rest } = record
      const chain = await library.openChainOf({
        ...rest,
        ...standsOn(lower),
        file: lower.file,
        format: lower.format,
        sealedMs: lower.createdMs,
      })
      return { base: baseOf(lower, chain.device, lower.identity, library.folder), close: () => chain.close() }
    }
    const image = point.parent === undefined ? undefined : library.openedOrThrow(library.find(point.parent))
    return { base: image && library.baseOfImage(image), close: () => Promise.resolve() }
  }
}

const standsOn = ({ parent, basePoint }: { readonly parent?: string; readonly basePoint?: number }) => ({
  ...(parent !== undefined && { parent }),
  ...(basePoint !== undefined && { basePoint }),
})
