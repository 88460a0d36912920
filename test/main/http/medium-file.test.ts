import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { silentLogger } from '../../../src-main/base/log.ts'
import type { BootObservation } from '../../../src-main/boot/boot-planner.ts'
import { openBootHttp, type BootHttp } from '../../../src-main/http/server.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { seededRandom } from '../../support/random.ts'

const content = seededRandom(3).bytes(700_000)
const observed: BootObservation[] = []
let http: BootHttp
let base: string
let closed = 0
let whenClosed: () => void = () => {}

beforeAll(async () => {
  const file = (sizeBytes: number, read: (at: number, length: number) => Promise<Uint8Array>) => ({
    sizeBytes,
    modified: new Date('2026-01-02T03:04:05Z'),
    read,
    close: () => {
      closed++
      whenClosed()
    },
  })
  http = await openBootHttp({
    host: '127.0.0.1',
    port: 0,
    content: {
      firstScript: () => '',
      clientScript: () => '',
      loader: () => undefined,
      mediaPath: () => undefined,
      mediumFile: async (name, rest) => {
        if (name !== 'pc') return undefined
        if (rest === 'iso/boot/initrd.img') return file(content.length, async (at, n) => content.slice(at, at + n))
        if (rest === 'iso/empty.txt') return file(0, async () => new Uint8Array())
        if (rest === 'iso/large') return file(20 << 20, async (_, n) => new Uint8Array(n))
        if (rest === 'iso/torn') {
          return file(10, async () => {
            throw new Error('the medium is torn')
          })
        }
        return undefined
      },
    },
    observer: { observe: (what) => void observed.push(what) },
    logger: silentLogger,
    clock: new FakeClock(),
  })
  base = `http://127.0.0.1:${http.port}/media/pc/iso`
})
afterAll(() => http.close())
beforeEach(() => {
  observed.length = 0
  closed = 0
})
const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer())

test('a file inside an ISO is sent whole, in part and by its head', async () => {
  const whole = await fetch(`${base}/boot/initrd.img`)
  expect(whole.status).toBe(200)
  expect(whole.headers.get('content-length')).toBe('700000')
  expect(whole.headers.get('last-modified')).toBe('Fri, 02 Jan 2026 03:04:05 GMT')
  expect((await bytesOf(whole)).equals(content)).toBe(true)

  const part = await fetch(`${base}/boot/initrd.img`, { headers: { range: 'bytes=262100-262300' } })
  expect(part.status).toBe(206)
  expect(part.headers.get('content-range')).toBe('bytes 262100-262300/700000')
  expect((await bytesOf(part)).equals(content.slice(262_100, 262_301))).toBe(true)

  const head = await fetch(`${base}/boot/initrd.img`, { method: 'HEAD' })
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '700000'])
  expect((await fetch(`${base}/boot/initrd.img`, { headers: { range: 'bytes=700000-' } })).status).toBe(416)
  expect((await bytesOf(await fetch(`${base}/empty.txt`))).length).toBe(0)
  expect((await fetch(`${base}/nothing`)).status).toBe(404)
  // Small files are no news: an installer fetches thousands.
  expect(observed).toEqual([])
  await expect.poll(() => closed).toBe(5)
})

test('a large one is told of when it is out', async () => {
  expect((await bytesOf(await fetch(`${base}/large`))).length).toBe(20 << 20)
  await expect.poll(() => observed).toEqual([{ type: 'media', ip: '127.0.0.1', path: 'pc/iso/large', bytes: 20 << 20 }])
})

test('a medium that cannot be read ends the answer and is told of', async () => {
  await expect(fetch(`${base}/torn`).then(bytesOf)).rejects.toThrow()
  expect(observed).toEqual([
    { type: 'transferFailed', ip: '127.0.0.1', file: 'pc/iso/torn', via: 'http', why: 'the medium is torn' },
  ])
  expect(closed).toBe(1)
})

test('a PC that is switched off in the middle leaves nothing open', async () => {
  const gone = new Promise<void>((resolve) => (whenClosed = resolve))
  const socket = connect(http.port, '127.0.0.1')
  socket.once('data', () => socket.destroy())
  socket.write('GET /media/pc/iso/large HTTP/1.1\r\nHost: x\r\n\r\n')
  await gone
  expect(observed).toEqual([])
})
