import { LoginGuard } from './login-guard.ts'

/** What the registry must know of a session. */
export interface RegisteredSession {
  readonly tsih: number
  /** Empty before the login and in discovery. */
  readonly targetName: string
  isSession(initiatorName: string, isid: string): boolean
}

/** All sessions of a portal. */
export class SessionRegistry<S extends RegisteredSession> {
  readonly guard = new LoginGuard()
  readonly #sessions = new Set<S>()
  #tsih = 0
  #id = 0

  nextId(): number {
    return ++this.#id
  }
  /** A TSIH no session uses; 1-65535. */
  nextTsih(): number {
    do this.#tsih = (this.#tsih % 0xffff) + 1
    while ([...this.#sessions].some((c) => c.tsih === this.#tsih))
    return this.#tsih
  }
  add(c: S): void {
    this.#sessions.add(c)
  }
  remove(c: S): void {
    this.#sessions.delete(c)
  }
  all(): S[] {
    return [...this.#sessions]
  }
  has(initiatorName: string, isid: string, tsih: number): boolean {
    return this.all().some((c) => c.tsih === tsih && c.isSession(initiatorName, isid))
  }
  /** The session that a login of these names replaces. Source: RFC 7143 §6.3.5. */
  sameSession(initiatorName: string, isid: string, targetName: string): S | undefined {
    return this.all().find((c) => c.isSession(initiatorName, isid) && c.targetName === targetName)
  }
}
