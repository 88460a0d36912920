import { createSocket, type Socket } from 'node:dgram'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { silentLogger } from '../../src-main/base/log.ts'
import type { BootObservation } from '../../src-main/boot/boot-planner.ts'
import { openTftp, type TftpListener } from '../../src-main/tftp/listener.ts'
import { toNetascii } from '../../src-main/tftp/netascii.ts'
import { hasProgram, runProgram } from '../support/programs.ts'
import { seededRandom } from '../support/random.ts'
import { systemClock } from '../../src-main/engine/system-clock.ts'

const image = seededRandom(5).bytes(1_049_600)
const rollover = seededRandom(6).bytes(66_000 * 512 + 7)
const files: Record<string, Uint8Array> = {
  'snponly.efi': image,
  'whole-blocks.bin': image.subarray(0, 512 * 20),
  'empty.bin': image.subarray(0, 0),
  'large.bin': rollover,
}
const observed: BootObservation[] = []
let folder: string
let server: TftpListener

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-tftp-'))
  server = await openTftp({
    host: '127.0.0.1',
    port: 0,
    files: {
      open: (name) => {
        if (name === 'broken') throw new Error('a fault of ours')
        return files[name]
      },
    },
    observer: { observe: (what) => void observed.push(what) },
    clock: systemClock,
    logger: silentLogger,
  })
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})
beforeEach(() => void observed.splice(0))

const port = (): string => String(server.port)
const got = (name: string): Buffer => readFileSync(join(folder, name))
const same = (name: string, want: Uint8Array): void => expect(Buffer.compare(got(name), want)).toBe(0)

describe('tftp-hpa', () => {
  const program = hasProgram('tftp')
  test.for(['snponly.efi', 'whole-blocks.bin', 'empty.bin'])('reads %s', async (name, context) => {
    if (!program) context.skip('tftp-hpa is not installed')
    await runProgram('tftp', ['-m', 'binary', '127.0.0.1', port(), '-c', 'get', name, `hpa-${name}`], { cwd: folder })
    same(`hpa-${name}`, files[name]!)
  })

  test('reads in netascii, its own choice, and turns it back', async (context) => {
    if (!program) context.skip('tftp-hpa is not installed')
    await runProgram('tftp', ['-m', 'netascii', '127.0.0.1', port(), '-c', 'get', 'snponly.efi', 'hpa-ascii'], {
      cwd: folder,
    })
    same('hpa-ascii', image)
  })

  test('is told that a file does not exist', async (context) => {
    if (!program) context.skip('tftp-hpa is not installed')
    const { out } = await runProgram('tftp', ['-m', 'binary', '127.0.0.1', port(), '-c', 'get', 'nothing'], {
      cwd: folder,
    })
    expect(out).toMatch(/no such file|File not found/i)
  })

  test('may not write', async (context) => {
    if (!program) context.skip('tftp-hpa is not installed')
    const { out } = await runProgram('tftp', ['-m', 'binary', '127.0.0.1', port(), '-c', 'put', '/dev/null', 'x'], {
      cwd: folder,
    })
    expect(out).toMatch(/read-only|access violation/i)
  })
})

describe('atftp', () => {
  const program = hasProgram('atftp')
  test.for([
    [],
    ['--option', 'blksize 1428', '--option', 'tsize'],
    ['--option', 'blksize 1468', '--option', 'windowsize 8', '--option', 'timeout 2'],
    ['--option', 'blksize 8192'],
  ])('reads with %j', async (wishes, context) => {
    if (!program) context.skip('atftp is not installed')
    const args = ['--get', '-r', 'SNPONLY.EFI', '-l', 'atftp.bin', ...wishes, '127.0.0.1', port()]
    const { code, out } = await runProgram('atftp', args, { cwd: folder })
    expect(code, out).toBe(0)
    same('atftp.bin', image)
    await expect.poll(() => observed.at(-1)).toMatchObject({ type: 'loader', file: 'snponly.efi', bytes: image.length })
  })
})

test.for([[], ['--tftp-blksize', '1468'], ['--tftp-no-options'], ['--use-ascii']])(
  'curl reads with %j',
  async (wishes, context) => {
    if (!hasProgram('curl') || !/\btftp\b/.test((await runProgram('curl', ['--version'])).out))
      context.skip('this curl has no TFTP')
    const args = ['-sS', ...wishes, '-o', 'curl.bin', `tftp://127.0.0.1:${port()}//snponly.efi`]
    const { code, out } = await runProgram('curl', args, { cwd: folder })
    expect(code, out).toBe(0)
    // curl asks in netascii with --use-ascii, and keeps what it hears.
    const want = wishes.includes('--use-ascii') ? toNetascii(image) : image
    same('curl.bin', want)
  },
)

test.for([[], ['-b', '1468']])('busybox reads with %j', async (wishes, context) => {
  const has = hasProgram('busybox') && /Usage: tftp/.test((await runProgram('busybox', ['tftp', '--help'])).out)
  if (!has) context.skip('busybox has no tftp')
  const args = ['tftp', '-g', ...wishes, '-r', 'snponly.efi', '-l', 'busybox.bin', '127.0.0.1', port()]
  const { code, out } = await runProgram('busybox', args, { cwd: folder })
  expect(code, out).toBe(0)
  same('busybox.bin', image)
})

describe('the tftp package of npm', () => {
  interface Client {
    get(remote: string, local: string, done: (error: Error | null) => void): void
  }
  const { createClient } = createRequire(import.meta.url)('tftp') as {
    createClient(o: { host: string; port: number; blockSize?: number; windowSize?: number }): Client
  }
  const fetchWith = (o: object, name: string): Promise<void> =>
    new Promise((resolve, reject) =>
      createClient({ host: '127.0.0.1', port: server.port, ...o }).get(name, join(folder, `npm-${name}`), (error) =>
        error ? reject(error) : resolve(),
      ),
    )

  test('reads with a window of 16', async () => {
    await fetchWith({ blockSize: 1468, windowSize: 16 }, 'snponly.efi')
    same('npm-snponly.efi', image)
  })

  test('reads past block 65535', async () => {
    await fetchWith({ blockSize: 512, windowSize: 64 }, 'large.bin')
    same('npm-large.bin', rollover)
  })
})

test('a fault while one PC is answered ends nothing else', async () => {
  const socket = createSocket('udp4')
  await new Promise<void>((sent, failed) =>
    socket.send('\0\x01broken\0octet\0', server.port, '127.0.0.1', (error) => (error ? failed(error) : sent())),
  )
  socket.close()
  // The request before it has been dealt with by then: one socket answers in order.
  expect(Buffer.compare(await readFrom(createSocket('udp4'), '127.0.0.1'), image)).toBe(0)
})

test.skipIf(process.platform !== 'linux')('64 readers have the loader within ten seconds', async () => {
  const started = performance.now()
  // Four at a time from one address is the limit: 64 PCs have 64 addresses, and Linux answers for all of 127.0.0.0/8.
  const reads = Array.from({ length: 64 }, (_, i) => readFrom(createSocket('udp4'), `127.0.1.${i + 1}`))
  const results = await Promise.all(reads)
  expect(results.every((bytes) => Buffer.compare(bytes, image) === 0)).toBe(true)
  expect(performance.now() - started).toBeLessThan(10_000)
  await expect.poll(() => server.activeTransfers()).toBe(0)
})

/** One read with blksize 1468 and a window of 4 from a local address. */
function readFrom(socket: Socket, address: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let block = 0
    socket.on('error', reject)
    socket.on('message', (bytes, from) => {
      const opcode = bytes.readUInt16BE(0)
      const number = bytes.readUInt16BE(2)
      if (opcode === 5) return reject(new Error(bytes.toString('latin1', 4)))
      if (opcode === 3 && number === ((block + 1) & 0xffff)) {
        block++
        pieces.push(Buffer.from(bytes.subarray(4)))
      }
      const isLast = opcode === 3 && bytes.length < 1472
      if (opcode === 6 || isLast || (opcode === 3 && block % 4 === 0)) {
        const ack = Buffer.from([0, 4, (block >> 8) & 0xff, block & 0xff])
        socket.send(ack, from.port, from.address, () => {
          if (isLast) socket.close(() => resolve(Buffer.concat(pieces)))
        })
      }
    })
    const request = Buffer.from('\0\x01snponly.efi\0octet\0blksize\x001468\0windowsize\x004\0', 'latin1')
    socket.bind(0, address, () => socket.send(request, server.port, '127.0.0.1'))
  })
}
