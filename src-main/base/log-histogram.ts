/** Counts values by size, finely where they are small and coarsely where they are large: every doubling has eight buckets, so
 *  that a percentile read from it is at most an eighth too high. Adding allocates nothing. */

const PER_DOUBLING = 8
/** Everything from 2^26 on is one. */
const DOUBLINGS = 26
const BUCKETS = PER_DOUBLING * (DOUBLINGS + 1)

/** @param value not negative. */
function bucketOf(value: number): number {
  if (value < PER_DOUBLING) return Math.max(0, Math.floor(value))
  const whole = Math.min(Math.floor(value), 2 ** DOUBLINGS - 1)
  const doubling = 31 - Math.clz32(whole)
  return (doubling - 2) * PER_DOUBLING + ((whole >>> (doubling - 3)) & (PER_DOUBLING - 1))
}
/** The largest whole value of a bucket. */
function topOf(bucket: number): number {
  if (bucket < PER_DOUBLING) return bucket
  const doubling = Math.floor(bucket / PER_DOUBLING) + 2
  return (PER_DOUBLING + (bucket % PER_DOUBLING) + 1) * 2 ** (doubling - 3) - 1
}

export class LogHistogram {
  readonly #counts = new Uint32Array(BUCKETS)
  #total = 0

  get total(): number {
    return this.#total
  }
  add(value: number): void {
    this.#counts[bucketOf(value)]!++
    this.#total++
  }
  addAll(other: LogHistogram): void {
    for (let i = 0; i < BUCKETS; i++) this.#counts[i]! += other.#counts[i]!
    this.#total += other.#total
  }
  clear(): void {
    this.#counts.fill(0)
    this.#total = 0
  }
  /** The value that this share of all values does not exceed; 0 when there are none. @param share 0 to 1. */
  percentile(share: number): number {
    const wanted = Math.max(1, Math.ceil(share * this.#total))
    let seen = 0
    for (let i = 0; i < BUCKETS; i++) {
      seen += this.#counts[i]!
      if (seen >= wanted) return topOf(i)
    }
    return 0
  }
}
