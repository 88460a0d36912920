import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { RunningTarget } from '../targets.mjs'
import { IscsiAuditor } from './auditor.ts'
import type { Side } from './conversation.ts'

export interface AuditedTarget extends RunningTarget {
  readonly auditor: IscsiAuditor
  /** Where the target itself listens, which is what it tells discovery sessions: host:port. */
  readonly portalBehind: string
}

/** Stands before a target on a port of its own and shows the auditor every byte before it is passed on, unchanged.
 *  Stopping it stops the target. */
export async function audited(target: RunningTarget): Promise<AuditedTarget> {
  const auditor = new IscsiAuditor()
  const [host, port] = target.portal.split(':')
  const open = new Set<Socket>()
  const server = createServer({ noDelay: true }, (initiator) => {
    const there = connect({ host: host!, port: Number(port), noDelay: true })
    const seen = auditor.begin(`connection ${auditor.connections + 1}`)
    const sides: readonly [Side, Socket, Socket][] = [
      ['initiator', initiator, there],
      ['target', there, initiator],
    ]
    for (const [side, from, to] of sides) {
      open.add(from)
      from.on('data', (bytes: Buffer) => {
        seen.feed(side, bytes)
        if (to.writable && !to.write(bytes)) {
          from.pause()
          to.once('drain', () => from.resume())
        }
      })
      from.on('end', () => to.end())
      // A reset is passed on as one.
      from.on('error', () => to.destroy())
      from.on('close', () => {
        open.delete(from)
        to.destroySoon()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const portal = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    ...target,
    auditor,
    portalBehind: target.portal,
    portal,
    url: target.url.replace(target.portal, portal),
    stop: async () => {
      server.close()
      for (const socket of open) socket.destroy()
      await target.stop()
    },
  }
}
