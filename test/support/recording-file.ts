import type { DiskFile } from '../../src-main/disks/disk-file.ts'
import { MemoryFile } from './memory-file.ts'
import type { SeededRandom } from './random.ts'

const SECTOR = 512

interface Span {
  /** When it was asked for and when it was answered, on one counter for all calls. */
  readonly called: number
  done: number
}
type Change =
  | (Span & { readonly kind: 'write'; readonly position: number; readonly bytes: Uint8Array })
  | (Span & { readonly kind: 'zero'; readonly position: number; readonly length: number })
  | (Span & { readonly kind: 'resize'; readonly sizeBytes: number })

/** A file that remembers every change and flush, and can say what may be left after a power cut at any moment: all that
 *  was answered before the call of a flush that was answered, and of the rest any sectors or none. */
export class RecordingFile implements DiskFile {
  readonly path: string
  readonly readOnly = false
  readonly canPunch = true
  readonly changes: Change[] = []
  flushes: Span[] = []
  readonly #file: MemoryFile
  readonly #before: MemoryFile
  #counter = 0

  constructor(content: MemoryFile, o: { slow?: boolean } = {}) {
    this.path = content.path
    this.#before = content.clone()
    this.#file = content.clone()
    this.#file.slow = o.slow ?? false
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
    const bytes = Uint8Array.from(pieces.flatMap((piece) => [...piece]))
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
    this.flushes.push(span)
    await this.#file.flush()
    span.done = this.now
  }
  async close(): Promise<void> {
    await this.flush()
  }
  #record(change: Change, action: () => void | Promise<void>): void | Promise<void> {
    this.changes.push(change)
    const running = action()
    if (running)
      return running.then(() => {
        change.done = this.now
      })
    change.done = this.now
  }

  /** The file as a power cut at `moment` may leave it. Without `random` nothing is lost that was asked for. */
  afterPowerCut(moment: number, random?: SeededRandom): MemoryFile {
    const durable = this.flushes.reduce((to, flush) => (flush.done <= moment ? Math.max(to, flush.called) : to), 0)
    const file = this.#before.clone()
    // Disks mostly lose much or little: a fair coin for each write would hardly ever lose all but one.
    const kept = random ? [0, 10, 50, 90, 100][random.below(5)]! : 100
    for (const change of this.changes) {
      if (change.called > moment) continue
      const safe = change.done < durable || !random
      if (safe) apply(file, change)
      else if (random.below(100) < kept) applyTorn(file, change, random)
    }
    return file
  }
}

function apply(file: MemoryFile, change: Change): void {
  if (change.kind === 'write') void file.write(change.position, [change.bytes])
  else if (change.kind === 'zero') void file.zero(change.position, change.length)
  else void file.resize(change.sizeBytes)
}

/** All of the change, or any of its sectors. */
function applyTorn(file: MemoryFile, change: Change, random: SeededRandom): void {
  if (change.kind === 'resize' || random.below(2) === 0) return apply(file, change)
  const length = change.kind === 'write' ? change.bytes.length : change.length
  for (let at = 0; at < length;) {
    const end = Math.min(length, at + SECTOR - ((change.position + at) % SECTOR))
    if (random.below(2) === 0) {
      if (change.kind === 'write') void file.write(change.position + at, [change.bytes.subarray(at, end)])
      else void file.zero(change.position + at, end - at)
    }
    at = end
  }
}
