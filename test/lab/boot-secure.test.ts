import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeLab, type Lab, WITHIN_MS } from './support/lab.ts'
import { projectDir } from './support/paths.ts'
import { run } from './support/process.ts'
import { type PcOptions, SECURE_BOOT_KEY } from './support/qemu.ts'

/** Firmware that starts nothing but what it trusts. Microsoft's signature cannot be had here: a key of the firmware's own
 *  package stands for it. */

const PC = { name: 'secure', mac: '52:54:00:0b:f0:01', firmware: 'ovmf-secure', nic: 'virtio', rom: 'none' } as const
const LOADERS = join(projectDir, 'resources/ipxe/loaders')
const ESP_BYTES = 2 * 1024 * 1024

interface TimelineRow {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

/** Puts a signature into a program for UEFI. */
async function sign(lab: Lab, from: string, to: string): Promise<void> {
  const key = join(lab.network.dir, 'secure.key')
  await run(['openssl', 'rsa', '-in', SECURE_BOOT_KEY.key, '-passin', `pass:${SECURE_BOOT_KEY.password}`, '-out', key])
  await run(['sbsign', '--key', key, '--cert', SECURE_BOOT_KEY.certificate, '--output', to, from])
}

/** A disk whose boot loader is signed. */
async function signedDisk(lab: Lab): Promise<string> {
  const disk = join(lab.network.bulkDir, 'signed.raw')
  const [plain, signed] = ['grub.efi', 'grub-signed.efi'].map((name) => join(lab.network.dir, name)) as [string, string]
  await run(['cp', '--sparse=always', lab.images.disk, disk])
  const inside = '::/EFI/BOOT/BOOTX64.EFI'
  await run(['mcopy', '-o', '-i', `${disk}@@${ESP_BYTES}`, inside, plain])
  await sign(lab, plain, signed)
  await run(['mcopy', '-o', '-i', `${disk}@@${ESP_BYTES}`, signed, inside])
  return disk
}

async function prepare(lab: Lab): Promise<void> {
  const product = await lab.startProduct()
  await product.verb('disk', 'import', await signedDisk(lab), '--name', PC.name, '--format', 'raw')
  await product.verb('client', 'add', PC.mac, '--name', PC.name, '--disk', PC.name)
}

describeLab('Secure Boot', prepare, (lab) => {
  const options: PcOptions = PC

  test('a loader without a signature is fetched and refused by the PC', async () => {
    const pc = await lab().startPc(options)
    await pc.console.waitFor(/Access Denied|Security Violation/, WITHIN_MS.loader)
    await pc.off()
    const rows = await lab().product.verb<TimelineRow[]>('events', '--client', PC.name)
    expect(rows.some((row) => row.type === 'loader')).toBe(true)
    expect(rows.some((row) => row.type === 'script')).toBe(false)
  })

  test('with a signed loader and a signed boot loader on the disk it starts', async () => {
    expect(await lab().product.stop()).toBe(0)
    const folder = join(lab().network.dir, 'loaders')
    mkdirSync(folder)
    for (const name of readdirSync(LOADERS).filter((each) => each.endsWith('.efi')))
      await sign(lab(), join(LOADERS, name), join(folder, name))
    await lab().startProduct(['--loaders', folder])
    const pc = await lab().startPc({ ...options, name: 'secure-again' })
    await pc.console.waitFor(/LAB-GRUB up platform=efi\n/, WITHIN_MS.grub)
    await pc.off()
  })
})
