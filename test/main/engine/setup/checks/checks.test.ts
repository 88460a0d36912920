import { describe, expect, test } from 'vitest'
import type { ServiceView } from '../../../../../src-main/api/dto.ts'
import { lookAtDelays } from '../../../../../src-main/engine/setup/checks/delays.ts'
import { lookAtFirewall, type NeededPort } from '../../../../../src-main/engine/setup/checks/firewall.ts'
import { lookAtInterface } from '../../../../../src-main/engine/setup/checks/interface.ts'
import { lookAtLoaders } from '../../../../../src-main/engine/setup/checks/loaders.ts'
import { lookAtOtherServers } from '../../../../../src-main/engine/setup/checks/other-servers.ts'
import { lookAtServices } from '../../../../../src-main/engine/setup/checks/services.ts'
import { lookAtSpace } from '../../../../../src-main/engine/setup/checks/space.ts'
import { parseIptablesSave } from '../../../../../src-main/platform/firewall/iptables-save.ts'
import type { CardFacts } from '../../../../../src-main/platform/network-card.ts'

const served = { name: 'eth0', address: '192.168.1.10', netmask: '255.255.255.0', mac: '52:54:00:00:00:01' }
const GIB = 2 ** 30

describe('the network card', () => {
  const cable: CardFacts = { kind: 'cable', hasLink: true, megabitsPerSecond: 1000, mtuBytes: 1500 }
  test.each<[string, CardFacts | undefined, string, RegExp]>([
    ['a gigabit cable', cable, 'ok', /eth0 \(192\.168\.1\.10\)\.$/],
    ['a bridge, which says no speed', { kind: 'bridge', hasLink: true }, 'ok', /eth0/],
    ['a system that tells nothing', undefined, 'ok', /eth0/],
    ['no cable', { ...cable, hasLink: false }, 'problem', /Nothing is connected/],
    ['a slow cable', { ...cable, megabitsPerSecond: 100 }, 'warning', /100 Mbit\/s only/],
    ['Wi-Fi', { kind: 'wireless', hasLink: true }, 'warning', /Wi-Fi/],
    ['a virtual card', { kind: 'virtual', hasLink: true }, 'warning', /no network card/],
    ['loopback', { kind: 'loopback', hasLink: true }, 'warning', /Only this computer/],
  ])('%s', (_what, card, severity, title) => {
    const [check] = lookAtInterface(served, card, true)
    expect(check).toMatchObject({ id: 'interface', severity, title: expect.stringMatching(title) as string })
    expect(check!.hint !== undefined).toBe(severity !== 'ok')
  })
  test('an address that is gone, or makeshift, is a problem whatever the card', () => {
    expect(lookAtInterface(served, cable, false)[0]!.severity).toBe('problem')
    expect(lookAtInterface({ ...served, address: '169.254.3.4' }, cable, true)[0]!.severity).toBe('problem')
  })
})

describe('what holds PCs back', () => {
  const heard = (...seconds: number[]) => ({
    list: () => seconds.map((s, i) => ({ mac: `52:54:00:00:00:0${i}`, seconds: s, atMs: 0 })),
    hasHeard: true,
  })
  test('nothing is said before a PC was heard, and “ok” when all were at once', () => {
    expect(lookAtDelays(undefined, undefined)).toEqual([])
    expect(lookAtDelays({}, { list: () => [], hasHeard: false })).toEqual([])
    expect(lookAtDelays({}, heard())).toMatchObject([{ id: 'delay', severity: 'ok' }])
  })
  test('a PC that was heard late is named, with what to do at the switch', () => {
    expect(lookAtDelays({}, heard(28))).toEqual([
      {
        ...{ id: 'delay', severity: 'warning', detail: '52:54:00:00:00:00: 28 s.' },
        title: 'A PC had asked for 28 seconds before it was heard here.',
        hint: expect.stringContaining('spanning tree') as string,
      },
    ])
    expect(lookAtDelays({}, heard(28, 30))[0]!.title).toBe('2 PCs had asked for a while before they were heard here.')
  })
  test('a bridge of this computer with spanning tree is one', () => {
    expect(lookAtDelays({ holdsBackSeconds: 30 }, heard())).toMatchObject([
      { severity: 'warning', title: expect.stringContaining('for 30 seconds') as string },
    ])
  })
})

describe('services', () => {
  const running = (id: ServiceView['id']): ServiceView => ({
    id,
    title: id,
    purpose: '',
    state: 'running',
    address: `192.168.1.10:1`,
  })
  const all = (['iscsi', 'dhcp', 'tftp', 'http', 'admin'] as const).map(running)
  const look = (list: ServiceView[], dhcp: 'proxy' | 'off' = 'proxy') => lookAtServices({ list: () => list }, { dhcp })

  test('come in the order of a boot, without the window for people', () => {
    expect(look(all).map((c) => [c.id, c.severity])).toEqual([
      ['port.dhcp', 'ok'],
      ['port.tftp', 'ok'],
      ['port.http', 'ok'],
      ['port.iscsi', 'ok'],
    ])
  })
  test('one that failed names the owner of its port, which its own problem says', () => {
    const problem = {
      code: 'net.portTaken',
      message: 'TFTP cannot use UDP port 69: tftpd (process 7) holds it',
      hint: 'Stop tftpd.',
    }
    const [, tftp] = look(all.map((s) => (s.id === 'tftp' ? { ...s, state: 'failed', problem } : s)))
    expect(tftp).toEqual({
      id: 'port.tftp',
      severity: 'problem',
      title: 'tftp: TFTP cannot use UDP port 69: tftpd (process 7) holds it.',
      hint: 'Stop tftpd.',
    })
  })
  test('boot answers that are off on purpose are a warning, others that are off a problem', () => {
    const off = all.map((s): ServiceView => ({ ...s, state: 'off' }))
    expect(look(off, 'off').map((c) => c.severity)).toEqual(['warning', 'problem', 'problem', 'problem'])
    expect(look(off)[0]!.severity).toBe('problem')
  })
})

test.each([
  [['snponly.efi', 'undionly.kpxe'], 'ok'],
  [['snponly.efi'], 'warning'],
  [[], 'problem'],
] as const)('loaders %j are %s', (names, severity) => expect(lookAtLoaders(names)[0]!.severity).toBe(severity))

test.each([
  [100 * GIB, 50 * GIB, 'ok'],
  [100 * GIB, 9 * GIB, 'warning'],
  [1000 * GIB, 20 * GIB, 'warning'],
  [100 * GIB, GIB / 4, 'problem'],
] as const)('of %d bytes %d free is %s', (totalBytes, freeBytes, severity) =>
  expect(lookAtSpace({ totalBytes, freeBytes }, '/data')[0]!.severity).toBe(severity),
)

describe('other servers', () => {
  const router = { server: '192.168.1.1', address: '192.168.1.77', isPxe: false }
  const own = { server: '192.168.1.10', file: 'snponly.efi', isPxe: true }
  const look = (...servers: Parameters<typeof lookAtOtherServers>[0]) =>
    lookAtOtherServers(servers, served).map((c) => [c.id, c.severity] as const)

  test('a router and ourselves are as it should be', () => {
    expect(look(own, router)).toEqual([
      ['otherDhcp', 'ok'],
      ['otherPxe', 'ok'],
    ])
  })
  test('nobody that gives addresses is a problem; another PXE server alone is none that does', () => {
    expect(look(own)[0]).toEqual(['otherDhcp', 'problem'])
    expect(look(own, { server: '192.168.1.20', isPxe: true })).toEqual([
      ['otherDhcp', 'problem'],
      ['otherPxe', 'warning'],
    ])
  })
  test('a second server, one of another network, and one that names a boot file are told with their addresses', () => {
    const second = { server: '192.168.1.2', address: '192.168.1.90', isPxe: false }
    const foreign = { server: '10.0.0.1', address: '10.0.0.50', isPxe: false }
    expect(look(router, second)[0]).toEqual(['otherDhcp', 'warning'])
    const [dhcp] = lookAtOtherServers([router, foreign], served)
    expect(dhcp).toMatchObject({ severity: 'warning', title: expect.stringContaining('10.0.0.50') as string })
    const [, pxe] = lookAtOtherServers([{ ...router, file: 'pxelinux.0' }], served)
    expect(pxe).toMatchObject({ severity: 'warning', detail: 'It offers 192.168.1.1: pxelinux.0.' })
  })
})

describe('the firewall', () => {
  const ports: NeededPort[] = [
    { protocol: 'udp', port: 67, use: 'the boot answers', isBroadcast: true },
    { protocol: 'tcp', port: 3260, use: 'the disks', isBroadcast: false },
  ]
  const tables = (text: string) => [parseIptablesSave(`*filter\n:INPUT DROP [0:0]\n${text}\nCOMMIT\n`)]

  test('names what it drops and only that, in the words of the tool that is used', () => {
    const [check] = lookAtFirewall(
      { tool: 'ufw', tables: tables('-A INPUT -p tcp --dport 3260 -j ACCEPT') },
      'eth0',
      ports,
    )
    expect(check).toMatchObject({
      severity: 'problem',
      title: 'The firewall of this computer drops what PCs send to the boot answers.',
      hint: 'allow them with: sudo ufw allow in on eth0 proto udp to any port 67',
    })
  })
  test('that lets all through is ok, and one that cannot be read is unknown with what would help', () => {
    expect(lookAtFirewall({ tables: tables('-A INPUT -i eth0 -j ACCEPT') }, 'eth0', ports)[0]!.severity).toBe('ok')
    expect(lookAtFirewall({ tool: 'firewalld', why: 'nft says: no' }, 'eth0', ports)[0]).toMatchObject({
      severity: 'unknown',
      detail: 'firewalld: nft says: no.',
      hint: 'If PCs do not get on: allow them with: sudo firewall-cmd --permanent --add-port=67/udp --add-port=3260/tcp && sudo firewall-cmd --reload',
    })
  })
  test('whose answer depends on more than the port is unknown', () => {
    const [check] = lookAtFirewall({ tables: tables('-A INPUT -s 192.168.1.0/24 -j ACCEPT') }, 'eth0', ports)
    expect(check!.severity).toBe('unknown')
  })
})
