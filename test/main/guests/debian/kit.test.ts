import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DEBIAN_KIT } from '../../../../src-main/guests/debian/kit.ts'
import { hasProgram } from '../../../support/programs.ts'

/** The kit in a folder that looks like a Debian; `chroot` is a program of ours that writes down what it is asked and makes the
 *  initramfs new. */
let folder: string
let root: string
const kit = () => join(folder, 'kit')

function put(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text, { mode })
}
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-kit-'))
  root = join(folder, 'root')
  writeFileSync(kit(), DEBIAN_KIT)
  mkdirSync(join(folder, 'bin'))
  writeFileSync(
    join(folder, 'bin', 'chroot'),
    `#!/bin/sh\necho "$*" >>'${folder}/chroot.log'\ntouch "$1"/boot/initrd.img-*\n`,
  )
  chmodSync(join(folder, 'bin', 'chroot'), 0o755)
  put('/sbin/iscsistart', '', 0o755)
  put('/usr/share/initramfs-tools/hooks/iscsi', '#!/bin/sh\n', 0o755)
  put('/etc/initramfs-tools/initramfs.conf', '#\nMODULES=dep\nBUSYBOX=auto\n')
  put('/etc/iscsi/iscsi.initramfs', 'ISCSI_AUTO=false\nISCSI_TARGET_PORT=3260\n')
  put('/etc/network/interfaces', 'auto lo\niface lo inet loopback\nallow-hotplug ens3\niface ens3 inet dhcp\n')
  put('/etc/machine-id', '0123456789abcdef0123456789abcdef\n')
  put('/var/lib/dbus/machine-id', '0123456789abcdef0123456789abcdef\n')
  put('/etc/ssh/sshd_config', '')
  put('/etc/ssh/ssh_host_ed25519_key', 'secret')
  put('/etc/ssh/ssh_host_ed25519_key.pub', 'public')
  put('/etc/udev/rules.d/70-persistent-net.rules', 'SUBSYSTEM=="net", NAME="eth0"\n')
  put('/etc/fstab', '# disks\nUUID=1234 / ext4 errors=remount-ro 0 1\n/dev/sr0 /media/cdrom0 udf noauto 0 0\n')
  put('/boot/initrd.img-6.1.0-1-amd64', '')
  utimesSync(join(root, 'boot/initrd.img-6.1.0-1-amd64'), 1000, 1000)
})
afterEach(() => rmSync(folder, { recursive: true }))

function run(shell: string, ...words: string[]) {
  const env = { PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`, ROOT: `${root}/` }
  const { status, stdout, stderr } = spawnSync(shell, [kit(), ...words], { env, encoding: 'utf8' })
  return { status, stdout, stderr }
}

/** Every file with its kind, rights and content. */
function picture(): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name)
      if (entry.isSymbolicLink()) return `${path} -> ${readlinkSync(path)}`
      if (!entry.isFile()) return path
      const hash = createHash('sha256').update(readFileSync(path)).digest('hex')
      return `${path} ${statSync(path).mode.toString(8)} ${statSync(path).mtimeMs} ${hash}`
    })
    .sort()
}

const shells = ['sh', 'dash', 'bash'].filter(hasProgram)

test.each(shells)('%s can read it', (shell) => {
  execFileSync(shell, ['-n', kit()])
})

test('holds nothing that only bash knows, and is plain text', () => {
  expect(DEBIAN_KIT).not.toMatch(/(^|\s)(local|function|declare|source) \w|<<<|\[\[ | == \S+ \]/m)
  expect(DEBIAN_KIT).toMatch(/^#!\/bin\/sh\n/)
  expect(DEBIAN_KIT).toMatch(/^[\x20-\x7e\n]*$/)
})

describe.each(shells)('run by %s', (shell) => {
  test('check says what is to do, changes nothing and exits with 1', () => {
    const before = picture()
    const { status, stdout } = run(shell, 'check')
    expect(picture()).toEqual(before)
    expect(status).toBe(1)
    expect(stdout.match(/^to do {4}/gm)).toHaveLength(11)
    expect(stdout).toContain('Not ready yet. Run: sudo sh kit apply')
    expect(existsSync(join(folder, 'chroot.log'))).toBe(false)
  })

  test('apply does all of it, and a second time changes nothing', () => {
    const first = run(shell)
    expect(first).toMatchObject({ status: 0, stderr: '' })
    expect(first.stdout).toContain('Ready. Now shut this PC down')
    expect(read('/etc/iscsi/iscsi.initramfs')).toBe('ISCSI_TARGET_PORT=3260\nISCSI_AUTO=true\n')
    expect(read('/etc/initramfs-tools/conf.d/zz-bootlace')).toBe('MODULES=most\n')
    expect(read('/etc/network/interfaces')).toBe(
      'auto lo\niface lo inet loopback\nallow-hotplug ens3\niface ens3 inet manual\n',
    )
    expect(read('/etc/machine-id')).toBe('')
    expect(lstatSync(join(root, 'var/lib/dbus/machine-id')).isSymbolicLink()).toBe(true)
    expect(readdirSync(join(root, 'etc/ssh'))).toEqual(['sshd_config'])
    expect(read('/etc/systemd/system/bootlace-ssh-keys.service')).toContain('ExecStart=/usr/bin/ssh-keygen -A')
    expect(existsSync(join(root, 'etc/udev/rules.d/70-persistent-net.rules'))).toBe(false)
    expect(read('/etc/fstab')).toContain('UUID=1234 / ext4 errors=remount-ro,_netdev 0 1\n')
    expect(read('/etc/fstab')).toContain('/dev/sr0 /media/cdrom0 udf noauto 0 0\n')
    expect(readlinkSync(join(root, 'etc/systemd/system/sysinit.target.wants/bootlace-network.service'))).toBe(
      '/etc/systemd/system/bootlace-network.service',
    )
    expect(readFileSync(join(folder, 'chroot.log'), 'utf8')).toBe(`${root} update-initramfs -u -k all\n`)

    const before = picture()
    const second = run(shell, 'apply')
    expect(second.status).toBe(0)
    expect(second.stdout).not.toMatch(/^done/m)
    expect(picture()).toEqual(before)
    expect(run(shell, 'check').status).toBe(0)
    expect(readFileSync(join(folder, 'chroot.log'), 'utf8').split('\n')).toHaveLength(2)
  })

  test('the script it leaves behind is one that this shell can read', () => {
    run(shell)
    execFileSync(shell, ['-n', join(root, 'usr/local/lib/bootlace/keep-network')])
  })

  test('addresses that were typed in are flagged wherever they stand, and left for people', () => {
    put('/etc/network/interfaces.d/lan', 'iface ens4 inet static\n  address 192.168.1.5/24\n')
    put(
      '/etc/netplan/01.yaml',
      'network:\n  ethernets:\n    ens5:\n      dhcp4: false # no\n      addresses: [192.168.1.6/24]\n      nameservers:\n        addresses: [192.168.1.1]\n',
    )
    put('/etc/netplan/02.yaml', 'network:\n  ethernets:\n    ens6:\n      addresses:\n        - 192.168.1.8/24\n')
    put('/etc/NetworkManager/system-connections/lan.nmconnection', '[ipv4]\naddress1=192.168.1.7/24\nmethod=manual\n')
    put('/etc/NetworkManager/system-connections/auto.nmconnection', '[ipv4]\nmethod=auto\n[ipv6]\nmethod=manual\n')
    put('/etc/systemd/network/lan.network', '[Network]\nAddress=192.168.1.9/24\n')
    const { status, stdout } = run(shell)
    expect(status).toBe(1)
    expect(stdout).toContain('PROBLEM  A network card has an address that was typed in')
    const listed = [...stdout.matchAll(/^ {9}\/etc\S+: (?:\S+ )?(\S+)$/gm)].map((m) => m[1])
    expect(listed).toEqual(['192.168.1.5/24', '192.168.1.6/24', '192.168.1.8/24', '192.168.1.7/24', '192.168.1.9/24'])
    expect(read('/etc/network/interfaces.d/lan')).toContain('inet static')
  })

  test('without open-iscsi it says the command and does nothing', () => {
    rmSync(join(root, 'sbin/iscsistart'))
    const before = picture()
    const { status, stdout } = run(shell)
    expect(status).toBe(1)
    expect(stdout).toContain('Type: sudo apt install open-iscsi')
    expect(picture()).toEqual(before)
  })

  test('a system that is named by its place in the PC is flagged', () => {
    put('/etc/fstab', '/dev/sda1 / ext4 defaults 0 1\n')
    const { status, stdout } = run(shell)
    expect(status).toBe(1)
    expect(stdout).toContain('/etc/fstab names the system by its place in this PC: /dev/sda1.')
  })

  test('an initramfs that cannot be made is a problem, not a success', () => {
    writeFileSync(join(folder, 'bin', 'chroot'), '#!/bin/sh\nexit 1\n')
    const { status, stdout } = run(shell)
    expect(status).toBe(1)
    expect(stdout).toContain('PROBLEM  The initramfs holds all of this.: this did not work.')
    // The next run tries again.
    expect(run(shell, 'check').stdout).toContain('to do    The initramfs holds all of this.')
  })

  test('refuses other words', () => {
    expect(run(shell, 'remove')).toMatchObject({ status: 64, stdout: '' })
  })
})
