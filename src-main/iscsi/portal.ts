import { createServer, type AddressInfo, type Socket } from 'node:net'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import { nativeCalls } from '../platform/native.ts'
import { bindError } from '../platform/port-owner.ts'
import { receivingSocket } from '../platform/receiving-socket.ts'
import { BufferPool } from './buffer-pool.ts'
import { Connection } from './connection.ts'
import { LatencyProbe } from './latency-probe.ts'
import type { Wire } from './out-batch.ts'
import { ReceiveBuffer } from './receive-buffer.ts'
import { SessionRegistry } from './session-registry.ts'
import type { IscsiObserver, SessionView, TargetDirectory } from './target.ts'

export interface PortalOptions {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly directory: TargetDirectory
  readonly observer: IscsiObserver
  readonly clock: Clock
  readonly logger: Logger
  /** Measures how long commands take; absent: nobody looks. */
  readonly latency?: LatencyProbe
}

/** The TCP end of the iSCSI target. */
export interface Portal {
  readonly address: { host: string; port: number }
  sessions(): readonly SessionView[]
  /** Ends all sessions of a target; resolves when nothing of them works on its disks any more. */
  dropTarget(targetName: string): Promise<void>
  /** Stops listening, asks initiators to log out, waits up to `graceMs` for that, then ends what is left. */
  close(graceMs: number): Promise<void>
}

const MAX_PENDING_LOGINS = 64
const MAX_PENDING_LOGINS_PER_IP = 8
/** A PC that was switched off says nothing; its disk is to be free again before its owner wonders why it is not. The kernel
 *  probes an idle peer after this time, every second, ten times. It does so only while nothing sent waits to be acknowledged,
 *  so our own pings must come later, and what they or answers wait for has a limit of its own. Milliseconds. */
const KEEP_ALIVE_MS = 10_000
const UNACKNOWLEDGED_MS = 30_000
const PING_AFTER_MS = 30_000
const SWEEP_MS = 15_000

/** `::ffff:10.0.0.1` is 10.0.0.1. */
const plainAddress = (address: string | undefined): string => (address ?? '').replace(/^::ffff:(?=\d+\.)/, '')

/** Errors: net.portTaken, net.permission, net.address. */
export function openPortal(o: PortalOptions): Promise<Portal> {
  const logger = o.logger.child({ component: 'iscsi.portal' })
  const registry = new SessionRegistry<Connection>()
  const pool = new BufferPool()
  const latency = o.latency ?? new LatencyProbe()
  const pending = new Map<string, number>()
  let pendingTotal = 0
  const sockets = new Set<Socket>()
  let cancelSweep = (): void => {}

  const accept = (accepted: Socket): void => {
    const remoteAddress = plainAddress(accepted.remoteAddress)
    const pendingHere = pending.get(remoteAddress) ?? 0
    if (pendingTotal >= MAX_PENDING_LOGINS || pendingHere >= MAX_PENDING_LOGINS_PER_IP) {
      logger.warn({ remote: remoteAddress }, 'too many logins at a time: a connection was refused')
      accepted.destroy()
      return
    }
    const receive = new ReceiveBuffer(pool)
    const socket = receivingSocket(accepted, {
      buffer: () => receive.next(),
      received: (length) => receive.filled(length, (bytes) => connection.received(bytes)),
    })
    socket.on('error', (e) => logger.debug({ remote: remoteAddress }, `connection broke: ${e.message}`))
    pendingTotal++
    sockets.add(socket)
    pending.set(remoteAddress, pendingHere + 1)
    socket.setNoDelay(true)
    socket.setKeepAlive(true, KEEP_ALIVE_MS)
    const fd = fdOf(socket)
    if (fd !== undefined) nativeCalls().limitUnacknowledged(fd, UNACKNOWLEDGED_MS)
    const connection = new Connection(
      {
        ...o,
        logger,
        registry,
        pool,
        latency,
        loginEnded: () => {
          pendingTotal--
          const left = (pending.get(remoteAddress) ?? 1) - 1
          if (left > 0) pending.set(remoteAddress, left)
          else pending.delete(remoteAddress)
        },
      },
      wireOf(socket, remoteAddress),
      receive,
    )
    socket.on('drain', () => connection.drained())
    socket.on('close', () => {
      sockets.delete(socket)
      connection.closed()
      receive.close()
    })
  }

  const sweep = (): void => {
    for (const c of registry.all()) c.ping(PING_AFTER_MS)
    cancelSweep = o.clock.after(SWEEP_MS, 'iscsi ping sweep', sweep)
  }

  const server = createServer({ noDelay: true, pauseOnConnect: true }, accept)
  return new Promise((resolve, reject) => {
    server.once('error', (e) =>
      reject(bindError(e, { protocol: 'tcp', host: o.host, port: o.port, service: 'The iSCSI target' })),
    )
    server.listen(o.port, o.host, () => {
      server.removeAllListeners('error')
      server.on('error', (e) => logger.error({ err: e }, `the listening socket failed: ${e.message}`))
      const { address, port } = server.address() as AddressInfo
      sweep()
      resolve({
        address: { host: address, port },
        sessions: () => registry.all().flatMap((c) => (c.inFullFeaturePhase ? (c.view() ?? []) : [])),
        dropTarget: async (targetName) => {
          const theirs = registry.all().filter((c) => c.targetName === targetName)
          await Promise.all(theirs.map((c) => c.terminate('shutdown')))
        },
        close: async (graceMs) => {
          cancelSweep()
          const closed = new Promise<void>((done) => server.close(() => done()))
          await askedToLeave(registry, o.clock, graceMs)
          await Promise.all(registry.all().map((c) => c.terminate('shutdown')))
          // Also those that ended politely and whose peers do not read the last bytes.
          for (const socket of sockets) socket.destroy()
          await closed
        },
      })
    })
  })
}

/** Node has no public name for it; without it the connection has the system's own limits. */
const fdOf = (socket: Socket): number | undefined => {
  const fd = (socket as unknown as { _handle?: { fd?: number } })._handle?.fd
  return fd !== undefined && fd >= 0 ? fd : undefined
}

const LEAVE_POLL_MS = 50

/** Asks all initiators to log out and waits until they have, at most `graceMs`. */
function askedToLeave(registry: SessionRegistry<Connection>, clock: Clock, graceMs: number): Promise<void> {
  const asked = registry.all().filter((c) => c.inFullFeaturePhase && c.kind === 'system' && c.targetName !== '')
  for (const c of asked) c.askLogout(Math.max(1, Math.floor(graceMs / 1000)))
  const until = clock.now() + graceMs
  return new Promise((resolve) => {
    const look = (): void => {
      if (clock.now() >= until || !asked.some((c) => c.inFullFeaturePhase)) resolve()
      else clock.after(LEAVE_POLL_MS, 'iscsi shutdown', look)
    }
    look()
  })
}

function wireOf(socket: Socket, remoteAddress: string): Wire {
  return {
    remoteAddress,
    localAddress: plainAddress(socket.localAddress),
    localPort: socket.localPort ?? 0,
    get pendingBytes() {
      return socket.writableLength
    },
    write(bytes, done) {
      if (socket.destroyed || socket.writableEnded) done()
      else socket.write(bytes, done)
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    end: () => void socket.end(() => socket.destroySoon()),
    destroy: () => void socket.destroy(),
  }
}
