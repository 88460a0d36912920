import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { appliedTwice, plantedFaults } from '../../../support/kit-faults.ts'
import { freshSystem, type KitRoot } from '../../../support/kit-root.ts'

appliedTwice('arch')

const HOOK = 'The initramfs knows how to attach the disk (mkinitcpio hook bootlace).'
const CALLED = 'The hook bootlace is called before the file systems (HOOKS).'
const CONF = '/etc/mkinitcpio.conf'

plantedFaults('arch', [
  {
    name: 'the hook of the start is gone',
    plant: (r) => r.remove('/etc/initcpio/hooks/bootlace'),
    says: HOOK,
    as: 'to do',
    mended: (r) => expect(r.calls()).toEqual(['mkinitcpio -P']),
  },
  {
    name: 'the hook of the building is another one',
    plant: (r) => r.append('/etc/initcpio/install/bootlace', '# mine\n'),
    says: HOOK,
    as: 'to do',
  },
  {
    name: 'the hook is not called',
    plant: (r) => r.edit(CONF, ' bootlace', ''),
    says: CALLED,
    as: 'to do',
    mended: (r) => expect(r.read(CONF)).toContain('block bootlace filesystems fsck)\n'),
  },
  {
    name: 'a file of mkinitcpio.conf.d sets HOOKS anew',
    plant: (r) =>
      r.put('/etc/mkinitcpio.conf.d/mine.conf', 'HOOKS=(base udev\n  block   encrypt # unlock\n  filesystems)\n'),
    says: CALLED,
    as: 'to do',
    mended: (r) =>
      expect(r.read('/etc/mkinitcpio.conf.d/mine.conf')).toBe('HOOKS=(base udev block bootlace encrypt filesystems)\n'),
  },
  {
    name: 'the initramfs starts with systemd',
    plant: (r) => r.edit(CONF, 'base udev', 'base systemd'),
    says: 'The initramfs starts with a shell, which can wait for the disk (HOOKS: udev in place of systemd).',
    as: 'to do',
  },
  {
    name: 'systemd in the initramfs unlocks a disk',
    plant: (r) => r.edit(CONF, 'bootlace', 'sd-encrypt bootlace'),
    says: 'The initramfs starts with systemd and unlocks disks; the hook for network disks needs one that starts with a shell.',
    as: 'PROBLEM',
    tells: '/etc/mkinitcpio.conf: sd-encrypt',
  },
  {
    name: 'the boot menu names a server',
    plant: (r) => r.edit('/boot/loader/entries/arch.conf', ' rw', ' rw ip=192.168.1.5:::::eth0:none'),
    says: 'The boot menu names no server and no address of this PC.',
    as: 'to do',
    mended: (r) => expect(r.read('/boot/loader/entries/arch.conf')).toContain('options root=UUID=1234 rw\n'),
  },
  {
    name: 'the initramfs is older than its settings',
    plant: (r) => r.old('/boot/initramfs-linux.img'),
    says: 'The initramfs holds all of this.',
    as: 'to do',
  },
])

describe('HOOKS', () => {
  let r: KitRoot
  beforeEach(() => {
    r = freshSystem('arch')
  })
  afterEach(() => r.close())

  test.each([
    [
      "systemd's of mkinitcpio 42",
      'HOOKS=(base systemd autodetect microcode modconf kms keyboard sd-vconsole block filesystems fsck)',
      'HOOKS=(base udev autodetect microcode modconf kms keyboard keymap consolefont block bootlace filesystems fsck)',
    ],
    [
      'with a volume group',
      'HOOKS=(base udev block lvm2 filesystems)',
      'HOOKS=(base udev block bootlace lvm2 filesystems)',
    ],
    ['without file systems', 'HOOKS=(base udev)', 'HOOKS=(base udev bootlace)'],
    ['as a text, as it was once', 'HOOKS="base udev filesystems"', 'HOOKS=(base udev bootlace filesystems)'],
    ['with a comment behind', 'HOOKS=(base udev filesystems) # mine', 'HOOKS=(base udev bootlace filesystems)'],
  ])('%s', (_, before, after) => {
    r.put(CONF, `MODULES=()\n# HOOKS=(old)\n${before}\nCOMPRESSION="zstd"\n`)
    expect(r.run('busybox', 'arch')).toMatchObject({ status: 0, stderr: '' })
    expect(r.read(CONF)).toBe(`MODULES=()\n# HOOKS=(old)\n${after}\nCOMPRESSION="zstd"\n`)
  })

  test('without open-iscsi it says the command and does nothing', () => {
    r.remove('/usr/bin/iscsistart')
    const before = r.picture()
    const { status, stdout } = r.run('dash', 'arch')
    expect([status, r.picture()]).toEqual([1, before])
    expect(stdout).toContain('Type: sudo pacman -S open-iscsi')
  })
})
