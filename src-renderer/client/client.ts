import type { Caller, EngineEvent } from '../../src-main/api/contract.ts'
import type { ShellEvent, UpdateAction } from '../../src-main/api/shell.ts'

/** What may arrive: the engine's own events, and what becomes of the connection to it. */
export type ClientEvent =
  EngineEvent | ShellEvent | { readonly event: 'connected' } | { readonly event: 'disconnected' }

/** The engine, over the preload bridge in the desktop app and over a WebSocket in a browser. */
export interface Client extends Caller {
  /** Starts events; the returned function stops them. */
  listen(listener: (event: ClientEvent) => void): () => void
  /** In the desktop app only. */
  update?(action: UpdateAction): Promise<void>
  /** Whether it runs on the same computer as the user's files (a browser may not). */
  readonly kind: 'app' | 'browser'
}
