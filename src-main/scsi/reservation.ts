import { putU16be, putU32be, putU64be, u64be, utf8Bytes } from '../base/bytes.ts'

/** PERSISTENT RESERVE IN and OUT service actions. Source: SPC-4 §6.15, §6.16. */
export const PR_IN = { readKeys: 0, readReservation: 1, reportCapabilities: 2, readFullStatus: 3 } as const
export const PR_OUT = {
  register: 0,
  reserve: 1,
  release: 2,
  clear: 3,
  preempt: 4,
  preemptAndAbort: 5,
  registerAndIgnoreExistingKey: 6,
} as const
/** Source: SPC-4 Table 216. */
export const PR_TYPE = {
  writeExclusive: 1,
  exclusiveAccess: 3,
  writeExclusiveRegistrantsOnly: 5,
  exclusiveAccessRegistrantsOnly: 6,
  writeExclusiveAllRegistrants: 7,
  exclusiveAccessAllRegistrants: 8,
} as const
const TYPES: readonly number[] = Object.values(PR_TYPE)

/** What a command does, as far as reservations care. Source: SPC-4 Table 66, SBC-3 Table 13.
 *  `always`: never in conflict. */
export type AccessKind = 'always' | 'read' | 'write'

/** An I_T nexus as reservations see it: it outlives the session. */
export interface Registrant {
  /** `initiatorName,i,0xISID`, the iSCSI initiator port name. Source: RFC 7143 §4.4.1. */
  readonly portName: string
}

export type PrOutcome =
  | { readonly ok: true; readonly preempted?: readonly string[]; readonly released?: readonly string[] }
  | { readonly ok: false; readonly why: 'conflict' | 'invalidField' | 'invalidRelease' | 'listLength' }

const CONFLICT: PrOutcome = { ok: false, why: 'conflict' }
const INVALID: PrOutcome = { ok: false, why: 'invalidField' }
const DONE: PrOutcome = { ok: true }

/** Reservations of one logical unit: the old RESERVE(6) and persistent ones. Persistent ones live as long as the unit
 *  is served; surviving a power loss (APTPL) is not offered. */
export class Reservations {
  /** Port name that holds RESERVE(6). */
  #simpleHolder: string | undefined
  /** Keys by port name. */
  readonly #keys = new Map<string, bigint>()
  #generation = 0
  #holder: string | undefined
  #type = 0

  /** True when nothing restricts anybody: the quick answer for the hot path. */
  get idle(): boolean {
    return this.#simpleHolder === undefined && this.#type === 0
  }

  /** Whether `who` must be told RESERVATION CONFLICT. */
  conflicts(who: string, kind: AccessKind): boolean {
    if (kind === 'always') return false
    if (this.#simpleHolder !== undefined) return this.#simpleHolder !== who
    if (this.#type === 0 || this.#isHolder(who)) return false
    const registered = this.#keys.has(who)
    switch (this.#type) {
      case PR_TYPE.writeExclusive:
        return kind === 'write'
      case PR_TYPE.exclusiveAccess:
        return true
      case PR_TYPE.writeExclusiveRegistrantsOnly:
      case PR_TYPE.writeExclusiveAllRegistrants:
        return kind === 'write' && !registered
      default:
        return !registered
    }
  }

  /** RESERVE(6). False: conflict. With persistent registrations around, it conflicts. Source: SPC-2 §5.5.1. */
  reserve6(who: string): boolean {
    if (this.#keys.size > 0) return false
    if (this.#simpleHolder !== undefined && this.#simpleHolder !== who) return false
    this.#simpleHolder = who
    return true
  }
  /** RELEASE(6): by others than the holder it does nothing, and that is no error. Source: SPC-2 §7.17. */
  release6(who: string): void {
    if (this.#simpleHolder === who) this.#simpleHolder = undefined
  }
  /** A reset or the end of the holder's session ends RESERVE(6). */
  dropSimple(who?: string): void {
    if (who === undefined || this.#simpleHolder === who) this.#simpleHolder = undefined
  }
  get simpleReserved(): boolean {
    return this.#simpleHolder !== undefined
  }

  #isAllRegistrants(): boolean {
    return this.#type === PR_TYPE.writeExclusiveAllRegistrants || this.#type === PR_TYPE.exclusiveAccessAllRegistrants
  }
  #isHolder(who: string): boolean {
    if (this.#type === 0) return false
    return this.#isAllRegistrants() ? this.#keys.has(who) : this.#holder === who
  }

  /** PERSISTENT RESERVE IN. Undefined: no such service action. Source: SPC-4 §6.15. */
  in(serviceAction: number): Uint8Array | undefined {
    switch (serviceAction) {
      case PR_IN.readKeys: {
        const b = this.#inHeader(this.#keys.size * 8)
        let at = 8
        for (const key of this.#keys.values()) {
          putU64be(b, at, key)
          at += 8
        }
        return b
      }
      case PR_IN.readReservation: {
        if (this.#type === 0) return this.#inHeader(0)
        const b = this.#inHeader(16)
        putU64be(b, 8, this.#isAllRegistrants() ? 0n : this.#keys.get(this.#holder!)!)
        b[21] = this.#type
        return b
      }
      case PR_IN.reportCapabilities: {
        const b = new Uint8Array(8)
        putU16be(b, 0, 8)
        b[3] = 0x80 // TMV: the type mask is valid
        b[4] = 0xea // types 7, 6, 5, 3, 1
        b[5] = 0x01 // type 8
        return b
      }
      case PR_IN.readFullStatus:
        return this.#fullStatus()
      default:
        return undefined
    }
  }

  #inHeader(additionalLength: number): Uint8Array {
    const b = new Uint8Array(8 + additionalLength)
    putU32be(b, 0, this.#generation)
    putU32be(b, 4, additionalLength)
    return b
  }

  /** One descriptor a registration, with the iSCSI TransportID of format 01b. Source: SPC-4 §6.15.5, §7.6.4.6. */
  #fullStatus(): Uint8Array {
    const parts: Uint8Array[] = []
    for (const [portName, key] of this.#keys) {
      const name = utf8Bytes(portName)
      const nameLength = Math.max(20, (name.length + 1 + 3) & ~3)
      const d = new Uint8Array(24 + 4 + nameLength)
      putU64be(d, 0, key)
      if (this.#isHolder(portName)) {
        d[12] = 0x01
        d[13] = this.#type
      }
      putU16be(d, 18, 1) // relative target port identifier
      putU32be(d, 20, 4 + nameLength)
      d[24] = 0x45 // format 01b, protocol iSCSI
      putU16be(d, 26, nameLength)
      d.set(name, 28)
      parts.push(d)
    }
    const b = this.#inHeader(parts.reduce((n, p) => n + p.length, 0))
    let at = 8
    for (const p of parts) {
      b.set(p, at)
      at += p.length
    }
    return b
  }

  /** PERSISTENT RESERVE OUT with its 24-byte list. Source: SPC-4 §6.16. */
  out(who: string, serviceAction: number, scope: number, type: number, list: Uint8Array): PrOutcome {
    if (list.length !== 24) return { ok: false, why: 'listLength' }
    const key = u64be(list, 0)
    const newKey = u64be(list, 8)
    const flags = list[20]!
    const register = serviceAction === PR_OUT.register || serviceAction === PR_OUT.registerAndIgnoreExistingKey
    // SPEC_I_PT, ALL_TG_PT and APTPL are not offered; outside of registering they are reserved.
    if (register && (flags & 0x0d) !== 0) return INVALID
    if (this.#simpleHolder !== undefined) return CONFLICT
    const own = this.#keys.get(who)
    if (serviceAction === PR_OUT.register) {
      return own === undefined
        ? key === 0n
          ? this.#register(who, newKey)
          : CONFLICT
        : this.#reregister(who, key, newKey)
    }
    if (serviceAction === PR_OUT.registerAndIgnoreExistingKey) {
      return own === undefined ? this.#register(who, newKey) : this.#reregister(who, own, newKey)
    }
    if (own === undefined || own !== key) return CONFLICT
    switch (serviceAction) {
      case PR_OUT.reserve:
        return this.#reserve(who, scope, type)
      case PR_OUT.release:
        return this.#release(who, scope, type)
      case PR_OUT.clear:
        return this.#clear(who)
      case PR_OUT.preempt:
      case PR_OUT.preemptAndAbort:
        return this.#preempt(who, newKey, scope, type)
      default:
        return INVALID
    }
  }

  #register(who: string, newKey: bigint): PrOutcome {
    this.#generation = (this.#generation + 1) >>> 0
    if (newKey !== 0n) this.#keys.set(who, newKey)
    return DONE
  }

  #reregister(who: string, key: bigint, newKey: bigint): PrOutcome {
    if (this.#keys.get(who) !== key) return CONFLICT
    this.#generation = (this.#generation + 1) >>> 0
    if (newKey !== 0n) {
      this.#keys.set(who, newKey)
      return DONE
    }
    const held = this.#isHolder(who)
    const shared = this.#isAllRegistrants()
    this.#keys.delete(who)
    if (!held || (shared && this.#keys.size > 0)) return DONE
    return { ok: true, released: this.#end() }
  }

  /** Ends the reservation; returns who must hear of it: the other registrants of the registrants-only types. */
  #end(): string[] {
    const tell = this.#type >= PR_TYPE.writeExclusiveRegistrantsOnly ? [...this.#keys.keys()] : []
    this.#holder = undefined
    this.#type = 0
    return tell
  }

  #reserve(who: string, scope: number, type: number): PrOutcome {
    if (scope !== 0 || !TYPES.includes(type)) return INVALID
    if (this.#type === 0) {
      this.#holder = who
      this.#type = type
      return DONE
    }
    return this.#isHolder(who) && this.#type === type ? DONE : CONFLICT
  }

  #release(who: string, scope: number, type: number): PrOutcome {
    if (!this.#isHolder(who)) return DONE
    if (scope !== 0 || type !== this.#type) return { ok: false, why: 'invalidRelease' }
    return { ok: true, released: this.#end().filter((name) => name !== who) }
  }

  #clear(who: string): PrOutcome {
    this.#generation = (this.#generation + 1) >>> 0
    const preempted = [...this.#keys.keys()].filter((name) => name !== who)
    this.#keys.clear()
    this.#holder = undefined
    this.#type = 0
    return { ok: true, preempted }
  }

  #preempt(who: string, victim: bigint, scope: number, type: number): PrOutcome {
    if (scope !== 0 || !TYPES.includes(type)) return INVALID
    const shared = this.#isAllRegistrants()
    const holderKey = this.#type === 0 || shared ? undefined : this.#keys.get(this.#holder!)
    const takesOver = this.#type !== 0 && (shared ? victim === 0n : victim === holderKey)
    if (victim === 0n && !takesOver) return INVALID
    const victims = [...this.#keys].filter(([name, k]) => name !== who && (victim === 0n || k === victim))
    if (victims.length === 0 && !takesOver) return CONFLICT
    this.#generation = (this.#generation + 1) >>> 0
    for (const [name] of victims) this.#keys.delete(name)
    if (takesOver) {
      this.#holder = who
      this.#type = type
    }
    return { ok: true, preempted: victims.map(([name]) => name) }
  }
}
