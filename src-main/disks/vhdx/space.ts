/** Which parts of the file blocks may be put into. All numbers are MiB, the unit of the block allocation table. */

export interface Run {
  readonly start: number
  readonly length: number
}

/** Gaps of a file that are remembered. What lies in others is used again when the file is opened next. */
const MOST_GAPS = 2 ** 16

/** What of a file is taken, one bit for each MiB: no more than a few megabytes for the largest file. */
export class TakenSpace {
  #bits: Uint8Array

  /** @param sizeMib the file. It may end within its last block. */
  constructor(sizeMib: number) {
    this.#bits = new Uint8Array(Math.ceil(sizeMib / 8) + 32)
  }
  /** False when a part of it was taken before. */
  take({ start, length }: Run): boolean {
    const end = start + length
    if (end > this.#bits.length * 8) {
      const longer = new Uint8Array(Math.ceil(end / 8) + 32)
      longer.set(this.#bits)
      this.#bits = longer
    }
    for (let at = start; at < end; at++) {
      const bit = 1 << (at & 7)
      if ((this.#bits[at >>> 3]! & bit) !== 0) return false
      this.#bits[at >>> 3]! |= bit
    }
    return true
  }
  /** Free runs before `endMib`, and the end of what is taken. */
  gaps(endMib: number): { readonly gaps: Run[]; readonly takenEnd: number } {
    const gaps: Run[] = []
    let start = 0
    for (let at = 0; at < this.#bits.length * 8; at++) {
      const byte = this.#bits[at >>> 3]!
      if ((at & 7) === 0 && byte === 0) {
        at += 7
        continue
      }
      if ((byte & (1 << (at & 7))) === 0) continue
      if (at > start && gaps.length < MOST_GAPS) gaps.push({ start, length: at - start })
      start = at + 1
    }
    if (endMib > start) gaps.push({ start, length: endMib - start })
    return { gaps, takenEnd: start }
  }
}

/** Free space is of two kinds: what is known to read as zeros, and what may still hold old data. Behind the end of the
 *  file everything reads as zeros. */
export class Space {
  #clean: Run[] = []
  #dirty: Run[]
  #end: number

  /** @param taken what is in use. Blocks of an earlier session that were never committed may have left data elsewhere.
   *  @param sizeMib the file, rounded up. */
  constructor(taken: TakenSpace, sizeMib: number) {
    const { gaps, takenEnd } = taken.gaps(sizeMib)
    this.#dirty = gaps
    this.#end = Math.max(takenEnd, sizeMib)
  }

  /** The size that the file needs for all that was allocated. */
  get end(): number {
    return this.#end
  }

  /** The start of a free run. @param zeros whether it must read as zeros. */
  allocate(length: number, zeros: boolean): number {
    const found = (zeros ? undefined : take(this.#dirty, length)) ?? take(this.#clean, length)
    if (found !== undefined) return found
    const start = this.#end
    this.#end += length
    return start
  }
  /** Takes a certain run. False when a part of it is in use. */
  claim(start: number, length: number): boolean {
    const end = start + length
    if (end > this.#end) {
      // The file may end within the run, which is free up to there.
      const last = this.#dirty.findIndex((run) => run.start + run.length === this.#end)
      const from = last < 0 ? this.#end : this.#dirty.splice(last, 1)[0]!.start
      this.#dirty.push({ start: from, length: end - from })
      this.#end = end
    }
    for (const runs of [this.#clean, this.#dirty]) {
      const at = runs.findIndex((run) => run.start <= start && end <= run.start + run.length)
      if (at < 0) continue
      const { start: from, length: had } = runs[at]!
      runs.splice(at, 1)
      if (start > from) runs.push({ start: from, length: start - from })
      if (end < from + had) runs.push({ start: end, length: from + had - end })
      return true
    }
    return false
  }
  /** May be allocated again: nothing durable points to it, and nobody reads or writes it. */
  release(start: number, length: number): void {
    this.#dirty.push({ start, length })
  }
  /** A run to be cleaned. Nobody gets it until it is given to `cleaned` or `release`. */
  takeDirty(): Run | undefined {
    return this.#dirty.pop()
  }
  /** The run reads as zeros now. */
  cleaned(run: Run): void {
    this.#clean.push(run)
  }
}

function take(runs: Run[], length: number): number | undefined {
  const at = runs.findIndex((run) => run.length >= length)
  if (at < 0) return undefined
  const { start, length: had } = runs[at]!
  if (had === length) runs.splice(at, 1)
  else runs[at] = { start: start + length, length: had - length }
  return start
}
