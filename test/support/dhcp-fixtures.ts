import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { BootObservation, BootPlanner } from '../../src-main/boot/boot-planner.ts'
import type { ProxyContext } from '../../src-main/dhcp/proxy.ts'
import { readPcap, type Packet } from './pcap.ts'

export const DHCP_FIXTURES = resolve(import.meta.dirname, '../fixtures/dhcp')

/** Names of the captures, without their ending. */
export const dhcpCaptures: readonly string[] = readdirSync(DHCP_FIXTURES)
  .filter((name) => name.endsWith('.pcap'))
  .map((name) => name.slice(0, -'.pcap'.length))
  .sort()

export const dhcpDatagrams = (capture: string): Packet[] =>
  readPcap(join(DHCP_FIXTURES, `${capture}.pcap`)).map((p) => ({ ...p, payload: Uint8Array.from(p.payload) }))

/** Datagrams that clients sent: to the DHCP port or to the boot server port. */
export const clientDatagrams = (capture: string): Packet[] =>
  dhcpDatagrams(capture).filter((p) => p.dstPort === 67 || (p.dstPort === 4011 && p.srcIp !== SERVER_IP))

export const SERVER_IP = '10.77.0.2'

/** The plan every machine of the captures gets: by architecture alone. */
export const fixturePlanner: BootPlanner = {
  plan: (hello) => {
    const isBios = hello.arch === 0 || hello.arch === undefined
    const loader = isBios ? 'undionly.kpxe' : 'snponly.efi'
    const base = `http://${SERVER_IP}:8470`
    const offer = isBios ? 'pxe10' : 'binl'
    return { scriptUrl: `${base}/boot.ipxe`, loader, loaderUrl: `${base}/loader/${loader}`, offer }
  },
}

export const fixtureContext: ProxyContext = {
  serverIp: SERVER_IP,
  planner: fixturePlanner,
  clientPort: 68,
  relayPort: 67,
}

export const describeObservation = (o: BootObservation): string =>
  Object.entries(o)
    .map(([key, value]) => (key === 'type' ? String(value) : `${key}=${value}`))
    .join(' ')
