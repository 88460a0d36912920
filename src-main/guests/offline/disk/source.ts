import { AppError } from '../../../base/errors.ts'
import type { BlockDevice } from '../../../disks/block-device.ts'

/** Bytes that can be read at any place: a disk, a partition, a file. */
export interface ByteSource {
  readonly sizeBytes: number
  /** Exactly `length` bytes from `at` on, as a copy. Errors: guest.outside beyond the end; guest.unreadable;
   *  guest.tooMuchWork; job.cancelled; disk.io. */
  read(at: number, length: number): Promise<Uint8Array>
}

/** What cannot be read, and why: the reason is shown to people after "not readable: ". */
export const unreadable = (reason: string, data: Readonly<Record<string, unknown>> = {}): AppError =>
  new AppError('guest.unreadable', reason, { data })

const PAGE_BYTES = 64 * 1024
const PAGES_KEPT = 256

export interface ReadLimits {
  /** Bytes taken from the disk in all. */
  readonly bytes: number
  /** Calls of `read` in all. */
  readonly calls: number
}

/** A damaged or hostile image may send a reader round and round; far more than an honest disk needs. */
export const INSPECTION_LIMITS: ReadLimits = { bytes: 8 * 2 ** 30, calls: 4_000_000 }

/** A disk read in pages of 64 KiB, of which the 256 used last are kept (16 MiB). Never writes. */
export class DiskSource implements ByteSource {
  readonly sizeBytes: number
  readonly #device: BlockDevice
  readonly #signal: AbortSignal | undefined
  readonly #limits: ReadLimits
  readonly #pages = new Map<number, Uint8Array>()
  #bytes = 0
  #calls = 0

  constructor(device: BlockDevice, o: { readonly signal?: AbortSignal; readonly limits?: ReadLimits } = {}) {
    this.#device = device
    this.#signal = o.signal
    this.#limits = o.limits ?? INSPECTION_LIMITS
    this.sizeBytes = device.blockCount * device.blockSize
  }
  get blockSize(): 512 | 4096 {
    return this.#device.blockSize
  }
  /** Bytes taken from the disk so far. */
  get bytesRead(): number {
    return this.#bytes
  }

  async read(at: number, length: number): Promise<Uint8Array> {
    checkRange(this, at, length)
    if (++this.#calls > this.#limits.calls) throw tooMuch()
    const out = new Uint8Array(length)
    for (let done = 0; done < length;) {
      const position = at + done
      const page = Math.floor(position / PAGE_BYTES)
      const bytes = this.#kept(page) ?? (await this.#load(page))
      const from = position - page * PAGE_BYTES
      const count = Math.min(length - done, bytes.length - from)
      out.set(bytes.subarray(from, from + count), done)
      done += count
    }
    return out
  }

  #kept(page: number): Uint8Array | undefined {
    const bytes = this.#pages.get(page)
    if (bytes) {
      // The order of a Map is the order of insertion: the page used last goes to its end.
      this.#pages.delete(page)
      this.#pages.set(page, bytes)
    }
    return bytes
  }

  async #load(page: number): Promise<Uint8Array> {
    if (this.#signal?.aborted) throw new AppError('job.cancelled', 'the inspection was cancelled')
    const start = page * PAGE_BYTES
    const bytes = new Uint8Array(Math.min(PAGE_BYTES, this.sizeBytes - start))
    this.#bytes += bytes.length
    if (this.#bytes > this.#limits.bytes) throw tooMuch()
    await this.#device.read(start / this.#device.blockSize, bytes)
    if (this.#pages.size >= PAGES_KEPT) this.#pages.delete(this.#pages.keys().next().value!)
    this.#pages.set(page, bytes)
    return bytes
  }
}

const tooMuch = (): AppError =>
  new AppError('guest.tooMuchWork', 'the image sends the reader round in circles', {
    hint: 'The image is damaged. Make it again, after a disk check on the PC.',
  })

export function checkRange(source: ByteSource, at: number, length: number): void {
  if (at < 0 || length < 0 || at + length > source.sizeBytes)
    throw new AppError('guest.outside', `${length} bytes at ${at} lie outside, where ${source.sizeBytes} are`, {
      data: { at, length, sizeBytes: source.sizeBytes },
    })
}

/** A part of a source, as its own source. What lies behind the end of the whole reads as an error, not as zeros. */
export function slice(whole: ByteSource, at: number, sizeBytes: number): ByteSource {
  return {
    sizeBytes,
    async read(from, length) {
      checkRange(this, from, length)
      return whole.read(at + from, length)
    },
  }
}

/** Bytes in memory as a source. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.length,
    async read(at, length) {
      checkRange(this, at, length)
      // Not slice(): a Buffer's gives a view, and who reads may change what it got.
      return new Uint8Array(bytes.subarray(at, at + length))
    },
  }
}

/** Where pieces of a file lie: `at` undefined reads as zeros. */
export interface Piece {
  readonly at: number | undefined
  readonly length: number
}

/** A source made of pieces of another, looked up as they are read. `locate(position)` tells the piece that starts
 *  there, at least one byte long. */
export function piecedSource(
  whole: ByteSource,
  sizeBytes: number,
  locate: (position: number) => Piece | Promise<Piece>,
): ByteSource {
  return {
    sizeBytes,
    async read(at, length) {
      checkRange(this, at, length)
      const out = new Uint8Array(length)
      for (let done = 0; done < length;) {
        const piece = await locate(at + done)
        if (!(piece.length > 0)) throw unreadable('a file goes nowhere')
        const count = Math.min(piece.length, length - done)
        if (piece.at !== undefined) out.set(await whole.read(piece.at, count), done)
        done += count
      }
      return out
    },
  }
}

/** Everything, when it is small enough. Errors: guest.unreadable when it is larger than `limit`. */
export async function readAll(source: ByteSource, limit: number): Promise<Uint8Array> {
  if (source.sizeBytes > limit) throw unreadable(`it is larger than ${limit} bytes`)
  return source.read(0, source.sizeBytes)
}
