import { statSync } from 'node:fs'
import { homedir } from 'node:os'
import type { Handlers } from '../api/contract.ts'
import type { ClientChange, NewClient } from '../api/dto.ts'
import type { LogLevel, LogLine } from '../api/metrics.ts'
import { AppError } from '../base/errors.ts'
import { checkMenu } from '../clients/boot-menu.ts'
import type { Client } from '../clients/client.ts'
import { parseNamePattern } from '../clients/name-pattern.ts'
import type { DiskRecord } from '../disks/disk-record.ts'
import type { ClientFields } from '../clients/registry.ts'
import type { TimelineStore } from '../clients/stores.ts'
import { parseMac } from '../base/units.ts'
import { scriptWords } from '../boot/ipxe-script.ts'
import type { ServedInterface } from '../platform/interfaces.ts'
import type { Access } from './access.ts'
import type { BootChoicesBook } from './boot/choices.ts'
import { bootHandlers } from './boot/handlers.ts'
import type { Identities } from './boot/identities.ts'
import { identityHandlers } from './boot/identity-handlers.ts'
import type { OwnScripts } from './boot/own-scripts.ts'
import { browse } from './browse.ts'
import { diskHandlers, type HandlerNeeds } from './disk-handlers.ts'
import type { IsoShelf } from './disks/iso-shelf.ts'
import type { LetIn } from './let-in.ts'
import { dhcpHandlers, type DhcpHandlerNeeds } from './dhcp/handlers.ts'
import { checkInstallMedia } from './install-gate.ts'
import { mediumHandlers, type MediumNeeds } from './media/boot-medium.ts'
import type { MetricsBook } from './metrics.ts'
import { DEFAULT_PORTS, type Ready } from './options.ts'
import type { SettingsBook } from './settings.ts'
import { setupHandlers, type Setup } from './setup/setup.ts'
import { clientView, snapshot, type Parts } from './snapshot.ts'
import { wakeHandlers } from './wake.ts'
import { windowsHandlers, type WindowsNeeds } from './windows/handlers.ts'

/** The contract, carried out. `changed` is told after everything that alters what people see. */
export function createHandlers(
  parts: Parts & { readonly setup: Setup },
  timeline: TimelineStore,
  o: HandlerNeeds & {
    wake(mac: string): Promise<void>
    settings: Pick<SettingsBook, 'change'>
    readonly metrics: Pick<MetricsBook, 'history' | 'historyOf'>
    readonly letIn: Pick<LetIn, 'allow' | 'revoke'>
    readonly isoShelf: Pick<IsoShelf, 'describe'>
    readonly access: Pick<Access, 'settle' | 'secretOf' | 'renew' | 'credentialsOf'>
    readonly windows: WindowsNeeds
    readonly identities: Identities
    readonly bootChoices: BootChoicesBook
    readonly ownScripts: OwnScripts
    readonly dhcp: DhcpHandlerNeeds['dhcp']
    readonly served: Pick<ServedInterface, 'address'>
    /** Where PCs reach us, `address:port` each. */
    readonly addresses: () => Pick<Ready, 'iscsi' | 'http' | 'tftp'>
    readonly loaders: DhcpHandlerNeeds['loaders']
    readonly medium: MediumNeeds
    logTail(query: { level?: LogLevel | undefined; limit?: number | undefined }): Promise<LogLine[]>
  },
): Handlers {
  const { registry, disks, jobs } = parts

  const checkFields = (fields: ClientFields, mac?: string): ClientFields => {
    if (fields.disk !== undefined) disks.find(fields.disk)
    if (fields.secondDisk !== undefined) refuseSecond(disks.find(fields.secondDisk), mac)
    for (const [what, path] of [
      ['medium', fields.medium],
      ['medium', fields.mediumDrive],
      ['kernel', fields.kernel],
      ['initrd', fields.initrd],
    ] as const) {
      if (path !== undefined && !isFile(path)) {
        throw new AppError('client.file', `the ${what} ${path} does not exist or cannot be read`, {
          hint: 'Give the path of a file on the computer that runs Bootlace.',
        })
      }
    }
    if (fields.menu !== undefined) checkMenu(fields.menu, o.bootChoices.menu)
    // What no loader script can carry must be said now, not when the PC starts.
    if (fields.kernelArgs !== undefined) scriptWords(fields.kernelArgs)
    return fields
  }

  /** A drive that two PCs write to is destroyed. */
  const refuseSecond = (disk: DiskRecord, mac: string | undefined): void => {
    const others = disk.sealedMs !== undefined ? [] : registry.usersOf(disk.name).filter((c) => c.mac !== mac)
    const own = mac === undefined ? undefined : registry.byMac(mac)
    if (others.length === 0 && own?.disk !== disk.name) return
    throw new AppError('disk.inUse', `${disk.name} is a disk of ${others[0]?.name ?? own!.name} already`, {
      hint: 'Seal it to give it to many PCs, or give this one a disk of its own.',
    })
  }

  /** A second disk of the PC's own stands on the image that was named. */
  const withSecondDisk = async (client: Client, own: boolean): Promise<Client> => {
    const image = client.secondDisk === undefined ? undefined : disks.find(client.secondDisk)
    let changed = client
    if (own && image?.sealedMs !== undefined) {
      const name = `${client.name}.${image.image?.family ?? image.name}`.slice(0, 32).replace(/[.-]+$/, '')
      const disk = disks.all().find((d) => d.name === name && d.parent === image.name)
      if (!disk) await disks.clone(`${image.image!.family}@${image.image!.version}`, [name])
      changed = registry.change(client.mac, { secondDisk: name })
    }
    o.changed()
    return changed
  }

  /** A system that runs has taken its name and its password from its loader: with others it could not come back to its disk
   *  after a break. */
  const refuseRunning = (client: Client): void => {
    if (parts.board.sessionsOf(client.mac) === 0) return
    throw new AppError('client.inUse', `${client.name} is running, and would lose its disk`, {
      hint: 'Shut that PC down first.',
    })
  }
  const changesAccess = (before: Client, wanted: ClientFields): boolean =>
    ('chap' in wanted && wanted.chap !== before.chap) ||
    ('exclusive' in wanted && wanted.exclusive !== before.exclusive) ||
    (wanted.name !== undefined &&
      wanted.name.trim().toLowerCase() !== before.name &&
      (before.chap !== undefined || before.exclusive === true))

  return {
    snapshot: () => snapshot(parts),

    timeline: ({ client, afterId, limit }) =>
      timeline.list({
        ...(client !== undefined && { mac: macOf(parts, client) }),
        ...(afterId !== undefined && { afterId }),
        limit: Math.min(limit ?? 500, 5000),
      }),

    metrics: ({ client }) => (client === undefined ? o.metrics.history() : o.metrics.historyOf(macOf(parts, client))),
    logTail: (query) => o.logTail(query),

    ...diskHandlers(parts, o),

    jobCancel: ({ id }) => jobs.cancel(id),

    async clientAdd({ mac, secondOwn, knowingly = false, ...fields }) {
      const wanted = normalise(fields)
      await checkInstallMedia(o.isoShelf, { before: undefined, wanted, knowingly })
      const client = registry.add(mac, checkFields(wanted))
      o.access.settle(client)
      return clientView(parts, await withSecondDisk(client, secondOwn ?? false))
    },

    async clientSet({ id, secondOwn, knowingly = false, ...fields }) {
      const wanted = normalise(fields)
      await checkInstallMedia(o.isoShelf, { before: registry.find(id), wanted, knowingly })
      const before = registry.find(id)
      if ('secondDisk' in wanted && parts.board.sessionsOf(before.mac) > 0) {
        throw new AppError('client.inUse', `${before.name} is running, and its drives cannot change under it`, {
          hint: 'Shut that PC down first.',
        })
      }
      if (changesAccess(before, wanted)) refuseRunning(before)
      const client = registry.change(id, checkFields({ ...wanted, ...dateOf(wanted) }, before.mac))
      o.access.settle(client)
      return clientView(parts, await withSecondDisk(client, secondOwn ?? false))
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

    ...wakeHandlers({ registry, desk: parts.wakeDesk, changed: o.changed }),

    clientSecret: ({ id }) => o.access.secretOf(registry.find(id)),
    clientSecretNew({ id }) {
      const client = registry.find(id)
      refuseRunning(client)
      return o.access.renew(client)
    },

    clientAllow({ initiator, disk }) {
      const allowed = o.letIn.allow(initiator, disk)
      o.changed()
      return allowed
    },
    clientDisallow({ initiator }) {
      const gone = o.letIn.revoke(initiator)
      o.changed()
      return gone
    },
    ...bootHandlers({ choices: o.bootChoices, scripts: o.ownScripts, changed: o.changed }),

    ...identityHandlers({ ...o, parts, http: () => o.addresses().http }),

    settingsChange({ namePattern, ...change }) {
      const settings = o.settings.change({
        ...change,
        ...(namePattern !== undefined && { namePattern: parseNamePattern(namePattern) }),
      })
      o.changed()
      return settings
    },

    ...mediumHandlers(o.medium),
    ...setupHandlers(parts.setup, o.isoShelf),
    ...dhcpHandlers({ ...o, registry, ip: o.served.address, ports: () => portsOf(o.addresses()) }),

    mediumShow: async ({ file }) => {
      const { bootsOn, notes, ...description } = await o.isoShelf.describe(file)
      const wimboot = o.windows.wimboot.current ? 'ready' : 'missing'
      return {
        file,
        ...description,
        bootsOn: [...bootsOn],
        ...(description.kind === 'windows' && { wimboot }),
        notes: [...notes],
      }
    },

    ...windowsHandlers(o.windows, { registry, disks, changed: o.changed }),

    browse: ({ folder }) => browse(folder ?? homedir()),
  }
}

/** The port of each service; of one that does not run, the one it would have. */
function portsOf({ iscsi, http, tftp }: Pick<Ready, 'iscsi' | 'http' | 'tftp'>) {
  const portOf = (address: string | null, usual: number) => Number(/:(\d+)$/.exec(address ?? '')?.[1] ?? usual)
  return {
    iscsi: portOf(iscsi, DEFAULT_PORTS.iscsi),
    http: portOf(http, DEFAULT_PORTS.http),
    tftp: portOf(tftp, DEFAULT_PORTS.tftp),
  }
}

/** `null` takes a value away; registry names are those of the disks as they are kept. */
function normalise(
  fields: Omit<NewClient, 'mac' | 'secondOwn' | 'knowingly'> | Omit<ClientChange, 'id' | 'secondOwn' | 'knowingly'>,
): ClientFields {
  const out = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, value ?? undefined])) as {
    disk?: string
    secondDisk?: string
    chap?: 'off' | Client['chap'] | undefined
    exclusive?: boolean | undefined
  }
  for (const [key, value] of Object.entries(fields))
    if (value === undefined) delete (out as Record<string, unknown>)[key]
  if (out.chap === 'off') out.chap = undefined
  if (out.exclusive === false) out.exclusive = undefined
  if (out.disk !== undefined) out.disk = out.disk.trim().toLowerCase()
  if (out.secondDisk !== undefined) out.secondDisk = out.secondDisk.trim().toLowerCase()
  return out as ClientFields
}

/** The date goes with the mode that needed it. */
const dateOf = (fields: ClientFields): ClientFields =>
  fields.keep !== undefined && fields.keep !== 'until' ? { keepUntilMs: undefined } : {}

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

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    // Missing, or in a folder that this user may not enter: of no use to a PC either way.
    return false
  }
}
