import { expect, test } from 'vitest'
import { describeLab, type Lab, WITHIN_MS } from './support/lab.ts'
import type { PcOptions } from './support/qemu.ts'

const BIOS = { name: 'bios', mac: '52:54:00:0b:50:01', firmware: 'seabios', nic: 'virtio', rom: 'ipxe' } as const
const UEFI = { name: 'uefi', mac: '52:54:00:0b:50:02', firmware: 'ovmf', nic: 'virtio', rom: 'none' } as const

/** What stands for the PC's own disk: the CD, next in its boot order. */
const OWN_DISK = /LAB-CD up platform=(\w+)\n/

interface TimelineRow {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

async function addClients(lab: Lab): Promise<void> {
  const product = await lab.startProduct()
  for (const pc of [BIOS, UEFI]) {
    await product.verb('disk', 'import', lab.images.disk, '--name', pc.name)
    await product.verb('client', 'add', pc.mac, '--name', pc.name, '--disk', pc.name, '--stage', 'local')
  }
}

describeLab('the stage of a client decides where its next boot goes', addClients, (lab) => {
  const withCd = (pc: PcOptions): PcOptions => ({ ...pc, cd: lab().images.installerCd })

  test('local: on to the PC’s own disk, with BIOS and with UEFI', async () => {
    const pcs = [await lab().startPc(withCd(BIOS)), await lab().startPc(withCd(UEFI))]
    const found = await Promise.all(pcs.map((pc) => pc.console.waitFor(OWN_DISK, WITHIN_MS.grub)))
    expect(found.map(([, platform]) => platform)).toEqual(['pc', 'efi'])
    await Promise.all(pcs.map((pc) => pc.off()))
    // A card stands for several entries of a UEFI's boot order: OVMF comes to us by PXE, is sent on, comes again by UEFI
    // HTTP Boot, and is sent on to the CD.
    const rows = await lab().product.verb<TimelineRow[]>('events', '--client', UEFI.name)
    const ways = rows.filter((row) => row.type === 'loader').map((row) => row.data['via'])
    expect(ways).toEqual(['tftp', 'http'])
  })
})
