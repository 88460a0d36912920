import type { BlockDevice } from './block-device.ts'
import { after, Calls } from './calls.ts'

/** Sealed disks that stand on each other: who holds what is asked once and remembered, so that a read goes straight to
 *  the right file instead of asking every generation on the way. They never change, so what is remembered stays true. */

/** What is told apart. Bytes. */
export const PIECE_BYTES = 4096
/** What is asked about at once. Bytes. */
const SPAN_BYTES = 2 * 2 ** 20
const PIECES = SPAN_BYTES / PIECE_BYTES
/** Spans that are shared by several generations cost a byte for each piece: 4 MiB for all of these. When there are more,
 *  all are forgotten and asked about again. */
const MOST_MAPS = 8192

export const PRESENCE = { none: 0, all: 1, some: 2 } as const

/** A disk that holds only what differs from its parent. */
export interface Generation extends BlockDevice {
  /** None in a disk that stands on its own: there this file is asked for everything. */
  readonly parent: BlockDevice | undefined
  /** Whether this file itself holds the pieces of 4 KiB from `lba` on, one value of PRESENCE for each of `into`. */
  presence(lba: number, into: Uint8Array): void | Promise<void>
  /** Reads what `presence` said this file holds. */
  readHere(lba: number, into: Uint8Array): void | Promise<void>
}

const isGeneration = (device: BlockDevice): device is Generation & { readonly parent: BlockDevice } =>
  'presence' in device && (device as Generation).parent !== undefined

/** Values of a map: 1 … n the generations, newest first; then who they stand on. */
const UNKNOWN = 0
/** Parts of the piece are in different files. */
const DIVIDED = 255

function endOfRun(holders: Uint8Array, from: number, last: number): number {
  let end = from + 1
  while (end <= last && holders[end] === holders[from]) end++
  return end
}

export class Generations {
  readonly #files: readonly Generation[]
  readonly #base: BlockDevice
  readonly #readDivided: (lba: number, into: Uint8Array) => void | Promise<void>
  readonly #blocksPerPiece: number
  readonly #blocksPerSpan: number
  /** By span: the only holder, or the holder of each piece. */
  readonly #holders: (number | Uint8Array | undefined)[] = []
  #maps = 0

  constructor(
    files: readonly Generation[],
    base: BlockDevice,
    readDivided: (lba: number, into: Uint8Array) => void | Promise<void>,
  ) {
    this.#files = files
    this.#base = base
    this.#readDivided = readDivided
    this.#blocksPerPiece = PIECE_BYTES / base.blockSize
    this.#blocksPerSpan = SPAN_BYTES / base.blockSize
  }

  /** As BlockDevice.read of the newest. */
  read(lba: number, into: Uint8Array): void | Promise<void> {
    const blockSize = this.#base.blockSize
    const blocks = into.length / blockSize
    const span = Math.floor(lba / this.#blocksPerSpan)
    const inside = lba - span * this.#blocksPerSpan
    if (inside + blocks <= this.#blocksPerSpan) return this.#readSpan(span, lba, into)
    const calls = new Calls()
    for (let done = 0; done < blocks;) {
      const at = lba + done
      const of = Math.floor(at / this.#blocksPerSpan)
      const count = Math.min((of + 1) * this.#blocksPerSpan - at, blocks - done)
      const part = into.subarray(done * blockSize, (done + count) * blockSize)
      calls.add(() => this.#readSpan(of, at, part))
      done += count
    }
    return calls.done()
  }

  #readSpan(span: number, lba: number, into: Uint8Array): void | Promise<void> {
    const known = this.#holders[span]
    if (known === undefined) return after(this.#ask(span), () => this.#readSpan(span, lba, into))
    if (typeof known === 'number') return this.#readFrom(known, lba, into)
    const blockSize = this.#base.blockSize
    const blocks = into.length / blockSize
    const start = span * this.#blocksPerSpan
    const first = Math.floor((lba - start) / this.#blocksPerPiece)
    const last = Math.floor((lba - start + blocks - 1) / this.#blocksPerPiece)
    let end = endOfRun(known, first, last)
    if (end > last) return this.#readFrom(known[first]!, lba, into)
    const calls = new Calls()
    for (let piece = first, done = 0; piece <= last; piece = end) {
      end = endOfRun(known, piece, last)
      const [holder, at, from] = [known[piece]!, lba + done, done]
      done = Math.min(start + end * this.#blocksPerPiece - lba, blocks)
      const part = into.subarray(from * blockSize, done * blockSize)
      calls.add(() => this.#readFrom(holder, at, part))
    }
    return calls.done()
  }

  #readFrom(holder: number, lba: number, into: Uint8Array): void | Promise<void> {
    if (holder === DIVIDED) return this.#readDivided(lba, into)
    const file = this.#files[holder - 1]
    return file ? file.readHere(lba, into) : this.#base.read(lba, into)
  }

  /** Asks every generation what it holds of the span, newest first. */
  #ask(span: number): void | Promise<void> {
    const lba = span * this.#blocksPerSpan
    const pieces = Math.min(PIECES, Math.ceil((this.#base.blockCount - lba) / this.#blocksPerPiece))
    const holders = new Uint8Array(pieces)
    const presence = new Uint8Array(pieces)
    const askFrom = (index: number): void | Promise<void> => {
      const file = this.#files[index]
      if (!file || !holders.includes(UNKNOWN)) return
      return after(file.presence(lba, presence), () => {
        for (let i = 0; i < pieces; i++) {
          if (holders[i] !== UNKNOWN || presence[i] === PRESENCE.none) continue
          holders[i] = presence[i] === PRESENCE.all ? index + 1 : DIVIDED
        }
        return askFrom(index + 1)
      })
    }
    return after(askFrom(0), () => {
      for (let i = 0; i < pieces; i++) if (holders[i] === UNKNOWN) holders[i] = this.#files.length + 1
      const first = holders[0]!
      const alike = holders.every((holder) => holder === first)
      if (!alike && this.#maps >= MOST_MAPS) {
        this.#holders.length = 0
        this.#maps = 0
      }
      if (!alike && typeof this.#holders[span] !== 'object') this.#maps++
      this.#holders[span] = alike ? first : holders
    })
  }
}

/** Of a disk and those below it, when it pays and nothing can change any more: two generations or more, all sealed and of
 *  one size. @param readDivided reads by asking one after the other. */
export function generationsOf(
  newest: Generation,
  readDivided: (lba: number, into: Uint8Array) => void | Promise<void>,
): Generations | undefined {
  const files: Generation[] = []
  let at: BlockDevice = newest
  while (isGeneration(at)) {
    if (!at.readOnly || at.blockCount !== newest.blockCount || at.blockSize !== newest.blockSize) return undefined
    files.push(at)
    at = at.parent
  }
  const fits = at.readOnly && at.blockCount === newest.blockCount && at.blockSize === newest.blockSize
  if (!fits || files.length < 2 || files.length >= DIVIDED - 1) return undefined
  return new Generations(files, at, readDivided)
}
