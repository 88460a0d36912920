import type { HiveKey } from '../registry/hive.ts'
import { NETWORK_CLASS, path } from './adapters.ts'
import { readService, type Service } from './services.ts'

const NETWORK_SERVICES = '{4d36e974-e325-11ce-bfc1-08002be10318}'
const RUN_MANDATORY = 1
const MOST_FILTERS = 256

/** A filter between network cards and TCP/IP. */
export interface NetworkFilter {
  /** GUID with braces, upper-case. */
  readonly id: string
  /** `ms_pacer`; those of Windows itself begin with `ms_`. */
  readonly componentId: string
  readonly name: string
  /** Without it NDIS takes down the whole card. Source: Microsoft, "NDIS_FILTER_INTERFACE". */
  readonly mandatory: boolean
  readonly service: Service | undefined
}

export interface Filters {
  readonly known: ReadonlyMap<string, NetworkFilter>
  /** Drivers that Windows puts above and below every network card. */
  readonly upperClass: readonly string[]
  readonly lowerClass: readonly string[]
}

/** Network filters that are installed. @param controlSet `ControlSet001` of SYSTEM. */
export async function readFilters(controlSet: HiveKey): Promise<Filters> {
  const net = await path(controlSet, 'Control', 'Class', NETWORK_CLASS)
  const services = await path(controlSet, 'Services')
  const installed = await path(controlSet, 'Control', 'Network', NETWORK_SERVICES)
  const known = new Map<string, NetworkFilter>()
  for (const key of (await installed?.subkeys()) ?? []) {
    if (known.size >= MOST_FILTERS) break
    if (!key.name.startsWith('{')) continue
    const ndi = await key.subkey('Ndi')
    const service = await ndi?.text('Service')
    const id = key.name.toUpperCase()
    known.set(id, {
      id,
      componentId: (await key.text('ComponentId')) ?? '',
      name: (await key.text('Description')) ?? (await key.text('ComponentId')) ?? key.name,
      mandatory: (await ndi?.number('FilterRunType')) === RUN_MANDATORY,
      service: service !== undefined && services ? await readService(services, service) : undefined,
    })
  }
  return {
    known,
    upperClass: (await net?.texts('UpperFilters')) ?? [],
    lowerClass: (await net?.texts('LowerFilters')) ?? [],
  }
}

export const isWindowsOwn = (filter: NetworkFilter): boolean => /^ms_/i.test(filter.componentId)
