import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { describeLab, type Lab, WITHIN_MS } from './support/lab.ts'

const PCS = [
  { name: 'w-bios', mac: '52:54:00:0b:71:01', firmware: 'seabios', nic: 'virtio', rom: 'ipxe' },
  { name: 'w-uefi', mac: '52:54:00:0b:71:02', firmware: 'ovmf', nic: 'virtio', rom: 'none' },
] as const

async function prepare(lab: Lab): Promise<void> {
  const product = await lab.startProduct()
  for (const pc of PCS) {
    await product.verb('disk', 'import', lab.images.disk, '--name', pc.name)
    await product.verb('client', 'add', pc.mac, '--name', pc.name, '--disk', pc.name)
  }
}
describeLab('a loader waits', prepare, (lab) => {
  test('for a server that is away for 90 s', async () => {
    const pcs = await Promise.all(PCS.map((o) => lab().startPc(o)))
    await Promise.all(pcs.map((pc) => pc.console.waitFor(/LAB-GRUB up/, WITHIN_MS.grub)))
    await lab().product.kill()
    await wait(90_000)
    for (const pc of pcs) expect(pc.console.textSince(0)).not.toContain('LAB-MARKER up')
    await lab().startProduct()
    const ups = await Promise.allSettled(pcs.map((pc) => pc.console.waitFor(/LAB-MARKER up (.*)\n/, WITHIN_MS.system)))
    console.log(ups.map((u) => (u.status === 'fulfilled' ? u.value[0] : String(u.reason).slice(0, 1500))))
    expect(ups.map((u) => u.status)).toEqual(['fulfilled', 'fulfilled'])
  })
})
