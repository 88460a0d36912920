import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDatabase } from '../../src-main/db/database.ts'
import { createBootPathStore } from '../../src-main/db/stores/boot-path-store.ts'
import type { EngineEvent } from '../support/product.ts'
import { describeLab, type Lab, WITHIN_MS } from './support/lab.ts'
import { projectDir } from './support/paths.ts'
import type { PcOptions } from './support/qemu.ts'

const DISK = 'debian'
const PXE10 = { name: 'pxe10', mac: '52:54:00:0b:60:01', firmware: 'ovmf', nic: 'virtio', rom: 'none' } as const
const LADDER = { name: 'ladder', mac: '52:54:00:0b:60:02', firmware: 'ovmf', nic: 'virtio', rom: 'none' } as const

interface ShownClient {
  readonly bootPath?: Readonly<Record<string, unknown>>
}
interface TimelineRow {
  readonly type: string
  readonly text: string
  readonly data: Readonly<Record<string, unknown>>
}
const rowsOf = (lab: Lab, pc: PcOptions) => lab.product.verb<TimelineRow[]>('events', '--client', pc.name)
const pathOf = async (lab: Lab, pc: PcOptions) =>
  (await lab.product.verb<ShownClient>('client', 'show', pc.name)).bootPath
const timelineSays = (text: string) => (event: EngineEvent) =>
  event.event === 'timeline' && JSON.stringify(event).includes(text)

/** The loaders of the product, with a first choice for UEFI that no firmware starts. */
function brokenLoaders(lab: Lab): string {
  const folder = join(lab.network.dir, 'loaders')
  mkdirSync(folder)
  for (const name of ['undionly.kpxe', 'ipxe.pxe', 'ipxe.efi'])
    cpSync(join(projectDir, 'resources/ipxe/loaders', name), join(folder, name))
  writeFileSync(join(folder, 'snponly.efi'), 'This is no program.')
  return folder
}

async function prepare(lab: Lab): Promise<void> {
  const product = await lab.startProduct()
  await product.verb('disk', 'import', lab.images.disk, '--name', DISK)
  for (const { name, mac } of [PXE10, LADDER]) await product.verb('client', 'add', mac, '--name', name, '--disk', DISK)
  expect(await product.stop()).toBe(0)
  // As if its firmware had done nothing with two offers of the usual form.
  const db = openDatabase(join(lab.dataDir, 'bootlace.db'))
  createBootPathStore(db).putMachine({
    ...{ mac: PXE10.mac, platform: 'uefi-x64', form: 'pxe10', loaderWorked: false, formWorked: false },
    changedMs: 0,
  })
  db.close()
}

describeLab('firmware is sent on its way as it takes it', prepare, (lab) => {
  test('UEFI that is told to take the file of the offer takes it, and does not come to port 4011', async () => {
    await lab().startProduct()
    const pc = await lab().startPc(PXE10)
    await pc.console.waitFor(/LAB-GRUB up platform=efi\n/, WITHIN_MS.grub)
    await pc.off()
    const offers = (await rowsOf(lab(), PXE10)).filter((row) => row.type === 'offered')
    expect(new Set(offers.map((row) => row.data['via']))).toEqual(new Set(['dhcp']))
    expect(await pathOf(lab(), PXE10)).toMatchObject({
      ...{ platform: 'uefi-x64', loader: 'snponly.efi', loaderWorked: true, offer: 'pxe10', offerWorked: true },
      model: expect.stringContaining('QEMU'),
    })
    expect(await lab().product.stop()).toBe(0)
  })

  test('a loader that no firmware starts is followed by the next one, and that is remembered', async () => {
    const product = await lab().startProduct(['--loaders', brokenLoaders(lab())])
    const first = await lab().startPc(LADDER)
    await product.waitForEvent(timelineSays('Fetched the loader snponly.efi.'), WITHIN_MS.loader)
    await first.off()
    const second = await lab().startPc({ ...LADDER, name: 'ladder-again' })
    await second.console.waitFor(/LAB-GRUB up platform=efi\n/, WITHIN_MS.grub)
    await second.off()
    expect((await rowsOf(lab(), LADDER)).map((row) => row.text)).toEqual(
      expect.arrayContaining([
        'It did not get further with snponly.efi last time, now it is given ipxe.efi.',
        'Fetched the loader ipxe.efi.',
        'It got further with ipxe.efi: that is remembered.',
      ]),
    )
    expect(await pathOf(lab(), LADDER)).toMatchObject({ loader: 'ipxe.efi', loaderWorked: true, offer: 'binl' })
  })
})
