import type { Clock } from '../../src-main/base/clock.ts'

/** Real time, for tests with foreign programs. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now()
  }
  after(ms: number, _name: string, fn: () => void): () => void {
    const timer = setTimeout(fn, ms)
    return () => clearTimeout(timer)
  }
}
