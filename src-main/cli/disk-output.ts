import type { ChannelCaller } from '../api/caller.ts'
import { EngineError } from '../api/caller.ts'
import type { DiskView, JobView, OfflineReport, RestorePointView } from '../api/dto.ts'
import { whatWillFail } from '../api/sealing.ts'
import { formatSize } from '../base/units.ts'
import { formatTime, note, table } from './output.ts'

/** Errors: disk.unknown. */
export async function findDisk(engine: ChannelCaller, name: string): Promise<DiskView> {
  const { disks } = await engine.call('snapshot')
  const found = disks.find((d) => d.name === name.trim().toLowerCase())
  if (found) return found
  throw new EngineError({
    code: 'disk.unknown',
    message: `there is no disk "${name}"`,
    hint:
      disks.length > 0
        ? `There are: ${disks.map((d) => d.name).join(', ')}.`
        : 'Make one first: bootlace disk create NAME --size 64G.',
  })
}

/** `golden image, version 2 (production)`. */
export function imageText({ image }: DiskView): string {
  if (!image) return ''
  return `golden image, version ${image.version} of ${image.family} (${image.channel ?? 'kept for its clones'})${image.note ? `: ${image.note}` : ''}`
}

export const describePoint = (p: RestorePointView): string =>
  `point ${String(p.id).padEnd(4)}${formatTime(p.createdMs)}  ${p.note} (${formatSize(p.realBytes)}${p.current ? ', the disk stands on it' : ''})`

const SIGNS = { ok: 'ok      ', warning: 'warning ', problem: 'PROBLEM ', unknown: 'unknown ' } as const

/** Partitions, the system, then what was found, most important first. */
export function describeReport(r: OfflineReport): string {
  const rows = r.partitions.map((p) => [
    String(p.number),
    formatSize(p.sizeBytes),
    p.typeName,
    p.content,
    [p.label, p.active ? 'active' : '', p.note ?? ''].filter((t) => t !== '').join(', ') || '-',
  ])
  const { system } = r
  return [
    rows.length > 0 ? table(['PARTITION', 'SIZE', 'TYPE', 'CONTENT', ''], rows) : 'No partitions.',
    system
      ? `System: ${system.name} ${system.version}${system.build ? ` (build ${system.build})` : ''}, on partition ${system.partition}`
      : 'No system that starts from this disk was recognised.',
    ...r.findings.map(describeFinding),
  ].join('\n')
}

const describeFinding = (f: OfflineReport['findings'][number]): string =>
  `${SIGNS[f.severity]}${f.title}${f.detail ? `\n        ${f.detail}` : ''}${f.remedy ? `\n        What to do: ${f.remedy}` : ''}`

/** Looks into a disk before it becomes an image, and tells on stderr what is not as it should be.
 *  Errors: disk.notReady, unless it is to be sealed anyway; those of the look itself. */
export async function lookBeforeSealing(engine: ChannelCaller, name: string, anyway: boolean): Promise<void> {
  const report = await engine.call('diskInspect', { name, asImage: true })
  const worth = report.findings.filter((f) => f.severity !== 'ok')
  for (const finding of report.system ? worth : []) note(describeFinding(finding))
  if (!report.system)
    note(`bootlace: no Windows and no Linux was recognised on ${name}: nobody can say whether it starts.`)
  else if (worth.length === 0) note(`bootlace: ${report.system.name} on ${name} is ready to start over the network.`)
  const failing = whatWillFail(report)
  if (failing.length > 0 && !anyway)
    throw new EngineError({
      code: 'disk.notReady',
      message:
        failing.length === 1
          ? `PCs made from ${name} would not start, because of the problem above`
          : `PCs made from ${name} would not start, because of the ${failing.length} problems above`,
      hint: `Put that right on the PC first, or seal it all the same with --anyway.`,
    })
}

export function describeDisk(d: DiskView): string {
  return [
    `name      ${d.name}`,
    `size      ${formatSize(d.sizeBytes)} (${d.sizeBytes} bytes)`,
    `real      ${formatSize(d.realBytes)} on this computer`,
    `format    ${d.format}`,
    `parent    ${d.parent ?? '-'}`,
    `file      ${d.file}`,
    `target    ${d.targetName}`,
    `serial    ${d.serial}`,
    `used by   ${d.clients.join(', ') || '-'} (${d.sessions} sessions open)`,
    `made      ${formatTime(d.createdMs)}`,
    `image     ${d.sealed ? `${imageText(d)}, SHA-256 ${d.contentHash}` : 'no'}`,
    `limit     ${d.quotaBytes === undefined ? '-' : `${formatSize(d.quotaBytes)} on this computer`}`,
    `stands on ${d.depth} ${d.depth === 1 ? 'file' : 'files'}${d.resetAtBoot ? '; goes back to its image at the next start' : ''}`,
    ...d.restorePoints.map((p) => describePoint(p)),
    ...(d.busy === undefined ? [] : [`busy      ${d.busy}`]),
    `health    ${d.problem ? `${d.problem.message}. ${d.problem.hint ?? ''}` : d.health}`,
  ].join('\n')
}

/** Waits for a job's end, telling its progress on stderr. Ctrl+C cancels it. Errors: the job's own. */
export function followJob(engine: ChannelCaller, job: JobView): Promise<JobView> {
  return new Promise<JobView>((resolve, reject) => {
    let lastPercent = -1
    const settle = (fn: () => void) => {
      unsubscribe()
      process.off('SIGINT', cancel)
      fn()
    }
    const cancel = () => {
      note('bootlace: cancelling')
      engine.call('jobCancel', { id: job.id }).catch(reject)
    }
    process.on('SIGINT', cancel)
    const unsubscribe = engine.subscribe((event) => {
      if (event.event !== 'snapshot') return
      const now = event.snapshot.jobs.find((j) => j.id === job.id)
      if (!now) return
      const percent = Math.floor((100 * now.doneBytes) / now.totalBytes)
      if (percent !== lastPercent && now.state === 'running') {
        lastPercent = percent
        note(`${job.title}: ${percent} % of ${formatSize(now.totalBytes)}`)
      }
      if (now.state === 'done') settle(() => resolve(now))
      else if (now.state !== 'running') {
        settle(() =>
          reject(new EngineError(now.problem ?? { code: 'job.cancelled', message: 'the job was cancelled' })),
        )
      }
    })
    // Last: it may be lost already.
    engine.onLost((error) => settle(() => reject(error)))
  })
}
