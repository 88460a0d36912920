import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, expect, test } from 'vitest'
import type { Clock } from '../../src-main/base/clock.ts'
import { CodecError } from '../../src-main/base/errors.ts'
import { silentLogger } from '../../src-main/base/log.ts'
import { createMediaRegistry } from '../../src-main/boot/media.ts'
import { systemClock } from '../../src-main/engine/system-clock.ts'
import { openBootHttp } from '../../src-main/http/server.ts'
import { decodeTftp } from '../../src-main/tftp/packet.ts'
import { MAX_TRANSFERS_PER_IP, TftpServer, type Endpoint } from '../../src-main/tftp/server.ts'
import { seededRandom, type SeededRandom } from '../support/random.ts'

/** Packets and requests that went wrong on the way, or were made to do harm. The same ones in every run. */
const TFTP_PACKETS = 1_000_000
const HTTP_REQUESTS = 100_000
const MIB = 2 ** 20
const folder = mkdtempSync(join(tmpdir(), 'bootlace-fuzz-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Memory that is still needed after a collection, bytes. */
async function memoryInUse(): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  // What ended in this turn is let go in the next, and finalisers run between two collections.
  for (let i = 0; i < 3; i++) {
    await turn()
    collect()
  }
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  return heapUsed + external + arrayBuffers
}

const text = (value: string): Buffer => Buffer.from(value, 'latin1')

/** One to four changes: bits, bytes, cuts, repeats, and bytes that mean something to parsers. */
function mutated(base: Buffer, random: SeededRandom, telling: readonly Buffer[]): Buffer {
  let bytes = Buffer.from(base)
  for (let n = random.below(4) + 1; n > 0; n--) {
    const at = random.below(bytes.length + 1)
    switch (random.below(6)) {
      case 0:
        if (at < bytes.length) bytes[at]! ^= 1 << random.below(8)
        break
      case 1:
        if (at < bytes.length) bytes[at] = random.below(256)
        break
      case 2:
        bytes = bytes.subarray(0, at)
        break
      case 3:
        bytes = Buffer.concat([bytes, bytes.subarray(at, at + random.below(64))])
        break
      default: {
        const word = telling[random.below(telling.length)]!
        bytes = Buffer.concat([bytes.subarray(0, at), word, bytes.subarray(at + random.below(word.length + 1))])
      }
    }
  }
  return bytes
}

/** Time and sockets without a system behind them, fast enough for a million packets. */
class Room implements Clock {
  #now = 0
  readonly timers = new Map<object, { readonly at: number; readonly fn: () => void }>()
  readonly sockets = new Map<number, (bytes: Uint8Array, from: Endpoint) => void>()
  readonly sent: { readonly bytes: Uint8Array; readonly to: Endpoint; readonly port: number }[] = []
  #nextPort = 1000

  now(): number {
    return this.#now
  }
  after(ms: number, _name: string, fn: () => void): () => void {
    const key = {}
    this.timers.set(key, { at: this.#now + ms, fn })
    return () => void this.timers.delete(key)
  }
  pass(ms: number): void {
    this.#now += ms
    for (const [key, timer] of this.timers) {
      if (timer.at > this.#now || !this.timers.delete(key)) continue
      timer.fn()
    }
  }
  socket(port = this.#nextPort++) {
    return {
      send: (bytes: Uint8Array, to: Endpoint) => void this.sent.push({ bytes, to, port }),
      onMessage: (fn: (bytes: Uint8Array, from: Endpoint) => void) => void this.sockets.set(port, fn),
      close: async () => void this.sockets.delete(port),
    }
  }
}

test('a million TFTP packets harm nothing, and a file comes afterwards', { timeout: 90_000 }, async () => {
  const random = seededRandom(2026)
  const room = new Room()
  const FILL = 0xa5
  const file = new Uint8Array(100_000).fill(FILL)
  const wanted = new Set<string>()
  let names = 0
  const server = new TftpServer({
    files: {
      open: (name) => {
        wanted.add(name)
        return name === 'snponly.efi' ? file : undefined
      },
    },
    observer: { observe: () => {} },
    clock: room,
    logger: silentLogger,
    openSocket: async () => room.socket(),
  })
  const requests = room.socket(69)
  const rrq = (wishes: string): Buffer => text(`\0\x01snponly.efi\0octet\0${wishes}`)
  const bases = [
    ...[
      rrq(''),
      rrq('blksize\x001468\0'),
      rrq('tsize\x000\0blksize\x001468\0windowsize\x0064\0'),
      rrq('timeout\x001\0'),
    ],
    ...[
      text('\0\x01snponly.efi\0netascii\0'),
      text('\0\x02snponly.efi\0octet\0'),
      text('\0\x04\0\0'),
      text('\0\x04\0\x01'),
    ],
    ...[text('\0\x05\0\x08stop\0'), text('\0\x03\0\x01data'), text('\0\x06blksize\x00512\0')],
  ]
  const telling = [
    '\0',
    '\xff',
    '../',
    '..\\',
    '/etc/passwd',
    'C:\\',
    '%s',
    '\0octet\0',
    'blksize\x0065464\0',
    '99999999999',
  ].map(text)
  /** Who has sent something: nobody else may hear anything. */
  const senders = new Set<string>()
  let outside = 0
  let codecErrors = 0
  let before = 0
  for (let n = 0; n < TFTP_PACKETS; n++) {
    // By then the program is as warm as it gets.
    if (n === TFTP_PACKETS / 10) {
      names += wanted.size
      wanted.clear()
      before = await memoryInUse()
    }
    const packet = mutated(bases[random.below(bases.length)]!, random, telling)
    const from = { ip: `10.0.0.${random.below(40)}`, port: 2000 + random.below(3) }
    senders.add(`${from.ip}:${from.port}`)
    const ports = random.below(2) === 0 ? [] : [...room.sockets.keys()].slice(0, 8)
    if (ports.length > 0) room.sockets.get(ports[random.below(ports.length)]!)!(packet, from)
    else {
      try {
        server.onRequest(decodeTftp(packet), packet, from, requests)
      } catch (thrown) {
        if (!(thrown instanceof CodecError)) throw thrown
        codecErrors++
      }
    }
    if (n % 256 !== 0) continue
    // Sockets are opened by promises, and time goes by.
    await Promise.resolve()
    room.pass(random.below(2000))
    for (const { bytes, to } of room.sent.splice(0)) {
      if (!senders.has(`${to.ip}:${to.port}`)) outside++
      if (bytes[1] === 3 && bytes.subarray(4).some((byte) => byte !== FILL)) outside++
      if (bytes.length > 1472) outside++
    }
    if (server.active > 40 * MAX_TRANSFERS_PER_IP) outside++
  }
  expect(outside).toBe(0)
  // The packets were worth sending: many could not be read, many could, and many names were asked for.
  expect(codecErrors).toBeGreaterThan(TFTP_PACKETS / 100)
  expect(names + wanted.size).toBeGreaterThan(1000)
  // Whatever was begun ends by itself, and gives everything back.
  for (let i = 0; i < 600 && server.active > 0; i++) {
    await Promise.resolve()
    room.pass(1000 * 255)
  }
  await Promise.resolve()
  expect([server.active, room.timers.size, room.sockets.size]).toEqual([0, 0, 0])
  wanted.clear()
  expect((await memoryInUse()) - before).toBeLessThan(10 * MIB)

  const from = { ip: '10.0.9.9', port: 2000 }
  room.sent.splice(0)
  const bytes = rrq('')
  server.onRequest(decodeTftp(bytes), bytes, from, requests)
  let got = 0
  for (let block = 1; ; block++) {
    await Promise.resolve()
    const data = room.sent.splice(0).at(-1)!
    got += data.bytes.length - 4
    room.sockets.get(data.port)!(text(`\0\x04${String.fromCharCode(block >> 8, block & 0xff)}`), from)
    if (data.bytes.length < 516) break
  }
  expect(got).toBe(file.length)
})

test.skipIf(process.platform !== 'linux')(
  'a hundred thousand HTTP requests harm nothing, and a file comes afterwards',
  { timeout: 90_000 },
  async () => {
    const SECRET = 'bootlace-fuzz-secret'
    writeFileSync(join(folder, 'secret'), SECRET)
    writeFileSync(join(folder, 'medium'), Buffer.alloc(3000, 0x42))
    const media = createMediaRegistry()
    media.register('m', new Map([['disc.iso', join(folder, 'medium')]]))
    const http = await openBootHttp({
      host: '127.0.0.1',
      port: 0,
      content: {
        firstScript: () => '#!ipxe\n',
        clientScript: (mac, query) => `#!ipxe\n# ${mac} ${query.size}\n`,
        loader: (name) => (name === 'snponly.efi' ? Buffer.alloc(5000, 0x41) : undefined),
        mediaPath: (name, rest) => media.path(name, rest),
      },
      observer: { observe: () => {} },
      logger: silentLogger,
      clock: systemClock,
      limits: { headersTimeoutMs: 500, requestTimeoutMs: 1000, checkEveryMs: 100 },
    })
    const random = seededRandom(2027)
    const bases = [
      'GET /boot.ipxe HTTP/1.1\r\nHost: x\r\n\r\n',
      'GET /client/52-54-00-77-00-01/boot.ipxe?p=efi&a=x86_64 HTTP/1.1\r\nHost: x\r\n\r\n',
      'GET /loader/snponly.efi HTTP/1.1\r\nHost: x\r\nRange: bytes=0-99\r\n\r\n',
      'HEAD /media/m/disc.iso HTTP/1.1\r\nHost: x\r\n\r\n',
      'GET /media/m/disc.iso HTTP/1.1\r\nHost: x\r\nRange: bytes=-5\r\nConnection: keep-alive\r\n\r\n',
      'GET /report/52-54-00-77-00-01?st=sanboot&err=1d852039 HTTP/1.0\r\n\r\n',
      'POST /boot.ipxe HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    ].map(text)
    const telling = [
      '\0',
      '\r\n',
      '\r\n\r\n',
      '../',
      '..%2f',
      '%00',
      '%5c..',
      '/secret',
      '%',
      '&',
      'bytes=',
      '-',
      '99999999999999999999',
    ].map(text)
    const before = await memoryInUse()
    const statuses = new Map<string, number>()
    let leaked = 0
    /** One connection with one request; the client says that it is done and takes what comes. */
    const ask = (request: Buffer, index: number): Promise<void> =>
      new Promise((resolve) => {
        const socket = connect({ port: http.port, host: '127.0.0.1', localAddress: `127.0.5.${(index % 100) + 1}` })
        let answer = ''
        socket.on('data', (data) => (answer += data.toString('latin1')))
        // The server may cut off who sends rubbish.
        socket.on('error', () => {})
        socket.on('close', () => {
          const status = /^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? 'none'
          statuses.set(status, (statuses.get(status) ?? 0) + 1)
          if (answer.includes(SECRET)) leaked++
          resolve()
        })
        socket.end(request)
      })
    let sent = 0
    await Promise.all(
      Array.from({ length: 64 }, async () => {
        while (sent < HTTP_REQUESTS) {
          const index = sent++
          await ask(mutated(bases[random.below(bases.length)]!, random, telling), index)
        }
      }),
    )
    expect(leaked).toBe(0)
    // Requests of all kinds were among them.
    for (const status of ['200', '206', '400', '404', '405']) expect(statuses.get(status), status).toBeGreaterThan(100)
    expect(statuses.get('500')).toBeUndefined()
    const answer = await fetch(`http://127.0.0.1:${http.port}/media/m/disc.iso`)
    expect((await answer.arrayBuffer()).byteLength).toBe(3000)
    expect((await memoryInUse()) - before).toBeLessThan(20 * MIB)
    await http.close()
    // Nor is a connection left.
    await expect.poll(() => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap')).toEqual([])
  },
)
