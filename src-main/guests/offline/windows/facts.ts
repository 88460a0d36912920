import { attempt, type Attempt } from '../disk/attempt.ts'
import type { FileTree } from '../disk/file-system.ts'
import { unreadable } from '../disk/source.ts'
import { hibernationOf } from '../ntfs/boot-sector.ts'
import { Hive, type HiveKey } from '../registry/hive.ts'
import { path, readAdapters, type Adapter } from './adapters.ts'
import { readHabits, type Habits } from './habits.ts'
import { readFilters, type Filters } from './filters.ts'
import { readService, type Service } from './services.ts'
import { readSysprep, type SysprepTrace } from './sysprep.ts'

/** What SOFTWARE says about the version. */
export interface WindowsVersion {
  /** As Windows calls itself, `Windows 11 Pro`. */
  readonly name: string
  /** `24H2`, `1809`; empty on old ones. */
  readonly release: string
  readonly buildNumber: number
  /** Behind the point: `4349` of 26100.4349. */
  readonly revision: number | undefined
  readonly edition: string
  readonly server: boolean
  /** IMAGE_STATE_COMPLETE, or how far setup or Sysprep came. */
  readonly imageState: string | undefined
}

/** What SYSTEM says about starting. */
export interface WindowsSystem {
  readonly controlSet: string
  /** The iSCSI initiator's driver (its service, MSiSCSI, starts later and does not matter). */
  readonly iscsi: Service | undefined
  /** The device that the driver serves is there. */
  readonly iscsiDevice: boolean
  readonly ndis: Service | undefined
  readonly tcpip: Service | undefined
  /** The filter of the Windows firewall on every card; two names, by version. */
  readonly wfpFilter: Service | undefined
  readonly adapters: Attempt<readonly Adapter[]>
  readonly filters: Attempt<Filters>
  /** Rows of `C:\pagefile.sys 0 0`. */
  readonly pagingFiles: readonly string[] | undefined
  /** 1: Windows hibernates instead of shutting down. */
  readonly fastStartup: number | undefined
  readonly hibernation: number | undefined
  readonly setupRunning: boolean
  readonly habits: Attempt<Habits>
}

export interface WindowsFacts {
  readonly version: Attempt<WindowsVersion>
  readonly system: Attempt<WindowsSystem>
  /** Hives that were open when the PC stopped. */
  readonly openHives: readonly string[]
  readonly hibernated: Attempt<'hibernated' | 'resumed' | 'none'>
  readonly iscsiDriverFile: Attempt<boolean>
  readonly sysprep: Attempt<SysprepTrace>
  /** Why the volume is not as Windows would leave it. */
  readonly volumeUnclean: string | undefined
}

const CONFIG = '/Windows/System32/config'

/** Whether a Windows lies on this volume. Errors: what reading fails with. */
export async function isWindows(files: FileTree): Promise<boolean> {
  return (await files.isThere(`${CONFIG}/SYSTEM`)) && (await files.isThere(`${CONFIG}/SOFTWARE`))
}

export async function readWindows(files: FileTree, progress: (text: string) => void): Promise<WindowsFacts> {
  const openHives: string[] = []
  const hive = async (name: string): Promise<Hive> => {
    progress(`Reading the registry: ${name}`)
    const source = await files.file(`${CONFIG}/${name}`)
    if (!source) throw unreadable(`the registry file ${name} is missing`)
    const opened = await Hive.open(source)
    if (!opened.closed) openHives.push(name)
    return opened
  }
  const version = await attempt(async () => readVersion(await hive('SOFTWARE')))
  const system = await attempt(async () => readSystem(await hive('SYSTEM'), files, progress))
  return {
    version,
    system,
    openHives,
    hibernated: await attempt(async () => {
      const file = await files.file('/hiberfil.sys')
      return file ? hibernationOf(await file.read(0, Math.min(4, file.sizeBytes))) : 'none'
    }),
    iscsiDriverFile: await attempt(() => files.isThere('/Windows/System32/drivers/msiscsi.sys')),
    sysprep: await attempt(() => readSysprep(files)),
    volumeUnclean: files.fileSystem.unclean,
  }
}

const BUILD_OF_11 = 22000

async function readVersion(software: Hive): Promise<WindowsVersion> {
  const key = await software.key('Microsoft\\Windows NT\\CurrentVersion')
  if (!key) throw unreadable('the registry does not say which Windows it is')
  const name = (await key.text('ProductName')) ?? 'Windows'
  const build = Number((await key.text('CurrentBuildNumber')) ?? (await key.text('CurrentBuild')))
  if (!Number.isInteger(build)) throw unreadable('the registry does not say which build of Windows it is')
  const server = /server/i.test((await key.text('InstallationType')) ?? name)
  const state = await software.key('Microsoft\\Windows\\CurrentVersion\\Setup\\State')
  return {
    // Windows 11 still calls itself Windows 10 here.
    name: !server && build >= BUILD_OF_11 ? name.replace('Windows 10', 'Windows 11') : name,
    release: (await key.text('DisplayVersion')) ?? (await key.text('ReleaseId')) ?? '',
    buildNumber: build,
    revision: await key.number('UBR'),
    edition: (await key.text('EditionID')) ?? '',
    server,
    imageState: await state?.text('ImageState'),
  }
}

async function readSystem(system: Hive, files: FileTree, progress: (text: string) => void): Promise<WindowsSystem> {
  const root = await system.root()
  const current = await (await root.subkey('Select'))?.number('Current')
  if (current === undefined) throw unreadable('the registry does not say which settings are in use')
  const controlSet = `ControlSet${String(current).padStart(3, '0')}`
  const set = await root.subkey(controlSet)
  const services = await set?.subkey('Services')
  if (!set || !services) throw unreadable(`the settings in use (${controlSet}) are missing from the registry`)
  const manager = await path(set, 'Control', 'Session Manager')
  const memory = await manager?.subkey('Memory Management')
  const setup = await root.subkey('Setup')
  progress('Looking at network cards')
  return {
    controlSet,
    iscsi: await readService(services, 'iScsiPrt'),
    iscsiDevice: (await path(set, 'Enum', 'ROOT', 'ISCSIPRT', '0000')) !== undefined,
    ndis: await readService(services, 'NDIS'),
    tcpip: await readService(services, 'Tcpip'),
    wfpFilter: (await readService(services, 'WfpLwfs')) ?? (await readService(services, 'WfpLwf')),
    adapters: await attempt(() => readAdapters(set, files)),
    filters: await attempt(() => readFilters(set)),
    pagingFiles: await memory?.texts('PagingFiles'),
    fastStartup: await (await manager?.subkey('Power'))?.number('HiberbootEnabled'),
    hibernation: await (await path(set, 'Control', 'Power'))?.number('HibernateEnabled'),
    setupRunning: await isSetupRunning(setup),
    habits: await attempt(() => readHabits(set)),
  }
}

async function isSetupRunning(setup: HiveKey | undefined): Promise<boolean> {
  for (const name of ['SystemSetupInProgress', 'OOBEInProgress'])
    if (((await setup?.number(name)) ?? 0) !== 0) return true
  return false
}
