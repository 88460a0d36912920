import type { EngineEvent, MethodName } from './contract.ts'

/** The messages that carry the contract over any channel that moves JSON values in order. */
export interface ErrorDto {
  readonly code: string
  readonly message: string
  readonly hint?: string | undefined
  readonly data?: Readonly<Record<string, unknown>> | undefined
}
export interface RequestMessage {
  readonly id: number
  readonly method: MethodName
  readonly input?: unknown
}
export type ReplyMessage =
  | { readonly id: number; readonly ok: true; readonly output: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ErrorDto }
/** Asks for events from then on; the first is a snapshot. */
export interface SubscribeMessage {
  readonly subscribe: true
}
export type ToEngine = RequestMessage | SubscribeMessage
export type FromEngine = ReplyMessage | EngineEvent
