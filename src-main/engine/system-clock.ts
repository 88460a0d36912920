import type { Clock } from '../base/clock.ts'

/** Real time. Its timers keep the process alive like any timer of Node. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, _name, fn) {
    const timer = setTimeout(fn, ms)
    return () => clearTimeout(timer)
  },
}
