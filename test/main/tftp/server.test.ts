import { describe, expect, test } from 'vitest'
import { silentLogger } from '../../../src-main/base/log.ts'
import type { BootObservation } from '../../../src-main/boot/boot-planner.ts'
import { decodeTftp, encodeTftp, OPCODE } from '../../../src-main/tftp/packet.ts'
import { TftpServer } from '../../../src-main/tftp/server.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { everyNth, FakeNetwork, reliable, type Fate } from '../../support/fake-network.ts'
import { seededRandom } from '../../support/random.ts'
import { startRead, type ReadOptions } from '../../support/tftp-reader.ts'

const SERVER = { ip: '10.0.0.1', port: 69 }
const image = seededRandom(1).bytes(300_000)
const options = (text: string) => text.split(' ').map((p) => ({ name: p.split('=')[0]!, value: p.split('=')[1]! }))

function rig(fate: Fate = reliable, files: Record<string, Uint8Array> = { file: image }) {
  const clock = new FakeClock()
  const network = new FakeNetwork(clock, fate)
  const observed: BootObservation[] = []
  const server = new TftpServer({
    files: { open: (name) => files[name] },
    observer: { observe: (what) => void observed.push(what) },
    clock,
    logger: silentLogger,
    openSocket: async () => network.open(SERVER.ip),
  })
  const requests = network.open(SERVER.ip, SERVER.port)
  requests.onMessage((bytes, from) => server.onRequest(decodeTftp(bytes), bytes, from, requests))
  const start = clock.now()
  return {
    clock,
    network,
    observed,
    server,
    read: (o: ReadOptions = {}) => startRead(network, clock, SERVER, o),
    elapsedMs: () => clock.now() - start,
    /** Lets time pass in steps, so that sockets opened by promises come in between. */
    async pass(ms: number, until: () => boolean = () => false) {
      for (let t = 0; t < ms && !until(); t++) {
        await Promise.resolve()
        clock.advance(1)
        await Promise.resolve()
      }
    },
  }
}

describe('a file arrives whole', () => {
  test.each<[string, string | undefined, Fate]>([
    ['without options', undefined, reliable],
    ['with blksize and tsize', 'blksize=1432 tsize=0', reliable],
    ['with a window', 'blksize=1468 windowsize=8', reliable],
    ['with every tenth datagram lost', undefined, everyNth(10)],
    ['with every tenth datagram lost and a window of 8', 'blksize=1428 windowsize=8', everyNth(10)],
    ['with 5 % lost at random and a window of 16', 'blksize=1468 windowsize=16', lossy(5, 42)],
    ['with 5 % lost at random', 'blksize=1468', lossy(5, 43)],
    ['with datagrams doubled', 'blksize=1468', () => ({ twice: true })],
    [
      'with datagrams out of order and a window of 4',
      'blksize=1468 windowsize=4',
      (n) => ({ extraMs: n % 7 === 3 ? 5 : 0 }),
    ],
  ])('%s', async (_name, wish, fate) => {
    const r = rig(fate)
    const read = r.read(wish === undefined ? {} : { options: options(wish) })
    await r.pass(1_000_000, read.isDone)
    expect(Buffer.compare(read.result().data, image)).toBe(0)
    await r.pass(60_000, () => r.server.active === 0)
    expect(r.server.active).toBe(0)
  })

  test('losing every tenth datagram costs a window of 8 less than half a minute', async () => {
    const r = rig(everyNth(10))
    const read = r.read({ options: options('blksize=1428 windowsize=8') })
    await r.pass(1_000_000, read.isDone)
    expect(read.isDone()).toBe(true)
    expect(r.elapsedMs()).toBeLessThan(30_000)
  })

  test('past block 65535', async () => {
    const large = seededRandom(2).bytes(70_000 * 8 + 3)
    const r = rig(reliable, { file: large })
    const read = r.read({ options: options('blksize=8 windowsize=64') })
    await r.pass(1_000_000, read.isDone)
    expect(Buffer.compare(read.result().data, large)).toBe(0)
  })

  test.each([0, 512, 1024])('of %i bytes, a whole number of blocks', async (size) => {
    const r = rig(reliable, { file: image.subarray(0, size) })
    const read = r.read()
    await r.pass(1000, read.isDone)
    expect(read.result()).toMatchObject({ done: true, data: image.slice(0, size) })
  })

  test('doubled datagrams do not double the traffic (the sorcerer’s apprentice)', async () => {
    const r = rig((n) => ({ twice: n === 2 }))
    const read = r.read({ options: options('blksize=1468') })
    await r.pass(10_000, read.isDone)
    const needed = 2 * (Math.floor(image.length / 1468) + 1) + 3
    expect(r.network.sent).toBeLessThan(needed + 5)
  })
})

describe('the observer', () => {
  test('hears of a loader and of a script', async () => {
    const r = rig(reliable, { 'snponly.efi': image, 'autoexec.ipxe': image.subarray(0, 20) })
    const reads = [r.read({ filename: '\\SNPONLY.EFI' }), r.read({ filename: '/autoexec.ipxe' })]
    await r.pass(10_000, () => reads.every((x) => x.isDone()) && r.server.active === 0)
    expect(r.observed).toContainEqual({
      type: 'loader',
      ip: '10.0.0.9',
      file: 'snponly.efi',
      via: 'tftp',
      bytes: 300_000,
    })
    expect(r.observed).toContainEqual({ type: 'script', ip: '10.0.0.9', path: 'autoexec.ipxe' })
  })

  test('does not take a question for the size for a failure, as OVMF asks it', async () => {
    const r = rig()
    const probe = r.network.open('10.0.0.9')
    let server: { ip: string; port: number } | undefined
    probe.onMessage((_bytes, from) => {
      server = from
      probe.send(encodeTftp({ opcode: OPCODE.error, code: 8, message: 'User aborted the transfer' }), from)
    })
    const wish = options('tsize=0 blksize=1468 windowsize=4')
    probe.send(encodeTftp({ opcode: OPCODE.readRequest, filename: 'file', mode: 'octet', options: wish }), SERVER)
    await r.pass(50)
    expect(server).toBeDefined()
    expect(r.server.active).toBe(0)
    const read = r.read({ options: options('blksize=1468 windowsize=4') })
    await r.pass(10_000, () => read.isDone() && r.server.active === 0)
    expect(r.observed.map((o) => o.type)).toEqual(['loader'])
  })

  test('hears of a client that stops in the middle', async () => {
    let silent = false
    const r = rig(() => ({ drop: silent }))
    r.read()
    await r.pass(20)
    silent = true
    await r.pass(60_000, () => r.server.active === 0)
    expect(r.observed).toEqual([
      { type: 'transferFailed', ip: '10.0.0.9', file: 'file', via: 'tftp', why: 'the client stopped answering' },
    ])
  })
})

describe('a request', () => {
  test.each<[string, ReadOptions, number]>([
    ['for a file that does not exist', { filename: 'nothing' }, 1],
    ['for a path above', { filename: '../file' }, 1],
    ['in another mode', { mode: 'mail' }, 4],
  ])('%s is answered with an error', async (_name, o, code) => {
    const r = rig()
    const read = r.read(o)
    await r.pass(20, read.isDone)
    expect(read.result().error?.code).toBe(code)
    expect(r.server.active).toBe(0)
  })

  test('to write is refused', async () => {
    const r = rig()
    const socket = r.network.open('10.0.0.9')
    let code: number | undefined
    socket.onMessage((bytes) => {
      const packet = decodeTftp(bytes)
      if (packet.opcode === OPCODE.error) code = packet.code
    })
    socket.send(encodeTftp({ opcode: OPCODE.writeRequest, filename: 'file', mode: 'octet', options: [] }), SERVER)
    await r.pass(20)
    expect(code).toBe(2)
  })

  test('in netascii has its size told, and its lines ended, that way', async () => {
    const r = rig(reliable, { file: Buffer.from('#!ipxe\necho\n') })
    const read = r.read({ mode: 'NetASCII', options: options('tsize=0') })
    await r.pass(100, read.isDone)
    expect(Buffer.from(read.result().data).toString()).toBe('#!ipxe\r\necho\r\n')
    expect(read.result().oack).toEqual([{ name: 'tsize', value: '14' }])
  })

  test.each(['/FILE', '\\file', './/file', 'file\xff\xff', 'File \x0d', '/./file', 'file/'])(
    'that spells the name %j, as old ROMs do, is served',
    async (filename) => {
      const r = rig()
      const request = Buffer.from(`\0\x01${filename}\0octet\0`, 'latin1')
      const socket = r.network.open('10.0.0.9')
      let opcode: number | undefined
      socket.onMessage((bytes) => (opcode ??= bytes[1]))
      socket.send(request, SERVER)
      await r.pass(20)
      expect(opcode).toBe(OPCODE.data)
    },
  )

  test.each(['', '/', '..', '../file', 'x/../file', '/etc/passwd', 'c:\\file', '%66ile', 'constructor'])(
    'for %j, which names no file of ours, is answered that there is none',
    async (filename) => {
      const r = rig(reliable, Object.assign(Object.create(null) as Record<string, Uint8Array>, { file: image }))
      const read = r.read({ filename })
      await r.pass(20, read.isDone)
      expect(read.result().error?.code).toBe(1)
    },
  )

  test('that nobody answers is sent six times, to nobody but its sender', async () => {
    const sent: string[] = []
    const r = rig()
    const victim = r.network.open('10.0.0.66', 1234)
    victim.onMessage((bytes, from) => sent.push(`${from.ip} ${bytes.length}`))
    victim.send(encodeTftp({ opcode: OPCODE.readRequest, filename: 'file', mode: 'octet', options: [] }), SERVER)
    await r.pass(120_000, () => r.server.active === 0 && sent.length > 0)
    expect(sent).toEqual(Array.from({ length: 6 }, () => '10.0.0.1 516'))
    expect(r.observed).toMatchObject([{ type: 'transferFailed', why: 'the client never answered' }])
  })

  test('that is repeated from its port begins no second transfer', async () => {
    const r = rig()
    const read = r.read()
    read.repeat()
    await r.pass(2)
    expect(r.server.active).toBe(1)
    await r.pass(10_000, read.isDone)
    expect(Buffer.compare(read.result().data, image)).toBe(0)
  })

  test('is one of four of a PC at most', async () => {
    const r = rig()
    const reads = Array.from({ length: 6 }, () => r.read())
    await r.pass(5)
    expect(r.server.active).toBe(4)
    await r.pass(60_000, () => reads.every((x) => x.isDone()))
    expect(reads.filter((x) => x.result().error).length).toBe(2)
  })

  test('of another PC finds room all the same', async () => {
    const r = rig()
    const reads = Array.from({ length: 64 }, (_, i) => r.read({ ip: `10.0.1.${i}`, options: options('blksize=1468') }))
    await r.pass(10_000, () => reads.every((x) => x.isDone()))
    expect(reads.every((x) => Buffer.compare(x.result().data, image) === 0)).toBe(true)
  })
})

test('64 PCs at once have all of it within a minute, with 5 % of the datagrams lost both ways', async () => {
  const file = image.subarray(0, 100_000)
  const r = rig(lossy(5, 44), { file })
  const wish = options('blksize=1468 windowsize=16')
  const reads = Array.from({ length: 64 }, (_, i) => r.read({ ip: `10.0.1.${i}`, options: wish, timeoutMs: 1000 }))
  await r.pass(60_000, () => reads.every((x) => x.isDone()))
  expect(reads.filter((x) => Buffer.compare(x.result().data, file) !== 0).length).toBe(0)
  expect(r.network.dropped).toBeGreaterThan(100)
  await r.pass(60_000, () => r.server.active === 0)
  // A last acknowledgement that was lost costs its transfer some retransmissions, and no more.
  expect([r.server.active, r.clock.pending().filter((name) => name.startsWith('tftp'))]).toEqual([0, []])
})

test('a stranger at a transfer’s port is told so, and the transfer goes on', async () => {
  const r = rig()
  const read = r.read()
  const stranger = r.network.open('10.0.0.77')
  let code: number | undefined
  stranger.onMessage((bytes) => {
    const packet = decodeTftp(bytes)
    if (packet.opcode === OPCODE.error) code = packet.code
  })
  await r.pass(5)
  for (let port = 49152; port < 49160; port++)
    stranger.send(encodeTftp({ opcode: OPCODE.acknowledgement, block: 1 }), { ip: SERVER.ip, port })
  await r.pass(10_000, read.isDone)
  expect(code).toBe(5)
  expect(Buffer.compare(read.result().data, image)).toBe(0)
})

test('closing ends transfers and gives their ports back', async () => {
  const r = rig()
  r.read()
  await r.pass(10)
  expect(r.network.openPorts).toBe(3)
  await r.server.close()
  expect(r.network.openPorts).toBe(2)
})

/** Loses `percent` of the datagrams, the same ones for the same seed. */
function lossy(percent: number, seed: number): Fate {
  const random = seededRandom(seed)
  return () => ({ drop: random.below(100) < percent })
}
