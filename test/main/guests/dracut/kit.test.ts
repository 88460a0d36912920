import { readlinkSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { appliedTwice, plantedFaults } from '../../../support/kit-faults.ts'
import { freshSystem, type KitRoot } from '../../../support/kit-root.ts'

appliedTwice('dracut')

const CONF = '/etc/dracut.conf.d/zz-bootlace.conf'
const FINDS = "The initramfs finds the disk by the loader's table, with the drivers of all PCs (dracut)."
const MENU = "The boot menu says that the disk is found by the loader's table, and names no server."
const INITRAMFS = 'The initramfs holds all of this.'
const WORDS = 'rd.iscsi.firmware=1 rd.iscsi.ibft=1 rd.neednet=1 ip=ibft'

plantedFaults('dracut', [
  {
    name: 'the initramfs is for this PC only',
    plant: (r) => r.edit(CONF, 'hostonly="no"', 'hostonly="yes"'),
    says: FINDS,
    as: 'to do',
    mended: (r) => expect(r.calls()).toEqual(['dracut --force --kver 6.1 /boot/initramfs-6.1.img']),
  },
  {
    name: 'the script that starts iscsid on Debian is not in the initramfs',
    plant: (r) => r.edit(CONF, /^install_items.*\n/m, ''),
    says: FINDS,
    as: 'to do',
  },
  {
    name: 'the boot menu does not ask for the table',
    plant: (r) => r.edit('/boot/loader/entries/0123-6.1.conf', ' rd.iscsi.firmware=1', ''),
    says: MENU,
    as: 'to do',
    mended: (r) =>
      expect(new Set(r.read('/boot/loader/entries/0123-6.1.conf').split(/\s/))).toContain('rd.iscsi.firmware=1'),
  },
  {
    name: 'the boot menu of the next kernel does not ask for the table',
    plant: (r) => r.put('/etc/kernel/cmdline', 'root=UUID=1234 ro\n'),
    says: MENU,
    as: 'to do',
    mended: (r) => expect(r.read('/etc/kernel/cmdline')).toBe(`root=UUID=1234 ro ${WORDS}\n`),
  },
  {
    name: 'netroot=iscsi:ibft, which is taken for the name of a server',
    plant: (r) => r.edit('/boot/loader/entries/0123-6.1.conf', 'ro rhgb', 'ro netroot=iscsi:ibft rhgb'),
    says: MENU,
    as: 'to do',
    mended: (r) =>
      expect(r.read('/boot/loader/entries/0123-6.1.conf')).toBe(
        `title Fedora\nlinux /vmlinuz-6.1\noptions root=UUID=1234 ro rhgb quiet ${WORDS}\n`,
      ),
  },
  {
    name: 'DHCP in place of the table',
    plant: (r) => r.edit('/etc/default/grub', 'ip=ibft', 'ip=dhcp'),
    says: MENU,
    as: 'to do',
    mended: (r) => expect(r.read('/etc/default/grub')).toContain(`GRUB_CMDLINE_LINUX="rhgb quiet ${WORDS}"\n`),
  },
  {
    name: 'mawk, which cannot read the table',
    plant: (r) => r.link('/etc/alternatives/awk', '/usr/bin/mawk'),
    says: "The initramfs can read the loader's table (gawk).",
    as: 'to do',
    mended: (r) => expect(readlinkSync(r.at('/etc/alternatives/awk'))).toBe('/usr/bin/gawk'),
  },
  {
    name: 'mawk, and nothing better is installed',
    plant: (r) => {
      r.link('/etc/alternatives/awk', '/usr/bin/mawk')
      r.remove('/usr/bin/gawk')
    },
    says: "The initramfs would leave the network card out without a word: its awk cannot read the loader's table.",
    as: 'PROBLEM',
    tells: 'sudo apt install gawk',
  },
  {
    name: 'only systemd-networkd could set up the network',
    plant: (r) => r.remove('/usr/lib/dracut/modules.d/35network-legacy'),
    says: "Nothing here sets up the network card by the loader's table: systemd-networkd in the initramfs does not know it.",
    as: 'PROBLEM',
  },
  {
    name: 'a setting leaves network disks out',
    plant: (r) => r.put('/etc/dracut.conf.d/10-small.conf', 'omit_dracutmodules+=" plymouth iscsi nfs "\n'),
    says: 'A setting keeps the network or network disks out of the initramfs.',
    as: 'PROBLEM',
    tells: '/etc/dracut.conf.d/10-small.conf',
  },
  {
    name: 'a server and a password in the initramfs',
    plant: (r) =>
      r.put('/etc/dracut.conf.d/10-root.conf', 'kernel_cmdline="netroot=iscsi:a:hunter2@10.0.0.1::::iqn.x:y"\n'),
    says: 'The initramfs names a server, a password or an address of this PC.',
    as: 'PROBLEM',
  },
  {
    name: 'the initramfs is older than its settings',
    plant: (r) => r.old('/boot/initramfs-6.1.img'),
    says: INITRAMFS,
    as: 'to do',
  },
  {
    name: 'the patience of iscsid is not in the initramfs',
    plant: (r) => {
      r.old('/boot/initramfs-6.1.img')
      r.old(CONF)
    },
    says: INITRAMFS,
    as: 'to do',
  },
  {
    name: 'no initramfs is to be seen',
    plant: (r) => r.remove('/boot/initramfs-6.1.img'),
    says: 'No initramfs was found in /boot or on the EFI partition.',
    as: 'PROBLEM',
  },
  {
    name: 'kernel and initramfs are one file',
    plant: (r) => r.put('/boot/efi/EFI/Linux/linux.efi', ''),
    says: 'Kernel and initramfs are one file here (unified kernel image); this kit cannot make it.',
    as: 'PROBLEM',
  },
])

describe('systems that differ', () => {
  let r: KitRoot
  beforeEach(() => {
    r = freshSystem('dracut')
  })
  afterEach(() => r.close())

  test('what dracut is told on Debian', () => {
    expect(r.run('dash', 'dracut').status).toBe(0)
    expect(r.read(CONF).split('\n').slice(1)).toEqual([
      'hostonly="no"',
      'hostonly_cmdline="no"',
      'add_dracutmodules+=" iscsi network-legacy "',
      'omit_dracutmodules+=" systemd-networkd "',
      `kernel_cmdline+=" ${WORDS} "`,
      'install_items+=" /lib/open-iscsi/startup-checks.sh "',
      '',
    ])
  })

  test('Fedora: NetworkManager reads the table, any awk will do, and the name of the PC is no file', () => {
    r.remove('/etc/debian_version')
    r.remove('/lib/open-iscsi')
    r.remove('/usr/bin/gawk')
    r.put('/usr/libexec/nm-initrd-generator', '', 0o755)
    r.put('/usr/lib/dracut/modules.d/35network-manager/module-setup.sh', '')
    expect(r.run('dash', 'dracut')).toMatchObject({ status: 0, stderr: '' })
    expect(r.read(CONF)).toContain('add_dracutmodules+=" iscsi network-manager "')
    expect(r.read(CONF)).not.toContain('startup-checks')
    expect(r.has('/etc/iscsi/initiatorname.iscsi')).toBe(false)
    expect(r.run('dash', 'dracut', 'check').status).toBe(0)
  })

  test('each kernel gets its initramfs where the system keeps it', () => {
    r.put('/usr/lib/modules/6.2/modules.dep', '')
    r.put('/boot/0123/6.2/initrd', '')
    r.old('/boot/0123/6.2/initrd')
    r.put('/usr/lib/modules/6.3/modules.dep', '')
    r.put('/boot/initrd-6.3', '')
    r.old('/boot/initrd-6.3')
    // A kernel that is gone but for some drivers.
    r.put('/usr/lib/modules/5.9/extra/x.ko', '')
    expect(r.run('busybox', 'dracut').status).toBe(0)
    expect(r.calls()).toEqual([
      'dracut --force --kver 6.1 /boot/initramfs-6.1.img',
      'dracut --force --kver 6.2 /boot/0123/6.2/initrd',
      'dracut --force --kver 6.3 /boot/initrd-6.3',
    ])
  })

  test('one initramfs that cannot be made is a problem, not a success', () => {
    r.chrootDoes('exit 1\n')
    const { status, stdout } = r.run('dash', 'dracut')
    expect(status).toBe(1)
    expect(stdout).toContain(`PROBLEM  ${INITRAMFS}: this did not work.`)
  })

  test.each([
    ['/usr/sbin/iscsid', true, 'sudo apt install open-iscsi dracut-network gawk'],
    ['/usr/sbin/iscsid', false, 'sudo dnf install iscsi-initiator-utils dracut-network'],
    ['/usr/sbin/dracut', true, 'Take the kit of your system'],
  ])('without %s (Debian: %s) it says %s and does nothing', (gone, debian, says) => {
    r.remove(gone)
    if (!debian) r.remove('/etc/debian_version')
    const before = r.picture()
    const { status, stdout } = r.run('dash', 'dracut')
    expect([status, r.picture()]).toEqual([1, before])
    expect(stdout).toContain(says)
  })
})
