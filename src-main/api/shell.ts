import type { ErrorDto } from './wire.ts'

/** What the desktop shell tells its window beside the engine's own events. */

/** Pages of the window that the tray and notifications lead to. */
export type Page = 'clients' | 'setup' | 'disks' | 'services' | 'activity' | 'settings'

/** Who runs the engine: the desktop app itself, or a service (or `bootlace serve`) that it found running. */
export type ServedBy = 'app' | 'service'

/** What the window says about updates. */
export type UpdateState =
  | { readonly is: 'off'; readonly why: 'development' | 'noChannel' | 'noPublisher' }
  | { readonly is: 'current'; readonly checked: boolean }
  /** `byHand`: this kind of package is renewed by its owner, not by itself. */
  | { readonly is: 'available'; readonly version: string; readonly byHand: boolean }
  | { readonly is: 'downloading'; readonly version: string }
  | { readonly is: 'ready'; readonly version: string }
  /** An announcement that we did not sign, or that makes no sense. */
  | { readonly is: 'refused'; readonly why: 'signature' | 'content' }
export const UPDATE_ACTIONS = ['check', 'download', 'install'] as const
export type UpdateAction = (typeof UPDATE_ACTIONS)[number]

export type ShellEvent =
  | { readonly event: 'engineRestarted' }
  | { readonly event: 'engineFailed'; readonly problem: ErrorDto }
  | { readonly event: 'servedBy'; readonly by: ServedBy }
  | { readonly event: 'updates'; readonly state: UpdateState }
  | { readonly event: 'open'; readonly page: Page }
