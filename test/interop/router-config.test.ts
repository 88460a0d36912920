import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { routerConfigs } from '../../src-main/routers/router-config.ts'
import type { RouterKind } from '../../src-main/routers/values.ts'
import type { Heard } from '../support/dhcp-asker.ts'
import { openRooms, roomsGap, type Rooms } from '../support/network-rooms.ts'

/** What routers are told, in the programs that are to understand it: their parsers, and their answers on the wire. */

const SERVER = '10.9.0.1'
const values = {
  server: SERVER,
  biosLoader: 'undionly.kpxe',
  uefiLoader: 'snponly.efi',
  uefiUrl: `http://${SERVER}:8470/loader/snponly.efi`,
  scriptUrl: `http://${SERVER}:8470/boot.ipxe`,
  others: [
    { name: 'ia32', arch: 6, loader: 'snponly-ia32.efi' },
    { name: 'arm64', arch: 11, loader: 'snponly-arm64.efi' },
  ],
  tftpPort: 69,
} as const
const textFor = (kind: RouterKind): string => routerConfigs(values, kind)[0]!.text
const NODE = resolve('node_modules/.bin/node')
const ASKER = resolve(import.meta.dirname, '../support/dhcp-asker.ts')

/** What each kind of client must be told, whoever is asked. */
const EXPECTED = {
  ordinary: '',
  bios: values.biosLoader,
  uefi7: values.uefiLoader,
  uefi9: values.uefiLoader,
  arm64: 'snponly-arm64.efi',
  http: values.uefiUrl,
  loaderByClass: values.scriptUrl,
  loaderByOptions: values.scriptUrl,
}

/** `--dhcp-…` options that OpenWrt's init script makes of its sections. */
function openwrtAsDnsmasq(text: string): string {
  const sections = new Map<string, Map<string, string>>()
  for (const [, id, key, value] of text.matchAll(/^uci (?:set|add_list) dhcp\.(\w+)\.(\w+)='(.*)'$/gm)) {
    const section = sections.get(id!) ?? new Map<string, string>()
    sections.set(id!, section.set(key!, value!))
  }
  return [...sections.values()]
    .flatMap((s) => {
      const tags = s.get('networkid')!
      if (s.has('userclass')) return [`dhcp-userclass=set:${tags},${s.get('userclass')}`]
      if (s.has('match')) return [`dhcp-match=set:${tags},${s.get('match')}`]
      const boot = `dhcp-boot=net:${tags},${s.get('filename')},${s.get('servername')},${s.get('serveraddress')}`
      const option = s.get('dhcp_option')
      return option === undefined ? [boot] : [boot, `dhcp-option-force=net:${tags},${option}`]
    })
    .join('\n')
}

describe('every router', () => {
  const all = routerConfigs(values)
  test('has its text with all of our values, or says what it cannot', () => {
    for (const { kind, text, where, notes, sure } of all) {
      expect(text, kind).toContain(SERVER)
      expect(text, kind).toContain(values.uefiLoader)
      expect(where, kind).toMatch(/\.$/)
      expect(['tried', 'documentation']).toContain(sure)
      if (kind === 'unifi') expect(notes.join()).toContain('one file for all PCs')
      else expect(text, kind).toContain(values.biosLoader)
      if (kind === 'unifi' || kind === 'pfsense') expect(notes.join(), kind).toContain('beside the router')
      else expect(text, kind).toContain(values.scriptUrl)
    }
  })
  test('is told that firmware knows port 69 only', () => {
    for (const { notes } of routerConfigs({ ...values, tftpPort: 6969 })) expect(notes[0]).toContain('6969')
    for (const { notes } of all) expect(notes.join()).not.toContain('port 69 only')
  })
})

const gap = roomsGap()
/** Whether a server is not there; said once. */
const lacks = (program: string, name: string): boolean => {
  const missing = roomsGap({ [program]: name })
  if (missing !== undefined) console.warn(`skipped: words for ${program}: ${missing}`)
  return missing !== undefined
}

describe.skipIf(gap !== undefined)('asked on the wire, as each kind of PC', () => {
  let rooms: Rooms
  beforeAll(async () => {
    rooms = await openRooms(['router', 'pc'])
    await rooms.address('router', '10.9.0.2/24')
    await rooms.address('pc', '10.9.0.250/24')
    await rooms.run('pc', ['ip', 'route', 'add', '255.255.255.255', 'dev', 'eth0'])
  })
  afterAll(() => rooms.close())

  async function told(): Promise<{ files: Record<string, string>; heard: Heard[] }> {
    const out = await rooms.run('pc', [NODE, ASKER, '3500'])
    const heard = out
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Heard)
    return { heard, files: Object.fromEntries(heard.map((h) => [h.asked, h.file])) }
  }
  const file = (name: string, text: string): string => {
    const path = join(rooms.dir, name)
    writeFileSync(path, text)
    return path
  }
  const checkHttp = (heard: readonly Heard[]) => {
    expect(heard.find((h) => h.asked === 'http')).toMatchObject({ vendorClass: 'HTTPClient' })
    for (const h of heard) if (h.asked !== 'http' && h.asked !== 'ordinary') expect(h.siaddr, h.asked).toBe(SERVER)
  }

  /** Starts a server; each kind of firmware hears from it what it is to be told. */
  async function tellsEveryKind(command: readonly string[], ready: RegExp): Promise<void> {
    const server = await rooms.start('router', command, ready)
    try {
      const { files, heard } = await told()
      expect(files).toEqual(EXPECTED)
      checkHttp(heard)
    } finally {
      await server.end()
    }
  }

  const kinds = ['dnsmasq', 'pihole', 'ddwrt', 'openwrt'] as const
  test.skipIf(lacks('dnsmasq', 'dnsmasq-base')).each(kinds)('%s', async (kind) => {
    const text = kind === 'openwrt' ? openwrtAsDnsmasq(textFor(kind)) : textFor(kind)
    const range = 'dhcp-range=10.9.0.150,10.9.0.199,255.255.255.0,1h'
    const config = file(
      `${kind}.conf`,
      `port=0\nuser=root\nlog-dhcp\nno-ping\ninterface=eth0\nbind-interfaces\n${range}\n${text}\n`,
    )
    await rooms.run('router', ['dnsmasq', '--test', `--conf-file=${config}`])
    const words = ['dnsmasq', '--keep-in-foreground', '--log-facility=-', '--pid-file=', '--dhcp-leasefile=/dev/null']
    await tellsEveryKind([...words, `--conf-file=${config}`], /DHCP, IP range/)
  })

  test.skipIf(lacks('dhcpd', 'isc-dhcp-server'))('isc-dhcpd', async () => {
    const subnet = 'subnet 10.9.0.0 netmask 255.255.255.0 { range 10.9.0.150 10.9.0.199; }'
    const config = file('dhcpd.conf', `ping-check off;\n${textFor('isc-dhcpd')}\n${subnet}\n`)
    const leases = file('dhcpd.leases', '')
    const words = [
      '-4',
      '-cf',
      config,
      '-lf',
      leases,
      '-pf',
      join(rooms.dir, 'dhcpd.pid'),
      '-user',
      'root',
      '-group',
      'root',
    ]
    await rooms.run('router', ['dhcpd', '-t', ...words])
    await tellsEveryKind(['dhcpd', '-f', '-d', ...words, 'eth0'], /Server starting service/)
  })

  test.skipIf(lacks('kea-dhcp4', 'kea-dhcp4-server'))('kea', async () => {
    const run = join(rooms.dir, 'kea')
    mkdirSync(run)
    const classes = JSON.parse(`{${textFor('kea')}}`) as object
    const config = file(
      'kea.json',
      JSON.stringify({
        Dhcp4: {
          'interfaces-config': { interfaces: ['eth0'] },
          'lease-database': { type: 'memfile', persist: false },
          'valid-lifetime': 3600,
          subnet4: [{ id: 1, subnet: '10.9.0.0/24', pools: [{ pool: '10.9.0.150 - 10.9.0.199' }] }],
          loggers: [{ name: 'kea-dhcp4', output_options: [{ output: 'stdout' }], severity: 'INFO' }],
          ...classes,
        },
      }),
    )
    const env = ['env', `KEA_PIDFILE_DIR=${run}`, `KEA_LOCKFILE_DIR=${run}`]
    await rooms.run('router', [...env, 'kea-dhcp4', '-t', config])
    await tellsEveryKind([...env, 'kea-dhcp4', '-c', config], /DHCP4_STARTED/)
  })
})
