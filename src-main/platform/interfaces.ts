import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { AppError } from '../base/errors.ts'

/** An interface that clients can be served on. IPv4 only: the iBFT of the loader knows nothing else. */
export interface ServedInterface {
  readonly name: string
  readonly address: string
  readonly netmask: string
  readonly mac: string
}

export function listInterfaces(o: { loopback?: boolean } = {}): ServedInterface[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? [])
      .filter((a) => a.family === 'IPv4' && (o.loopback || !a.internal))
      .map((a) => ({ name, address: a.address, netmask: a.netmask, mac: a.mac })),
  )
}

/** Name of the interface of the default route, where the system tells. Source: /proc/net/route. */
export function defaultRouteInterface(): string | undefined {
  if (process.platform !== 'linux') return undefined
  let table: string
  try {
    table = readFileSync('/proc/net/route', 'utf8')
  } catch {
    // No procfs here; the caller asks the user when there is more than one interface.
    return undefined
  }
  const rows = table
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s+/))
  return rows.find((row) => row[1] === '00000000' && row[7] === '00000000')?.[0]
}

/** The interface meant by a name or an address; without one, that of the default route or the only one there is.
 *  Errors: config.interface with what exists. */
export function chooseInterface(
  wanted: string | undefined,
  known = listInterfaces(),
  defaultRoute = defaultRouteInterface(),
): ServedInterface {
  const list = known.map((i) => `${i.name} (${i.address})`).join(', ')
  // The loopback interface reaches no PC; it is for trying Bootlace out, and only when it is named.
  const loopback =
    wanted === undefined
      ? undefined
      : listInterfaces({ loopback: true }).find((i) => i.name === wanted || i.address === wanted)
  if (loopback) return loopback
  if (known.length === 0) {
    throw new AppError('config.interface', 'this computer has no network interface with an IPv4 address', {
      hint: 'Plug in the network cable, or give the interface an address, and start again.',
    })
  }
  if (wanted !== undefined) {
    const found = known.find((i) => i.name === wanted || i.address === wanted)
    if (!found)
      throw new AppError('config.interface', `there is no interface "${wanted}" with an IPv4 address`, {
        hint: `Choose one of: ${list}.`,
      })
    return found
  }
  const chosen = known.find((i) => i.name === defaultRoute) ?? (known.length === 1 ? known[0] : undefined)
  if (!chosen) {
    throw new AppError('config.interface', 'it is not clear on which network the PCs are', {
      hint: `Say it with --interface; there are: ${list}.`,
    })
  }
  return chosen
}
