import { expect, test } from 'vitest'
import { describeLab, type Lab, WITHIN_MS } from './support/lab.ts'
import type { PcOptions } from './support/qemu.ts'

interface Way extends PcOptions {
  readonly loader: 'auto' | 'ipxe.efi'
  readonly fetched: string | undefined
  readonly via?: string
}

/** Ways through firmware and loader to the disk's own boot loader; Debian's whole boot is another test's subject.
 *  `fetched`: the loader that must come from the engine; none where iPXE is in the card. Two are on at once. */
const WAYS: readonly (readonly [Way, Way])[] = [
  [
    {
      ...{ name: 'uefi-ipxe-efi', mac: '52:54:00:0b:20:01', firmware: 'ovmf', nic: 'virtio', rom: 'none' },
      ...{ loader: 'ipxe.efi', fetched: 'ipxe.efi' },
    },
    {
      ...{ name: 'bios-e1000', mac: '52:54:00:0b:20:02', firmware: 'seabios', nic: 'e1000', rom: 'ipxe' },
      ...{ loader: 'auto', fetched: undefined },
    },
  ],
  [
    {
      ...{ name: 'uefi-e1000', mac: '52:54:00:0b:20:03', firmware: 'ovmf', nic: 'e1000', rom: 'ipxe' },
      ...{ loader: 'auto', fetched: undefined },
    },
    {
      ...{ name: 'bios-rtl8139', mac: '52:54:00:0b:20:05', firmware: 'seabios', nic: 'rtl8139', rom: 'ipxe' },
      ...{ loader: 'auto', fetched: undefined },
    },
  ],
  [
    {
      ...{ name: 'uefi-2m', mac: '52:54:00:0b:20:04', firmware: 'ovmf-2m', nic: 'virtio', rom: 'none' },
      ...{ loader: 'auto', fetched: 'snponly.efi' },
    },
    {
      ...{
        name: 'uefi-http',
        mac: '52:54:00:0b:20:06',
        firmware: 'ovmf',
        nic: 'virtio',
        rom: 'none',
        withoutPxe: true,
      },
      ...{ loader: 'auto', fetched: 'snponly.efi', via: 'http' },
    },
  ],
]

interface TimelineRow {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

async function addClients(lab: Lab): Promise<void> {
  const product = await lab.startProduct()
  for (const way of WAYS.flat()) {
    await product.verb('disk', 'import', lab.images.disk, '--name', way.name)
    const client = [way.mac, '--name', way.name, '--disk', way.name, '--loader', way.loader]
    await product.verb('client', 'add', ...client)
  }
}

describeLab('firmware, loaders and cards reach the boot loader on the disk', addClients, (lab) => {
  async function reachesItsDisk(way: Way): Promise<void> {
    const pc = await lab().startPc(way)
    const [, platform] = await pc.console.waitFor(/LAB-GRUB up platform=(\w+)\n/, WITHIN_MS.grub)
    expect(platform).toBe(way.firmware === 'seabios' ? 'pc' : 'efi')
    // GRUB reads megabytes through the loader's own drive.
    await pc.console.waitFor(/LAB-GRUB starting\n/, WITHIN_MS.grub)
    await pc.off()
    const rows = await lab().product.verb<TimelineRow[]>('events', '--client', way.name)
    const loaders = rows.filter((row) => row.type === 'loader').map((row) => row.data)
    expect(new Set(loaders.map((data) => data['file']))).toEqual(
      new Set(way.fetched === undefined ? [] : [way.fetched]),
    )
    if (way.via !== undefined) expect(new Set(loaders.map((data) => data['via']))).toEqual(new Set([way.via]))
  }

  const pairs = WAYS.map((pair) => ({ names: pair.map(({ name }) => name).join(' and '), pair }))
  test.each(pairs)('$names', async ({ pair }) => {
    await Promise.all(pair.map(reachesItsDisk))
  })

  test('a PC that nobody added is told its MAC and goes on to its own medium', async () => {
    const mac = '52:54:00:0b:20:99'
    const pc = await lab().startPc({
      ...{ name: 'stranger', mac, firmware: 'seabios', nic: 'virtio', rom: 'ipxe', cd: lab().images.installerCd },
    })
    await pc.console.waitFor(/LAB-CD up platform=pc\n/, WITHIN_MS.grub)
    expect(pc.console.textSince(0).toLowerCase()).toContain(mac)
    await pc.off()
    const { unknown } = await lab().product.verb<{ unknown: { mac: string }[] }>('status')
    expect(unknown.map((machine) => machine.mac)).toContain(mac)
  })
})
