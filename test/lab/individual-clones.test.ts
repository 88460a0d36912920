import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { DiskView } from '../../src-main/api/dto.ts'
import type { ClientIdentity } from '../../src-main/api/identity.ts'
import { sha256Of } from './support/files.ts'
import { describeLab, type Lab, WITHIN_MS } from './support/lab.ts'
import { debianMedium, type DebianMedium } from './support/medium.ts'
import { everythingIsThere, outageUnderWrites } from './support/outage.ts'
import { run } from './support/process.ts'
import type { Pc, PcOptions } from './support/qemu.ts'

/** From two empty disks to a golden image and three PCs that run from it, each under a name, an identity and SSH keys of its own. */

const GIB = 1024 ** 3
const PREFIX = 'iqn.2026-11.app.bootlace:'
const UP = /LAB-MARKER up .*\n/

const BIOS = { name: 'bios', mac: '52:54:00:0b:60:01', firmware: 'seabios', nic: 'virtio', rom: 'ipxe' } as const
const UEFI = { name: 'uefi', mac: '52:54:00:0b:60:02', firmware: 'ovmf', nic: 'virtio', rom: 'none' } as const
const CLONES = ['pc-01', 'pc-02', 'pc-03'].map(
  (name, i) =>
    ({ name, mac: `52:54:00:0b:61:0${i + 1}`, firmware: 'seabios', nic: 'virtio', rom: 'ipxe' }) satisfies PcOptions,
)
const IMAGE = BIOS.name
const AWAY_MS = 60_000

/** What must differ from PC to PC, and stay. */
const IDENTITY = 'hostname; cat /etc/machine-id; cut -d" " -f1,2 /etc/ssh/ssh_host_ed25519_key.pub'

let medium: DebianMedium
const pcs: Pc[] = []
const identities: string[] = []
let imageHash: string

async function addClients(lab: Lab): Promise<void> {
  medium = await debianMedium()
  const product = await lab.startProduct()
  const install = (pc: PcOptions) => [pc.mac, '--name', pc.name, '--disk', pc.name, '--stage', 'install']
  for (const pc of [BIOS, UEFI]) await product.verb('disk', 'create', pc.name, '--size', '4G')
  await product.verb('client', 'add', ...install(BIOS))
  // UEFI cannot leave iPXE with a drive kept, so its installer comes over HTTP, and its CD as a drive beside the disk.
  const files = ['--kernel', medium.kernel, '--initrd', medium.initrd, '--kernel-args', 'console=ttyS0,115200']
  await product.verb('client', 'add', ...install(UEFI), ...files, '--medium-drive', medium.cd)
}

/** One sum of all files of the CD, as the installer makes it. */
async function sumOfFiles(iso: string, folder: string): Promise<string> {
  await run(['xorriso', '-osirrox', 'on', '-indev', iso, '-extract', '/', folder])
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
  const hash = createHash('sha256')
  for (const name of names) hash.update(`${await sha256Of(join(folder, name))}  ./${name}\n`)
  return hash.digest('hex')
}

const sessionsEnd = (lab: Lab, disk: string) =>
  expect
    .poll(async () => (await lab.product.verb<DiskView>('disk', 'show', disk)).sessions, { timeout: 120_000 })
    .toBe(0)

async function shutDown(lab: Lab, pc: Pc): Promise<void> {
  const from = pc.console.mark()
  pc.shell.send('systemctl poweroff')
  await pc.switchedOff(WITHIN_MS.command)
  await pc.off()
  expect(pc.console.textSince(from)).not.toMatch(/I\/O error|EXT4-fs error|Failed to unmount/)
  await sessionsEnd(lab, pc.name)
}

describeLab('from empty disks to clones with names of their own', addClients, (lab) => {
  const hashOfImage = async () => sha256Of((await lab().product.verb<DiskView>('disk', 'show', IMAGE)).file)

  test('Debian is installed: BIOS from its own CD with the disk kept, UEFI from the CD drive beside its disk', async () => {
    const installed = async (options: PcOptions, drive: string) => {
      const pc = await lab().startPc(options)
      await pc.console.waitFor(/LAB-MARKER installer done .*\n/, WITHIN_MS.install)
      await pc.switchedOff(WITHIN_MS.command)
      await pc.off()
      const report = pc.console.textSince(0)
      const firmware = options.firmware === 'ovmf' ? 'efi' : 'bios'
      const ibft = `initiator=${PREFIX}client.${options.name} target=${PREFIX}${options.name}`
      expect(report).toContain(`LAB-MARKER installer started firmware=${firmware} ${ibft}\n`)
      expect(report).toContain(`LAB-MARKER installer disk bytes=${4 * GIB}\n`)
      expect(report).toContain(`LAB-MARKER installer cd drive=${drive} files=${sum}\n`)
      await lab().product.verb('client', 'set', options.name, '--stage', 'run')
    }
    const sum = await sumOfFiles(medium.cd, join(lab().network.bulkDir, 'cd'))
    await Promise.all([installed({ ...BIOS, cd: medium.cd }, 'own'), installed(UEFI, 'network')])
  })

  test('both start from their disks, and one is prepared by the kit in it', async () => {
    const started = async (options: PcOptions, platform: string) => {
      const pc = await lab().startPc(options)
      await pc.console.waitFor(new RegExp(`LAB-GRUB up platform=${platform}\n`), WITHIN_MS.grub)
      const [up] = await pc.console.waitFor(UP, WITHIN_MS.system)
      const initiator = `${PREFIX}client.${options.name}`
      const efi = platform === 'efi'
      expect(up).toContain(`boot=1 platform=${efi ? 'efi' : 'bios'} root=/dev/sda${efi ? 2 : 1} `)
      expect(up).toContain(` initiator=${initiator} session=${initiator} target=${PREFIX}${options.name}\n`)
      await pc.shell.ready(WITHIN_MS.system)
      const facts = 'echo "$(hostname) $(findmnt -no FSTYPE /) $(systemctl is-system-running --wait)"'
      expect(await pc.shell.must(facts, WITHIN_MS.command)).toBe(`${options.name} ext4 running`)
      expect(await pc.shell.must('cat /etc/machine-id')).toMatch(/^[0-9a-f]{32}$/)
      return pc
    }
    const prepared = async () => {
      const pc = await started(BIOS, 'pc')
      identities.push(await pc.shell.must(IDENTITY))
      const said = await pc.shell.must('wget -qO- http://10.77.0.2:8470/kit/debian | sh', WITHIN_MS.system)
      expect(said).toContain('Ready. Now shut this PC down')
      expect(said).not.toContain('PROBLEM')
      await shutDown(lab(), pc)
    }
    await Promise.all([prepared(), started(UEFI, 'efi').then((pc) => shutDown(lab(), pc))])
  })

  test('three clones of it, with passwords, start at once: each with its own name, identity and SSH keys', async () => {
    const { product } = lab()
    await product.verb('disk', 'seal', IMAGE)
    imageHash = await hashOfImage()
    await product.verb('disk', 'clone', IMAGE, ...CLONES.map((pc) => pc.name))
    for (const { name, mac } of CLONES)
      await product.verb('client', 'add', mac, '--name', name, '--disk', name, '--chap', 'on')
    for (const options of CLONES) pcs.push(await lab().startPc(options))
    const found = await Promise.all(
      pcs.map(async (pc) => {
        const [up] = await pc.console.waitFor(UP, WITHIN_MS.system)
        expect(up).toContain(` session=${PREFIX}client.${pc.name} target=${PREFIX}${pc.name}\n`)
        await pc.shell.ready(WITHIN_MS.system)
        // With the password that the loader handed over.
        await pc.shell.must('[ -s /sys/firmware/ibft/target0/chap-secret ]')
        expect(await pc.shell.must('grep "^127.0.1.1" /etc/hosts')).toBe(`127.0.1.1 ${pc.name}`)
        await pc.shell.must('systemctl is-active bootlace-identity.service')
        // Under emulation the keys take longer than the rest of the start.
        await pc.shell.must('until systemctl is-active ssh >/dev/null; do sleep 0.5; done', WITHIN_MS.command)
        return pc.shell.must(IDENTITY)
      }),
    )
    const parts = [...identities, ...found].map((text) => text.split('\n'))
    // The installed one counts: nothing of it may have come along.
    for (const part of [0, 1, 2]) expect(new Set(parts.map((lines) => lines[part])).size).toBe(1 + CLONES.length)
    expect(parts.slice(1).map(([name]) => name)).toEqual(CLONES.map((pc) => pc.name))
    for (const [, , key] of parts) expect(key).toMatch(/^ssh-ed25519 \S{60,}$/)
    for (const [i, { name }] of CLONES.entries()) {
      const { identity } = await product.verb<{ identity: ClientIdentity }>('client', 'show', name)
      expect(parts[i + 1]![1]).toBe(identity.machineId)
    }
    identities.splice(0, 1, ...found)
  })

  test('a minute without their server costs none of them an error or a byte', async () => {
    expect(identities).toHaveLength(CLONES.length)
    await outageUnderWrites(lab(), pcs, AWAY_MS)
  })

  test('one that starts again is who it was; all shut down cleanly, and the image is unchanged', async () => {
    expect(identities).toHaveLength(CLONES.length)
    const [first, ...others] = pcs
    const again = async (pc: Pc) => {
      const [from, shellFrom] = [pc.console.mark(), pc.shell.mark()]
      pc.shell.send('systemctl reboot')
      await pc.console.waitFor(UP, WITHIN_MS.system, from)
      expect(pc.console.textSince(from)).toContain('LAB-MARKER verified ')
      await pc.shell.ready(WITHIN_MS.system, shellFrom)
      expect(await pc.shell.must(IDENTITY)).toBe(identities[0])
      await everythingIsThere(pc)
      await shutDown(lab(), pc)
    }
    await Promise.all([again(first!), ...others.map((pc) => shutDown(lab(), pc))])
    expect(await hashOfImage()).toBe(imageHash)
  })
})
