import { toHex } from '../base/bytes.ts'
import type { LoginIdentity } from './target.ts'

/** Wrong passwords in a row that are answered at full speed, and how fast the count goes down again. A PC that has an old
 *  password tries every few seconds and never comes near it. */
const BURST = 20
const FORGET_ONE_MS = 1000
/** Bounds of what is remembered. At most 64 logins are under way at a time. */
const MAX_CHALLENGES = 1024
const MAX_NAMES = 1024

/** What the logins of a portal know of each other: challenges that were given out, and who fails too often. */
export class LoginGuard {
  readonly #challenges = new Set<string>()
  readonly #failures = new Map<string, { count: number; atMs: number }>()

  remember(challenge: Uint8Array): void {
    this.#challenges.add(toHex(challenge))
    if (this.#challenges.size > MAX_CHALLENGES) this.#challenges.delete(this.#challenges.values().next().value!)
  }
  isOurs(challenge: Uint8Array): boolean {
    return this.#challenges.has(toHex(challenge))
  }

  /** A password was wrong. */
  failed(who: Who, nowMs: number): void {
    const key = keyOf(who)
    const count = this.#countOf(key, nowMs) + 1
    // Set anew, it is the youngest; the oldest gives way.
    this.#failures.delete(key)
    this.#failures.set(key, { count, atMs: nowMs })
    if (this.#failures.size > MAX_NAMES) this.#failures.delete(this.#failures.keys().next().value!)
  }
  /** By name and address: whoever guesses one PC's password must not lock out another PC. */
  isBlocked(who: Who, nowMs: number): boolean {
    return this.#countOf(keyOf(who), nowMs) >= BURST
  }

  #countOf(key: string, nowMs: number): number {
    const entry = this.#failures.get(key)
    return entry ? Math.max(0, entry.count - Math.max(0, nowMs - entry.atMs) / FORGET_ONE_MS) : 0
  }
}

type Who = Pick<LoginIdentity, 'initiatorName' | 'remoteAddress'>
const keyOf = (who: Who): string => `${who.remoteAddress} ${who.initiatorName}`
