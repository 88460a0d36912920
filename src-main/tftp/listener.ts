import { createSocket, type Socket } from 'node:dgram'
import type { Clock } from '../base/clock.ts'
import { CodecError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import type { BootObserver } from '../boot/boot-planner.ts'
import type { VirtualFiles } from '../boot/virtual-files.ts'
import { bindError } from '../platform/port-owner.ts'
import { TftpServer, type DatagramSocket } from './server.ts'
import { decodeTftp } from './packet.ts'

export interface TftpListenerOptions {
  /** Our address on the served interface. */
  readonly host: string
  /** 69, or 0 for any free port. */
  readonly port: number
  readonly files: VirtualFiles
  readonly observer: BootObserver
  readonly clock: Clock
  readonly logger: Logger
}

export interface TftpListener {
  readonly port: number
  activeTransfers(): number
  close(): Promise<void>
}

/** Serves virtual files read-only; each transfer has a port of its own, as RFC 1350 §4 wants.
 *  Errors: net.portTaken, net.permission, net.address, net.bind. */
export async function openTftp(o: TftpListenerOptions): Promise<TftpListener> {
  const logger = o.logger.child({ component: 'tftp.listener' })
  const socket = await openSocket(o.host, o.port)
  const server = new TftpServer({ ...o, logger, openSocket: async () => wrap(await openSocket(o.host, 0), logger) })
  const wrapped = wrap(socket, logger)
  wrapped.onMessage((bytes, from) => {
    try {
      server.onRequest(decodeTftp(bytes), bytes, from, wrapped)
    } catch (thrown) {
      if (!(thrown instanceof CodecError)) throw thrown
      logger.debug({ from: from.ip }, `client error: ${thrown.message}`)
    }
  })
  const { port } = socket.address()
  logger.info({ host: o.host, port }, `TFTP answers on ${o.host}:${port}`)
  return {
    port,
    activeTransfers: () => server.active,
    async close() {
      await Promise.all([wrapped.close(), server.close()])
    },
  }
}

function openSocket(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: 'udp4', reuseAddr: false })
    socket.once('error', (thrown) => {
      socket.close()
      reject(bindError(thrown, { protocol: 'udp', host, port, service: 'TFTP' }))
    })
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.removeAllListeners('error')
      resolve(socket)
    })
  })
}

function wrap(socket: Socket, logger: Logger): DatagramSocket {
  let open = true
  socket.on('error', (error) => logger.warn({ error: error.message }, 'a TFTP socket failed'))
  return {
    send(bytes, to) {
      if (!open) return
      socket.send(bytes, to.port, to.ip, (error) => {
        if (error && open) logger.debug({ to: to.ip, error: error.message }, 'a TFTP packet could not be sent')
      })
    },
    onMessage: (fn) =>
      void socket.on('message', (bytes, from) => {
        try {
          fn(bytes, { ip: from.address, port: from.port })
        } catch (thrown) {
          // A fault of ours ends the answer to this packet, and nothing else.
          const error = thrown instanceof Error ? thrown.stack : String(thrown)
          logger.error({ from: from.address, error }, 'a TFTP packet could not be handled')
        }
      }),
    close: () =>
      new Promise((resolve) => {
        if (!open) return resolve()
        open = false
        socket.close(() => resolve())
      }),
  }
}
