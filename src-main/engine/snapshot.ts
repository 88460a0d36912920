import type { ClientView, DiskView, Problem, Snapshot } from '../api/dto.ts'
import { targetNameOf } from '../boot/names.ts'
import type { Client } from '../clients/client.ts'
import type { LiveBoard } from '../clients/live-board.ts'
import type { ClientRegistry } from '../clients/registry.ts'
import type { DiskRecord } from '../disks/disk-record.ts'
import type { SessionView } from '../iscsi/target.ts'
import type { DiskLibrary } from './disks/library.ts'
import type { Jobs } from './jobs.ts'
import { problemOf, type Services } from './services.ts'
import type { Traffic } from './traffic.ts'

/** What the views are made of. */
export interface Parts {
  readonly engine: () => Snapshot['engine']
  readonly services: Services
  readonly registry: ClientRegistry
  readonly board: LiveBoard
  readonly disks: DiskLibrary
  readonly jobs: Jobs
  readonly traffic: Traffic
  readonly sessions: () => readonly SessionView[]
}

const WARN_FREE_SHARE = 0.15

export function clientView(parts: Parts, client: Client): ClientView {
  const machine = parts.registry.machine(client.mac)
  const live = parts.board.of(client.mac)
  return {
    ...client,
    live: {
      ...live,
      ...(machine?.ip !== undefined && { ip: machine.ip }),
      ...(machine?.firmware !== undefined && { firmware: machine.firmware }),
      sessions: parts.board.sessionsOf(client.mac),
      ...parts.traffic.of(client.mac),
    },
  }
}

export function diskView(parts: Parts, disk: DiskRecord): DiskView {
  const targetName = targetNameOf(disk.name)
  const problem = parts.disks.problemOf(disk)
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
    health: problem ? 'broken' : 'ok',
    ...(problem && { problem: problemOf(problem) }),
    clients: parts.registry.usersOf(disk.name).map((c) => c.name),
    sessions: parts.sessions().filter((s) => s.targetName === targetName).length,
    createdMs: disk.createdMs,
  }
}

export function snapshot(parts: Parts): Snapshot {
  const hostDisk = hostSpace(parts)
  return {
    engine: parts.engine(),
    services: parts.services.list(),
    clients: parts.registry.all().map((c) => clientView(parts, c)),
    unknown: parts.registry.unknown().map((m) => ({
      mac: m.mac,
      ...(m.firmware !== undefined && { firmware: m.firmware }),
      ...(m.ip !== undefined && { ip: m.ip }),
      firstSeenMs: m.firstSeenMs,
      lastSeenMs: m.lastSeenMs,
    })),
    disks: parts.disks.all().map((d) => diskView(parts, d)),
    sessions: parts
      .sessions()
      .map(({ id, initiatorName, targetName, remoteAddress, kind, startedMs, bytesRead, bytesWritten, commands }) => ({
        id,
        initiatorName,
        targetName,
        remoteAddress,
        kind,
        startedMs,
        bytesRead,
        bytesWritten,
        commands,
      })),
    jobs: parts.jobs.list(),
    warnings: warnings(parts, hostDisk),
    hostDisk,
  }
}

function hostSpace(parts: Parts): Snapshot['hostDisk'] {
  try {
    return parts.disks.hostSpace()
  } catch {
    // The folder is gone; `warnings` says so, and the rest of the picture is worth more than none.
    return { totalBytes: 0, freeBytes: 0 }
  }
}

function warnings(parts: Parts, hostDisk: Snapshot['hostDisk']): Problem[] {
  const list: Problem[] = []
  if (hostDisk.totalBytes === 0) {
    list.push({
      code: 'disk.unreachable',
      message: `The folder of the disks, ${parts.disks.folder}, cannot be reached.`,
      hint: 'Is the drive that it is on still connected?',
    })
  } else if (hostDisk.freeBytes < hostDisk.totalBytes * WARN_FREE_SHARE) {
    const percent = Math.round((100 * hostDisk.freeBytes) / hostDisk.totalBytes)
    list.push({
      code: 'disk.filling',
      message: `Only ${percent} % of this computer's disk is free.`,
      hint: 'Free some space: when it runs out, PCs cannot save anything.',
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

/** `a, b and 5 more`. */
function someOf(names: readonly string[]): string {
  if (names.length === 1) return names[0]!
  if (names.length <= 3) return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
  return `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`
}
