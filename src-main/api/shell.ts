import type { ErrorDto } from './wire.ts'

/** What the desktop shell tells its window beside the engine's own events. */

/** Pages of the window that the tray and notifications lead to. */
export type Page = 'clients' | 'setup' | 'disks' | 'services' | 'activity' | 'settings'

/** Who runs the engine: the desktop app itself, or a service (or `bootlace serve`) that it found running. */
export type ServedBy = 'app' | 'service'

export type ShellEvent =
  | { readonly event: 'engineRestarted' }
  | { readonly event: 'engineFailed'; readonly problem: ErrorDto }
  | { readonly event: 'servedBy'; readonly by: ServedBy }
  | { readonly event: 'open'; readonly page: Page }
