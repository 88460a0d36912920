import { AppError } from '../base/errors.ts'
import type { BlockDevice, Extent } from './block-device.ts'
import { Calls } from './calls.ts'

/** Bytes of one page: what a miss reads, and what is let go of as a whole. Measured with reads like those of a boot (runs
 *  of 4 to 256 KiB at scattered places): pages of 16 KiB took a third more reads below and saved a seventh of the bytes.
 *  A read of 64 KiB is the largest that a host file does at once, without a hop to the pool. A hit costs the same with
 *  any size. */
const PAGE_BYTES = 64 * 1024
/** The arena grows by this. Bytes. */
const CHUNK_BYTES = 4 * 2 ** 20
/** Reads from here on are taken for passes over a disk (a copy, a hash, a large file): their pages are kept, since
 *  the next clone may want the same, but they do not count as popular. Bytes. */
const LARGE_READ = 256 * 1024
/** One read may replace this part of everything that is kept. */
const LARGEST_SHARE = 8
/** How many rounds of the clock's hand a popular page outlives. */
const MOST_POPULAR = 3

const NONE = -1
const FREE = 0
const HELD = 1
const LOADING = 2

export interface CacheCounters {
  /** Pages that were at hand when they were read. */
  readonly hits: number
  /** Pages that had to be read from below. */
  readonly misses: number
  /** Pages that somebody else was reading already. */
  readonly shared: number
  /** What was read from below. Bytes. */
  readonly bytesRead: number
  /** What the pages in use take. Bytes. */
  readonly heldBytes: number
  /** What the arena has grown to. Bytes. */
  readonly arenaBytes: number
  readonly maximumBytes: number
}

/** How much memory the cache of a computer may take: a sixteenth of its memory, 64 MiB to 1 GiB. Bytes. */
export const cacheBytesFor = (totalMemoryBytes: number): number =>
  Math.min(Math.max(Math.floor(totalMemoryBytes / 16), 64 * 2 ** 20), 2 ** 30)

/** Memory for the pages of all cached images. Which page goes when another needs its place is decided by a clock with
 *  a count for each page: a hit raises the count, the hand lowers it, and takes what is at zero. A new page starts at
 *  zero, so that what is read once goes before what is read often. */
export class BlockCache {
  readonly pageBytes: number
  readonly maximumBytes: number
  readonly #maximumFrames: number
  readonly #framesPerChunk: number
  readonly #chunks: Buffer[] = []
  /** By frame. */
  #states = new Uint8Array(0)
  #popularity = new Uint8Array(0)
  #pages = new Float64Array(0)
  readonly #owners: (CachedImage | undefined)[] = []
  readonly #free: number[] = []
  #hand = 0
  hits = 0
  misses = 0
  shared = 0
  bytesRead = 0
  #held = 0

  /** @param o `maximumBytes` bounds the arena; `pageBytes` is a power of two, 4 KiB or more. */
  constructor(o: { readonly maximumBytes: number; readonly pageBytes?: number }) {
    this.pageBytes = o.pageBytes ?? PAGE_BYTES
    if (this.pageBytes < 4096 || !Number.isInteger(Math.log2(this.pageBytes)))
      throw new AppError('bug', `a page cannot have ${this.pageBytes} bytes`)
    this.maximumBytes = o.maximumBytes
    this.#maximumFrames = Math.floor(o.maximumBytes / this.pageBytes)
    this.#framesPerChunk = Math.max(1, CHUNK_BYTES / this.pageBytes)
  }

  get counters(): CacheCounters {
    return {
      hits: this.hits,
      misses: this.misses,
      shared: this.shared,
      bytesRead: this.bytesRead,
      heldBytes: this.#held * this.pageBytes,
      arenaBytes: this.#states.length * this.pageBytes,
      maximumBytes: this.maximumBytes,
    }
  }
  /** Pages that one read may replace. */
  get largestShare(): number {
    return Math.max(1, Math.floor(this.#maximumFrames / LARGEST_SHARE))
  }

  copyOut(frame: number, within: number, into: Uint8Array, at: number, length: number): void {
    const from = (frame % this.#framesPerChunk) * this.pageBytes + within
    // No view is made: that would be the only garbage of a hit.
    this.#chunks[Math.floor(frame / this.#framesPerChunk)]!.copy(into, at, from, from + length)
  }
  /** The memory of a frame, borrowed. */
  view(frame: number, length: number): Uint8Array {
    const from = (frame % this.#framesPerChunk) * this.pageBytes
    return this.#chunks[Math.floor(frame / this.#framesPerChunk)]!.subarray(from, from + length)
  }
  touch(frame: number, large: boolean): void {
    this.hits++
    const count = this.#popularity[frame]!
    if (count < (large ? 1 : MOST_POPULAR)) this.#popularity[frame] = count + 1
  }

  /** A frame that is the caller's until `keep` or `release`; -1 when all are. What it held is gone. */
  claim(): number {
    const frame = this.#free.pop() ?? (this.#grow() ? this.#free.pop()! : this.#evict())
    if (frame !== NONE) this.#states[frame] = LOADING
    return frame
  }
  keep(frame: number, owner: CachedImage, page: number): void {
    this.#states[frame] = HELD
    this.#popularity[frame] = 0
    this.#owners[frame] = owner
    this.#pages[frame] = page
    this.#held++
  }
  release(frame: number): void {
    if (this.#states[frame] === HELD) this.#held--
    this.#states[frame] = FREE
    this.#owners[frame] = undefined
    this.#free.push(frame)
  }

  #grow(): boolean {
    const before = this.#states.length
    const frames = Math.min(this.#framesPerChunk, this.#maximumFrames - before)
    if (frames <= 0) return false
    // Memory of this size comes zeroed from the operating system, page by page as it is touched: nothing fills it here.
    this.#chunks.push(Buffer.from(new ArrayBuffer(frames * this.pageBytes)))
    const longer = <T extends Uint8Array | Float64Array>(old: T, fresh: T): T => {
      fresh.set(old)
      return fresh
    }
    this.#states = longer(this.#states, new Uint8Array(before + frames))
    this.#popularity = longer(this.#popularity, new Uint8Array(before + frames))
    this.#pages = longer(this.#pages, new Float64Array(before + frames))
    for (let frame = before + frames - 1; frame >= before; frame--) this.#free.push(frame)
    return true
  }

  #evict(): number {
    const frames = this.#states.length
    // Whatever is held is at zero after so many rounds.
    for (let steps = frames * (MOST_POPULAR + 1); steps > 0; steps--) {
      const frame = this.#hand
      this.#hand = frame + 1 === frames ? 0 : frame + 1
      if (this.#states[frame] !== HELD) continue
      if (this.#popularity[frame]! > 0) {
        this.#popularity[frame]!--
        continue
      }
      this.#owners[frame]!.forget(this.#pages[frame]!)
      this.#owners[frame] = undefined
      this.#held--
      return frame
    }
    return NONE
  }
}

/** A page on its way from below. */
interface Load {
  /** What others want of it: copied in the same turn in which it comes, so that its frame may go at once. */
  readonly wanted: { readonly within: number; readonly into: Uint8Array }[]
  done: Promise<void>
}

/** A read-only device through a cache. A sealed image never changes, so nothing here can be out of date. */
class CachedImage implements BlockDevice {
  readonly blockSize: 512 | 4096
  readonly blockCount: number
  readonly readOnly = true
  readonly canPunch = false
  readonly extent?: (lba: number) => Extent | Promise<Extent>
  readonly #device: BlockDevice
  readonly #cache: BlockCache
  readonly #pageBytes: number
  readonly #sizeBytes: number
  /** Page to frame. */
  readonly #frames = new Map<number, number>()
  readonly #loads = new Map<number, Load>()
  #closed: Promise<void> | undefined

  constructor(device: BlockDevice, cache: BlockCache) {
    if (!device.readOnly) throw new AppError('bug', 'only what never changes can be cached')
    this.#device = device
    this.#cache = cache
    this.#pageBytes = cache.pageBytes
    this.blockSize = device.blockSize
    this.blockCount = device.blockCount
    this.#sizeBytes = device.blockCount * device.blockSize
    if (device.extent) this.extent = (lba) => device.extent!(lba)
  }

  read(lba: number, into: Uint8Array): void | Promise<void> {
    const position = lba * this.blockSize
    const length = into.length
    const page = Math.floor(position / this.#pageBytes)
    const within = position - page * this.#pageBytes
    if (within + length <= this.#pageBytes) {
      const frame = this.#frames.get(page)
      if (frame !== undefined) {
        this.#cache.touch(frame, false)
        this.#cache.copyOut(frame, within, into, 0, length)
        return
      }
    }
    if (this.#closed) throw new AppError('disk.closed', 'the image is closed')
    if (position < 0 || position + length > this.#sizeBytes)
      throw new AppError('bug', `the image has no byte ${position + length - 1}`)
    if (within + length <= this.#pageBytes && length < this.#lengthOf(page)) return this.#readPart(page, within, into)
    return this.#readPages(page, within, into)
  }

  #lengthOf(page: number): number {
    return Math.min(this.#pageBytes, this.#sizeBytes - page * this.#pageBytes)
  }

  #readPages(first: number, withinFirst: number, into: Uint8Array): void | Promise<void> {
    const large = into.length >= LARGE_READ
    const calls = new Calls()
    let page = first
    for (let at = 0; at < into.length;) {
      const within = page === first ? withinFirst : 0
      const length = Math.min(this.#lengthOf(page) - within, into.length - at)
      const frame = this.#frames.get(page)
      if (frame !== undefined) {
        this.#cache.touch(frame, large)
        this.#cache.copyOut(frame, within, into, at, length)
        at += length
        page++
        continue
      }
      if (length < this.#lengthOf(page) || this.#loads.has(page)) {
        const [part, wanted] = [page, into.subarray(at, at + length)]
        calls.add(() => this.#readPart(part, within, wanted))
        at += length
        page++
        continue
      }
      // Whole pages that nobody has yet come in one read, straight to where they are wanted.
      let pages = 1
      let end = at + length
      while (end < into.length && !this.#frames.has(page + pages) && !this.#loads.has(page + pages)) {
        const next = this.#lengthOf(page + pages)
        if (end + next > into.length) break
        end += next
        pages++
      }
      const [from, run] = [page, into.subarray(at, end)]
      calls.add(() => this.#readRun(from, run))
      at = end
      page += pages
    }
    return calls.done()
  }

  /** A page of which not all is wanted, or that is on its way. */
  #readPart(page: number, within: number, into: Uint8Array): void | Promise<void> {
    const load = this.#loads.get(page)
    if (load) {
      this.#cache.shared++
      load.wanted.push({ within, into })
      return load.done
    }
    const frame = this.#cache.claim()
    // Everything is on its way for somebody: this part goes past the cache.
    if (frame === NONE) return this.#device.read((page * this.#pageBytes + within) / this.blockSize, into)
    const bytes = this.#cache.view(frame, this.#lengthOf(page))
    return this.#load(page, bytes, [frame], { within, into })
  }

  #readRun(page: number, into: Uint8Array): void | Promise<void> {
    const frames: number[] = []
    const pages = Math.ceil(into.length / this.#pageBytes)
    while (frames.length < Math.min(pages, this.#cache.largestShare)) {
      const frame = this.#cache.claim()
      if (frame === NONE) break
      frames.push(frame)
    }
    return this.#load(page, into, frames, undefined)
  }

  /** Reads whole pages from `page` on into `bytes`, which is the first frame's own memory or somebody's buffer, and
   *  keeps as many as there are frames for. A failure is everybody's who waits, and is forgotten. */
  #load(
    page: number,
    bytes: Uint8Array,
    frames: readonly number[],
    part: Load['wanted'][number] | undefined,
  ): void | Promise<void> {
    const pages = Math.ceil(bytes.length / this.#pageBytes)
    const giveBack = (): void => {
      for (const frame of frames) this.#cache.release(frame)
    }
    let waiting: void | Promise<void>
    try {
      waiting = this.#device.read((page * this.#pageBytes) / this.blockSize, bytes)
    } catch (thrown) {
      giveBack()
      throw thrown
    }
    if (!waiting) return this.#loaded(page, bytes, frames, part)
    const loads: Load[] = []
    const settle = (): void => {
      for (let i = 0; i < pages; i++) this.#loads.delete(page + i)
    }
    const done = waiting.then(
      () => {
        settle()
        for (const [i, load] of loads.entries()) {
          const start = i * this.#pageBytes
          for (const { within, into } of load.wanted)
            into.set(bytes.subarray(start + within, start + within + into.length))
        }
        this.#loaded(page, bytes, frames, part)
      },
      (thrown: unknown) => {
        settle()
        giveBack()
        throw thrown
      },
    )
    for (let i = 0; i < pages; i++) {
      const load: Load = { wanted: [], done }
      loads.push(load)
      this.#loads.set(page + i, load)
    }
    return done
  }

  #loaded(page: number, bytes: Uint8Array, frames: readonly number[], part: Load['wanted'][number] | undefined): void {
    this.#cache.misses += Math.ceil(bytes.length / this.#pageBytes)
    this.#cache.bytesRead += bytes.length
    for (const [i, frame] of frames.entries()) {
      if (this.#closed) {
        this.#cache.release(frame)
        continue
      }
      const length = this.#lengthOf(page + i)
      const start = i * this.#pageBytes
      if (!part) this.#cache.view(frame, length).set(bytes.subarray(start, start + length))
      this.#cache.keep(frame, this, page + i)
      this.#frames.set(page + i, frame)
    }
    if (part) part.into.set(bytes.subarray(part.within, part.within + part.into.length))
  }

  /** The cache takes the page's frame for another. */
  forget(page: number): void {
    this.#frames.delete(page)
  }

  write(): never {
    throw new AppError('disk.readOnly', 'an image that others are made from cannot be written')
  }
  zero(): never {
    throw new AppError('disk.readOnly', 'an image that others are made from cannot be written')
  }
  flush(): Promise<void> {
    return Promise.resolve()
  }
  /** Gives its pages back, and closes the device below. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }
  async #close(): Promise<void> {
    for (const frame of this.#frames.values()) this.#cache.release(frame)
    this.#frames.clear()
    await Promise.allSettled([...this.#loads.values()].map((load) => load.done))
    await this.#device.close()
  }
}

/** A read-only device whose blocks are kept in `cache` once they were read.
 *
 *  Of a chain only the view that writable clones read through is cached, whatever generation it is, and the generations
 *  below it are not: a page is then kept once, and a hit is one look-up however long the chain is. Caches on each other
 *  would keep the same page once for every generation. Only where clones of two generations are in use at once, both
 *  read what they have in common.
 *
 *  A hit is done at once and makes no garbage; readers of a page that is on its way share it. Closing it closes the
 *  device.
 *  Errors: bug when the device can be written; reading: as the device, and disk.closed. */
export const cachedImage = (device: BlockDevice, cache: BlockCache): BlockDevice => new CachedImage(device, cache)
