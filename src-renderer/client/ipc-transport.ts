import { EngineError } from '../../src-main/api/caller.ts'
import type { Output } from '../../src-main/api/contract.ts'
import type { UpdateAction } from '../../src-main/api/shell.ts'
import type { ErrorDto } from '../../src-main/api/wire.ts'
import type { Client, ClientEvent } from './client.ts'

/** What the preload script exposes. */
interface Bridge {
  call(method: string, input: unknown): Promise<{ ok: true; output: unknown } | { ok: false; error: ErrorDto }>
  update(action: UpdateAction): Promise<void>
  onEvent(listener: (event: unknown) => void): () => void
}

declare global {
  interface Window {
    readonly bootlace?: Bridge
  }
}

export const hasBridge = (): boolean => window.bootlace !== undefined

export function createIpcClient(): Client {
  const bridge = window.bootlace!
  return {
    kind: 'app',
    async call(method, ...input) {
      const reply = await bridge.call(method, input[0])
      if (!reply.ok) throw new EngineError(reply.error)
      return reply.output as Output<typeof method>
    },
    update: (action) => bridge.update(action),
    listen(listener) {
      return bridge.onEvent((event) => listener(event as ClientEvent))
    },
  }
}
