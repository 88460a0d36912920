import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { FileTree } from '../../../../../src-main/guests/offline/disk/file-system.ts'
import { readLinux } from '../../../../../src-main/guests/offline/linux/facts.ts'
import { linuxFindings } from '../../../../../src-main/guests/offline/linux/findings.ts'
import type { Purpose } from '../../../../../src-main/guests/offline/linux/image-findings.ts'
import type { Finding } from '../../../../../src-main/guests/offline/report.ts'
import { cpioArchive } from '../../../../support/cpio-writer.ts'
import { memoryFiles, type MemoryFile } from '../../../../support/memory-files.ts'

const V = '6.1.0-9-amd64'
const K = `lib/modules/${V}/kernel`
const DRIVERS = {
  [`${K}/drivers/scsi/iscsi_tcp.ko`]: '',
  [`${K}/drivers/firmware/iscsi_ibft.ko`]: '',
  [`${K}/drivers/net/ethernet/intel/e1000e/e1000e.ko`]: '',
}
const initramfs = (files: Readonly<Record<string, string>>): Uint8Array => new Uint8Array(gzipSync(cpioArchive(files)))
const READY: Readonly<Record<string, MemoryFile>> = {
  '/etc/os-release': 'NAME=Debian\nID=debian\n',
  '/etc/fstab': 'UUID=aaaa / ext4 _netdev 0 1\n',
  '/etc/machine-id': '',
  '/var/lib/dbus/machine-id': { link: '/etc/machine-id' },
  '/etc/iscsi/initiatorname.iscsi': 'GenerateName=yes\n',
  '/etc/iscsi/iscsid.conf': '# node.session.auth.password = x\nnode.session.timeo.replacement_timeout = 86400\n',
  '/usr/sbin/iscsid': 'program',
  [`/boot/vmlinuz-${V}`]: 'kernel',
  [`/boot/initrd.img-${V}`]: initramfs({
    ...DRIVERS,
    'conf/initramfs.conf': '',
    'scripts/local-top/iscsi': '',
    'sbin/iscsistart': '',
    'etc/iscsi.initramfs': 'ISCSI_AUTO=true\n',
  }),
  '/boot/grub/grub.cfg': `linux /boot/vmlinuz-${V} root=UUID=aaaa ro\n`,
  [`/lib/modules/${V}/modules.builtin`]: 'kernel/fs/ext4/ext4.ko\n',
}
const KIT = { '/usr/local/lib/bootlace/keep-network': '#!/bin/sh\n' }

async function findings(
  changes: Readonly<Record<string, MemoryFile>> = {},
  purpose: Purpose = 'image',
): Promise<Finding[]> {
  const volume = {
    partition: {
      ...{ number: 1, startBytes: 0, sizeBytes: 0, type: '', typeName: '', name: '', partitionUuid: '' },
      ...{ active: false, fits: true },
    },
    files: new FileTree(memoryFiles({ ...READY, ...changes })),
  }
  return linuxFindings(await readLinux(volume, [volume], () => {}), purpose)
}
const bad = (found: readonly Finding[]): [string, string][] =>
  found.filter((f) => f.severity !== 'ok').map((f) => [f.id, f.severity])

test('a Debian that is ready to be an image has nothing to complain about, and says so', async () => {
  const found = await findings()
  expect(bad(found)).toEqual([])
  expect(found.at(-1)).toMatchObject({ id: 'linux.identity', severity: 'ok' })
})

const ID = '0123456789abcdef0123456789abcdef\n'
const RECORD = '/etc/iscsi/nodes/iqn.2003-01.org.x:disk/10.0.0.1,3260,1'

/** One fault each: what is planted, what is found. */
test.each<[string, Readonly<Record<string, MemoryFile>>, string, string]>([
  ['the machine-id of one PC', { '/etc/machine-id': ID }, 'linux.identity.machineId', 'warning'],
  ['a second machine-id', { '/var/lib/dbus/machine-id': ID }, 'linux.identity.machineId', 'warning'],
  ['SSH host keys', { '/etc/ssh/ssh_host_ed25519_key': 'k' }, 'linux.identity.sshKeys', 'warning'],
  [
    'a DHCP identity of dhclient',
    { '/var/lib/dhcp/dhclient.leases': 'default-duid "\\000";\n' },
    'linux.identity.leases',
    'warning',
  ],
  ['a DHCP identity of dhcpcd', { '/var/lib/dhcpcd/duid': '00:01' }, 'linux.identity.leases', 'warning'],
  [
    'the initiator name of one PC',
    { '/etc/iscsi/initiatorname.iscsi': 'InitiatorName=iqn.2000-01.x:y\n' },
    'linux.identity.initiatorName',
    'warning',
  ],
  [
    'one certain target at the start',
    { '/etc/iscsi/iscsi.initramfs': 'ISCSI_TARGET_NAME="iqn.x:y"\n' },
    'linux.initiator.target',
    'problem',
  ],
  [
    'another disk attached by itself',
    { [`${RECORD}/default`]: 'node.startup = automatic\n' },
    'linux.initiator.others',
    'problem',
  ],
  ['the same, as one file by portal', { [RECORD]: 'node.startup = automatic\n' }, 'linux.initiator.others', 'problem'],
  [
    'a record of the disk it started from',
    { '/var/lib/iscsi/nodes/iqn.2025-01.app.bootlace:pc-01/10.0.0.1,3260,1/default': 'node.startup = manual\n' },
    'linux.initiator.records',
    'warning',
  ],
  [
    'a password for all',
    { '/etc/iscsi/iscsid.conf': 'node.session.auth.password = secret\nnode.session.timeo.replacement_timeout = 0\n' },
    'linux.initiator.password',
    'warning',
  ],
  [
    'little patience',
    { '/etc/iscsi/iscsid.conf': 'node.session.timeo.replacement_timeout = 120\n' },
    'linux.initiator.patience',
    'warning',
  ],
  ['no word about patience', { '/etc/iscsi/iscsid.conf': '' }, 'linux.initiator.patience', 'warning'],
  ['cloud-init that sets up the network', { '/usr/bin/cloud-init': 'p' }, 'linux.network.cloudInit', 'warning'],
  ['NetworkManager that may take the card', { '/usr/sbin/NetworkManager': 'p' }, 'linux.network.manager', 'warning'],
  [
    'netplan that may take the card',
    { '/etc/netplan/a.yaml': 'network:\n  ethernets:\n    a:\n      dhcp4: true\n' },
    'linux.network.takesDown',
    'warning',
  ],
  [
    'a bridge',
    { '/etc/systemd/network/a.network': '[Match]\nName=en*\n[Network]\nBridge=br0\n' },
    'linux.network.bridge',
    'warning',
  ],
  ['Proxmox', { '/usr/bin/pveversion': 'p' }, 'linux.hypervisor', 'warning'],
  ['Xen', { '/boot/xen-4.17-amd64.gz': 'x' }, 'linux.xen', 'warning'],
  [
    'drivers of one PC only',
    { '/etc/initramfs-tools/initramfs.conf': 'MODULES=dep\n' },
    'linux.initramfs.drivers',
    'warning',
  ],
  [
    'a place to hibernate to',
    { '/boot/grub/grub.cfg': 'linux /v root=UUID=aaaa resume=UUID=bbbb ro\n' },
    'linux.resume',
    'warning',
  ],
])('%s is found, and nothing else', async (_, changes, id, severity) => {
  const found = await findings(changes)
  expect(bad(found)).toEqual([[id, severity]])
  expect(found.find((f) => f.id === id)!.remedy).toBeTruthy()
})

test.each([
  ['netroot=iscsi:10.0.0.1::::iqn.x:y rd.iscsi.ibft', 'netroot=…'],
  ['iscsi_target_name=iqn.x:y iscsi_target_ip=10.0.0.1', 'iscsi_target_name=…, iscsi_target_ip=…'],
  ['rd.iscsi.password=s3cret', 'rd.iscsi.password=…'],
  ['ip=10.0.0.5::10.0.0.1:255.255.255.0::eth0:off', 'ip=…'],
])('words of one PC in the boot menu are found, without what they say: %s', async (words, shown) => {
  const found = await findings({ '/boot/grub/grub.cfg': `linux /v root=UUID=aaaa ${words} ro\n` })
  expect(bad(found)).toEqual([['linux.menu.target', 'problem']])
  expect(found.find((f) => f.id === 'linux.menu.target')!.detail).toContain(`It says ${shown}.`)
  expect(JSON.stringify(found)).not.toContain('s3cret')
})

test.each([
  'ip=ibft',
  'ip=dhcp',
  'netroot=iscsi',
  'netroot=iscsi:',
  'netroot=iscsi:ibft',
  'rd.iscsi.firmware=1',
  'iscsi_auto',
])('words that hold for all PCs are left alone: %s', async (words) => {
  expect(bad(await findings({ '/boot/grub/grub.cfg': `linux /v root=UUID=aaaa ${words} ro\n` }))).toEqual([])
})

test('a password is never shown', async () => {
  const found = await findings({ '/etc/iscsi/iscsid.conf': 'node.session.auth.password = s3cret\n' })
  expect(JSON.stringify(found)).not.toContain('s3cret')
})

describe('what is right is left alone', () => {
  test.each<[string, Readonly<Record<string, MemoryFile>>]>([
    ['a machine-id that says it is not made yet', { '/etc/machine-id': 'uninitialized\n' }],
    [
      'a rule that waits',
      { '/etc/iscsi/iscsid.conf': '', '/etc/udev/rules.d/60-a.rules': 'ATTR{recovery_tmo}="86400"\n' },
    ],
    ['patience without end', { '/etc/iscsi/iscsid.conf': 'node.session.timeo.replacement_timeout = -1\n' }],
    ['a record that nobody attaches by itself', { [`${RECORD}/default`]: 'node.startup = manual\n' }],
    [
      'cloud-init that was told',
      { '/usr/bin/cloud-init': 'p', '/etc/cloud/cloud.cfg.d/99-a.cfg': 'network: {config: disabled}\n' },
    ],
    [
      'cloud-init that was told on two lines',
      { '/usr/bin/cloud-init': 'p', '/etc/cloud/cloud.cfg.d/99-a.cfg': 'network:\n  config: disabled\n' },
    ],
    ['cloud-init that is off', { '/usr/bin/cloud-init': 'p', '/etc/cloud/cloud-init.disabled': '' }],
    [
      'drivers of all PCs, said last',
      { '/etc/initramfs-tools/initramfs.conf': 'MODULES=dep\n', '/etc/initramfs-tools/conf.d/zz': 'MODULES=most\n' },
    ],
    [
      'what the kit keeps',
      {
        ...KIT,
        '/usr/sbin/NetworkManager': 'p',
        '/etc/netplan/a.yaml': 'network:\n  ethernets:\n    a:\n      dhcp4: true\n',
        '/etc/iscsi/initiatorname.iscsi': 'InitiatorName=iqn.2000-01.x:y\n',
      },
    ],
  ])('%s', async (_, changes) => {
    expect(bad(await findings(changes))).toEqual([])
  })
})

test('one PC keeps its identity, and other disks are its own affair', async () => {
  const found = await findings(
    { '/etc/machine-id': ID, '/etc/ssh/ssh_host_rsa_key': 'k', [`${RECORD}/default`]: 'node.startup = automatic\n' },
    'onePc',
  )
  expect(bad(found)).toEqual([['linux.initiator.others', 'warning']])
})

test('what is not readable is unknown', async () => {
  const found = await findings({
    '/etc/machine-id': { unreadable: 'worn out' },
    '/etc/iscsi/iscsid.conf': { unreadable: 'worn out' },
    '/etc/initramfs-tools/initramfs.conf': { unreadable: 'worn out' },
  })
  expect(bad(found)).toEqual([
    ['linux.connection', 'unknown'],
    ['linux.surroundings', 'unknown'],
    ['linux.identity', 'unknown'],
  ])
})

describe('initramfs of others', () => {
  const dracut = {
    'usr/lib/dracut/hooks/cmdline/90-parse-iscsiroot.sh': '',
    'usr/sbin/iscsiroot': '',
    'usr/sbin/iscsistart': '',
    ...DRIVERS,
  }
  const menu = (words: string) => ({ '/boot/grub/grub.cfg': `linux /v root=UUID=aaaa ${words} ro\n` })
  test.each<[string, Readonly<Record<string, string>>, string, [string, string][]]>([
    [
      'networkd alone',
      { 'usr/lib/systemd/systemd-networkd': '' },
      'rd.iscsi.firmware=1 ip=ibft',
      [['linux.initramfs.network', 'warning']],
    ],
    [
      'networkd, asked for DHCP',
      { 'usr/lib/systemd/systemd-networkd': '' },
      'rd.iscsi.firmware=1 rd.iscsi.ibft=1 ip=dhcp',
      [],
    ],
    [
      'networkd beside the old scripts',
      { 'usr/lib/systemd/systemd-networkd': '', 'usr/sbin/ifup': '' },
      'rd.iscsi.firmware=1 ip=ibft',
      [],
    ],
    ['NetworkManager', { 'usr/libexec/nm-initrd-generator': '' }, 'rd.iscsi.firmware=1 ip=ibft', []],
  ])('dracut with %s', async (_, files, words, expected) => {
    const found = await findings({ [`/boot/initrd.img-${V}`]: initramfs({ ...dracut, ...files }), ...menu(words) })
    expect(bad(found)).toEqual(expected)
  })

  test('mkinitcpio with the hook of the kit', async () => {
    const files = { init_functions: '', 'hooks/udev': '', 'hooks/bootlace': '', 'usr/bin/iscsistart': '', ...DRIVERS }
    const config = 'EARLYHOOKS=""\nHOOKS="udev bootlace "\nLATEHOOKS="bootlace "\n'
    expect(bad(await findings({ [`/boot/initrd.img-${V}`]: initramfs({ ...files, config }) }))).toEqual([])
  })

  const arch = { init_functions: '', 'hooks/bootlace-iscsi': '', 'usr/bin/iscsistart': '', ...DRIVERS }
  test.each<[string, string, [string, string][]]>([
    ['names the hook', 'EARLYHOOKS="udev"\nHOOKS="net bootlace-iscsi"\n', []],
    ['does not name it', 'HOOKS="net bootlace-iscsi-old"\n', [['linux.initramfs.login', 'problem']]],
  ])('mkinitcpio whose configuration %s', async (_, config, expected) => {
    expect(bad(await findings({ [`/boot/initrd.img-${V}`]: initramfs({ ...arch, config }) }))).toEqual(expected)
  })
})
