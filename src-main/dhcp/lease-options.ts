import { putU32be, utf8Bytes } from '../base/bytes.ts'
import { broadcastOf, type Subnet } from './address-range.ts'
import { addressBytes, OPTION } from './options.ts'

/** Options that only a server of addresses speaks. Source: RFC 2132 §3.8 (6), §9.9 (56); RFC 3046 §2 (82). */
export const LEASE_OPTION = { domainNameServer: 6, message: 56, relayAgentInformation: 82 } as const

/** What every lease of this network says. */
export interface LeaseTerms {
  readonly subnet: Subnet
  readonly router?: string
  readonly dns: readonly string[]
  readonly leaseSeconds: number
}

export function u32Value(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  putU32be(bytes, 0, value)
  return bytes
}

const addressesValue = (addresses: readonly string[]): Uint8Array =>
  Uint8Array.from(addresses.flatMap((address) => [...addressBytes(address)]))

/** What an OFFER or ACK of an address carries. T1 is half of the lease and T2 seven eighths. Source: RFC 2131 §4.3.1,
 *  table 3 and §4.4.5. */
export function leaseOptions(terms: LeaseTerms): [number, Uint8Array][] {
  const { leaseSeconds } = terms
  return [
    [OPTION.leaseTime, u32Value(leaseSeconds)],
    [OPTION.renewalTime, u32Value(Math.floor(leaseSeconds / 2))],
    [OPTION.rebindingTime, u32Value(Math.floor((leaseSeconds * 7) / 8))],
    ...networkOptions(terms),
  ]
}

/** What a machine that has its address from elsewhere is told (INFORM): no times. Source: RFC 2131 §4.3.5. */
export const networkOptions = ({ subnet, router, dns }: LeaseTerms): [number, Uint8Array][] => [
  // The mask comes before the router. Source: RFC 2132 §3.3.
  [OPTION.subnetMask, addressBytes(subnet.netmask)],
  [OPTION.broadcastAddress, addressBytes(broadcastOf(subnet))],
  ...(router === undefined ? [] : [[OPTION.router, addressBytes(router)] as [number, Uint8Array]]),
  ...(dns.length === 0 ? [] : [[LEASE_OPTION.domainNameServer, addressesValue(dns)] as [number, Uint8Array]]),
]

export const messageValue = (text: string): Uint8Array => utf8Bytes(text).subarray(0, 255)
