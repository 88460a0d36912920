import type { SessionView } from '../iscsi/target.ts'

export interface Rate {
  readonly readBytesPerSecond: number
  readonly writeBytesPerSecond: number
}

interface Totals {
  bytesRead: number
  bytesWritten: number
}
export const NO_TRAFFIC: Rate & Totals = {
  readBytesPerSecond: 0,
  writeBytesPerSecond: 0,
  bytesRead: 0,
  bytesWritten: 0,
}

/** Bytes and rates per machine, from samples of the open sessions. Totals count since the engine started. */
export class Traffic {
  readonly #bySession = new Map<number, Totals>()
  readonly #byMac = new Map<string, Rate & Totals>()
  #lastMs = 0

  /** Returns true when anything moved, or stopped moving, since the last sample. */
  sample(nowMs: number, sessions: readonly (SessionView & { mac?: string | undefined })[]): boolean {
    const seconds = Math.max(0.001, (nowMs - this.#lastMs) / 1000)
    const first = this.#lastMs === 0
    this.#lastMs = nowMs
    const moved = new Map<string, Totals>()
    const open = new Set<number>()
    for (const s of sessions) {
      open.add(s.id)
      const before = this.#bySession.get(s.id) ?? { bytesRead: 0, bytesWritten: 0 }
      this.#bySession.set(s.id, { bytesRead: s.bytesRead, bytesWritten: s.bytesWritten })
      if (s.mac === undefined) continue
      const sum = moved.get(s.mac) ?? { bytesRead: 0, bytesWritten: 0 }
      sum.bytesRead += s.bytesRead - before.bytesRead
      sum.bytesWritten += s.bytesWritten - before.bytesWritten
      moved.set(s.mac, sum)
    }
    for (const id of this.#bySession.keys()) if (!open.has(id)) this.#bySession.delete(id)
    let changed = false
    for (const mac of new Set([...this.#byMac.keys(), ...moved.keys()])) {
      const before = this.#byMac.get(mac) ?? NO_TRAFFIC
      const now = moved.get(mac) ?? { bytesRead: 0, bytesWritten: 0 }
      const after = {
        readBytesPerSecond: first ? 0 : Math.round(now.bytesRead / seconds),
        writeBytesPerSecond: first ? 0 : Math.round(now.bytesWritten / seconds),
        bytesRead: before.bytesRead + now.bytesRead,
        bytesWritten: before.bytesWritten + now.bytesWritten,
      }
      changed ||=
        after.readBytesPerSecond !== before.readBytesPerSecond ||
        after.writeBytesPerSecond !== before.writeBytesPerSecond
      this.#byMac.set(mac, after)
    }
    return changed
  }

  of(mac: string): Rate & Totals {
    return this.#byMac.get(mac) ?? NO_TRAFFIC
  }
}
