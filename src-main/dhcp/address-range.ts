import { putU32be, u32be } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { addressBytes, addressText } from './options.ts'

/** IPv4 addresses as numbers, to count them. */

export const addressNumber = (text: string): number => u32be(addressBytes(text), 0)

export function addressOf(number: number): string {
  const bytes = new Uint8Array(4)
  putU32be(bytes, 0, number)
  return addressText(bytes, 0)
}

/** The network an interface is in. */
export interface Subnet {
  /** Our own address in it. */
  readonly address: string
  readonly netmask: string
}

/** Addresses that may be given, both ends included. */
export interface AddressRange {
  readonly first: number
  readonly last: number
}

/** More addresses than a home lab ever has; searching them all must stay quick. */
const LARGEST_RANGE = 4096

export const isIpv4 = (text: string): boolean =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255)

export function inSubnet(address: string, { address: own, netmask }: Subnet): boolean {
  const mask = addressNumber(netmask)
  return (addressNumber(address) & mask) === (addressNumber(own) & mask)
}

/** The address that all machines of the network hear. Source: RFC 919 §7. */
export const broadcastOf = ({ address, netmask }: Subnet): string =>
  addressOf((addressNumber(address) | ~addressNumber(netmask)) >>> 0)

/** True for addresses a machine of this network can have: neither the network's own, nor its broadcast, nor ours. */
export function isHostAddress(address: string, subnet: Subnet): boolean {
  if (!inSubnet(address, subnet) || address === subnet.address) return false
  const number = addressNumber(address)
  const mask = addressNumber(subnet.netmask)
  return (number & ~mask) >>> 0 !== 0 && address !== broadcastOf(subnet)
}

/** Errors: config.dhcpRange for what is no range of the interface's own network. */
export function parseRange(firstText: string, lastText: string, subnet: Subnet): AddressRange {
  const refuse = (why: string): never => {
    throw new AppError('config.dhcpRange', `the range ${firstText}-${lastText} cannot be used: ${why}`, {
      hint: `Give two addresses of the network of ${subnet.address} (mask ${subnet.netmask}), for example ${exampleRange(subnet)}.`,
    })
  }
  for (const text of [firstText, lastText]) if (!isIpv4(text)) refuse(`"${text}" is not an IPv4 address`)
  const first = addressNumber(firstText)
  const last = addressNumber(lastText)
  if (first > last) refuse('its first address is behind its last')
  for (const text of [firstText, lastText]) {
    if (!inSubnet(text, subnet)) refuse(`${text} is not in the network of this computer`)
    if (text !== subnet.address && !isHostAddress(text, subnet)) refuse(`${text} is the network itself`)
  }
  if (last - first >= LARGEST_RANGE) refuse(`it has more than ${LARGEST_RANGE} addresses`)
  if (first === last && firstText === subnet.address) refuse(`${firstText} is the address of this computer`)
  return { first, last }
}

/** The upper half of the network, as far as a hundred addresses, as text for people. */
export function exampleRange(subnet: Subnet): string {
  const mask = addressNumber(subnet.netmask)
  const base = (addressNumber(subnet.address) & mask) >>> 0
  const size = (~mask >>> 0) + 1
  if (size < 8) return `${addressOf(base + 1)}-${addressOf(base + Math.max(1, size - 2))}`
  const first = base + Math.floor(size / 2)
  return `${addressOf(first)}-${addressOf(Math.min(first + 99, base + size - 2))}`
}

/** `FIRST-LAST` as people type it. Errors: config.dhcpRange. */
export function splitRange(text: string): { first: string; last: string } {
  const match = /^\s*(\S+?)\s*-\s*(\S+)\s*$/.exec(text)
  if (!match)
    throw new AppError('config.dhcpRange', `"${text}" is not a range of addresses`, {
      hint: 'Write it as FIRST-LAST, for example 192.168.50.100-192.168.50.199.',
    })
  return { first: match[1]!, last: match[2]! }
}
