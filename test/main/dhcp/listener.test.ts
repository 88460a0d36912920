import { createSocket, type Socket } from 'node:dgram'
import { afterEach, describe, expect, test } from 'vitest'
import { silentLogger } from '../../../src-main/base/log.ts'
import type { BootObservation } from '../../../src-main/boot/boot-planner.ts'
import { openProxyDhcp } from '../../../src-main/dhcp/listener.ts'
import { decodePacket, encodePacket, type DhcpPacket } from '../../../src-main/dhcp/packet.ts'
import { nativeCalls } from '../../../src-main/platform/native.ts'
import { clientDatagrams, fixturePlanner } from '../../support/dhcp-fixtures.ts'
import { FakeClock } from '../../support/fake-clock.ts'

/** On the loopback interface there is no broadcast: a relay agent's address and port 4011 bring the answers back. */
const canBind = process.platform === 'linux' && nativeCalls().available
const open = new Set<Socket>()
const closeSocket = (socket: Socket): Promise<void> =>
  new Promise((resolve) => (open.delete(socket), socket.close(() => resolve())))
afterEach(async () => void (await Promise.all([...open].map(closeSocket))))

async function clientSocket(address: string): Promise<Socket> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, address, resolve))
  open.add(socket)
  return socket
}

/** Free ports of this moment, one for each role. */
async function freePorts(): Promise<{ dhcp: number; pxe: number; client: number }> {
  const sockets = await Promise.all([clientSocket('0.0.0.0'), clientSocket('0.0.0.0'), clientSocket('0.0.0.0')])
  const [dhcp, pxe, client] = sockets.map((s) => s.address().port) as [number, number, number]
  await Promise.all(sockets.map(closeSocket))
  return { dhcp, pxe, client }
}

async function start(interfaceName = 'lo') {
  const ports = await freePorts()
  const observed: BootObservation[] = []
  const proxy = await openProxyDhcp({
    interfaceName,
    address: '127.0.0.1',
    planner: fixturePlanner,
    observer: { observe: (what) => void observed.push(what) },
    clock: new FakeClock(),
    logger: silentLogger,
    ports,
  })
  return { ports, observed, close: () => proxy.close() }
}

const ask = (socket: Socket, packet: DhcpPacket, port: number): Promise<{ packet: DhcpPacket; port: number }> =>
  new Promise((resolve) => {
    socket.once('message', (bytes, from) => resolve({ packet: decodePacket(Uint8Array.from(bytes)), port: from.port }))
    socket.send(encodePacket(packet), port, '127.0.0.1')
  })

const rom = clientDatagrams('bios-rom-not-announcing-ipxe-e1000').map((p) => decodePacket(p.payload))

describe.skipIf(!canBind)('proxy-DHCP on real sockets', () => {
  test('answers on 4011 to the port it was asked from, from 4011', async () => {
    const { ports, observed, close } = await start()
    const socket = await clientSocket('127.0.0.1')
    const answer = await ask(socket, rom[2]!, ports.pxe)
    expect(answer.port).toBe(ports.pxe)
    expect(answer.packet).toMatchObject({ op: 2, file: 'undionly.kpxe', siaddr: '127.0.0.1', yiaddr: '0.0.0.0' })
    expect(observed.map((o) => o.type)).toEqual(['seen', 'address', 'offered'])
    await close()
  })

  test('hears a DISCOVER on the DHCP port, and lives through bytes that are none', async () => {
    const { ports, observed, close } = await start()
    const socket = await clientSocket('127.0.0.1')
    socket.send(new Uint8Array(10), ports.dhcp, '127.0.0.1')
    socket.send(encodePacket(rom[1]!), ports.dhcp, '127.0.0.1')
    await expect.poll(() => observed.length).toBe(1)
    expect(observed[0]).toEqual({ type: 'address', mac: '52:54:00:77:00:01', ip: '10.77.0.130' })
    await close()
  })

  test('closing gives both ports back', async () => {
    const { ports, close } = await start()
    await close()
    for (const port of [ports.dhcp, ports.pxe]) {
      const socket = createSocket('udp4')
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject)
        socket.bind(port, '127.0.0.1', resolve)
      })
      await new Promise<void>((resolve) => socket.close(resolve))
    }
  })

  test('a port that is taken is named with its owner, and nothing stays open', async () => {
    const holder = await clientSocket('0.0.0.0')
    const pxe = holder.address().port
    const { dhcp, client } = await freePorts()
    const opening = openProxyDhcp({
      interfaceName: 'lo',
      address: '127.0.0.1',
      planner: fixturePlanner,
      observer: { observe: () => {} },
      clock: new FakeClock(),
      logger: silentLogger,
      ports: { dhcp, pxe, client },
    })
    await expect(opening).rejects.toMatchObject({
      code: 'net.portTaken',
      message: expect.stringContaining(`UDP port ${pxe}`),
      data: expect.objectContaining({ pid: process.pid }),
    })
    const again = createSocket('udp4')
    open.add(again)
    await new Promise<void>((resolve, reject) => {
      again.once('error', reject)
      again.bind(dhcp, '0.0.0.0', resolve)
    })
  })

  test('an interface that does not exist is refused', async () => {
    await expect(start('no-such-if0')).rejects.toMatchObject({ code: 'net.device', hint: expect.any(String) })
  })
})
