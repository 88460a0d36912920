import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { decodePacket, encodePacket } from '../../../src-main/dhcp/packet.ts'
import { decideProxy } from '../../../src-main/dhcp/proxy.ts'
import { clientDatagrams, dhcpCaptures, fixtureContext, SERVER_IP } from '../../support/dhcp-fixtures.ts'

/** Another hand's decoder over our packets: what we encode and decode alike wrongly would not show in our own tests. */
interface ForeignPacket {
  readonly op: number
  readonly xid: number
  readonly ciaddr: string
  readonly yiaddr: string
  readonly siaddr: string
  readonly chaddr: string
  readonly file: string
  readonly options: Readonly<Record<number, unknown>>
}
const { parse } = createRequire(import.meta.url)('dhcp/lib/protocol.js') as { parse(bytes: Buffer): ForeignPacket }

test.each(dhcpCaptures)('our answers to %s read the same with the dhcp package of npm', (capture) => {
  let answers = 0
  for (const datagram of clientDatagrams(capture)) {
    const request = decodePacket(datagram.payload)
    const on = datagram.dstPort === 4011 ? '4011' : 'dhcp'
    const { reply } = decideProxy(request, { ip: datagram.srcIp, port: datagram.srcPort }, on, fixtureContext)
    if (!reply) continue
    answers++
    const read = parse(Buffer.from(encodePacket(reply.packet)))
    expect(read).toMatchObject({
      op: 2,
      xid: request.xid,
      yiaddr: '0.0.0.0',
      ciaddr: reply.packet.ciaddr,
      siaddr: SERVER_IP,
      file: reply.packet.file,
    })
    expect(read.chaddr.toLowerCase().replaceAll('-', ':')).toBe(
      [...request.chaddr.subarray(0, 6)].map((b) => b.toString(16).padStart(2, '0')).join(':'),
    )
    expect(read.options[53]).toBe(on === 'dhcp' ? 2 : 5)
    expect(read.options[54]).toBe(SERVER_IP)
    expect(read.options[60]).toMatch(/^(PXE|HTTP)Client$/)
    // Nothing of a lease: mask, router, name server, times.
    for (const code of [1, 3, 6, 51, 58, 59]) expect(read.options[code]).toBeUndefined()
  }
  expect(answers).toBeGreaterThan(0)
})
