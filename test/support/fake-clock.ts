import type { Clock } from '../../src-main/base/clock.ts'

interface Timer {
  readonly at: number
  readonly name: string
  readonly fn: () => void
}

/** Time that passes only when a test says so. Timers run in order of their due time, then of their making. */
export class FakeClock implements Clock {
  #now: number
  #timers: Timer[] = []

  constructor(startMs = 1_700_000_000_000) {
    this.#now = startMs
  }
  now(): number {
    return this.#now
  }
  after(ms: number, name: string, fn: () => void): () => void {
    const timer: Timer = { at: this.#now + Math.max(0, ms), name, fn }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((t) => t !== timer)
    }
  }
  /** Lets `ms` pass; timers that fall due run at their own time, new ones included. */
  advance(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const next = this.#timers.reduce<Timer | undefined>((a, t) => (a && a.at <= t.at ? a : t), undefined)
      if (!next || next.at > end) break
      this.#timers = this.#timers.filter((t) => t !== next)
      this.#now = next.at
      next.fn()
    }
    this.#now = end
  }
  /** Names of the timers that are running, soonest first. */
  pending(): string[] {
    return [...this.#timers].sort((a, b) => a.at - b.at).map((t) => t.name)
  }
}
