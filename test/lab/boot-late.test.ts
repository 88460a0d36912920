import { join } from 'node:path'
import { setTimeout as passed } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { describeLab, type Lab, WITHIN_MS } from './support/lab.ts'

/** After a power cut the PCs are up long before the computer that has their disks. */
const LATE_MS = 180_000
const TOO_LONG = process.env['BOOTLACE_FULL'] ? undefined : 'waits three minutes: npm run test:full'

/** What the stick says until somebody answers. */
const WAITING = /does not answer \(error (?:0x)?[0-9a-f]+\)/

const BY_CARD = { name: 'by-card', mac: '52:54:00:0b:72:01', firmware: 'seabios', nic: 'virtio', rom: 'ipxe' } as const
const BY_STICK = { name: 'by-stick', mac: '52:54:00:0b:72:02', firmware: 'ovmf', nic: 'virtio', rom: 'none' } as const

const stickOf = (lab: Lab): string => join(lab.network.dir, 'any.img')

async function prepareAndStop(lab: Lab): Promise<void> {
  const product = await lab.startProduct()
  for (const { name, mac } of [BY_CARD, BY_STICK]) {
    await product.verb('disk', 'import', lab.images.disk, '--name', name)
    await product.verb('client', 'add', mac, '--name', name, '--disk', name)
  }
  await product.verb('media', 'create', stickOf(lab))
  expect(await product.stop()).toBe(0)
}

describeLab('PCs that are switched on three minutes before this computer', prepareAndStop, (lab) => {
  test('boot when it is there', async (context) => {
    if (TOO_LONG) context.skip(TOO_LONG)
    const [card, stick] = await Promise.all([
      lab().startPc({ ...BY_CARD, retriesAfterMs: 5000 }),
      lab().startPc({ ...BY_STICK, medium: { file: stickOf(lab()), as: 'stick' } }),
    ])
    // Time itself is what this is about.
    await passed(LATE_MS)
    expect(card.console.textSince(0).match(/No bootable device/g)?.length).toBeGreaterThan(1)
    expect(stick.console.textSince(0)).toMatch(WAITING)
    await lab().startProduct()
    await Promise.all([card, stick].map((pc) => pc.console.waitFor(/LAB-GRUB starting\n/, WITHIN_MS.grub)))
  })
})
