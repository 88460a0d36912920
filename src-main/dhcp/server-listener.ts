import type { RemoteInfo } from 'node:dgram'
import { toAppError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import type { LeaseTerms } from './lease-options.ts'
import type { LeasePool } from './lease-pool.ts'
import {
  closeSocket,
  decodeHeard,
  DHCP_PORTS,
  openDhcpSocket,
  openProxyDhcp,
  type ProxyDhcp,
  type ProxyDhcpOptions,
} from './listener.ts'
import { MESSAGE_TYPE, NO_ADDRESS } from './options.ts'
import { describePacket, encodePacket, messageTypeOf, type DhcpPacket } from './packet.ts'
import { decideProxy, describeRequester, type Endpoint } from './proxy.ts'
import { decideServer, type ServerContext, type ServerDecision } from './server.ts'

export interface DhcpServerOptions extends Omit<ProxyDhcpOptions, 'only4011'> {
  readonly pool: LeasePool
  readonly terms: LeaseTerms
  readonly mayOffer: () => boolean
  readonly isOwnProbe: (mac: string) => boolean
  /** Whether somebody other than the PC answers at an address. Must end within a second, and never fails. */
  readonly isInUse: (address: string, mac: string) => Promise<boolean>
  /** Returns when everything the pool was told of is on the disk. */
  readonly settle: () => void
  /** Another server was chosen by a PC. */
  readonly otherServer: (address: string) => void
  /** The range has become empty, or has room again. */
  readonly exhausted: (isSo: boolean) => void
}

/** Answers beyond this many milliseconds are reported: clients ask again after a second or two. */
const SLOW_MS = 200

/** Gives addresses on one interface, and answers boot server requests on 4011 as the proxy does.
 *  Errors: net.portTaken, net.permission, net.address, net.bind, net.device. */
export async function openDhcpServer(o: DhcpServerOptions): Promise<ProxyDhcp> {
  const ports = o.ports ?? DHCP_PORTS
  const logger = o.logger.child({ component: 'dhcp.server' })
  const proxy = { serverIp: o.address, planner: o.planner, clientPort: ports.client, relayPort: ports.dhcp }
  const context: ServerContext = {
    serverIp: o.address,
    terms: o.terms,
    pool: o.pool,
    boot: (discover, from) => decideProxy(discover, from, 'dhcp', proxy),
    mayOffer: o.mayOffer,
    isOwnProbe: o.isOwnProbe,
    clientPort: ports.client,
    relayPort: ports.dhcp,
  }
  const socket = await openDhcpSocket(o, ports.dhcp, logger)
  let onPxe: ProxyDhcp
  try {
    onPxe = await openProxyDhcp({ ...o, only4011: true })
  } catch (thrown) {
    await closeSocket(socket)
    throw thrown
  }
  let isOpen = true
  /** PCs whose address is looked at, with the newest question of each. */
  const checking = new Map<string, { request: DhcpPacket; from: Endpoint }>()

  const carryOut = (decision: ServerDecision): void => {
    if (decision.otherServer !== undefined) o.otherServer(decision.otherServer)
    if (decision.exhausted) o.exhausted(true)
    else if (decision.reply && isOffer(decision.reply.packet)) o.exhausted(false)
    if (decision.promises) o.settle()
    if (decision.reply && isOpen) {
      const { packet, to } = decision.reply
      logger.trace({ to: to.ip, port: to.port }, describePacket(packet))
      socket.send(encodePacket(packet), to.port, to.ip, (error) => {
        if (error) logger.warn({ to: to.ip, error: error.message }, 'a DHCP answer could not be sent')
      })
    }
    for (const what of decision.observations) o.observer.observe(what)
  }

  const handle = (request: DhcpPacket, from: Endpoint): void => {
    const decision = decideServer(request, from, context)
    logger.debug({ from: from.ip, requester: describeRequester(request) }, decision.why)
    carryOut(decision)
    if (decision.check) look(decision.check, request, from)
  }

  /** Asks the network about the address, then answers the question again. A PC that asks again meanwhile is not looked at
   *  twice; its newest question is the one that is answered. */
  const look = ({ address, mac }: { address: string; mac: string }, request: DhcpPacket, from: Endpoint): void => {
    const isUnderWay = checking.has(mac)
    checking.set(mac, { request, from })
    if (isUnderWay) return
    const done = (isInUse: boolean): void => {
      const newest = checking.get(mac)!
      checking.delete(mac)
      if (!isOpen) return
      if (isInUse) {
        o.pool.conflict(address)
        logger.warn(
          { address },
          `${address} is in use by a machine that was not given it: it is left alone for an hour`,
        )
      } else {
        o.pool.cleared(address, mac)
      }
      handle(newest.request, newest.from)
    }
    o.isInUse(address, mac).then(done, (thrown: unknown) => {
      logger.warn({ address }, `whether ${address} is in use could not be seen: ${toAppError(thrown).message}`)
      done(false)
    })
  }

  socket.on('error', (error) => logger.error({ error: error.message }, 'the DHCP socket failed'))
  socket.on('message', (bytes: Uint8Array, from: RemoteInfo) => {
    const heardMs = o.clock.now()
    // A question may have to wait for the look at its address: it keeps bytes of its own.
    const request = decodeHeard(Uint8Array.from(bytes), from, 'dhcp', logger)
    if (!request) return
    handleSafely(() => handle(request, { ip: from.address, port: from.port }), logger)
    const tookMs = o.clock.now() - heardMs
    if (tookMs > SLOW_MS) logger.warn({ tookMs }, 'answering took so long that the client may have asked again')
  })
  logger.info({ interface: o.interfaceName, address: o.address }, `addresses are given on ${o.interfaceName}`)
  return {
    async close() {
      isOpen = false
      await Promise.all([closeSocket(socket), onPxe.close()])
    },
  }
}

const isOffer = (packet: DhcpPacket): boolean =>
  messageTypeOf(packet) === MESSAGE_TYPE.offer && packet.yiaddr !== NO_ADDRESS

/** One question that cannot be answered, e.g. because the disk is full, must not end the others. */
function handleSafely(work: () => void, logger: Logger): void {
  try {
    work()
  } catch (thrown) {
    logger.error({}, `a DHCP question could not be answered: ${toAppError(thrown).message}`)
  }
}
