import type { LeaseRecord } from '../../src-main/dhcp/lease-pool.ts'
import { LeasePool } from '../../src-main/dhcp/lease-pool.ts'
import { parseRange } from '../../src-main/dhcp/address-range.ts'
import { decodePacket, encodePacket, type DhcpPacket } from '../../src-main/dhcp/packet.ts'
import { decideProxy } from '../../src-main/dhcp/proxy.ts'
import { decideServer, type ServerContext, type ServerDecision } from '../../src-main/dhcp/server.ts'
import { fixturePlanner } from './dhcp-fixtures.ts'
import { dhcpRequest, type RequestFields } from './dhcp-requests.ts'
import { FakeClock } from './fake-clock.ts'

export const DESK = {
  server: '10.9.0.1',
  netmask: '255.255.255.0',
  router: '10.9.0.254',
  probe: '02:b0:07:00:00:01',
} as const
export const LEASE_MS = 3_600_000

/** A DHCP server without sockets: asked in packets as they would be on the wire, with a clock that stands still. */
export class DhcpDesk {
  readonly clock = new FakeClock()
  readonly reservations = new Map<string, string>()
  readonly busy = new Map<string, string>()
  readonly changes: LeaseRecord[] = []
  mayOffer = true
  readonly pool: LeasePool
  readonly context: ServerContext

  constructor(o: { first?: string; last?: string; known?: readonly LeaseRecord[] } = {}) {
    const subnet = { address: DESK.server, netmask: DESK.netmask }
    const range = parseRange(o.first ?? '10.9.0.100', o.last ?? '10.9.0.103', subnet)
    this.pool = new LeasePool(
      {
        range,
        subnet,
        leaseMs: LEASE_MS,
        clock: this.clock,
        reservations: () => this.reservations,
        isBusy: (address, mac) => this.busy.has(address) && this.busy.get(address) !== mac,
        changed: (record) => void this.changes.push(record),
      },
      o.known,
    )
    const proxy = { serverIp: DESK.server, planner: fixturePlanner, clientPort: 68, relayPort: 67 }
    this.context = {
      serverIp: DESK.server,
      terms: { subnet, router: DESK.router, dns: ['10.9.0.53'], leaseSeconds: LEASE_MS / 1000 },
      pool: this.pool,
      boot: (discover, from) => decideProxy(discover, from, 'dhcp', proxy),
      mayOffer: () => this.mayOffer,
      isOwnProbe: (mac) => mac === DESK.probe,
      clientPort: 68,
      relayPort: 67,
    }
  }

  /** One question and its answer, without the look at the address. */
  ask(type: Parameters<typeof dhcpRequest>[0], fields: RequestFields, from = '0.0.0.0'): ServerDecision {
    return this.hear(dhcpRequest(type, fields), from)
  }
  hear(packet: DhcpPacket, from = '0.0.0.0'): ServerDecision {
    const decision = decideServer(decodePacket(encodePacket(packet)), { ip: from, port: 68 }, this.context)
    // Whatever is answered must be a packet.
    if (!decision.reply) return decision
    return { ...decision, reply: { ...decision.reply, packet: decodePacket(encodePacket(decision.reply.packet)) } }
  }
  /** DISCOVER, with nobody at the address that is looked at. */
  discover(fields: RequestFields): ServerDecision {
    const first = this.ask('discover', fields)
    if (!first.check) return first
    this.pool.cleared(first.check.address, first.check.mac)
    return this.ask('discover', fields)
  }
  /** DISCOVER and REQUEST; the address. */
  lease(fields: RequestFields): string {
    const { yiaddr } = this.discover(fields).reply!.packet
    const ack = this.ask('request', { ...fields, requested: yiaddr, server: DESK.server })
    return ack.reply!.packet.yiaddr
  }
}
