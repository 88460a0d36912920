import { AppError } from '../../../base/errors.ts'
import { readInf, type Inf } from './sections.ts'

/** What an INF file says of a driver for network cards. */
export interface InfDriver {
  /** `Net` for network cards. */
  readonly deviceClass: string
  readonly provider: string
  /** As its maker counts. */
  readonly version: string
  /** Processors it has drivers for: `amd64`, `x86`, `arm64` … */
  readonly architectures: readonly string[]
  /** Cards of 64-bit PCs. */
  readonly devices: readonly InfDevice[]
  /** What must lie beside the INF file for 64-bit PCs, the catalogue with its signature included. */
  readonly files: readonly InfFile[]
  /** Why it is taken for one of NetAdapterCx, with which no Windows starts from an iSCSI disk. */
  readonly netAdapterCx?: string
}

export interface InfDevice {
  readonly description: string
  /** Hardware id in upper case. */
  readonly id: string
  /** The first build of Windows it is for, where it says one. */
  readonly fromBuild?: number
}

export interface InfFile {
  readonly name: string
  /** Below the folder of the INF file, with `/`; empty: beside it. */
  readonly folder: string
}

/** `vendor` and `device` in lower-case hex, four digits each. */
export interface PciCard {
  readonly vendor: string
  readonly device: string
}

const MAX_DEVICES = 20_000
const MAX_FILES = 500

/** Errors: guest.inf. */
export function readInfDriver(bytes: Uint8Array): InfDriver {
  const inf = readInf(bytes)
  if (!inf.names.includes('version')) throw new AppError('guest.inf', 'it has no section [Version]')
  const models = modelsOf(inf)
  const mine = models.filter((m) => m.architecture === ARCHITECTURE)
  const why = netAdapterCxOf(inf)
  return {
    deviceClass: inf.values('version', 'Class')?.[0] ?? '',
    provider: inf.values('version', 'Provider')?.[0] ?? '',
    version: inf.values('version', 'DriverVer')?.[1] ?? '',
    architectures: [...new Set(models.filter((m) => inf.lines(m.section).length > 0).map((m) => m.architecture))],
    devices: mine.flatMap((model) => devicesOf(inf, model)).slice(0, MAX_DEVICES),
    files: filesOf(inf),
    ...(why !== undefined && { netAdapterCx: why }),
  }
}

const ARCHITECTURE = 'amd64'

interface Model {
  readonly section: string
  readonly architecture: string
  readonly fromBuild?: number
}

/** Decorated sections of models: `NTamd64.10.0...16299` is architecture, version, product type, suite and build. One
 *  without an architecture is for 32-bit PCs. Source: Microsoft, “INF Manufacturer section”. */
function modelsOf(inf: Inf): Model[] {
  return inf.lines('manufacturer').flatMap(({ key, values }) => {
    const [base, ...decorations] = key === undefined ? values.slice(0, 1) : values
    if (!base) return []
    const plain: Model = { section: base, architecture: 'x86' }
    return [
      plain,
      ...decorations
        .filter((d) => d !== '')
        .map((decoration): Model => {
          const [first, , , , , build] = decoration.toLowerCase().split('.')
          const fromBuild = Number(build)
          return {
            section: `${base}.${decoration}`,
            architecture: first?.replace(/^nt/, '') || 'x86',
            ...(build && Number.isInteger(fromBuild) && { fromBuild }),
          }
        }),
    ]
  })
}

function devicesOf(inf: Inf, { section, fromBuild }: Model): InfDevice[] {
  return inf.lines(section).flatMap(({ key, values }) =>
    values
      .slice(1)
      .filter((id) => id !== '')
      .map((id) => ({
        description: (key ?? '').replace(/[^\x20-\x7e]/g, ' ').slice(0, 120),
        id: id.toUpperCase().slice(0, 200),
        ...(fromBuild !== undefined && { fromBuild }),
      })),
  )
}

/** Source: Microsoft, “INF SourceDisksFiles section”, “INF SourceDisksNames section”, “INF Version section”. */
function filesOf(inf: Inf): InfFile[] {
  const found = new Map<string, InfFile>()
  const add = (name: string, ...folders: (string | undefined)[]): void => {
    const folder = folders
      .flatMap((text) => (text ?? '').split(/[\\/]/))
      .filter((part) => part !== '' && part !== '.')
      .join('/')
    if (name !== '' && found.size < MAX_FILES) found.set(`${folder}/${name}`.toLowerCase(), { name, folder })
  }
  for (const key of [`CatalogFile.NT${ARCHITECTURE}`, 'CatalogFile.NT', 'CatalogFile']) {
    const name = inf.values('version', key)?.[0]
    if (name) {
      add(name)
      break
    }
  }
  const disks = new Map(
    [...inf.lines('sourcedisksnames'), ...inf.lines(`sourcedisksnames.${ARCHITECTURE}`)].map(({ key, values }) => [
      key ?? '',
      values[3],
    ]),
  )
  const special = inf.lines(`sourcedisksfiles.${ARCHITECTURE}`)
  const names = new Set(special.map(({ key }) => (key ?? '').toLowerCase()))
  const common = inf.lines('sourcedisksfiles').filter(({ key }) => !names.has((key ?? '').toLowerCase()))
  for (const { key, values } of [...special, ...common])
    add(key ?? values[0] ?? '', disks.get(values[0] ?? ''), values[1])
  return [...found.values()]
}

/** Keywords that only drivers of NetAdapterCx must have; before it, the driver said the same in its code. Source:
 *  Microsoft, “INF files for NetAdapterCx client drivers”. */
const CX_KEYWORDS = ['*ifconnectorpresent', '*connectiontype', '*directiontype', '*accesstype', '*hardwareloopback']

function netAdapterCxOf(inf: Inf): string | undefined {
  let service: string | undefined
  for (const section of inf.names) {
    for (const { key, values } of inf.lines(section)) {
      const name = (key ?? values[0] ?? '').toLowerCase()
      if (CX_KEYWORDS.includes(name)) return `it says “${key ?? name}”, which only drivers of NetAdapterCx do`
      if (section !== 'strings' && values.some((value) => /netadaptercx/i.test(value))) return 'it names NetAdapterCx'
      if (section.endsWith('.wdf') && name === 'kmdfservice') service = values[0]
    }
  }
  // Realtek, Intel and others add “cx” to the name of the driver that replaces their older one.
  return service !== undefined && /cx\d*(x64)?$/i.test(service)
    ? `its driver “${service}” is one of the framework KMDF with “cx” in its name`
    : undefined
}

/** What a card has to do with a driver: `exact` when the driver is for all of its kind, `some` when it is for boards of
 *  certain makers only, which cannot be told from here. */
export function matchesCard(driver: InfDriver, card: PciCard): 'exact' | 'some' | undefined {
  const kind = `PCI\\VEN_${card.vendor}&DEV_${card.device}`.toUpperCase()
  const ids = driver.devices.map((device) => device.id).filter((id) => id === kind || id.startsWith(`${kind}&`))
  if (ids.length === 0) return undefined
  return ids.some((id) => !/&(SUBSYS|REV)_/.test(id)) ? 'exact' : 'some'
}

/** A card as iPXE names it: type 1 for PCI, vendor and device, hex with hyphens or colons. Under some firmware the loader
 *  knows neither. Source: iPXE, netdev_fetch_busid(). */
export function cardOf(busId: string | undefined): PciCard | undefined {
  const [, v1, v2, d1, d2] =
    /^01[:-]([0-9a-f]{2})[:-]([0-9a-f]{2})[:-]([0-9a-f]{2})[:-]([0-9a-f]{2})$/i.exec(busId ?? '') ?? []
  if (v1 === undefined) return undefined
  const [vendor, device] = [`${v1}${v2}`.toLowerCase(), `${d1}${d2}`.toLowerCase()]
  return vendor === '0000' || vendor === 'ffff' ? undefined : { vendor, device }
}
