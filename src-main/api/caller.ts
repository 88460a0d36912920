import type { Caller, EngineEvent, MethodName } from './contract.ts'
import type { ErrorDto, FromEngine, ToEngine } from './wire.ts'

/** An engine's refusal as the caller sees it: switch on `code`, show `hint` first. */
export class EngineError extends Error {
  readonly code: string
  readonly hint: string | undefined
  readonly data: Readonly<Record<string, unknown>>

  constructor(error: ErrorDto) {
    super(error.message)
    this.name = 'EngineError'
    this.code = error.code
    this.hint = error.hint
    this.data = error.data ?? {}
  }
}

export interface ChannelCaller extends Caller {
  /** Feed every message that arrives. */
  receive(message: FromEngine): void
  /** Fails everything under way; later calls fail the same way. */
  lost(why: string): void
  /** Called once when the channel is lost, at once when it already is. Returns how to stop listening. */
  onLost(listener: (error: EngineError) => void): () => void
  /** Starts events (the first is a snapshot) and returns how to stop listening. */
  subscribe(listener: (event: EngineEvent) => void): () => void
}

/** The calling side of the contract over any channel that delivers in order. `send` must not throw. */
export function createCaller(send: (message: ToEngine) => void): ChannelCaller {
  let nextId = 1
  let lostWhy: string | undefined
  let subscribed = false
  const waiting = new Map<number, { resolve: (output: never) => void; reject: (error: EngineError) => void }>()
  const listeners = new Set<(event: EngineEvent) => void>()
  const mourners = new Set<(error: EngineError) => void>()
  const gone = () => new EngineError({ code: 'engine.gone', message: lostWhy!, hint: 'Start the engine again.' })
  return {
    call(method: MethodName, ...input: [unknown?]) {
      if (lostWhy !== undefined) return Promise.reject(gone())
      const id = nextId++
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject })
        send({ id, method, input: input[0] })
      })
    },
    receive(message) {
      if ('event' in message) {
        for (const listener of listeners) listener(message)
        return
      }
      const entry = waiting.get(message.id)
      if (!entry) return
      waiting.delete(message.id)
      if (message.ok) entry.resolve(message.output as never)
      else entry.reject(new EngineError(message.error))
    },
    lost(why) {
      if (lostWhy !== undefined) return
      lostWhy = why
      for (const entry of waiting.values()) entry.reject(gone())
      waiting.clear()
      for (const listener of mourners) listener(gone())
    },
    onLost(listener) {
      if (lostWhy !== undefined) listener(gone())
      else mourners.add(listener)
      return () => void mourners.delete(listener)
    },
    subscribe(listener) {
      listeners.add(listener)
      if (!subscribed) {
        subscribed = true
        send({ subscribe: true })
      }
      return () => void listeners.delete(listener)
    },
  }
}
