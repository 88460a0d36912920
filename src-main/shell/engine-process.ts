import { fork, type ChildProcess } from 'node:child_process'
import { utilityProcess, type UtilityProcess } from 'electron'
import { createCaller, type ChannelCaller } from '../api/caller.ts'
import type { EngineEvent } from '../api/contract.ts'
import type { ErrorDto, FromEngine, ToEngine } from '../api/wire.ts'

/** The engine as the shell sees it: a child that is started again when it dies. */
export interface EngineProcess {
  /** The caller of the engine that runs now. */
  caller(): ChannelCaller
  /** Asks it to let go of clients and end; resolves when it has ended. */
  stop(): Promise<void>
}

export interface EngineProcessOptions {
  /** Path of the bundled engine. */
  readonly entry: string
  /** What `Engine.start` takes, as JSON. */
  readonly options: object
  readonly onEvent: (event: EngineEvent) => void
  /** The engine could not start, or keeps dying. */
  readonly onFailed: (problem: ErrorDto) => void
  readonly onRestart: () => void
}

interface Child {
  send(message: ToEngine | { stop: true }): void
  kill(): void
}

const RESTART_MS = 500
const STOP_LIMIT_MS = 10_000
/** More deaths than this within a minute, and it is left down. */
const MAX_DEATHS = 5

/** In a utilityProcess; with BOOTLACE_ENGINE_NODE set, in that Node (an Electron too old for the database module). */
export function startEngineProcess(o: EngineProcessOptions): EngineProcess {
  let caller = createCaller(() => {})
  let child: Child | undefined
  let stopping = false
  let failedToStart = false
  let deaths: number[] = []
  let ended: () => void = () => {}

  const onMessage = (message: FromEngine | { started: true } | { failed: ErrorDto }) => {
    if ('failed' in message) {
      failedToStart = true
      o.onFailed(message.failed)
    } else if ('started' in message) caller.subscribe(o.onEvent)
    else caller.receive(message)
  }
  const onExit = () => {
    child = undefined
    caller.lost('the engine ended')
    ended()
    if (stopping || failedToStart) return
    const now = Date.now()
    deaths = [...deaths.filter((at) => now - at < 60_000), now]
    if (deaths.length > MAX_DEATHS) {
      o.onFailed({
        code: 'engine.crashing',
        message: 'the engine keeps crashing',
        hint: 'See engine.log in the data folder, and restart Bootlace.',
      })
      return
    }
    setTimeout(() => {
      if (stopping) return
      launch()
      o.onRestart()
    }, RESTART_MS)
  }
  const launch = () => {
    const env: NodeJS.ProcessEnv = { ...process.env, BOOTLACE_ENGINE_OPTIONS: JSON.stringify(o.options) }
    delete env['ELECTRON_RUN_AS_NODE']
    const node = process.env['BOOTLACE_ENGINE_NODE']
    child = node
      ? forked(fork(o.entry, [], { execPath: node, env, serialization: 'advanced' }), onMessage, onExit)
      : utility(utilityProcess.fork(o.entry, [], { env, serviceName: 'Bootlace engine' }), onMessage, onExit)
    const mine = child
    caller = createCaller((message) => mine.send(message))
  }
  launch()
  return {
    caller: () => caller,
    stop() {
      stopping = true
      if (!child) return Promise.resolve()
      const running = child
      return new Promise((resolve) => {
        const limit = setTimeout(() => running.kill(), STOP_LIMIT_MS)
        ended = () => {
          clearTimeout(limit)
          resolve()
        }
        running.send({ stop: true })
      })
    },
  }
}

type OnMessage = (message: FromEngine | { started: true } | { failed: ErrorDto }) => void

function forked(process: ChildProcess, onMessage: OnMessage, onExit: () => void): Child {
  process.on('message', (message) => onMessage(message as FromEngine))
  process.on('exit', onExit)
  process.on('error', (error) => {
    // A Node that cannot be started never exits; other errors are followed by the exit.
    if (process.pid !== undefined) return
    onMessage({
      failed: {
        code: 'engine.noNode',
        message: `the engine could not be started: ${error.message}`,
        hint: 'Run npm start again: it installs what is missing.',
      },
    })
    onExit()
  })
  return {
    send: (message) => {
      if (process.connected) process.send(message)
    },
    kill: () => void process.kill('SIGKILL'),
  }
}

function utility(process: UtilityProcess, onMessage: OnMessage, onExit: () => void): Child {
  process.on('message', (message) => onMessage(message as FromEngine))
  process.on('exit', onExit)
  return { send: (message) => process.postMessage(message), kill: () => void process.kill() }
}
