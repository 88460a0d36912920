import type { Clock } from '../../base/clock.ts'
import { AppError } from '../../base/errors.ts'
import type { Channel, DiskRecord, ImageVersion } from '../../disks/disk-record.ts'
import { hashDevice, type Watched } from './content.ts'
import type { DiskLife } from './life.ts'
import type { DiskLibrary } from './library.ts'
import { nextVersion } from './names.ts'

/** A version that stands on so many files becomes one of its own, so that clones and restore points still have room. */
const FLATTEN_AT = 4

/** Work that was checked and may begin. */
export interface Planned<T> {
  readonly record: DiskRecord
  run(watched: Watched): Promise<T>
}

/** Golden images and their versions. Whoever calls has made sure that no PC is logged in to what changes. */
export class Images {
  readonly #library: DiskLibrary
  readonly #life: DiskLife
  readonly #clock: Clock

  constructor(library: DiskLibrary, life: DiskLife, clock: Clock) {
    this.#library = library
    this.#life = life
    this.#clock = clock
  }

  /** Makes a disk a golden image, the first version of its family: its content is hashed while nobody can log in, then it is
   *  read-only for ever. Errors: disk.unknown, disk.sealed, disk.inUse, and what is wrong with a broken disk. */
  planSeal(nameText: string): Planned<DiskRecord> {
    const library = this.#library
    const record = library.find(nameText)
    const { name } = record
    if (record.sealedMs !== undefined) {
      throw new AppError('disk.sealed', `${name} is a golden image already`, { hint: 'There is nothing to do.' })
    }
    const open = library.openedOrThrow(record)
    const release = library.hold(name, 'it is being sealed')
    return {
      record,
      run: async (watched) => {
        try {
          await open.device.flush()
          const contentHash = await hashDevice(open.device, watched)
          const { resetAtBoot: _once, ...rest } = record
          const image: ImageVersion = { family: name, version: 1, channel: 'production' }
          return await library.sealAs({ ...rest, sealedMs: this.#clock.now(), contentHash, image })
        } finally {
          release()
        }
      },
    }
  }

  /** Makes a new version of its image from a clone; the clone then stands on that version, with nothing of its own. What it
   *  was made from stays as it is, and its clone stays whole until the version is. The first to be given it are the PCs
   *  that try versions, unless `channel` says otherwise.
   *  Errors: disk.unknown, disk.noImage, disk.sealed, disk.nameTaken, disk.inUse, disk.full, disk.io. */
  planMerge(
    nameText: string,
    o: { readonly as?: string; readonly note?: string; readonly channel: Channel },
  ): Planned<DiskRecord> {
    const library = this.#library
    const record = library.find(nameText)
    if (record.sealedMs !== undefined) {
      throw new AppError('disk.sealed', `${record.name} is a golden image, not a disk made from one`, {
        hint: `Make a disk from it, start a PC from that, change what you want, and merge that disk.`,
      })
    }
    const parent = record.parent === undefined ? undefined : library.find(record.parent)
    if (!parent) {
      throw new AppError('disk.noImage', `${record.name} was not made from an image`, {
        hint: `Make an image of it instead: bootlace disk seal ${record.name}.`,
      })
    }
    const family = parent.image?.family ?? parent.name
    const open = library.openedOrThrow(record)
    const next = nextVersion(family, library.all())
    const reserved = library.reserve(o.as ?? next.name, record.sizeBytes, 0)
    let release: () => void
    try {
      release = library.hold(record.name, `it is becoming version ${next.version} of ${family}`)
    } catch (thrown) {
      reserved.release()
      throw thrown
    }
    return {
      record,
      run: async (watched) => {
        try {
          const flat = library.depthOf(record) > FLATTEN_AT
          const base = flat ? undefined : library.imageFor(parent)
          const { contentHash, ...made } = await this.#life.rewrite(reserved.name, base, open.device, watched)
          const { sizeBytes } = record
          const sealed = await library.adopt(
            await library.protect({
              ...library.newRecord(reserved.name, { ...made, sizeBytes, ...(!flat && { parent: parent.name }) }),
              sealedMs: this.#clock.now(),
              contentHash,
              image: { family, version: next.version, ...(o.note !== undefined && { note: o.note }) },
            }),
          )
          this.promote(sealed.name, o.channel)
          release()
          await this.#life.reset(record.name, { image: sealed.name, discard: true })
          return library.find(sealed.name)
        } finally {
          release()
          reserved.release()
        }
      },
    }
  }

  /** Gives a version to everybody, or to those that try versions, or to nobody; the version that had that channel loses it.
   *  Returns what changed. Errors: disk.unknown, disk.notSealed. */
  promote(nameText: string, channel: Channel | undefined): DiskRecord {
    const library = this.#library
    const record = library.find(nameText)
    if (!record.image) {
      throw new AppError('disk.notSealed', `${record.name} is no golden image`, {
        hint: `Seal it first (bootlace disk seal ${record.name}), or make a version of its image from it (bootlace disk merge ${record.name}).`,
      })
    }
    const { family, channel: had, ...image } = record.image
    if (had === channel) return record
    if (had === 'production' && channel !== 'production') {
      throw new AppError('disk.lastVersion', `${record.name} is what PCs of ${family} start from`, {
        hint: 'Put another version into production instead; this one then steps back by itself.',
      })
    }
    const former = library.all().find((d) => d.image?.family === family && d.image.channel === channel && channel)
    const steppedBack = former && withoutChannel(former)
    const changed: DiskRecord = { ...record, image: { ...image, family, ...(channel && { channel }) } }
    library.put(...(steppedBack ? [steppedBack] : []), changed)
    return changed
  }
}

function withoutChannel(record: DiskRecord): DiskRecord {
  const { channel: _, ...image } = record.image!
  return { ...record, image }
}
