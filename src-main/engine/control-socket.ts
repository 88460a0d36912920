import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { Logger } from '../base/log.ts'
import { controlAddress } from '../platform/folders.ts'
import { serveRpc, type EngineFace } from './rpc.ts'

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
    const peer = serveRpc(engine, (message) => void socket.write(JSON.stringify(message) + '\n'), logger)
    const lines = createInterface({ input: socket, crlfDelay: Infinity })
    lines.on('line', (line) => {
      let message: unknown
      try {
        message = JSON.parse(line)
      } catch {
        // Not our command line at the other end; nothing sensible can be answered.
        socket.destroy()
        return
      }
      peer.receive(message)
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
      await closed
    },
  }
}
