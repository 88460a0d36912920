import type { Clock } from '../../base/clock.ts'
import { toAppError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { LeaseRow, LeaseStore } from '../../db/stores/lease-store.ts'
import type { Lease } from '../../dhcp/lease.ts'
import type { LeaseRecord } from '../../dhcp/lease-pool.ts'

const WRITE_AFTER_MS = 150

/** Keeps leases without making a PC wait for the disk.
 *
 *  Which PC has which address is written when the address is *kept* for it, while the network is still asked whether
 *  somebody uses it; by the time the PC takes it, that is on the disk, and `settle` only makes sure. How long it has it is written
 *  later, in one go with others: after a crash a lease is taken to have been renewed at its last moment, so it is never
 *  believed to be over earlier than its PC believes. */
export class LeaseBook {
  readonly #store: Pick<LeaseStore, 'all' | 'put'>
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #due = new Map<string, Lease>()
  /** The PC that an address belongs to, as the disk has it. */
  readonly #kept = new Map<string, string | undefined>()
  #cancel: (() => void) | undefined

  constructor(store: Pick<LeaseStore, 'all' | 'put'>, clock: Clock, logger: Logger) {
    this.#store = store
    this.#clock = clock
    this.#logger = logger
  }

  /** What was given before this start. */
  load(leaseMs: number): LeaseRecord[] {
    const nowMs = this.#clock.now()
    return this.#store.all().flatMap((row) => {
      this.#kept.set(row.address, row.mac)
      const lease = leaseOf(row, nowMs, leaseMs)
      return lease ? [{ address: row.address, lease }] : []
    })
  }

  changed({ address, lease }: LeaseRecord): void {
    this.#due.set(address, lease)
    this.#cancel ??= this.#clock.after(WRITE_AFTER_MS, 'write leases', () => {
      this.#cancel = undefined
      try {
        this.#write()
      } catch (thrown) {
        // Tried again at the next change, and before the next PC is promised an address.
        this.#logger.error({ component: 'engine.dhcp' }, `leases cannot be kept: ${toAppError(thrown).message}`)
      }
    })
  }

  /** On return no PC's address is known here alone. Errors: those of the database. */
  settle(): void {
    for (const [address, lease] of this.#due) {
      if (lease.is === 'bound' && this.#kept.get(address) !== lease.mac) return this.#write()
    }
  }

  /** Everything, to the last renewal. */
  close(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#write()
  }

  #write(): void {
    if (this.#due.size === 0) return
    const rows = [...this.#due].map(([address, lease]) => rowOf(address, lease))
    this.#store.put(rows)
    for (const row of rows) this.#kept.set(row.address, row.mac)
    this.#due.clear()
  }
}

function rowOf(address: string, lease: Lease): LeaseRow {
  switch (lease.is) {
    case 'free':
      return { address, state: 'declined', untilMs: 0 }
    case 'declined':
      return { address, state: 'declined', untilMs: lease.untilMs }
    case 'former':
      return { address, mac: lease.mac, state: 'former', untilMs: lease.sinceMs }
    case 'offered':
    case 'bound':
      return { address, mac: lease.mac, state: lease.is, untilMs: lease.untilMs }
  }
}

function leaseOf({ mac, state, untilMs }: LeaseRow, nowMs: number, leaseMs: number): Lease | undefined {
  if (state === 'declined' || mac === undefined) return untilMs > nowMs ? { is: 'declined', untilMs } : undefined
  const latestMs = untilMs + leaseMs
  // An offer may have been taken, and a lease renewed, without a row that says so.
  if (state !== 'former' && latestMs > nowMs) return { is: 'bound', mac, untilMs: latestMs }
  return { is: 'former', mac, sinceMs: untilMs }
}
