import type { HiveKey } from '../registry/hive.ts'

/** A driver or service as Windows starts it. */
export interface Service {
  readonly name: string
  /** 0 boot, 1 system, 2 automatic, 3 on demand, 4 disabled. */
  readonly start: number | undefined
  /** Bit 0: started at boot when the PC boots from the network. */
  readonly bootFlags: number
  /** What replaces `start` while Windows starts; undefined: nothing does. */
  readonly startOverride: number | undefined
  readonly imagePath: string | undefined
}

const START_DISABLED = 4
/** CM_SERVICE_NETWORK_BOOT_LOAD of winnt.h. It counts when an iBFT is there.
 *  Source: Microsoft, "INF AddService directive", BootFlags; an NDIS developer in the OSR thread 273897. */
const NETWORK_BOOT = 0x1

export async function readService(services: HiveKey, name: string): Promise<Service | undefined> {
  const key = await services.subkey(name)
  if (!key) return undefined
  const override = await key.subkey('StartOverride')
  return {
    name: key.name,
    start: await key.number('Start'),
    bootFlags: (await key.number('BootFlags')) ?? 0,
    startOverride: await override?.number('0'),
    imagePath: await key.text('ImagePath'),
  }
}

/** Whether it is running before Windows needs its disk. */
export function startsAtBoot(service: Service): boolean {
  if (service.start === undefined || service.start >= START_DISABLED) return false
  if (service.startOverride !== undefined && service.startOverride !== 0) return false
  return service.start === 0 || (service.bootFlags & NETWORK_BOOT) !== 0
}

export const AS_ADMIN = 'Right-click Start, choose Terminal (Admin) or Command Prompt (Admin), and type:'

const START_NAMES = ['at boot', 'with the system', 'automatically', 'on demand', 'never (disabled)']

/** How a service starts, for people who look into the registry. */
export function startText(service: Service): string {
  const start =
    service.start === undefined ? 'no start type' : `Start=${service.start}, ${START_NAMES[service.start] ?? 'unknown'}`
  const flags = (service.bootFlags & 1) !== 0 ? '; at boot when the PC boots from the network (BootFlags=1)' : ''
  const override =
    service.startOverride !== undefined && service.startOverride !== 0
      ? `; but StartOverride sets it to ${service.startOverride}`
      : ''
  return `Service ${service.name}: ${start}${flags}${override}.`
}

/** The commands that make a service start at boot, for an administrator's command prompt. */
export function commandsForBoot(service: Pick<Service, 'name' | 'startOverride'>): string {
  const key = `HKLM\\SYSTEM\\CurrentControlSet\\Services\\${service.name}`
  const commands = [`reg add ${key} /v Start /t REG_DWORD /d 0 /f`, `reg add ${key} /v BootFlags /t REG_DWORD /d 1 /f`]
  if (service.startOverride !== undefined) commands.push(`reg delete ${key}\\StartOverride /f`)
  return commands.join('\n')
}

/** Where a driver's file lies on its volume, from the ways the registry writes it; `/` between names. */
export function driverPath(service: Service): string {
  const raw = (service.imagePath ?? '').trim()
  if (raw === '') return `/Windows/System32/drivers/${service.name}.sys`
  const path = raw
    .replace(/^"|"$/g, '')
    .replaceAll('\\', '/')
    .replace(/^\/\?\?\//, '')
    .replace(/^[A-Za-z]:/, '')
    .replace(/^\/?(?:SystemRoot|%SystemRoot%|%windir%)\//i, '/Windows/')
  return path.startsWith('/') ? path : `/Windows/${path}`
}
