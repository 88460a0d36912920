import { expect, test } from 'vitest'
import { describeLab, type Lab, WITHIN_MS } from './support/lab.ts'
import type { PcOptions } from './support/qemu.ts'

const PC = { name: 'early', mac: '52:54:00:0b:40:01', firmware: 'seabios', nic: 'virtio', rom: 'ipxe' } as const

async function prepareAndStop(lab: Lab): Promise<void> {
  const product = await lab.startProduct()
  await product.verb('disk', 'import', lab.images.disk, '--name', 'debian')
  await product.verb('client', 'add', PC.mac, '--name', PC.name, '--disk', 'debian')
  expect(await product.stop()).toBe(0)
}

describeLab('a PC waits for its server', prepareAndStop, (lab) => {
  test('switched on before the server it boots when the server comes, even if that falls over once more', async () => {
    const options: PcOptions = { ...PC, retriesAfterMs: 2_000 }
    const pc = await lab().startPc(options)
    await pc.console.waitFor(/No bootable device/, WITHIN_MS.loader)
    const product = await lab().startProduct()
    // The loader has its script and is about to log in: the moment at which it depends on nobody but itself.
    const isScript = (event: { readonly [key: string]: unknown }) =>
      event['event'] === 'timeline' && JSON.stringify(event).includes('"type":"script"')
    await product.waitForEvent(isScript, WITHIN_MS.loader)
    await product.kill()
    await lab().startProduct()
    await pc.console.waitFor(/LAB-GRUB starting\n/, 2 * WITHIN_MS.grub)
    await pc.off()
  })
})
