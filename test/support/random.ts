/** Random numbers that come back with their seed: property tests print it. */
export interface SeededRandom {
  /** 0 … limit-1. */
  below(limit: number): number
  bytes(length: number): Uint8Array
}

/** Source: the mulberry32 generator. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return (t ^ (t >>> 14)) >>> 0
  }
  const below = (limit: number): number => (limit <= 0 ? 0 : next() % limit)
  return { below, bytes: (length) => Uint8Array.from({ length }, () => below(256)) }
}
