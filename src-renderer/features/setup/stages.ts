import type { ClientView, TimelineEntry } from '../../../src-main/api/dto.ts'
import type { SetupDraft } from '../../../src-main/api/setup.ts'
import { t } from '../../i18n/i18n.svelte.ts'
import { bootStep } from '../../state/words.ts'
import { clientOf, diskOf, hasLeft, hasWritten, type World } from './facts.ts'

/** What can be watched of a PC, stage by stage, from what it does on the network. */
export interface Stage {
  readonly label: string
  readonly state: 'done' | 'now' | 'open' | 'failed'
}

const lit = (labels: readonly string[], reached: number, failed: boolean): Stage[] =>
  labels.map((label, i) => ({
    label,
    state: i + 1 < reached ? 'done' : i + 1 === reached ? (failed ? 'failed' : 'now') : 'open',
  }))

/** What this PC told since it was last switched on. */
export function thisBoot(timeline: readonly TimelineEntry[], mac: string): readonly TimelineEntry[] {
  const own = timeline.filter((entry) => entry.mac === mac)
  const begin = own.findLastIndex((entry) => entry.type === 'seen')
  return begin < 0 ? own : own.slice(begin)
}
/** The loader found the disk empty and left for the PC's own medium, with the disk attached. */
export const foundEmpty = (entries: readonly TimelineEntry[]): boolean =>
  entries.some((entry) => entry.type === 'report' && entry.data['stage'] === 'emptyDisk')

/** How far a failed boot had come, by what was told of it. */
function reachedBefore(entries: readonly TimelineEntry[]): number {
  const types = new Set(entries.map((entry) => entry.type))
  if (types.has('sanLogin')) return 4
  if (types.has('script') || types.has('report')) return 3
  return types.has('loader') ? 2 : 1
}
const reachedOf = (client: ClientView | undefined, entries: readonly TimelineEntry[]): number => {
  if (!client) return 0
  return client.live.stage === 'failed' ? reachedBefore(entries) : bootStep(client.live.stage)
}

export function installStages(d: SetupDraft, w: World): Stage[] {
  const client = clientOf(d, w)
  const entries = client ? thisBoot(w.timeline, client.mac) : []
  const labels = [
    t('Switched on'),
    t('Loader fetched'),
    t('Disk attached'),
    t('Installer at work'),
    t('System written'),
  ]
  const written = client !== undefined && hasWritten(d, w) && hasLeft(client)
  if (written || client?.stage === 'run') return labels.map((label) => ({ label, state: 'done' }))
  const failed = client?.live.stage === 'failed'
  const wrote = (client?.live.bytesWritten ?? 0) > 0 && client!.live.sessions > 0
  const boot = reachedOf(client, entries)
  // Loader 2, instructions 3, disk 4, running 5.
  const reached = wrote || boot === 5 ? (hasWritten(d, w) ? 5 : 4) : boot >= 4 ? 3 : Math.min(boot, 2)
  return lit(labels, reached, failed)
}

export function bootStages(d: SetupDraft, w: World): Stage[] {
  const client = clientOf(d, w)
  const labels = [t('Switched on'), t('Loader fetched'), t('Instructions read'), t('Disk opened'), t('System runs')]
  const running = client?.live.stage === 'running'
  if (running) return labels.map((label) => ({ label, state: 'done' }))
  const entries = client ? thisBoot(w.timeline, client.mac) : []
  return lit(labels, reachedOf(client, entries), client?.live.stage === 'failed')
}

/** A start that tells nothing for this long has most likely stopped. */
const STALLED_MS = 3 * 60_000
/** What to look at when nothing happens; undefined when all is well. */
export function stalled(client: ClientView | undefined, nowMs: number): string | undefined {
  if (!client) return undefined
  const { stage, sinceMs, writeBytesPerSecond } = client.live
  if (stage === 'running' || bootStep(stage) === 0 || writeBytesPerSecond > 0 || nowMs - sinceMs < STALLED_MS)
    return undefined
  switch (stage) {
    case 'seen':
    case 'offered':
      return t(
        'It asked, but did not fetch its loader. Is Secure Boot off? Does another network boot server answer? Switch it off and on again; the network check may tell more.',
      )
    case 'loader':
      return t(
        'It has the loader, but the loader does not answer. Switch it off and on again; if that does not help, choose another loader under PCs, “Change”.',
      )
    default:
      return t(
        'Nothing was heard of it for a while. Look at its screen: it may wait for a key or for your answers; if it stands still, switch it off and on again.',
      )
  }
}
/** All that the disk holds so far. */
export const writtenBytes = (d: SetupDraft, w: World): number =>
  Math.max(clientOf(d, w)?.live.bytesWritten ?? 0, diskOf(d, w)?.realBytes ?? 0)

export function stageName(stage: ClientView['live']['stage']): string {
  switch (stage) {
    case 'off':
    case 'gone':
      return t('Off')
    case 'seen':
    case 'offered':
      return t('Switched on')
    case 'loader':
      return t('Loader fetched')
    case 'script':
      return t('Instructions read')
    case 'sanLogin':
      return t('Disk opened')
    case 'running':
      return t('Running')
    case 'failed':
      return t('Needs help')
  }
}
