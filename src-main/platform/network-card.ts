import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type CardKind = 'cable' | 'wireless' | 'bridge' | 'virtual' | 'loopback'

/** What the system says of an interface. */
export interface CardFacts {
  readonly kind: CardKind
  /** A cable is plugged in and its other end is on. */
  readonly hasLink?: boolean
  readonly megabitsPerSecond?: number
  readonly mtuBytes?: number
  /** A bridge with spanning tree: how long it lets nothing through a port that has come up. */
  readonly holdsBackSeconds?: number
}

/** ARPHRD_LOOPBACK of the kernel. */
const TYPE_LOOPBACK = '772'

/** Undefined where the system does not tell. Source: Documentation/ABI/testing/sysfs-class-net of the kernel. */
export function readCard(name: string, root = '/sys/class/net'): CardFacts | undefined {
  const folder = join(root, name)
  if (!existsSync(folder)) return undefined
  const carrier = text(folder, 'carrier')
  const speed = Number(text(folder, 'speed') ?? NaN)
  const mtu = Number(text(folder, 'mtu') ?? NaN)
  return {
    kind: kindOf(folder),
    ...(carrier !== undefined && { hasLink: carrier === '1' }),
    ...(speed > 0 && { megabitsPerSecond: speed }),
    ...(mtu > 0 && { mtuBytes: mtu }),
    ...holdsBack(folder),
  }
}

function kindOf(folder: string): CardKind {
  const has = (entry: string): boolean => existsSync(join(folder, entry))
  if (text(folder, 'type') === TYPE_LOOPBACK) return 'loopback'
  if (has('wireless') || has('phy80211')) return 'wireless'
  // A bridge, a bond and a VLAN stand on cards that have cables.
  if (has('bridge') || has('bonding') || /^DEVTYPE=vlan$/m.test(text(folder, 'uevent') ?? '')) return 'bridge'
  return has('device') ? 'cable' : 'virtual'
}

/** Listening and learning take the forward delay each, which the kernel tells in hundredths of a second. */
function holdsBack(folder: string): Pick<CardFacts, 'holdsBackSeconds'> {
  const state = text(folder, 'bridge/stp_state')
  const delay = Number(text(folder, 'bridge/forward_delay') ?? NaN)
  return state !== undefined && state !== '0' && delay > 0 ? { holdsBackSeconds: (2 * delay) / 100 } : {}
}

function text(folder: string, file: string): string | undefined {
  try {
    return readFileSync(join(folder, file), 'utf8').trim()
  } catch {
    // Not every interface has every fact; reading `speed` of one without a cable is refused.
    return undefined
  }
}
