import { AppError } from '../../src-main/base/errors.ts'
import type { DiskFile } from '../../src-main/disks/disk-file.ts'
import type { SeededRandom } from './random.ts'
import { SparseBytes } from './sparse-bytes.ts'

/** How long a call of a file takes: nothing, or until the promise resolves. */
export type Pace = () => void | Promise<void>

export const atOnce: Pace = () => {}
/** Every call waits for a turn of the loop first, as a call to a cold medium would. */
export const oneTurn: Pace = () => new Promise<void>((resolve) => setImmediate(resolve))
/** Two of three calls are done at once, the others after some turns, so that they overtake each other. */
export const uneven =
  (random: SeededRandom): Pace =>
  () => {
    if (random.below(3) === 0) return turns(1 + random.below(6))
  }
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve()
}

/** A file in memory that can be made slow, full or broken. */
export class MemoryFile implements DiskFile {
  readonly path: string
  readonly readOnly: boolean
  canPunch = true
  pace: Pace = atOnce
  /** Bytes the file may grow to; beyond it writes fail as on a full disk. */
  limitBytes = Infinity
  /** Bytes that may still be written, wherever they go; then the host is full. */
  room = Infinity
  failWith: AppError | undefined
  flushes = 0
  /** Calls of `read`, and the bytes they asked for. */
  reads = 0
  readBytes = 0
  /** Calls that would have changed the file. */
  changes = 0
  readonly bytes: SparseBytes
  #closed = false

  /** @param content an array is copied, SparseBytes are not: another file over them sees the same. */
  constructor(
    content: Uint8Array | SparseBytes = new SparseBytes(),
    o: { readonly path?: string; readonly readOnly?: boolean } = {},
  ) {
    this.path = o.path ?? 'memory'
    this.readOnly = o.readOnly ?? false
    this.bytes = content instanceof SparseBytes ? content : new SparseBytes(content)
  }
  get sizeBytes(): number {
    return this.bytes.size
  }
  get closed(): boolean {
    return this.#closed
  }
  get pages(): number {
    return this.bytes.pages
  }
  /** The whole content, copied. */
  content(): Uint8Array {
    const all = new Uint8Array(this.sizeBytes)
    this.bytes.read(0, all)
    return all
  }
  clone(o: { readonly path?: string; readonly readOnly?: boolean } = {}): MemoryFile {
    return new MemoryFile(this.bytes.copy(), { path: this.path, ...o })
  }
  #do(action: () => void): void | Promise<void> {
    const act = (): void => {
      if (this.#closed) throw new AppError('disk.closed', `${this.path} is closed`)
      if (this.failWith) throw this.failWith
      action()
    }
    const waiting = this.pace()
    return waiting ? waiting.then(act) : act()
  }
  #change(end: number, length: number, action: () => void): void | Promise<void> {
    this.changes++
    return this.#do(() => {
      if (this.readOnly) throw new AppError('disk.readOnly', `${this.path} is read-only`)
      if (end > this.limitBytes || length > this.room)
        throw new AppError('disk.full', `writing ${this.path}: the host's disk is full`)
      this.room -= length
      action()
    })
  }
  read(position: number, into: Uint8Array): void | Promise<void> {
    this.reads++
    this.readBytes += into.length
    return this.#do(() => this.bytes.read(position, into))
  }
  write(position: number, pieces: readonly Uint8Array[]): void | Promise<void> {
    const length = pieces.reduce((n, piece) => n + piece.length, 0)
    return this.#change(position + length, length, () => {
      let at = position
      for (const piece of pieces) {
        this.bytes.write(at, piece)
        at += piece.length
      }
    })
  }
  async flush(): Promise<void> {
    await this.#do(() => void this.flushes++)
  }
  zero(position: number, length: number): void | Promise<void> {
    return this.#change(0, 0, () => this.bytes.zero(position, length))
  }
  async resize(sizeBytes: number): Promise<void> {
    await this.#change(sizeBytes, 0, () => this.bytes.resize(sizeBytes))
  }
  async close(): Promise<void> {
    this.#closed = true
  }
}
