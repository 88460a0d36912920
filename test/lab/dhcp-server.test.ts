import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { DhcpView } from '../../src-main/api/dhcp.ts'
import type { ProductOptions } from '../support/product.ts'
import { Product } from '../support/product.ts'
import { openRooms, type Rooms, type Running } from '../support/network-rooms.ts'
import { accelerator } from './support/accelerator.ts'
import { takeLabLock, type LabLock } from './support/lock.ts'
import { labGaps } from './support/requirements.ts'

/** Real firmware on a network without a router: address, loader and script all come from the engine. */

const SCRIPT = 'http://10.9.0.1:8470/boot.ipxe'
const gaps = labGaps()
if (gaps.length > 0) console.warn(`skipped: the lab: ${gaps.join('; ')}`)

describe.skipIf(gaps.length > 0)('a network of its own', () => {
  let lock: LabLock
  let rooms: Rooms
  let product: Product
  let pc: Running | undefined

  beforeAll(async () => {
    lock = await takeLabLock()
    rooms = await openRooms(['srv'])
    await rooms.address('srv', '10.9.0.1/24')
    const options: ProductOptions = {
      dataDir: join(rooms.dir, 'data'),
      interface: 'eth0',
      args: ['--dhcp', 'server', '--dhcp-range', '10.9.0.100-10.9.0.109'],
      inside: (command) => rooms.inside('srv', command),
      log: join(rooms.dir, 'engine.log'),
    }
    product = await Product.start(options)
  })
  afterEach(() => pc?.end())
  afterAll(async () => {
    await product?.stop()
    rooms?.close()
    await lock?.release()
  })

  const bios = () => []
  const uefi = () => {
    const vars = join(rooms.dir, 'vars.fd')
    copyFileSync('/usr/share/OVMF/OVMF_VARS_4M.fd', vars)
    return [
      ...['-drive', 'if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd'],
      ...['-drive', `if=pflash,format=raw,file=${vars}`],
    ]
  }

  test.each([
    // The ROM of QEMU's card is iPXE, which needs no loader.
    { what: 'a BIOS PC', mac: '52:54:00:0d:b1:01', firmware: bios, told: SCRIPT, rom: undefined },
    // Without the ROM of the card, which would be iPXE, it is the firmware that asks. Its loader goes on with that answer.
    { what: 'a UEFI PC', mac: '52:54:00:0d:b1:02', firmware: uefi, told: 'snponly.efi', rom: '' },
  ])('$what gets one address for firmware and loader, and its script', async ({ mac, firmware, told, rom }) => {
    const tap = `tap-${mac.slice(-1)}`
    await rooms.run('hub', ['ip', 'tuntap', 'add', tap, 'mode', 'tap'])
    await rooms.run('hub', ['ip', 'link', 'set', tap, 'master', 'br0', 'up'])
    pc = await rooms.start('hub', [
      ...['qemu-system-x86_64', '-nodefaults', '-display', 'none', '-machine', 'pc', ...(await accelerator())],
      ...['-m', '512', '-netdev', `tap,id=n0,ifname=${tap},script=no,downscript=no`],
      ...['-device', `virtio-net-pci,netdev=n0,mac=${mac}${rom === undefined ? '' : `,romfile=${rom}`}`, '-boot', 'n'],
      ...['-object', 'rng-random,id=r0,filename=/dev/urandom', '-device', 'virtio-rng-pci,rng=r0', ...firmware()],
    ])
    const entry = (event: Readonly<Record<string, unknown>>) =>
      event['entry'] as { type: string; mac: string; data: Record<string, string> } | undefined
    const heard = await product.waitForEvent((e) => entry(e)?.type === 'script' && entry(e)?.mac === mac, 240_000)
    const { leases } = await product.verb<DhcpView>('dhcp')
    const its = leases.filter((lease) => lease.mac === mac)
    expect(its).toMatchObject([{ state: 'bound' }])
    // The loader asks for its script from the very address that the firmware was given.
    expect(entry(heard)!.data['ip']).toBe(its[0]!.address)
    const files = product.events.flatMap((e) => {
      const fact = entry(e)
      return fact?.mac === mac && fact.type === 'offered' ? [fact.data['file']] : []
    })
    expect(files).toContain(told)
  })
})
