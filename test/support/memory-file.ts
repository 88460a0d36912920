import { AppError } from '../../src-main/base/errors.ts'
import type { DiskFile } from '../../src-main/disks/disk-file.ts'

const PAGE = 4096

/** A file in memory that holds only the pages that were written: terabytes of holes cost nothing. */
export class MemoryFile implements DiskFile {
  readonly path: string
  readonly readOnly: boolean
  readonly canPunch = true
  /** Every call waits for a turn of the loop first, as a call to a cold medium would. */
  slow = false
  /** Bytes the file may grow to; beyond it writes fail as on a full disk. */
  limitBytes = Infinity
  failWith: AppError | undefined
  flushes = 0
  /** Bytes that calls of `read` asked for. */
  readBytes = 0
  #size = 0
  #closed = false
  readonly #pages = new Map<number, Uint8Array>()

  constructor(content: Uint8Array = new Uint8Array(0), o: { path?: string; readOnly?: boolean } = {}) {
    this.path = o.path ?? 'memory'
    this.readOnly = o.readOnly ?? false
    this.#put(0, content)
  }
  get sizeBytes(): number {
    return this.#size
  }
  get closed(): boolean {
    return this.#closed
  }
  get pages(): number {
    return this.#pages.size
  }
  /** The whole content, copied. */
  content(): Uint8Array {
    const all = new Uint8Array(this.#size)
    this.#get(0, all)
    return all
  }
  clone(o: { path?: string; readOnly?: boolean } = {}): MemoryFile {
    const copy = new MemoryFile(undefined, { path: this.path, ...o })
    for (const [index, page] of this.#pages) copy.#pages.set(index, page.slice())
    copy.#size = this.#size
    return copy
  }
  #get(position: number, into: Uint8Array): void {
    for (let done = 0; done < into.length;) {
      const at = position + done
      const inside = at % PAGE
      const length = Math.min(PAGE - inside, into.length - done)
      const page = this.#pages.get(Math.floor(at / PAGE))
      if (page) into.set(page.subarray(inside, inside + length), done)
      else into.fill(0, done, done + length)
      done += length
    }
  }
  #put(position: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      const at = position + done
      const inside = at % PAGE
      const length = Math.min(PAGE - inside, bytes.length - done)
      const index = Math.floor(at / PAGE)
      let page = this.#pages.get(index)
      if (!page) this.#pages.set(index, (page = new Uint8Array(PAGE)))
      page.set(bytes.subarray(done, done + length), inside)
      done += length
    }
    this.#size = Math.max(this.#size, position + bytes.length)
  }
  #clear(position: number, end: number): void {
    const zeros = new Uint8Array(PAGE)
    const size = this.#size
    for (let at = position; at < end;) {
      const inside = at % PAGE
      const length = Math.min(PAGE - inside, end - at)
      const index = Math.floor(at / PAGE)
      if (length === PAGE) this.#pages.delete(index)
      else if (this.#pages.has(index)) this.#put(at, zeros.subarray(0, length))
      at += length
    }
    this.#size = size
  }
  #do(action: () => void): void | Promise<void> {
    const act = (): void => {
      if (this.#closed) throw new AppError('disk.closed', `${this.path} is closed`)
      if (this.failWith) throw this.failWith
      action()
    }
    if (!this.slow) return act()
    return new Promise<void>((resolve) => setImmediate(resolve)).then(act)
  }
  #mayGrowTo(end: number): void {
    if (this.readOnly) throw new AppError('disk.readOnly', `${this.path} is read-only`)
    if (end > this.limitBytes) throw new AppError('disk.full', `writing ${this.path}: the host's disk is full`)
  }
  read(position: number, into: Uint8Array): void | Promise<void> {
    this.readBytes += into.length
    return this.#do(() => {
      this.#get(position, into)
      if (position + into.length > this.#size) into.fill(0, Math.max(0, this.#size - position))
    })
  }
  write(position: number, pieces: readonly Uint8Array[]): void | Promise<void> {
    return this.#do(() => {
      let at = position
      this.#mayGrowTo(pieces.reduce((end, piece) => end + piece.length, position))
      for (const piece of pieces) {
        this.#put(at, piece)
        at += piece.length
      }
    })
  }
  async flush(): Promise<void> {
    await this.#do(() => void this.flushes++)
  }
  zero(position: number, length: number): void | Promise<void> {
    return this.#do(() => {
      this.#mayGrowTo(0)
      this.#clear(position, Math.min(position + length, this.#size))
    })
  }
  async resize(sizeBytes: number): Promise<void> {
    await this.#do(() => {
      this.#mayGrowTo(sizeBytes)
      const old = this.#size
      // Only pages that exist hold anything: a terabyte of hole is not walked.
      if (sizeBytes < old) {
        for (const index of [...this.#pages.keys()]) if (index * PAGE >= sizeBytes) this.#pages.delete(index)
        this.#clear(sizeBytes, Math.min(old, Math.ceil(sizeBytes / PAGE) * PAGE))
      }
      this.#size = sizeBytes
    })
  }
  async close(): Promise<void> {
    this.#closed = true
  }
}
