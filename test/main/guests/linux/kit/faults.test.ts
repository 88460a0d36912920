import { expect } from 'vitest'
import { plantedFaults } from '../../../../support/kit-faults.ts'

/** What all three kits look for, planted in a Debian. */
const PATIENT = 'An outage is waited out for a day, without errors (replacement timeout).'
const RECORDS = "This PC's disk is not written down as the disk of all PCs (node records)."
const RULES = 'The disk has time to answer, and the server orders its work (udev rules).'
const ISCSID = 'The service that mends a broken connection starts with the PC (iscsid).'
const MENU = 'The boot menu names no server and no address of this PC.'
const PLACE = 'The boot menu names the disk by its place in this PC.'
const TYPED_IN = 'A network card has an address that was typed in: every PC of this image would have it.'
const ONE_CARD = "A network setting holds for this PC's card only; the other PCs would have no network."
const BRIDGE =
  "A bridge of a hypervisor takes a network card. If it is the disk's card, the system loses its disk in that moment."
const ID = 'Each PC makes an identity of its own (machine-id).'
const KEYS = 'Each PC makes SSH host keys of its own.'
const NODE = '/etc/iscsi/nodes/iqn.2026-11.app.bootlace:debian/192.168.1.2,3260,1/default'

plantedFaults('debian', [
  {
    name: 'an outage of two minutes gives errors',
    plant: (r) => r.edit('/etc/iscsi/iscsid.conf', 'replacement_timeout = 86400', 'replacement_timeout=120'),
    says: PATIENT,
    as: 'to do',
    mended: (r) =>
      expect(r.read('/etc/iscsi/iscsid.conf')).toContain('\nnode.session.timeo.replacement_timeout = 86400\n'),
  },
  {
    name: 'a later line takes the patience back',
    plant: (r) => r.append('/etc/iscsi/iscsid.conf', 'node.session.timeo.replacement_timeout = 15\n'),
    says: PATIENT,
    as: 'to do',
    mended: (r) => expect(r.read('/etc/iscsi/iscsid.conf').match(/replacement_timeout/g)).toHaveLength(1),
  },
  {
    name: 'the settings say nothing about NOP-Out, whose default is on',
    plant: (r) => r.edit('/etc/iscsi/iscsid.conf', /^node.conn\[0\].timeo.noop_out_interval.*$/m, '# none'),
    says: 'A busy network is not taken for a broken one (NOP-Out off).',
    as: 'to do',
  },
  {
    name: 'a password in the settings',
    plant: (r) => r.append('/etc/iscsi/iscsid.conf', 'node.session.auth.password = hunter2hunter2\n'),
    says: '/etc/iscsi/iscsid.conf holds a password: every PC of this image would use it.',
    as: 'PROBLEM',
    mended: (r) => expect(r.read('/etc/iscsi/iscsid.conf')).toContain('hunter2'),
  },
  {
    name: "the settings' file is gone",
    plant: (r) => r.remove('/etc/iscsi/iscsid.conf'),
    says: 'The settings of the program for network disks are missing (/etc/iscsi/iscsid.conf).',
    as: 'PROBLEM',
  },
  {
    name: "a record of this PC's disk, with yesterday's password",
    plant: (r) => {
      r.put(NODE, 'node.startup = manual\nnode.session.auth.password = old\n', 0o600)
      r.link(
        '/etc/iscsi/send_targets/192.168.1.2,3260/iqn.2026-11.app.bootlace:debian,192.168.1.2,3260,1,default',
        NODE,
      )
    },
    says: RECORDS,
    as: 'to do',
    mended: (r) => expect(r.has('/etc/iscsi/nodes/iqn.2026-11.app.bootlace:debian')).toBe(false),
  },
  {
    name: 'a record made from the firmware, of another target',
    plant: (r) => r.put('/var/lib/iscsi/nodes/iqn.x:y/10.0.0.1,3260,1/default', 'node.discovery_type = fw\n'),
    says: RECORDS,
    as: 'to do',
  },
  {
    name: 'every clone would attach the same data disk',
    plant: (r) => r.put('/etc/iscsi/nodes/iqn.x:nas/10.0.0.1,3260,1/default', 'node.startup = automatic\n'),
    says: 'Every PC of this image would attach the same other network disk, and two that write to one disk destroy it.',
    as: 'PROBLEM',
    tells: '/etc/iscsi/nodes/iqn.x:nas',
    mended: (r) => expect(r.has('/etc/iscsi/nodes/iqn.x:nas/10.0.0.1,3260,1/default')).toBe(true),
  },
  {
    name: 'a fixed InitiatorName',
    plant: (r) => r.put('/etc/iscsi/initiatorname.iscsi', 'InitiatorName=iqn.1993-08.org.debian:01:abc\n', 0o600),
    says: "No PC bears this PC's name towards its disk (InitiatorName).",
    as: 'to do',
    // Debian's initramfs hook copies the file, and startup-checks.sh makes a name of this word.
    mended: (r) => expect(r.read('/etc/iscsi/initiatorname.iscsi')).toBe('GenerateName=yes\n'),
  },
  {
    name: 'iscsid does not start',
    plant: (r) => r.remove('/etc/systemd/system/sysinit.target.wants/iscsid.service'),
    says: ISCSID,
    as: 'to do',
  },
  {
    name: 'iscsid is masked',
    plant: (r) => r.link('/etc/systemd/system/iscsid.service', '/dev/null'),
    says: ISCSID,
    as: 'to do',
  },
  {
    name: 'a service of somebody logs out of all targets',
    plant: (r) => r.put('/etc/systemd/system/tidy.service', '[Service]\nExecStop=/sbin/iscsiadm -m node -u\n'),
    says: 'Something here detaches all network disks, also the one the system runs from; the PC would hang.',
    as: 'PROBLEM',
    tells: '/etc/systemd/system/tidy.service',
  },
  {
    name: 'a SCSI command may take 30 seconds only',
    plant: (r) => r.edit('/etc/udev/rules.d/60-bootlace.rules', 'ATTR{timeout}="180"', 'ATTR{timeout}="30"'),
    says: RULES,
    as: 'to do',
  },
  {
    name: 'the scheduler orders what the server orders again',
    plant: (r) => r.edit('/etc/udev/rules.d/60-bootlace.rules', '"none"', '"bfq"'),
    says: RULES,
    as: 'to do',
  },
  {
    name: 'the root file system is taken for a local one',
    plant: (r) => r.edit('/etc/fstab', ',_netdev', ''),
    says: 'Linux knows that its disk needs the network (_netdev).',
    as: 'to do',
    mended: (r) => expect(r.read('/etc/fstab')).toContain('UUID=1234 / ext4 errors=remount-ro,_netdev 0 1\n'),
  },
  {
    name: 'the system is named by its place',
    plant: (r) => r.edit('/etc/fstab', 'UUID=1234', '/dev/sda2'),
    says: '/etc/fstab names the system by its place in this PC: /dev/sda2.',
    as: 'PROBLEM',
  },
  {
    name: 'another partition is named by its place',
    plant: (r) => r.append('/etc/fstab', '/dev/nvme0n1p3 /home ext4 defaults 0 2\n'),
    says: '/etc/fstab names the system by its place in this PC: /dev/nvme0n1p3.',
    as: 'PROBLEM',
    tells: '/dev/nvme0n1p3 /home',
  },
  {
    name: 'the boot menu names the disk by its place',
    plant: (r) => r.edit('/boot/grub/grub.cfg', 'root=UUID=1234', 'root=/dev/sda2'),
    says: PLACE,
    as: 'PROBLEM',
    tells: '/boot/grub/grub.cfg: root=/dev/sda2',
  },
  {
    name: 'the next boot menu will name the disk by its place',
    plant: (r) => r.append('/etc/default/grub', 'GRUB_DISABLE_LINUX_UUID=true\n'),
    says: PLACE,
    as: 'PROBLEM',
  },
  {
    name: 'the boot menu names a server and a password',
    plant: (r) =>
      r.edit('/boot/grub/grub.cfg', 'ro  quiet', 'ro iscsi_target_ip=10.0.0.1 iscsi_password=hunter2 quiet'),
    says: MENU,
    as: 'to do',
    mended: (r) =>
      expect(r.read('/boot/grub/grub.cfg')).toContain('\tlinux\t/boot/vmlinuz-6.1.0 root=UUID=1234 ro quiet\n'),
  },
  {
    name: 'an address of this PC in the settings of the boot menu',
    plant: (r) =>
      r.edit('/etc/default/grub', '"quiet"', '"quiet ip=192.168.1.5::192.168.1.1:255.255.255.0::ens3:none"'),
    says: MENU,
    as: 'to do',
    mended: (r) => expect(r.read('/etc/default/grub')).toContain('GRUB_CMDLINE_LINUX_DEFAULT="quiet"\n'),
  },
  {
    name: 'the firmware of another PC finds no loader',
    plant: (r) => r.remove('/boot/efi/EFI/BOOT'),
    says: 'UEFI firmware of any PC finds the loader (EFI/BOOT/BOOTX64.EFI).',
    as: 'to do',
    mended: (r) => {
      expect(r.read('/boot/efi/EFI/BOOT/BOOTX64.EFI')).toBe('shim')
      expect(r.read('/boot/efi/EFI/BOOT/grubx64.efi')).toBe('grub')
    },
  },
  {
    name: 'an EFI partition without any loader',
    plant: (r) => {
      r.remove('/boot/efi/EFI/BOOT')
      r.remove('/boot/efi/EFI/vendor')
    },
    says: 'No loader for UEFI lies on the EFI partition.',
    as: 'PROBLEM',
  },
  {
    name: 'an EFI partition that is not mounted',
    plant: (r) => {
      r.remove('/boot/efi/EFI')
      r.append('/etc/fstab', 'UUID=AB12 /boot/efi vfat umask=0077 0 1\n')
    },
    says: 'The EFI partition is not mounted, so its loader could not be looked at.',
    as: 'PROBLEM',
  },
  {
    name: 'the script that keeps the card is another one',
    plant: (r) => r.put('/usr/local/lib/bootlace/keep-network', '#!/bin/sh\n', 0o755),
    says: 'The network card stays as the loader set it up.',
    as: 'to do',
  },
  {
    name: 'the script that keeps the card is not called',
    plant: (r) => r.remove('/etc/systemd/system/sysinit.target.wants/bootlace-network.service'),
    says: 'The network card stays as the loader set it up.',
    as: 'to do',
  },
  {
    name: 'ifupdown asks DHCP for the card',
    plant: (r) => r.edit('/etc/network/interfaces', 'ens3 inet manual', 'ens3 inet dhcp'),
    says: 'Linux does not set the network card up anew (ifupdown: manual).',
    as: 'to do',
  },
  {
    name: 'ifupdown switches the card off at shutdown',
    plant: (r) => r.edit('/etc/network/interfaces', 'no-auto-down ens3\n', ''),
    says: 'The network card stays on until the PC is off (ifupdown: no-auto-down).',
    as: 'to do',
  },
  {
    name: 'netplan lets go of the card',
    plant: (r) =>
      r.put(
        '/etc/netplan/50.yaml',
        'network:\n  version: 2\n  ethernets: # cards\n    ens5:\n      dhcp4: true\n    "any":\n      match: {name: en*}\n',
      ),
    says: "Ubuntu's netplan does not let go of the network card (critical: true).",
    as: 'to do',
    mended: (r) =>
      expect(r.read('/etc/netplan/99-bootlace.yaml')).toBe(
        '# Written by the Bootlace kit.\nnetwork:\n  version: 2\n  ethernets:\n' +
          ['any', 'ens5'].map((c) => `    ${c}:\n      critical: true\n      dhcp-identifier: mac\n`).join(''),
      ),
  },
  {
    name: 'dhcpcd takes the card down with it',
    plant: (r) => r.put('/etc/dhcpcd.conf', 'hostname\n'),
    says: 'Dhcpcd leaves the network card set up when it ends.',
    as: 'to do',
  },
  {
    name: 'NetworkManager is told to take every card',
    plant: (r) => r.put('/etc/NetworkManager/conf.d/10-all.conf', '[device-all]\nmatch-device=*\nmanaged=1\n'),
    says: 'NetworkManager is told to take all network cards, also the one of the disk.',
    as: 'PROBLEM',
  },
  ...[
    ['ifupdown', '/etc/network/interfaces.d/lan', 'iface ens4 inet static\n  address 192.168.1.5/24\n'],
    [
      'NetworkManager',
      '/etc/NetworkManager/system-connections/lan.nmconnection',
      '[ipv4]\naddress1=192.168.1.5/24\nmethod=manual\n',
    ],
    ['systemd-networkd', '/etc/systemd/network/lan.network', '[Network]\nAddress=192.168.1.5/24\n'],
    ['dhcpcd', '/etc/dhcpcd.conf', 'persistent\nstatic ip_address=192.168.1.5/24\n'],
    ['netctl', '/etc/netctl/lan', "IP=static\nAddress=('192.168.1.5/24')\n"],
    ["Fedora's files", '/etc/sysconfig/network-scripts/ifcfg-ens4', 'BOOTPROTO=none\nIPADDR=192.168.1.5/24\n'],
  ].map(([by, path, text]) => ({
    name: `an address typed in: ${by}`,
    plant: (r: { put(path: string, text: string): void }) => r.put(path!, text!),
    says: TYPED_IN,
    as: 'PROBLEM' as const,
    tells: '192.168.1.5/24\n',
  })),
  {
    name: 'a connection of one card only (NetworkManager)',
    plant: (r) =>
      r.put('/etc/NetworkManager/system-connections/a.nmconnection', '[ethernet]\nmac-address=02:00:00:00:00:01\n'),
    says: ONE_CARD,
    as: 'PROBLEM',
    tells: '/etc/NetworkManager/system-connections/a.nmconnection: mac-address=02:00:00:00:00:01',
  },
  {
    name: 'a network of one card only (systemd-networkd)',
    plant: (r) => r.put('/etc/systemd/network/a.network', '[Match]\nMACAddress=02:00:00:00:00:01\n'),
    says: ONE_CARD,
    as: 'PROBLEM',
  },
  {
    name: "Proxmox' bridge",
    plant: (r) =>
      r.put('/etc/network/interfaces.d/vm', 'iface vmbr0 inet6 auto\n  bridge-ports ens3\n  bridge-stp off\n'),
    says: BRIDGE,
    as: 'PROBLEM',
    tells: '/etc/network/interfaces.d/vm: vmbr0 takes ens3',
  },
  {
    name: "a bridge of systemd-networkd's",
    plant: (r) => r.put('/etc/systemd/network/b.network', '[Match]\nName=en*\n[Network]\nBridge=br0\n'),
    says: BRIDGE,
    as: 'PROBLEM',
    tells: '/etc/systemd/network/b.network: br0',
  },
  {
    name: 'Xen below the system',
    plant: (r) => r.put('/boot/xen-4.17-amd64.gz', ''),
    says: 'The hypervisor Xen is installed: a Linux below it does not learn where its disk is.',
    as: 'PROBLEM',
  },
  {
    name: 'the PC may hibernate',
    plant: (r) => r.remove('/etc/systemd/system/hibernate.target'),
    says: 'The PC does not fall asleep (it would lose its disk).',
    as: 'to do',
  },
  {
    name: 'one machine-id for all',
    plant: (r) => r.put('/etc/machine-id', '0123456789abcdef0123456789abcdef\n'),
    says: ID,
    as: 'to do',
  },
  {
    name: "one machine-id for all, in D-Bus' file",
    plant: (r) => {
      r.remove('/var/lib/dbus/machine-id')
      r.put('/var/lib/dbus/machine-id', '0123456789abcdef0123456789abcdef\n')
    },
    says: ID,
    as: 'to do',
  },
  {
    name: 'SSH host keys for all',
    plant: (r) => r.put('/etc/ssh/ssh_host_rsa_key', 'secret', 0o600),
    says: KEYS,
    as: 'to do',
    mended: (r) => expect(r.has('/etc/ssh/ssh_host_rsa_key')).toBe(false),
  },
  {
    name: 'nothing would make SSH host keys',
    plant: (r) => r.remove('/etc/systemd/system/multi-user.target.wants/bootlace-ssh-keys.service'),
    says: KEYS,
    as: 'to do',
  },
  {
    name: 'names of cards bound to one card',
    plant: (r) => r.put('/etc/udev/rules.d/70-persistent-net.rules', 'SUBSYSTEM=="net"\n'),
    says: "No name of a network card is bound to this PC's card.",
    as: 'to do',
  },
  {
    name: 'a lease of this PC',
    plant: (r) => r.put('/var/lib/dhcp/dhclient.ens3.leases', 'lease\n'),
    says: 'No leases or random numbers of this PC are left.',
    as: 'to do',
  },
  {
    name: 'the random seed of this PC',
    plant: (r) => r.put('/var/lib/systemd/random-seed', 'x'),
    says: 'No leases or random numbers of this PC are left.',
    as: 'to do',
  },
])
