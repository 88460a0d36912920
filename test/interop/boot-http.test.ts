import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { silentLogger } from '../../src-main/base/log.ts'
import { openBootHttp, type BootHttp } from '../../src-main/http/server.ts'
import { hasProgram, runProgram } from '../support/programs.ts'
import { seededRandom } from '../support/random.ts'
import { systemClock } from '../../src-main/engine/system-clock.ts'

const medium = seededRandom(7).bytes(5_000_000)
let folder: string
let http: BootHttp
let url: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-curl-'))
  writeFileSync(join(folder, 'medium'), medium)
  http = await openBootHttp({
    host: '127.0.0.1',
    port: 0,
    content: {
      firstScript: () => '#!ipxe\n',
      clientScript: () => '#!ipxe\n',
      loader: () => undefined,
      mediaPath: (name, rest) => (`${name}/${rest}` === 'm/disc.iso' ? join(folder, 'medium') : undefined),
    },
    observer: { observe: () => {} },
    logger: silentLogger,
    clock: systemClock,
  })
  url = `http://127.0.0.1:${http.port}/media/m/disc.iso`
})
afterAll(async () => {
  await http.close()
  rmSync(folder, { recursive: true })
})

describe.skipIf(!hasProgram('curl'))('curl', () => {
  const curl = (...args: string[]) => runProgram('curl', ['-sS', ...args], { cwd: folder })
  const got = (name: string): Buffer => readFileSync(join(folder, name))

  test.each([
    ['0-0', 0, 1],
    ['512-1023', 512, 1024],
    ['-4096', 5_000_000 - 4096, 5_000_000],
    ['4999000-', 4_999_000, 5_000_000],
  ])('reads the range %s', async (range, from, to) => {
    const { out } = await curl('-r', range, '-o', 'part', '-w', '%{http_code}', url)
    expect(out).toBe('206')
    expect(Buffer.compare(got('part'), medium.subarray(from, to))).toBe(0)
  })

  test('continues a broken download', async () => {
    writeFileSync(join(folder, 'broken'), medium.subarray(0, 1_234_567))
    expect((await curl('-C', '-', '-o', 'broken', url)).code).toBe(0)
    expect(Buffer.compare(got('broken'), medium)).toBe(0)
  })

  test('asks for the head', async () => {
    const { out } = await curl('-I', url)
    expect(out).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(out).toContain('Content-Length: 5000000')
  })

  test('fetches twice over one connection', async () => {
    const { out } = await curl('-o', 'one', '-o', 'two', '-w', '%{num_connects} ', url, url)
    expect(out.trim()).toBe('1 0')
    expect(Buffer.compare(got('two'), medium)).toBe(0)
  })

  test('is refused to write', async () => {
    expect((await curl('-X', 'PUT', '-d', 'x', '-o', 'none', '-w', '%{http_code}', url)).out).toBe('405')
  })
})
