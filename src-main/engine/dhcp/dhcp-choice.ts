import { DhcpChoice, type DhcpMode } from '../../api/dhcp.ts'
import { AppError } from '../../base/errors.ts'
import type { SettingStore } from '../../db/stores/setting-store.ts'
import {
  isHostAddress,
  isIpv4,
  parseRange,
  splitRange,
  type AddressRange,
  type Subnet,
} from '../../dhcp/address-range.ts'
import type { LeaseTerms } from '../../dhcp/lease-options.ts'

const KEY = 'dhcp'

/** What was said on the command line. */
export interface DhcpWords {
  readonly dhcp?: DhcpMode | undefined
  /** `FIRST-LAST`. */
  readonly dhcpRange?: string | undefined
  readonly dhcpForce?: boolean | undefined
}

export interface Chosen {
  readonly choice: DhcpChoice
  readonly by: 'person' | 'commandLine' | 'default'
}

/** What the command line says counts, then what was chosen in the window, then the proxy. Errors: config.dhcpRange. */
export function chosenAtStart(words: DhcpWords, store: SettingStore): Chosen {
  const stored = DhcpChoice.safeParse(store.get(KEY)).data
  const base = stored ?? DhcpChoice.parse({ mode: 'proxy' })
  const said = words.dhcp !== undefined || words.dhcpRange !== undefined || words.dhcpForce === true
  if (!said) return { choice: base, by: stored ? 'person' : 'default' }
  return {
    choice: {
      ...base,
      ...(words.dhcp !== undefined && { mode: words.dhcp }),
      ...(words.dhcpRange !== undefined && splitRange(words.dhcpRange)),
      ...(words.dhcpForce === true && { force: true }),
    },
    by: 'commandLine',
  }
}

export const keepChoice = (choice: DhcpChoice, store: SettingStore): void => store.set(KEY, choice)

/** A choice that can be carried out on this network. */
export interface ServerPlan {
  readonly range: AddressRange
  readonly terms: LeaseTerms
}

/** Errors: config.dhcpRange, config.dhcpRouter, config.dhcpDns. */
export function serverPlan(choice: DhcpChoice, subnet: Subnet): ServerPlan {
  if (choice.first === undefined || choice.last === undefined) {
    throw new AppError('config.dhcpRange', 'to give addresses, it must be said which', {
      hint: 'Say the first and the last one: --dhcp-range FIRST-LAST, or in the window under Services.',
    })
  }
  const range = parseRange(choice.first, choice.last, subnet)
  const { router, dns } = choice
  if (router !== undefined && router !== subnet.address && !(isIpv4(router) && isHostAddress(router, subnet))) {
    throw new AppError('config.dhcpRouter', `"${router}" is no address of a router on this network`, {
      hint: `Give an address of the network of ${subnet.address}, or leave it empty where there is no router.`,
    })
  }
  const odd = dns.find((address) => !isIpv4(address))
  if (odd !== undefined) {
    throw new AppError('config.dhcpDns', `"${odd}" is not the address of a name server`, {
      hint: 'Give IPv4 addresses like 192.168.1.1, or none.',
    })
  }
  return {
    range,
    terms: { subnet, ...(router !== undefined && { router }), dns, leaseSeconds: choice.leaseMinutes * 60 },
  }
}
