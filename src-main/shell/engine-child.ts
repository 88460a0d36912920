import { fork, type ChildProcess } from 'node:child_process'
import { utilityProcess, type UtilityProcess } from 'electron'
import { createCaller } from '../api/caller.ts'
import type { ErrorDto, FromEngine, ToEngine } from '../api/wire.ts'
import type { ChildEvents, EngineChild } from './engine-link.ts'

interface Process {
  send(message: ToEngine | { stop: true }): void
  kill(): void
}
type OnMessage = (message: FromEngine | { started: true } | { failed: ErrorDto }) => void

/** The engine in a utilityProcess; with BOOTLACE_ENGINE_NODE set, in that Node (an Electron too old for the database module).
 *  @param entry path of the bundled engine. @param options what `Engine.start` takes, as JSON. */
export function launchEngine(entry: string, options: object, events: ChildEvents): EngineChild {
  const env: NodeJS.ProcessEnv = { ...process.env, BOOTLACE_ENGINE_OPTIONS: JSON.stringify(options) }
  delete env['ELECTRON_RUN_AS_NODE']
  const caller = createCaller((message) => child.send(message))
  const onMessage: OnMessage = (message) => {
    if ('failed' in message) events.failed(message.failed)
    else if ('started' in message) events.started()
    else caller.receive(message)
  }
  const node = process.env['BOOTLACE_ENGINE_NODE']
  const child: Process = node
    ? forked(fork(entry, [], { execPath: node, env, serialization: 'advanced' }), onMessage, events.ended)
    : utility(utilityProcess.fork(entry, [], { env, serviceName: 'Bootlace engine' }), onMessage, events.ended)
  return { caller, askToStop: () => child.send({ stop: true }), kill: () => child.kill() }
}

function forked(process: ChildProcess, onMessage: OnMessage, onExit: () => void): Process {
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

function utility(process: UtilityProcess, onMessage: OnMessage, onExit: () => void): Process {
  process.on('message', (message) => onMessage(message as FromEngine))
  process.on('exit', onExit)
  return { send: (message) => process.postMessage(message), kill: () => void process.kill() }
}
