import { expect, test } from 'vitest'
import { describeLab, type Lab, WITHIN_MS } from './support/lab.ts'
import { LAB } from './support/network.ts'
import { startOtherPxe } from './support/other-pxe.ts'
import type { PcOptions } from './support/qemu.ts'

/** A network in which somebody else, too, tells PCs what to boot. */

const PCS = [
  { name: 'bios', mac: '52:54:00:0b:e0:01', firmware: 'seabios', nic: 'e1000e', rom: 'ipxe' },
  { name: 'uefi', mac: '52:54:00:0b:e0:02', firmware: 'ovmf', nic: 'virtio', rom: 'none' },
] as const satisfies readonly PcOptions[]

async function addClients(lab: Lab): Promise<void> {
  const product = await lab.startProduct()
  for (const pc of PCS) {
    await product.verb('disk', 'import', lab.images.disk, '--name', pc.name)
    await product.verb('client', 'add', pc.mac, '--name', pc.name, '--disk', pc.name)
  }
}

/** Both at once, each to the boot loader of its own disk. */
async function bothStart(lab: Lab): Promise<void> {
  const pcs = await Promise.all(
    PCS.map((pc) => lab.startPc({ ...pc, ...(pc.firmware === 'seabios' && { retriesAfterMs: 2000 }) })),
  )
  const found = await Promise.all(pcs.map((pc) => pc.console.waitFor(/LAB-GRUB up platform=(\w+)\n/, WITHIN_MS.grub)))
  expect(found.map(([, platform]) => platform)).toEqual(['pc', 'efi'])
  await Promise.all(pcs.map((pc) => pc.off()))
}

describeLab(
  'a router that names another server and file',
  addClients,
  (lab) => {
    test('does not keep PCs from starting', () => bothStart(lab()))
  },
  { routerSays: [`--dhcp-boot=router-loader,router,${LAB.router}`] },
)

describeLab(
  'another server that tells PCs what to boot',
  addClients,
  (lab) => {
    test('does not keep PCs from starting', async () => {
      await startOtherPxe(lab().network)
      await bothStart(lab())
    })
  },
  // Routers look first whether an address is free. With one that answers at once, whichever of the two servers is quicker has
  // told iPXE all it waits for, and priority is of no use.
  { routerSays: ['--dhcp-reply-delay=1'] },
)
