import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Logger } from '../../src-main/base/log.ts'
import { systemClock } from '../../src-main/engine/system-clock.ts'
import { openBootHttp, type BootHttp } from '../../src-main/http/server.ts'
import { hasProgram, runProgram } from '../support/programs.ts'
import { seededRandom } from '../support/random.ts'

/** Clients that are slow, greedy or malicious, and media as large as they come. */
const GIB = 2 ** 30
const SIZE = 4 * GIB + 12_345
const loader = seededRandom(8).bytes(1 << 20)
const warnings: string[] = []
const logger: Logger = {
  error: (_fields, message) => void warnings.push(`error ${message}`),
  warn: (_fields, message) => void warnings.push(message),
  info: () => {},
  debug: () => {},
  trace: () => {},
  child: () => logger,
}
/** Of one address, the log tells once a minute. */
let addresses = 0
let folder: string
let http: BootHttp

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-hostile-'))
  // A hole from end to end: it takes no space here and is as long as any other on the wire.
  writeFileSync(join(folder, 'large'), '')
  truncateSync(join(folder, 'large'), SIZE)
  http = await openBootHttp({
    host: '127.0.0.1',
    port: 0,
    content: {
      firstScript: () => '#!ipxe\n',
      clientScript: () => '#!ipxe\n',
      loader: (name) => (name === 'snponly.efi' ? loader : undefined),
      mediaPath: (name, rest) => (`${name}/${rest}` === 'm/large.iso' ? join(folder, 'large') : undefined),
    },
    observer: { observe: () => {} },
    logger,
    clock: systemClock,
    limits: {
      headersTimeoutMs: 300,
      requestTimeoutMs: 600,
      checkEveryMs: 50,
      socketIdleMs: 10_000,
      maxConnectionsPerAddress: 80,
    },
  })
})
afterAll(async () => {
  await http.close()
  rmSync(folder, { recursive: true })
})

/** Sends bytes and resolves with all that came until the server closed. */
const exchange = (text: string, from = '127.0.0.1'): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port: http.port, host: '127.0.0.1', localAddress: from }, () => socket.write(text))
    let answer = ''
    socket.on('data', (data) => (answer += data.toString('latin1')))
    socket.on('close', () => resolve(answer))
    socket.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? undefined : reject(error)))
  })
const opened = (from: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port: http.port, host: '127.0.0.1', localAddress: from }, () => resolve(socket))
    socket.on('error', reject)
  })
const scriptArrives = async (): Promise<void> =>
  expect(await (await fetch(`http://127.0.0.1:${http.port}/boot.ipxe`)).text()).toBe('#!ipxe\n')

describe('media of many GiB', () => {
  test('come whole', async (context) => {
    if (!hasProgram('curl')) context.skip('curl is not installed')
    const args = ['-sS', '-o', '/dev/null', '-w', '%{http_code} %{size_download}']
    const { out } = await runProgram('curl', [...args, `http://127.0.0.1:${http.port}/media/m/large.iso`])
    expect(out).toBe(`200 ${SIZE}`)
  })

  test('are read beyond 4 GiB in parts', async () => {
    const answer = await fetch(`http://127.0.0.1:${http.port}/media/m/large.iso`, {
      headers: { range: `bytes=${4 * GIB}-${4 * GIB + 99}` },
    })
    expect([answer.status, answer.headers.get('content-range')]).toEqual([
      206,
      `bytes ${4 * GIB}-${4 * GIB + 99}/${SIZE}`,
    ])
    expect((await answer.arrayBuffer()).byteLength).toBe(100)
  })

  test('cost bounded memory while 64 PCs take nothing of them, and others are served', async () => {
    const before = process.memoryUsage().rss
    const sockets = await Promise.all(
      Array.from({ length: 64 }, async (_, i) => {
        const socket = await opened(`127.0.2.${i + 1}`)
        const begun = new Promise<void>((resolve) => socket.once('readable', () => resolve()))
        socket.write('GET /media/m/large.iso HTTP/1.1\r\nHost: x\r\n\r\n')
        await begun
        return socket
      }),
    )
    for (let i = 0; i < 50; i++) await turn()
    await scriptArrives()
    // Two pieces of 256 KiB each, and what the kernel holds is not ours.
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 2 ** 20)
    for (const socket of sockets) socket.destroy()
  })
})

test('64 PCs have the loader at once', async () => {
  const answers = await Promise.all(
    Array.from({ length: 64 }, async () => {
      const answer = await fetch(`http://127.0.0.1:${http.port}/loader/snponly.efi`)
      return Buffer.compare(new Uint8Array(await answer.arrayBuffer()), loader)
    }),
  )
  expect(answers).toEqual(Array.from({ length: 64 }, () => 0))
})

describe('a client that', () => {
  test.each([
    ['is no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400, 'no HTTP'],
    ['sends a header that never ends', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(20_000)}`, 431, 'without end'],
    ['sends a request line that never ends', `GET /${'x'.repeat(20_000)}`, 431, 'without end'],
    ['sends half a request and waits', 'GET /boot.ipxe HTTP/1.1\r\nHost', 408, 'did not end in time'],
    ['has two lengths', 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400, 'no HTTP'],
    ['hides a NUL in a header', 'GET / HTTP/1.1\r\nHost: x\0y\r\n\r\n', 400, 'no HTTP'],
  ])('%s is answered, and the log says whose fault it was', async (_name, text, status, why) => {
    warnings.splice(0)
    expect(await exchange(text, `127.0.3.${++addresses}`)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(warnings).toEqual([expect.stringMatching(new RegExp(`^client error: .*${why}`))])
    await scriptArrives()
  })

  test('sends its header byte by byte is cut off', async () => {
    const socket = await opened('127.0.4.1')
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    const rest = [...'GET /boot.ipxe HTTP/1.1\r\nHost: '.repeat(3)]
    const drip = setInterval(() => void (rest.length > 0 && socket.write(rest.shift()!)), 20)
    socket.on('error', () => {}).resume()
    await closed
    clearInterval(drip)
    // Not by running out of bytes.
    expect(rest.length).toBeGreaterThan(0)
  })

  test('sends a body without end is cut off', async () => {
    const answer = await exchange(
      'GET /boot.ipxe HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\nx',
      '127.0.4.2',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  })

  test('opens too many connections is told so, and others find room', async () => {
    warnings.splice(0)
    const sockets = await Promise.all(Array.from({ length: 80 }, () => opened('127.0.4.3')))
    expect(await exchange('GET /boot.ipxe HTTP/1.1\r\nHost: x\r\n\r\n', '127.0.4.3')).toMatch(/^HTTP\/1\.1 503 /)
    expect(warnings).toEqual(['client error: too many connections at once'])
    await scriptArrives()
    const closed = sockets.map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())))
    for (const socket of sockets) socket.destroy()
    await Promise.all(closed)
    await expect.poll(() => exchange('GET /boot.ipxe HTTP/1.0\r\n\r\n', '127.0.4.3')).toMatch(/^HTTP\/1\.1 200 /)
  })
})

test.each([
  '/media/m/../../etc/passwd',
  '/media/m/%2e%2e/%2e%2e/etc/passwd',
  '/media/m/..%2f..%2fetc%2fpasswd',
  '/media/m/..\\..\\etc\\passwd',
  '/media/m/%5c%5cserver%5cshare',
  '/media/m/C:%5cWindows%5cwin.ini',
  '/media/m//etc/passwd',
  '/media/m/large.iso%00.txt',
  '/media/m/large.iso/',
  '/media/m/large.iso/.',
  '/media/m/LARGE.ISO::$DATA',
  '/media/m/large.iso.',
  '/media/m/%c0%ae%c0%ae/etc/passwd',
  '//etc/passwd',
  'file:///etc/passwd',
])('%s leads to no file', async (path) => {
  const answer = await exchange(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
  expect(answer).toMatch(/^HTTP\/1\.1 404 /)
  expect(answer).not.toContain('root:')
})
