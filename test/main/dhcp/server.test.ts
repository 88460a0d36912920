import { describe, expect, test } from 'vitest'
import { asciiAt, fromHex } from '../../../src-main/base/bytes.ts'
import { MESSAGE_TYPE, OPTION, u8Option } from '../../../src-main/dhcp/options.ts'
import { LEASE_OPTION } from '../../../src-main/dhcp/lease-options.ts'
import type { ServerDecision } from '../../../src-main/dhcp/server.ts'
import { DESK, DhcpDesk, LEASE_MS } from '../../support/dhcp-desk.ts'

const A = '52:54:00:00:00:0a'
const B = '52:54:00:00:00:0b'
const kind = (d: ServerDecision) => d.reply && u8Option(d.reply.packet.options, OPTION.messageType)
const option = (d: ServerDecision, code: number) => Array.from(d.reply!.packet.options.get(code) ?? [])
const text = (d: ServerDecision, code: number) => {
  const value = d.reply!.packet.options.get(code)
  return value && asciiAt(value, 0, value.length)
}
const { offer, ack, nak } = MESSAGE_TYPE

describe('DISCOVER', () => {
  test('is answered only after a look at the address, with all a PC needs', () => {
    const desk = new DhcpDesk()
    const first = desk.ask('discover', { mac: A })
    expect(first).toMatchObject({ check: { address: '10.9.0.100', mac: A } })
    expect(first.reply).toBeUndefined()
    desk.pool.cleared('10.9.0.100', A)
    const again = desk.ask('discover', { mac: A, xid: 77 })
    expect(again.check).toBeUndefined()
    expect(again.reply!.to).toEqual({ ip: '255.255.255.255', port: 68 })
    expect(again.reply!.packet).toMatchObject({ op: 2, xid: 77, yiaddr: '10.9.0.100', ciaddr: '0.0.0.0' })
    expect(kind(again)).toBe(offer)
    expect(option(again, OPTION.subnetMask)).toEqual([255, 255, 255, 0])
    expect(option(again, OPTION.broadcastAddress)).toEqual([10, 9, 0, 255])
    expect(option(again, OPTION.router)).toEqual([10, 9, 0, 254])
    expect(option(again, LEASE_OPTION.domainNameServer)).toEqual([10, 9, 0, 53])
    expect(option(again, OPTION.serverIdentifier)).toEqual([10, 9, 0, 1])
    expect(option(again, OPTION.leaseTime)).toEqual([0, 0, 0x0e, 0x10])
    expect(option(again, OPTION.renewalTime)).toEqual([0, 0, 0x07, 0x08])
    expect(option(again, OPTION.rebindingTime)).toEqual([0, 0, 0x0c, 0x4e])
    // An ordinary computer is told nothing about booting.
    for (const code of [OPTION.vendorClass, OPTION.vendorSpecific, OPTION.bootfileName])
      expect(again.reply!.packet.options.has(code)).toBe(false)
    expect(again.reply!.packet.file).toBe('')
  })
  test('a conflict makes it choose another address, and the first one is left alone for an hour', () => {
    const desk = new DhcpDesk()
    desk.ask('discover', { mac: A })
    desk.pool.conflict('10.9.0.100')
    expect(desk.discover({ mac: A }).reply!.packet.yiaddr).toBe('10.9.0.101')
    desk.clock.advance(3_599_999)
    expect(desk.pool.at('10.9.0.100').is).toBe('declined')
    desk.clock.advance(1)
    expect(desk.pool.at('10.9.0.100').is).toBe('free')
  })
  test('a PC keeps its address: in all its stages, after giving it back, after its end', () => {
    const desk = new DhcpDesk()
    const address = desk.lease({ mac: A, arch: 7, more: [[61, fromHex('0152540000000a')]] })
    expect(desk.lease({ mac: A, isLoader: true, arch: 7 })).toBe(address)
    expect(desk.lease({ mac: A, more: [[61, fromHex('ff00000001000100')]] })).toBe(address)
    desk.ask('release', { mac: A, ciaddr: address, server: DESK.server })
    expect(desk.lease({ mac: B })).not.toBe(address)
    expect(desk.lease({ mac: A })).toBe(address)
    desk.clock.advance(LEASE_MS + 1)
    expect(desk.pool.at(address).is).toBe('former')
    expect(desk.lease({ mac: A })).toBe(address)
  })
  test('the wish of a new PC counts where it can, and no other', () => {
    const desk = new DhcpDesk()
    expect(desk.discover({ mac: A, requested: '10.9.0.102' }).reply!.packet.yiaddr).toBe('10.9.0.102')
    expect(desk.discover({ mac: B, requested: '10.9.0.102' }).reply!.packet.yiaddr).toBe('10.9.0.100')
    const other = '52:54:00:00:00:0c'
    expect(desk.discover({ mac: other, requested: '10.9.0.9' }).reply!.packet.yiaddr).toBe('10.9.0.101')
  })
  test('an empty range is said, and ends with the first lease that ends', () => {
    const desk = new DhcpDesk()
    for (let i = 1; i <= 4; i++) desk.lease({ mac: `52:54:00:00:01:0${i}` })
    expect(desk.pool.room()).toEqual({ total: 4, free: 0 })
    const empty = desk.ask('discover', { mac: A })
    expect(empty).toMatchObject({ exhausted: true, why: `no address is left for ${A}` })
    expect(empty.reply).toBeUndefined()
    desk.clock.advance(LEASE_MS)
    expect(desk.lease({ mac: A })).toBe('10.9.0.100')
  })
  test('an offer that is not taken is free after two minutes', () => {
    const desk = new DhcpDesk({ last: '10.9.0.100' })
    desk.discover({ mac: A })
    expect(desk.discover({ mac: B }).exhausted).toBe(true)
    desk.clock.advance(120_000)
    expect(desk.lease({ mac: B })).toBe('10.9.0.100')
  })
  test('beside another server nobody new is offered anything, and our own look gets no address', () => {
    const desk = new DhcpDesk()
    desk.mayOffer = false
    expect(desk.discover({ mac: A }).reply).toBeUndefined()
    const probe = desk.discover({ mac: DESK.probe, arch: 0 })
    expect(probe.reply!.packet).toMatchObject({ yiaddr: '0.0.0.0', file: 'undionly.kpxe' })
    expect(desk.changes).toEqual([])
  })
  test('an address that a system works with is not given to another, whatever its lease says', () => {
    const desk = new DhcpDesk()
    desk.busy.set('10.9.0.100', A)
    expect(desk.lease({ mac: B })).toBe('10.9.0.101')
    expect(desk.discover({ mac: A, requested: '10.9.0.100' }).reply!.packet.yiaddr).toBe('10.9.0.100')
  })
  test('an answer never goes to an address that the question names', () => {
    const desk = new DhcpDesk()
    const reply = desk.discover({ mac: A, ciaddr: '203.0.113.9' }).reply!
    expect(reply.to.ip).toBe('255.255.255.255')
    expect(reply.packet.ciaddr).toBe('0.0.0.0')
  })
})

describe('what to boot is in the same answer', () => {
  const boot = (fields: { arch: number; isLoader?: boolean }) => {
    const desk = new DhcpDesk()
    const offered = desk.discover({ mac: A, ...fields })
    const acked = desk.ask('request', { mac: A, ...fields, requested: '10.9.0.100', server: DESK.server })
    for (const d of [offered, acked]) expect(d.reply!.packet.yiaddr).toBe('10.9.0.100')
    expect(acked.reply!.packet.file).toBe(offered.reply!.packet.file)
    return { offered, acked }
  }
  test('for a BIOS ROM', () => {
    const { offered, acked } = boot({ arch: 0 })
    expect(offered.reply!.packet).toMatchObject({ file: 'undionly.kpxe', siaddr: DESK.server })
    for (const d of [offered, acked]) expect(text(d, OPTION.vendorClass)).toBe('PXEClient')
    expect(offered.observations.map((o) => o.type)).toEqual(['seen', 'offered'])
    expect(acked.observations).toEqual([{ type: 'address', mac: A, ip: '10.9.0.100' }])
    expect(acked.promises).toBe(true)
  })
  test('for UEFI, for UEFI over HTTP, and for the loader', () => {
    expect(text(boot({ arch: 7 }).acked, OPTION.bootfileName)).toBe('snponly.efi')
    const http = boot({ arch: 16 }).acked
    expect(text(http, OPTION.vendorClass)).toBe('HTTPClient')
    expect(http.reply!.packet.file).toBe('http://10.77.0.2:8470/loader/snponly.efi')
    expect(boot({ arch: 7, isLoader: true }).acked.reply!.packet.file).toBe('http://10.77.0.2:8470/boot.ipxe')
  })
})

describe('REQUEST', () => {
  test('SELECTING: ours is given, what was not offered is refused, another server’s is taken back', () => {
    const desk = new DhcpDesk()
    desk.discover({ mac: A })
    const wrong = desk.ask('request', { mac: A, requested: '10.9.0.101', server: DESK.server })
    expect(kind(wrong)).toBe(nak)
    expect(wrong.reply).toMatchObject({
      to: { ip: '255.255.255.255', port: 68 },
      packet: { yiaddr: '0.0.0.0', flags: 0x8000 },
    })
    expect(text(wrong, LEASE_OPTION.message)).toBe('10.9.0.101 was not offered to this PC')
    expect(kind(desk.ask('request', { mac: A, requested: '10.9.0.100', server: DESK.server }))).toBe(ack)
    desk.discover({ mac: B })
    const other = desk.ask('request', { mac: B, requested: '10.9.0.7', server: '10.9.0.2' })
    expect(other).toMatchObject({ otherServer: '10.9.0.2' })
    expect(other.reply).toBeUndefined()
    expect(desk.pool.at('10.9.0.101').is).toBe('former')
  })
  test('SELECTING: an address that is still looked at was offered to nobody', () => {
    const desk = new DhcpDesk()
    desk.ask('discover', { mac: A })
    expect(kind(desk.ask('request', { mac: A, requested: '10.9.0.100', server: DESK.server }))).toBe(nak)
  })
  test.each([
    ['its own', A, '10.9.0.100', ack],
    ['another one', A, '10.9.0.101', nak],
    ['one of another network', A, '192.168.1.5', nak],
    ['one, of a PC that is not known', B, '10.9.0.101', undefined],
    ['one of another network, of a PC that is not known', B, '192.168.1.5', nak],
  ] as const)('INIT-REBOOT for %s', (_what, mac, requested, expected) => {
    const desk = new DhcpDesk()
    desk.lease({ mac: A })
    expect(kind(desk.ask('request', { mac, requested }))).toBe(expected)
  })
  test('INIT-REBOOT for an address that ended is given again while it is free', () => {
    const desk = new DhcpDesk({ last: '10.9.0.100' })
    desk.lease({ mac: A })
    desk.clock.advance(LEASE_MS)
    expect(kind(desk.ask('request', { mac: A, requested: '10.9.0.100' }))).toBe(ack)
    desk.clock.advance(LEASE_MS)
    desk.lease({ mac: B })
    expect(kind(desk.ask('request', { mac: A, requested: '10.9.0.100' }))).toBeUndefined()
  })
  test('RENEWING and REBINDING extend, to the PC itself', () => {
    const desk = new DhcpDesk()
    desk.lease({ mac: A })
    desk.clock.advance(LEASE_MS / 2)
    const renewed = desk.ask('request', { mac: A, ciaddr: '10.9.0.100' }, '10.9.0.100')
    expect(kind(renewed)).toBe(ack)
    expect(renewed.reply).toMatchObject({
      to: { ip: '10.9.0.100', port: 68 },
      packet: { ciaddr: '10.9.0.100', yiaddr: '10.9.0.100' },
    })
    expect(desk.pool.at('10.9.0.100')).toMatchObject({ is: 'bound', untilMs: desk.clock.now() + LEASE_MS })
    desk.mayOffer = false
    expect(kind(desk.ask('request', { mac: A, ciaddr: '10.9.0.100' }))).toBe(ack)
  })
  test('RENEWING of a PC that is not known is taken on where its address is free, and refused where it is another’s', () => {
    const desk = new DhcpDesk()
    expect(kind(desk.ask('request', { mac: A, ciaddr: '10.9.0.102' }))).toBe(ack)
    expect(kind(desk.ask('request', { mac: B, ciaddr: '10.9.0.102' }))).toBe(nak)
    expect(kind(desk.ask('request', { mac: B, ciaddr: '10.8.0.102' }))).toBe(nak)
    expect(desk.ask('request', { mac: B, ciaddr: '10.9.0.50' }).reply).toBeUndefined()
    desk.mayOffer = false
    expect(desk.ask('request', { mac: B, ciaddr: '10.9.0.103' }).reply).toBeUndefined()
  })
})

test('DECLINE keeps the address from everybody for an hour, and only its PC may do it', () => {
  const desk = new DhcpDesk()
  const address = desk.lease({ mac: A })
  desk.ask('decline', { mac: B, requested: address, server: DESK.server })
  desk.ask('decline', { mac: A, requested: address, server: '10.9.0.2' })
  expect(desk.pool.at(address).is).toBe('bound')
  expect(desk.ask('decline', { mac: A, requested: address, server: DESK.server }).reply).toBeUndefined()
  expect(desk.pool.at(address).is).toBe('declined')
  expect(desk.lease({ mac: A })).toBe('10.9.0.101')
})

test('RELEASE frees it, and only its PC may do it', () => {
  const desk = new DhcpDesk()
  const ciaddr = desk.lease({ mac: A })
  desk.ask('release', { mac: B, ciaddr, server: DESK.server })
  expect(desk.pool.at(ciaddr).is).toBe('bound')
  expect(desk.ask('release', { mac: A, ciaddr, server: DESK.server }).reply).toBeUndefined()
  expect(desk.pool.at(ciaddr)).toMatchObject({ is: 'former', mac: A })
})

test('INFORM is told about the network, without an address and without times', () => {
  const desk = new DhcpDesk()
  const told = desk.ask('inform', { mac: A, ciaddr: '10.9.0.9' }, '10.9.0.9')
  expect(kind(told)).toBe(ack)
  expect(told.reply).toMatchObject({ to: { ip: '10.9.0.9', port: 68 }, packet: { yiaddr: '0.0.0.0' } })
  expect(option(told, OPTION.subnetMask)).toEqual([255, 255, 255, 0])
  expect(told.reply!.packet.options.has(OPTION.leaseTime)).toBe(false)
  expect(desk.changes).toEqual([])
  expect(desk.ask('inform', { mac: A, ciaddr: '203.0.113.9' }).reply).toBeUndefined()
})

describe('an address that is kept for a PC', () => {
  test('is given to it and to no other, inside and outside of the range', () => {
    const desk = new DhcpDesk()
    desk.reservations.set(A, '10.9.0.7').set(B, '10.9.0.100')
    expect(desk.lease({ mac: A })).toBe('10.9.0.7')
    expect(desk.lease({ mac: '52:54:00:00:00:0c' })).toBe('10.9.0.101')
    expect(desk.lease({ mac: B })).toBe('10.9.0.100')
    expect(kind(desk.ask('request', { mac: A, ciaddr: '10.9.0.7' }))).toBe(ack)
  })
  test('comes to a PC that has another one at its next start, and the other one is free then', () => {
    const desk = new DhcpDesk()
    desk.lease({ mac: A })
    desk.reservations.set(A, '10.9.0.7')
    expect(kind(desk.ask('request', { mac: A, ciaddr: '10.9.0.100' }))).toBe(ack)
    expect(desk.lease({ mac: A })).toBe('10.9.0.7')
    expect(desk.pool.at('10.9.0.100').is).toBe('former')
  })
  test('while a stranger uses it, its PC gets another one', () => {
    const desk = new DhcpDesk()
    desk.reservations.set(A, '10.9.0.7')
    desk.ask('discover', { mac: A })
    desk.pool.conflict('10.9.0.7')
    expect(desk.lease({ mac: A })).toBe('10.9.0.100')
  })
})

describe('a relay', () => {
  test('of another network is refused with the reason', () => {
    const desk = new DhcpDesk()
    const decision = desk.ask('discover', { mac: A, giaddr: '10.10.0.1' })
    expect(decision.reply).toBeUndefined()
    expect(decision.why).toContain('relayed by 10.10.0.1, which is on another network')
  })
  test('of the own network is answered, with its own option 82', () => {
    const desk = new DhcpDesk()
    const agent = fromHex('010466616331')
    const decision = desk.discover({ mac: A, giaddr: '10.9.0.200', more: [[82, agent]] })
    expect(decision.reply!.to).toEqual({ ip: '10.9.0.200', port: 67 })
    expect(option(decision, 82)).toEqual([...agent])
  })
})

test('what is no question of a client is left alone', () => {
  const desk = new DhcpDesk()
  for (const type of ['offer', 'ack', 'nak'] as const) expect(desk.ask(type, { mac: A }).reply).toBeUndefined()
  expect(desk.ask('discover', { mac: 'ff:ff:ff:ff:ff:ff' }).why).toContain('no Ethernet address')
  expect(desk.ask('request', { mac: A }).why).toContain('without an address')
  expect(desk.changes).toEqual([])
})
