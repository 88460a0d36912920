import { DhcpChoice, type DhcpMode, type DhcpView, type WantedDhcp } from '../../api/dhcp.ts'
import type { Clock } from '../../base/clock.ts'
import { AppError, toAppError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { parseMac } from '../../base/units.ts'
import type { BootObserver, BootPlanner } from '../../boot/boot-planner.ts'
import type { ClientRegistry } from '../../clients/registry.ts'
import type { LeaseStore } from '../../db/stores/lease-store.ts'
import type { SettingStore } from '../../db/stores/setting-store.ts'
import { exampleRange, isHostAddress, isIpv4 } from '../../dhcp/address-range.ts'
import { LeasePool } from '../../dhcp/lease-pool.ts'
import { DHCP_PORTS, openProxyDhcp, type ProxyDhcp } from '../../dhcp/listener.ts'
import { openDhcpServer } from '../../dhcp/server-listener.ts'
import { whoHas } from '../../platform/address-check.ts'
import type { ServedInterface } from '../../platform/interfaces.ts'
import type { Services } from '../services.ts'
import { probeMacOf } from '../setup/probe-mac.ts'
import { chosenAtStart, keepChoice, serverPlan, type Chosen, type DhcpWords } from './dhcp-choice.ts'
import { LeaseBook } from './lease-book.ts'
import { NeighbourWatch } from './neighbour-watch.ts'
import { lookForServers } from './other-servers.ts'

/** What a PC that starts is asked and told through. */
export interface DhcpListeners {
  readonly planner: BootPlanner
  readonly observer: BootObserver
}

export interface DhcpNeeds {
  readonly words: DhcpWords
  readonly served: ServedInterface
  readonly settings: SettingStore
  readonly leases: LeaseStore
  readonly registry: Pick<ClientRegistry, 'byMac' | 'find'>
  readonly services: Services
  /** Which PC works from an address just now. */
  readonly workingAt: (address: string) => readonly (string | undefined)[]
  readonly clock: Clock
  readonly logger: Logger
  readonly changed: () => void
}

/** An address is offered when nobody has answered there for so long. */
const ADDRESS_CHECK_MS = 500
/** How often it is tried again beside a server that was there first. */
const BEGIN_AGAIN_MS = 60_000

/** The mode in which PCs are answered, and the change from one to another while others run. */
export class DhcpService {
  readonly #n: DhcpNeeds
  readonly #logger: Logger
  #chosen: Chosen
  #listeners: DhcpListeners | undefined
  #open: ProxyDhcp | undefined
  #address: string | null = null
  #server: { readonly pool: LeasePool; readonly book: LeaseBook } | undefined
  #watch: NeighbourWatch | undefined
  #isExhausted = false
  #cancelBegin: (() => void) | undefined
  /** Read once and after each change: it is asked for at every question of a PC. */
  #reservations: ReadonlyMap<string, string> | undefined
  /** Changes come one after the other. */
  #last: Promise<unknown> = Promise.resolve()

  /** Errors: config.dhcpRange. */
  constructor(n: DhcpNeeds) {
    this.#n = n
    this.#logger = n.logger.child({ component: 'engine.dhcp' })
    this.#chosen = chosenAtStart(n.words, n.settings)
  }

  get mode(): DhcpMode {
    return this.#chosen.choice.mode
  }
  /** Where it listens, null while it does not. */
  get address(): string | null {
    return this.#address
  }

  /** What cannot be done, the services say. Errors, when it was asked for on the command line: config.dhcp*, net.otherDhcp and
   *  those of the sockets. What was chosen in the window must not keep the disks of an unattended computer from starting. */
  start(listeners: DhcpListeners): Promise<void> {
    this.#listeners = listeners
    return this.#inTurn(async () => {
      try {
        await this.#begin(this.#chosen.choice)
      } catch (thrown) {
        if (this.#chosen.by !== 'person') throw thrown
        this.#logger.error({}, toAppError(thrown).message)
      }
    })
  }

  /** Looks first, and leaves all as it is when the choice cannot be. What it then cannot do for other reasons, the services
   *  say, and the choice stays. Errors: config.dhcp*, net.otherDhcp and those of looking. */
  async choose(wanted: WantedDhcp): Promise<DhcpView> {
    const choice = DhcpChoice.parse(wanted)
    await this.#inTurn(async () => {
      if (choice.mode === 'server') {
        serverPlan(choice, this.#n.served)
        await this.#refuseBeside(choice)
      }
      keepChoice(choice, this.#n.settings)
      this.#chosen = { choice, by: 'person' }
      await this.#end()
      await this.#begin(choice, true).catch((thrown: unknown) => this.#logger.error({}, toAppError(thrown).message))
    })
    this.#n.changed()
    return this.view()
  }

  /** Errors: client.unknown, config.mac, config.dhcpReservation. */
  reserve(id: string, address: string | null): DhcpView {
    const mac = this.#macOf(id)
    const { leases, served } = this.#n
    if (address === null) leases.unreserve(mac)
    else {
      const refuse = (why: string): never => {
        throw new AppError('config.dhcpReservation', `${address} cannot be kept for ${id}: ${why}`, {
          hint: `Choose a free address of the network of ${served.address}.`,
        })
      }
      if (!isIpv4(address)) refuse('it is not an IPv4 address')
      if (!isHostAddress(address, served)) refuse('it is not an address that a PC of this network can have')
      const other = [...leases.reservations()].find(([owner, taken]) => taken === address && owner !== mac)
      if (other) refuse(`it is kept for ${this.#n.registry.byMac(other[0])?.name ?? other[0]}`)
      leases.reserve(mac, address)
    }
    this.#reservations = undefined
    this.#n.changed()
    return this.view()
  }

  view(): DhcpView {
    const { served, registry } = this.#n
    const named = (mac: string) => {
      const name = registry.byMac(mac)?.name
      return name === undefined ? {} : { client: name }
    }
    const problem = this.#n.services.list().find((service) => service.id === 'dhcp')?.problem
    return {
      choice: this.#chosen.choice,
      chosenBy: this.#chosen.by,
      exampleRange: exampleRange(served),
      netmask: served.netmask,
      ...(this.#server?.pool.room() ?? {}),
      leases: (this.#server?.pool.records() ?? []).flatMap(({ address, lease }) =>
        lease.is === 'free'
          ? []
          : [
              {
                address,
                state: lease.is,
                untilMs: lease.is === 'former' ? lease.sinceMs : lease.untilMs,
                ...('mac' in lease && { mac: lease.mac, ...named(lease.mac) }),
              },
            ],
      ),
      reservations: [...this.#n.leases.reservations()].map(([mac, address]) => ({ mac, address, ...named(mac) })),
      ...(problem && { problem }),
    }
  }

  close(): Promise<void> {
    return this.#inTurn(() => this.#end())
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => {
      // Whoever asked for it is told.
    })
    return done
  }

  /** `looked`: other servers were looked for just now. */
  async #begin(choice: DhcpChoice, looked = false): Promise<void> {
    const { services } = this.#n
    services.purpose('dhcp', PURPOSES[choice.mode])
    if (choice.mode === 'off') return services.off('dhcp')
    try {
      this.#open =
        choice.mode === 'server' ? await this.#openServer(choice, looked) : await this.#openProxy(choice.mode)
      const { address } = this.#n.served
      const ports = choice.mode === '4011' ? String(DHCP_PORTS.pxe) : `${DHCP_PORTS.dhcp} and ${DHCP_PORTS.pxe}`
      this.#address = `${address}:${ports} (${choice.mode})`
      services.running('dhcp', this.#address)
    } catch (thrown) {
      await this.#end()
      const error = services.failed('dhcp', thrown)
      if (error.code === 'net.otherDhcp') this.#beginLater(choice)
      throw error
    }
  }

  /** The other server may be switched off; then nobody should have to come here again. */
  #beginLater(choice: DhcpChoice): void {
    this.#cancelBegin = this.#n.clock.after(BEGIN_AGAIN_MS, 'give addresses after all', () => {
      void this.#inTurn(async () => {
        if (this.#chosen.choice === choice && !this.#open) await this.#begin(choice)
        this.#n.changed()
      }).catch(() => {
        // It is still there, and the services still say so.
      })
    })
  }

  async #end(): Promise<void> {
    this.#cancelBegin?.()
    this.#cancelBegin = undefined
    this.#watch?.stop()
    this.#watch = undefined
    const open = this.#open
    this.#open = undefined
    this.#address = null
    this.#isExhausted = false
    this.#n.services.note('dhcp', undefined)
    try {
      await open?.close()
    } finally {
      this.#server?.book.close()
      this.#server = undefined
    }
  }

  #common() {
    const { served, clock, logger } = this.#n
    return { interfaceName: served.name, address: served.address, clock, logger, ...this.#listeners! }
  }

  #openProxy(mode: 'proxy' | '4011'): Promise<ProxyDhcp> {
    return openProxyDhcp({ ...this.#common(), only4011: mode === '4011' })
  }

  /** Errors: net.otherDhcp, and those of looking. */
  async #refuseBeside({ force }: DhcpChoice): Promise<void> {
    if (force) return
    const others = await lookForServers(this.#n.served, this.#n.clock)
    if (others.length > 0) throw beside(others)
  }

  async #openServer(choice: DhcpChoice, looked: boolean): Promise<ProxyDhcp> {
    const { served, clock, leases, workingAt } = this.#n
    const { range, terms } = serverPlan(choice, served)
    if (!looked) await this.#refuseBeside(choice)
    const book = new LeaseBook(leases, clock, this.#logger)
    const leaseMs = terms.leaseSeconds * 1000
    const pool: LeasePool = new LeasePool(
      {
        range,
        subnet: served,
        leaseMs,
        clock,
        reservations: () => (this.#reservations ??= leases.reservations()),
        isBusy: (address, mac) => workingAt(address).some((other) => other !== mac),
        changed: (record) => {
          book.changed(record)
          this.#n.changed()
        },
      },
      book.load(leaseMs),
    )
    const opened = await openDhcpServer({
      ...this.#common(),
      pool,
      terms,
      mayOffer: () => (this.#watch?.others.length ?? 0) === 0,
      isOwnProbe: (mac) => mac === probeMacOf(served.mac),
      isInUse: (address, mac) => this.#isInUse(pool, address, mac),
      settle: () => book.settle(),
      otherServer: (address) => this.#watch?.heard(address),
      exhausted: (isSo) => this.#exhausted(isSo),
    })
    this.#server = { pool, book }
    if (!choice.force) {
      this.#watch = new NeighbourWatch({
        look: () => lookForServers(served, clock),
        clock,
        logger: this.#logger,
        changed: (others) => this.#heard(others),
      })
    }
    return opened
  }

  async #isInUse(pool: LeasePool, address: string, mac: string): Promise<boolean> {
    const { served } = this.#n
    const former = pool.formerOf(address)
    const found = await whoHas(address, {
      interfaceName: served.name,
      ownAddress: served.address,
      timeoutMs: ADDRESS_CHECK_MS,
    })
    if (!found || found.mac === mac) return false
    // What an old table says of the PC that gave the address back is no answer of that PC.
    return found.isFresh || found.mac !== former
  }

  #heard(others: readonly string[]): void {
    if (others.length > 0) this.#logger.warn({ others }, `${beside(others).message}: nobody new is given an address`)
    else this.#logger.info({}, 'no other DHCP server answers any more: addresses are given again')
    this.#sayNote()
  }

  #exhausted(isSo: boolean): void {
    if (this.#isExhausted === isSo) return
    this.#isExhausted = isSo
    if (isSo) this.#logger.warn({}, noRoom().message)
    this.#sayNote()
  }

  #sayNote(): void {
    const others = this.#watch?.others ?? []
    const note = others.length > 0 ? beside(others) : this.#isExhausted ? noRoom() : undefined
    this.#n.services.note('dhcp', note)
    this.#n.changed()
  }

  #macOf(id: string): string {
    try {
      return this.#n.registry.find(id).mac
    } catch (thrown) {
      try {
        return parseMac(id)
      } catch {
        // Neither a name nor a MAC: the first answer says which names exist.
        throw thrown
      }
    }
  }
}

const PURPOSES: Readonly<Record<DhcpMode, string>> = {
  proxy: 'Tells PCs that start where to boot from, beside your router (proxy-DHCP).',
  server: 'Gives the PCs of this network their addresses, and tells them where to boot from (DHCP).',
  '4011': 'Tells PCs where to boot from that another server sends here (port 4011).',
  off: 'Your router tells PCs where to boot from.',
}

const beside = (others: readonly string[]): AppError =>
  new AppError('net.otherDhcp', `another DHCP server gives addresses on this network: ${others.join(', ')}`, {
    hint: 'Switch that one off, or use the mode beside a router (--dhcp proxy). To give addresses all the same: --dhcp-force.',
    data: { others: [...others] },
  })

const noRoom = (): AppError =>
  new AppError('net.dhcpExhausted', 'all addresses of the range are taken: a new PC got none', {
    hint: 'Make the range larger, or the leases shorter, under Services.',
  })
