import type { ClientView, DiskView, RestorePointView } from '../../../src-main/api/dto.ts'
import { heard } from '../../i18n/heard.ts'
import { t, tn } from '../../i18n/i18n.svelte.ts'
import { some } from '../../state/words.ts'

/** What can be done with a disk, and why something cannot be done now: the engine's own checks, said beforehand. */

export type ActionId =
  'clone' | 'promote' | 'snapshot' | 'revert' | 'reset' | 'merge' | 'seal' | 'export' | 'check' | 'limit' | 'delete'

export interface Action {
  readonly id: ActionId
  readonly label: string
  /** Why not now, as a sentence that says what to do first. Absent: it can be done. */
  readonly reason?: string
}

/** Files that a disk may stand on. */
const DEEPEST = 8

/** In the reader's language. */
const labels = (): Readonly<Record<ActionId, string>> => ({
  clone: t('Make disks from it'),
  promote: t('Choose who gets it'),
  snapshot: t('Keep a restore point'),
  revert: t('Go back'),
  reset: t('Reset to image'),
  merge: t('Make a new image version'),
  seal: t('Seal as an image of its own'),
  export: t('Export'),
  check: t('Check'),
  limit: t('Limit'),
  delete: t('Delete'),
})
const OF_IMAGES: readonly ActionId[] = ['clone', 'promote', 'export', 'check', 'delete']
const OF_DISKS: readonly ActionId[] = [
  'snapshot',
  'revert',
  'reset',
  'merge',
  'seal',
  'export',
  'check',
  'limit',
  'delete',
]
/** These read the disk through to its end or change what it stands on. */
const NEEDS_HEALTH: readonly ActionId[] = ['clone', 'promote', 'snapshot', 'merge', 'seal', 'export']

/** PCs that run from a disk at this moment, or have it as their second drive. */
export function runningOn(disk: DiskView, clients: readonly ClientView[]): string[] {
  const names = clients.filter((c) => c.live.sessions > 0 && disk.clients.includes(c.name)).map((c) => c.name)
  return names.length > 0 || disk.sessions === 0 ? names : [t('a PC')]
}

export function actionsOf(disk: DiskView, clients: readonly ClientView[], disks: readonly DiskView[]): Action[] {
  const words = labels()
  return (disk.sealed ? OF_IMAGES : OF_DISKS).map((id) => {
    const reason = reasonAgainst(id, disk, clients, disks)
    return { id, label: words[id], ...(reason !== undefined && { reason }) }
  })
}

function reasonAgainst(
  id: ActionId,
  disk: DiskView,
  clients: readonly ClientView[],
  disks: readonly DiskView[],
): string | undefined {
  const never = neverReason(id, disk)
  if (never !== undefined || id === 'limit') return never
  // At the next start of its PC a disk can be reset while it is in use.
  if (id === 'reset' && disk.clients.length > 0) return undefined
  if (disk.busy !== undefined) return t('Wait a moment: {why}.', { why: heard(disk.busy) })
  const running = runningOn(disk, clients)
  if (running.length > 0 && !(disk.sealed && id !== 'delete')) {
    return running[0] === t('a PC') ? t('A PC is using it: shut that PC down first.') : runningReason(running)
  }
  if (disk.health === 'broken' && NEEDS_HEALTH.includes(id)) return t('It is broken: mend it first.')
  return id === 'delete' ? deletionReason(disk, disks) : undefined
}

const runningReason = (names: readonly string[]): string =>
  tn(
    names.length,
    'Shut {names} down first: it is running with it.',
    'Shut {names} down first: they are running with it.',
    { names: some(names) },
  )

/** What no waiting changes. */
function neverReason(id: ActionId, disk: DiskView): string | undefined {
  switch (id) {
    case 'clone':
      return disk.depth >= DEEPEST ? t('It stands on too many versions: make disks from an earlier one.') : undefined
    case 'snapshot':
      return disk.depth >= DEEPEST
        ? t('It has as many restore points below it as it can have: delete some first.')
        : undefined
    case 'revert':
      return disk.restorePoints.length === 0 ? t('It has no restore points to go back to yet.') : undefined
    case 'reset':
      return disk.parent === undefined ? t('It was not made from an image.') : undefined
    case 'merge':
      return disk.parent === undefined
        ? t('It was not made from an image: use “Seal as an image of its own”.')
        : undefined
    default:
      return undefined
  }
}

function deletionReason(disk: DiskView, disks: readonly DiskView[]): string | undefined {
  if (disk.clients.length > 0)
    return tn(
      disk.clients.length,
      '{names} has it: give that PC another disk first.',
      '{names} have it: give each of them another disk first.',
      { names: some(disk.clients) },
    )
  if (disk.children.length > 0)
    return tn(disk.children.length, '{names} needs it.', '{names} need it.', { names: some(disk.children) })
  const siblings = disks.filter((d) => d.image?.family === disk.image?.family && d.name !== disk.name)
  if (disk.image?.channel === 'production' && siblings.length > 0)
    return t('It is the version that everybody gets: give another one to everybody first.')
  return undefined
}

/** Why a restore point cannot be deleted now. */
export function pointReason(
  disk: DiskView,
  point: RestorePointView,
  clients: readonly ClientView[],
): string | undefined {
  const above = disk.restorePoints.filter((p) => p.basePoint === point.id)
  if (above.length > 0)
    return t('Delete what stands on it first: {names}.', { names: some(above.map((p) => `“${p.note}”`)) })
  if (point.current && disk.sealed) return t('The image stands on it.')
  if (!point.current) return undefined
  if (disk.busy !== undefined) return t('Wait a moment: {why}.', { why: heard(disk.busy) })
  const running = runningOn(disk, clients)
  return running.length > 0 ? runningReason(running) : undefined
}

/** The state of a disk in two or three words, the gravest first. */
export function stateOf(
  disk: DiskView,
  clients: readonly ClientView[],
): { readonly text: string; readonly tone: 'quiet' | 'busy' | 'good' | 'bad' } {
  if (disk.health === 'broken') return { text: t('Broken'), tone: 'bad' }
  if (disk.busy !== undefined) return { text: t('Busy'), tone: 'busy' }
  if (runningOn(disk, clients).length > 0) return { text: t('In use'), tone: 'good' }
  if (disk.health === 'warning') return { text: t('Look at it'), tone: 'bad' }
  return disk.clients.length > 0 ? { text: t('PC is off'), tone: 'quiet' } : { text: t('No PC yet'), tone: 'quiet' }
}

/** What a restore point stands on. */
export function pointBase(disk: DiskView, point: RestorePointView): string {
  const below = disk.restorePoints.find((p) => p.id === point.basePoint)
  if (below) return t('stands on “{note}”', { note: below.note })
  return point.parent === undefined ? t('stands alone') : t('stands on {image}', { image: point.parent })
}

export const pointsWords = (disk: DiskView): string =>
  tn(disk.restorePoints.length, '{n} restore point', '{n} restore points')
