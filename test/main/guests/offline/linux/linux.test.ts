import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { FileTree, type FileSystem } from '../../../../../src-main/guests/offline/disk/file-system.ts'
import type { FoundVolume } from '../../../../../src-main/guests/offline/disk/found-volume.ts'
import { isLinuxBoot, isLinuxRoot, readLinux } from '../../../../../src-main/guests/offline/linux/facts.ts'
import { linuxFindings } from '../../../../../src-main/guests/offline/linux/findings.ts'
import type { Finding } from '../../../../../src-main/guests/offline/report.ts'
import { cpioArchive } from '../../../../support/cpio-writer.ts'
import { memoryFiles, type MemoryFile } from '../../../../support/memory-files.ts'

const V = '6.1.0-9-amd64'
const MODULES = `lib/modules/${V}/kernel`
const DEBIAN_INIT = {
  'conf/initramfs.conf': '',
  'scripts/local-top/iscsi': '',
  'sbin/iscsistart': '',
  'etc/iscsi.initramfs': 'ISCSI_AUTO=true\n',
  [`${MODULES}/drivers/scsi/iscsi_tcp.ko`]: '',
  [`${MODULES}/drivers/firmware/iscsi_ibft.ko`]: '',
  [`${MODULES}/drivers/net/ethernet/intel/e1000e/e1000e.ko`]: '',
}
const initramfs = (files: Readonly<Record<string, string>>): Uint8Array => new Uint8Array(gzipSync(cpioArchive(files)))
const without = (...names: string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(DEBIAN_INIT).filter(([name]) => !names.some((n) => name.includes(n))))

const DEBIAN: Readonly<Record<string, MemoryFile>> = {
  '/etc/os-release': 'NAME="Debian GNU/Linux"\nVERSION="12 (bookworm)"\nID=debian\n',
  '/etc/fstab': 'UUID=aaaa / ext4 errors=remount-ro,_netdev 0 1\n',
  '/etc/iscsi/initiatorname.iscsi': 'InitiatorName=iqn.2000-01.x:y\n',
  '/etc/iscsi/iscsid.conf': 'node.session.timeo.replacement_timeout = 86400\n',
  '/usr/sbin/iscsid': 'program',
  '/sbin': { link: 'usr/sbin' },
  '/var/lib/dpkg/status': 'Package: open-iscsi\nStatus: install ok installed\nVersion: 2.1.8-1\n\n',
  [`/boot/vmlinuz-${V}`]: 'kernel',
  [`/boot/initrd.img-${V}`]: initramfs(DEBIAN_INIT),
  '/boot/grub/grub.cfg': `linux /boot/vmlinuz-${V} root=UUID=aaaa ro\n`,
  [`/lib/modules/${V}/modules.builtin`]: 'kernel/fs/ext4/ext4.ko\n',
}

let number = 0
const volume = (files: Readonly<Record<string, MemoryFile>>, o: Partial<FileSystem> = {}): FoundVolume => ({
  partition: {
    number: ++number,
    startBytes: 0,
    sizeBytes: 0,
    type: '',
    typeName: '',
    name: '',
    partitionUuid: '',
    active: false,
    fits: true,
  },
  files: new FileTree(memoryFiles(files, o)),
})
const check = async (root: FoundVolume | undefined, ...others: FoundVolume[]): Promise<Finding[]> =>
  linuxFindings(await readLinux(root, root ? [root, ...others] : others, () => {}))
const bad = (findings: readonly Finding[]): [string, string][] =>
  findings.filter((f) => f.severity !== 'ok').map((f) => [f.id, f.severity])
const find = (findings: readonly Finding[], id: string): Finding => {
  const found = findings.find((f) => f.id === id)
  expect(found, id).toBeDefined()
  return found!
}
const debian = (
  changes: Readonly<Record<string, MemoryFile | undefined>> = {},
  o: Partial<FileSystem> = {},
): Promise<Finding[]> => {
  const files = Object.fromEntries(
    Object.entries({ ...DEBIAN, ...changes }).filter((e): e is [string, MemoryFile] => e[1] !== undefined),
  )
  return check(volume(files, o))
}
const withInit = (files: Readonly<Record<string, string>>): Promise<Finding[]> =>
  debian({ [`/boot/initrd.img-${V}`]: initramfs(files) })

test('a Debian that is ready has nothing to complain about', async () => {
  const findings = await debian()
  expect(bad(findings)).toEqual([])
  expect(findings.map((f) => f.id)).toEqual([
    'linux.version',
    'linux.initiator',
    'linux.kernel',
    'linux.initramfs.modules',
    'linux.initramfs.login',
    'linux.initramfs.card',
    'linux.fstab.root',
    'linux.menu',
    'linux.network',
  ])
  expect(find(findings, 'linux.initiator').detail).toBe('open-iscsi 2.1.8-1.')
})

test('systems and boot partitions are told apart', async () => {
  const root = volume(DEBIAN)
  const boot = volume({ [`/vmlinuz-${V}`]: 'kernel' })
  expect(await isLinuxRoot(root.files)).toBe(true)
  expect(await isLinuxBoot(boot.files)).toBe(true)
  expect(await isLinuxRoot(boot.files)).toBe(false)
})

describe('the initiator', () => {
  test('that is not installed is a problem', async () => {
    const findings = await debian({ '/usr/sbin/iscsid': undefined })
    expect(find(findings, 'linux.initiator')).toMatchObject({
      severity: 'problem',
      remedy: 'sudo apt install open-iscsi',
    })
  })
  test('without a name is a warning', async () => {
    expect(bad(await debian({ '/etc/iscsi/initiatorname.iscsi': undefined }))).toEqual([
      ['linux.initiatorName', 'warning'],
    ])
    expect(bad(await debian({ '/etc/iscsi/initiatorname.iscsi': 'GenerateName=yes\n' }))).toEqual([])
    expect(bad(await debian({ '/etc/iscsi/initiatorname.iscsi': { unreadable: 'worn out' } }))).toEqual([
      ['linux.initiatorName', 'unknown'],
    ])
  })
})

describe('the initramfs', () => {
  test('that is missing is a problem', async () => {
    expect(bad(await debian({ [`/boot/initrd.img-${V}`]: undefined }))).toEqual([['linux.initramfs', 'problem']])
  })
  test('that is not readable is unknown', async () => {
    const findings = await debian({ [`/boot/initrd.img-${V}`]: Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 1, 2) })
    expect(bad(findings)).toEqual([['linux.initramfs', 'unknown']])
    expect(find(findings, 'linux.initramfs').detail).toBe('Not readable: it is compressed with xz.')
  })
  test('that is a link to nowhere is unknown', async () => {
    expect(bad(await debian({ [`/boot/initrd.img-${V}`]: { link: 'gone' } }))).toEqual([['linux.initramfs', 'unknown']])
  })
  test('without drivers for network disks is a problem', async () => {
    const finding = find(await withInit(without('iscsi_ibft')), 'linux.initramfs.modules')
    expect(finding).toMatchObject({
      severity: 'problem',
      detail: expect.stringContaining('iscsi_ibft is not') as string,
    })
    expect(finding.remedy).toContain('update-initramfs -u -k all')
  })
  test('whose drivers are in the kernel is right', async () => {
    const findings = await debian({
      [`/boot/initrd.img-${V}`]: initramfs(without('iscsi_ibft', 'iscsi_tcp', 'e1000e')),
      [`/lib/modules/${V}/modules.builtin`]:
        'kernel/drivers/firmware/iscsi_ibft.ko\nkernel/drivers/scsi/iscsi_tcp.ko\nkernel/drivers/net/ethernet/intel/igb/igb.ko\n',
    })
    expect(bad(findings)).toEqual([])
    expect(find(findings, 'linux.initramfs.card').detail).toContain('igb')
  })
  test('is not guessed about when it is not known what the kernel holds', async () => {
    const findings = await debian({
      [`/boot/initrd.img-${V}`]: initramfs(without('iscsi_ibft', 'e1000e')),
      [`/lib/modules/${V}/modules.builtin`]: undefined,
    })
    expect(bad(findings)).toEqual([
      ['linux.initramfs.modules', 'unknown'],
      ['linux.initramfs.card', 'unknown'],
    ])
  })
  test.each([
    ['no program', 'iscsistart'],
    ['no script', 'local-top'],
  ])('that has %s to log in is a problem', async (_, name) => {
    expect(bad(await withInit(without(name)))).toEqual([['linux.initramfs.login', 'problem']])
  })
  test('that is not told to log in is a problem, unless the boot menu tells it', async () => {
    expect(bad(await withInit(without('iscsi.initramfs')))).toEqual([['linux.initramfs.login', 'problem']])
    for (const word of ['iscsi_auto', 'iscsi_target_name=iqn.x', 'ip=ibft'])
      expect(
        bad(
          await debian({
            [`/boot/initrd.img-${V}`]: initramfs(without('iscsi.initramfs')),
            '/boot/grub/grub.cfg': `linux /v root=UUID=aaaa ${word} ro\n`,
          }),
        ),
        word,
      ).toEqual([])
  })
  test('without a network card is a problem', async () => {
    expect(bad(await withInit(without('e1000e')))).toEqual([['linux.initramfs.card', 'problem']])
  })
  test('of the newest kernel counts', async () => {
    const findings = await debian({ '/boot/vmlinuz-6.10.1': 'k', '/boot/vmlinuz-0-rescue-1': 'k' })
    expect(find(findings, 'linux.kernel')).toMatchObject({
      title: 'The newest kernel is 6.10.1.',
      detail: `Older ones: ${V}. Only the newest was looked into.`,
    })
    expect(bad(findings)).toEqual([['linux.initramfs', 'problem']])
  })
})

describe('Fedora', () => {
  const init = {
    'usr/lib/dracut/hooks/cmdline/90-parse-iscsiroot.sh': '',
    'usr/sbin/iscsiroot': '',
    'usr/sbin/iscsistart': '',
    'usr/sbin/iscsid': '',
    'usr/lib/modules/6.5/kernel/drivers/scsi/iscsi_tcp.ko.xz': '',
    'usr/lib/modules/6.5/kernel/drivers/firmware/iscsi_ibft.ko.xz': '',
    'usr/lib/modules/6.5/kernel/drivers/net/ethernet/intel/igc/igc.ko.xz': '',
  }
  const bootFiles = (options: string): Record<string, MemoryFile> => ({
    '/vmlinuz-6.5': 'k',
    '/initramfs-6.5.img': initramfs(init),
    '/loader/entries/a-6.5.conf': `title Fedora\noptions root=UUID=bbbb ro ${options}\n`,
  })

  test('with its root on a file system that is not read is checked from its boot partition', async () => {
    const findings = await check(undefined, volume(bootFiles('rd.iscsi.firmware=1 rd.iscsi.ibft=1')))
    expect(bad(findings)).toEqual([])
    expect(findings.map((f) => f.id)).not.toContain('linux.version')
  })
  test('without words for dracut is a problem', async () => {
    const findings = await check(undefined, volume(bootFiles('quiet')))
    expect(bad(findings)).toEqual([['linux.initramfs.login', 'problem']])
    expect(find(findings, 'linux.initramfs.login').remedy).toContain('rd.iscsi.firmware=1')
  })
  test('with a boot partition of its own, named in fstab', async () => {
    const root = volume({
      '/etc/os-release': 'NAME=Fedora\nVERSION_ID=40\nID=fedora\n',
      '/etc/fstab': 'UUID=bbbb / ext4 _netdev 0 0\nUUID=cccc /boot ext4 defaults 1 2\n',
      '/usr/sbin/iscsid': 'p',
      '/etc/iscsi/iscsid.conf': 'node.session.timeo.replacement_timeout = 86400\n',
      '/etc/iscsi/initiatorname.iscsi': 'InitiatorName=iqn.x\n',
      '/boot/vmlinuz-old': 'must not be looked at',
    })
    const findings = await check(root, volume(bootFiles('rd.iscsi.ibft=1'), { uuid: 'cccc' }))
    expect(find(findings, 'linux.kernel').title).toBe('The newest kernel is 6.5.')
    expect(bad(findings)).toEqual([])
  })
})

describe('names of disks', () => {
  test('by place are a problem for the system', async () => {
    const findings = await debian({
      '/etc/fstab': '/dev/sda2 / ext4 _netdev 0 1\n/dev/sda3 none swap sw 0 0\n',
      '/boot/grub/grub.cfg': 'linux /v root=/dev/sda2 ro\n',
    })
    expect(bad(findings)).toEqual([
      ['linux.menu.root', 'problem'],
      ['linux.fstab.root', 'problem'],
      ['linux.fstab.others', 'warning'],
    ])
  })
  test('a disk that does not wait for the network is a warning', async () => {
    expect(bad(await debian({ '/etc/fstab': 'UUID=aaaa / ext4 defaults 0 1\n' }))).toEqual([
      ['linux.fstab.root', 'warning'],
    ])
  })
  test('a list that is not readable is unknown', async () => {
    expect(bad(await debian({ '/etc/fstab': { unreadable: 'worn out' } }))).toEqual([['linux.fstab', 'unknown']])
  })
})

test('no boot menu and no kernel are unknown', async () => {
  const findings = await debian({
    '/boot/grub/grub.cfg': undefined,
    [`/boot/vmlinuz-${V}`]: undefined,
    [`/boot/initrd.img-${V}`]: undefined,
  })
  expect(bad(findings)).toEqual([
    ['linux.kernel', 'unknown'],
    ['linux.menu', 'unknown'],
  ])
})

test('network settings that take the disk away are warnings', async () => {
  const findings = await debian({
    '/etc/network/interfaces': 'iface eth0 inet static\n address 10.0.0.2\n',
    '/etc/network/interfaces.d/eth1': 'iface eth1 inet dhcp\n',
    '/etc/udev/rules.d/70-persistent-net.rules': 'ATTR{address}=="00:11", NAME="eth0"\n',
    '/etc/netplan/a.yaml': { unreadable: 'worn out' },
  })
  expect(bad(findings)).toEqual([
    ['linux.network.fixed', 'warning'],
    ['linux.network.takesDown', 'warning'],
    ['linux.network.byMac', 'warning'],
    ['linux.network', 'unknown'],
  ])
  expect(find(findings, 'linux.network').detail).toContain('/etc/netplan/a.yaml: worn out')
})

test('a disk that was not closed is a warning', async () => {
  expect(bad(await debian({}, { unclean: 'it was not cleanly unmounted' }))).toEqual([['linux.volume', 'warning']])
})
