import { resolve } from 'node:path'
import type { Handlers } from '../api/contract.ts'
import type { JobView, RestorePointView } from '../api/dto.ts'
import { AppError, toAppError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import { targetNameOf } from '../boot/names.ts'
import type { Client } from '../clients/client.ts'
import type { DiskRecord, RestorePoint } from '../disks/disk-record.ts'
import { planCheck } from './disks/check-job.ts'
import { planExport } from './disks/export-job.ts'
import { planOf, startOf } from './disks/fresh-starts.ts'
import { importDisk } from './disks/import-job.ts'
import { inspectDisk } from './disks/inspect.ts'
import { inspectSource } from './disks/import-source.ts'
import type { Planned } from './disks/images.ts'
import { numberedNames } from './disks/names.ts'
import type { JobFace } from './jobs.ts'
import { diskView, pointView, type Parts } from './snapshot.ts'

const BLOCK = 512

/** What handlers need besides the parts. */
export interface HandlerNeeds {
  changed(): void
  /** Ends what is logged in to a target. */
  endSessions(targetName: string): Promise<void>
  now(): number
  readonly logger: Logger
}

type DiskHandlers = Pick<Handlers, Extract<keyof Handlers, `disk${string}`>>

/** The calls about disks. */
export function diskHandlers(parts: Parts, o: HandlerNeeds): DiskHandlers {
  const { registry, disks, life, images, jobs } = parts

  const refuseOpen = (name: string): void => {
    const user = usersRunning(parts, name)[0]
    if (user === undefined) return
    throw new AppError('disk.inUse', `${name} is open on ${user}`, { hint: 'Shut that PC down first.' })
  }
  const refuseHeld = (name: string): void => {
    const held = disks.heldBecause(name)
    if (held !== undefined)
      throw new AppError('disk.inUse', `${name} cannot be deleted: ${held}`, { hint: 'Wait for it.' })
  }
  /** A job that says of its failure what it was about. */
  const start = (
    kind: JobView['kind'],
    title: string,
    totalBytes: number,
    work: (job: JobFace) => Promise<string>,
  ): JobView =>
    jobs.start(kind, title, totalBytes, async (job) => {
      try {
        return await work(job)
      } catch (thrown) {
        const { code, message } = toAppError(thrown)
        if (!job.signal.aborted) o.logger.error({ component: `engine.${kind}`, code }, `${title} failed: ${message}`)
        throw thrown
      } finally {
        o.changed()
      }
    })
  const startPlanned = <T>(
    kind: JobView['kind'],
    title: string,
    { record, run }: Planned<T>,
    say: (result: T) => string,
  ): JobView => start(kind, title, record.sizeBytes, async (job) => say(await run(job)))

  /** The version that a reset gives a disk: its PC's. */
  const imageOf = (disk: DiskRecord, wanted: string | undefined): string | undefined => {
    if (wanted !== undefined) return disks.findVersion(wanted).name
    return targetVersion(parts, disk)?.name
  }
  const kept = (record: DiskRecord, point: RestorePoint | undefined) => {
    o.changed()
    const view: RestorePointView | undefined = point && pointView(parts, record, point)
    return { disk: diskView(parts, record), ...(view && { kept: view }) }
  }

  return {
    async diskCreate({ name, sizeBytes, format, fixed }) {
      const disk = await disks.create(name, sizeBytes, fixed ?? false, format)
      o.changed()
      return diskView(parts, disk)
    },

    async diskImport({ file, name: nameText, format: wanted }) {
      const source = await inspectSource(resolve(file))
      // A medium is served as it is; there is nothing to be thin about.
      const format = wanted ?? (source.format === 'iso' ? 'raw' : 'vhdx')
      const sizeBytes = Math.ceil(source.sizeBytes / BLOCK) * BLOCK
      const { name, release } = disks.reserve(nameText, sizeBytes, Math.min(sizeBytes, source.realBytes))
      return start('import', `Importing ${name}`, source.sizeBytes, async (job) => {
        try {
          await importDisk(disks, { source, name, format, nowMs: o.now() }, job)
          return `${name} is imported`
        } finally {
          release()
        }
      })
    },

    diskSeal({ name }) {
      const disk = disks.find(name)
      refuseOpen(disk.name)
      return startPlanned('seal', `Sealing ${disk.name}`, images.planSeal(name), (sealed) => {
        return `${sealed.name} is a golden image now`
      })
    },

    async diskClone({ image, names, count, prefix }) {
      const taken = new Set(disks.all().map((disk) => disk.name))
      const made = await disks.clone(image, names ?? numberedNames(prefix ?? 'pc-', count ?? 1, taken))
      o.changed()
      return made.map((disk) => diskView(parts, disk))
    },

    async diskSnapshot({ name, note }) {
      const disk = disks.find(name)
      refuseOpen(disk.name)
      const point = await life.snapshot(name, note?.trim() || 'no note')
      o.changed()
      return pointView(parts, disks.find(name), point)
    },

    async diskRevert({ name, point, discard }) {
      const disk = disks.find(name)
      refuseOpen(disk.name)
      const done = await life.revert(name, {
        ...(point !== undefined && { point }),
        ...(discard !== undefined && { discard }),
      })
      return kept(done.record, done.kept)
    },

    async diskReset({ name, image, discard, atNextBoot }) {
      const disk = disks.find(name)
      const wanted = imageOf(disk, image)
      if (atNextBoot === false) {
        const { resetAtBoot: _, ...rest } = disk
        disks.put(rest)
        return kept(disks.find(name), undefined)
      }
      if (atNextBoot) {
        if (image !== undefined || discard) {
          throw new AppError(
            'config.usage',
            'at the next boot a disk goes to the version of its PC, and nothing is thrown away',
            {
              hint: 'Leave the image and “discard” out, or reset it now.',
            },
          )
        }
        if (disk.sealedMs !== undefined || wanted === undefined) await life.reset(name, {}) // throws
        disks.put({ ...disk, resetAtBoot: true })
        return kept(disks.find(name), undefined)
      }
      refuseOpen(disk.name)
      const done = await life.reset(name, {
        ...(wanted !== undefined && { image: wanted }),
        ...(discard !== undefined && { discard }),
      })
      return kept(done.record, done.kept)
    },

    diskMerge({ name, as, note, channel }) {
      const disk = disks.find(name)
      refuseOpen(disk.name)
      const plan = images.planMerge(name, {
        ...(as !== undefined && { as }),
        ...(note !== undefined && { note }),
        channel: channel ?? 'test',
      })
      return startPlanned('merge', `Making a new image from ${disk.name}`, plan, ({ name: made, image }) => {
        return `${made} is version ${image!.version} of ${image!.family}, for ${image!.channel === 'production' ? 'everybody' : 'the PCs that try versions'}`
      })
    },

    diskPromote({ name, channel, everyone }) {
      const disk = images.promote(name, channel === 'none' ? undefined : channel)
      const { moving, staying } = movers(parts, disk, o.now())
      if (everyone) {
        disks.put(...staying.map((c) => ({ ...disks.find(c.disk!), resetAtBoot: true })))
        moving.push(...staying.splice(0))
      }
      o.changed()
      const names = (list: readonly Client[]): string[] => list.map((c) => c.name)
      return { disk: diskView(parts, disk), moving: names(moving), staying: names(staying) }
    },

    diskExport({ name, file, format }) {
      const disk = disks.find(name)
      if (disk.sealedMs === undefined) refuseOpen(disk.name)
      const plan = planExport(disks, { name, file: resolve(file), ...(format && { format }), nowMs: o.now() })
      return startPlanned('export', `Exporting ${disk.name}`, plan, (text) => text)
    },

    diskCheck({ name }) {
      const disk = disks.find(name)
      if (disk.sealedMs === undefined) refuseOpen(disk.name)
      return startPlanned('check', `Checking ${disk.name}`, planCheck(disks, name), (text) => text)
    },

    diskDeletePoint({ name, point }) {
      const disk = disks.find(name)
      if (disk.basePoint === point) refuseOpen(disk.name)
      const plan = life.planRemoval(name, point)
      return startPlanned('removePoint', `Removing restore point ${point} of ${disk.name}`, plan, () => {
        return `restore point ${point} of ${disk.name} is gone; the disk is as it was`
      })
    },

    async diskInspect({ name, file, asImage }) {
      if (name !== undefined && disks.find(name).sealedMs === undefined) refuseOpen(disks.find(name).name)
      const report = await inspectDisk(disks, {
        ...(name !== undefined && { name }),
        ...(file !== undefined && { file: resolve(file) }),
        ...(asImage && { asImage }),
      })
      return {
        partitions: [...report.partitions],
        ...(report.system && { system: { ...report.system } }),
        findings: [...report.findings],
      }
    },

    diskSet({ name, quotaBytes }) {
      const { quotaBytes: _, ...disk } = disks.find(name)
      disks.put({ ...disk, ...(quotaBytes !== null && { quotaBytes }) })
      o.changed()
      return diskView(parts, disks.find(name))
    },

    async diskDelete({ name }) {
      const disk = disks.find(name)
      refuseHeld(disk.name)
      const children = disks.childrenOf(disk.name).filter((child) => child !== disk.name)
      if (children.length > 0) {
        throw new AppError('disk.inUse', `${disk.name} is the image of ${children.slice(0, 5).join(', ')}`, {
          hint: 'Delete those disks first; without their image they would be worth nothing.',
        })
      }
      const users = registry.usersOf(disk.name).map((c) => c.name)
      if (users.length > 0) {
        throw new AppError('disk.inUse', `${disk.name} is the disk of ${users.join(', ')}`, {
          hint: `Give ${users[0]} another disk, or delete that PC first.`,
        })
      }
      const { image } = disk
      const others = disks.all().filter((d) => d.image?.family === image?.family && d.name !== disk.name)
      if (image?.channel === 'production' && others.length > 0) {
        throw new AppError('disk.inUse', `${disk.name} is the version of ${image.family} that everybody is given`, {
          hint: `Put another one into production first: bootlace disk promote ${others[0]!.name}.`,
        })
      }
      refuseOpen(disk.name)
      await disks.remove(disk.name, o.endSessions)
      o.changed()
      return { name: disk.name }
    },
  }
}

/** PCs that have a disk open at this moment, as system disk or second disk. */
function usersRunning(parts: Parts, name: string): string[] {
  const targets = new Map([[targetNameOf(name), 'a PC']])
  for (const client of parts.registry.usersOf(name)) {
    if (client.disk !== undefined) targets.set(targetNameOf(client.disk), client.name)
  }
  return parts.sessions().flatMap((s) => targets.get(s.targetName) ?? [])
}

/** The version that a disk's PC is to have; the one it stands on when it follows none. */
function targetVersion(parts: Parts, disk: DiskRecord): DiskRecord | undefined {
  if (disk.parent === undefined) return undefined
  const client = parts.registry.usersOf(disk.name).find((c) => c.disk === disk.name)
  return planOf(disk, client?.channel ?? 'production', parts.disks)
}

/** PCs on other versions of the family that are to have this one: those that go over by themselves, and those that keep
 *  what they write. */
function movers(parts: Parts, image: DiskRecord, nowMs: number): { moving: Client[]; staying: Client[] } {
  const moving: Client[] = []
  const staying: Client[] = []
  for (const client of parts.registry.all()) {
    const disk = client.disk === undefined ? undefined : parts.disks.all().find((d) => d.name === client.disk)
    if (disk?.parent === undefined || disk.parent === image.name) continue
    if (targetVersion(parts, disk)?.name !== image.name) continue
    const start = startOf(disk, { ...client, stage: 'run' }, nowMs)
    ;(start === 'keep' ? staying : moving).push(client)
  }
  return { moving, staying }
}
