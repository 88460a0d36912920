import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { asciiAt, fromHex, toHex } from '../../../src-main/base/bytes.ts'
import type { BootPlanner, ClientHello } from '../../../src-main/boot/boot-planner.ts'
import { OPTION } from '../../../src-main/dhcp/options.ts'
import { decodePacket, describePacket, encodePacket, type DhcpPacket } from '../../../src-main/dhcp/packet.ts'
import { decideProxy, type Endpoint, type HeardOn } from '../../../src-main/dhcp/proxy.ts'
import {
  clientDatagrams,
  describeObservation,
  DHCP_FIXTURES,
  dhcpCaptures,
  fixtureContext,
  SERVER_IP,
} from '../../support/dhcp-fixtures.ts'
import { expectGolden } from '../../support/golden.ts'
import { seededRandom } from '../../support/random.ts'

const BROADCAST: Endpoint = { ip: '255.255.255.255', port: 68 }
const ROM = 'bios-rom-not-announcing-ipxe-e1000'
const OVMF = 'ovmf-pxe-snponly-efi'

interface Asked {
  readonly request: DhcpPacket
  readonly from: Endpoint
  readonly on: HeardOn
}

/** What the client of a capture sent, decoded. */
const asked = (capture: string): Asked[] =>
  clientDatagrams(capture).map((p) => ({
    request: decodePacket(p.payload),
    from: { ip: p.srcIp, port: p.srcPort },
    on: p.dstPort === 4011 ? '4011' : 'dhcp',
  }))

const decide = (a: Asked, planner: BootPlanner = fixtureContext.planner) =>
  decideProxy(a.request, a.from, a.on, { ...fixtureContext, planner })

const text = (packet: DhcpPacket, code: number): string | undefined => {
  const value = packet.options.get(code)
  return value && asciiAt(value, 0, value.length)
}
const withOptions = (a: Asked, change: (options: Map<number, Uint8Array>) => void): Asked => {
  const options = new Map(a.request.options)
  change(options)
  return { ...a, request: { ...a.request, options } }
}

test.each(dhcpCaptures)('answers to the requests of %s are as reviewed', (name) => {
  const blocks = asked(name).map((a) => {
    const decision = decide(a)
    const lines = [`on ${a.on} from ${a.from.ip}:${a.from.port}: ${decision.why}`]
    for (const o of decision.observations) lines.push(`  observed ${describeObservation(o)}`)
    if (decision.reply) {
      // What is on the wire, not what we meant to write.
      const onWire = decodePacket(encodePacket(decision.reply.packet))
      lines.push(`to ${decision.reply.to.ip}:${decision.reply.to.port}`, describePacket(onWire))
    }
    return lines.join('\n')
  })
  expectGolden(join(DHCP_FIXTURES, `${name}.answers.txt`), blocks.join('\n---\n'))
})

describe('a BIOS ROM that does not announce itself as iPXE', () => {
  const [discover, toRouter, boot] = asked(ROM)

  test('is offered the loader in the offer itself, with the order to take it', () => {
    const { reply } = decide(discover!)
    expect(reply?.to).toEqual(BROADCAST)
    expect(reply?.packet).toMatchObject({
      siaddr: SERVER_IP,
      sname: SERVER_IP,
      file: 'undionly.kpxe',
      yiaddr: '0.0.0.0',
      xid: discover!.request.xid,
    })
    expect(text(reply!.packet, 60)).toBe('PXEClient')
    expect(text(reply!.packet, 66)).toBe(SERVER_IP)
    expect(text(reply!.packet, 67)).toBe('undionly.kpxe')
    expect(toHex(reply!.packet.options.get(43)!)).toBe('060108ff')
    expect(reply!.packet.options.get(97)).toEqual(discover!.request.options.get(97))
  })

  test('is not answered when it takes an address from its router, but the address is learnt', () => {
    const decision = decide(toRouter!)
    expect(decision.reply).toBeUndefined()
    expect(decision.observations).toEqual([{ type: 'address', mac: '52:54:00:77:00:01', ip: '10.77.0.130' }])
  })

  test('is acknowledged on 4011 at the port it asked from, with the boot item it asked for', () => {
    const { reply } = decide(boot!)
    expect(reply?.to).toEqual({ ip: '10.77.0.130', port: 68 })
    expect(reply?.packet).toMatchObject({ siaddr: SERVER_IP, file: 'undionly.kpxe', yiaddr: '0.0.0.0' })
    expect(reply!.packet.options.get(53)).toEqual(Uint8Array.of(5))
    expect(toHex(reply!.packet.options.get(43)!)).toBe('470480000000ff')
    expect(reply!.packet.xid).toBe(boot!.request.xid)
  })

  test('is acknowledged also when its option 43 is no list', () => {
    const odd = withOptions(boot!, (o) => o.set(43, fromHex('47ff00')))
    expect(decide(odd).reply?.packet.file).toBe('undionly.kpxe')
  })
})

describe('UEFI PXE', () => {
  const [discover, , boot] = asked(OVMF)

  test('is asked to come to 4011: no option 43 in the offer', () => {
    const { reply } = decide(discover!)
    expect(reply?.packet).toMatchObject({ siaddr: SERVER_IP, file: 'snponly.efi' })
    expect(reply!.packet.options.has(43)).toBe(false)
    expect(text(reply!.packet, 60)).toBe('PXEClient')
  })

  test('is acknowledged from 4011 to 4011, whatever its new xid is', () => {
    const { reply, observations } = decide(boot!)
    expect(reply?.to).toEqual({ ip: '10.77.0.130', port: 4011 })
    expect(reply?.packet).toMatchObject({ file: 'snponly.efi', ciaddr: '10.77.0.130', xid: boot!.request.xid })
    expect(observations).toContainEqual({ type: 'address', mac: '52:54:00:77:00:01', ip: '10.77.0.130' })
  })

  test('architecture 9 is the same machine by another number', () => {
    const nine = withOptions(discover!, (o) => o.set(93, Uint8Array.of(0, 9)))
    expect(decide(nine).reply?.packet.file).toBe('snponly.efi')
  })
})

describe('iPXE', () => {
  const discover = asked('seabios-ipxe-rom-e1000')[0]!

  test('is given the script in `file` with a server address, so that it asks no more', () => {
    const { reply } = decide(discover)
    expect(reply?.packet).toMatchObject({ siaddr: SERVER_IP, file: `http://${SERVER_IP}:8470/boot.ipxe`, sname: '' })
    expect(reply!.packet.options.has(43)).toBe(false)
  })

  test.each([
    ['plain user class', '69505845'],
    ['user class of RFC 3004', '0469505845'],
    ['several user classes', '03616263 0469505845'],
    ['gPXE', '67505845'],
  ])('is known by its %s alone', (_name, hex) => {
    const a = withOptions(discover, (o) => {
      o.delete(OPTION.ipxeEncapsulated)
      o.set(OPTION.userClass, fromHex(hex))
    })
    expect(decide(a).reply?.packet.file).toContain('boot.ipxe')
  })

  test('is known by its own options when the user class is another', () => {
    const a = withOptions(discover, (o) => o.set(OPTION.userClass, fromHex('616263')))
    expect(decide(a).reply?.packet.file).toContain('boot.ipxe')
  })

  test('a script address that does not fit `file` goes into option 67', () => {
    const scriptUrl = `http://${SERVER_IP}/${'x'.repeat(150)}`
    const { reply } = decide(discover, { plan: () => ({ scriptUrl, offer: 'binl' }) })
    expect(reply?.packet.file).toBe('')
    expect(text(reply!.packet, 67)).toBe(scriptUrl)
  })
})

describe('UEFI HTTP boot', () => {
  const discover = asked('ovmf-http-boot')[0]!

  test('is offered the URL of the loader under its own class', () => {
    const { reply } = decide(discover)
    expect(reply?.packet).toMatchObject({ siaddr: SERVER_IP, file: `http://${SERVER_IP}:8470/loader/snponly.efi` })
    expect(text(reply!.packet, 60)).toBe('HTTPClient')
  })

  test('is not answered on 4011', () => {
    const onPxe = withOptions({ ...discover, on: '4011' }, (o) => o.set(53, Uint8Array.of(3)))
    expect(decide(onPxe).reply).toBeUndefined()
  })
})

describe('the hello', () => {
  const helloOf = (a: Asked): ClientHello | undefined => {
    let seen: ClientHello | undefined
    decide(a, { plan: (hello) => ((seen = hello), undefined) })
    return seen
  }

  test('has the architecture of option 93, not of the text in option 60', () => {
    const a = withOptions(asked(OVMF)[0]!, (o) => o.set(60, new TextEncoder().encode('PXEClient:Arch:00000:UNDI:1')))
    expect(helloOf(a)?.arch).toBe(7)
    expect(helloOf(withOptions(a, (o) => o.delete(93)))).not.toHaveProperty('arch')
  })

  test('has the UUID as people read it', () => {
    expect(helloOf(asked(OVMF)[0]!)?.uuid).toBe('77000000-0000-4000-8000-000000000001')
    const mixed = withOptions(asked(OVMF)[0]!, (o) => o.set(97, fromHex('00 33221100 5544 7766 8899 aabbccddeeff')))
    expect(helloOf(mixed)?.uuid).toBe('00112233-4455-6677-8899-aabbccddeeff')
  })

  test('a half architecture is the client’s error and is not answered', () => {
    const broken = withOptions(asked(OVMF)[0]!, (o) => o.set(93, Uint8Array.of(7)))
    expect(decide(broken)).toMatchObject({ why: expect.stringMatching(/^client error: .*clientArchitecture/) })
    expect(decide(broken).reply).toBeUndefined()
  })
})

describe('nobody else is answered', () => {
  const discover = asked(ROM)[0]!

  test.each<[string, Asked]>([
    ['an ordinary client', withOptions(discover, (o) => o.delete(60))],
    ['another vendor class', withOptions(discover, (o) => o.set(60, new TextEncoder().encode('MSFT 5.0')))],
    ['a BOOTP request', withOptions(discover, (o) => o.delete(53))],
    ['an INFORM on the DHCP port', withOptions(discover, (o) => o.set(53, Uint8Array.of(8)))],
    ['a DISCOVER on 4011', { ...discover, on: '4011' }],
    ['a reply', { ...discover, request: { ...discover.request, op: 2 } }],
    ['other hardware than Ethernet', { ...discover, request: { ...discover.request, htype: 32, hlen: 16 } }],
  ])('%s', (_name, a) => {
    expect(decide(a).reply).toBeUndefined()
  })

  test('a machine without a plan is seen, but not answered', () => {
    const decision = decide(discover, { plan: () => undefined })
    expect(decision.reply).toBeUndefined()
    expect(decision.observations).toMatchObject([{ type: 'seen', mac: '52:54:00:77:00:01', arch: 0, isIpxe: false }])
  })
})

test('a relayed request is answered to its relay agent', () => {
  const discover = asked(ROM)[0]!
  const { reply } = decide({ ...discover, request: { ...discover.request, giaddr: '10.9.0.1', hops: 1 } })
  expect(reply?.to).toEqual({ ip: '10.9.0.1', port: 67 })
  expect(reply?.packet).toMatchObject({ giaddr: '10.9.0.1', hops: 0 })
})

test('no reply ever hands out an address or a lease, however a request is bent', () => {
  const seed = 77
  const random = seededRandom(seed)
  const forbidden = [1, 3, 6, 51, 58, 59]
  const datagrams = dhcpCaptures.flatMap((name) => clientDatagrams(name))
  let replies = 0
  for (const datagram of datagrams) {
    for (let round = 0; round < 400; round++) {
      const bytes = Uint8Array.from(datagram.payload)
      for (let i = random.below(4); i > 0; i--) bytes[random.below(bytes.length)] = random.below(256)
      let request: DhcpPacket
      try {
        request = decodePacket(bytes)
      } catch {
        continue // Refused by the codec: packet.test.ts looks at how.
      }
      for (const on of ['dhcp', '4011'] as const) {
        const { reply } = decideProxy(request, { ip: datagram.srcIp, port: datagram.srcPort }, on, fixtureContext)
        if (!reply) continue
        replies++
        const sent = decodePacket(encodePacket(reply.packet))
        expect(sent.yiaddr, `seed ${seed}`).toBe('0.0.0.0')
        expect([...sent.options.keys()].filter((code) => forbidden.includes(code))).toEqual([])
        expect([...sent.options.keys()][0]).toBe(OPTION.messageType)
        expect(sent.xid).toBe(request.xid)
        expect(encodePacket(reply.packet).length).toBeGreaterThanOrEqual(300)
      }
    }
  }
  expect(replies).toBeGreaterThan(1000)
})
