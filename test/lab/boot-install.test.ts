import { expect, test } from 'vitest'
import { openHostFile } from '../../src-main/disks/host-file-device.ts'
import { openVhdx } from '../../src-main/disks/vhdx-device.ts'
import { describeLab, type Lab, WITHIN_MS } from './support/lab.ts'
import type { Pc } from './support/qemu.ts'

const MIB = 1024 * 1024
/** What guest/installer-init writes: this much at this place. */
const WRITTEN = { at: MIB, bytes: 8 * MIB } as const

const DISK = 'empty'
const BIOS = { name: 'bios', mac: '52:54:00:0b:30:01', firmware: 'seabios', nic: 'virtio', rom: 'ipxe' } as const

async function addClient(lab: Lab): Promise<void> {
  const product = await lab.startProduct()
  await product.verb('disk', 'create', DISK, '--size', '64M')
  const install = ['--disk', DISK, '--stage', 'install', '--medium', lab.images.installerCd]
  await product.verb('client', 'add', BIOS.mac, '--name', BIOS.name, ...install)
}

/** The installer's own account, line by line, once it is through. */
async function installed(pc: Pc): Promise<string> {
  await pc.console.waitFor(/LAB-MARKER installer started .*\n/, WITHIN_MS.grub)
  await pc.console.waitFor(/LAB-MARKER installer done\n/, WITHIN_MS.installer)
  return pc.console.textSince(0)
}

async function expectOnDisk(lab: Lab, name: string, way: string): Promise<void> {
  const disk = await lab.product.verb<{ file: string }>('disk', 'show', name)
  // What an installer was told is safe is in the file, while the engine still has it open.
  const device = await openVhdx(await openHostFile(disk.file, { readOnly: true }))
  const sectors = Buffer.alloc(Math.ceil(((WRITTEN.at % 512) + WRITTEN.bytes) / 512) * 512)
  await device.read(Math.floor(WRITTEN.at / 512), sectors)
  await device.close()
  const found = sectors.subarray(WRITTEN.at % 512, (WRITTEN.at % 512) + WRITTEN.bytes)
  expect(found.equals(Buffer.alloc(WRITTEN.bytes, `LAB-INSTALLER way=${way}\n`))).toBe(true)
}

describeLab('an installer finds the empty disk through the iBFT and writes it', addClient, (lab) => {
  test('BIOS from an ISO that the loader reads over HTTP', async () => {
    const pc = await lab().startPc(BIOS)
    const report = await installed(pc)
    await pc.off()
    const initiator = `iqn.2026-11.app.bootlace:client.${BIOS.name}`
    for (const line of [
      'started way=cd',
      `ibft initiator=${initiator} target=iqn.2026-11.app.bootlace:${DISK}`,
      `disk bytes=${64 * MIB} initiator=${initiator}`,
    ])
      expect(report).toContain(`LAB-MARKER installer ${line}\n`)
    await expectOnDisk(lab(), DISK, 'cd')
  })
})
