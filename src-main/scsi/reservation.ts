import { putU16be, putU32be, putU64be, u16be, u32be, u64be } from '../base/bytes.ts'
import { decodeTransportId, encodeTransportId } from './transport-id.ts'

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
  registerAndMove: 7,
} as const
/** Of all service actions but REGISTER AND MOVE, which adds a TransportID. Source: SPC-4 §6.16.3, §6.16.4. */
export const PR_LIST_LENGTH = 24
/** Ours, the only one. */
const RELATIVE_TARGET_PORT = 1
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

/** What survives a loss of power, for units that were asked to keep it (APTPL). Plain JSON. */
export interface SavedReservations {
  readonly registrations: readonly {
    /** `initiatorName,i,0xISID`, the iSCSI initiator port name: it outlives the session. Source: RFC 7143 §4.4.1. */
    readonly portName: string
    /** 16 hex digits. */
    readonly key: string
    readonly allTargetPorts: boolean
  }[]
  /** Port name; absent with a type of all registrants, and without a reservation. */
  readonly holder?: string
  /** 0: nothing is reserved. */
  readonly type: number
}
/** Where a logical unit keeps its reservations. */
export interface ReservationKeeper {
  load(): SavedReservations | undefined
  /** Durable when it returns; undefined: nothing is to survive. */
  save(state: SavedReservations | undefined): void
}

interface Registration {
  readonly key: bigint
  readonly allTargetPorts: boolean
}

export type PrOutcome =
  | { readonly ok: true; readonly preempted?: readonly string[]; readonly released?: readonly string[] }
  | { readonly ok: false; readonly why: PrRefusal }
export type PrRefusal = 'conflict' | 'invalidField' | 'invalidParameter' | 'invalidRelease' | 'listLength'

const CONFLICT: PrOutcome = { ok: false, why: 'conflict' }
const INVALID: PrOutcome = { ok: false, why: 'invalidField' }
const INVALID_PARAMETER: PrOutcome = { ok: false, why: 'invalidParameter' }
const DONE: PrOutcome = { ok: true }

/** Reservations of one logical unit: the old RESERVE(6) and persistent ones. Persistent ones live as long as the unit is
 *  served, and with APTPL as long as the disk does. */
export class Reservations {
  readonly #keeper: ReservationKeeper | undefined
  /** Port name that holds RESERVE(6). */
  #simpleHolder: string | undefined
  /** By port name. */
  #registrations = new Map<string, Registration>()
  #generation = 0
  #holder: string | undefined
  #type = 0
  /** APTPL of the last registration. */
  #kept = false

  constructor(keeper?: ReservationKeeper) {
    this.#keeper = keeper
    const saved = keeper?.load()
    if (!saved) return
    for (const { portName, key, allTargetPorts } of saved.registrations)
      this.#registrations.set(portName, { key: BigInt('0x' + key), allTargetPorts })
    this.#holder = saved.holder
    this.#type = saved.type
    this.#kept = true
  }

  /** True when nothing restricts anybody: the quick answer for the hot path. */
  get idle(): boolean {
    return this.#simpleHolder === undefined && this.#type === 0
  }

  /** Whether `who` must be told RESERVATION CONFLICT. */
  conflicts(who: string, kind: AccessKind): boolean {
    if (kind === 'always') return false
    if (this.#simpleHolder !== undefined) return this.#simpleHolder !== who
    if (this.#type === 0 || this.#isHolder(who)) return false
    const registered = this.#registrations.has(who)
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
    if (this.#registrations.size > 0) return false
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
    return this.#isAllRegistrants() ? this.#registrations.has(who) : this.#holder === who
  }

  /** PERSISTENT RESERVE IN. Undefined: no such service action. Source: SPC-4 §6.15. */
  in(serviceAction: number): Uint8Array | undefined {
    switch (serviceAction) {
      case PR_IN.readKeys: {
        const b = this.#inHeader(this.#registrations.size * 8)
        let at = 8
        for (const { key } of this.#registrations.values()) {
          putU64be(b, at, key)
          at += 8
        }
        return b
      }
      case PR_IN.readReservation: {
        if (this.#type === 0) return this.#inHeader(0)
        const b = this.#inHeader(16)
        putU64be(b, 8, this.#isAllRegistrants() ? 0n : this.#keyOf(this.#holder)!)
        b[21] = this.#type
        return b
      }
      case PR_IN.reportCapabilities: {
        const b = new Uint8Array(8)
        putU16be(b, 0, 8)
        b[2] = 0x04 | (this.#keeper ? 0x01 : 0) // ATP_C, PTPL_C
        b[3] = 0x80 | (this.#kept ? 0x01 : 0) // TMV: the type mask is valid; PTPL_A
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

  /** One descriptor a registration. Source: SPC-4 §6.15.5. */
  #fullStatus(): Uint8Array {
    const parts: Uint8Array[] = []
    for (const [portName, { key, allTargetPorts }] of this.#registrations) {
      const transportId = encodeTransportId(portName)
      const d = new Uint8Array(24 + transportId.length)
      putU64be(d, 0, key)
      if (allTargetPorts) d[12] = 0x02
      if (this.#isHolder(portName)) {
        d[12] = d[12]! | 0x01
        d[13] = this.#type
      }
      if (!allTargetPorts) putU16be(d, 18, RELATIVE_TARGET_PORT)
      putU32be(d, 20, transportId.length)
      d.set(transportId, 24)
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

  #keyOf(portName: string | undefined): bigint | undefined {
    return portName === undefined ? undefined : this.#registrations.get(portName)?.key
  }

  /** PERSISTENT RESERVE OUT with its list. What must survive a loss of power is kept before this returns; when it cannot
   *  be, nothing has changed. Errors: what the keeper throws. Source: SPC-4 §6.16. */
  out(who: string, serviceAction: number, scope: number, type: number, list: Uint8Array): PrOutcome {
    const before = {
      registrations: new Map(this.#registrations),
      generation: this.#generation,
      holder: this.#holder,
      type: this.#type,
      kept: this.#kept,
    }
    const outcome =
      serviceAction === PR_OUT.registerAndMove
        ? this.#registerAndMove(who, scope, type, list)
        : this.#plainOut(who, serviceAction, scope, type, list)
    if (!outcome.ok || !(this.#kept || before.kept)) return outcome
    try {
      this.#keeper!.save(this.#kept ? this.#saved() : undefined)
    } catch (thrown) {
      this.#registrations = before.registrations
      this.#generation = before.generation
      this.#holder = before.holder
      this.#type = before.type
      this.#kept = before.kept
      throw thrown
    }
    return outcome
  }

  #saved(): SavedReservations | undefined {
    if (this.#registrations.size === 0) return undefined
    return {
      registrations: [...this.#registrations].map(([portName, { key, allTargetPorts }]) => ({
        portName,
        key: key.toString(16).padStart(16, '0'),
        allTargetPorts,
      })),
      ...(this.#holder !== undefined && { holder: this.#holder }),
      type: this.#type,
    }
  }

  #plainOut(who: string, serviceAction: number, scope: number, type: number, list: Uint8Array): PrOutcome {
    const SPEC_I_PT = 0x08
    const ALL_TG_PT = 0x04
    const APTPL = 0x01
    if (list.length < PR_LIST_LENGTH) return { ok: false, why: 'listLength' }
    const key = u64be(list, 0)
    const newKey = u64be(list, 8)
    const flags = list[20]!
    const registering = serviceAction === PR_OUT.register || serviceAction === PR_OUT.registerAndIgnoreExistingKey
    if (registering) {
      // Registering other ports than one's own is not offered (SIP_C is 0).
      if ((flags & SPEC_I_PT) !== 0) return INVALID_PARAMETER
      if ((flags & APTPL) !== 0 && !this.#keeper) return INVALID_PARAMETER
    }
    if (list.length !== PR_LIST_LENGTH) return { ok: false, why: 'listLength' }
    if (this.#simpleHolder !== undefined) return CONFLICT
    const own = this.#keyOf(who)
    if (registering) {
      const allTargetPorts = (flags & ALL_TG_PT) !== 0
      if (serviceAction === PR_OUT.register && key !== (own ?? 0n)) return CONFLICT
      const outcome =
        own === undefined ? this.#register(who, newKey, allTargetPorts) : this.#reregister(who, newKey, allTargetPorts)
      this.#kept = (flags & APTPL) !== 0
      return outcome
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

  #register(who: string, key: bigint, allTargetPorts: boolean): PrOutcome {
    this.#count()
    if (key !== 0n) this.#registrations.set(who, { key, allTargetPorts })
    return DONE
  }

  #reregister(who: string, key: bigint, allTargetPorts: boolean): PrOutcome {
    this.#count()
    if (key !== 0n) {
      this.#registrations.set(who, { key, allTargetPorts })
      return DONE
    }
    const held = this.#isHolder(who)
    const shared = this.#isAllRegistrants()
    this.#registrations.delete(who)
    if (!held || (shared && this.#registrations.size > 0)) return DONE
    return { ok: true, released: this.#end() }
  }

  #count(): void {
    this.#generation = (this.#generation + 1) >>> 0
  }

  /** The holder hands its reservation to another port, which is registered with it. Source: SPC-4 §5.12.8, §6.16.4. */
  #registerAndMove(who: string, scope: number, type: number, list: Uint8Array): PrOutcome {
    const UNREG = 0x02
    const APTPL = 0x01
    if (list.length < PR_LIST_LENGTH || u32be(list, 20) !== list.length - PR_LIST_LENGTH)
      return { ok: false, why: 'listLength' }
    if (this.#simpleHolder !== undefined) return CONFLICT
    const own = this.#keyOf(who)
    if (own === undefined || own !== u64be(list, 0)) return CONFLICT
    if (this.#type === 0) return INVALID
    if (this.#isAllRegistrants() || this.#holder !== who) return CONFLICT
    if (scope !== 0 || type !== this.#type) return INVALID
    const key = u64be(list, 8)
    const destination = decodeTransportId(list.subarray(PR_LIST_LENGTH))
    if (key === 0n || destination === undefined || destination === who) return INVALID_PARAMETER
    if (u16be(list, 18) !== RELATIVE_TARGET_PORT) return INVALID_PARAMETER
    if ((list[17]! & APTPL) !== 0 && !this.#keeper) return INVALID_PARAMETER
    this.#count()
    this.#registrations.set(destination, { key, allTargetPorts: false })
    this.#holder = destination
    if ((list[17]! & UNREG) !== 0) this.#registrations.delete(who)
    this.#kept = (list[17]! & APTPL) !== 0
    return DONE
  }

  /** Ends the reservation; returns who must hear of it: the other registrants of the registrants-only types. */
  #end(): string[] {
    const tell = this.#type >= PR_TYPE.writeExclusiveRegistrantsOnly ? [...this.#registrations.keys()] : []
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
    this.#count()
    const preempted = [...this.#registrations.keys()].filter((name) => name !== who)
    this.#registrations.clear()
    this.#holder = undefined
    this.#type = 0
    return { ok: true, preempted }
  }

  #preempt(who: string, victim: bigint, scope: number, type: number): PrOutcome {
    if (scope !== 0 || !TYPES.includes(type)) return INVALID
    const shared = this.#isAllRegistrants()
    const holderKey = this.#type === 0 || shared ? undefined : this.#keyOf(this.#holder)
    const takesOver = this.#type !== 0 && (shared ? victim === 0n : victim === holderKey)
    if (victim === 0n && !takesOver) return INVALID_PARAMETER
    const victims = [...this.#registrations]
      .filter(([name, { key }]) => name !== who && (victim === 0n || key === victim))
      .map(([name]) => name)
    if (victims.length === 0 && !takesOver) return CONFLICT
    this.#count()
    for (const name of victims) this.#registrations.delete(name)
    const others = takesOver && type !== this.#type ? [...this.#registrations.keys()].filter((n) => n !== who) : []
    if (takesOver) {
      this.#holder = who
      this.#type = type
    }
    return { ok: true, preempted: victims, released: others }
  }
}
