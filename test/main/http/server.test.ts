import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { silentLogger } from '../../../src-main/base/log.ts'
import type { BootObservation } from '../../../src-main/boot/boot-planner.ts'
import { openBootHttp, type BootHttp } from '../../../src-main/http/server.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { seededRandom } from '../../support/random.ts'

const loader = seededRandom(3).bytes(300_000)
const medium = seededRandom(4).bytes(3_000_000)
const observed: BootObservation[] = []
let folder: string
let http: BootHttp
let base: string
/** Something that is still being decided about one machine. */
let decide: () => void
const decided = new Promise<void>((resolve) => (decide = resolve))

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-http-'))
  writeFileSync(join(folder, 'medium'), medium)
  writeFileSync(join(folder, 'empty'), '')
  const paths: Record<string, string> = {
    'm/disc.iso': 'medium',
    'm/empty': 'empty',
    'm/gone': 'gone',
    'm/folder': '.',
  }
  http = await openBootHttp({
    host: '127.0.0.1',
    port: 0,
    content: {
      firstScript: () => '#!ipxe\nfirst\n',
      clientScript: (mac, query, from) =>
        query.get('e') === 'shell' && from?.password !== 'a:b ü' ? undefined : `#!ipxe\n${mac} ${query.get('p')}\n`,
      ownFile: (path) => (path === 'room/menu.ipxe' ? new TextEncoder().encode('#!ipxe\nmenu\n') : undefined),
      settled: (mac) => (mac === '52:54:00:77:00:99' ? decided : undefined),
      identityFile: (pc, file, { ip }) => ('mac' in pc ? `${file} of ${pc.mac} for ${ip}\n` : undefined),
      kit: (name) => (name === 'debian' ? '#!/bin/sh\n' : undefined),
      loader: (name) => (name === 'snponly.efi' ? loader : undefined),
      mediaPath: (name, rest) => {
        const found = paths[`${name}/${rest}`]
        return found && join(folder, found)
      },
    },
    observer: { observe: (what) => void observed.push(what) },
    logger: silentLogger,
    clock: new FakeClock(),
  })
  base = `http://127.0.0.1:${http.port}`
})
afterAll(async () => {
  await http.close()
  rmSync(folder, { recursive: true })
})
beforeEach(() => void observed.splice(0))

test('a PC is told what it is by its address; of one that does not exist nothing is told', async () => {
  const told = await fetch(`${base}/nocloud/52-54-00-77-00-01/meta-data`)
  expect([told.status, told.headers.get('cache-control'), await told.text()]).toEqual([
    200,
    'no-store',
    'meta-data of 52:54:00:77:00:01 for 127.0.0.1\n',
  ])
  const unknown = await fetch(`${base}/nocloud/4c4c4544-0042-3510-8052-b4c04f4d3732/user-data`)
  expect([unknown.status, await unknown.text()]).toEqual([404, 'no such PC\n'])
})

test('an entry with a password is asked for as HTTP does, and opens with the right one only', async () => {
  const url = `${base}/client/52-54-00-77-00-01/boot.ipxe?p=efi&e=shell`
  const asked = await fetch(url)
  expect([asked.status, asked.headers.get('www-authenticate')]).toEqual([
    401,
    'Basic realm="Bootlace", charset="UTF-8"',
  ])
  const withPassword = (pair: string) =>
    fetch(url, { headers: { Authorization: `Basic ${Buffer.from(pair).toString('base64')}` } })
  expect((await withPassword('menu:wrong')).status).toBe(401)
  expect((await withPassword('no colon')).status).toBe(401)
  const opened = await withPassword('whoever:a:b ü')
  expect([opened.status, await opened.text()]).toEqual([200, '#!ipxe\n52:54:00:77:00:01 efi\n'])
})

test('own scripts are there by their paths, and nothing else is', async () => {
  const found = await fetch(`${base}/scripts/room/menu.ipxe`)
  expect([found.status, await found.text()]).toEqual([200, '#!ipxe\nmenu\n'])
  for (const path of ['room', 'room/', 'menu.ipxe', 'room%2Fmenu.ipxe', 'room/../room/menu.ipxe%00'])
    expect((await fetch(`${base}/scripts/${path}`)).status, path).toBe(404)
})

const bytesOf = async (answer: Response): Promise<Uint8Array> => new Uint8Array(await answer.arrayBuffer())
/** Observations of a finished answer come after its last byte. */
const until = async (type: BootObservation['type']): Promise<BootObservation> =>
  expect
    .poll(() => observed.find((o) => o.type === type), { timeout: 2000 })
    .toBeDefined()
    .then(() => observed.find((o) => o.type === type)!)

describe('scripts', () => {
  test('are plain text that nobody keeps', async () => {
    const answer = await fetch(`${base}/boot.ipxe`)
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await answer.text()).toBe('#!ipxe\nfirst\n')
    expect(observed).toEqual([{ type: 'script', ip: '127.0.0.1', path: '/boot.ipxe' }])
  })

  test('of a client know what the loader told', async () => {
    const answer = await fetch(`${base}/client/52-54-00-77-00-01/boot.ipxe?p=efi`)
    expect(await answer.text()).toBe('#!ipxe\n52:54:00:77:00:01 efi\n')
    expect(observed).toMatchObject([{ type: 'script', mac: '52:54:00:77:00:01' }])
  })
})

test('of a client that is being set up come when that is over', async () => {
  let came = false
  const answer = fetch(`${base}/client/52-54-00-77-00-99/boot.ipxe`).then((a) => {
    came = true
    return a.text()
  })
  // Another PC is not kept waiting, and by then the first one has asked.
  await until('script')
  await (await fetch(`${base}/client/52-54-00-77-00-01/boot.ipxe`)).text()
  expect(came).toBe(false)
  decide()
  expect(await answer).toContain('52:54:00:77:00:99')
})

test('a kit is plain text, and there are no others', async () => {
  const answer = await fetch(`${base}/kit/debian`)
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
    200,
    'text/plain; charset=utf-8',
    '#!/bin/sh\n',
  ])
  expect((await fetch(`${base}/kit/other`)).status).toBe(404)
})

test('a report reaches the observer, HEAD does not', async () => {
  const url = `${base}/report/52:54:00:77:00:01?st=sanboot&err=1d852039`
  await fetch(url, { method: 'HEAD' })
  expect(observed).toEqual([])
  expect(await (await fetch(url)).text()).toBe('noted\n')
  expect(observed).toEqual([
    { type: 'report', mac: '52:54:00:77:00:01', ip: '127.0.0.1', stage: 'sanboot', errno: '1d852039' },
  ])
})

describe('a loader', () => {
  test('comes whole, with the type firmware wants', async () => {
    const answer = await fetch(`${base}/loader/snponly.efi`)
    expect(answer.headers.get('content-type')).toBe('application/efi')
    expect(Buffer.compare(await bytesOf(answer), loader)).toBe(0)
    expect(await until('loader')).toMatchObject({ file: 'snponly.efi', via: 'http', bytes: 300_000 })
  })

  test('tells its length to HEAD without a body, and ignores a range there', async () => {
    const answer = await fetch(`${base}/loader/snponly.efi`, { method: 'HEAD', headers: { range: 'bytes=0-1' } })
    expect([answer.status, answer.headers.get('content-length'), answer.headers.get('accept-ranges')]).toEqual([
      200,
      '300000',
      'bytes',
    ])
    expect((await bytesOf(answer)).length).toBe(0)
  })
})

describe('a medium', () => {
  test.each([
    ['bytes=0-511', 0, 512],
    ['bytes=1000000-1999999', 1_000_000, 2_000_000],
    ['bytes=-100', 2_999_900, 3_000_000],
    ['bytes=2999999-', 2_999_999, 3_000_000],
  ])('is served in parts: %s', async (range, from, to) => {
    const answer = await fetch(`${base}/media/m/disc.iso`, { headers: { range } })
    expect(answer.status).toBe(206)
    expect(answer.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/3000000`)
    expect(Buffer.compare(await bytesOf(answer), medium.subarray(from, to))).toBe(0)
  })

  test('is served whole', async () => {
    const answer = await fetch(`${base}/media/m/disc.iso`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/vnd.efi-iso'])
    expect(Buffer.compare(await bytesOf(answer), medium)).toBe(0)
    expect(await until('media')).toEqual({ type: 'media', ip: '127.0.0.1', path: 'm/disc.iso', bytes: 3_000_000 })
  })

  test('has no range behind its end', async () => {
    const answer = await fetch(`${base}/media/m/disc.iso`, { headers: { range: 'bytes=3000000-' } })
    expect([answer.status, answer.headers.get('content-range')]).toEqual([416, 'bytes */3000000'])
  })

  test('may be empty', async () => {
    const answer = await fetch(`${base}/media/m/empty`)
    expect([answer.status, answer.headers.get('content-length'), (await bytesOf(answer)).length]).toEqual([200, '0', 0])
  })

  test('that lies no longer there is reported', async () => {
    expect((await fetch(`${base}/media/m/gone`)).status).toBe(404)
    expect(observed).toEqual([{ type: 'transferFailed', ip: '127.0.0.1', file: 'm/gone', via: 'http', why: 'ENOENT' }])
    expect((await fetch(`${base}/media/m/folder`)).status).toBe(404)
  })

  test('that a client leaves in the middle harms nobody', async () => {
    const leave = new AbortController()
    const answer = await fetch(`${base}/media/m/disc.iso`, { signal: leave.signal })
    await answer.body!.getReader().read()
    leave.abort()
    expect((await fetch(`${base}/boot.ipxe`)).status).toBe(200)
  })
})

describe('anything else', () => {
  test.each([
    ['GET', '/nothing', 404],
    ['GET', '/loader/other.efi', 404],
    ['GET', '/media/m/unregistered', 404],
    ['POST', '/boot.ipxe', 405],
    ['DELETE', '/media/m/disc.iso', 405],
    ['GET', `/loader/${'x'.repeat(3000)}`, 414],
  ])('%s %s is answered %i', async (method, path, status) => {
    expect((await fetch(base + path, { method })).status).toBe(status)
  })

  test('a path that climbs is not followed', async () => {
    const answer = await rawRequest('GET /media/m/../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 404 /)
  })

  test('two requests go over one connection', async () => {
    const one = 'GET /boot.ipxe HTTP/1.1\r\nHost: x\r\n\r\n'
    const last = 'HEAD /boot.ipxe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
    const answer = await rawRequest(one + last)
    expect(answer.match(/HTTP\/1\.1 200 OK/g)?.length).toBe(2)
  })

  test('header fields without end are refused', async () => {
    const answer = await rawRequest(`GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(10_000)}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 431 /)
  })
})

test('a port that is taken is named with its owner', async () => {
  const second = openBootHttp({
    host: '127.0.0.1',
    port: http.port,
    content: { firstScript: () => '', clientScript: () => '', loader: () => undefined, mediaPath: () => undefined },
    observer: { observe: () => {} },
    logger: silentLogger,
    clock: new FakeClock(),
  })
  await expect(second).rejects.toMatchObject({
    code: 'net.portTaken',
    hint: expect.any(String),
    data: expect.objectContaining({ port: http.port }),
  })
})

function rawRequest(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(http.port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.on('data', (data) => (answer += data.toString('latin1')))
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}
