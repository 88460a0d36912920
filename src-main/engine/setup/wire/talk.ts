import { createSocket, type Socket } from 'node:dgram'
import { AppError, CodecError } from '../../../base/errors.ts'
import type { Clock } from '../../../base/clock.ts'
import { DHCP_PORTS } from '../../../dhcp/listener.ts'
import { addressBytes, addressText, BROADCAST } from '../../../dhcp/options.ts'
import { decodePacket, encodePacket, OP, type DhcpPacket } from '../../../dhcp/packet.ts'
import type { ServedInterface } from '../../../platform/interfaces.ts'
import { nativeCalls } from '../../../platform/native.ts'
import { bindError, ownSocketDescriptor } from '../../../platform/port-owner.ts'
import type { Reply } from './offers.ts'

/** A conversation as a PC has it before it has an address: it calls everybody on the served network, and hears what is called
 *  back. Nothing is sent on another network. */
export interface Talk {
  /** Everything that was answered to questions of this conversation. */
  readonly replies: readonly Reply[]
  call(packet: DhcpPacket): Promise<void>
  /** The first reply, past ones included, that `wanted` accepts; undefined when none comes in time. */
  wait(wanted: (reply: Reply) => boolean, ms: number): Promise<Reply | undefined>
  close(): void
}

/** Resolves when no conversation is open: two on one port could not be told apart when they are bound to the device. */
let over: Promise<void> = Promise.resolve()

/** Waits for an earlier conversation to close. Errors: net.portTaken, net.permission, net.device. */
export async function openTalk(served: ServedInterface, clock: Clock): Promise<Talk> {
  const before = over
  let end = (): void => {}
  over = new Promise((resolve) => (end = resolve))
  await before
  try {
    return await open(served, clock, end)
  } catch (thrown) {
    end()
    throw thrown
  }
}

async function open(served: ServedInterface, clock: Clock, closed: () => void): Promise<Talk> {
  const native = nativeCalls().available
  const socket = await bind(native ? '0.0.0.0' : served.address, DHCP_PORTS.client)
  if (native) {
    const fd = ownSocketDescriptor('udp', DHCP_PORTS.client)
    if (fd === undefined || !nativeCalls().bindToDevice(fd, served.name)) {
      socket.close()
      throw new AppError('net.device', `a socket cannot be bound to the interface ${served.name}`, {
        hint: 'Run the engine as root or with CAP_NET_RAW.',
      })
    }
  }
  // A socket that is bound to no interface must name the network it calls.
  const everybody = native ? BROADCAST : broadcastOf(served)
  const replies: Reply[] = []
  const xids = new Set<number>()
  const listeners = new Set<(reply: Reply) => void>()
  socket.on('message', (bytes, from) => {
    const packet = decode(bytes)
    if (packet?.op !== OP.reply || !xids.has(packet.xid)) return
    const reply = { packet: ownCopy(packet), from: from.address }
    replies.push(reply)
    for (const listener of [...listeners]) listener(reply)
  })
  return {
    replies,
    async call(packet) {
      xids.add(packet.xid)
      await send(socket, packet, DHCP_PORTS.dhcp, everybody)
    },
    wait(wanted, ms) {
      const past = replies.find(wanted)
      if (past) return Promise.resolve(past)
      return new Promise((resolve) => {
        const end = (reply?: Reply) => {
          cancel()
          listeners.delete(look)
          resolve(reply)
        }
        const look = (reply: Reply) => wanted(reply) && end(reply)
        const cancel = clock.after(ms, 'wait for a DHCP reply', end)
        listeners.add(look)
      })
    },
    close: () => void socket.close(closed),
  }
}

/** Asks one server by its address and waits for its answer. Errors: net.bind and what sending says. */
export async function askServer(
  packet: DhcpPacket,
  o: { readonly from: string; readonly to: string; readonly port: number; readonly ms: number; readonly clock: Clock },
): Promise<Reply | undefined> {
  const socket = await bind(o.from, 0)
  try {
    const answer = new Promise<Reply | undefined>((resolve) => {
      const cancel = o.clock.after(o.ms, 'wait for a boot server', () => resolve(undefined))
      socket.on('message', (bytes, from) => {
        const reply = decode(bytes)
        if (reply?.op !== OP.reply || reply.xid !== packet.xid) return
        cancel()
        resolve({ packet: ownCopy(reply), from: from.address })
      })
    })
    await send(socket, packet, o.port, o.to)
    return await answer
  } finally {
    socket.close()
  }
}

/** Ports of PCs are shared: the system's own DHCP client may hold 68. */
function bind(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: 'udp4', reuseAddr: port !== 0 })
    socket.once('error', (thrown) => {
      socket.close()
      reject(bindError(thrown, { protocol: 'udp', host, port, service: 'The check' }))
    })
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.removeAllListeners('error')
      socket.on('error', () => {
        // The interface went away in the middle: then nothing is heard, and the check says so.
      })
      socket.setBroadcast(true)
      resolve(socket)
    })
  })
}

const send = (socket: Socket, packet: DhcpPacket, port: number, to: string): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.send(encodePacket(packet), port, to, (error) => (error ? reject(error) : resolve()))
  })

/** What others call on port 68 need not be DHCP. */
function decode(bytes: Uint8Array): DhcpPacket | undefined {
  try {
    return decodePacket(bytes)
  } catch (thrown) {
    if (!(thrown instanceof CodecError)) throw thrown
    return undefined
  }
}

/** Option values are views of a buffer that the socket may use again. */
const ownCopy = (packet: DhcpPacket): DhcpPacket => ({
  ...packet,
  chaddr: packet.chaddr.slice(),
  options: new Map([...packet.options].map(([code, value]) => [code, value.slice()])),
})

function broadcastOf({ address, netmask }: ServedInterface): string {
  const mask = addressBytes(netmask)
  return addressText(
    addressBytes(address).map((byte, i) => byte | (~mask[i]! & 0xff)),
    0,
  )
}
