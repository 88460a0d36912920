import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { describeLab, type Lab, WITHIN_MS } from './support/lab.ts'
import type { PcOptions } from './support/qemu.ts'

const BIOS = { name: 'bios', mac: '52:54:00:0b:70:01', firmware: 'seabios', nic: 'virtio', rom: 'ipxe' } as const
const UEFI = { name: 'uefi', mac: '52:54:00:0b:70:02', firmware: 'ovmf', nic: 'virtio', rom: 'none' } as const

const folder = mkdtempSync(join(tmpdir(), 'bootlace-lab-iso-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The lab's own installer, lying in an ISO as that of Arch does. */
async function addClients(lab: Lab): Promise<void> {
  const iso = join(folder, 'arch.iso')
  const files = [
    `/arch/boot/x86_64/vmlinuz-linux=${lab.images.kernel}`,
    `/arch/boot/x86_64/initramfs-linux.img=${lab.images.initrd}`,
  ]
  execFileSync('xorriso', ['-as', 'mkisofs', '-quiet', '-R', '-graft-points', '-o', iso, ...files])
  const product = await lab.startProduct()
  for (const pc of [BIOS, UEFI] satisfies PcOptions[]) {
    await product.verb('disk', 'create', `empty-${pc.name}`, '--size', '64M')
    const install = ['--name', pc.name, '--disk', `empty-${pc.name}`, '--stage', 'install', '--medium', iso]
    await product.verb('client', 'add', pc.mac, ...install, '--kernel-args', 'console=ttyS0,115200 lab.way=iso')
  }
}

describeLab('an installer is started straight out of an ISO', addClients, (lab) => {
  test('on BIOS and on UEFI, with the empty disk attached', async () => {
    const pcs = [await lab().startPc(BIOS), await lab().startPc(UEFI)] as const
    await Promise.all(pcs.map((pc) => pc.console.waitFor(/LAB-MARKER installer started .*\n/, WITHIN_MS.grub)))
    await Promise.all(pcs.map((pc) => pc.console.waitFor(/LAB-MARKER installer disk .*\n/, WITHIN_MS.installer)))
    await Promise.all(pcs.map((pc) => pc.off()))
    for (const [pc, { name }] of [
      [pcs[0], BIOS],
      [pcs[1], UEFI],
    ] as const) {
      const report = pc.console.textSince(0)
      const initiator = `iqn.2026-11.app.bootlace:client.${name}`
      expect(report).toContain('LAB-MARKER installer started way=iso\n')
      expect(report).toContain(`ibft initiator=${initiator} target=iqn.2026-11.app.bootlace:empty-${name}\n`)
      expect(report).toContain(`disk bytes=${64 * 1024 * 1024} initiator=${initiator}\n`)
    }
  })
})
