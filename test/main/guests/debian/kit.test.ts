import { execFileSync } from 'node:child_process'
import { lstatSync, readdirSync, readlinkSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { appliedTwice, plantedFaults } from '../../../support/kit-faults.ts'
import { freshSystem, KIT_SHELLS, type KitRoot } from '../../../support/kit-root.ts'

appliedTwice('debian')

const INITRAMFS = 'The initramfs holds all of this.'
const FIXED = 'No server, name or password is fixed in the initramfs; they come from the loader.'
const IMAGE = '/boot/initrd.img-6.1.0-1-amd64'

plantedFaults('debian', [
  {
    name: "the initramfs does not look at the loader's table",
    plant: (r) => r.edit('/etc/iscsi/iscsi.initramfs', 'ISCSI_AUTO=true', 'ISCSI_AUTO=false'),
    says: 'The disk is taken from what the loader leaves behind (iBFT).',
    as: 'to do',
    mended: (r) => expect(r.calls()).toEqual(['update-initramfs -u -k all']),
  },
  {
    name: 'a server is fixed in the initramfs',
    plant: (r) => r.append('/etc/iscsi/iscsi.initramfs', 'ISCSI_TARGET_IP="10.0.0.1"\nISCSI_TARGET_NAME=iqn.x:y\n'),
    says: FIXED,
    as: 'to do',
    mended: (r) => expect(r.read('/etc/iscsi/iscsi.initramfs')).toBe('ISCSI_TARGET_PORT=3260\nISCSI_AUTO=true\n'),
  },
  {
    name: "yesterday's password is fixed in the initramfs",
    plant: (r) => r.append('/etc/iscsi/iscsi.initramfs', 'ISCSI_USERNAME=pc\nexport ISCSI_PASSWORD=hunter2hunter2\n'),
    says: FIXED,
    as: 'to do',
    mended: (r) => expect(r.read('/etc/iscsi/iscsi.initramfs')).not.toContain('hunter2'),
  },
  {
    name: 'network disks are kept out of the initramfs',
    plant: (r) => r.put('/etc/initramfs-tools/conf.d/open-iscsi', 'NO_ISCSI_IN_INITRAMFS=yes\n'),
    says: 'Nothing keeps network disks out of the initramfs.',
    as: 'to do',
  },
  {
    name: "only this PC's drivers are in the initramfs",
    plant: (r) => r.remove('/etc/initramfs-tools/conf.d/zz-bootlace'),
    says: "Drivers of other PCs' network cards are there at the start.",
    as: 'to do',
  },
  {
    name: 'the initramfs is older than its settings',
    plant: (r) => r.old(IMAGE),
    says: INITRAMFS,
    as: 'to do',
  },
  {
    name: 'one of two initramfs is older than its settings',
    plant: (r) => {
      r.put('/boot/initrd.img-6.1.0-2-amd64', '')
      r.old('/boot/initrd.img-6.1.0-2-amd64')
    },
    says: INITRAMFS,
    as: 'to do',
  },
  {
    name: 'shutting down detaches every disk',
    plant: (r) => r.edit('/etc/default/open-iscsi', 'AT_SHUTDOWN=1', 'AT_SHUTDOWN=0'),
    says: 'Shutting down does not detach the disk the system still runs from.',
    as: 'to do',
    mended: (r) =>
      expect(r.read('/etc/default/open-iscsi')).toBe('HANDLE_NETDEV=1\nISCSI_ROOT_KEEP_ALL_SESSIONS_AT_SHUTDOWN=1\n'),
  },
])

describe.each(KIT_SHELLS)('run by %s', (shell) => {
  let r: KitRoot
  beforeEach(() => {
    r = freshSystem('debian')
  })
  afterEach(() => r.close())

  test('what it leaves behind', () => {
    expect(r.run(shell, 'debian').status).toBe(0)
    expect(r.read('/etc/iscsi/iscsi.initramfs')).toBe('ISCSI_TARGET_PORT=3260\nISCSI_AUTO=true\n')
    expect(r.read('/etc/initramfs-tools/conf.d/zz-bootlace')).toBe('MODULES=most\n')
    expect(r.read('/etc/network/interfaces')).toBe(
      'auto lo\niface lo inet loopback\nallow-hotplug ens3\niface ens3 inet manual\nno-auto-down ens3\n',
    )
    expect(r.read('/etc/machine-id')).toBe('')
    expect(lstatSync(r.at('/var/lib/dbus/machine-id')).isSymbolicLink()).toBe(true)
    expect(readdirSync(r.at('/etc/ssh'))).toEqual(['sshd_config'])
    expect(r.read('/etc/fstab')).toContain('/dev/sr0 /media/cdrom0 udf noauto 0 0\n')
    expect(lstatSync(r.at('/etc/iscsi/iscsid.conf')).mode & 0o777).toBe(0o600)
    expect(readlinkSync(r.at('/etc/systemd/system/sysinit.target.wants/iscsid.service'))).toBe(
      '/usr/lib/systemd/system/iscsid.service',
    )
    // Its own script is one that any shell can read.
    execFileSync('dash', ['-n', r.at('/usr/local/lib/bootlace/keep-network')])
  })

  test('without open-iscsi it says the command and does nothing', () => {
    r.remove('/sbin/iscsistart')
    const before = r.picture()
    const { status, stdout } = r.run(shell, 'debian')
    expect(status).toBe(1)
    expect(stdout).toContain('Type: sudo apt install open-iscsi')
    expect(r.picture()).toEqual(before)
  })

  test('an initramfs that cannot be made is a problem, not a success', () => {
    r.chrootDoes('exit 1\n')
    const { status, stdout } = r.run(shell, 'debian')
    expect(status).toBe(1)
    expect(stdout).toContain(`PROBLEM  ${INITRAMFS}: this did not work.`)
    // The next run tries again.
    expect(r.run(shell, 'debian', 'check').stdout).toContain(`to do    ${INITRAMFS}`)
  })
})
