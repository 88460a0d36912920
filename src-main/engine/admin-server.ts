import { timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { extname, join, normalize, sep } from 'node:path'
import { WebSocketServer } from 'ws'
import type { Logger } from '../base/log.ts'
import { listInterfaces } from '../platform/interfaces.ts'
import { bindError } from '../platform/port-owner.ts'
import { createOutbox } from './outbox.ts'
import { parseJson, serveRpc, type EngineFace } from './rpc.ts'

export interface AdminOptions {
  readonly host: string
  readonly port: number
  /** Folder of the built UI. */
  readonly uiDir: string
  /** What a browser must know to be let in. */
  readonly token: string
  readonly logger: Logger
}

/** The sub-protocol that carries the token, so that it stands in no address and no log. */
const PROTOCOL_PREFIX = 'bootlace.'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
}

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** UI and API for people. Loopback unless told otherwise; every request must name a host that is really ours (DNS
 *  rebinding), a WebSocket must come from our own page and carry the token.
 *  Errors: net.portTaken, net.permission. */
export async function openAdminServer(
  o: AdminOptions,
  engine: EngineFace,
): Promise<{ port: number; close(): Promise<void> }> {
  let port = o.port
  const server = createServer((request, response) => {
    if (!hostAllowed(request, o.host, port)) return refuse(response, 421, 'This address does not belong to Bootlace.')
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'Only GET here.')
    void serveFile(o.uiDir, request, response)
  })
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: 1 << 20,
    handleProtocols: (offered) => [...offered][0] ?? false,
  })
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    const why = upgradeRefusal(request, o, port)
    if (why !== undefined) {
      o.logger.warn({ component: 'engine.admin', from: request.socket.remoteAddress }, `a browser was refused: ${why}`)
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
      // Ours to close both ways: a peer that keeps its half open would keep the server from ending.
      if (socket instanceof Socket) socket.destroySoon()
      return
    }
    sockets.handleUpgrade(request, socket, head, (ws) => {
      const outbox = createOutbox({
        write: (text, done) => ws.send(text, done),
        drop: () => {
          o.logger.warn({ component: 'engine.admin' }, 'a browser that does not read was dropped')
          ws.terminate()
        },
      })
      const peer = serveRpc(engine, outbox.send, o.logger)
      ws.on('message', (data) => {
        const message = parseJson(String(data))
        // Not JSON, so not our page.
        if (message === undefined) ws.close(1007)
        else peer.receive(message)
      })
      ws.on('error', (error) =>
        o.logger.debug({ component: 'engine.admin', error: error.message }, 'a browser went away'),
      )
      ws.on('close', () => peer.close())
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(bindError(error, { protocol: 'tcp', host: o.host, port: o.port, service: 'The browser window' })),
    )
    server.listen(o.port, o.host, () => resolve())
  })
  port = (server.address() as { port: number }).port
  return {
    port,
    async close() {
      for (const ws of sockets.clients) ws.terminate()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** Names under which this listener may be asked for. */
function hostAllowed(request: IncomingMessage, host: string, port: number): boolean {
  const loopback = ['127.0.0.1', 'localhost', '[::1]']
  const anywhere = host === '0.0.0.0' || host === '::'
  const own = anywhere ? [...loopback, ...listInterfaces().map((i) => i.address)] : [host]
  const names = loopback.includes(host) || host === '::1' ? loopback : own
  const asked = request.headers.host?.toLowerCase()
  // A browser leaves the port out when it is the usual one.
  return names.some((name) => asked === `${bracketed(name)}:${port}` || (port === 80 && asked === bracketed(name)))
}

const bracketed = (host: string): string => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host)

/** What to type into a browser; `servedAddress` stands for "all addresses". */
export function adminUrlOf(host: string, port: number, servedAddress: string): string {
  const anywhere = host === '0.0.0.0' || host === '::'
  return `http://${bracketed(anywhere ? servedAddress : host)}:${port}/`
}

function upgradeRefusal(request: IncomingMessage, o: AdminOptions, port: number): string | undefined {
  if (request.url !== '/rpc') return 'wrong path'
  if (!hostAllowed(request, o.host, port)) return 'wrong Host'
  if (request.headers.origin !== `http://${request.headers.host}`) return 'wrong Origin'
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((p) => p.trim())
  if (!offered.some((p) => p.startsWith(PROTOCOL_PREFIX) && sameSecret(p.slice(PROTOCOL_PREFIX.length), o.token)))
    return 'wrong token'
  return undefined
}

function sameSecret(given: string, wanted: string): boolean {
  const a = Buffer.from(given)
  const b = Buffer.from(wanted)
  return a.length === b.length && timingSafeEqual(a, b)
}

async function serveFile(uiDir: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let path: string
  try {
    path = decodeURIComponent(new URL(request.url ?? '/', 'http://ui').pathname)
  } catch {
    return refuse(response, 400, 'This address cannot be read.')
  }
  const file = normalize(join(uiDir, path === '/' ? 'index.html' : path))
  if (!file.startsWith(uiDir + sep)) return refuse(response, 404, 'There is no such page.')
  let body: Buffer
  try {
    body = await readFile(file)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    return refuse(response, code === 'ENOENT' || code === 'EISDIR' ? 404 : 500, 'There is no such page.')
  }
  response.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-length': body.length,
    'content-security-policy': CSP,
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(text + '\n')
}
