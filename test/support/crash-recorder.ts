import { AppError } from '../../src-main/base/errors.ts'
import type { DiskFile } from '../../src-main/disks/disk-file.ts'
import type { SeededRandom } from './random.ts'

const PAGE = 4096
/** What a disk writes as a whole, even when power fails. Bytes. */
export const TORN_UNIT = 512

/** Bytes of a sparse file in memory. Copies share their pages until one of them changes. */
export class SparseBytes {
  #pages = new Map<number, Uint8Array>()
  #own = new Set<number>()
  size = 0

  copy(): SparseBytes {
    const copy = new SparseBytes()
    copy.#pages = new Map(this.#pages)
    copy.size = this.size
    // From here on both share what there is.
    this.#own.clear()
    return copy
  }
  read(position: number, into: Uint8Array): void {
    for (let at = 0; at < into.length;) {
      const page = Math.floor((position + at) / PAGE)
      const from = position + at - page * PAGE
      const length = Math.min(into.length - at, PAGE - from)
      const bytes = this.#pages.get(page)
      if (bytes) into.set(bytes.subarray(from, from + length), at)
      else into.fill(0, at, at + length)
      at += length
    }
  }
  #page(page: number): Uint8Array {
    const had = this.#pages.get(page)
    if (had && this.#own.has(page)) return had
    const bytes = had ? had.slice() : new Uint8Array(PAGE)
    this.#pages.set(page, bytes)
    this.#own.add(page)
    return bytes
  }
  write(position: number, data: Uint8Array): void {
    for (let at = 0; at < data.length;) {
      const page = Math.floor((position + at) / PAGE)
      const from = position + at - page * PAGE
      const length = Math.min(data.length - at, PAGE - from)
      this.#page(page).set(data.subarray(at, at + length), from)
      at += length
    }
    this.size = Math.max(this.size, position + data.length)
  }
  /** Does not make the file longer. */
  zero(position: number, length: number): void {
    const end = Math.min(position + length, this.size)
    if ((end - position) / PAGE > this.#pages.size) {
      // A hole of terabytes over a few pages.
      for (const page of this.#pages.keys()) this.#zeroPage(page, position, end)
      return
    }
    for (let at = position; at < end;) {
      const page = Math.floor(at / PAGE)
      const stop = Math.min(end, (page + 1) * PAGE)
      if (this.#pages.has(page)) this.#zeroPage(page, position, end)
      at = stop
    }
  }
  #zeroPage(page: number, position: number, end: number): void {
    const from = Math.max(position - page * PAGE, 0)
    const to = Math.min(end - page * PAGE, PAGE)
    if (from >= to) return
    if (to - from === PAGE) this.#pages.delete(page)
    else this.#page(page).fill(0, from, to)
  }
  resize(size: number): void {
    if (size < this.size) this.zero(size, this.size - size)
    this.size = size
  }
}

export type RecordedOp =
  | { readonly is: 'write'; readonly position: number; readonly data: Uint8Array }
  | { readonly is: 'zero'; readonly position: number; readonly length: number }
  | { readonly is: 'resize'; readonly size: number }
  /** Came back: the first `covers` ops of the record are durable. */
  | { readonly is: 'flushed'; readonly covers: number }

/** A file in memory that records what is done to it, so that every state a power cut could leave can be made again. */
export class RecordingFile implements DiskFile {
  readonly path: string
  readonly readOnly: boolean
  canPunch = true
  readonly ops: RecordedOp[] = []
  readonly bytes: SparseBytes
  /** The content when the record began. */
  readonly before: SparseBytes
  /** Decides which calls take a while; without it all but flushes are done at once. */
  random: SeededRandom | undefined
  /** Called before a flush; false: the flush is a lie, nothing becomes durable by it. */
  onFlush: () => boolean = () => true
  /** How many bytes may still be written until the host is full. */
  room = Infinity
  #closed = false

  constructor(bytes = new SparseBytes(), o: { readonly path?: string; readonly readOnly?: boolean } = {}) {
    this.path = o.path ?? 'memory'
    this.readOnly = o.readOnly ?? false
    this.bytes = bytes
    this.before = bytes.copy()
  }
  get sizeBytes(): number {
    return this.bytes.size
  }
  get closed(): boolean {
    return this.#closed
  }

  #later(act: () => void): void | Promise<void> {
    const random = this.random
    if (!random || random.below(3) > 0) return act()
    return this.#turns(1 + random.below(6)).then(act)
  }
  async #turns(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await Promise.resolve()
  }
  #check(): void {
    if (this.#closed) throw new AppError('disk.closed', `${this.path} is closed`)
  }
  read(position: number, into: Uint8Array): void | Promise<void> {
    this.#check()
    return this.#later(() => this.bytes.read(position, into))
  }
  write(position: number, pieces: readonly Uint8Array[]): void | Promise<void> {
    this.#check()
    if (this.readOnly) throw new AppError('disk.readOnly', `${this.path} is read-only`)
    return this.#later(() => {
      const data = new Uint8Array(pieces.reduce((n, p) => n + p.length, 0))
      let at = 0
      for (const piece of pieces) {
        data.set(piece, at)
        at += piece.length
      }
      if (data.length > this.room) throw new AppError('disk.full', `writing ${this.path}: the host's disk is full`)
      this.room -= data.length
      this.ops.push({ is: 'write', position, data })
      this.bytes.write(position, data)
    })
  }
  zero(position: number, length: number): void | Promise<void> {
    this.#check()
    return this.#later(() => {
      this.ops.push({ is: 'zero', position, length })
      this.bytes.zero(position, length)
    })
  }
  async resize(size: number): Promise<void> {
    this.#check()
    await this.#turns(2)
    this.ops.push({ is: 'resize', size })
    this.bytes.resize(size)
  }
  async flush(): Promise<void> {
    this.#check()
    const covers = this.ops.length
    const honest = this.onFlush()
    await this.#turns(1 + (this.random?.below(20) ?? 0))
    if (honest) this.ops.push({ is: 'flushed', covers })
  }
  async close(): Promise<void> {
    this.#closed = true
  }
}

const apply = (bytes: SparseBytes, op: RecordedOp): void => {
  if (op.is === 'write') bytes.write(op.position, op.data)
  else if (op.is === 'zero') bytes.zero(op.position, op.length)
  else if (op.is === 'resize') bytes.resize(op.size)
}

/** The states that power cuts leave of one record, the later cuts after the earlier ones. */
export class PowerCuts {
  readonly #file: RecordingFile
  #base: SparseBytes
  /** Ops that are in `#base`. */
  #done = 0

  constructor(file: RecordingFile) {
    this.#file = file
    this.#base = file.before.copy()
  }

  /** The file after a cut when `cut` ops had been issued: everything that was flushed, and of the rest what `random`
   *  lets through, in pieces of 512 bytes; all or nothing of it without `random`.
   *  @param cut not smaller than in the call before. */
  at(cut: number, rest: 'all' | 'none' | SeededRandom): SparseBytes {
    const { ops } = this.#file
    let durable = this.#done
    for (let i = this.#done; i < cut; i++) {
      const op = ops[i]!
      if (op.is === 'flushed') durable = Math.max(durable, op.covers)
    }
    for (; this.#done < durable; this.#done++) apply(this.#base, ops[this.#done]!)
    const bytes = this.#base.copy()
    if (rest === 'none') return bytes
    for (let i = durable; i < cut; i++) {
      const op = ops[i]!
      if (rest === 'all') apply(bytes, op)
      else applySome(bytes, op, rest)
    }
    return bytes
  }
}

function applySome(bytes: SparseBytes, op: RecordedOp, random: SeededRandom): void {
  // Some cuts lose whole operations, others tear them.
  const mood = random.below(4)
  if (mood === 0 || op.is === 'flushed') return
  if (mood === 1 || op.is === 'resize') return apply(bytes, op)
  const length = op.is === 'write' ? op.data.length : op.length
  for (let at = 0; at < length; at += TORN_UNIT) {
    if (random.below(2) === 0) continue
    const end = Math.min(length, at + TORN_UNIT)
    if (op.is === 'write') bytes.write(op.position + at, op.data.subarray(at, end))
    else bytes.zero(op.position + at, end - at)
  }
}
