import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { Logger } from '../base/log.ts'
import { controlAddress } from '../platform/folders.ts'
import { createOutbox } from './outbox.ts'
import { parseJson, serveRpc, type EngineFace } from './rpc.ts'

/** What a caller gets to take its last answer. */
const CLOSE_LIMIT_MS = 500

/** The command line's way in: JSON lines over a local socket that only this user can open. The data lock is held, so a
 *  socket file found here is a leftover. */
export async function openControlSocket(
  dataDir: string,
  engine: EngineFace,
  logger: Logger,
): Promise<{ close(): Promise<void> }> {
  const address = controlAddress(dataDir)
  const isFile = process.platform !== 'win32'
  if (isFile) rmSync(address, { force: true })
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    const outbox = createOutbox({
      write: (text, done) => void socket.write(text + '\n', done),
      drop: () => {
        logger.warn({ component: 'engine.control' }, 'a command line that does not read was dropped')
        socket.destroy()
      },
    })
    const peer = serveRpc(engine, outbox.send, logger)
    const lines = createInterface({ input: socket, crlfDelay: Infinity })
    lines.on('line', (line) => {
      const message = parseJson(line)
      // Not our command line at the other end; nothing sensible can be answered.
      if (message === undefined) socket.destroy()
      else peer.receive(message)
    })
    socket.on('error', (error) =>
      logger.debug({ component: 'engine.control', error: error.message }, 'a command line went away'),
    )
    socket.on('close', () => {
      sockets.delete(socket)
      lines.close()
      peer.close()
    })
  })
  const oldMask = isFile ? process.umask(0o077) : undefined
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(address, () => resolve())
    })
  } finally {
    if (oldMask !== undefined) process.umask(oldMask)
  }
  if (isFile) chmodSync(address, 0o600)
  return {
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.end()
      // A command line that stands still must not keep the disks from being flushed.
      const limit = setTimeout(() => sockets.forEach((socket) => socket.destroy()), CLOSE_LIMIT_MS)
      await closed
      clearTimeout(limit)
    },
  }
}
