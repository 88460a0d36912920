import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ClientView } from '../../src-main/api/dto.ts'
import type { ClientIdentity } from '../../src-main/api/identity.ts'
import { DEBIAN_KIT } from '../../src-main/guests/debian/kit.ts'
import { describeLab, type Lab, WITHIN_MS } from './support/lab.ts'
import { run } from './support/process.ts'
import type { Pc, PcOptions } from './support/qemu.ts'

/** A clone of a Debian on which the kit was run from outside. */
const PC = {
  name: 'pc-07',
  mac: '52:54:00:0b:1d:07',
  firmware: 'seabios',
  nic: 'virtio',
  rom: 'ipxe',
} as const satisfies PcOptions
const IMAGE = 'debian-image'
let pc: Pc

/** Runs the kit on the system of a disk image that nobody uses. */
async function withKit(image: string, folder: string): Promise<void> {
  const mount = join(folder, 'root')
  const { partitiontable } = JSON.parse(await run(['sfdisk', '--json', image])) as {
    partitiontable: { partitions: { start: number; size: number }[] }
  }
  const { start, size } = partitiontable.partitions.at(-1)!
  writeFileSync(join(folder, 'kit'), DEBIAN_KIT)
  await run(['mkdir', '-p', mount])
  await run(['mount', '-o', `loop,offset=${start * 512},sizelimit=${size * 512}`, image, mount])
  try {
    await run(['mount', '-t', 'proc', 'proc', join(mount, 'proc')])
    try {
      await run(['env', `ROOT=${mount}`, 'sh', join(folder, 'kit'), 'apply'])
    } finally {
      await run(['umount', join(mount, 'proc')])
    }
  } finally {
    await run(['umount', mount])
  }
}

async function switchOn(lab: Lab): Promise<void> {
  const product = await lab.startProduct()
  const folder = mkdtempSync(join(lab.network.bulkDir, 'kit-'))
  const image = join(folder, 'image')
  cpSync(lab.images.disk, image)
  await withKit(image, folder)
  await product.verb('disk', 'import', image, '--name', IMAGE, '--format', 'raw')
  rmSync(folder, { recursive: true })
  await product.verb('disk', 'seal', IMAGE)
  await product.verb('client', 'add-many', PC.mac, '--pattern', 'pc-{nn}', '--image', IMAGE)
  await product.verb('client', 'set', 'pc-01', '--name', PC.name)
  pc = await lab.startPc(PC)
}

describeLab('a clone comes up as itself', switchOn, (lab) => {
  test('with the name of its PC and the machine-id of its disk, which systemd writes down', async () => {
    const { identity } = await lab().product.verb<ClientView & { identity: ClientIdentity }>('client', 'show', PC.name)
    await pc.console.waitFor(/LAB-MARKER up (.*)\n/, WITHIN_MS.system)
    await pc.shell.ready(WITHIN_MS.command)
    expect(await pc.shell.must('cat /proc/sys/kernel/hostname /etc/hostname')).toBe(`${PC.name}\n${PC.name}`)
    expect(await pc.shell.must('grep -c "^127.0.1.1 pc-07$" /etc/hosts')).toBe('1')
    expect(await pc.shell.must('cat /etc/machine-id')).toBe(identity.machineId)
    await pc.shell.must(
      'until ! grep -q " /etc/machine-id " /proc/self/mountinfo; do sleep 0.5; done',
      WITHIN_MS.command,
    )
    expect(await pc.shell.must('cat /etc/machine-id /var/lib/bootlace/identity')).toBe(
      `${identity.machineId}\n${identity.machineId}`,
    )
  })

  test('and nothing failed on the way', async () => {
    expect(await pc.shell.must('systemctl is-active bootlace-identity.service')).toBe('active')
    expect(await pc.shell.must('journalctl -b -u bootlace-identity.service -p warning -q --no-pager')).toBe('')
  })
})
