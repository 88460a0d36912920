import { expect, test } from 'vitest'
import { openHostFile } from '../../src-main/disks/host-file-device.ts'
import { openVhdx } from '../../src-main/disks/vhdx-device.ts'
import { describeLab, type Lab, WITHIN_MS } from './support/lab.ts'
import type { Pc, PcOptions } from './support/qemu.ts'

const MIB = 1024 * 1024
/** What guest/installer-init writes: this much at this place. */
const WRITTEN = { at: MIB, bytes: 8 * MIB } as const

const BIOS = { name: 'bios', mac: '52:54:00:0b:30:01', firmware: 'seabios', nic: 'virtio', rom: 'ipxe' } as const
const UEFI = { name: 'uefi', mac: '52:54:00:0b:30:02', firmware: 'ovmf', nic: 'virtio', rom: 'none' } as const

async function addClients(lab: Lab): Promise<void> {
  const product = await lab.startProduct()
  for (const pc of [BIOS, UEFI]) await product.verb('disk', 'create', `empty-${pc.name}`, '--size', '64M')
  const install = (pc: PcOptions) => [pc.mac, '--name', pc.name, '--disk', `empty-${pc.name}`, '--stage', 'install']
  await product.verb('client', 'add', ...install(BIOS))
  // UEFI cannot leave iPXE with a drive kept, so its installer comes over HTTP.
  const files = ['--kernel', lab.images.kernel, '--initrd', lab.images.initrd]
  await product.verb('client', 'add', ...install(UEFI), ...files, '--kernel-args', 'console=ttyS0,115200 lab.way=http')
}

/** The installer's own account, line by line, once it is through. */
async function installed(pc: Pc): Promise<string> {
  await pc.console.waitFor(/LAB-MARKER installer started .*\n/, WITHIN_MS.grub)
  await pc.console.waitFor(/LAB-MARKER installer done\n/, WITHIN_MS.installer)
  return pc.console.textSince(0)
}

function expectInstalled(report: string, pc: PcOptions, way: string): void {
  const initiator = `iqn.2026-11.app.bootlace:client.${pc.name}`
  expect(report).toContain(`LAB-MARKER installer started way=${way}\n`)
  expect(report).toContain(
    `LAB-MARKER installer ibft initiator=${initiator} target=iqn.2026-11.app.bootlace:empty-${pc.name}\n`,
  )
  expect(report).toContain(`LAB-MARKER installer disk bytes=${64 * MIB} initiator=${initiator}\n`)
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

describeLab('an installer finds the empty disk through the iBFT and writes it', addClients, (lab) => {
  test('BIOS from its CD, UEFI over HTTP, both at once', async () => {
    const [bios, uefi] = [
      await lab().startPc({ ...BIOS, cd: lab().images.installerCd }),
      await lab().startPc(UEFI),
    ] as const
    const [fromCd, overHttp] = await Promise.all([installed(bios), installed(uefi)])
    await Promise.all([bios.off(), uefi.off()])
    expectInstalled(fromCd, BIOS, 'cd')
    expectInstalled(overHttp, UEFI, 'http')
    await expectOnDisk(lab(), `empty-${BIOS.name}`, 'cd')
    await expectOnDisk(lab(), `empty-${UEFI.name}`, 'http')
  })

  test('BIOS from an ISO that the loader reads over HTTP', async () => {
    await lab().product.verb('client', 'set', BIOS.name, '--medium', lab().images.installerCd)
    await lab().product.verb('disk', 'create', 'second', '--size', '64M')
    await lab().product.verb('client', 'set', BIOS.name, '--disk', 'second')
    const pc = await lab().startPc(BIOS)
    const report = await installed(pc)
    expect(report).toContain('target=iqn.2026-11.app.bootlace:second\n')
    await pc.off()
    await expectOnDisk(lab(), 'second', 'cd')
  })
})
