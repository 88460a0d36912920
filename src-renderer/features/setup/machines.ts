import type { Snapshot, UnknownClient } from '../../../src-main/api/dto.ts'

/** Who asked within this time is most likely the PC that was just switched on. */
const LATELY_MS = 30 * 60_000

/** Machines without a name, the newest first; those that asked long ago only when there is nobody else. */
export function machinesOf(snapshot: Snapshot, nowMs: number): readonly UnknownClient[] {
  const newest = [...snapshot.unknown].sort((a, b) => b.lastSeenMs - a.lastSeenMs)
  const lately = newest.filter((machine) => nowMs - machine.lastSeenMs < LATELY_MS)
  return lately.length > 0 ? lately : newest
}
