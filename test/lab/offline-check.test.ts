import { expect, test } from 'vitest'
import { openRawDevice } from '../../src-main/disks/raw-device.ts'
import { inspectSystem } from '../../src-main/guests/offline/inspect.ts'
import { hasProgram } from '../support/programs.ts'
import { distroDisks } from './support/distros.ts'
import { guestImages } from './support/guest.ts'

/** The disk that the virtual PCs start from over iSCSI: what boots there must be found to be in order. */
const gap =
  process.platform !== 'linux' || process.getuid?.() !== 0
    ? 'the guest is built by root on Linux'
    : ['mmdebstrap', 'sfdisk', 'mke2fs', 'mformat', 'grub-mkimage'].find((program) => !hasProgram(program))

test.skipIf(gap !== undefined)(
  `the real Debian of the lab, with its real initramfs, has no problem${gap === undefined ? '' : ` (skipped: ${gap} is missing)`}`,
  async () => {
    const device = await openRawDevice((await guestImages()).disk, { readOnly: true })
    try {
      const report = await inspectSystem(device)
      expect(report.system).toMatchObject({ kind: 'linux', name: 'Debian GNU/Linux', partition: 3 })
      expect(report.partitions.map((p) => p.content).slice(1)).toEqual(['FAT16', 'ext4'])
      // Nothing was set in the lab's open-iscsi: it waits two minutes for a lost disk.
      expect(report.findings.filter((f) => f.severity !== 'ok').map((f) => f.id)).toEqual(['linux.initiator.patience'])
      const detailOf = (id: string): string => report.findings.find((f) => f.id === id)?.detail ?? ''
      expect(detailOf('linux.initiator')).toMatch(/^open-iscsi \d/)
      expect(detailOf('linux.initramfs.login')).toContain('scripts/local-top/iscsi')
      expect(detailOf('linux.initramfs.card')).toMatch(/\be1000\b.*\bvirtio_net\b/)
      expect(report.findings.find((f) => f.id === 'disk.start')?.title).toBe(
        'The disk starts on PCs with UEFI and with BIOS.',
      )
    } finally {
      await device.close()
    }
  },
)

test.skipIf(gap !== undefined).each(['dracut', 'arch'] as const)(
  'what the kit made of the system with %s has no problem',
  async (name) => {
    const device = await openRawDevice((await distroDisks(await guestImages()))[name], { readOnly: true })
    try {
      const { findings } = await inspectSystem(device)
      expect(findings.filter((f) => f.severity !== 'ok')).toEqual([])
      expect(findings.find((f) => f.id === 'linux.initramfs.login')?.detail).toContain(
        name === 'arch' ? 'hooks/bootlace' : 'rd.iscsi.firmware=1',
      )
    } finally {
      await device.close()
    }
  },
)
