import { renameSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Handlers } from '../api/contract.ts'
import type { ClientChange, NewClient } from '../api/dto.ts'
import { AppError, toAppError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import type { ClientFields } from '../clients/registry.ts'
import type { TimelineStore } from '../clients/stores.ts'
import { parseMac } from '../base/units.ts'
import { scriptWords } from '../boot/ipxe-script.ts'
import { targetNameOf } from '../boot/names.ts'
import { browse } from './browse.ts'
import { copyRaw } from './disks/import-job.ts'
import { inspectSource } from './disks/import-source.ts'
import { clientView, diskView, snapshot, type Parts } from './snapshot.ts'

const BLOCK = 512

/** The contract, carried out. `changed` is told after everything that alters what people see. */
export function createHandlers(
  parts: Parts,
  timeline: TimelineStore,
  o: {
    changed(): void
    wake(mac: string): Promise<void>
    /** Ends what is logged in to a target. */
    endSessions(targetName: string): Promise<void>
    readonly logger: Logger
  },
): Handlers {
  const { registry, disks, jobs } = parts

  const checkFields = (fields: ClientFields): ClientFields => {
    if (fields.disk !== undefined) disks.find(fields.disk)
    for (const [what, path] of [
      ['medium', fields.medium],
      ['kernel', fields.kernel],
      ['initrd', fields.initrd],
    ] as const) {
      if (path !== undefined && !isFile(path)) {
        throw new AppError('client.file', `the ${what} ${path} does not exist or cannot be read`, {
          hint: 'Give the path of a file on the computer that runs Bootlace.',
        })
      }
    }
    // What no loader script can carry must be said now, not when the PC starts.
    if (fields.kernelArgs !== undefined) scriptWords(fields.kernelArgs)
    return fields
  }

  return {
    snapshot: () => snapshot(parts),

    timeline: ({ client, afterId, limit }) =>
      timeline.list({
        ...(client !== undefined && { mac: macOf(parts, client) }),
        ...(afterId !== undefined && { afterId }),
        limit: Math.min(limit ?? 500, 5000),
      }),

    async diskCreate({ name, sizeBytes, format, fixed }) {
      const disk = await disks.create(name, sizeBytes, fixed ?? false, format)
      o.changed()
      return diskView(parts, disk)
    },

    async diskImport({ file, name: nameText, format }) {
      refuseFormat(format)
      const source = await inspectSource(resolve(file))
      const sizeBytes = Math.ceil(source.sizeBytes / BLOCK) * BLOCK
      const needsBytes = Math.min(sizeBytes, source.realBytes)
      const { name, release } = disks.reserve(nameText, sizeBytes, needsBytes)
      return jobs.start('import', `Importing ${name}`, source.sizeBytes, async (progress, signal) => {
        try {
          const part = join(disks.folder, `${name}.part`)
          await copyRaw(source, part, sizeBytes, progress, signal)
          renameSync(part, join(disks.folder, `${name}.img`))
          await disks.adopt(name, `${name}.img`, sizeBytes)
        } catch (thrown) {
          const { code, message } = toAppError(thrown)
          if (!signal.aborted)
            o.logger.error({ component: 'engine.import', code }, `importing ${name} failed: ${message}`)
          throw thrown
        } finally {
          release()
          o.changed()
        }
      })
    },

    diskSeal({ name: nameText }) {
      const disk = disks.find(nameText)
      refuseOpen(parts, disk.name)
      const { run } = disks.seal(disk.name)
      return jobs.start('seal', `Sealing ${disk.name}`, disk.sizeBytes, async (progress, signal) => {
        try {
          await run(progress, signal)
        } finally {
          o.changed()
        }
      })
    },

    async diskClone({ image, names, count, prefix }) {
      const wanted = names ?? numberedNames(prefix ?? 'pc-', count ?? 1, disks)
      const made = await disks.clone(image, wanted)
      o.changed()
      return made.map((disk) => diskView(parts, disk))
    },

    async diskDelete({ name }) {
      const disk = disks.find(name)
      const held = disks.heldBecause(disk.name)
      if (held !== undefined)
        throw new AppError('disk.inUse', `${disk.name} cannot be deleted: ${held}`, { hint: 'Wait for it.' })
      const children = disks.childrenOf(disk.name)
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
      refuseOpen(parts, disk.name)
      await disks.remove(disk.name, o.endSessions)
      o.changed()
      return { name: disk.name }
    },

    jobCancel: ({ id }) => jobs.cancel(id),

    clientAdd({ mac, ...fields }) {
      const client = registry.add(mac, checkFields(normalise(fields)))
      o.changed()
      return clientView(parts, client)
    },

    clientSet({ id, ...fields }) {
      const client = registry.change(id, checkFields(normalise(fields)))
      o.changed()
      return clientView(parts, client)
    },

    clientDelete({ id }) {
      const client = registry.find(id)
      if (parts.board.sessionsOf(client.mac) > 0) {
        throw new AppError('client.inUse', `${client.name} is running from its disk`, {
          hint: 'Shut that PC down first.',
        })
      }
      registry.remove(id)
      o.changed()
      return { id: client.name }
    },

    async clientWake({ id }) {
      const client = registry.find(id)
      await o.wake(client.mac)
      return { id: client.name }
    },

    browse: ({ folder }) => browse(folder ?? homedir()),
  }
}

/** `null` takes a value away; registry names are those of the disks as they are kept. */
function normalise(fields: Omit<NewClient, 'mac'> | Omit<ClientChange, 'id'>): ClientFields {
  const out = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, value ?? undefined])) as {
    disk?: string
  }
  for (const [key, value] of Object.entries(fields))
    if (value === undefined) delete (out as Record<string, unknown>)[key]
  if (out.disk !== undefined) out.disk = out.disk.trim().toLowerCase()
  return out as ClientFields
}

function macOf(parts: Parts, id: string): string {
  try {
    return parts.registry.find(id).mac
  } catch (thrown) {
    try {
      return parseMac(id)
    } catch {
      // Neither a name nor a MAC: the first answer says which names exist.
      throw thrown
    }
  }
}

function refuseOpen(parts: Parts, name: string): void {
  if (!parts.sessions().some((s) => s.targetName === targetNameOf(name))) return
  throw new AppError('disk.inUse', `${name} is open on a PC`, { hint: 'Shut that PC down first.' })
}

/** `pc-` gives pc-01, pc-02 …: the first `count` that are free. */
function numberedNames(prefix: string, count: number, disks: Parts['disks']): string[] {
  const taken = new Set(disks.all().map((disk) => disk.name))
  const names: string[] = []
  for (let i = 1; names.length < count; i++) {
    const name = `${prefix.trim().toLowerCase()}${String(i).padStart(2, '0')}`
    if (!taken.has(name)) names.push(name)
  }
  return names
}

function refuseFormat(format: string | undefined): void {
  if (format !== undefined && format !== 'raw') {
    throw new AppError('disk.format', `this version imports into raw disks only, not ${format}`, {
      hint: 'Leave --format out, or say --format raw.',
    })
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    // Missing, or in a folder that this user may not enter: of no use to a PC either way.
    return false
  }
}
