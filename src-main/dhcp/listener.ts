import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { CodecError } from '../base/errors.ts'
import type { Clock } from '../base/clock.ts'
import { AppError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import { toHex } from '../base/bytes.ts'
import type { BootObserver, BootPlanner } from '../boot/boot-planner.ts'
import { nativeCalls } from '../platform/native.ts'
import { bindError, ownSocketDescriptor } from '../platform/port-owner.ts'
import { decodePacket, describePacket, encodePacket, type DhcpPacket } from './packet.ts'
import { decideProxy, describeRequester, type HeardOn, type ProxyContext } from './proxy.ts'

/** UDP ports. Source: RFC 2131 §4.1 (67, 68); PXE 2.1 §2.2 (4011). */
export const DHCP_PORTS = { dhcp: 67, pxe: 4011, client: 68 } as const

export interface ProxyDhcpPorts {
  readonly dhcp: number
  readonly pxe: number
  readonly client: number
  /** Where relay agents are answered; absent: on the DHCP port. Changed by tests only. */
  readonly relay?: number
}

export interface ProxyDhcpOptions {
  /** The one interface that is served, by its system name, and our address on it. */
  readonly interfaceName: string
  readonly address: string
  readonly planner: BootPlanner
  readonly observer: BootObserver
  readonly clock: Clock
  readonly logger: Logger
  readonly ports?: ProxyDhcpPorts
  /** Beside a server that sends PCs here itself, e.g. on the same computer: port 67 is left alone. */
  readonly only4011?: boolean
}

export interface ProxyDhcp {
  close(): Promise<void>
}

/** Answers above this many milliseconds are reported: iPXE waits 2 s for a proxy offer, old ROMs less. */
const SLOW_MS = 200

/** Hears DISCOVERs on 67 and boot server requests on 4011 of one interface, and answers them.
 *  Errors: net.portTaken, net.permission, net.address, net.bind, net.device. */
export async function openProxyDhcp(o: ProxyDhcpOptions): Promise<ProxyDhcp> {
  const ports: ProxyDhcpPorts = o.ports ?? DHCP_PORTS
  const logger = o.logger.child({ component: 'dhcp.listener' })
  const context: ProxyContext = {
    serverIp: o.address,
    planner: o.planner,
    clientPort: ports.client,
    relayPort: ports.relay ?? ports.dhcp,
  }
  const onDhcp = o.only4011 ? undefined : await openDhcpSocket(o, ports.dhcp, logger)
  let onPxe: Socket
  try {
    // Requests on 4011 are unicast to us, so the address is the interface.
    onPxe = await openSocket(o.address, ports.pxe)
  } catch (thrown) {
    if (onDhcp) await closeSocket(onDhcp)
    throw thrown
  }
  if (onDhcp) serve(onDhcp, 'dhcp', o, context, logger)
  serve(onPxe, '4011', o, context, logger)
  logger.info({ interface: o.interfaceName, address: o.address }, `proxy-DHCP answers on ${o.interfaceName}`)
  return {
    async close() {
      await Promise.all([onDhcp && closeSocket(onDhcp), closeSocket(onPxe)])
    },
  }
}

/** The socket for broadcasts. Bound to every address, because Linux does not give 255.255.255.255 to a socket bound to
 *  one, and then to the device, so that nothing is heard from or offered to another network. */
export async function openDhcpSocket(
  o: Pick<ProxyDhcpOptions, 'interfaceName' | 'address'>,
  port: number,
  logger: Logger,
): Promise<Socket> {
  const native = nativeCalls()
  if (!native.available) {
    logger.warn(
      { interface: o.interfaceName },
      'this system cannot bind a socket to an interface: bound to its address instead, broadcasts may not be heard',
    )
    return openSocket(o.address, port)
  }
  const socket = await openSocket('0.0.0.0', port)
  const fd = ownSocketDescriptor('udp', socket.address().port)
  if (fd === undefined || !native.bindToDevice(fd, o.interfaceName)) {
    await closeSocket(socket)
    throw new AppError('net.device', `the DHCP socket cannot be bound to the interface ${o.interfaceName}`, {
      hint: 'Check the name of the interface, and that the engine runs as root or with CAP_NET_RAW.',
      data: { interface: o.interfaceName },
    })
  }
  await datagramsBeforeNow()
  return socket
}

/** Lets the loop read, and drop, what reached the socket before it was bound to its device: nobody listens yet. */
function datagramsBeforeNow(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
}

function openSocket(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: 'udp4', reuseAddr: false })
    socket.once('error', (thrown) => {
      socket.close()
      reject(bindError(thrown, { protocol: 'udp', host, port, service: 'Proxy-DHCP' }))
    })
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.removeAllListeners('error')
      socket.setBroadcast(true)
      resolve(socket)
    })
  })
}

export function closeSocket(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(() => resolve()))
}

function serve(socket: Socket, on: HeardOn, o: ProxyDhcpOptions, context: ProxyContext, logger: Logger): void {
  socket.on('error', (error) => logger.error({ on, error: error.message }, 'the DHCP socket failed'))
  socket.on('message', (bytes, from) => {
    const heardMs = o.clock.now()
    const request = decodeHeard(bytes, from, on, logger)
    if (!request) return
    const decision = decideProxy(request, { ip: from.address, port: from.port }, on, context)
    logger.debug({ on, from: from.address, requester: describeRequester(request) }, decision.why)
    if (decision.reply) {
      const { packet, to } = decision.reply
      logger.trace({ on, to: to.ip, port: to.port }, describePacket(packet))
      socket.send(encodePacket(packet), to.port, to.ip, (error) => {
        if (error) logger.warn({ on, to: to.ip, error: error.message }, 'a DHCP answer could not be sent')
      })
    }
    for (const what of decision.observations) o.observer.observe(what)
    const tookMs = o.clock.now() - heardMs
    if (tookMs > SLOW_MS) logger.warn({ on, tookMs }, 'answering took so long that the client may have gone on')
  })
}

export function decodeHeard(bytes: Uint8Array, from: RemoteInfo, on: HeardOn, logger: Logger): DhcpPacket | undefined {
  try {
    return decodePacket(bytes)
  } catch (thrown) {
    if (!(thrown instanceof CodecError)) throw thrown
    logger.debug({ on, from: from.address, bytes: toHex(bytes.subarray(0, 64)) }, `client error: ${thrown.message}`)
    return undefined
  }
}
