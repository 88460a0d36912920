import type { HiveKey } from '../registry/hive.ts'
import { path } from './adapters.ts'

/** What Windows does by itself that disturbs a disk on the network. */
export interface Habits {
  /** Seconds until it sleeps while plugged in; undefined: it does not say. */
  readonly sleepsAfterSeconds: number | undefined
  /** It restarts after a stop error, before anybody can read it. */
  readonly restartsAfterStop: boolean
  /** It was told not to encrypt its disk by itself. */
  readonly encryptionPrevented: boolean
  /** Seconds it holds requests when the connection to a network disk is lost; undefined: it does not say. */
  readonly holdsRequestsSeconds: number | undefined
}

/** Sub-group "sleep" and setting "sleep after". Source: Microsoft, "Power Policy Settings", GUID_SLEEP_SUBGROUP, STANDBYIDLE. */
const SLEEP = ['238c9fa8-0aad-41ed-83f4-97be242c8f20', '29f6c1db-86da-48c5-9fdb-f2b67b1f44da'] as const
/** Class of adapters that lead to disks; the iSCSI initiator is one. */
const DISK_ADAPTER_CLASS = '{4d36e97b-e325-11ce-bfc1-08002be10318}'
const MOST_ADAPTERS = 256

/** @param controlSet `ControlSet001` of SYSTEM */
export async function readHabits(controlSet: HiveKey): Promise<Habits> {
  const control = await controlSet.subkey('Control')
  const power = control && (await path(control, 'Power'))
  const restarts = await (await control?.subkey('CrashControl'))?.number('AutoReboot')
  return {
    sleepsAfterSeconds: power && (await sleepsAfter(power)),
    restartsAfterStop: restarts !== undefined && restarts !== 0,
    encryptionPrevented: (await (await control?.subkey('BitLocker'))?.number('PreventDeviceEncryption')) === 1,
    holdsRequestsSeconds: control && (await holdsRequests(control)),
  }
}

/** What somebody set counts, else what the plan came with. */
async function sleepsAfter(power: HiveKey): Promise<number | undefined> {
  const schemes = await path(power, 'User', 'PowerSchemes')
  const active = await schemes?.text('ActivePowerScheme')
  if (!schemes || active === undefined) return undefined
  const own = await path(schemes, active, ...SLEEP)
  const usual = await path(power, 'PowerSettings', ...SLEEP, 'DefaultPowerSchemeValues', active)
  return (await own?.number('ACSettingIndex')) ?? (await usual?.number('ACSettingIndex'))
}

/** The longest of those that say it. Source: Microsoft, "iSCSI initiator registry timers" of the SAN team. */
async function holdsRequests(control: HiveKey): Promise<number | undefined> {
  const adapters = (await (await path(control, 'Class', DISK_ADAPTER_CLASS))?.subkeys()) ?? []
  let longest: number | undefined
  for (const adapter of adapters.slice(0, MOST_ADAPTERS)) {
    const seconds = await (await adapter.subkey('Parameters'))?.number('MaxRequestHoldTime')
    if (seconds !== undefined) longest = Math.max(longest ?? 0, seconds)
  }
  return longest
}
