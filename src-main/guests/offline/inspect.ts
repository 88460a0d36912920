import { AppError } from '../../base/errors.ts'
import type { BlockDevice } from '../../disks/block-device.ts'
import { attempt } from './disk/attempt.ts'
import { FileTree } from './disk/file-system.ts'
import type { FoundVolume } from './disk/found-volume.ts'
import { contentOf, type ContentKind } from './disk/signature.ts'
import { DiskSource, type ReadLimits } from './disk/source.ts'
import { openVolume } from './disk/volumes.ts'
import { readStart, startFindings } from './firmware.ts'
import { isLinuxBoot, isLinuxRoot, readLinux } from './linux/facts.ts'
import { linuxFindings } from './linux/findings.ts'
import type { Purpose } from './linux/image-findings.ts'
import { unreadFindings, type Unread } from './unread-findings.ts'
import {
  isEfiSystem,
  partitionSource,
  readPartitionTable,
  type Partition,
  type PartitionTable,
} from './partitions/table.ts'
import {
  finished,
  shown,
  type Finding,
  type FoundSystem,
  type OfflineReport,
  type ReportedPartition,
} from './report.ts'
import { isWindows, readWindows } from './windows/facts.ts'
import { windowsFindings } from './windows/findings.ts'

export interface InspectOptions {
  readonly signal?: AbortSignal
  /** image: what PCs made from it would have alike counts, too. */
  readonly purpose?: Purpose
  /** Told what is being looked at, in a few words. */
  readonly progress?: (text: string) => void
  /** For tests: how much may be read before the image is held to be damaged beyond use. */
  readonly limits?: ReadLimits
}

/** Looks into the image of a PC's disk, without changing it, and says what is there and what is missing to start it over
 *  iSCSI. What cannot be read is a finding, never an error.
 *  Errors: job.cancelled; disk.io when not even the start of the disk can be read; bug. */
export async function inspectSystem(device: BlockDevice, o: InspectOptions = {}): Promise<OfflineReport> {
  const progress = (text: string): void => o.progress?.(shown(text))
  const disk = new DiskSource(device, { ...(o.signal && { signal: o.signal }), ...(o.limits && { limits: o.limits }) })
  progress('Reading the partition table')
  const table = await readPartitionTable(disk, device.blockSize)
  const found: Found = { partitions: [], volumes: [], unread: [], findings: tableFindings(table) }
  let system: FoundSystem | undefined
  try {
    await readPartitions(disk, table, found, progress)
    system = await readSystems(disk, device.blockSize, table, found, progress, o.purpose)
  } catch (thrown) {
    // So much damage that reading does not end: what was seen until then is still worth showing.
    if (!(thrown instanceof AppError) || thrown.code !== 'guest.tooMuchWork') throw thrown
    found.findings.push({
      id: 'disk.damaged',
      severity: 'unknown',
      title: 'The image is damaged, and the check was given up.',
      detail: `Not readable: ${thrown.message}.`,
      ...(thrown.hint !== undefined && { remedy: thrown.hint }),
    })
  }
  return finished({ partitions: found.partitions, ...(system && { system }), findings: found.findings })
}

interface Found {
  readonly partitions: ReportedPartition[]
  readonly volumes: FoundVolume[]
  readonly unread: Unread[]
  readonly findings: Finding[]
}

function tableFindings(table: PartitionTable): Finding[] {
  const findings: Finding[] = []
  if (table.notes.length > 0)
    findings.push({
      id: 'disk.table',
      severity: table.partitions.length === 0 ? 'unknown' : 'warning',
      title: 'The partition table is damaged.',
      detail: table.notes.join(' '),
      remedy:
        'Make the image again, from the whole disk. If it was made larger or smaller, only the copy at its end is lost.',
    })
  const cut = table.partitions.filter((p) => !p.fits)
  if (cut.length > 0)
    findings.push({
      id: 'disk.cut',
      severity: 'problem',
      title: 'The image is shorter than the disk it was made from.',
      detail: `Cut off: partition ${cut.map((p) => p.number).join(', ')}.`,
      remedy: 'Make the image again, from the whole disk.',
    })
  return findings
}

async function readPartitions(
  disk: DiskSource,
  table: PartitionTable,
  found: Found,
  progress: (text: string) => void,
): Promise<void> {
  for (const partition of table.partitions) {
    progress(partition.number === 0 ? 'Looking at the disk' : `Looking at partition ${partition.number}`)
    const source = partitionSource(disk, partition)
    const content = await attempt(() => contentOf(source))
    const opened = content.ok ? await attempt(() => openVolume(source, content.value)) : content
    const { number, startBytes, sizeBytes, typeName, name, active } = partition
    const known = { number, startBytes, sizeBytes, typeName, name, active }
    if (opened.ok) {
      const { fileSystem } = opened.value
      found.volumes.push({ partition, files: new FileTree(fileSystem) })
      const note = fileSystem.unclean
      found.partitions.push({
        ...known,
        content: fileSystem.type,
        label: fileSystem.label,
        ...(note !== undefined && { note }),
      })
      continue
    }
    const unread = content.ok ? content.value : ({ kind: 'unknown', name: 'unknown' } as const)
    found.unread.push({ partition, content: unread, reason: opened.reason })
    const note = hasNoFiles(partition, unread.kind) ? {} : { note: `not readable: ${opened.reason}` }
    found.partitions.push({ ...known, content: unread.name, label: '', ...note })
  }
}

/** Partitions in which nobody looks for files. */
const hasNoFiles = (partition: Partition, kind: ContentKind): boolean =>
  kind === 'swap' || kind === 'empty' || /^(BIOS boot|Microsoft reserved)$/.test(partition.typeName)

async function readSystems(
  disk: DiskSource,
  blockSize: number,
  table: PartitionTable,
  found: Found,
  progress: (text: string) => void,
  purpose: Purpose | undefined,
): Promise<FoundSystem | undefined> {
  const { volumes, findings } = found
  const windows = await volumesWith(volumes, isWindows)
  const linux = await volumesWith(volumes, isLinuxRoot)
  const boot = windows.length + linux.length > 0 ? [] : await volumesWith(volumes, isLinuxBoot)
  const system =
    windows[0] !== undefined
      ? await readWindowsOn(windows[0], findings, progress)
      : linux[0] !== undefined
        ? await readLinuxOn(linux[0], found, progress, purpose)
        : boot[0] !== undefined
          ? await readLinuxOn(undefined, found, progress, purpose, boot[0])
          : undefined
  if (windows.length + linux.length > 1)
    findings.push({
      id: 'disk.several',
      severity: 'warning',
      title: 'There is more than one system on this disk.',
      detail: `They lie on partitions ${[...windows, ...linux].map((v) => v.partition.number).join(', ')}. Only ${system?.name ?? 'the first'} on partition ${system?.partition ?? 0} was checked.`,
    })
  findings.push(...unreadFindings(found.unread, system))
  progress('Looking for what starts the disk')
  const efiUnread = found.unread
    .filter((u) => isEfiSystem(u.partition))
    .map((u) => `partition ${u.partition.number}: ${u.reason}`)
  findings.push(...startFindings(await readStart(disk, blockSize, table, volumes, efiUnread), system?.kind))
  return system
}

async function volumesWith(
  volumes: readonly FoundVolume[],
  has: (files: FileTree) => Promise<boolean>,
): Promise<FoundVolume[]> {
  const those: FoundVolume[] = []
  for (const volume of volumes) {
    const answer = await attempt(() => has(volume.files))
    if (answer.ok && answer.value) those.push(volume)
  }
  return those
}

async function readWindowsOn(
  volume: FoundVolume,
  findings: Finding[],
  progress: (text: string) => void,
): Promise<FoundSystem> {
  const facts = await readWindows(volume.files, progress)
  findings.push(...windowsFindings(facts))
  const version = facts.version.ok ? facts.version.value : undefined
  const build = version && `${version.buildNumber}${version.revision === undefined ? '' : `.${version.revision}`}`
  return {
    kind: 'windows',
    name: version?.name ?? 'Windows',
    version: version?.release ?? '',
    ...(build !== undefined && { build }),
    partition: volume.partition.number,
  }
}

async function readLinuxOn(
  root: FoundVolume | undefined,
  found: Found,
  progress: (text: string) => void,
  purpose: Purpose | undefined,
  boot?: FoundVolume,
): Promise<FoundSystem> {
  const facts = await readLinux(root, found.volumes, progress)
  found.findings.push(...linuxFindings(facts, purpose))
  return {
    kind: 'linux',
    name: facts.root?.name ?? 'Linux',
    version: facts.root?.version ?? '',
    partition: (root ?? boot)!.partition.number,
  }
}
