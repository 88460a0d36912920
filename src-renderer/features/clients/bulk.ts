import type { ClientChange, ClientView, DiskView, NewClient } from '../../../src-main/api/dto.ts'
import { startsFresh } from '../../state/images.ts'
import type { DiskIndex } from './pc-facts.ts'

/** What is done to many PCs at once, what of it would be lost, and how it is taken back. */

/** What is to become of all of them; what is absent stays as it is. */
export interface BulkChange {
  readonly stage?: ClientView['stage']
  /** `null`: no start of another kind. */
  readonly next?: ClientView['stage'] | null
  readonly keep?: ClientView['keep']
  readonly keepUntilMs?: number
  readonly channel?: ClientView['channel']
  /** `null`: in no group. */
  readonly group?: string | null
}

/** Only those that differ, each with what takes it back. */
export function plannedChanges(
  clients: readonly ClientView[],
  change: BulkChange,
): { readonly client: ClientView; readonly to: ClientChange; readonly back: ClientChange }[] {
  return clients.flatMap((client) => {
    const to: Record<string, unknown> = {}
    const back: Record<string, unknown> = {}
    if (change.stage !== undefined && change.stage !== client.stage) {
      to['stage'] = change.stage
      back['stage'] = client.stage
    }
    if (change.next !== undefined && change.next !== (client.next ?? null)) {
      to['next'] = change.next
      back['next'] = client.next ?? null
    }
    if (change.channel !== undefined && change.channel !== client.channel) {
      to['channel'] = change.channel
      back['channel'] = client.channel
    }
    if (change.group !== undefined && change.group !== (client.group ?? null)) {
      to['group'] = change.group
      back['group'] = client.group ?? null
    }
    if (change.keep !== undefined && (change.keep !== client.keep || change.keepUntilMs !== client.keepUntilMs)) {
      to['keep'] = change.keep
      if (change.keepUntilMs !== undefined) to['keepUntilMs'] = change.keepUntilMs
      back['keep'] = client.keep
      if (client.keepUntilMs !== undefined) back['keepUntilMs'] = client.keepUntilMs
    }
    if (Object.keys(to).length === 0) return []
    const id = client.mac
    return [{ client, to: { id, ...to }, back: { id, ...back } }]
  })
}

/** What somebody would lose. */
export interface Loss {
  readonly name: string
  readonly bytes: number
}
export const lostBytes = (losses: readonly Loss[]): number => losses.reduce((sum, loss) => sum + loss.bytes, 0)

/** PCs that keep what they write and would throw it away at their next start after the change. */
export function lossesOf(clients: readonly ClientView[], change: BulkChange, index: DiskIndex, nowMs: number): Loss[] {
  const { keep, keepUntilMs } = change
  if (keep === undefined || keep === 'always') return []
  return clients.flatMap((client) => {
    const disk = index.find(client.disk)
    if (!disk || startsFresh(client, disk, nowMs)) return []
    const { keepUntilMs: _, ...rest } = client
    const after: ClientView = { ...rest, keep, ...(keepUntilMs !== undefined && { keepUntilMs }) }
    return startsFresh(after, disk, nowMs) ? [{ name: client.name, bytes: disk.realBytes }] : []
  })
}

/** How a PC is reset, or why not. */
export type ResetPlan =
  | { readonly client: ClientView; readonly disk: DiskView; readonly can: 'now' | 'nextStart' }
  | { readonly client: ClientView; readonly disk: undefined; readonly can: 'never' }

/** Of a running PC, or one whose disk is busy, the disk is reset at its next start. */
export function resetPlans(clients: readonly ClientView[], index: DiskIndex): ResetPlan[] {
  return clients.map((client) => {
    const disk = index.find(client.disk)
    if (!disk || disk.sealed || disk.parent === undefined) return { client, disk: undefined, can: 'never' }
    const busy = client.live.sessions > 0 || disk.sessions > 0 || disk.busy !== undefined
    return { client, disk, can: busy ? 'nextStart' : 'now' }
  })
}

/** Disks that only these PCs use and that can go with them. */
export function disksOnlyOf(clients: readonly ClientView[], index: DiskIndex): DiskView[] {
  const names = new Set(clients.map((client) => client.name))
  const disks = clients.flatMap((client) => [index.find(client.disk), index.find(client.secondDisk)])
  return [...new Set(disks)].filter(
    (disk): disk is DiskView =>
      disk !== undefined &&
      !disk.sealed &&
      disk.children.length === 0 &&
      disk.busy === undefined &&
      disk.clients.every((name) => names.has(name)),
  )
}

/** A PC as it was before it was forgotten. */
export function asNew(client: ClientView): NewClient {
  const { createdMs: _, live: __, ...fields } = client
  return fields
}

/** Does it for each of them, whatever becomes of the others. */
export async function forEachOf<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<{
  readonly done: { readonly item: T; readonly result: R }[]
  readonly failed: { readonly item: T; readonly thrown: unknown }[]
}> {
  const outcomes = await Promise.allSettled(items.map((item) => work(item)))
  const done: { item: T; result: R }[] = []
  const failed: { item: T; thrown: unknown }[] = []
  outcomes.forEach((outcome, i) => {
    const item = items[i]!
    if (outcome.status === 'fulfilled') done.push({ item, result: outcome.value })
    else failed.push({ item, thrown: outcome.reason })
  })
  return { done, failed }
}
