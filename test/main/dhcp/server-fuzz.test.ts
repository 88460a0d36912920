import { expect, test } from 'vitest'
import { CodecError } from '../../../src-main/base/errors.ts'
import { isLive } from '../../../src-main/dhcp/lease.ts'
import { addressOption, MESSAGE_TYPE, OPTION, u8Option } from '../../../src-main/dhcp/options.ts'
import { decodePacket, encodePacket, macOf } from '../../../src-main/dhcp/packet.ts'
import { DESK, DhcpDesk, LEASE_MS } from '../../support/dhcp-desk.ts'
import { dhcpRequest } from '../../support/dhcp-requests.ts'
import { seededRandom } from '../../support/random.ts'

const PACKETS = 200_000
const TYPES = ['discover', 'request', 'request', 'request', 'decline', 'release', 'inform'] as const
const PCS = 12

/** PCs that say anything, in packets that are often broken. What was promised is written down here from the answers alone. */
test(`${PACKETS} packets: no crash, one PC for an address, no address but of the range or a reserved one`, () => {
  const seed = 20261121
  const random = seededRandom(seed)
  const pick = <T>(of: readonly T[]): T => of[random.below(of.length)]!
  const desk = new DhcpDesk({ first: '10.9.0.100', last: '10.9.0.107' })
  const macs = Array.from({ length: PCS }, (_, i) => `52:54:00:00:02:${i.toString(16).padStart(2, '0')}`)
  desk.reservations.set(macs[0]!, '10.9.0.20').set(macs[1]!, '10.9.0.103')
  const range = Array.from({ length: 8 }, (_, i) => `10.9.0.${100 + i}`)
  const addresses = [...range, '10.9.0.20', '10.9.0.1', '10.9.0.99', '10.9.0.255', '10.9.0.0', '203.0.113.4', '0.0.0.0']
  /** Who was told in an ACK that an address is his, until when. */
  const told = new Map<string, { mac: string; untilMs: number }>()
  let given = 0
  const counts = { offer: 0, ack: 0, nak: 0, broken: 0 }

  for (let n = 0; n < PACKETS; n++) {
    const mac = pick(macs)
    const maybe = <T extends object>(chance: number, fields: T): T | object =>
      random.below(100) < chance ? fields : {}
    const known = desk.pool.lastOf(mac)?.address ?? pick(addresses)
    const target = random.below(3) === 0 ? pick(addresses) : known
    const bytes = encodePacket(
      dhcpRequest(pick(TYPES), {
        mac,
        xid: n,
        ...maybe(35, { ciaddr: target }),
        ...maybe(55, { requested: target }),
        ...maybe(50, { server: random.below(10) === 0 ? '10.9.0.2' : DESK.server }),
        ...maybe(20, { arch: pick([0, 6, 7, 9, 11, 16]) }),
        ...maybe(3, { giaddr: pick(addresses) }),
        ...maybe(10, { isLoader: true }),
      }),
    )
    if (random.below(4) === 0) for (let i = random.below(6); i >= 0; i--) bytes[random.below(300)] = random.below(256)
    let packet
    try {
      packet = decodePacket(random.below(20) === 0 ? bytes.subarray(0, random.below(bytes.length)) : bytes)
    } catch (thrown) {
      if (!(thrown instanceof CodecError)) throw thrown
      counts.broken++
      continue
    }
    const decision = desk.hear(packet)
    if (decision.check) {
      if (random.below(5) === 0) desk.pool.conflict(decision.check.address)
      else desk.pool.cleared(decision.check.address, decision.check.mac)
    }
    const asker = macOf(packet)
    // What its PC gives back is free from then on.
    const type = u8Option(packet.options, OPTION.messageType)
    const forUs = addressOption(packet.options, OPTION.serverIdentifier) === DESK.server
    if (forUs && (type === MESSAGE_TYPE.release || type === MESSAGE_TYPE.decline)) {
      const address =
        type === MESSAGE_TYPE.release ? packet.ciaddr : addressOption(packet.options, OPTION.requestedAddress)
      if (address !== undefined && told.get(address)?.mac === asker) told.delete(address)
    }
    const reply = decision.reply?.packet
    const answer = reply && u8Option(reply.options, OPTION.messageType)
    if (answer === MESSAGE_TYPE.nak) counts.nak++
    if (reply && reply.yiaddr !== '0.0.0.0') {
      const { yiaddr } = reply
      const mine = desk.reservations.get(asker!)
      expect(range.includes(yiaddr) || mine === yiaddr, `seed ${seed}, packet ${n}: ${yiaddr} for ${asker}`).toBe(true)
      for (const [owner, kept] of desk.reservations) if (kept === yiaddr) expect(owner).toBe(asker)
      const holder = told.get(yiaddr)
      if (holder && holder.untilMs > desk.clock.now())
        expect(holder.mac, `seed ${seed}, packet ${n}: ${yiaddr} is promised twice`).toBe(asker)
      if (answer === MESSAGE_TYPE.ack) {
        counts.ack++
        given++
        expect(decision.promises).toBe(true)
        // One address a PC: what it had before, it has no more.
        for (const [address, { mac: owner }] of told) if (owner === asker) told.delete(address)
        told.set(yiaddr, { mac: asker!, untilMs: desk.clock.now() + LEASE_MS })
      } else counts.offer++
    }
    if (decision.reply)
      expect(decision.reply.to.ip === '255.255.255.255' || decision.reply.to.ip.startsWith('10.9.0.')).toBe(true)
    if (random.below(50) === 0) desk.clock.advance(random.below(LEASE_MS / 4))
  }
  const live = desk.pool.records().filter(({ lease }) => isLive(lease))
  expect(new Set(live.map(({ address }) => address)).size).toBe(live.length)
  // A run that gave nothing would have shown nothing.
  expect(given).toBeGreaterThan(5000)
  expect(Math.min(counts.offer, counts.nak, counts.broken)).toBeGreaterThan(1000)
}, 120_000)
