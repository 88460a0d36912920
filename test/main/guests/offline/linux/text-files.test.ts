import { describe, expect, test } from 'vitest'
import {
  dhcpcd,
  ifcfg,
  ifupdown,
  netplan,
  networkd,
  networkManager,
  persistentNames,
  type NetworkSetting,
} from '../../../../../src-main/guests/offline/linux/network-files.ts'
import {
  compareVersions,
  dpkgVersion,
  isUnstableName,
  kernelLinesOfGrub,
  parseAssignments,
  parseFstab,
} from '../../../../../src-main/guests/offline/linux/text-files.ts'

test('assignments, quoted or not', () => {
  expect(
    Object.fromEntries(parseAssignments('NAME="Debian GNU/Linux"\n# NO=1\n ID=debian \nX=\'y z\'\nnot a line\n')),
  ).toEqual({
    NAME: 'Debian GNU/Linux',
    ID: 'debian',
    X: 'y z',
  })
})

test('fstab', () => {
  const text =
    '# comment\nUUID=1 / ext4 errors=remount-ro,_netdev 0 1\n/dev/sda3\tnone swap sw\nshort line\nLABEL=a\\040b /mnt auto\n'
  expect(parseFstab(text)).toEqual([
    { device: 'UUID=1', mountPoint: '/', type: 'ext4', options: ['errors=remount-ro', '_netdev'] },
    { device: '/dev/sda3', mountPoint: 'none', type: 'swap', options: ['sw'] },
    { device: 'LABEL=a b', mountPoint: '/mnt', type: 'auto', options: [''] },
  ])
})

test.each([
  ['/dev/sda2', true],
  ['/dev/vda', true],
  ['/dev/nvme0n1p2', true],
  ['/dev/mmcblk0p1', true],
  ['UUID=x', false],
  ['/dev/disk/by-uuid/x', false],
  ['/dev/mapper/vg-root', false],
  ['/dev/md0', false],
])('%s depends on the order of disks: %s', (device, is) => {
  expect(isUnstableName(device)).toBe(is)
})

test('kernel lines of a GRUB menu', () => {
  const text =
    'set root=x\nmenuentry "a" {\n\tlinux\t/boot/vmlinuz-6 root=UUID=1 ro\n linuxefi /v  quiet\n linux16 /v\n initrd /i\n}\n'
  expect(kernelLinesOfGrub(text)).toEqual(['root=UUID=1 ro', 'quiet', ''])
})

test('installed packages', () => {
  const status =
    'Package: xopen-iscsi\nStatus: install ok installed\nVersion: 9\n\nPackage: open-iscsi\nStatus: install ok installed\nDepends: a\nVersion: 2.1.8-1\n\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n'
  expect(dpkgVersion(status, 'open-iscsi')).toBe('2.1.8-1')
  expect(dpkgVersion(status, 'gone')).toBeUndefined()
  expect(dpkgVersion(status, 'none')).toBeUndefined()
})

test('versions in the order of their numbers', () => {
  const sorted = ['6.9.0-1', '6.10.0-1', '6.1.0-56-amd64', '6.1.0-9-amd64', '5.15'].sort(compareVersions)
  expect(sorted).toEqual(['5.15', '6.1.0-9-amd64', '6.1.0-56-amd64', '6.9.0-1', '6.10.0-1'])
  expect(compareVersions('6.1', '6.1')).toBe(0)
})

test('text made to keep a reader busy is read at once', () => {
  const blank = ' '.repeat(2 ** 20)
  for (const text of [
    `a${blank}b`,
    `NAME=${blank}x`,
    `${blank}#`,
    `[${blank}`,
    '# '.repeat(2 ** 19),
    'Package: a\n'.repeat(90_000),
    'x\n'.repeat(2 ** 19),
  ]) {
    parseAssignments(text)
    parseFstab(text)
    kernelLinesOfGrub(text)
    dpkgVersion(text, 'a')
    for (const parse of [ifupdown, netplan, networkManager, networkd, ifcfg, dhcpcd, persistentNames]) parse(text, 'f')
  }
})

describe('network settings', () => {
  const short = (settings: NetworkSetting[]): [string, string, string][] =>
    settings.map((s) => [s.kind, s.card, s.text])

  test('of ifupdown', () => {
    const text = `
# comment
auto lo eth0
iface lo inet loopback
iface eth0 inet static
    address 192.168.1.5/24
    gateway 192.168.1.1
iface eth1 inet dhcp
iface eth2 inet manual
iface eth3 inet6 static
  address fd00::1
iface vmbr0 inet manual
  bridge-ports eth4
iface vmbr1 inet manual
  bridge_ports none
`
    expect(short(ifupdown(text, 'f'))).toEqual([
      ['fixed', 'eth0', '192.168.1.5/24'],
      ['takesDown', 'eth1', 'iface eth1 inet dhcp'],
      ['fixed', 'eth3', 'fd00::1'],
      ['bridge', 'vmbr0', 'eth4'],
    ])
  })

  test('of netplan', () => {
    const text = `
network:
  version: 2
  ethernets:
    enp3s0:
      match:
        macaddress: "52:54:00:12:34:56"
      dhcp4: no
      addresses:
        - 192.168.1.5/24   # here
        - 10.0.0.1/8
      nameservers:
        addresses: [1.1.1.1, 8.8.8.8]
      routes:
        - to: default
          via: 192.168.1.1
    enp4s0:
      addresses: [172.16.0.2/16]
    enp5s0:
      dhcp4: true
    enp6s0:
      dhcp4: true
      critical: true
  bridges:
    br0:
      interfaces: [enp7s0]
      dhcp4: true
  wifis:
    wlp2s0:
      addresses: [10.9.9.9/24]
`
    expect(short(netplan(text, 'f'))).toEqual([
      ['byMac', 'enp3s0', '"52:54:00:12:34:56"'],
      ['fixed', 'enp3s0', '192.168.1.5/24'],
      ['fixed', 'enp3s0', '10.0.0.1/8'],
      ['fixed', 'enp4s0', '172.16.0.2/16'],
      ['takesDown', 'enp5s0', 'dhcp4: true'],
      ['bridge', 'br0', 'interfaces: [enp7s0]'],
    ])
  })

  test('of NetworkManager', () => {
    const wired =
      '[connection]\nid=Wired\ntype=ethernet\n[ethernet]\nmac-address=52:54:00:00:00:01\n[ipv4]\nmethod=manual\naddress1=10.1.1.2/24,10.1.1.1\n'
    expect(short(networkManager(wired, 'f'))).toEqual([
      ['fixed', 'Wired', '10.1.1.2/24'],
      ['byMac', 'Wired', '52:54:00:00:00:01'],
    ])
    expect(networkManager(wired.replace('type=ethernet', 'type=wifi'), 'f')).toEqual([])
    expect(short(networkManager('[connection]\nid=P\ntype=ethernet\nslave-type=bridge\n', 'f'))).toEqual([
      ['bridge', 'P', 'port of a bridge'],
    ])
    expect(short(networkManager('[connection]\nid=A\ntype=ethernet\n[ipv4]\nmethod=auto\n', 'f'))).toEqual([])
  })

  test('of systemd-networkd', () => {
    expect(short(networkd('[Match]\nName=en*\n[Network]\nDHCP=yes\n', 'f'))).toEqual([['takesDown', 'en*', 'DHCP=yes']])
    expect(networkd('[Match]\nName=en*\n[Network]\nDHCP=yes\nKeepConfiguration=yes\n', 'f')).toEqual([])
    expect(networkd('[Match]\nName=en*\n[Network]\nDHCP=no\n', 'f')).toEqual([])
    expect(short(networkd('[Match]\nName=en*\n[Network]\nBridge=br0\n', 'f'))).toEqual([
      ['bridge', 'en*', 'bridge br0'],
    ])
    expect(short(networkd('[Match]\nMACAddress=aa:bb\n[Network]\nAddress=10.0.0.2/24\n', 'f'))).toEqual([
      ['fixed', '', '10.0.0.2/24'],
      ['byMac', '', 'aa:bb'],
    ])
    expect(networkd('[Match]\nName=wlan0\n[Network]\nAddress=10.0.0.2/24\n', 'f')).toEqual([])
  })

  test('of ifcfg files', () => {
    const text = 'DEVICE="eth0"\nBOOTPROTO=none\nIPADDR0=10.0.0.7\nHWADDR=52:54:00:00:00:01\nBRIDGE=br0\n'
    expect(short(ifcfg(text, '/etc/sysconfig/network-scripts/ifcfg-eth0'))).toEqual([
      ['fixed', 'eth0', '10.0.0.7'],
      ['byMac', 'eth0', '52:54:00:00:00:01'],
      ['bridge', 'eth0', 'br0'],
    ])
    expect(short(ifcfg("IPADDR='10.0.0.8/24'\n", '/etc/sysconfig/network/ifcfg-eth1'))).toEqual([
      ['fixed', 'eth1', '10.0.0.8/24'],
    ])
    expect(ifcfg('IPADDR=127.0.0.1\n', '/etc/sysconfig/network/ifcfg-lo')).toEqual([])
    expect(ifcfg('BOOTPROTO=dhcp\n', '/etc/sysconfig/network/ifcfg-eth0')).toEqual([])
  })

  test('of dhcpcd', () => {
    expect(short(dhcpcd('persistent\ninterface eth0\nstatic ip_address=10.0.0.9/24\n', 'f'))).toEqual([
      ['fixed', 'eth0', '10.0.0.9/24'],
    ])
  })

  test('of names bound to cards', () => {
    const text = '# PCI device\nSUBSYSTEM=="net", ACTION=="add", ATTR{address}=="00:11:22:33:44:55", NAME="eth0"\n'
    expect(short(persistentNames(text, 'f'))).toEqual([['byMac', 'eth0', '00:11:22:33:44:55']])
  })
})
