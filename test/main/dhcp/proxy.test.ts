import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { asciiAt, fromHex, toHex } from '../../../src-main/base/bytes.ts'
import type { BootPlan, BootPlanner, ClientHello } from '../../../src-main/boot/boot-planner.ts'
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

describe('the two forms of offer', () => {
  const [uefi] = asked(OVMF)
  const [bios] = asked(ROM)
  const offered = (a: Asked, offer: 'binl' | 'pxe10') =>
    decide(a, { plan: (hello) => ({ ...(fixtureContext.planner.plan(hello) as BootPlan), offer }) }).reply!.packet

  test('BINL has no option 43, whatever the firmware', () => {
    expect(offered(uefi!, 'binl').options.has(43)).toBe(false)
    expect(offered(bios!, 'binl').options.has(43)).toBe(false)
    expect(offered(bios!, 'binl').file).toBe('undionly.kpxe')
  })

  test('PXE10 tells a BIOS ROM to take the file', () => {
    expect(toHex(offered(bios!, 'pxe10').options.get(43)!)).toBe('060108' + 'ff')
  })

  test('PXE10 tells UEFI the same, with the list of servers and the prompt that EDK2 looks at', () => {
    expect(toHex(offered(uefi!, 'pxe10').options.get(43)!)).toBe(
      '060108' + '0807' + '0000010a4d0002' + '0a0400505845' + 'ff',
    )
  })

  test('on 4011 both answer alike, and HTTP boot and iPXE never see option 43', () => {
    const [, , boot] = asked(OVMF)
    expect(offered(boot!, 'pxe10')).toEqual(offered(boot!, 'binl'))
    for (const name of ['ovmf-http-boot', 'seabios-ipxe-rom-e1000'])
      expect(offered(asked(name)[0]!, 'pxe10').options.has(43)).toBe(false)
  })
})

describe('what kind of machine asks', () => {
  const platformOf = (a: Asked) => {
    let platform: string | undefined
    decide(a, { plan: (hello) => ((platform = hello.platform), undefined) })
    return platform
  }
  const pxe = asked(OVMF)[0]!
  const http = asked('ovmf-http-boot')[0]!
  const arch = (a: Asked, value: number) => withOptions(a, (o) => o.set(93, Uint8Array.of(value >> 8, value & 255)))

  test.each([
    [0, 'bios', undefined],
    [6, 'uefi-ia32', 'uefi-ia32'],
    [7, 'uefi-x64', 'uefi-x64'],
    [9, 'uefi-x64', 'uefi-x64'],
    [10, 'uefi-arm32', 'uefi-arm32'],
    [11, 'uefi-arm64', 'uefi-arm64'],
    [15, undefined, 'uefi-ia32'],
    [16, undefined, 'uefi-x64'],
    [18, undefined, 'uefi-arm32'],
    [19, undefined, 'uefi-arm64'],
    [17, undefined, undefined],
    [20, undefined, undefined],
    [41, 'pi', undefined],
    [999, undefined, undefined],
  ])('architecture %i is %s over PXE and %s over HTTP boot', (value, overPxe, overHttp) => {
    expect([platformOf(arch(pxe, value)), platformOf(arch(http, value))]).toEqual([overPxe, overHttp])
  })

  test('firmware older than option 93 is a BIOS', () => {
    expect(platformOf(withOptions(pxe, (o) => o.delete(93)))).toBe('bios')
    expect(platformOf(withOptions(http, (o) => o.delete(93)))).toBeUndefined()
  })

  const withMac = (a: Asked, mac: string): Asked => ({
    ...a,
    request: { ...a.request, chaddr: fromHex(mac.replaceAll(':', '') + '00'.repeat(10)) },
  })
  test.each(['b8:27:eb:00:00:01', 'dc:a6:32:00:00:01', 'e4:5f:01:00:00:01', 'd8:3a:dd:00:00:01', '2c:cf:67:00:00:01'])(
    'a Raspberry Pi is known by its MAC %s, unless it runs UEFI firmware',
    (mac) => {
      expect(platformOf(withMac(asked(ROM)[0]!, mac))).toBe('pi')
      expect(
        platformOf(
          withMac(
            withOptions(pxe, (o) => o.delete(93)),
            mac,
          ),
        ),
      ).toBe('pi')
      expect(platformOf(withMac(arch(pxe, 11), mac))).toBe('uefi-arm64')
    },
  )

  test('a Raspberry Pi with another MAC is known by option 97, and nobody else is taken for one', () => {
    const uuid = (hex: string) => withOptions(asked(ROM)[0]!, (o) => o.set(97, fromHex(hex.padEnd(34, '0'))))
    expect([platformOf(uuid('0052506934')), platformOf(uuid('0052506935'))]).toEqual(['pi', 'pi'])
    expect([platformOf(uuid('005250')), platformOf(uuid('0052505f34'))]).toEqual(['bios', 'bios'])
  })
})

describe('gPXE', () => {
  const discover = asked('seabios-ipxe-rom-e1000')[0]!
  const kindOf = (a: Asked) => {
    let seen: ClientHello | undefined
    decide(a, { plan: (hello) => ((seen = hello), undefined) })
    return [seen?.isIpxe, seen?.isGpxe]
  }
  const encapsulated = (hex: string, userClass?: string) =>
    withOptions(discover, (o) => {
      o.set(OPTION.ipxeEncapsulated, fromHex(hex))
      if (userClass === undefined) o.delete(OPTION.userClass)
      else o.set(OPTION.userClass, new TextEncoder().encode(userClass))
    })
  test.each<[string, Asked, (boolean | undefined)[]]>([
    ['its user class', encapsulated('eb03010001', 'gPXE'), [true, true]],
    ['a version below 1 in option 175', encapsulated('b1050180861000 eb03000907'), [true, true]],
    ['not by version 1, which iPXE says too', encapsulated('eb03010000'), [true, undefined]],
    ['not by an option 175 without a version', encapsulated('170101'), [true, undefined]],
    ['not by an option 175 that is no list', encapsulated('eb09'), [true, undefined]],
    ['not where the user class says iPXE', encapsulated('eb03000907', 'iPXE'), [true, undefined]],
  ])('is known by %s', (_name, a, want) => {
    expect(kindOf(a)).toEqual(want)
  })
})

test('a machine that is refused gets no answer, and the reason is told', () => {
  const decision = decide(asked(ROM)[0]!, { plan: () => ({ refused: 'loop', text: 'It goes in circles.' }) })
  expect(decision.reply).toBeUndefined()
  expect(decision.observations).toMatchObject([
    { type: 'notServed', mac: '52:54:00:77:00:01', platform: 'bios', refused: 'loop', text: 'It goes in circles.' },
  ])
})

describe('packets as they are on the wire', () => {
  const bytesOf = (capture: string) => clientDatagrams(capture)[0]!.payload
  const answerTo = (bytes: Uint8Array) =>
    decideProxy(decodePacket(bytes), { ip: '0.0.0.0', port: 68 }, 'dhcp', fixtureContext).reply

  test.each([548, 576, 1472])('padding to %i bytes changes nothing', (length) => {
    const bytes = bytesOf(ROM)
    const padded = new Uint8Array(length)
    padded.set(bytes)
    expect(encodePacket(answerTo(padded)!.packet)).toEqual(encodePacket(answerTo(bytes)!.packet))
  })

  test('a ROM that sends fewer than 300 bytes, without END, without option 97, is answered with 300', () => {
    const short = encodePacket({
      ...asked(ROM)[0]!.request,
      options: new Map([
        [53, Uint8Array.of(1)],
        [60, new TextEncoder().encode('PXEClient')],
      ]),
    }).subarray(0, 240 + 3 + 11)
    expect(short.length).toBeLessThan(300)
    const reply = answerTo(short)!
    expect(reply.packet.file).toBe('undionly.kpxe')
    expect(reply.packet.options.has(97)).toBe(false)
    const [longest, shortest] = [encodePacket(reply.packet), encodePacket({ ...reply.packet, options: new Map() })]
    expect([longest.length >= 300, shortest.length]).toEqual([true, 300])
  })

  test('options that a ROM put into sname and file are read', () => {
    const bytes = Uint8Array.from(bytesOf(OVMF))
    const plain = answerTo(bytesOf(OVMF))!.packet
    // Everything moves into the file field, the class into sname; option 52 says so.
    const { options } = decodePacket(bytesOf(OVMF))
    const write = (at: number, codes: readonly number[]): void => {
      let end = at
      for (const code of codes) {
        const value = options.get(code)!
        bytes.set([code, value.length, ...value], end)
        end += 2 + value.length
      }
      bytes[end] = 255
    }
    bytes.fill(0, 44, 236)
    bytes.fill(0, 240)
    bytes.set([53, 1, 1, 52, 1, 3, 255], 240)
    write(108, [97, 93, 94])
    write(44, [60])
    expect(answerTo(bytes)!.packet).toEqual(plain)
  })

  test('nothing that is said to a router on the DHCP port is answered, whomever it names', () => {
    const [, toRouter] = asked(ROM)
    for (const server of ['10.77.0.1', SERVER_IP, '10.9.9.9', undefined]) {
      const request = withOptions(toRouter!, (o) => {
        if (server === undefined) o.delete(54)
        else o.set(54, Uint8Array.from(server.split('.'), Number))
      })
      expect([server, decide(request).reply]).toEqual([server, undefined])
    }
    for (const type of [2, 4, 5, 6, 7, 8, 9, 13])
      expect([type, decide(withOptions(toRouter!, (o) => o.set(53, Uint8Array.of(type)))).reply]).toEqual([
        type,
        undefined,
      ])
  })
})

test('a relayed request is answered to its relay agent', () => {
  const discover = asked(ROM)[0]!
  const { reply } = decide({ ...discover, request: { ...discover.request, giaddr: '10.9.0.1', hops: 1 } })
  expect(reply?.to).toEqual({ ip: '10.9.0.1', port: 67 })
  expect(reply?.packet).toMatchObject({ giaddr: '10.9.0.1', hops: 0, flags: discover.request.flags })
})

test('a relayed client is answered on 4011 directly, without its relay agent', () => {
  const boot = asked(ROM)[2]!
  const { reply } = decide({ ...boot, request: { ...boot.request, giaddr: '10.9.0.1', hops: 1 } })
  expect(reply?.to).toEqual({ ip: '10.77.0.130', port: 68 })
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
