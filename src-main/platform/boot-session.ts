import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'

const LINUX_BOOT_ID = '/proc/sys/kernel/random/boot_id'
/** Clocks are set while a system runs; no system starts again in this time. Seconds. */
const TOLERANCE_S = 5

/** Tells runs of the operating system apart: what the page cache holds lives as long as one. Linux has a name for each, elsewhere
 *  it is the time of the start. */
export function bootSession(nowMs = Date.now()): string {
  try {
    return readFileSync(LINUX_BOOT_ID, 'utf8').trim()
  } catch {
    // No Linux.
    return `started ${Math.round(nowMs / 1000 - uptime())}`
  }
}

/** Whether two names from `bootSession` are of one run. When in doubt: no. */
export function sameBootSession(a: string, b: string): boolean {
  if (a === b) return true
  const [first, second] = [a, b].map((name) => /^started (-?\d+)$/.exec(name)?.[1])
  if (first === undefined || second === undefined) return false
  return Math.abs(Number(first) - Number(second)) <= TOLERANCE_S
}
