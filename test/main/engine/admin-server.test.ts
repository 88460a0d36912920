import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import WebSocket from 'ws'
import { silentLogger } from '../../../src-main/base/log.ts'
import { adminUrlOf, openAdminServer } from '../../../src-main/engine/admin-server.ts'
import type { EngineFace } from '../../../src-main/engine/rpc.ts'

const token = 'a-secret-of-this-test'
let uiDir: string
let server: Awaited<ReturnType<typeof openAdminServer>>
const engine = {
  handlers: { jobCancel: ({ id }: { id: string }) => ({ id }) },
  subscribe: () => () => {},
} as unknown as EngineFace

beforeAll(async () => {
  uiDir = mkdtempSync(join(tmpdir(), 'bootlace-ui-'))
  writeFileSync(join(uiDir, 'index.html'), '<p>hello</p>')
  server = await openAdminServer({ host: '127.0.0.1', port: 0, uiDir, token, logger: silentLogger }, engine)
})
afterAll(async () => {
  await server.close()
  rmSync(uiDir, { recursive: true })
})

function get(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string; csp: string | undefined }> {
  return new Promise((resolve, reject) => {
    const req = request(
      { host: '127.0.0.1', port: server.port, path, headers: { host: `127.0.0.1:${server.port}`, ...headers } },
      (response) => {
        let body = ''
        response.on('data', (chunk) => (body += chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            body,
            csp: response.headers['content-security-policy'] as string | undefined,
          }),
        )
      },
    )
    req.on('error', reject)
    req.end()
  })
}

/** Resolves with the first answer of a call, or with what the refusal was. */
function tryRpc(o: { origin?: string; host?: string; token?: string; path?: string }): Promise<string> {
  return new Promise((resolve) => {
    const own = `127.0.0.1:${server.port}`
    const ws = new WebSocket(`ws://${own}${o.path ?? '/rpc'}`, [`bootlace.${o.token ?? token}`], {
      headers: { host: o.host ?? own, ...(o.origin !== '' && { origin: o.origin ?? `http://${own}` }) },
    })
    ws.on('open', () => ws.send(JSON.stringify({ id: 7, method: 'jobCancel', input: { id: 'x' } })))
    ws.on('message', (data) => {
      resolve(String(data))
      ws.close()
    })
    ws.on('unexpected-response', (_, response) => {
      resolve(`refused ${response.statusCode}`)
      ws.terminate()
    })
    ws.on('error', () => {})
  })
}

test('serves the page with a strict policy, and nothing outside its folder', async () => {
  const page = await get('/')
  expect(page).toMatchObject({ status: 200, body: '<p>hello</p>' })
  expect(page.csp).toContain("default-src 'none'")
  for (const path of ['/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/..%2f..%2fetc/passwd', '/none', '/%'])
    expect((await get(path)).status).toBeGreaterThanOrEqual(400)
})

test('a foreign Host is refused: DNS rebinding', async () => {
  expect((await get('/', { host: 'evil.example' })).status).toBe(421)
})

test('a page of ours with the token is let in and answered', async () => {
  expect(JSON.parse(await tryRpc({}))).toEqual({ id: 7, ok: true, output: { id: 'x' } })
})

test.each([
  ['a wrong token', { token: 'wrong' }],
  ['a foreign origin', { origin: 'http://evil.example' }],
  ['no origin', { origin: '' }],
  ['a foreign Host', { host: 'evil.example' }],
  ['another path', { path: '/other' }],
])('%s is refused', async (_, how) => {
  expect(await tryRpc(how)).toBe('refused 403')
})

test('a refused browser that keeps its half of the connection open is cut off', async () => {
  const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true })
  const reset = new Promise<void>((resolve) => socket.on('error', () => resolve()))
  let text = ''
  socket.on('data', (data) => {
    text += String(data)
  })
  const ended = new Promise<void>((resolve) => socket.on('end', resolve))
  socket.write('GET /rpc HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  await ended
  expect(text).toMatch(/^HTTP\/1\.1 403 /)
  // Only a closed socket answers what comes now with a reset.
  for (let i = 0; i < 3; i++) socket.write('more')
  await reset
})

test('text that is no JSON closes its connection and leaves the others', async () => {
  const own = `127.0.0.1:${server.port}`
  const ws = new WebSocket(`ws://${own}/rpc`, [`bootlace.${token}`], { headers: { origin: `http://${own}` } })
  ws.on('open', () => ws.send('hello'))
  expect(await new Promise((resolve) => ws.on('close', resolve))).toBe(1007)
  expect(JSON.parse(await tryRpc({}))).toMatchObject({ ok: true })
})

test('the address for the browser can be typed in, whatever the host is', () => {
  expect([
    adminUrlOf('127.0.0.1', 8471, '10.0.0.2'),
    adminUrlOf('0.0.0.0', 8471, '10.0.0.2'),
    adminUrlOf('::1', 8471, '10.0.0.2'),
  ]).toEqual(['http://127.0.0.1:8471/', 'http://10.0.0.2:8471/', 'http://[::1]:8471/'])
})
