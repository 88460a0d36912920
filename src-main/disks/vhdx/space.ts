/** Which parts of the file blocks may be put into. All numbers are MiB, the unit of the block allocation table. */

interface Run {
  readonly start: number
  readonly length: number
}

/** Free space is of two kinds: what is known to read as zeros, and what may still hold old data. Behind the end of the
 *  file everything reads as zeros. */
export class Space {
  #clean: Run[] = []
  #dirty: Run[] = []
  #end: number

  /** @param used what is taken, sorted by start. @param sizeMib the file, rounded up. */
  constructor(used: readonly Run[], sizeMib: number) {
    let at = 0
    for (const run of used) {
      if (run.start > at) this.#dirty.push({ start: at, length: run.start - at })
      at = Math.max(at, run.start + run.length)
    }
    // Blocks of an earlier session that were never committed may have left data here.
    if (sizeMib > at) this.#dirty.push({ start: at, length: sizeMib - at })
    this.#end = Math.max(at, sizeMib)
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
