import type { Snapshot, TimelineEntry } from '../../../src-main/api/dto.ts'
import type { PreflightReport, SetupDraft } from '../../../src-main/api/setup.ts'
import type { World } from '../../../src-renderer/features/setup/facts.ts'
import { client, disk, image } from '../views.ts'

/** An evening at any of its points. */

export const MAC = '52:54:00:00:00:01'
export const GIB = 2 ** 30

export const draft = (o: Partial<SetupDraft> = {}): SetupDraft => ({
  step: 'goal',
  confirmed: [],
  changedMs: 1,
  goal: 'install',
  mac: MAC,
  pcName: 'pc-01',
  firmware: 'BIOS',
  system: 'debian',
  medium: 'cd',
  diskName: 'debian',
  diskSizeBytes: 20 * GIB,
  clonePrefix: 'pc-',
  cloneCount: 3,
  ...o,
})

export const snapshot = (o: Partial<Snapshot> = {}): Snapshot =>
  ({
    engine: { address: '192.168.1.10' },
    services: [],
    clients: [],
    unknown: [],
    disks: [],
    sessions: [],
    jobs: [],
    warnings: [],
    space: { freeBytes: 100 * GIB, totalBytes: 200 * GIB },
    ...o,
  }) as Snapshot

export const world = (
  o: Partial<Snapshot> = {},
  rest: { timeline?: readonly TimelineEntry[]; report?: PreflightReport } = {},
): World => ({ snapshot: snapshot(o), timeline: rest.timeline ?? [], report: rest.report })

type Live = Partial<ReturnType<typeof client>['live']>
export const pc = (o: Parameters<typeof client>[1] = {}, live: Live = {}) => {
  const made = client('pc-01', { mac: MAC, disk: 'debian', ...o })
  return { ...made, live: { ...made.live, ...live } }
}
export const empty = disk('debian', { realBytes: 2 ** 20 })
export const written = disk('debian', { realBytes: GIB })
export const sealed = image('debian', 'debian', 1, 'production')
export const clone = (name: string, clients: string[] = []) => disk(name, { parent: 'debian', clients })

export const entry = (type: string, data: TimelineEntry['data'] = {}): TimelineEntry => ({
  id: 1,
  atMs: 1,
  mac: MAC,
  type,
  text: type,
  data,
})
