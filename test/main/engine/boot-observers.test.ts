import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { silentLogger } from '../../../src-main/base/log.ts'
import { BootPaths } from '../../../src-main/boot/boot-paths.ts'
import type { BootObservation } from '../../../src-main/boot/boot-planner.ts'
import { createBootPolicy } from '../../../src-main/boot/boot-policy.ts'
import { createLoaderSet, loaderLadder } from '../../../src-main/boot/loader.ts'
import { createMediaRegistry } from '../../../src-main/boot/media.ts'
import { LiveBoard } from '../../../src-main/clients/live-board.ts'
import { ClientRegistry } from '../../../src-main/clients/registry.ts'
import { openDatabase } from '../../../src-main/db/database.ts'
import { createBootPathStore } from '../../../src-main/db/stores/boot-path-store.ts'
import { createClientStore } from '../../../src-main/db/stores/client-store.ts'
import { createMachineStore } from '../../../src-main/db/stores/machine-store.ts'
import { createTimelineStore } from '../../../src-main/db/stores/timeline-store.ts'
import { openProxyDhcp } from '../../../src-main/dhcp/listener.ts'
import { decodePacket, encodePacket, macOf } from '../../../src-main/dhcp/packet.ts'
import { Afterwards } from '../../../src-main/engine/afterwards.ts'
import { recordBootObservation, recordPathNews } from '../../../src-main/engine/boot-facts.ts'
import { bootObservers } from '../../../src-main/engine/boot-observers.ts'
import { nativeCalls } from '../../../src-main/platform/native.ts'
import { clientDatagrams } from '../../support/dhcp-fixtures.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const PCS = 64
const canBind = process.platform === 'linux' && nativeCalls().available

/** Everything that answers DHCP and keeps what it heard, with a real database whose every use is told to `used`. */
function answering(used: () => void, nextTurn?: (job: () => void) => void) {
  const db = openDatabase(':memory:')
  const watched = <T extends object>(store: T): T =>
    new Proxy(store, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name)
        if (typeof value !== 'function') return value
        return (...args: unknown[]) => {
          used()
          return (value as (...a: unknown[]) => unknown).apply(target, args)
        }
      },
    })
  const clock = new FakeClock()
  const registry = new ClientRegistry(watched(createClientStore(db)), watched(createMachineStore(db)), clock)
  const board = new LiveBoard(registry, watched(createTimelineStore(db)), clock, () => {})
  const afterwards = new Afterwards((thrown) => expect.fail(String(thrown)), nextTurn)
  const loaders = createLoaderSet(
    ['undionly.kpxe', 'snponly.efi', 'ipxe.efi'].map((name) => ({ name, bytes: new Uint8Array(), sha256: '' })),
  )
  const paths = new BootPaths({
    store: watched(createBootPathStore(db)),
    clock,
    ladder: (_mac, platform) => loaderLadder(platform, 'auto', loaders),
    later: (job) => afterwards.later(job),
    tell: (mac, news) => recordPathNews(mac, news, board),
  })
  const observers = bootObservers({
    afterwards,
    paths,
    macOfIp: (ip) => registry.macOfIp(ip),
    write: (what) => recordBootObservation(what, registry, board),
  })
  const planner = createBootPolicy({
    directory: { clientByMac: (mac) => registry.byMac(mac), unknownAllowed: () => true },
    server: { ip: '127.0.0.1', httpPort: 8470, iscsiPort: 3260 },
    loaders,
    paths,
    media: createMediaRegistry(),
    logger: silentLogger,
  })
  return { planner, observers, afterwards, registry, board, paths, clock }
}

const sockets = new Set<Socket>()
afterEach(() => {
  for (const socket of sockets) socket.close()
  sockets.clear()
})
async function bound(port = 0): Promise<Socket> {
  const socket = createSocket('udp4')
  sockets.add(socket)
  socket.bind(port, '127.0.0.1')
  await once(socket, 'listening')
  return socket
}
async function freePort(): Promise<number> {
  const socket = await bound()
  const { port } = socket.address()
  sockets.delete(socket)
  await new Promise<void>((resolve) => socket.close(() => resolve()))
  return port
}

describe.skipIf(!canBind)('64 PCs that are switched on at once', () => {
  test('are each answered in the turn in which they are heard, and nothing is written before that', async () => {
    let inTheAnswer = false
    const usedInTheAnswer: string[] = []
    let used = 0
    const n = answering(() => {
      used++
      if (inTheAnswer) usedInTheAnswer.push(new Error('used').stack!)
    })
    const before = used
    const relay = await bound()
    const ports = {
      dhcp: await freePort(),
      pxe: await freePort(),
      client: await freePort(),
      relay: relay.address().port,
    }
    let turn = 0
    const heardIn = new Map<string, number>()
    const answeredIn = new Map<string, number>()
    let isOver = false
    const count = () => {
      turn++
      if (!isOver) setImmediate(count)
    }
    setImmediate(count)
    const proxy = await openProxyDhcp({
      interfaceName: 'lo',
      address: '127.0.0.1',
      planner: {
        plan(hello) {
          inTheAnswer = true
          heardIn.set(hello.mac, turn)
          return n.planner.plan(hello)
        },
      },
      observer: {
        // The listener reports when the answer is out.
        observe(what: BootObservation) {
          n.observers.afterTheAnswer.observe(what)
          if (what.type !== 'offered') return
          answeredIn.set(what.mac, turn)
          inTheAnswer = false
        },
      },
      clock: n.clock,
      logger: silentLogger,
      ports,
    })
    const answers = new Set<string>()
    const allAnswered = new Promise<void>((resolve) => {
      relay.on('message', (bytes) => {
        answers.add(macOf(decodePacket(Uint8Array.from(bytes)))!)
        if (answers.size === PCS) resolve()
      })
    })
    const discover = decodePacket(clientDatagrams('ovmf-pxe-snponly-efi')[0]!.payload)
    const asker = await bound()
    for (let i = 0; i < PCS; i++) {
      const chaddr = Uint8Array.from(discover.chaddr)
      chaddr[5] = i
      asker.send(encodePacket({ ...discover, chaddr, xid: i, giaddr: '127.0.0.1' }), ports.dhcp, '127.0.0.1')
    }
    await allAnswered
    await proxy.close()
    isOver = true
    expect(usedInTheAnswer).toEqual([])
    expect([...answeredIn]).toEqual([...heardIn])
    expect(answeredIn.size).toBe(PCS)
    n.afterwards.drain()
    // A machine and two events of each, at least.
    expect(used - before).toBeGreaterThanOrEqual(3 * PCS)
    expect(n.registry.unknown()).toHaveLength(PCS)
  })
})

describe('what was heard', () => {
  const mac = '52:54:00:77:00:01'
  const hello = { mac, platform: 'uefi-x64', arch: 7, isIpxe: false, via: 'pxe', on: 'dhcp', secs: 0 } as const
  const seen: BootObservation = { type: 'seen', ...hello }
  const offered: BootObservation = { type: 'offered', mac, via: 'dhcp', file: 'snponly.efi' }
  const address: BootObservation = { type: 'address', mac, ip: '10.77.0.130' }
  const loader: BootObservation = { type: 'loader', ip: '10.77.0.130', file: 'snponly.efi', via: 'tftp', bytes: 1 }

  test('by DHCP is written before what TFTP saw of the same machine, which is known by its address only', () => {
    const n = answering(
      () => {},
      () => {},
    )
    for (const what of [seen, offered, address]) n.observers.afterTheAnswer.observe(what)
    expect(n.board.of(mac).stage).toBe('off')
    n.observers.now.observe(loader)
    expect(n.board.of(mac)).toMatchObject({ stage: 'loader', text: 'Fetched the loader snponly.efi.' })
  })

  test('counts for the next answer before it is written', () => {
    const n = answering(
      () => {},
      () => {},
    )
    for (const what of [seen, offered, address]) n.observers.afterTheAnswer.observe(what)
    n.observers.now.observe(loader)
    n.clock.advance(300_000)
    expect(n.planner.plan(hello)).toMatchObject({ loader: 'ipxe.efi' })
    n.observers.afterTheAnswer.observe(seen)
    expect(n.paths.of(mac)).toMatchObject({ loader: 'ipxe.efi' })
    n.afterwards.drain()
    expect(n.board.of(mac).stage).toBe('seen')
  })

  test('of our own probe is nobody’s', () => {
    const n = answering(
      () => {},
      () => {},
    )
    const probe: BootObservation = { ...seen, mac: '02:b0:07:aa:bb:0c' }
    n.observers.afterTheAnswer.observe(probe)
    n.observers.now.observe(probe)
    expect([n.afterwards.waiting, n.paths.of('02:b0:07:aa:bb:0c')]).toEqual([0, undefined])
  })
})
