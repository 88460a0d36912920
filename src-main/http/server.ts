import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { BootContent } from '../boot/boot-content.ts'
import type { MediumFile } from '../boot/installers.ts'
import type { BootObserver } from '../boot/boot-planner.ts'
import { bindError } from '../platform/port-owner.ts'
import { leftEarly, sendMediumFile } from './medium-file.ts'
import { addressOf, guardConnections } from './connections.ts'
import { contentRange, parseRange, rangeLength, type ByteRange } from './range.ts'
import { mediaType, routeOf, type BootRoute } from './routes.ts'

export interface BootHttpOptions {
  /** Our address on the served interface. */
  readonly host: string
  /** 0 for any free port. */
  readonly port: number
  readonly content: BootContent
  readonly observer: BootObserver
  readonly logger: Logger
  readonly clock: Clock
  /** Other limits than the usual ones. */
  readonly limits?: Partial<Limits>
}

export interface BootHttp {
  readonly port: number
  close(): Promise<void>
}

type Limits = { readonly [Name in keyof typeof LIMITS]: number }

/** Limits of the one HTTP port that is open to the network. A client needs a handful of connections. */
const LIMITS = {
  maxHeaderBytes: 8192,
  maxTargetLength: 2048,
  maxConnections: 1024,
  /** One address may stand for a room of PCs behind another router. */
  maxConnectionsPerAddress: 128,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  /** How often the two times above are looked at. */
  checkEveryMs: 2000,
  /** Loaders keep a connection while a user reads their screen; a little longer than iPXE's own 5 s tries. */
  keepAliveTimeoutMs: 30_000,
  /** A reader that takes nothing for so long has gone: a PC that was switched off in the middle of a file. */
  socketIdleMs: 120_000,
} as const

/** Serves scripts, loaders and registered media; nothing can be changed through it.
 *  Errors: net.portTaken, net.permission, net.address, net.bind. */
export async function openBootHttp(o: BootHttpOptions): Promise<BootHttp> {
  const limits: Limits = { ...LIMITS, ...o.limits }
  const service = new Service(o)
  const server = createServer(
    {
      maxHeaderSize: limits.maxHeaderBytes,
      connectionsCheckingInterval: limits.checkEveryMs,
      keepAlive: true,
      noDelay: true,
    },
    (request, response) => void service.answer(request, response),
  )
  server.headersTimeout = limits.headersTimeoutMs
  server.requestTimeout = limits.requestTimeoutMs
  server.keepAliveTimeout = limits.keepAliveTimeoutMs
  server.maxConnections = limits.maxConnections
  server.setTimeout(limits.socketIdleMs)
  guardConnections(server, { perAddress: limits.maxConnectionsPerAddress, clock: o.clock, logger: service.logger })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (thrown) =>
      reject(bindError(thrown, { protocol: 'tcp', host: o.host, port: o.port, service: 'Boot HTTP' })),
    )
    server.listen({ host: o.host, port: o.port, exclusive: true }, () => {
      server.removeAllListeners('error')
      resolve()
    })
  })
  server.on('error', (error) => service.logger.error({ error: error.message }, 'the boot HTTP server failed'))
  const { port } = server.address() as AddressInfo
  service.logger.info({ host: o.host, port }, `boot HTTP answers on ${o.host}:${port}`)
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Parts of a medium from this size on are reported to the observer. */
const TOLD_BYTES = 1 << 20
/** An installer may fetch thousands of packages: kernel, initrd and system are worth telling. */
const TOLD_INSIDE_BYTES = 8 << 20

class Service {
  readonly logger: Logger
  readonly #o: BootHttpOptions

  constructor(options: BootHttpOptions) {
    this.#o = options
    this.logger = options.logger.child({ component: 'http.server' })
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const ip = addressOf(request.socket)
    try {
      await this.#answer(request, response, ip)
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown.message : String(thrown)
      this.logger.error({ client: ip, target: request.url, error }, 'a boot request failed')
      if (response.headersSent) response.destroy()
      else sendText(response, 500, 'the server failed\n', false)
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse, ip: string): Promise<void> {
    const withBody = request.method === 'GET'
    if (!withBody && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD')
      this.logger.debug({ client: ip, method: request.method }, 'client error: nothing can be changed here')
      return sendText(response, 405, 'only GET and HEAD\n', true)
    }
    const target = request.url ?? ''
    if (target.length > LIMITS.maxTargetLength) return sendText(response, 414, 'the address is too long\n', withBody)
    const route = routeOf(target)
    this.logger.debug({ client: ip, method: request.method, target }, `boot request for ${route.to}`)
    switch (route.to) {
      case 'firstScript':
        if (withBody) this.#o.observer.observe({ type: 'script', ip, path: pathOf(target) })
        return sendText(response, 200, this.#o.content.firstScript(), withBody)
      case 'clientScript':
        if (withBody) this.#o.observer.observe({ type: 'script', mac: route.mac, ip, path: pathOf(target) })
        await this.#o.content.settled?.(route.mac, route.query)
        return this.#clientScript(route, request, response, ip, withBody)
      case 'report':
        return this.#report(route, response, ip, withBody)
      case 'loader':
        return this.#loader(route.file, request, response, ip, withBody)
      case 'ownFile': {
        const bytes = this.#o.content.ownFile?.(route.path)
        return sendText(response, bytes ? 200 : 404, bytes ?? 'no such script\n', withBody)
      }
      case 'identity': {
        const text = this.#o.content.identityFile?.(route.pc, route.file, { ip })
        return sendText(response, text === undefined ? 404 : 200, text ?? 'no such PC\n', withBody)
      }
      case 'kit': {
        const text = this.#o.content.kit?.(route.name)
        return sendText(response, text === undefined ? 404 : 200, text ?? 'no such kit\n', withBody)
      }
      case 'windowsPe': {
        const bytes = await this.#o.content.windowsPeFile?.(route.mac, route.file, { ip })
        if (!bytes) return sendText(response, 404, 'no such file\n', withBody)
        return this.#bytes(bytes, route.file, request, response, withBody)
      }
      case 'media':
        return this.#media(route, request, response, ip, withBody)
      case 'nothing':
        return sendText(response, 404, 'no such file\n', withBody)
    }
  }

  #clientScript(
    route: Extract<BootRoute, { to: 'clientScript' }>,
    request: IncomingMessage,
    response: ServerResponse,
    ip: string,
    withBody: boolean,
  ): void {
    const password = passwordOf(request)
    const from = { ip, ...(password !== undefined && { password }) }
    const text = this.#o.content.clientScript(route.mac, route.query, from)
    // A loader gives the password only when it is asked for it like this (RFC 7617 §2).
    if (text === undefined) response.setHeader('WWW-Authenticate', 'Basic realm="Bootlace", charset="UTF-8"')
    sendText(response, text === undefined ? 401 : 200, text ?? 'this entry asks for a password\n', withBody)
  }

  #report(route: Extract<BootRoute, { to: 'report' }>, response: ServerResponse, ip: string, withBody: boolean): void {
    if (withBody) {
      const { mac, stage, errno } = route
      this.#o.observer.observe({ type: 'report', mac, ip, stage, errno })
    }
    sendText(response, 200, 'noted\n', withBody)
  }

  #loader(file: string, request: IncomingMessage, response: ServerResponse, ip: string, withBody: boolean): void {
    const bytes = this.#o.content.loader(file)
    if (!bytes) return sendText(response, 404, 'no such loader\n', withBody)
    response.on('finish', () => {
      if (withBody && response.statusCode < 400)
        this.#o.observer.observe({ type: 'loader', ip, file, via: 'http', bytes: bytes.length })
    })
    this.#bytes(bytes, file, request, response, withBody)
  }

  #bytes(bytes: Uint8Array, name: string, request: IncomingMessage, response: ServerResponse, withBody: boolean): void {
    const range = startAnswer(request, response, name, bytes.length)
    if (range !== undefined) response.end(withBody ? bytes.subarray(range.first, range.last + 1) : undefined)
  }

  async #media(
    route: Extract<BootRoute, { to: 'media' }>,
    request: IncomingMessage,
    response: ServerResponse,
    ip: string,
    withBody: boolean,
  ): Promise<void> {
    const inside = await this.#o.content.mediumFile?.(route.name, route.rest)
    if (inside) return this.#inside(inside, route, request, response, ip)
    const path = this.#o.content.mediaPath(route.name, route.rest)
    if (path === undefined) return sendText(response, 404, 'no such medium\n', withBody)
    const name = `${route.name}/${route.rest}`
    const found = await stat(path).catch((thrown: NodeJS.ErrnoException) => thrown)
    if (found instanceof Error || !found.isFile()) {
      const why = found instanceof Error ? (found.code ?? found.message) : 'not a file'
      this.logger.warn({ client: ip, media: name, why }, 'a registered medium cannot be read')
      this.#o.observer.observe({ type: 'transferFailed', ip, file: name, via: 'http', why })
      return sendText(response, 404, 'the medium cannot be read\n', withBody)
    }
    response.setHeader('Last-Modified', found.mtime.toUTCString())
    const range = startAnswer(request, response, route.rest, found.size)
    if (range === undefined) return
    if (!withBody || range.last < range.first) return void response.end()
    await this.#stream(path, name, range, response, ip)
  }

  /** A file inside an ISO. */
  async #inside(
    file: MediumFile,
    route: Extract<BootRoute, { to: 'media' }>,
    request: IncomingMessage,
    response: ServerResponse,
    ip: string,
  ): Promise<void> {
    const name = `${route.name}/${route.rest}`
    try {
      response.setHeader('Last-Modified', file.modified.toUTCString())
      const range = startAnswer(request, response, route.rest, file.sizeBytes)
      if (range === undefined) return
      if (request.method !== 'GET' || range.last < range.first) return void response.end()
      await sendMediumFile(file, range, response)
      const bytes = rangeLength(range)
      if (bytes >= TOLD_INSIDE_BYTES) this.#o.observer.observe({ type: 'media', ip, path: name, bytes })
    } catch (thrown) {
      if (leftEarly(thrown)) return this.logger.debug({ client: ip, media: name }, 'the client left in the middle')
      const why = (thrown as Error).message
      this.#o.observer.observe({ type: 'transferFailed', ip, file: name, via: 'http', why })
      throw thrown
    } finally {
      file.close()
    }
  }

  /** Sends part of a file; resolves when the answer is out or the client is gone. */
  #stream(path: string, name: string, range: ByteRange, response: ServerResponse, ip: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const file = createReadStream(path, { start: range.first, end: range.last, highWaterMark: 256 * 1024 })
      file.on('error', (error) => {
        this.#o.observer.observe({ type: 'transferFailed', ip, file: name, via: 'http', why: error.message })
        reject(error)
      })
      response.on('close', () => {
        file.destroy()
        const bytes = rangeLength(range)
        if (response.writableFinished) {
          // A BIOS loader reads an ISO sector by sector: the timeline hears of pieces worth telling only.
          const isWhole = response.statusCode === 200
          if (isWhole || bytes >= TOLD_BYTES) this.#o.observer.observe({ type: 'media', ip, path: name, bytes })
        }
        // BIOS loaders read in small pieces and may leave in the middle: worth a debug line only.
        else this.logger.debug({ client: ip, media: name }, 'the client closed the connection in the middle of a file')
        resolve()
      })
      file.pipe(response)
    })
  }
}

/** Writes status and headers for a resource of this size. Returns the range to send (last < first: an empty one), or
 *  `undefined` when the answer is complete: 416. */
function startAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
  sizeBytes: number,
): ByteRange | undefined {
  // Ranges are defined for GET only (RFC 9110 §14.2).
  const answer = parseRange(request.method === 'GET' ? request.headers.range : undefined, sizeBytes)
  response.setHeader('Accept-Ranges', 'bytes')
  if (answer.is === 'unsatisfiable') {
    response.setHeader('Content-Range', `bytes */${sizeBytes}`)
    sendText(response, 416, 'no such range\n', request.method === 'GET')
    return undefined
  }
  const range = answer.is === 'part' ? answer.range : { first: 0, last: sizeBytes - 1 }
  response.statusCode = answer.is === 'part' ? 206 : 200
  if (answer.is === 'part') response.setHeader('Content-Range', contentRange(range, sizeBytes))
  response.setHeader('Content-Type', mediaType(name))
  response.setHeader('Content-Length', rangeLength(range))
  return range
}

function sendText(response: ServerResponse, status: number, text: string | Uint8Array, withBody: boolean): void {
  const bytes = Buffer.from(text)
  response.statusCode = status
  response.setHeader('Content-Type', 'text/plain; charset=utf-8')
  response.setHeader('Content-Length', bytes.length)
  response.setHeader('Cache-Control', 'no-store')
  response.end(withBody ? bytes : undefined)
}

/** The password of HTTP's Basic scheme; the user's name does not count. Source: RFC 7617 §2. */
function passwordOf(request: IncomingMessage): string | undefined {
  const [, encoded] = /^Basic ([A-Za-z0-9+/=]{1,512})$/i.exec(request.headers.authorization ?? '') ?? []
  if (encoded === undefined) return undefined
  const pair = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  return colon < 0 ? undefined : pair.slice(colon + 1)
}

const pathOf = (target: string): string => target.split('?', 1)[0]!.slice(0, 256)
