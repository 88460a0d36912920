import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
import { AppError } from '../../base/errors.ts'
import type { Clock } from '../../base/clock.ts'
import type { SettingStore } from '../../db/stores/setting-store.ts'

const KEY = 'menuPassword'
const SHORTEST = 4
const LONGEST = 64

/** Cheap enough for the process that serves the disks, dear enough for a list of words. */
const COST = { N: 4096, r: 8, p: 1 } as const
const HASH_BYTES = 32

/** So many wrong ones from one address in this time, and no more are looked at until it is over. */
const TRIES = 10
const TRIES_MS = 60_000
const ADDRESSES = 1024

interface Stored {
  readonly salt: string
  readonly hash: string
}

/** The password that opens entries of the menu at a PC. Kept as a hash. It crosses the network as it is typed. */
export class MenuPassword {
  readonly #store: SettingStore
  readonly #clock: Clock
  #stored: Stored | undefined
  readonly #wrongAtMs = new Map<string, readonly number[]>()

  constructor(store: SettingStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
    const kept = store.get(KEY) as Partial<Stored> | null | undefined
    this.#stored =
      typeof kept?.salt === 'string' && typeof kept.hash === 'string' ? { salt: kept.salt, hash: kept.hash } : undefined
  }

  get isSet(): boolean {
    return this.#stored !== undefined
  }

  /** `null`: none. Errors: menu.password. */
  set(password: string | null): void {
    if (password === null) this.#stored = undefined
    else {
      if (password.length < SHORTEST || password.length > LONGEST || !/^[\x20-\x7e]+$/.test(password))
        throw new AppError('menu.password', 'the loader cannot take that password', {
          hint: `Use ${SHORTEST} to ${LONGEST} plain letters, digits and signs: it is typed at the PC.`,
        })
      const salt = randomBytes(16)
      this.#stored = { salt: salt.toString('base64'), hash: hashOf(password, salt).toString('base64') }
    }
    this.#wrongAtMs.clear()
    this.#store.set(KEY, this.#stored ?? null)
  }

  is(password: string | undefined, from = ''): boolean {
    // A loader asks first without one, to hear that it must give one: that is no try.
    if (this.#stored === undefined || password === undefined || password === '') return false
    const now = this.#clock.now()
    const wrong = (this.#wrongAtMs.get(from) ?? []).filter((atMs) => now - atMs < TRIES_MS)
    if (wrong.length >= TRIES || password.length > LONGEST) return false
    const hash = Buffer.from(this.#stored.hash, 'base64')
    const right = timingSafeEqual(hash, hashOf(password, Buffer.from(this.#stored.salt, 'base64')))
    if (!right) {
      if (this.#wrongAtMs.size >= ADDRESSES) this.#wrongAtMs.clear()
      this.#wrongAtMs.set(from, [...wrong, now])
    }
    return right
  }
}

const hashOf = (password: string, salt: Buffer): Buffer => scryptSync(password, salt, HASH_BYTES, COST)
