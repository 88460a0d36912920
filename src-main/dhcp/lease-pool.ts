import type { Clock } from '../base/clock.ts'
import { addressNumber, addressOf, inSubnet, isHostAddress, type AddressRange, type Subnet } from './address-range.ts'
import { FREE, isLive, stepLease, type Lease, type LeaseInput } from './lease.ts'

/** One address with what it is doing. */
export interface LeaseRecord {
  readonly address: string
  readonly lease: Lease
}

export interface LeasePoolOptions {
  readonly range: AddressRange
  readonly subnet: Subnet
  /** Addresses that are kept for one PC each, by MAC; inside or outside the range. Asked at every question. */
  readonly reservations: () => ReadonlyMap<string, string>
  /** True for an address that some other PC than this one works with just now, whatever its lease says: a system that was
   *  given its address by the loader may never renew it. */
  readonly isBusy?: (address: string, mac: string) => boolean
  readonly leaseMs: number
  readonly clock: Pick<Clock, 'now'>
  /** Told of every change, so that it can be kept. */
  readonly changed?: (record: LeaseRecord) => void
}

/** An offer that is not taken is free again after this. ISC dhcpd waits as long. */
const OFFER_MS = 120_000
/** An address where somebody answered is left alone for this long. */
const DECLINED_MS = 3_600_000

/** Which PC has which address. Never two for one address, and none outside the range but reserved ones. */
export class LeasePool {
  readonly #o: LeasePoolOptions
  readonly #leases = new Map<number, Lease>()
  /** Where a PC has, or last had, its address. */
  readonly #ofMac = new Map<string, number>()

  readonly #former = new Map<number, string>()

  constructor(o: LeasePoolOptions, known: readonly LeaseRecord[] = []) {
    this.#o = o
    for (const { address, lease } of known) {
      if (!isHostAddress(address, o.subnet)) continue
      this.#leases.set(addressNumber(address), lease)
      if ('mac' in lease) this.#ofMac.set(lease.mac, addressNumber(address))
    }
  }

  /** Everything that was ever given, as it is now, in the order of addresses. */
  records(): LeaseRecord[] {
    return [...this.#leases.keys()]
      .sort((a, b) => a - b)
      .map((n) => ({ address: addressOf(n), lease: this.#at(n) }))
      .filter(({ lease }) => lease.is !== 'free')
  }

  at(address: string): Lease {
    return this.#at(addressNumber(address))
  }

  /** The address a PC has or last had. */
  lastOf(mac: string): LeaseRecord | undefined {
    const number = this.#ofMac.get(mac)
    if (number === undefined) return undefined
    const lease = this.#at(number)
    return 'mac' in lease && lease.mac === mac ? { address: addressOf(number), lease } : undefined
  }

  /** Whose the address was before the present question: the PC that gave it back or let it run out. */
  formerOf(address: string): string | undefined {
    return this.#former.get(addressNumber(address))
  }

  /** The address a PC is to be offered: the one reserved for it, its present or last one, the one it asks for, any.
   *  Undefined: all are taken. Source: RFC 2131 §4.3.1. */
  choose(mac: string, requested?: string): string | undefined {
    const last = this.lastOf(mac)
    const wishes = [this.#o.reservations().get(mac), last?.address, requested]
    for (const wish of wishes)
      if (wish !== undefined && this.mayHave(wish, mac) && this.#isFreeFor(wish, mac)) return wish
    return this.#anyFor(mac)
  }

  /** True when this PC may have this address at all: it is reserved for it, or of the range and for nobody else. */
  mayHave(address: string, mac: string): boolean {
    if (!isHostAddress(address, this.#o.subnet)) return false
    const reservations = this.#o.reservations()
    if (reservations.get(mac) === address) return true
    const number = addressNumber(address)
    if (number < this.#o.range.first || number > this.#o.range.last) return false
    for (const [owner, reserved] of reservations) if (reserved === address && owner !== mac) return false
    return true
  }

  isOwnNetwork(address: string): boolean {
    return inSubnet(address, this.#o.subnet)
  }

  /** Keeps it for the PC until it takes it. */
  offer(address: string, mac: string): Lease | undefined {
    return this.#send(address, { type: 'offer', mac, untilMs: this.#o.clock.now() + OFFER_MS })
  }
  cleared(address: string, mac: string): Lease | undefined {
    return this.#send(address, { type: 'cleared', mac })
  }
  /** Gives it, or gives it for longer. A PC has one address: what it had elsewhere is free. */
  bind(address: string, mac: string): Lease | undefined {
    if (!this.#isFreeFor(address, mac)) return undefined
    const bound = this.#send(address, { type: 'bind', mac, untilMs: this.#o.clock.now() + this.#o.leaseMs })
    if (bound) this.#releaseOthers(address, mac)
    return bound
  }
  release(address: string, mac: string): Lease | undefined {
    return this.#send(address, { type: 'release', mac, atMs: this.#o.clock.now() })
  }
  decline(address: string, mac: string): Lease | undefined {
    return this.#send(address, { type: 'decline', mac, untilMs: this.#o.clock.now() + DECLINED_MS })
  }
  conflict(address: string): Lease | undefined {
    return this.#send(address, { type: 'conflict', untilMs: this.#o.clock.now() + DECLINED_MS })
  }

  /** How many addresses of the range there are, and how many a new PC could still get. */
  room(): { readonly total: number; readonly free: number } {
    let total = 0
    let free = 0
    for (let n = this.#o.range.first; n <= this.#o.range.last; n++) {
      if (!isHostAddress(addressOf(n), this.#o.subnet)) continue
      total++
      const { is } = this.#at(n)
      if (is === 'free' || is === 'former') free++
    }
    return { total, free }
  }

  #releaseOthers(address: string, mac: string): void {
    const kept = addressNumber(address)
    for (const number of this.#leases.keys()) {
      const lease = this.#at(number)
      if (number !== kept && isLive(lease) && lease.mac === mac) this.release(addressOf(number), mac)
    }
    this.#ofMac.set(mac, kept)
  }

  #isFreeFor(address: string, mac: string): boolean {
    const lease = this.at(address)
    if (lease.is === 'declined') return false
    if (isLive(lease)) return lease.mac === mac
    return !(this.#o.isBusy?.(address, mac) ?? false)
  }

  /** One that nobody ever had, else the one that has been free for longest. */
  #anyFor(mac: string): string | undefined {
    let oldest: { address: string; sinceMs: number } | undefined
    for (let n = this.#o.range.first; n <= this.#o.range.last; n++) {
      const address = addressOf(n)
      const lease = this.#at(n)
      if (lease.is !== 'free' && lease.is !== 'former') continue
      if (!this.mayHave(address, mac) || !this.#isFreeFor(address, mac)) continue
      if (lease.is === 'free') return address
      if (!oldest || lease.sinceMs < oldest.sinceMs) oldest = { address, sinceMs: lease.sinceMs }
    }
    return oldest?.address
  }

  #at(number: number): Lease {
    const lease = this.#leases.get(number)
    if (!lease) return FREE
    return stepLease(lease, { type: 'time', nowMs: this.#o.clock.now() }) ?? lease
  }

  #send(address: string, input: LeaseInput): Lease | undefined {
    const number = addressNumber(address)
    const before = this.#at(number)
    const next = stepLease(before, input)
    if (!next) return undefined
    if (before.is === 'former') this.#former.set(number, before.mac)
    this.#leases.set(number, next)
    if ('mac' in next) this.#ofMac.set(next.mac, number)
    this.#o.changed?.({ address, lease: next })
    return next
  }
}
