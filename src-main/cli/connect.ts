import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { createCaller, EngineError, type ChannelCaller } from '../api/caller.ts'
import type { FromEngine } from '../api/wire.ts'
import { controlAddress } from '../platform/folders.ts'

/** A caller over the running engine's local socket. Errors: engine.notRunning. */
export function connectEngine(dataDir: string): Promise<ChannelCaller & { close(): void }> {
  return new Promise((resolve, reject) => {
    const socket = connect(controlAddress(dataDir))
    socket.once('error', (cause: NodeJS.ErrnoException) => {
      const denied = cause.code === 'EACCES'
      reject(
        new EngineError({
          code: denied ? 'engine.denied' : 'engine.notRunning',
          message: denied ? `the engine on ${dataDir} belongs to another user` : `no engine is running on ${dataDir}`,
          hint: denied
            ? 'Run this as the user who started it.'
            : 'Start one with: bootlace serve --data DIR, or open the Bootlace window. Say --data DIR if it uses another folder.',
        }),
      )
    })
    socket.once('connect', () => {
      socket.removeAllListeners('error')
      const caller = createCaller((message) => void socket.write(JSON.stringify(message) + '\n'))
      createInterface({ input: socket, crlfDelay: Infinity }).on('line', (line) => {
        let message: FromEngine
        try {
          message = JSON.parse(line) as FromEngine
        } catch {
          // The engine was cut off in the middle of a line.
          caller.lost('the engine ended')
          return
        }
        caller.receive(message)
      })
      socket.on('error', (error) => caller.lost(`the connection to the engine broke: ${error.message}`))
      socket.on('close', () => caller.lost('the engine ended'))
      resolve(Object.assign(caller, { close: () => socket.destroy() }))
    })
  })
}
