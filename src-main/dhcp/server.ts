import { isHostAddress } from './address-range.ts'
import { isLive } from './lease.ts'
import { LEASE_OPTION, leaseOptions, messageValue, networkOptions, type LeaseTerms } from './lease-options.ts'
import type { LeasePool } from './lease-pool.ts'
import { addressBytes, addressOption, BROADCAST, MESSAGE_TYPE, NO_ADDRESS, OPTION, u8Value } from './options.ts'
import { FLAG, macOf, messageTypeOf, OP, type DhcpPacket } from './packet.ts'
import type { Endpoint, ProxyDecision, ProxyReply } from './proxy.ts'

/** The server of an isolated network: it gives addresses, and says what to boot in the same answer. Source: RFC 2131 §4.3;
 *  what to boot is what the proxy says. */

export interface ServerContext {
  readonly serverIp: string
  readonly terms: LeaseTerms
  readonly pool: LeasePool
  /** What the proxy would offer to this DISCOVER. */
  readonly boot: (discover: DhcpPacket, from: Endpoint) => ProxyDecision
  /** False: another server gives addresses here, so nobody new is given one. Who has one keeps it. */
  readonly mayOffer: () => boolean
  /** Our own look for other servers: it is told what a proxy tells, and given no address. */
  readonly isOwnProbe: (mac: string) => boolean
  readonly clientPort: number
  readonly relayPort: number
}

export interface ServerDecision extends ProxyDecision {
  /** Before this address is offered: does somebody use it already? Answer the question again when that is known. */
  readonly check?: { readonly address: string; readonly mac: string }
  /** The reply promises an address: it must be on the disk before it leaves. */
  readonly promises?: true
  /** Another server that a PC follows. */
  readonly otherServer?: string
  /** No address is left for this PC. */
  readonly exhausted?: true
}

/** Pure but for the pool, which it changes. Errors: none. */
export function decideServer(request: DhcpPacket, from: Endpoint, context: ServerContext): ServerDecision {
  if (request.op !== OP.request) return silent('not a request')
  const mac = macOf(request)
  if (!mac) return silent('no Ethernet address in chaddr')
  const { giaddr } = request
  if (giaddr !== NO_ADDRESS && !isHostAddress(giaddr, context.terms.subnet)) {
    return silent(
      `client error: relayed by ${giaddr}, which is on another network: addresses are given on the own network only`,
    )
  }
  switch (messageTypeOf(request)) {
    case MESSAGE_TYPE.discover:
      return discover(withoutAddress(request), mac, from, context)
    case MESSAGE_TYPE.request:
      return requested(request, mac, from, context)
    case MESSAGE_TYPE.decline:
      return declined(request, mac, context)
    case MESSAGE_TYPE.release:
      return released(request, mac, context)
    case MESSAGE_TYPE.inform:
      return informed(request, mac, from, context)
    default:
      return silent('neither DISCOVER, REQUEST, DECLINE, RELEASE nor INFORM')
  }
}

/** Who has no lease yet is at no address, whatever it writes: an answer never goes to a place a stranger names. */
const withoutAddress = (request: DhcpPacket): DhcpPacket => ({ ...request, ciaddr: NO_ADDRESS })

const silent = (why: string): ServerDecision => ({ observations: [], why })

function discover(request: DhcpPacket, mac: string, from: Endpoint, context: ServerContext): ServerDecision {
  const { pool } = context
  if (context.isOwnProbe(mac)) return context.boot(request, from)
  if (!context.mayOffer()) return silent(`${mac} is offered nothing: another server gives addresses here`)
  const address = pool.choose(mac, addressOption(request.options, OPTION.requestedAddress))
  if (address === undefined) return { ...silent(`no address is left for ${mac}`), exhausted: true }
  const lease = pool.offer(address, mac)
  if (lease?.is === 'offered' && !lease.checked)
    return { ...silent(`${address} is looked at for ${mac}`), check: { address, mac } }
  return give(request, mac, address, MESSAGE_TYPE.offer, from, context)
}

/** Which of the four kinds of REQUEST it is. Source: RFC 2131 §4.3.2 and table 4. */
function requested(request: DhcpPacket, mac: string, from: Endpoint, context: ServerContext): ServerDecision {
  const server = addressOption(request.options, OPTION.serverIdentifier)
  const wanted = addressOption(request.options, OPTION.requestedAddress)
  if (server !== undefined) return selecting(withoutAddress(request), mac, server, wanted, from, context)
  if (request.ciaddr !== NO_ADDRESS) return renewing(request, mac, from, context)
  if (wanted !== undefined) return initReboot(request, mac, wanted, from, context)
  return silent('client error: a REQUEST without an address')
}

function selecting(
  request: DhcpPacket,
  mac: string,
  server: string,
  wanted: string | undefined,
  from: Endpoint,
  context: ServerContext,
): ServerDecision {
  const { pool } = context
  if (server !== context.serverIp) {
    const offered = pool.lastOf(mac)
    if (offered?.lease.is === 'offered') pool.release(offered.address, mac)
    return { ...silent(`${mac} follows another server, ${server}`), otherServer: server }
  }
  if (wanted === undefined) return silent('client error: a REQUEST without the address it was offered')
  const lease = pool.at(wanted)
  const holds = isLive(lease) && lease.mac === mac
  // A proxy-like offer of ours is no offer of an address.
  if (!holds || !pool.bind(wanted, mac)) return refuse(request, mac, `${wanted} was not offered to this PC`, context)
  return give(request, mac, wanted, MESSAGE_TYPE.ack, from, context)
}

/** A PC that comes back and asks for the address it had. Of one that is not known nothing is said, so that several servers
 *  can live on one network. */
function initReboot(
  request: DhcpPacket,
  mac: string,
  wanted: string,
  from: Endpoint,
  context: ServerContext,
): ServerDecision {
  const { pool } = context
  if (!pool.isOwnNetwork(wanted)) return refuse(request, mac, `${wanted} is of another network`, context)
  const last = pool.lastOf(mac)
  if (!last) return silent(`${mac} asks for ${wanted}, and is not known here`)
  const its = pool.at(wanted)
  const isIts = 'mac' in its && its.mac === mac
  if (its.is !== 'bound' && !context.mayOffer())
    return silent(`${mac} is given nothing: another server gives addresses here`)
  if (!isIts || !pool.mayHave(wanted, mac) || !pool.bind(wanted, mac))
    return refuse(request, mac, `${wanted} is not its address`, context)
  return give(request, mac, wanted, MESSAGE_TYPE.ack, from, context)
}

/** RENEWING (to us alone) and REBINDING (to everybody). A PC that runs from its disk loses it with its address, so one that
 *  is not known is taken on as long as nobody else has that address. */
function renewing(request: DhcpPacket, mac: string, from: Endpoint, context: ServerContext): ServerDecision {
  const { pool } = context
  const { ciaddr } = request
  if (!pool.isOwnNetwork(ciaddr)) return refuse(request, mac, `${ciaddr} is of another network`, context)
  const lease = pool.at(ciaddr)
  if (isLive(lease) && lease.mac !== mac) return refuse(request, mac, `${ciaddr} is another PC's address`, context)
  const holds = lease.is === 'bound'
  if (!pool.mayHave(ciaddr, mac)) {
    // Until its end its lease holds, e.g. outside of a range that was changed.
    return silent(`${ciaddr} of ${mac} is not given here any more, and not extended`)
  }
  if (!holds && !context.mayOffer()) return silent(`${ciaddr} of ${mac} is not from here`)
  if (!pool.bind(ciaddr, mac)) return refuse(request, mac, `${ciaddr} is in use by another machine`, context)
  return give(request, mac, ciaddr, MESSAGE_TYPE.ack, from, context)
}

function declined(request: DhcpPacket, mac: string, context: ServerContext): ServerDecision {
  const address = addressOption(request.options, OPTION.requestedAddress)
  if (address === undefined || !isForUs(request, context)) return silent('a DECLINE that is not for us')
  return context.pool.decline(address, mac)
    ? silent(`${mac} found somebody at ${address}: it is given to nobody for an hour`)
    : silent(`client error: ${mac} declines ${address}, which it was not given`)
}

function released(request: DhcpPacket, mac: string, context: ServerContext): ServerDecision {
  if (request.ciaddr === NO_ADDRESS || !isForUs(request, context)) return silent('a RELEASE that is not for us')
  return context.pool.release(request.ciaddr, mac)
    ? silent(`${mac} gave ${request.ciaddr} back`)
    : silent(`client error: ${mac} gives ${request.ciaddr} back, which it does not have`)
}

const isForUs = (request: DhcpPacket, { serverIp }: ServerContext): boolean =>
  addressOption(request.options, OPTION.serverIdentifier) === serverIp

function informed(request: DhcpPacket, mac: string, from: Endpoint, context: ServerContext): ServerDecision {
  if (!isHostAddress(request.ciaddr, context.terms.subnet)) return silent('client error: an INFORM of another network')
  return answer(request, mac, NO_ADDRESS, MESSAGE_TYPE.ack, networkOptions(context.terms), from, context)
}

function give(
  request: DhcpPacket,
  mac: string,
  address: string,
  type: number,
  from: Endpoint,
  context: ServerContext,
): ServerDecision {
  const decision = answer(request, mac, address, type, leaseOptions(context.terms), from, context)
  if (type !== MESSAGE_TYPE.ack) return decision
  return { ...decision, promises: true, observations: [{ type: 'address', mac, ip: address }] }
}

/** Where the proxy puts what to boot, and what else it says; its own message type and server are ours to say. */
function answer(
  request: DhcpPacket,
  mac: string,
  yiaddr: string,
  type: number,
  lease: readonly [number, Uint8Array][],
  from: Endpoint,
  context: ServerContext,
): ServerDecision {
  const boot = context.boot(asDiscover(request), from)
  const options = new Map<number, Uint8Array>([
    [OPTION.messageType, u8Value(type)],
    [OPTION.serverIdentifier, addressBytes(context.serverIp)],
    ...lease,
  ])
  const told = boot.reply?.packet
  for (const [code, value] of told?.options ?? []) if (!options.has(code)) options.set(code, value)
  const isOffer = type === MESSAGE_TYPE.offer
  const said = yiaddr === NO_ADDRESS ? 'told' : `${isOffer ? 'offered' : 'given'} ${yiaddr}`
  return {
    reply: replyTo(request, yiaddr, options, context, told),
    observations: isOffer ? boot.observations : [],
    why: `${mac} is ${said}; ${boot.why}`,
  }
}

/** The same question as its first one, for whoever decides what is booted. */
const asDiscover = (request: DhcpPacket): DhcpPacket => ({
  ...request,
  ciaddr: NO_ADDRESS,
  options: new Map([...request.options, [OPTION.messageType, u8Value(MESSAGE_TYPE.discover)]]),
})

function refuse(request: DhcpPacket, mac: string, why: string, context: ServerContext): ServerDecision {
  const options = new Map<number, Uint8Array>([
    [OPTION.messageType, u8Value(MESSAGE_TYPE.nak)],
    [OPTION.serverIdentifier, addressBytes(context.serverIp)],
    [LEASE_OPTION.message, messageValue(why)],
  ])
  // A NAK goes to everybody: the address it is about is wrong. Source: RFC 2131 §4.1 and §4.3.2.
  const plain = { ...withoutAddress(request), flags: request.flags | FLAG.broadcast }
  return { reply: replyTo(plain, NO_ADDRESS, options, context), observations: [], why: `${mac} is refused: ${why}` }
}

function replyTo(
  request: DhcpPacket,
  yiaddr: string,
  options: Map<number, Uint8Array>,
  { serverIp, clientPort, relayPort }: ServerContext,
  boot?: DhcpPacket,
): ProxyReply {
  const relay = request.giaddr !== NO_ADDRESS
  const agent = request.options.get(LEASE_OPTION.relayAgentInformation)
  if (relay && agent) options.set(LEASE_OPTION.relayAgentInformation, agent)
  // A PC without an address cannot be reached by it from here: that needs its hardware address in the packet's frame. It
  // is told by broadcast, as RFC 2131 §4.1 allows.
  const toAll = !relay && request.ciaddr === NO_ADDRESS
  return {
    packet: {
      op: OP.reply,
      htype: request.htype,
      hlen: request.hlen,
      hops: 0,
      xid: request.xid,
      secs: 0,
      flags: request.flags,
      ciaddr: request.ciaddr,
      yiaddr,
      siaddr: boot?.siaddr ?? serverIp,
      giaddr: request.giaddr,
      chaddr: request.chaddr,
      sname: boot?.sname ?? '',
      file: boot?.file ?? '',
      options,
    },
    to: relay ? { ip: request.giaddr, port: relayPort } : { ip: toAll ? BROADCAST : request.ciaddr, port: clientPort },
  }
}
