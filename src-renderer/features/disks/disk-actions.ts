import type { ClientView, DiskView, RestorePointView } from '../../../src-main/api/dto.ts'
import { count, some } from '../../state/words.ts'

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

const LABELS: Readonly<Record<ActionId, string>> = {
  clone: 'Make disks from it',
  promote: 'Choose who gets it',
  snapshot: 'Keep a restore point',
  revert: 'Go back',
  reset: 'Reset to image',
  merge: 'Make a new image version',
  seal: 'Seal as an image of its own',
  export: 'Export',
  check: 'Check',
  limit: 'Limit',
  delete: 'Delete',
}
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
  return names.length > 0 || disk.sessions === 0 ? names : ['a PC']
}

export function actionsOf(disk: DiskView, clients: readonly ClientView[], disks: readonly DiskView[]): Action[] {
  return (disk.sealed ? OF_IMAGES : OF_DISKS).map((id) => {
    const reason = reasonAgainst(id, disk, clients, disks)
    return { id, label: LABELS[id], ...(reason !== undefined && { reason }) }
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
  if (disk.busy !== undefined) return `Wait a moment: ${disk.busy}.`
  const running = runningOn(disk, clients)
  if (running.length > 0 && !(disk.sealed && id !== 'delete')) {
    return running[0] === 'a PC' ? 'A PC is using it: shut that PC down first.' : runningReason(running)
  }
  if (disk.health === 'broken' && NEEDS_HEALTH.includes(id)) return 'It is broken: mend it first.'
  return id === 'delete' ? deletionReason(disk, disks) : undefined
}

const runningReason = (names: readonly string[]): string =>
  `Shut ${some(names)} down first: ${names.length === 1 ? 'it is' : 'they are'} running with it.`

/** What no waiting changes. */
function neverReason(id: ActionId, disk: DiskView): string | undefined {
  switch (id) {
    case 'clone':
      return disk.depth >= DEEPEST ? 'It stands on too many versions: make disks from an earlier one.' : undefined
    case 'snapshot':
      return disk.depth >= DEEPEST
        ? 'It has as many restore points below it as it can have: delete some first.'
        : undefined
    case 'revert':
      return disk.restorePoints.length === 0 ? 'It has no restore points to go back to yet.' : undefined
    case 'reset':
      return disk.parent === undefined ? 'It was not made from an image.' : undefined
    case 'merge':
      return disk.parent === undefined ? 'It was not made from an image: use “Seal as an image of its own”.' : undefined
    default:
      return undefined
  }
}

function deletionReason(disk: DiskView, disks: readonly DiskView[]): string | undefined {
  if (disk.clients.length > 0)
    return `${some(disk.clients)} ${disk.clients.length === 1 ? 'has' : 'have'} it: give ${disk.clients.length === 1 ? 'that PC' : 'each of them'} another disk first.`
  if (disk.children.length > 0) return `${some(disk.children)} ${disk.children.length === 1 ? 'needs' : 'need'} it.`
  const siblings = disks.filter((d) => d.image?.family === disk.image?.family && d.name !== disk.name)
  if (disk.image?.channel === 'production' && siblings.length > 0)
    return 'It is the version that everybody gets: give another one to everybody first.'
  return undefined
}

/** Why a restore point cannot be deleted now. */
export function pointReason(
  disk: DiskView,
  point: RestorePointView,
  clients: readonly ClientView[],
): string | undefined {
  const above = disk.restorePoints.filter((p) => p.basePoint === point.id)
  if (above.length > 0) return `Delete what stands on it first: ${some(above.map((p) => `“${p.note}”`))}.`
  if (point.current && disk.sealed) return 'The image stands on it.'
  if (!point.current) return undefined
  if (disk.busy !== undefined) return `Wait a moment: ${disk.busy}.`
  const running = runningOn(disk, clients)
  return running.length > 0 ? runningReason(running) : undefined
}

/** The state of a disk in two or three words, the gravest first. */
export function stateOf(
  disk: DiskView,
  clients: readonly ClientView[],
): { readonly text: string; readonly tone: 'quiet' | 'busy' | 'good' | 'bad' } {
  if (disk.health === 'broken') return { text: 'Broken', tone: 'bad' }
  if (disk.busy !== undefined) return { text: 'Busy', tone: 'busy' }
  if (runningOn(disk, clients).length > 0) return { text: 'In use', tone: 'good' }
  if (disk.health === 'warning') return { text: 'Look at it', tone: 'bad' }
  return disk.clients.length > 0 ? { text: 'PC is off', tone: 'quiet' } : { text: 'No PC yet', tone: 'quiet' }
}

/** What a restore point stands on. */
export function pointBase(disk: DiskView, point: RestorePointView): string {
  const below = disk.restorePoints.find((p) => p.id === point.basePoint)
  if (below) return `stands on “${below.note}”`
  return point.parent === undefined ? 'stands alone' : `stands on ${point.parent}`
}

export const pointsWords = (disk: DiskView): string => count(disk.restorePoints.length, 'restore point')
