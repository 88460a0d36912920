import { describe, expect, test } from 'vitest'
import {
  broadcastOf,
  exampleRange,
  isHostAddress,
  parseRange,
  splitRange,
} from '../../../src-main/dhcp/address-range.ts'

const subnet = { address: '192.168.50.1', netmask: '255.255.255.0' }

describe('a range', () => {
  test('is of the own network, in order, and not too large', () => {
    expect(parseRange('192.168.50.100', '192.168.50.199', subnet)).toEqual({ first: 0xc0a83264, last: 0xc0a832c7 })
    for (const [first, last, why] of [
      ['192.168.50.100', '192.168.50.99', 'its first address is behind its last'],
      ['192.168.51.100', '192.168.51.199', '192.168.51.100 is not in the network of this computer'],
      ['192.168.50.0', '192.168.50.9', '192.168.50.0 is the network itself'],
      ['192.168.50.250', '192.168.50.255', '192.168.50.255 is the network itself'],
      ['192.168.50.1', '192.168.50.1', '192.168.50.1 is the address of this computer'],
      ['192.168.50', '192.168.50.9', '"192.168.50" is not an IPv4 address'],
      ['192.168.50.300', '192.168.50.9', '"192.168.50.300" is not an IPv4 address'],
    ] as const) {
      expect(() => parseRange(first, last, subnet)).toThrow(
        expect.objectContaining({ code: 'config.dhcpRange', message: expect.stringContaining(why) as string }),
      )
    }
    const wide = { address: '10.0.0.1', netmask: '255.0.0.0' }
    expect(() => parseRange('10.1.0.0', '10.1.15.255', wide)).not.toThrow()
    expect(() => parseRange('10.1.0.0', '10.1.16.0', wide)).toThrow(/more than 4096/)
  })
  test('an example always fits', () => {
    for (const [address, netmask] of [
      ['192.168.50.1', '255.255.255.0'],
      ['10.0.0.1', '255.0.0.0'],
      ['172.16.5.6', '255.255.255.248'],
      ['172.16.5.5', '255.255.255.252'],
    ] as const) {
      const { first, last } = splitRange(exampleRange({ address, netmask }))
      expect(() => parseRange(first, last, { address, netmask })).not.toThrow()
    }
    expect(exampleRange(subnet)).toBe('192.168.50.128-192.168.50.227')
  })
  test('is written with a hyphen', () => {
    expect(splitRange(' 10.0.0.1 - 10.0.0.9 ')).toEqual({ first: '10.0.0.1', last: '10.0.0.9' })
    expect(() => splitRange('10.0.0.1')).toThrow(/not a range/)
  })
})

test('hosts are neither the network, nor its broadcast, nor ourselves', () => {
  const hosts = ['192.168.50.0', '192.168.50.1', '192.168.50.2', '192.168.50.254', '192.168.50.255', '192.168.51.2']
  expect(hosts.filter((a) => isHostAddress(a, subnet))).toEqual(['192.168.50.2', '192.168.50.254'])
  expect(broadcastOf({ address: '10.1.2.3', netmask: '255.255.252.0' })).toBe('10.1.3.255')
})
