import { AppError } from '../base/errors.ts'
import { menuOf, type BootMenu, type MenuEntry, type WholeMenu } from '../clients/boot-menu.ts'
import type { BootStage, Client } from '../clients/client.ts'
import type { ScriptAsker } from './boot-content.ts'
import type { BootDirectory, SanPassword, ServerAddresses } from './boot-directory.ts'
import { installerScript, type Installers } from './installers.ts'
import * as script from './ipxe-script.ts'
import { maintenanceScript, type Maintenance } from './maintenance-script.ts'
import { CLIENT_MEDIA } from './media.ts'
import { windowsPeScript, WITHOUT_WIMBOOT } from './winpe-script.ts'
import { answersWithheldScript, menuScript, passwordWithheldScript, shellScript, userScript } from './menu-script.ts'
import { initiatorNameOf, targetNameOf } from './names.ts'

/** What people chose for all PCs, and what is known of the one that asks. */
export interface ScriptDesk {
  /** What this start of the PC is for. `platform`: as iPXE names it. */
  stageFor(client: Client, platform: string | undefined): BootStage
  /** The menu of all PCs. */
  menu(): BootMenu
  /** Whether that is the password of the menu. */
  opensMenu(password: string | undefined, ip: string | undefined): boolean
  maintenance(): Maintenance
  /** Whether the password of the PC's disks, or its answer file for Windows, may be told to that address. */
  mayTell(client: Client, ip: string | undefined, what?: 'answers'): boolean
  /** Whether the PC reaches us without a gateway. */
  onLink(ip: string | undefined): boolean
  /** The user's own script that counts for a PC, which may be one that nobody has set up: a path below /scripts/. */
  ownScript(pc: Pick<Client, 'mac' | 'ownScripts'> & { name?: string }, uuid: string | undefined): string | undefined
  /** The menu among the user's own scripts. */
  ownMenu(): string | undefined
}

interface Question {
  readonly client: Client
  readonly server: ServerAddresses
  readonly directory: BootDirectory
  readonly desk: ScriptDesk | undefined
  readonly installers?: Installers | undefined
  /** What the loader told of itself, and the entry of the menu that was chosen there. */
  readonly query: ReadonlyMap<string, string>
  readonly from: ScriptAsker
}

/** The script of a client as it is set up at this moment; a set-up that cannot boot becomes a script that says so.
 *  `undefined`: it is only for people who know the password of the menu. */
export function clientScript(q: Question): string | undefined {
  const { client, desk, from } = q
  const context = { server: q.server, mac: client.mac }
  const platform = q.query.get('p')
  // “Next start only” is said for this one start, after everything else.
  const once = client.next !== undefined
  const stage = desk?.stageFor(client, platform) ?? client.next ?? client.stage
  const isUsual = !once && stage === client.stage
  try {
    const own = isUsual && !q.query.has('e') ? desk?.ownScript(client, q.query.get('u')) : undefined
    if (own !== undefined) return userScript(context, own)
    if (stage !== 'menu') return stageScript(q, stage)
    const menu = offered(client, menuOf(client.menu, desk?.menu() ?? {}), desk)
    const chosen = menu.entries.find((entry) => entry === q.query.get('e'))
    if (chosen === undefined)
      return menu.entries.length === 0 ? noDisk(q) : menuScript({ ...context, ...titles(client), menu })
    if (menu.locked.includes(chosen) && !desk?.opensMenu(from.password, from.ip)) return undefined
    return entryScript(q, chosen)
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== 'config.scriptText') throw thrown
    return script.waitScript(context, 'argumentsRefused', [
      'a name or a kernel argument of this PC has characters that the loader cannot take.',
      'Change it in Bootlace.',
    ])
  }
}

const contextOf = (q: Question): script.ScriptContext => ({ server: q.server, mac: q.client.mac })

const noDisk = (q: Question): string =>
  script.waitScript(contextOf(q), 'noDisk', ['this PC has no disk yet. Assign one to it in Bootlace.'])

/** What is beside an entry. */
const titles = ({ name, disk, secondDisk }: Client) => ({
  clientName: name,
  names: { ...(disk !== undefined && { disk }), ...(secondDisk !== undefined && { second: secondDisk }) },
})

/** Entries of which the PC has nothing are not shown. One that is locked stays so: without a password nobody opens it. */
function offered(client: Client, menu: WholeMenu, desk: ScriptDesk | undefined): WholeMenu {
  const has = (entry: MenuEntry): boolean => {
    if (entry === 'disk' || entry === 'install') return client.disk !== undefined
    if (entry === 'second') return client.secondDisk !== undefined
    return entry === 'scripts' ? desk?.ownMenu() !== undefined : true
  }
  const entries = menu.entries.filter(has)
  const preset = entries.includes(menu.preset)
    ? menu.preset
    : (entries.find((entry) => !menu.locked.includes(entry)) ?? menu.preset)
  // With nothing left that could start by itself there is no menu to show.
  return entries.includes(preset) ? { ...menu, entries, preset } : { ...menu, entries: [] }
}

function entryScript(q: Question, entry: MenuEntry): string {
  const context = contextOf(q)
  switch (entry) {
    case 'disk':
      return stageScript(q, 'run')
    case 'second':
      return withSan(q, q.client.secondDisk, script.runScript)
    case 'shell':
      return shellScript(context)
    case 'scripts':
      return userScript(context, q.desk!.ownMenu()!)
    default:
      return stageScript(q, entry)
  }
}

function stageScript(q: Question, stage: Exclude<BootStage, 'menu'>): string {
  const context = contextOf(q)
  const { client } = q
  if (stage === 'local') return script.localScript(context)
  if (stage === 'run') return withSan(q, client.disk, script.runScript)
  if (stage === 'install') return withSan(q, client.disk, (san) => installScript(q, san))
  const maintenance = q.desk?.maintenance() ?? { attachDisk: false }
  return maintenance.attachDisk && client.disk !== undefined
    ? withSan(q, client.disk, (san) => maintenanceScript(context, maintenance, san))
    : maintenanceScript(context, maintenance, undefined)
}

/** Only a script that opens a disk holds the password for it. */
function withSan(q: Question, disk: string | undefined, write: (san: script.SanContext) => string): string {
  if (disk === undefined) return noDisk(q)
  const { client, desk, from } = q
  const password: SanPassword | undefined = q.directory.passwordOf?.(client)
  if (password && desk && !desk.mayTell(client, from.ip)) return passwordWithheldScript(contextOf(q))
  return write({
    ...contextOf(q),
    clientName: client.name,
    diskName: disk,
    initiatorName: initiatorNameOf(client.name),
    targetName: targetNameOf(disk),
    ...(password && { password }),
    // Without its gateway a PC of another network could not reach its disk.
    withoutGateway: client.gateway === 'clear' && (desk?.onLink(from.ip) ?? true),
  })
}

function installScript(q: Question, san: script.SanContext): string {
  const { client, installers, desk, from } = q
  const url = (file: string): string => script.bootUrl(san.server, 'media', script.hyphenMac(san.mac), file)
  if (client.kernel !== undefined)
    return script.installKernelScript({
      ...san,
      kernelUrl: url(CLIENT_MEDIA.kernel),
      ...(client.initrd === undefined ? {} : { initrdUrl: url(CLIENT_MEDIA.initrd) }),
      kernelArgs: client.kernelArgs ?? '',
    })
  if (client.medium === undefined) return script.installFromPcScript(san)
  const installer = installers?.installerOf(client.medium)
  if (installer)
    return script.installKernelScript({ ...san, ...installerScript(san, installer, client.kernelArgs ?? '') })
  const windows = installers?.windowsPeOf?.(client)
  if (windows && windows !== 'missing') {
    const withheld = windows.hasAnswers && desk && !desk.mayTell(client, from.ip, 'answers')
    return withheld ? answersWithheldScript(contextOf(q)) : windowsPeScript(san, windows)
  }
  return script.installMediumScript({
    ...san,
    mediumUrl: url(CLIENT_MEDIA.medium),
    ...(windows && { onUefi: { stage: 'wimbootMissing', says: WITHOUT_WIMBOOT } }),
  })
}
