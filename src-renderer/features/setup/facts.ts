import type { ClientView, DiskView, JobView, Snapshot, TimelineEntry } from '../../../src-main/api/dto.ts'
import type { PreflightReport, SetupDraft } from '../../../src-main/api/setup.ts'
import { find } from '../../state/images.ts'
import { nextNames } from '../../state/name-pattern.ts'
import { isDiskName, isPcName, isPrefix, macOf } from './names.ts'
import { mediumProblem } from './systems.ts'

/** What is done, read off the disks, PCs and jobs there are; what somebody did in another window or on the command line
 *  counts just as well. */

export interface World {
  readonly snapshot: Snapshot
  readonly timeline: readonly TimelineEntry[]
  /** Absent until the network was looked at in this window. */
  readonly report: PreflightReport | undefined
}

/** An installer that wrote less than this has not put a system on the disk. */
const LEAST_SYSTEM_BYTES = 64 * 2 ** 20

export const clientOf = (d: SetupDraft, w: World): ClientView | undefined =>
  d.mac === undefined ? undefined : w.snapshot.clients.find((c) => c.mac === d.mac)
export const diskOf = (d: SetupDraft, w: World): DiskView | undefined => find(w.snapshot.disks, d.diskName)
export const confirmed = (d: SetupDraft, what: string): boolean => d.confirmed.includes(what)

/** The newest job of a kind on the draft's disk. */
export function jobOf(d: SetupDraft, w: World, kind: JobView['kind']): JobView | undefined {
  const own = w.snapshot.jobs.find((job) => job.id === d.jobId && job.kind === kind)
  if (own || d.diskName === undefined) return own
  return w.snapshot.jobs.filter((job) => job.kind === kind && job.title.endsWith(` ${d.diskName}`)).at(-1)
}

/** Disks made from the draft's image, PCs' own only. */
export const clonesOf = (d: SetupDraft, w: World): readonly DiskView[] =>
  d.diskName === undefined ? [] : w.snapshot.disks.filter((disk) => disk.parent === d.diskName && !disk.sealed)

/** The disk, or one made from it, is the PC's. */
export function hasDisk(d: SetupDraft, w: World): boolean {
  const client = clientOf(d, w)
  if (client?.disk === undefined || d.diskName === undefined || !diskOf(d, w)) return false
  return client.disk === d.diskName || find(w.snapshot.disks, client.disk)?.parent === d.diskName
}
/** The disk came from this draft, though no PC may have it yet. */
export const isOwnDisk = (d: SetupDraft, w: World): boolean =>
  diskOf(d, w) !== undefined && (confirmed(d, `disk:${d.diskName}`) || hasDisk(d, w))

export const isSealed = (d: SetupDraft, w: World): boolean => diskOf(d, w)?.sealed === true

export const firmwareOf = (d: SetupDraft, w: World): SetupDraft['firmware'] => {
  const seen = clientOf(d, w)?.live.firmware ?? w.snapshot.unknown.find((machine) => machine.mac === d.mac)?.firmware
  return seen === 'BIOS' || seen === 'UEFI' ? seen : d.firmware
}

export type PcProblem = 'mac' | 'name' | 'taken'
export function pcProblem(d: SetupDraft, w: World): PcProblem | undefined {
  if (d.mac === undefined || macOf(d.mac) === undefined) return 'mac'
  if (!isPcName(d.pcName ?? '')) return 'name'
  return w.snapshot.clients.some((c) => c.name === d.pcName!.trim().toLowerCase() && c.mac !== d.mac)
    ? 'taken'
    : undefined
}

export function mediumReady(d: SetupDraft, w: World): boolean {
  if (d.system === undefined || d.medium === undefined) return false
  // Once the system is on the disk its medium is of no concern.
  if (isInstalled(d, w)) return true
  const firmware = firmwareOf(d, w)
  if (firmware === undefined || mediumProblem(d.medium, firmware, d.system) !== undefined) return false
  if (d.medium === 'http') return !!d.kernelFile?.trim() && !!d.initrdFile?.trim()
  if (d.medium === 'cd') return true
  if (d.isoBlock === 'refuse' || (d.isoBlock === 'stop' && !d.isoKnowingly)) return false
  // A BIOS PC starts any ISO, but the Setup of Windows does not find its files again like that.
  return !!d.isoFile?.trim() && (d.isoNetwork === true || (firmware === 'BIOS' && d.system !== 'windows'))
}

export type DiskProblem = 'name' | 'taken' | 'size'
export function diskProblem(d: SetupDraft, w: World): DiskProblem | undefined {
  if (isOwnDisk(d, w)) return undefined
  if (!isDiskName(d.diskName ?? '')) return 'name'
  if (diskOf(d, w)) return 'taken'
  return d.goal === 'install' && !(d.diskSizeBytes !== undefined && d.diskSizeBytes >= 2 ** 20) ? 'size' : undefined
}

/** Anything of a system is on the disk. */
export const hasWritten = (d: SetupDraft, w: World): boolean => (diskOf(d, w)?.realBytes ?? 0) >= LEAST_SYSTEM_BYTES
/** The PC let go of its disk, or is on its way through another start. */
export function hasLeft(client: ClientView): boolean {
  const { stage, sessions } = client.live
  if (stage === 'seen' || stage === 'offered' || stage === 'loader') return true
  return sessions === 0 && (stage === 'gone' || stage === 'script')
}
/** The PC is to start from the disk by itself, or got past that. */
export function isInstalled(d: SetupDraft, w: World): boolean {
  if (isSealed(d, w)) return true
  return hasDisk(d, w) && clientOf(d, w)!.stage === 'run'
}

/** The PC ran from the disk on its own. */
export function hasBooted(d: SetupDraft, w: World): boolean {
  if (confirmed(d, 'boot') || (d.goal !== 'boot' && isSealed(d, w))) return true
  return isRunning(d, w)
}
export function isRunning(d: SetupDraft, w: World): boolean {
  const client = clientOf(d, w)
  return client?.stage === 'run' && client.live.stage === 'running' && hasDisk(d, w)
}
/** No session is open on the disk, and the PC does not start just now. */
export function isOff(d: SetupDraft, w: World): boolean {
  const client = clientOf(d, w)
  if (!client) return (diskOf(d, w)?.sessions ?? 0) === 0
  return client.live.sessions === 0 && (client.live.stage === 'gone' || client.live.stage === 'off')
}

/** The PC has a disk of its own made from the image. */
export function hasClone(d: SetupDraft, w: World): boolean {
  const client = clientOf(d, w)
  const clones = clonesOf(d, w)
  if (!isSealed(d, w) || clones.length === 0) return false
  return client === undefined || clones.some((clone) => clone.name === client.disk)
}
/** Names of the disks that are to be made: the first PC's first, then the next that are free. */
export function cloneNames(d: SetupDraft, w: World): string[] {
  const count = d.cloneCount ?? 0
  if (count < 1 || !isPrefix(d.clonePrefix ?? '')) return []
  const disks = new Set(w.snapshot.disks.map((disk) => disk.name))
  const own = clientOf(d, w)?.name
  // Names of other PCs are theirs, and so are their disks.
  const taken = new Set([...disks, ...w.snapshot.clients.map((c) => c.name)])
  const first = own !== undefined && !disks.has(own) ? [own] : []
  return [...first, ...nextNames(d.clonePrefix!, count - first.length, taken)]
}
/** PCs that start from disks made from the image. */
export const room = (d: SetupDraft, w: World): readonly ClientView[] => {
  const clones = new Set(clonesOf(d, w).map((disk) => disk.name))
  return w.snapshot.clients.filter((c) => c.disk !== undefined && clones.has(c.disk))
}
export const runningIn = (clients: readonly ClientView[]): number =>
  clients.filter((c) => c.live.stage === 'running').length
/** Disks that are ready for PCs which have not come yet. */
export const waitingClones = (d: SetupDraft, w: World): number =>
  clonesOf(d, w).filter((disk) => disk.clients.length === 0).length

/** What is to be done without being asked, as soon as the world allows it. */
export type NextAct = 'attach' | 'installed' | 'booted' | 'installBegan'
export function nextAct(d: SetupDraft, w: World): NextAct | undefined {
  const client = clientOf(d, w)
  const disk = diskOf(d, w)
  if ((d.goal === 'image' || d.goal === 'convert') && d.step === 'create' && !hasDisk(d, w)) {
    if (disk && confirmed(d, `disk:${d.diskName}`) && disk.busy === undefined) return 'attach'
  }
  if (!client || !disk || client.disk !== d.diskName) return undefined
  if (d.goal === 'install' && client.stage === 'install') {
    if (confirmed(d, 'again')) return client.live.stage === 'running' ? 'installBegan' : undefined
    if (hasWritten(d, w) && hasLeft(client)) return 'installed'
  }
  return isRunning(d, w) && !confirmed(d, 'boot') ? 'booted' : undefined
}
