import type { Snapshot } from '../api/dto.ts'

/** The tray as data, so that it can be tested where no tray can be seen. */
export interface TrayItem {
  readonly label: string
  readonly action?: 'open' | 'quit'
  readonly separator?: true
}
export interface TrayState {
  readonly tooltip: string
  readonly items: readonly TrayItem[]
}

const LISTED = 20
const separator: TrayItem = { label: '', separator: true }

export function trayState(snapshot: Snapshot | undefined): TrayState {
  const running = runningClients(snapshot)
  const broken = snapshot?.services.filter((s) => s.state === 'failed') ?? []
  const head =
    snapshot === undefined
      ? 'Starting …'
      : running.length === 0
        ? 'No PC connected'
        : running.length === 1
          ? '1 PC connected'
          : `${running.length} PCs connected`
  const more = running.length - LISTED
  return {
    tooltip: `Bootlace: ${head.toLowerCase()}`,
    items: [
      { label: head },
      ...running
        .slice(0, LISTED)
        .map((c) => ({ label: `    ${c.name}: ${c.live.stage === 'running' ? 'running' : 'starting'}` })),
      ...(more > 0 ? [{ label: `    and ${more} more` }] : []),
      ...broken.map((s) => ({
        label: `⚠ ${s.title}: ${s.problem?.message ?? 'not running'}`,
        action: 'open' as const,
      })),
      ...(snapshot?.warnings ?? []).slice(0, 3).map((w) => ({ label: `⚠ ${w.message}`, action: 'open' as const })),
      separator,
      { label: 'Open Bootlace', action: 'open' },
      { label: 'Quit', action: 'quit' },
    ],
  }
}

export const runningClients = (snapshot: Snapshot | undefined) =>
  snapshot?.clients.filter((c) => c.live.sessions > 0) ?? []

/** What quitting would do to others; absent when nobody is connected. */
export function quitQuestion(snapshot: Snapshot | undefined): { message: string; detail: string } | undefined {
  const running = runningClients(snapshot)
  const sessions = snapshot?.sessions.length ?? 0
  if (running.length === 0 && sessions === 0) return undefined
  const names = running.map((c) => c.name)
  const who =
    names.length === 0
      ? 'A PC is'
      : names.length === 1
        ? `${names[0]} is`
        : `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''} are`
  return {
    message: `${who} running from this computer.`,
    detail:
      'If Bootlace quits, their disks are gone until it starts again. Shut those PCs down first, or close only the window: Bootlace goes on in the tray.',
  }
}
