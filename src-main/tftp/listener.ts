import { createSocket, type Socket, type SocketOptions } from 'node:dgram'
import type { Clock } from '../base/clock.ts'
import { CodecError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import type { BootObserver } from '../boot/boot-planner.ts'
import type { VirtualFiles } from '../boot/virtual-files.ts'
import { bindError } from '../platform/port-owner.ts'
import { TftpServer, type DatagramSocket, type Endpoint } from './server.ts'
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
  const wakeful = createWakeful()
  const server = new TftpServer({
    ...o,
    logger,
    openSocket: (client) => openTransferSocket(o.host, client, logger, wakeful),
  })
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

/** Addresses here are never names, and Node would ask for each packet in a turn of its own. */
const literal: NonNullable<SocketOptions['lookup']> = (address, _options, done) => done(null, address, 4)

function openSocket(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: 'udp4', reuseAddr: false, lookup: literal })
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

/** A socket that is connected to its client: the kernel looks the way up once and not for each packet, which is a fifth of the
 *  time of a block, and drops what others send to that port. */
async function openTransferSocket(
  host: string,
  client: Endpoint,
  logger: Logger,
  wakeful: Wakeful,
): Promise<DatagramSocket> {
  const socket = await openSocket(host, 0)
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.connect(client.port, client.ip, () => {
        socket.removeListener('error', reject)
        resolve()
      })
    })
  } catch (thrown) {
    socket.close()
    throw thrown
  }
  return wrap(socket, logger, { ...client, wakeful })
}

/** Keeps the event loop from sleeping. */
interface Wakeful {
  /** For AWAKE_MS from now on. */
  stay(): void
}

/** How long an acknowledgement is waited for without sleeping. To wake up takes a sleeping thread 20 to 30 µs, more than everything
 *  else that a block costs; a PC on the same switch answers within that time. Everybody else is served meanwhile as always, and a
 *  loader of 1 MiB takes at most 72 ms of a processor more. */
const AWAKE_MS = 0.1

function createWakeful(): Wakeful {
  let until = 0
  let isAwake = false
  const look = (): void => {
    isAwake = performance.now() < until
    // A loop that has something to do at once asks the sockets and does not wait for them.
    if (isAwake) setImmediate(look)
  }
  return {
    stay() {
      until = performance.now() + AWAKE_MS
      if (!isAwake) {
        isAwake = true
        setImmediate(look)
      }
    },
  }
}

/** To be told how each packet fared costs a turn of the loop of its own; where one went out, the next ones do. */
const TRUSTED_PACKETS = 32

/** @param peer whom the socket is connected to. */
function wrap(socket: Socket, logger: Logger, peer?: Endpoint & { readonly wakeful: Wakeful }): DatagramSocket {
  let open = true
  /** Packets that may go out without asking how that went. */
  let trusted = 0
  socket.on('error', (error) => {
    // A client that is gone is said by ICMP, which comes out here; its transfer ends by its own timer.
    if (peer) logger.debug({ client: peer.ip, error: error.message }, 'client error: it takes no packets any more')
    else logger.warn({ error: error.message }, 'the TFTP socket failed')
  })
  const sent = (error: Error | null): void => {
    trusted = error ? 0 : TRUSTED_PACKETS
    if (error && open) logger.debug({ client: peer?.ip, error: error.message }, 'a TFTP packet could not be sent')
  }
  return {
    send(bytes, to) {
      if (!open) return
      if (!peer) return socket.send(bytes, to.port, to.ip, sent)
      // Strangers are heard only before the socket is connected, and get no answer.
      if (to.port !== peer.port || to.ip !== peer.ip) return
      if (trusted-- > 0) socket.send(bytes)
      else socket.send(bytes, sent)
      peer.wakeful.stay()
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
