import { statSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { AppError, toAppError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Installers, MediumFile, NetworkInstaller } from '../../boot/installers.ts'
import { describeMedium } from '../../guests/iso/describe.ts'
import type { MediumDescription, MediumKind } from '../../guests/iso/description.ts'
import { openIsoMedium, type IsoMedium } from '../../guests/iso/medium.ts'
import type { ByteSource } from '../../guests/offline/disk/source.ts'

interface Opened {
  readonly handle: FileHandle
  readonly modified: Date
  readonly medium: IsoMedium
  readonly description: MediumDescription
}

interface Place {
  /** Length and date: another file under the same name is another medium. */
  readonly stamp: string
  readonly opened: Promise<Opened>
  /** Once it is known what it is. */
  description?: MediumDescription
  /** Files of it that are being sent. */
  users: number
  /** Whether it is closed as soon as nobody reads it. */
  dropped: boolean
}

/** More ISOs than one has in use at a time. */
const KEPT = 8

/** ISOs that PCs install from: opened once, looked into, read where they lie. Nothing is unpacked. */
export class IsoShelf implements Installers {
  /** The one used last stands last. */
  readonly #places = new Map<string, Place>()
  readonly #logger: Logger

  constructor(logger: Logger) {
    this.#logger = logger.child({ component: 'engine.iso-shelf' })
  }

  /** Errors: medium.unreadable, medium.missing; disk.io. */
  async describe(path: string): Promise<MediumDescription> {
    return (await this.#place(path).opened).description
  }

  settled(path: string | undefined): Promise<void> | undefined {
    if (path === undefined) return undefined
    let place: Place
    try {
      place = this.#place(path)
    } catch (thrown) {
      this.#warn(path, thrown)
      return undefined
    }
    if (place.description) return undefined
    return place.opened.then(
      () => undefined,
      (thrown: unknown) => this.#warn(path, thrown),
    )
  }

  installerOf(path: string): NetworkInstaller | undefined {
    return this.#places.get(path)?.description?.plan
  }

  /** What kind of system it has; undefined until it was looked into. */
  kindOf(path: string): MediumKind | undefined {
    return this.#places.get(path)?.description?.kind
  }

  async file(path: string, inside: string): Promise<MediumFile | undefined> {
    let place: Place | undefined
    try {
      place = this.#place(path)
      place.users++
      const { medium, modified } = await place.opened
      const content = await medium.file(inside)
      if (!content) return this.#leave(place)
      const mine = place
      return {
        sizeBytes: content.sizeBytes,
        modified,
        read: (at, length) => content.read(at, length),
        close: () => this.#leave(mine),
      }
    } catch (thrown) {
      if (place) this.#leave(place)
      this.#warn(path, thrown)
      return undefined
    }
  }

  async closeAll(): Promise<void> {
    const all = [...this.#places.values()]
    this.#places.clear()
    for (const place of all) await close(place)
  }

  #place(path: string): Place {
    const stamp = stampOf(path)
    const known = this.#places.get(path)
    if (known) this.#places.delete(path)
    if (known?.stamp === stamp) {
      this.#places.set(path, known)
      return known
    }
    if (known) this.#drop(known)
    const place: Place = { stamp, opened: openIso(path), users: 0, dropped: false }
    this.#places.set(path, place)
    place.opened.then(
      ({ description }) => (place.description = description),
      // Who asked is told; the next one tries anew.
      () => this.#places.get(path) === place && this.#places.delete(path),
    )
    for (const [key, old] of this.#places) {
      if (this.#places.size <= KEPT) break
      this.#places.delete(key)
      this.#drop(old)
    }
    return place
  }

  #leave(place: Place): undefined {
    place.users--
    if (place.dropped && place.users === 0) void close(place)
    return undefined
  }

  #drop(place: Place): void {
    place.dropped = true
    if (place.users === 0) void close(place)
  }

  #warn(path: string, thrown: unknown): void {
    const { code, message } = toAppError(thrown)
    this.#logger.warn({ code, path }, `an ISO cannot be looked into: ${message}`)
  }
}

async function close(place: Place): Promise<void> {
  const opened = await place.opened.catch(() => undefined)
  await opened?.handle.close()
}

async function openIso(path: string): Promise<Opened> {
  const handle = await open(path, 'r').catch((cause: unknown) => {
    throw missing(path, cause)
  })
  try {
    const { size, mtime } = await handle.stat()
    const medium = await openIsoMedium(fileSource(handle, size))
    return { handle, modified: mtime, medium, description: await describeMedium(medium) }
  } catch (thrown) {
    await handle.close()
    throw thrown
  }
}

/** The caller has checked nothing: pieces lie where an ISO says they do. */
function fileSource(handle: FileHandle, sizeBytes: number): ByteSource {
  return {
    sizeBytes,
    async read(at, length) {
      if (at < 0 || length < 0 || at + length > sizeBytes)
        throw new AppError('guest.outside', `${length} bytes at ${at} lie outside of ${sizeBytes}`)
      const bytes = new Uint8Array(length)
      for (let done = 0; done < length;) {
        const { bytesRead } = await handle.read(bytes, done, length - done, at + done)
        if (bytesRead === 0) throw new AppError('disk.io', 'the ISO became shorter while it was read')
        done += bytesRead
      }
      return bytes
    },
  }
}

function stampOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found?.isFile()) throw missing(path, undefined)
  return `${found.size} ${found.mtimeMs}`
}

const missing = (path: string, cause: unknown): AppError =>
  new AppError('medium.missing', `the medium ${path} does not exist or cannot be read`, {
    hint: 'Give the path of a file on the computer that runs Bootlace.',
    cause,
  })
