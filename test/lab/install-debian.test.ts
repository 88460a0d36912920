import { expect, test } from 'vitest'
import { describeLab, type Lab, WITHIN_MS } from './support/lab.ts'
import { debianMedium, type DebianMedium } from './support/medium.ts'
import type { PcOptions } from './support/qemu.ts'

const GIB = 1024 ** 3

const BIOS = { name: 'bios', mac: '52:54:00:0b:60:01', firmware: 'seabios', nic: 'virtio', rom: 'ipxe' } as const
const UEFI = { name: 'uefi', mac: '52:54:00:0b:60:02', firmware: 'ovmf', nic: 'virtio', rom: 'none' } as const

let medium: DebianMedium

async function addClients(lab: Lab): Promise<void> {
  medium = await debianMedium()
  const product = await lab.startProduct()
  const install = (pc: PcOptions) => [pc.mac, '--name', pc.name, '--disk', pc.name, '--stage', 'install']
  for (const pc of [BIOS, UEFI]) await product.verb('disk', 'create', pc.name, '--size', '4G')
  await product.verb('client', 'add', ...install(BIOS))
  // UEFI cannot leave iPXE with a drive kept, so its installer comes over HTTP.
  const files = ['--kernel', medium.kernel, '--initrd', medium.initrd, '--kernel-args', 'console=ttyS0,115200']
  await product.verb('client', 'add', ...install(UEFI), ...files)
}

describeLab('Debian is installed on an empty disk and boots from it', addClients, (lab) => {
  /** Installs, sets the client to `run`, boots what was installed; returns what the new system says of itself. */
  async function installAndBoot(options: PcOptions, platform: string): Promise<Record<string, string>> {
    const installing = await lab().startPc(options)
    await installing.console.waitFor(/LAB-MARKER installer started .*\n/, WITHIN_MS.grub)
    await installing.console.waitFor(/LAB-MARKER installer done .*\n/, WITHIN_MS.install)
    await installing.switchedOff(WITHIN_MS.command)
    await installing.off()
    const initiator = `iqn.2026-11.app.bootlace:client.${options.name}`
    const target = `iqn.2026-11.app.bootlace:${options.name}`
    const report = installing.console.textSince(0)
    const firmware = options.firmware === 'ovmf' ? 'efi' : 'bios'
    expect(report).toContain(
      `LAB-MARKER installer started firmware=${firmware} initiator=${initiator} target=${target}\n`,
    )
    expect(report).toContain(`LAB-MARKER installer disk bytes=${4 * GIB}\n`)

    await lab().product.verb('client', 'set', options.name, '--stage', 'run')
    const pc = await lab().startPc(options)
    await pc.console.waitFor(new RegExp(`LAB-GRUB up platform=${platform}\n`), WITHIN_MS.grub)
    const [up] = await pc.console.waitFor(/LAB-MARKER up .*\n/, WITHIN_MS.system)
    expect(up).toContain(`boot=1 platform=${firmware} root=/dev/sda${firmware === 'efi' ? 2 : 1} `)
    expect(up).toContain(` initiator=${initiator} session=${initiator} target=${target}\n`)
    await pc.shell.ready(WITHIN_MS.system)
    const facts = await pc.shell.must(
      'echo "$(hostname) $(findmnt -no FSTYPE /) $(cat /etc/machine-id) $(systemctl is-system-running --wait)"',
    )
    const [name = '', fileSystem = '', machineId = '', state = ''] = facts.split(' ')
    pc.shell.send('poweroff')
    await pc.switchedOff(WITHIN_MS.command)
    return { name, fileSystem, machineId, state }
  }

  test('BIOS from its CD with the disk kept, UEFI from a kernel and an initrd over HTTP, both at once', async () => {
    const [bios, uefi] = await Promise.all([
      installAndBoot({ ...BIOS, cd: medium.cd }, 'pc'),
      installAndBoot(UEFI, 'efi'),
    ])
    expect(bios).toMatchObject({ name: 'bios', fileSystem: 'ext4', state: 'running' })
    expect(uefi).toMatchObject({ name: 'uefi', fileSystem: 'ext4', state: 'running' })
    expect(bios!['machineId']).toMatch(/^[0-9a-f]{32}$/)
    expect(uefi!['machineId']).not.toBe(bios!['machineId'])
  })
})
