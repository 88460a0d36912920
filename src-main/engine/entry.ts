import type { FromEngine, ToEngine } from '../api/wire.ts'
import { AppError, toAppError } from '../base/errors.ts'
import { Engine } from './engine.ts'
import type { EngineOptions } from './options.ts'
import { errorDto, serveRpc } from './rpc.ts'

/** The engine as a child of the desktop app: an Electron utilityProcess or a forked Node. Options come as JSON in
 *  BOOTLACE_ENGINE_OPTIONS; messages are those of api/wire.ts, and `stop` ends it in good order. */

/** First message to the parent. */
export type Hello =
  | { readonly started: true }
  | { readonly failed: { readonly code: string; readonly message: string; readonly hint?: string | undefined } }

interface ParentPort {
  on(event: 'message', listener: (message: { data: unknown }) => void): void
  postMessage(message: unknown): void
}

interface Channel {
  send(message: FromEngine | Hello): void
  receive(listener: (message: ToEngine | { stop: true }) => void): void
  lost(listener: () => void): void
  isLost(): boolean
}

function parentChannel(): Channel {
  const port = (process as unknown as { parentPort?: ParentPort }).parentPort
  if (port) {
    return {
      send: (message) => port.postMessage(message),
      receive: (listener) => port.on('message', (event) => listener(event.data as ToEngine)),
      // A utilityProcess ends with its parent.
      lost: () => {},
      isLost: () => false,
    }
  }
  if (!process.send) throw new AppError('bug', 'the engine entry was started without a parent')
  return {
    send: (message) => {
      if (process.connected) process.send?.(message)
    },
    receive: (listener) => process.on('message', (message) => listener(message as ToEngine)),
    lost: (listener) => process.on('disconnect', listener),
    isLost: () => !process.connected,
  }
}

const STOP_LIMIT_MS = 9500

async function main(): Promise<void> {
  const channel = parentChannel()
  const options = JSON.parse(process.env['BOOTLACE_ENGINE_OPTIONS'] ?? '{}') as EngineOptions
  let engine: Engine
  try {
    engine = await Engine.start(options)
  } catch (thrown) {
    const { code, message, hint } = errorDto(toAppError(thrown))
    channel.send({ failed: { code, message, hint } })
    // The channel keeps the process alive; the parent has what it needs.
    setTimeout(() => process.exit(2), 100)
    return
  }
  const peer = serveRpc(engine, (message) => channel.send(message), engine.logger)
  const stop = () => {
    peer.close()
    // The parent would wait no longer; without a parent nobody else ends it.
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref()
    engine.stop().then(
      () => process.exit(0),
      (thrown: unknown) => {
        engine.logger.error({ component: 'engine.entry' }, `stopping failed: ${toAppError(thrown).message}`)
        process.exit(1)
      },
    )
  }
  channel.receive((message) => {
    if ('stop' in message) stop()
    else peer.receive(message)
  })
  channel.lost(stop)
  process.on('SIGTERM', stop)
  process.on('uncaughtException', (error) =>
    engine.logger.error({ component: 'engine.entry', stack: error.stack }, `bug: ${error.message}`),
  )
  channel.send({ started: true })
  // A parent that died during the start cannot be heard of any more.
  if (channel.isLost()) stop()
}

void main()
