import { contract, type EngineEvent, type Handlers, type MethodName } from '../api/contract.ts'
import type { ErrorDto, FromEngine } from '../api/wire.ts'
import { AppError, toAppError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'

/** What a host needs of the engine to serve callers. */
export interface EngineFace {
  readonly handlers: Handlers
  /** The listener gets a snapshot at once, then every event. Returns how to stop. */
  subscribe(listener: (event: EngineEvent) => void): () => void
}

/** One connected caller, whatever carries its messages. */
export interface RpcPeer {
  /** Feed every message that arrives; anything malformed is answered, never thrown. */
  receive(message: unknown): void
  /** The caller is gone. */
  close(): void
}

/** A message of a text channel; nothing when it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    // JSON has no `undefined`, so this cannot be taken for a value.
    return undefined
  }
}

export function serveRpc(engine: EngineFace, send: (message: FromEngine) => void, logger: Logger): RpcPeer {
  let unsubscribe: (() => void) | undefined
  let open = true
  const reply = (message: FromEngine) => {
    if (open) send(message)
  }
  const answer = async (id: number, method: string, input: unknown) => {
    try {
      reply({ id, ok: true, output: await callHandler(engine.handlers, method, input) })
    } catch (thrown) {
      const error = toAppError(thrown)
      if (error.code === 'bug')
        logger.error({ component: 'engine.rpc', method, stack: error.stack }, `${method} failed: ${error.message}`)
      reply({ id, ok: false, error: errorDto(error) })
    }
  }
  return {
    receive(message) {
      if (typeof message !== 'object' || message === null) return
      if ('subscribe' in message) {
        unsubscribe ??= engine.subscribe(reply)
        return
      }
      const { id, method, input } = message as { id?: unknown; method?: unknown; input?: unknown }
      if (typeof id !== 'number' || typeof method !== 'string') return
      void answer(id, method, input)
    },
    close() {
      open = false
      unsubscribe?.()
    },
  }
}

/** Errors: engine.method, engine.input, and the handler's own. */
async function callHandler(handlers: Handlers, method: string, input: unknown): Promise<unknown> {
  if (!Object.hasOwn(contract, method))
    throw new AppError('engine.method', `there is no call "${method}"`, { hint: 'Use the same version on both sides.' })
  const name = method as MethodName
  const parsed = contract[name].input.safeParse(input)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new AppError(
      'engine.input',
      `${method}: ${issue ? `${issue.path.join('.')} ${issue.message}` : 'wrong input'}`,
      { hint: 'Check the values.' },
    )
  }
  return (handlers[name] as (input: unknown) => unknown)(parsed.data)
}

export function errorDto(error: AppError): ErrorDto {
  return { code: error.code, message: error.message, hint: error.hint, data: error.data }
}
