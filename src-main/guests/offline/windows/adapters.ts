import { attempt, type Attempt } from '../disk/attempt.ts'
import type { FileTree } from '../disk/file-system.ts'
import type { HiveKey } from '../registry/hive.ts'
import { holdsText } from './driver-file.ts'
import { driverPath, readService, type Service } from './services.ts'

export const NETWORK_CLASS = '{4d36e972-e325-11ce-bfc1-08002be10318}'

/** A network card that Windows has installed. */
export interface Adapter {
  /** Its place in the class: `0001`. */
  readonly classKey: string
  readonly name: string
  /** Its GUID, with braces, by which filters and addresses name it. */
  readonly netCfgInstanceId: string
  /** Where it is plugged in: `PCI\VEN_8086&…`; empty when Windows does not say. */
  readonly instanceId: string
  readonly bus: 'pci' | 'usb' | 'virtual' | 'unknown'
  readonly wired: boolean
  readonly disabled: boolean
  readonly service: Service | undefined
  readonly driver: DriverFile | undefined
  /** GUIDs of the filters bound to it, with braces. */
  readonly filterIds: readonly string[]
  /** Device filters of this card alone. */
  readonly deviceFilters: readonly string[]
  /** An address typed in by hand; undefined: by DHCP. */
  readonly fixedAddress: string | undefined
}

export interface DriverFile {
  readonly path: string
  readonly present: Attempt<boolean>
  /** It is of the kind that cannot start Windows from iSCSI. */
  readonly netAdapterCx: Attempt<boolean>
}

const CHARACTERISTIC_PHYSICAL = 0x4
const CONFIG_DISABLED = 0x1
/** IANA ifType and NDIS media; wireless ones cannot start a PC. Source: ndis.h of the Windows driver kit. */
const IF_TYPE_ETHERNET = 6
const MEDIUM_WIRELESS = new Set([9, 10, 12])
const MOST_ADAPTERS = 256
const MOST_DEVICES = 20_000
/** Buses that hold no network card a PC could start from, and many devices. */
const OTHER_BUSES = new Set('SWD ROOT HTREE HID STORAGE SCSI DISPLAY ACPI HDAUDIO BTH BTHENUM BTHLE'.split(' '))

/** Cards of the network class, virtual ones left out. @param controlSet `ControlSet001` of SYSTEM. */
export async function readAdapters(controlSet: HiveKey, files: FileTree): Promise<Adapter[]> {
  const net = await path(controlSet, 'Control', 'Class', NETWORK_CLASS)
  const services = await path(controlSet, 'Services')
  if (!net || !services) return []
  const devices = new Devices(controlSet)
  const adapters: Adapter[] = []
  for (const key of await net.subkeys()) {
    if (!/^\d{4}$/.test(key.name) || adapters.length >= MOST_ADAPTERS) continue
    const characteristics = (await key.number('Characteristics')) ?? 0
    const matching = (await key.text('MatchingDeviceId')) ?? (await key.text('ComponentId')) ?? ''
    const bus = busOf(matching)
    if ((characteristics & CHARACTERISTIC_PHYSICAL) === 0 && bus !== 'pci') continue
    const device = await devices.of(key)
    const serviceName = (await device?.key.text('Service')) ?? (await (await key.subkey('Ndi'))?.text('Service'))
    const service = serviceName === undefined ? undefined : await readService(services, serviceName)
    const linkage = await key.subkey('Linkage')
    const id = (await key.text('NetCfgInstanceId')) ?? ''
    adapters.push({
      classKey: key.name,
      name: (await key.text('DriverDesc')) ?? matching,
      netCfgInstanceId: id,
      instanceId: device?.instanceId ?? '',
      bus: device ? busOf(device.instanceId) : bus,
      wired: await isWired(key),
      disabled: (((await device?.key.number('ConfigFlags')) ?? 0) & CONFIG_DISABLED) !== 0,
      service,
      driver: service && (await readDriver(files, service)),
      filterIds: filterIds((await linkage?.texts('FilterList')) ?? [], id),
      deviceFilters: [
        ...((await device?.key.texts('UpperFilters')) ?? []),
        ...((await device?.key.texts('LowerFilters')) ?? []),
      ],
      fixedAddress: await fixedAddress(services, id),
    })
  }
  return adapters
}

export async function path(from: HiveKey, ...names: readonly string[]): Promise<HiveKey | undefined> {
  let key: HiveKey | undefined = from
  for (const name of names) key = await key?.subkey(name)
  return key
}

function busOf(id: string): Adapter['bus'] {
  if (/^pci\\/i.test(id)) return 'pci'
  if (/^usb\\/i.test(id)) return 'usb'
  return /^(root|swd|vmbus|ms_|\{)/i.test(id) ? 'virtual' : 'unknown'
}

async function isWired(key: HiveKey): Promise<boolean> {
  const numberOrText = async (name: string): Promise<number | undefined> => {
    const text = await key.text(name)
    return (await key.number(name)) ?? (text === undefined ? undefined : Number(text))
  }
  const medium = await numberOrText('*PhysicalMediaType')
  if (medium !== undefined && MEDIUM_WIRELESS.has(medium)) return false
  return ((await numberOrText('*IfType')) ?? IF_TYPE_ETHERNET) === IF_TYPE_ETHERNET
}

/** The rows read `{card}-{filter}-0000`. */
function filterIds(list: readonly string[], card: string): string[] {
  return list
    .map((row) => /^(\{[^}]+\})-(\{[^}]+\})-\d+$/.exec(row))
    .filter((row) => row !== null && row[1]!.toUpperCase() === card.toUpperCase())
    .map((row) => row![2]!)
}

async function fixedAddress(services: HiveKey, id: string): Promise<string | undefined> {
  if (id === '') return undefined
  const settings = await path(services, 'Tcpip', 'Parameters', 'Interfaces', id)
  if ((await settings?.number('EnableDHCP')) !== 0) return undefined
  return (await settings!.texts('IPAddress'))?.find((address) => address !== '0.0.0.0')
}

async function readDriver(files: FileTree, service: Service): Promise<DriverFile> {
  const at = driverPath(service)
  const found = await attempt(() => files.find(at))
  const present: Attempt<boolean> = found.ok ? { ok: true, value: found.value !== undefined } : found
  const node = found.ok ? found.value : undefined
  const netAdapterCx: Attempt<boolean> = node
    ? await attempt(async () => holdsText(await node.content(), 'NetAdapterCx'))
    : { ok: false, reason: present.ok ? 'the file is missing' : present.reason }
  return { path: at, present, netAdapterCx }
}

/** Devices by the driver they use. */
class Devices {
  readonly #controlSet: HiveKey
  #byDriver: Map<string, { key: HiveKey; instanceId: string }> | undefined

  constructor(controlSet: HiveKey) {
    this.#controlSet = controlSet
  }

  async of(classKey: HiveKey): Promise<{ key: HiveKey; instanceId: string } | undefined> {
    // Newer Windows writes it beside the driver; else all devices are looked through.
    const named = await classKey.text('DeviceInstanceID')
    const key = named === undefined ? undefined : await path(this.#controlSet, 'Enum', ...named.split('\\'))
    if (named !== undefined && key) return { key, instanceId: named }
    this.#byDriver ??= await this.#all()
    return this.#byDriver.get(`${NETWORK_CLASS}\\${classKey.name}`.toUpperCase())
  }

  async #all(): Promise<Map<string, { key: HiveKey; instanceId: string }>> {
    const found = new Map<string, { key: HiveKey; instanceId: string }>()
    let count = 0
    for (const bus of (await (await this.#controlSet.subkey('Enum'))?.subkeys()) ?? []) {
      if (OTHER_BUSES.has(bus.name.toUpperCase())) continue
      for (const model of await bus.subkeys())
        for (const device of await model.subkeys()) {
          if (++count > MOST_DEVICES) return found
          const driver = await device.text('Driver')
          if (driver !== undefined)
            found.set(driver.toUpperCase(), { key: device, instanceId: `${bus.name}\\${model.name}\\${device.name}` })
        }
    }
    return found
  }
}
