import type { BootObservation } from './boot-planner.ts'

/** A PC that had asked for so long before anything of it was heard. */
export interface LateHearing {
  readonly mac: string
  /** As the PC counts. */
  readonly seconds: number
  readonly atMs: number
}

/** Seconds in the first question that is heard. Below, one question may have been lost; a switch that holds a port back does so
 *  for 30 seconds (IEEE 802.1D, twice the forward delay of 15 s). Above, it is no count: some firmware puts it in the wrong
 *  byte order, or never sets it. */
const LATE = { from: 16, to: 180 }
/** A PC that is silent for so long begins anew. */
const NEW_BOOT_MS = 60_000
const REMEMBERED = 256

/** Notices PCs whose first questions did not reach this computer. */
export class LateHearings {
  readonly #startedMs: number
  readonly #lastHeardMs = new Map<string, number>()
  readonly #found = new Map<string, LateHearing>()

  /** @param startedMs since when questions are heard. */
  constructor(startedMs: number) {
    this.#startedMs = startedMs
  }

  heard(what: BootObservation, atMs: number): void {
    if (what.type !== 'seen' || what.on !== 'dhcp') return
    const { mac, secs } = what
    const before = this.#lastHeardMs.get(mac)
    remember(this.#lastHeardMs, mac, atMs)
    if (before !== undefined && atMs - before < NEW_BOOT_MS) return
    // Whoever began to ask before we listened proves nothing.
    const wasListening = atMs - secs * 1000 >= this.#startedMs
    if (secs >= LATE.from && secs <= LATE.to && wasListening) remember(this.#found, mac, { mac, seconds: secs, atMs })
    // The cure is seen by a boot that is heard from its start.
    else if (secs < LATE.from) this.#found.delete(mac)
  }

  /** PCs whose last boot was heard late. */
  list(): readonly LateHearing[] {
    return [...this.#found.values()]
  }
  /** Whether any PC was heard at all. */
  get hasHeard(): boolean {
    return this.#lastHeardMs.size > 0
  }
}

/** The newest last, and no more than a room of PCs. */
function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key)
  map.set(key, value)
  if (map.size > REMEMBERED) map.delete(map.keys().next().value!)
}
