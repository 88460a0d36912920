import type { Connection } from './connection.ts'

/** All sessions of a portal. */
export class SessionRegistry {
  readonly #connections = new Set<Connection>()
  #tsih = 0
  #id = 0

  nextId(): number {
    return ++this.#id
  }
  /** A TSIH no session uses; 1-65535. */
  nextTsih(): number {
    do this.#tsih = (this.#tsih % 0xffff) + 1
    while ([...this.#connections].some((c) => c.tsih === this.#tsih))
    return this.#tsih
  }
  add(c: Connection): void {
    this.#connections.add(c)
  }
  remove(c: Connection): void {
    this.#connections.delete(c)
  }
  all(): Connection[] {
    return [...this.#connections]
  }
  has(initiatorName: string, isid: string, tsih: number): boolean {
    return this.all().some((c) => c.tsih === tsih && c.isSession(initiatorName, isid))
  }
  /** The session that a login of these names replaces. Source: RFC 7143 §6.3.5. */
  sameSession(initiatorName: string, isid: string, targetName: string): Connection | undefined {
    return this.all().find((c) => c.isSession(initiatorName, isid) && c.targetName === targetName)
  }
}
