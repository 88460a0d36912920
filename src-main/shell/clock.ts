import type { Clock } from '../base/clock.ts'

/** The real clock of this process. */
export const shellClock: Clock = {
  now: () => Date.now(),
  after(ms, _name, fn) {
    const timer = setTimeout(fn, ms)
    return () => clearTimeout(timer)
  },
}
