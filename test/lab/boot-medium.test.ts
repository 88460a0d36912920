import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ClientView, Snapshot, TimelineEntry } from '../../src-main/api/dto.ts'
import type { MediumView } from '../../src-main/api/medium.ts'
import { describeLab, type Lab, WITHIN_MS } from './support/lab.ts'
import { LAB } from './support/network.ts'
import { readDhcp } from './support/pcap.ts'
import type { PcOptions } from './support/qemu.ts'

type Way = Omit<PcOptions, 'medium'> & { readonly as: 'cd' | 'stick'; readonly platform: 'pc' | 'efi' }

/** One file starts all of them, and the router knows nothing of it. */
const WAYS = [
  { ...{ name: 'bios-cd', mac: '52:54:00:0b:30:01', firmware: 'seabios', nic: 'virtio' }, as: 'cd', platform: 'pc' },
  {
    ...{ name: 'bios-stick', mac: '52:54:00:0b:30:02', firmware: 'seabios', nic: 'e1000' },
    as: 'stick',
    platform: 'pc',
  },
  { ...{ name: 'uefi-cd', mac: '52:54:00:0b:30:03', firmware: 'ovmf', nic: 'virtio' }, as: 'cd', platform: 'efi' },
  { ...{ name: 'uefi-stick', mac: '52:54:00:0b:30:04', firmware: 'ovmf', nic: 'e1000' }, as: 'stick', platform: 'efi' },
].map((way) => ({ ...way, rom: 'none' })) as readonly Way[]

/** Its card broke, and another one is in it. */
const MOVED = { name: 'moved', mac: '52:54:00:0b:30:05', newMac: '52:54:00:0b:30:55', address: '10.77.0.50' } as const

const fileOf = (lab: Lab, name: string): string => join(lab.network.dir, name)
const mediumFor = (lab: Lab, way: Pick<Way, 'as'>): string => fileOf(lab, way.as === 'cd' ? 'any.iso' : 'any.img')

async function makeMedia(lab: Lab): Promise<void> {
  const product = await lab.startProduct(['--dhcp', 'off'])
  for (const { name, mac } of [...WAYS, MOVED]) {
    await product.verb('disk', 'import', lab.images.disk, '--name', name)
    await product.verb('client', 'add', mac, '--name', name, '--disk', name)
  }
  for (const name of ['any.iso', 'any.img']) {
    const made = await product.verb<MediumView>('media', 'create', fileOf(lab, name))
    expect(made.asks).toBe(`http://${LAB.server}:8470/boot.ipxe`)
  }
  const own = ['--client', MOVED.name, '--address', MOVED.address, '--gateway', LAB.router]
  await product.verb('media', 'create', fileOf(lab, 'moved.img'), ...own)
}

describeLab(
  'a boot medium starts PCs whose network does not',
  makeMedia,
  (lab) => {
    test.each(WAYS)('$name', async ({ as, platform, ...way }) => {
      const pc = await lab().startPc({ ...way, medium: { as, file: mediumFor(lab(), { as }) } })
      const [, found] = await pc.console.waitFor(/LAB-GRUB up platform=(\w+)\n/, WITHIN_MS.grub)
      expect(found).toBe(platform)
      await pc.off()
      const rows = await lab().product.verb<TimelineEntry[]>('events', '--client', way.name)
      // Neither offer nor loader: the medium brought the loader, and our DHCP and TFTP had no part in it.
      const types = new Set<string>(rows.map((row) => row.type))
      expect([types.has('script'), types.has('offered'), types.has('loader')]).toEqual([true, false, false])
    })

    test.each([
      ['seabios', 'pc'],
      ['ovmf', 'efi'],
    ] as const)(
      'a medium of one PC starts that PC on %s with another card and without DHCP',
      async (firmware, platform) => {
        const { name, newMac, address } = MOVED
        const medium = { file: fileOf(lab(), 'moved.img'), as: 'stick' } as const
        const options = { name: `${name}-${firmware}`, mac: newMac, firmware, nic: 'virtio', rom: 'none' } as const
        const pc = await lab().startPc({ ...options, medium })
        const [, found] = await pc.console.waitFor(/LAB-GRUB up platform=(\w+)\n/, WITHIN_MS.grub)
        expect(found).toBe(platform)
        const { clients, unknown } = await lab().product.verb<Snapshot>('status')
        const client: ClientView = clients.find((c) => c.name === name)!
        expect([client.live.ip, client.live.sessions > 0]).toEqual([address, true])
        expect(unknown.map((machine) => machine.mac)).not.toContain(newMac)
        await pc.off()
        const asked = readDhcp(await lab().network.capture()).filter((message) => message.chaddr === newMac)
        expect(asked).toEqual([])
      },
    )
  },
  { untold: true },
)
