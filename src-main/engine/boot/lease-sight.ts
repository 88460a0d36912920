import type { Clock } from '../../base/clock.ts'

/** How long an address that a PC was seen to take counts; each time the PC asks from it, anew. */
export const LEASE_SIGHT_MS = 30 * 60_000
const REMEMBERED = 4096

/** Which addresses PCs were seen to take in DHCP. A script with a password is for that address only: the name in its path,
 *  a MAC, is known to the whole network. Where we see no DHCP nothing is known, and everybody is told.
 *  Whoever forges a PC's DHCP is taken for it. */
export class LeaseSight {
  readonly #clock: Clock
  readonly #seesDhcp: () => boolean
  readonly #taken = new Map<string, { ip: string; atMs: number }>()

  constructor(clock: Clock, seesDhcp: () => boolean) {
    this.#clock = clock
    this.#seesDhcp = seesDhcp
  }

  took(mac: string, ip: string): void {
    this.#taken.delete(mac)
    if (this.#taken.size >= REMEMBERED) this.#taken.delete(this.#taken.keys().next().value!)
    this.#taken.set(mac, { ip, atMs: this.#clock.now() })
  }

  isAt(mac: string, ip: string | undefined): boolean {
    if (!this.#seesDhcp()) return true
    const taken = this.#taken.get(mac)
    const now = this.#clock.now()
    if (!taken || taken.ip !== ip || now - taken.atMs > LEASE_SIGHT_MS) return false
    taken.atMs = now
    return true
  }

  /** The address that it was seen to take last. */
  of(mac: string): string | undefined {
    return this.#taken.get(mac)?.ip
  }
}
