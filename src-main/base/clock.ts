/** Time as a neighbour, so that tests own it. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number
  /** Calls `fn` once after `ms`; the returned function cancels it. `name` shows in diagnostics. */
  after(ms: number, name: string, fn: () => void): () => void
}
