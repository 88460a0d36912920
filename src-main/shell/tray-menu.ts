import type { ClientView, Snapshot } from '../api/dto.ts'
import type { Page, ServedBy } from '../api/shell.ts'
import type { ErrorDto } from '../api/wire.ts'
import { someOf, type Words } from './words/words.ts'

/** The tray as data, so that it can be tested where no tray can be seen. */
export type TrayAction =
  | { readonly do: 'open'; readonly page?: Page }
  | { readonly do: 'pause' }
  | { readonly do: 'resume' }
  | { readonly do: 'quit' }
export type TrayItem = { readonly separator: true } | { readonly label: string; readonly action?: TrayAction }
export interface TrayState {
  readonly tooltip: string
  readonly items: readonly TrayItem[]
  readonly icon: TrayIconState
}
/** What the icon itself says. */
export interface TrayIconState {
  readonly count: number
  readonly paused: boolean
  /** Something needs attention. */
  readonly alert: boolean
}
export interface TrayInput {
  readonly snapshot: Snapshot | undefined
  /** Why there is no engine. */
  readonly problem: ErrorDto | undefined
  readonly servedBy: ServedBy | undefined
  readonly words: Words
}

const LISTED = 20
const WARNINGS = 3
const LABEL_LIMIT = 90
const UNDER_WAY: ReadonlySet<string> = new Set(['seen', 'offered', 'loader', 'script', 'sanLogin'])
const separator: TrayItem = { separator: true }
const open = (page?: Page): TrayAction => ({ do: 'open', ...(page && { page }) })

export function trayState({ snapshot, problem, servedBy, words }: TrayInput): TrayState {
  const { t } = words
  const count = runningClients(snapshot).length
  const paused = snapshot?.settings.bootsPaused ?? false
  const head = problem ? t('Bootlace cannot serve') : headOf(snapshot, count, words)
  const warnings = warningItems(snapshot, problem, words)
  return {
    tooltip: `Bootlace: ${head}${paused ? ` (${t('new boots are paused')})` : ''}`,
    icon: { count: problem ? 0 : count, paused, alert: warnings.length > 0 },
    items: [
      { label: head, action: open() },
      ...(problem ? [] : pcItems(snapshot, words)),
      ...warnings,
      separator,
      { label: t('Open Bootlace'), action: open() },
      ...(snapshot && !problem
        ? [
            { label: t('Set up a PC'), action: open('setup') },
            paused
              ? { label: t('Resume new boots'), action: { do: 'resume' } as const }
              : { label: t('Pause new boots'), action: { do: 'pause' } as const },
          ]
        : []),
      separator,
      ...(servedBy === 'service' ? [{ label: t('A service on this computer serves the PCs') }] : []),
      { label: servedBy === 'service' ? t('Quit (PCs go on)') : t('Quit'), action: { do: 'quit' } },
    ],
  }
}

function headOf(snapshot: Snapshot | undefined, count: number, { t, tn }: Words): string {
  if (snapshot === undefined) return t('Starting …')
  return count === 0 ? t('No PC connected') : tn(count, '{n} PC connected', '{n} PCs connected')
}

/** Those that run, then those that start, then those that could not; the others are of no interest in a tray. */
function pcItems(snapshot: Snapshot | undefined, { t }: Words): TrayItem[] {
  const stateOf = (c: ClientView): [rank: number, state: string] | undefined => {
    if (c.live.sessions > 0 && c.live.stage === 'running') return [0, t('running')]
    if (c.live.sessions > 0 || UNDER_WAY.has(c.live.stage)) return [1, t('starting')]
    return c.live.stage === 'failed' ? [2, t('did not start')] : undefined
  }
  const rows = (snapshot?.clients ?? [])
    .flatMap((c) => {
      const state = stateOf(c)
      return state ? [{ rank: state[0], label: `    ${c.name}: ${state[1]}` }] : []
    })
    .sort((a, b) => a.rank - b.rank)
    .map(({ label }): TrayItem => ({ label, action: open('clients') }))
  const more = rows.length - LISTED
  return [
    ...rows.slice(0, LISTED),
    ...(more > 0 ? [{ label: `    ${t('and {more} more', { more })}`, action: open('clients') }] : []),
  ]
}

function warningItems(snapshot: Snapshot | undefined, problem: ErrorDto | undefined, { t }: Words): TrayItem[] {
  const item = (text: string, page?: Page): TrayItem => ({ label: `⚠ ${cut(text)}`, action: open(page) })
  if (problem) return [item(problem.hint ?? problem.message)]
  const unknown = snapshot?.unknown.length ?? 0
  return [
    ...(snapshot?.services ?? [])
      .filter((s) => s.state === 'failed')
      .map((s) => item(`${s.title}: ${s.problem?.message ?? t('not running')}`, 'services')),
    ...(snapshot?.warnings ?? []).slice(0, WARNINGS).map((w) => item(w.message)),
    ...((snapshot?.warnings.length ?? 0) > WARNINGS
      ? [item(t('and {more} more', { more: snapshot!.warnings.length - WARNINGS }))]
      : []),
    ...(unknown > 0 && snapshot?.clients.length === 0 ? [item(t('A PC waits to be set up'), 'clients')] : []),
  ]
}

/** A menu as wide as the screen helps nobody; the window has the whole sentence. */
const cut = (text: string): string =>
  text.length <= LABEL_LIMIT ? text : `${text.slice(0, LABEL_LIMIT - 1).trimEnd()}…`

export const runningClients = (snapshot: Snapshot | undefined): readonly ClientView[] =>
  snapshot?.clients.filter((c) => c.live.sessions > 0) ?? []

/** Whether somebody reads and writes on this computer's disks just now. */
export const isServing = (snapshot: Snapshot | undefined): boolean =>
  runningClients(snapshot).length > 0 || (snapshot?.sessions.length ?? 0) > 0

export interface QuitQuestion {
  readonly message: string
  readonly detail: string
  /** The first keeps serving. */
  readonly buttons: readonly [string, string]
}

/** What quitting would do to others; absent when nobody is connected, or when a service goes on serving. */
export function quitQuestion(
  snapshot: Snapshot | undefined,
  servedBy: ServedBy | undefined,
  words: Words,
): QuitQuestion | undefined {
  if (servedBy === 'service' || !isServing(snapshot)) return undefined
  const { t, tn } = words
  const names = runningClients(snapshot).map((c) => c.name)
  return {
    message:
      names.length === 0
        ? t('A PC is running from this computer.')
        : tn(names.length, '{names} is running from this computer.', '{names} are running from this computer.', {
            names: someOf(names, words),
          }),
    detail: t(
      'If Bootlace quits, their disks are gone until it starts again. Shut those PCs down first, or close only the window: Bootlace goes on in the tray.',
    ),
    buttons: [t('Keep serving'), t('Quit anyway')],
  }
}
