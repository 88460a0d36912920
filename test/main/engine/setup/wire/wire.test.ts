import { expect, test } from 'vitest'
import { ARCH } from '../../../../../src-main/dhcp/arch-type.ts'
import { MESSAGE_TYPE, OPTION, u8Value } from '../../../../../src-main/dhcp/options.ts'
import { decodePacket, encodePacket, macOf, OP, type DhcpPacket } from '../../../../../src-main/dhcp/packet.ts'
import { architectureOf, firmwareClass, loaderKind, uuidOf } from '../../../../../src-main/dhcp/pxe-options.ts'
import { decideProxy } from '../../../../../src-main/dhcp/proxy.ts'
import { isProbeMac, probeMacOf } from '../../../../../src-main/engine/setup/probe-mac.ts'
import { offerOf, serversOf } from '../../../../../src-main/engine/setup/wire/offers.ts'
import {
  bootServerRequest,
  firmwareDiscover,
  loaderDiscover,
} from '../../../../../src-main/engine/setup/wire/questions.ts'

const mac = probeMacOf('52:54:00:AA:bb:0c')
const asker = { mac, xid: 0xdeadbeef }
const context = {
  serverIp: '10.0.0.2',
  planner: {
    plan: (h: { isIpxe: boolean }) => ({
      loader: 'undionly.kpxe',
      scriptUrl: h.isIpxe ? 'http://10.0.0.2/boot.ipxe' : '',
      offer: 'pxe10' as const,
    }),
  },
  clientPort: 68,
  relayPort: 67,
}
const answerTo = (packet: DhcpPacket, on: 'dhcp' | '4011' = 'dhcp') =>
  decideProxy(packet, { ip: '10.0.0.2', port: 68 }, on, context).reply?.packet

test('our own address is one no card has, stays the same, and is known again', () => {
  expect(mac).toBe('02:b0:07:aa:bb:0c')
  expect(isProbeMac(mac)).toBe(true)
  expect(isProbeMac('52:54:00:aa:bb:0c')).toBe(false)
})

test('the questions are those of firmware and loader, as our own decoder reads them', () => {
  const bios = decodePacket(encodePacket(firmwareDiscover(asker, ARCH.biosX86)))
  expect([macOf(bios), bios.xid, bios.flags, bios.ciaddr]).toEqual([mac, 0xdeadbeef, 0x8000, '0.0.0.0'])
  expect([firmwareClass(bios.options), architectureOf(bios.options), loaderKind(bios.options)]).toEqual([
    'PXEClient',
    0,
    undefined,
  ])
  expect(uuidOf(bios.options)).toBe('00000000-0000-0000-0000-02b007aabb0c')
  const loader = decodePacket(encodePacket(loaderDiscover(asker, ARCH.efiX64)))
  expect([loaderKind(loader.options), architectureOf(loader.options)]).toEqual(['iPXE', 7])
})

test('are answered by the proxy as those of a PC, and the offers are read back', () => {
  const offers = [
    answerTo(firmwareDiscover(asker, ARCH.biosX86)),
    answerTo(bootServerRequest(asker, ARCH.efiX64, '10.0.0.2'), '4011'),
    answerTo(loaderDiscover(asker, ARCH.efiX64)),
  ].map((packet) => offerOf({ packet: packet!, from: '10.0.0.2' }))
  expect(offers).toEqual([
    { server: '10.0.0.2', file: 'undionly.kpxe', isPxe: true },
    { server: '10.0.0.2', file: 'undionly.kpxe', isPxe: true },
    { server: '10.0.0.2', file: 'http://10.0.0.2/boot.ipxe', isPxe: true },
  ])
})

test('what a router offers is an address; its several answers are one server, and what is no offer is nobody', () => {
  const offer = (yiaddr: string, file: string, type: number = MESSAGE_TYPE.offer): DhcpPacket => ({
    ...firmwareDiscover(asker, 0),
    op: OP.reply,
    yiaddr,
    file,
    options: new Map([
      [OPTION.messageType, u8Value(type)],
      [OPTION.serverIdentifier, Uint8Array.of(10, 0, 0, 1)],
    ]),
  })
  const from = '10.0.0.1'
  expect(
    serversOf([
      { packet: offer('10.0.0.50', ''), from },
      { packet: offer('10.0.0.50', 'pxelinux.0'), from },
      { packet: offer('0.0.0.0', '', MESSAGE_TYPE.nak), from: '10.0.0.9' },
      { packet: firmwareDiscover(asker, 0), from: '10.0.0.8' },
    ]),
  ).toEqual([{ server: '10.0.0.1', address: '10.0.0.50', file: 'pxelinux.0', isPxe: false }])
})
