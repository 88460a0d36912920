import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { DhcpView } from '../../src-main/api/dhcp.ts'
import type { PreflightReport } from '../../src-main/api/setup.ts'
import type { Heard } from '../support/dhcp-asker.ts'
import { openRooms, roomsGap, type Rooms, type Running } from '../support/network-rooms.ts'
import { Product } from '../support/product.ts'

/** The engine as the DHCP server of a network, and beside others, for clients and servers that others wrote. */

const gap = roomsGap({ udhcpc: 'udhcpc', dhclient: 'isc-dhcp-client', dnsmasq: 'dnsmasq-base' })
if (gap !== undefined) console.warn(`skipped: DHCP with foreign clients: ${gap}`)
const NODE = resolve('node_modules/.bin/node')
const ASKER = resolve(import.meta.dirname, '../support/dhcp-asker.ts')
const SERVER = '10.9.0.1'

describe.skipIf(gap !== undefined)('DHCP among programs of others', () => {
  let rooms: Rooms
  const products = new Set<Product>()
  const programs = new Set<Running>()
  let folders = 0

  beforeAll(async () => {
    rooms = await openRooms(['srv', 'other', 'pc1', 'pc2'])
    await rooms.address('srv', `${SERVER}/24`)
    await rooms.address('other', '10.9.0.2/24')
    for (const [name, event] of Object.entries({ hook: '$1', 'dhclient-hook': '$reason' })) {
      writeFileSync(join(rooms.dir, name), hook(event))
      chmodSync(join(rooms.dir, name), 0o755)
    }
  })
  afterAll(() => rooms.close())
  afterEach(async () => {
    for (const program of programs) await program.end()
    programs.clear()
    for (const product of products) await product.stop()
    products.clear()
    for (const pc of ['pc1', 'pc2']) await rooms.run(pc, ['ip', 'address', 'flush', 'dev', 'eth0'])
  })

  /** Keeps what a client learnt and, as a system would, puts the address on the card. */
  const hook = (event: string) => `#!/bin/sh
cd '${rooms.dir}'
case "${event}" in
  bound|renew|BOUND|RENEW|REBIND|REBOOT)
    address="$ip$new_ip_address"
    ip address replace "$address/24" broadcast + dev eth0
    env > "lease.$(cat /sys/class/net/eth0/address | tr -d :)" ;;
  deconfig|RELEASE|EXPIRE|STOP) ip address flush dev eth0 ;;
esac
exit 0
`
  const lease = (pc: number): Record<string, string> =>
    Object.fromEntries(
      readFileSync(join(rooms.dir, `lease.5254000dc0${String(pc + 2).padStart(2, '0')}`), 'utf8')
        .split('\n')
        .map((line) => line.split(/=(.*)/s, 2) as [string, string]),
    )
  const serve = async (args: readonly string[], dataDir = join(rooms.dir, `data${folders++}`)) => {
    const product = await Product.start({
      dataDir,
      interface: 'eth0',
      args: [...args, '--log-level', 'debug'],
      inside: (command) => rooms.inside('srv', command),
      log: join(rooms.dir, 'engine.log'),
    })
    products.add(product)
    return product
  }
  const asServer = (range = '10.9.0.100-10.9.0.109', ...more: string[]) =>
    serve(['--dhcp', 'server', '--dhcp-range', range, ...more])
  const started = async (room: string, command: readonly string[], ready?: RegExp) => {
    const program = await rooms.start(room, command, ready)
    programs.add(program)
    return program
  }
  const udhcpc = (room: string, ...more: string[]) =>
    started(room, ['udhcpc', '-i', 'eth0', '-f', '-t', '5', '-T', '2', '-s', join(rooms.dir, 'hook'), ...more])
  const dnsmasq = (room: string, ...more: string[]) =>
    started(
      room,
      [
        ...['dnsmasq', '--keep-in-foreground', '--log-facility=-', '--conf-file=/dev/null', '--user=root', '--port=0'],
        ...[
          '--log-dhcp',
          '--no-ping',
          '--bind-interfaces',
          '--interface=eth0',
          '--pid-file=',
          '--dhcp-leasefile=/dev/null',
        ],
        ...more,
      ],
      /DHCP, (IP range|proxy)|started/,
    )
  /** Every answer that a room hears to questions of all kinds. */
  const ask = async (room: string, ...words: string[]): Promise<Heard[]> => {
    await rooms.run(room, ['ip', 'address', 'replace', '10.9.0.250/24', 'broadcast', '+', 'dev', 'eth0'])
    await rooms.run(room, ['ip', 'route', 'replace', '255.255.255.255', 'dev', 'eth0'])
    const out = await rooms.run(room, [NODE, ASKER, '2500', ...words])
    return out
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Heard)
  }
  const view = (product: Product) => product.verb<DhcpView>('dhcp')
  const leaseOf = async (product: Product, address: string) =>
    (await view(product)).leases.find((each) => each.address === address)

  test('busybox gets a lease, renews it, gives it back, and gets it again', async () => {
    const product = await asServer()
    await product.verb('dhcp', 'set', 'server', '--router', '10.9.0.2', '--dns', '10.9.0.2,10.9.0.3', '--lease', '60')
    const client = await udhcpc('pc1')
    await client.says(/lease of 10\.9\.0\.100 obtained/)
    await expect.poll(() => existsSync(join(rooms.dir, 'lease.5254000dc003'))).toBe(true)
    await expect
      .poll(() => lease(1))
      .toMatchObject({
        ...{ ip: '10.9.0.100', mask: '24', router: '10.9.0.2', dns: '10.9.0.2 10.9.0.3', lease: '3600' },
        ...{ serverid: SERVER, subnet: '255.255.255.0', broadcast: '10.9.0.255' },
      })
    expect(await leaseOf(product, '10.9.0.100')).toMatchObject({ state: 'bound', mac: '52:54:00:0d:c0:03' })
    const { untilMs } = (await leaseOf(product, '10.9.0.100'))!

    client.process.kill('SIGUSR1')
    await client.says(/sending renew to server 10\.9\.0\.1[\s\S]*lease of 10\.9\.0\.100 obtained/)
    await expect.poll(async () => (await leaseOf(product, '10.9.0.100'))!.untilMs).toBeGreaterThan(untilMs)

    client.process.kill('SIGUSR2')
    await client.says(/entering released state/)
    await expect.poll(async () => (await leaseOf(product, '10.9.0.100'))!.state).toBe('former')
    await (await udhcpc('pc2')).says(/lease of 10\.9\.0\.101 obtained/)
    await client.end()
    await (await udhcpc('pc1')).says(/lease of 10\.9\.0\.100 obtained/)
  })

  test('ISC dhclient gets a lease, comes back to it, and gives it back', async () => {
    const product = await asServer()
    const files = [
      '-lf',
      join(rooms.dir, 'leases'),
      '-pf',
      join(rooms.dir, 'pid'),
      '-sf',
      join(rooms.dir, 'dhclient-hook'),
    ]
    const dhclient = (...words: string[]) => started('pc1', ['dhclient', '-4', '-v', '-d', ...files, ...words, 'eth0'])
    const client = await dhclient()
    await client.says(/DHCPACK of 10\.9\.0\.100 from 10\.9\.0\.1[\s\S]*bound to 10\.9\.0\.100/)
    client.process.kill('SIGKILL')
    // It asks for what it had, without a DISCOVER.
    const again = await dhclient()
    await again.says(/bound to 10\.9\.0\.100/)
    expect(again.output()).not.toContain('DHCPDISCOVER')
    expect(again.output()).toContain('DHCPREQUEST for 10.9.0.100')
    const release = await rooms.start('pc1', ['dhclient', '-4', '-v', '-r', ...files, 'eth0'])
    await release.says(/DHCPRELEASE of 10\.9\.0\.100 on eth0 to 10\.9\.0\.1/)
    await expect.poll(async () => (await leaseOf(product, '10.9.0.100'))!.state).toBe('former')
  })

  test('an address that a stranger uses is not offered', async () => {
    const product = await asServer()
    await rooms.address('pc2', '10.9.0.100/24')
    await (await udhcpc('pc1')).says(/lease of 10\.9\.0\.101 obtained/)
    expect(await leaseOf(product, '10.9.0.100')).toMatchObject({ state: 'declined' })
    // The PC itself is no stranger: it starts again, still at its address.
    await (await udhcpc('pc1')).says(/lease of 10\.9\.0\.101 obtained/)
  })

  test('a stranger that only the PC can see is declined by it, and it gets another address', async () => {
    const product = await asServer()
    await rooms.address('pc2', '10.9.0.100/24')
    const isolate = (onOff: string) =>
      Promise.all(
        ['p-srv', 'p-pc2'].map((port) =>
          rooms.run('hub', ['ip', 'link', 'set', port, 'type', 'bridge_slave', 'isolated', onOff]),
        ),
      )
    await isolate('on')
    try {
      const client = await udhcpc('pc1', '-a')
      await client.says(/declining/)
      await client.says(/lease of 10\.9\.0\.101 obtained/, 60_000)
      expect(await leaseOf(product, '10.9.0.100')).toMatchObject({ state: 'declined' })
    } finally {
      await isolate('off')
    }
  })

  test('what was told survives kill -9, and the same address is given to nobody else', async () => {
    const dataDir = join(rooms.dir, `data${folders++}`)
    const words = ['--dhcp', 'server', '--dhcp-range', '10.9.0.100-10.9.0.100']
    const product = await serve(words, dataDir)
    const client = await udhcpc('pc1')
    await client.says(/lease of 10\.9\.0\.100 obtained/)
    await product.kill()
    products.delete(product)
    const again = await serve(words, dataDir)
    expect(await leaseOf(again, '10.9.0.100')).toMatchObject({ state: 'bound', mac: '52:54:00:0d:c0:03' })
    const other = await udhcpc('pc2', '-n')
    await other.says(/no lease, failing/, 60_000)
    expect((await view(again)).problem).toMatchObject({ code: 'net.dhcpExhausted' })
    client.process.kill('SIGUSR1')
    await client.says(/sending renew to server 10\.9\.0\.1[\s\S]*lease of 10\.9\.0\.100 obtained/)
  })

  test('a kept address is given to its PC; firmware and loader are told what to boot in the same answer', async () => {
    const product = await asServer()
    await product.verb('dhcp', 'reserve', '52:54:00:0d:c0:03', '10.9.0.20')
    expect((await product.tryVerb('dhcp', 'reserve', '52:54:00:0d:c0:04', '10.9.0.20')).code).toBe(1)
    await (await udhcpc('pc1')).says(/lease of 10\.9\.0\.20 obtained/)
    const heard = await ask('pc2')
    const script = `http://${SERVER}:8470/boot.ipxe`
    const files = Object.fromEntries(heard.map((h) => [h.asked, h.file]))
    expect(files).toMatchObject({
      ...{ ordinary: '', bios: 'undionly.kpxe', uefi7: 'snponly.efi', uefi9: 'snponly.efi' },
      ...{ http: `http://${SERVER}:8470/loader/snponly.efi`, loaderByClass: script, loaderByOptions: script },
    })
    expect(new Set(heard.map((h) => h.yiaddr)).size).toBe(8)
    const { checks } = JSON.parse((await product.tryVerb('preflight', '--self-test')).stdout) as PreflightReport
    const severity = Object.fromEntries(checks.map((c) => [c.id, c.severity]))
    expect(severity).toMatchObject({ otherDhcp: 'ok', otherPxe: 'ok', 'selfTest.offer.uefi': 'ok', 'port.dhcp': 'ok' })
  })

  test('beside another DHCP server it refuses to start, and says whose', async () => {
    await dnsmasq('other', '--dhcp-range=10.9.0.150,10.9.0.160,255.255.255.0,1h')
    await expect(asServer()).rejects.toThrow(
      /ended with 2: .*another DHCP server gives addresses on this network: 10\.9\.0\.2/s,
    )
    await asServer('10.9.0.100-10.9.0.109', '--dhcp-force')
  })

  test('chosen in the window beside another DHCP server it is refused, and what ran goes on', async () => {
    const other = await dnsmasq('other', '--dhcp-range=10.9.0.150,10.9.0.160,255.255.255.0,1h')
    const dataDir = join(rooms.dir, `data${folders++}`)
    const product = await serve([], dataDir)
    const words = ['dhcp', 'set', 'server', '--range', '10.9.0.100-10.9.0.109']
    const { code, stderr } = await product.tryVerb(...words)
    expect([code, stderr]).toEqual([1, expect.stringContaining('another DHCP server gives addresses on this network')])
    expect(await view(product)).toMatchObject({ choice: { mode: 'proxy' } })
    expect((await ask('pc2')).some((h) => h.from === SERVER && h.asked === 'bios')).toBe(true)
    // A choice of earlier does not keep the disks from starting beside a server that came since.
    await other.end()
    await product.verb(...words)
    await product.stop()
    products.delete(product)
    await dnsmasq('other', '--dhcp-range=10.9.0.150,10.9.0.160,255.255.255.0,1h')
    const again = await serve([], dataDir)
    expect(again.ready).toMatchObject({ dhcp: null, iscsi: `${SERVER}:3260` })
    expect((await view(again)).problem).toMatchObject({ code: 'net.otherDhcp' })
  })

  test('another DHCP server that comes later stops it, and its going lets it go on', async () => {
    const product = await asServer()
    const client = await udhcpc('pc1')
    await client.says(/lease of 10\.9\.0\.100 obtained/)
    const other = await dnsmasq('other', '--dhcp-range=10.9.0.150,10.9.0.160,255.255.255.0,1h')
    await (await udhcpc('pc2')).says(/lease of 10\.9\.0\.15\d obtained from 10\.9\.0\.2/)
    await expect.poll(async () => (await view(product)).problem).toMatchObject({ code: 'net.otherDhcp' })
    // Nobody new, but who has an address keeps it.
    const heard = await ask('pc2')
    expect(heard.filter((h) => h.from === SERVER)).toEqual([])
    client.process.kill('SIGUSR1')
    await client.says(/sending renew to server 10\.9\.0\.1[\s\S]*lease of 10\.9\.0\.100 obtained/)
    await other.end()
    await product.verb('dhcp', 'set', 'server')
    expect((await view(product)).problem).toBeUndefined()
  })

  test('proxy: the lease comes from the neighbour, and ordinary computers hear nothing of us', async () => {
    await dnsmasq('other', '--dhcp-range=10.9.0.150,10.9.0.160,255.255.255.0,1h')
    await serve(['--dhcp', 'proxy'])
    await (await udhcpc('pc1')).says(/lease of 10\.9\.0\.15\d obtained from 10\.9\.0\.2/)
    const heard = (await ask('pc2')).filter((h) => h.from === SERVER && h.asked !== 'arm64')
    expect(heard.map((h) => h.asked).sort()).toEqual([
      'bios',
      'http',
      'loaderByClass',
      'loaderByOptions',
      'uefi7',
      'uefi9',
    ])
    expect(new Set(heard.map((h) => h.yiaddr))).toEqual(new Set(['0.0.0.0']))
  })

  test('a second PXE server beside the proxy is seen and said', async () => {
    const product = await serve(['--dhcp', 'proxy'])
    await dnsmasq(
      'other',
      '--dhcp-range=10.9.0.2,proxy',
      '--pxe-service=x86PC,Other,other',
      '--pxe-service=X86-64_EFI,Other,other',
    )
    const { checks } = JSON.parse((await product.tryVerb('preflight')).stdout) as PreflightReport
    expect(checks.find((c) => c.id === 'otherPxe')).toMatchObject({
      severity: 'warning',
      title: expect.stringContaining('10.9.0.2') as string,
    })
  })

  test('4011: beside a DHCP server on the same computer that says PXEClient, only boot servers are answered', async () => {
    await dnsmasq('srv', '--dhcp-range=10.9.0.150,10.9.0.160,255.255.255.0,1h', '--dhcp-option-force=60,PXEClient')
    const product = await serve(['--dhcp', '4011'])
    expect(product.ready['dhcp']).toBe(`${SERVER}:4011 (4011)`)
    const heard = await ask('pc1')
    // All that is heard on 67 is of dnsmasq, which knows no file.
    expect(new Set(heard.map((h) => h.file))).toEqual(new Set(['']))
    expect(heard.find((h) => h.asked === 'bios')).toMatchObject({ vendorClass: 'PXEClient', server: SERVER })
    const told = await ask('pc1', `${SERVER}:4011`)
    expect(Object.fromEntries(told.map((h) => [h.asked, h.file]))).toMatchObject({
      bios: 'undionly.kpxe',
      uefi7: 'snponly.efi',
    })
    expect(told.map((h) => h.asked)).not.toContain('ordinary')
  })

  test('the mode changes while the engine runs, and stays chosen', async () => {
    const dataDir = join(rooms.dir, `data${folders++}`)
    const product = await serve([], dataDir)
    expect(await view(product)).toMatchObject({ choice: { mode: 'proxy' }, chosenBy: 'default' })
    expect((await product.tryVerb('dhcp', 'set', 'server')).stderr).toContain('it must be said which')
    expect(await view(product)).toMatchObject({ choice: { mode: 'proxy' } })
    await product.verb('dhcp', 'set', 'server', '--range', '10.9.0.100-10.9.0.109')
    await (await udhcpc('pc1', '-q')).says(/lease of 10\.9\.0\.100 obtained/)
    await product.verb('dhcp', 'set', 'off')
    expect(await ask('pc2')).toEqual([])
    await product.verb('dhcp', 'set', 'server')
    await product.stop()
    products.delete(product)
    const again = await serve([], dataDir)
    expect(await view(again)).toMatchObject({ choice: { mode: 'server', first: '10.9.0.100' }, chosenBy: 'person' })
    expect(await leaseOf(again, '10.9.0.100')).toMatchObject({ mac: '52:54:00:0d:c0:03' })
  })
})
