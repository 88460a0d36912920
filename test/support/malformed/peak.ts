import { readFileSync } from 'node:fs'

/** The most memory that this process ever had. Linux counts the process that started it into `maxRSS`, so its own mark is
 *  taken where there is one. Bytes. */
export function peakBytes(): number {
  try {
    const mark = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))
    if (mark) return Number(mark[1]) * 1024
  } catch {
    // No such file system here.
  }
  return process.resourceUsage().maxRSS * 1024
}
