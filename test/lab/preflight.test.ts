import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ClientView, Snapshot, TimelineEntry } from '../../src-main/api/dto.ts'
import type { PreflightCheck, PreflightReport } from '../../src-main/api/setup.ts'
import { Product } from '../support/product.ts'
import { LAB, openNetwork, type Network } from './support/network.ts'
import { OTHER_PXE, startOtherPxe } from './support/other-pxe.ts'
import { readDhcp } from './support/pcap.ts'
import { capture, run } from './support/process.ts'
import { labGaps } from './support/requirements.ts'

/** The checks before a boot, against a router, beside another PXE server, and without a router. No PC is started. */

const gaps = labGaps()
let network: Network
let product: Product

describe('the checks before a boot', () => {
  beforeAll(async () => {
    if (gaps.length > 0) return console.warn(`checks before a boot: skipped, ${gaps.join('; ')}`)
    network = await openNetwork()
    product = await Product.start({
      dataDir: join(network.bulkDir, 'data'),
      interface: 'eth0',
      inside: (command) => network.inside('srv', command),
      log: join(network.dir, 'engine.log'),
    })
  })
  beforeEach((context) => {
    if (gaps.length === 0) return
    context.task.meta.reason = gaps.join('; ')
    context.skip(gaps.join('; '))
  })
  afterAll(async () => {
    await product?.kill()
    await network?.close()
  })

  const look = async (...words: string[]): Promise<{ code: number; checks: readonly PreflightCheck[] }> => {
    const { code, stdout } = await product.tryVerb('preflight', ...words)
    return { code, checks: (JSON.parse(stdout) as PreflightReport).checks }
  }
  const severities = (checks: readonly PreflightCheck[]) => Object.fromEntries(checks.map((c) => [c.id, c.severity]))

  test('a PC that is Bootlace itself gets from its first call to its disk, and leaves no trace', async () => {
    // What leaves by another card is seen there.
    await run(network.inside('srv', ['sysctl', '-qw', 'net.ipv6.conf.default.disable_ipv6=1']))
    await run(network.inside('srv', ['ip', 'link', 'add', 'other', 'type', 'veth', 'peer', 'name', 'other-end']))
    await run(network.inside('srv', ['ip', 'link', 'set', 'other-end', 'up']))
    await run(network.inside('srv', ['ip', 'address', 'add', '10.99.0.1/24', 'dev', 'other']))
    await run(network.inside('srv', ['ip', 'link', 'set', 'other', 'arp', 'off', 'up']))
    const sentBefore = await sentOn('other')

    const startedMs = Date.now()
    const { code, checks } = await look('--self-test')
    expect(Date.now() - startedMs).toBeLessThan(15_000)

    expect(checks.map((c) => c.id)).toEqual([
      'interface',
      ...['port.dhcp', 'port.tftp', 'port.http', 'port.iscsi'],
      ...['loaders', 'otherDhcp', 'otherPxe', 'firewall', 'space'],
      ...['selfTest.offer.bios', 'selfTest.loader.bios'],
      ...['selfTest.offer.uefi', 'selfTest.bootServer', 'selfTest.loader.uefi'],
      ...['selfTest.offer.loader', 'selfTest.script', 'selfTest.iscsi'],
    ])
    // The card of a namespace is no network card, the rules of its firewall can be read or not, and the host's disk is what it is.
    const expected = checks.filter((c) => !['interface', 'firewall', 'space'].includes(c.id))
    expect(expected.filter((c) => c.severity !== 'ok')).toEqual([])
    expect(severities(checks)['interface']).toBe('warning')
    expect(checks.find((c) => c.id === 'otherDhcp')!.title).toContain(LAB.router)
    expect(checks.find((c) => c.id === 'selfTest.offer.bios')!.title).toContain('undionly.kpxe')
    expect(code).toBe(checks.some((c) => c.severity === 'problem') ? 1 : 0)

    expect((await product.verb<Snapshot>('status')).unknown).toEqual([])
    expect(await product.verb<TimelineEntry[]>('events')).toEqual([])
    expect(await sentOn('other')).toBe(sentBefore)
    const wire = readDhcp(await network.capture())
    expect(wire.filter((m) => m.chaddr.startsWith('02:b0:07:') && m.options.get(53)?.[0] === 3)).toEqual([])
  })

  test('another server that tells PCs what to boot is named', async () => {
    const other = await startOtherPxe(network)
    const { checks } = await look()
    expect(checks.find((c) => c.id === 'otherPxe')).toMatchObject({
      severity: 'warning',
      title: expect.stringContaining(OTHER_PXE) as string,
    })
    expect(severities(checks)['otherDhcp']).toBe('ok')
    const ended = new Promise((resolve) => other.once('exit', resolve))
    other.kill()
    await ended
  })

  test('a PC that calls while new PCs are enrolled has its name and its disk at that very boot', async () => {
    await product.verb('disk', 'create', 'gold', '--size', '64M')
    await product.verb('disk', 'seal', 'gold')
    await product.verb('enrol', 'gold', '--prefix', 'lab-', '--count', '2', '--minutes', '5')
    // Its own question never names anybody.
    await look('--self-test')
    expect((await product.verb<Snapshot>('status')).clients).toEqual([])

    const mac = '52:54:00:0b:60:01'
    await run(network.inside('plain', ['ip', 'link', 'set', 'eth0', 'address', mac]))
    // It asks as a PC does, and has no use for an answer without an address: whether it takes ours or the router's is no matter.
    await capture(
      network.inside('plain', [
        ...['udhcpc', '-i', 'eth0', '-f', '-q', '-n', '-t', '2', '-T', '1', '-s', '/bin/true'],
        ...['-V', 'PXEClient:Arch:00000:UNDI:003016', '-x', '0x5d:0000'],
      ]),
    )
    const script = await run(
      network.inside('router', [
        'curl',
        '-sS',
        `http://${LAB.server}:8470/client/${mac.replaceAll(':', '-')}/boot.ipxe?p=pcbios`,
      ]),
    )
    expect(script).toContain('sanhook --drive 0x80 iscsi:10.77.0.2::3260:0:iqn.2026-11.app.bootlace:lab-01')
    const [client] = await product.verb<ClientView[]>('client', 'list')
    expect(client).toMatchObject({ mac, name: 'lab-01', disk: 'lab-01', stage: 'run' })
    expect(await product.verb('enrol', '--stop')).toMatchObject({ enrolled: ['lab-01'], left: 1, ended: 'stopped' })
  })

  test('without a router PCs get no address, and that is a problem', async () => {
    await run(network.inside('router', ['ip', 'link', 'set', 'eth0', 'down']))
    const { code, checks } = await look()
    expect(code).toBe(1)
    expect(checks.find((c) => c.id === 'otherDhcp')).toMatchObject({
      severity: 'problem',
      hint: expect.stringContaining('router') as string,
    })
  })

  test('a program that holds the port of PCs does not keep the check from hearing', async () => {
    await run(network.inside('router', ['ip', 'link', 'set', 'eth0', 'up']))
    // As the system's DHCP client does, which shares it.
    const holder = network.start('srv', 'holder', [
      process.execPath,
      '-e',
      "const s = require('node:dgram').createSocket({ type: 'udp4', reuseAddr: true }); s.bind(68, '0.0.0.0', () => console.log('held'))",
    ])
    await new Promise<void>((resolve) => holder.stdout!.once('data', () => resolve()))
    const { checks } = await look('--self-test')
    expect(severities(checks)).toMatchObject({ otherDhcp: 'ok', 'selfTest.offer.bios': 'ok' })
    holder.kill()
  })
})

/** Packets that left by a card of the server. */
async function sentOn(card: string): Promise<number> {
  return Number(await run(network.inside('srv', ['cat', `/sys/class/net/${card}/statistics/tx_packets`])))
}
