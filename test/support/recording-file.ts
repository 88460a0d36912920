import type { DiskFile } from '../../src-main/disks/disk-file.ts'
import type { MemoryFile } from './memory-file.ts'
import type { SeededRandom } from './random.ts'
import type { SparseBytes } from './sparse-bytes.ts'

/** What a disk writes as a whole, even when power fails. Bytes. */
export const TORN_UNIT = 512

/** When a call was made and when it was answered, on one counter for all calls; Infinity: not yet. */
export interface Span {
  called: number
  done: number
}
export type Change = Span &
  (
    | { readonly kind: 'write'; readonly position: number; readonly bytes: Uint8Array }
    | { readonly kind: 'zero'; readonly position: number; readonly length: number }
    | { readonly kind: 'resize'; readonly sizeBytes: number }
  )

/** What was done to a file, in the order of the calls. */
export interface FileRecord {
  /** The content when the record began. */
  readonly before: SparseBytes
  readonly changes: Change[]
  readonly flushes: Span[]
}

/** A file that remembers every change and flush, for PowerCuts. Closing it flushes, as the host's files do; it can be
 *  used again afterwards, as if it was opened again. */
export class RecordingFile implements DiskFile {
  readonly path: string
  readonly readOnly: boolean
  readonly canPunch: boolean
  readonly record: FileRecord
  /** How often it was closed. */
  closes = 0
  readonly #file: MemoryFile
  #counter = 0

  constructor(file: MemoryFile) {
    this.path = file.path
    this.readOnly = file.readOnly
    this.canPunch = file.canPunch
    this.#file = file
    this.record = { before: file.bytes.copy(), changes: [], flushes: [] }
  }
  /** The counter's next value: calls from now on are later. */
  get now(): number {
    return this.#counter++
  }
  get sizeBytes(): number {
    return this.#file.sizeBytes
  }
  read(position: number, into: Uint8Array): void | Promise<void> {
    return this.#file.read(position, into)
  }
  write(position: number, pieces: readonly Uint8Array[]): void | Promise<void> {
    const bytes = new Uint8Array(Buffer.concat(pieces))
    return this.#record({ kind: 'write', position, bytes, called: this.now, done: Infinity }, () =>
      this.#file.write(position, [bytes]),
    )
  }
  zero(position: number, length: number): void | Promise<void> {
    return this.#record({ kind: 'zero', position, length, called: this.now, done: Infinity }, () =>
      this.#file.zero(position, length),
    )
  }
  async resize(sizeBytes: number): Promise<void> {
    await this.#record({ kind: 'resize', sizeBytes, called: this.now, done: Infinity }, () =>
      this.#file.resize(sizeBytes),
    )
  }
  async flush(): Promise<void> {
    const span: Span = { called: this.now, done: Infinity }
    this.record.flushes.push(span)
    await this.#file.flush()
    span.done = this.now
  }
  async close(): Promise<void> {
    if (!this.readOnly) await this.flush()
    this.closes++
  }
  #record(change: Change, action: () => void | Promise<void>): void | Promise<void> {
    this.record.changes.push(change)
    const running = action()
    if (running)
      return running.then(() => {
        change.done = this.now
      })
    change.done = this.now
  }
}

/** The files that power cuts leave of one record: all that was answered before the call of a flush that was answered, and
 *  of the rest any sectors or none. */
export class PowerCuts {
  readonly #record: FileRecord
  /** The content with the first changes applied, as many as are durable. */
  #base: SparseBytes
  #applied = 0

  constructor(record: FileRecord) {
    this.#record = record
    this.#base = record.before.copy()
  }

  /** @param moment not smaller than in the call before.
   *  @param rest what is left of the changes that were asked for and are not durable. */
  at(moment: number, rest: 'all' | 'none' | SeededRandom): SparseBytes {
    const { changes, flushes } = this.#record
    let durable = 0
    for (const flush of flushes) if (flush.done <= moment) durable = Math.max(durable, flush.called)
    for (; this.#applied < changes.length; this.#applied++) {
      const change = changes[this.#applied]!
      if (change.done >= durable) break
      apply(this.#base, change)
    }
    const left = this.#base.copy()
    const lose = typeof rest === 'string' ? undefined : loserOf(rest)
    for (let i = this.#applied; i < changes.length; i++) {
      const change = changes[i]!
      if (change.called > moment) break
      if (rest === 'all' || change.done < durable) apply(left, change)
      else if (lose) lose(left, change)
    }
    return left
  }
}

function apply(bytes: SparseBytes, change: Change): void {
  if (change.kind === 'write') bytes.write(change.position, change.bytes)
  else if (change.kind === 'zero') bytes.zero(change.position, change.length)
  else bytes.resize(change.sizeBytes)
}

/** Applies all of a change, none of it, or some of its sectors. */
function loserOf(random: SeededRandom): (bytes: SparseBytes, change: Change) => void {
  // Disks mostly lose much or little: a fair coin for each write would hardly ever lose all but one.
  const kept = [0, 10, 50, 90, 100][random.below(5)]!
  return (bytes, change) => {
    if (random.below(100) >= kept) return
    if (change.kind === 'resize' || random.below(2) === 0) return apply(bytes, change)
    applyTorn(bytes, change, random)
  }
}

/** Any of the sectors; or the first ones, or the last. */
function applyTorn(bytes: SparseBytes, change: Exclude<Change, { kind: 'resize' }>, random: SeededRandom): void {
  const length = change.kind === 'write' ? change.bytes.length : change.length
  const sectors = Math.ceil(length / TORN_UNIT)
  const how = random.below(4)
  const seam = random.below(sectors + 1)
  for (let at = 0, sector = 0; at < length; sector++) {
    const end = Math.min(length, at + TORN_UNIT - ((change.position + at) % TORN_UNIT))
    if (how === 0 ? sector < seam : how === 1 ? sector >= seam : random.below(2) === 0) {
      if (change.kind === 'write') bytes.write(change.position + at, change.bytes.subarray(at, end))
      else bytes.zero(change.position + at, end - at)
    }
    at = end
  }
}
