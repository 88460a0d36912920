import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'

/** Where a connection comes from; IPv4 also when the socket gives it as an IPv6-mapped address. */
export const addressOf = (socket: { readonly remoteAddress?: string | undefined }): string =>
  (socket.remoteAddress ?? '').replace(/^::ffff:/, '')

/** One warning a minute and address is enough: who sends rubbish sends much of it. */
const WARN_EVERY_MS = 60_000
const REMEMBERED_ADDRESSES = 1024

/** Connections that are no use: too many of one address, and requests that cannot be read. Each gets an answer where there
 *  still is one to give, and the log says whose fault it was. */
export function guardConnections(
  server: Server,
  o: { readonly perAddress: number; readonly clock: Clock; readonly logger: Logger },
): void {
  const open = new Map<string, number>()
  const warned = new Map<string, number>()
  const tell = (ip: string, fields: object, message: string): void => {
    const last = warned.get(ip)
    const isNew = last === undefined || o.clock.now() - last >= WARN_EVERY_MS
    if (isNew) {
      if (warned.size >= REMEMBERED_ADDRESSES) warned.clear()
      warned.set(ip, o.clock.now())
    }
    o.logger[isNew ? 'warn' : 'debug']({ client: ip, ...fields }, `client error: ${message}`)
  }

  server.on('connection', (socket: Socket) => {
    const ip = addressOf(socket)
    const count = (open.get(ip) ?? 0) + 1
    open.set(ip, count)
    socket.once('close', () => {
      const left = open.get(ip)! - 1
      if (left > 0) open.set(ip, left)
      else open.delete(ip)
    })
    if (count <= o.perAddress) return
    tell(ip, { connections: count }, 'too many connections at once')
    answer(socket, 503, 'Service Unavailable')
  })

  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // A PC that is switched off, or leaves in the middle, is no fault.
    if (error.code === 'ECONNRESET' || error.code === 'EPIPE' || !socket.writable) return void socket.destroy()
    const { status, reason, why } = ANSWERS.get(error.code ?? '') ?? UNREADABLE
    tell(addressOf(socket), { code: error.code }, why)
    answer(socket, status, reason)
  })
}

interface Answer {
  readonly status: number
  readonly reason: string
  readonly why: string
}
const UNREADABLE: Answer = { status: 400, reason: 'Bad Request', why: 'a request that is no HTTP' }
const ANSWERS: ReadonlyMap<string, Answer> = new Map([
  ['HPE_HEADER_OVERFLOW', { status: 431, reason: 'Request Header Fields Too Large', why: 'header fields without end' }],
  ['ERR_HTTP_REQUEST_TIMEOUT', { status: 408, reason: 'Request Timeout', why: 'a request that did not end in time' }],
])

function answer(socket: Socket, status: number, reason: string): void {
  if (!socket.writable) return void socket.destroy()
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  // What still comes is not read any more; the peer need not agree to the end.
  socket.destroySoon()
}
