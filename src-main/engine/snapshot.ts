import type { ClientView, DiskView, Problem, RestorePointView, Snapshot } from '../api/dto.ts'
import type { Settings } from '../api/settings.ts'
import type { BootPathView } from '../boot/boot-paths.ts'
import { targetNameOf } from '../boot/names.ts'
import { formatSize } from '../base/units.ts'
import type { Client } from '../clients/client.ts'
import type { WakeDesk } from '../clients/wake-desk.ts'
import type { LiveBoard } from '../clients/live-board.ts'
import type { ClientRegistry } from '../clients/registry.ts'
import type { DiskRecord, RestorePoint } from '../disks/disk-record.ts'
import type { SessionView } from '../iscsi/target.ts'
import type { BootChoicesBook } from './boot/choices.ts'
import type { Images } from './disks/images.ts'
import type { DiskLibrary } from './disks/library.ts'
import type { DiskLife } from './disks/life.ts'
import type { SpaceView, SpaceWatch } from './disks/space.ts'
import type { Jobs } from './jobs.ts'
import type { LetIn } from './let-in.ts'
import { problemOf, type Services } from './services.ts'
import type { Setup } from './setup/setup.ts'
import type { Traffic } from './traffic.ts'
import { wakeScheduleViews } from './wake.ts'

/** What the views are made of. */
export interface Parts {
  readonly engine: () => Snapshot['engine']
  readonly services: Services
  readonly registry: ClientRegistry
  readonly board: LiveBoard
  readonly disks: DiskLibrary
  readonly life: DiskLife
  readonly images: Images
  readonly space: SpaceWatch
  readonly jobs: Jobs
  readonly traffic: Traffic
  readonly settings: { now(): Settings }
  readonly sessions: () => readonly SessionView[]
  readonly letIn: Pick<LetIn, 'namesOf' | 'refused'>
  readonly bootChoices: Pick<BootChoicesBook, 'view'>
  readonly wakeDesk: Pick<WakeDesk, 'schedules' | 'wake' | 'add' | 'remove'>
  readonly bootPathOf: (mac: string) => BootPathView | undefined
  readonly setup: Pick<Setup, 'draft' | 'enrolment'>
}

/** Shares of the host's disk in use that people are told of, the gravest first. */
const FULL_STEPS = [0.95, 0.85, 0.7] as const

export function clientView(parts: Parts, client: Client): ClientView {
  const machine = parts.registry.machine(client.mac)
  const live = parts.board.of(client.mac)
  const initiators = parts.letIn.namesOf(client)
  const bootPath = parts.bootPathOf(client.mac)
  return {
    ...client,
    ...(initiators.length > 0 && { initiators }),
    chap: client.chap ?? 'off',
    exclusive: client.exclusive ?? false,
    ...(bootPath && { bootPath }),
    live: {
      ...live,
      ...(machine?.ip !== undefined && { ip: machine.ip }),
      ...(machine?.firmware !== undefined && { firmware: machine.firmware }),
      sessions: parts.board.sessionsOf(client.mac),
      ...parts.traffic.of(client.mac),
    },
  }
}

export function pointView(parts: Parts, disk: DiskRecord, point: RestorePoint): RestorePointView {
  return {
    id: point.id,
    note: point.note,
    createdMs: point.createdMs,
    realBytes: parts.disks.realBytes(point),
    current: disk.basePoint === point.id,
    ...(point.basePoint !== undefined && { basePoint: point.basePoint }),
    ...(point.parent !== undefined && { parent: point.parent }),
  }
}

export function diskView(parts: Parts, disk: DiskRecord, sessions = parts.sessions()): DiskView {
  const targetName = targetNameOf(disk.name)
  const problem = parts.disks.problemOf(disk)
  const busy = parts.disks.heldBecause(disk.name)
  return {
    name: disk.name,
    format: disk.format,
    sizeBytes: disk.sizeBytes,
    realBytes: parts.disks.realBytes(disk),
    file: parts.disks.pathOf(disk),
    targetName,
    serial: disk.serial,
    ...(disk.parent !== undefined && { parent: disk.parent }),
    sealed: disk.sealedMs !== undefined,
    ...(disk.contentHash !== undefined && { contentHash: disk.contentHash }),
    ...(disk.image && { image: disk.image }),
    restorePoints: parts.disks.pointsOf(disk.name).map((point) => pointView(parts, disk, point)),
    children: parts.disks.childrenOf(disk.name).filter((name) => name !== disk.name),
    depth: parts.disks.depthOf(disk),
    ...(disk.quotaBytes !== undefined && { quotaBytes: disk.quotaBytes }),
    resetAtBoot: disk.resetAtBoot ?? false,
    ...(busy !== undefined && { busy }),
    health: problem ? 'broken' : 'ok',
    ...(problem && { problem: problemOf(problem) }),
    clients: parts.registry.usersOf(disk.name).map((c) => c.name),
    sessions: sessions.filter((s) => s.targetName === targetName).length,
    createdMs: disk.createdMs,
  }
}

/** Time between two snapshots: a quarter of a second, and longer for a room of PCs, of which each takes its time to draw. Milliseconds. */
export const snapshotEveryMs = (pcs: number): number => Math.max(250, 2 * pcs)

export function snapshot(parts: Parts): Snapshot {
  const space = parts.space.now()
  const enrolment = parts.setup.enrolment.view()
  const draft = parts.setup.draft.draft
  const sessions = parts.sessions()
  return {
    engine: parts.engine(),
    services: parts.services.list(),
    refused: parts.letIn.refused(),
    clients: parts.registry.all().map((c) => clientView(parts, c)),
    unknown: parts.registry.unknown().map((m) => ({
      mac: m.mac,
      ...(m.firmware !== undefined && { firmware: m.firmware }),
      ...(m.ip !== undefined && { ip: m.ip }),
      firstSeenMs: m.firstSeenMs,
      lastSeenMs: m.lastSeenMs,
    })),
    disks: parts.disks.all().map((d) => diskView(parts, d, sessions)),
    sessions: sessions.map(
      ({ id, initiatorName, targetName, remoteAddress, kind, startedMs, bytesRead, bytesWritten, commands }) => ({
        id,
        initiatorName,
        targetName,
        remoteAddress,
        kind,
        startedMs,
        bytesRead,
        bytesWritten,
        commands,
      }),
    ),
    jobs: parts.jobs.list(),
    warnings: warnings(parts, space),
    space,
    settings: parts.settings.now(),
    bootChoices: parts.bootChoices.view(),
    wakeSchedules: wakeScheduleViews({ registry: parts.registry, desk: parts.wakeDesk }),
    ...(enrolment && { enrolment }),
    ...(draft && { setup: draft }),
  }
}

function warnings(parts: Parts, space: SpaceView): Problem[] {
  const list: Problem[] = []
  const used = 1 - space.freeBytes / space.totalBytes
  const step = FULL_STEPS.find((share) => used >= share)
  if (space.totalBytes === 0) {
    list.push({
      code: 'disk.unreachable',
      message: `The folder of the disks, ${parts.disks.folder}, cannot be reached.`,
      hint: 'Is the drive that it is on still connected?',
    })
  } else if (step !== undefined) list.push(fillingWarning(step, used, space))
  const lacking = parts.disks
    .all()
    .filter((d) => d.quotaBytes !== undefined && parts.disks.realBytes(d) >= 0.9 * d.quotaBytes)
  for (const { name, quotaBytes } of lacking) {
    list.push({
      code: 'disk.quota',
      message: `Disk ${name} has nearly used up its limit of ${formatSize(quotaBytes!)}.`,
      hint: `Raise it (bootlace disk set ${name} --quota 40G), or reset the disk.`,
    })
  }
  for (const { state, title, problem } of parts.services.list()) {
    // A service that runs with a fault; one that failed has its own place.
    if (state === 'running' && problem)
      list.push({ ...problem, message: `${title}: ${problem.message}.`, code: problem.code })
  }
  const clients = parts.registry.all()
  const diskless = clients.filter((c) => c.disk === undefined && c.stage === 'run').map((c) => c.name)
  if (diskless.length > 0) {
    list.push({
      code: 'client.noDisk',
      message: `${someOf(diskless)} ${diskless.length === 1 ? 'has' : 'have'} no disk.`,
      hint: `Give ${diskless.length === 1 ? 'it' : 'each'} one with “Change”, or: bootlace client set ${diskless[0]} --disk NAME.`,
    })
  }
  for (const disk of parts.disks.all()) {
    const problem = parts.disks.problemOf(disk)
    if (problem) {
      const { code, message, hint } = problemOf(problem)
      list.push({ code, message: `Disk ${disk.name} cannot be used: ${message}.`, ...(hint !== undefined && { hint }) })
    }
    const users = clients.filter((c) => c.disk === disk.name && c.stage !== 'local').map((c) => c.name)
    if (users.length > 0 && disk.sealedMs !== undefined) {
      list.push({
        code: 'disk.sealedInUse',
        message: `${someOf(users)} ${users.length === 1 ? 'starts' : 'start'} from the golden image ${disk.name}, which is read-only.`,
        hint: 'Most systems do not start from a disk they cannot write to: give a disk of its own.',
      })
    }
    if (users.length > 1 && disk.sealedMs === undefined) {
      list.push({
        code: 'disk.shared',
        message: `${someOf(users)} have the same disk, ${disk.name}.`,
        hint: 'Only one of them can run at a time: give each a disk of its own.',
      })
    }
  }
  return list
}

function fillingWarning(step: (typeof FULL_STEPS)[number], used: number, space: SpaceView): Problem {
  const { fullInDays } = space
  const when =
    fullInDays !== undefined && fullInDays < 60
      ? ` At the rate of the last days it is full in ${Math.floor(fullInDays)} days.`
      : ''
  const percent = Math.floor(100 * used)
  return {
    code: `disk.filling${100 * step}`,
    message: `${step === 0.95 ? 'Almost full: ' : ''}${percent} % of this computer's disk are in use, ${formatSize(space.freeBytes)} are free.${when}`,
    hint:
      step === 0.7
        ? 'Look at what can go: restore points, old versions of images, disks that nobody uses.'
        : 'Free some space: when it runs out, PCs cannot save anything until there is some again.',
  }
}

/** `a, b and 5 more`. */
function someOf(names: readonly string[]): string {
  if (names.length === 1) return names[0]!
  if (names.length <= 3) return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
  return `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`
}
