import { expect, test } from 'vitest'
import { describeLab, type Lab, WITHIN_MS } from './support/lab.ts'
import { sha256Of } from './support/files.ts'
import { LAB } from './support/network.ts'
import { outageUnderWrites } from './support/outage.ts'
import type { Pc, PcOptions } from './support/qemu.ts'

const PCS = [
  { name: 'pc-bios', mac: '52:54:00:0b:10:01', firmware: 'seabios', nic: 'virtio', rom: 'ipxe' },
  { name: 'pc-uefi', mac: '52:54:00:0b:10:02', firmware: 'ovmf', nic: 'virtio', rom: 'none' },
] as const satisfies readonly PcOptions[]

const diskOf = (pc: { readonly name: string }) => `debian-${pc.name}`
const IMAGE = 'debian-image'
const UP = /LAB-MARKER up (.*)\n/

const pcs: Pc[] = []
const reports = new Map<string, string>()
let imageHash: string

async function switchOn(lab: Lab): Promise<void> {
  const product = await lab.startProduct()
  // One PC has a disk of its own, the other a clone of a golden image: both ways are under everything below.
  await product.verb('disk', 'import', lab.images.disk, '--name', diskOf(PCS[0]), '--format', 'raw')
  await product.verb('disk', 'import', lab.images.disk, '--name', IMAGE)
  await product.verb('disk', 'seal', IMAGE)
  imageHash = await sha256Of((await product.verb<{ file: string }>('disk', 'show', IMAGE)).file)
  await product.verb('disk', 'clone', IMAGE, diskOf(PCS[1]))
  for (const options of PCS) {
    await product.verb('client', 'add', options.mac, '--name', options.name, '--disk', diskOf(options))
  }
  for (const options of PCS) pcs.push(await lab.startPc(options))
}

describeLab('two PCs boot Debian from their disks', switchOn, (lab) => {
  /** Does the same on both PCs at once: they share the machine's processors well, and a fault of one is named. */
  const onBoth = (work: (pc: Pc) => Promise<void>) => Promise.all(pcs.map(work))

  test('both come up with root on the disk named by the iBFT', async () => {
    await onBoth(async (pc) => {
      const [, report = ''] = await pc.console.waitFor(UP, WITHIN_MS.system)
      await pc.shell.ready(WITHIN_MS.command)
      reports.set(pc.name, report)
    })
    for (const pc of PCS) {
      const target = `iqn.2026-11.app.bootlace:${diskOf(pc)}`
      const initiator = `iqn.2026-11.app.bootlace:client.${pc.name}`
      const report = reports.get(pc.name)
      expect(report).toContain(`boot=1 platform=${pc.firmware === 'ovmf' ? 'efi' : 'bios'} `)
      // Root lies on the third partition of LUN 0 of this client's own target.
      expect(report).toContain(`by-path/ip-${LAB.server}:3260-iscsi-${target}-lun-0-part3 `)
      // The name handed to the loader is in the iBFT, and the running session goes by it.
      expect(report).toContain(` initiator=${initiator} session=${initiator} target=${target}`)
    }
  })

  test('the engine knows that both run', async () => {
    for (const pc of PCS) {
      const client = await lab().product.verb<{ live: { stage: string } }>('client', 'show', pc.name)
      expect(client.live.stage).toBe('running')
    }
  })

  test('a kill -9 of the engine under writes costs neither an error nor a byte', async () => {
    expect(reports.size).toBe(2)
    await outageUnderWrites(lab(), pcs)
  })

  test('the golden image under the clone has not changed by a byte', async () => {
    const image = await lab().product.verb<{ file: string }>('disk', 'show', IMAGE)
    expect(await sha256Of(image.file)).toBe(imageHash)
    const clone = await lab().product.verb<{ parent: string; realBytes: number; sizeBytes: number }>(
      'disk',
      'show',
      diskOf(PCS[1]),
    )
    expect(clone.parent).toBe(IMAGE)
    expect(clone.realBytes).toBeLessThan(clone.sizeBytes / 2)
  })

  test('the engine ends at SIGTERM within 10 s', async () => {
    for (const pc of pcs) await pc.off()
    const askedAt = Date.now()
    expect(await lab().product.stop()).toBe(0)
    expect(Date.now() - askedAt).toBeLessThan(10_000)
  })
})
