import { expect, test } from 'vitest'
import type { ClientSecret, DiskView } from '../../src-main/api/dto.ts'
import { machineIdOf } from '../../src-main/boot/identity.ts'
import { describeLab, type Lab, WITHIN_MS } from './support/lab.ts'
import { distroDisks } from './support/distros.ts'
import { LAB } from './support/network.ts'
import { everythingIsThere, outageUnderWrites } from './support/outage.ts'
import type { Pc, PcOptions } from './support/qemu.ts'

/** Systems whose initramfs is not Debian's own, each prepared by its kit, with passwords: root comes from the iBFT. */

const PREFIX = 'iqn.2026-11.app.bootlace:'
const UP = /LAB-MARKER up (.*)\n/
const AWAY_MS = 60_000
const WHO = 'hostname; cat /etc/machine-id'

const PCS = [
  { name: 'dracut-bios', mac: '52:54:00:0b:73:01', firmware: 'seabios', nic: 'virtio', rom: 'ipxe', kit: 'dracut' },
  { name: 'dracut-uefi', mac: '52:54:00:0b:73:02', firmware: 'ovmf', nic: 'virtio', rom: 'none', kit: 'dracut' },
  { name: 'arch-bios', mac: '52:54:00:0b:73:03', firmware: 'seabios', nic: 'virtio', rom: 'ipxe', kit: 'arch' },
] as const satisfies readonly (PcOptions & { readonly kit: string })[]

const pcs: Pc[] = []

async function switchOn(lab: Lab): Promise<void> {
  const disks = await distroDisks(lab.images)
  const product = await lab.startProduct()
  for (const [name, file] of Object.entries(disks)) {
    await product.verb('disk', 'import', file, '--name', name)
    await product.verb('disk', 'seal', name)
  }
  for (const { name, mac, kit } of PCS) {
    await product.verb('disk', 'clone', kit, name)
    await product.verb('client', 'add', mac, '--name', name, '--disk', name, '--chap', 'on')
  }
  for (const options of PCS) pcs.push(await lab.startPc(options))
}

describeLab('dracut and mkinitcpio find their disk by the iBFT', switchOn, (lab) => {
  const onAll = (work: (pc: Pc, options: (typeof PCS)[number]) => Promise<void>) =>
    Promise.all(pcs.map((pc, i) => work(pc, PCS[i]!)))
  const started: string[] = []
  const identities = new Map<string, string>()

  test('all come up with root on the disk named by the iBFT, with their passwords', async () => {
    await onAll(async (pc, { name, firmware }) => {
      const [, report] = await pc.console.waitFor(UP, WITHIN_MS.system)
      const initiator = `${PREFIX}client.${name}`
      expect(report).toContain(`boot=1 platform=${firmware === 'ovmf' ? 'efi' : 'bios'} `)
      expect(report).toContain(`by-path/ip-${LAB.server}:3260-iscsi-${PREFIX}${name}-lun-0-part3 `)
      expect(report).toContain(` initiator=${initiator} session=${initiator} target=${PREFIX}${name}`)
      await pc.shell.ready(WITHIN_MS.command)
      const own = await lab().product.verb<ClientSecret>('client', 'secret', name)
      expect(await pc.shell.must('cat /sys/class/iscsi_session/session1/username')).toBe(own.username)
      started.push(name)
    })
  })

  test('each bears its own name, and has the machine-id of its disk', async () => {
    expect(started).toHaveLength(PCS.length)
    await onAll(async (pc, { name }) => {
      const { serial } = await lab().product.verb<DiskView>('disk', 'show', name)
      const own = `${name}\n${machineIdOf(serial)}`
      expect(await pc.shell.must(WHO)).toBe(own)
      identities.set(name, own)
    })
  })

  test('the kit, asked in each of them, finds all in order but what a PC writes down for itself', async () => {
    expect(started).toHaveLength(PCS.length)
    await onAll(async (pc, { kit }) => {
      const ask = (what: string) => `busybox wget -qO- http://${LAB.server}:8470/kit/${kit} | sh -s ${what}`
      const applied = await pc.shell.must(ask('apply'), WITHIN_MS.command)
      const did = [...applied.matchAll(/^done {5}(.*)/gm)].map(([, step]) => step)
      expect(did).toEqual([
        "No PC bears this PC's name towards its disk (InitiatorName).",
        'Each PC makes an identity of its own (machine-id).',
      ])
      expect(await pc.shell.must(ask('check'), WITHIN_MS.command)).toContain('\nReady.')
    })
  })

  test('a minute without their server costs none of them an error or a byte', async () => {
    expect(started).toHaveLength(PCS.length)
    await outageUnderWrites(lab(), pcs, AWAY_MS)
  })

  test('they start again with all they wrote, and shut down cleanly', async () => {
    expect(started).toHaveLength(PCS.length)
    await onAll(async (pc, { name, firmware }) => {
      // One firmware is enough for the second start: it differs in nothing but that.
      if (!(firmware === 'seabios' && name.startsWith('dracut'))) {
        const [from, shellFrom] = [pc.console.mark(), pc.shell.mark()]
        pc.shell.send('systemctl reboot')
        const [, report] = await pc.console.waitFor(UP, WITHIN_MS.system, from)
        expect(report).toContain('boot=2 ')
        expect(pc.console.textSince(from)).toContain('LAB-MARKER verified boot=2')
        await pc.shell.ready(WITHIN_MS.command, shellFrom)
        expect(await pc.shell.must(WHO)).toBe(identities.get(name))
        await everythingIsThere(pc)
      }
      const from = pc.console.mark()
      pc.shell.send('systemctl poweroff')
      await pc.switchedOff(WITHIN_MS.command)
      await pc.off()
      expect(pc.console.textSince(from)).not.toMatch(/I\/O error|EXT4-fs error|Failed to unmount/)
      await expect
        .poll(async () => (await lab().product.verb<DiskView>('disk', 'show', name)).sessions, { timeout: 120_000 })
        .toBe(0)
    })
  })
})
