import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { KITS } from '../../src-main/guests/linux/kit/all.ts'
import { hasProgram } from './programs.ts'

/** Shells that the kits are run by: Debian's, the smallest there is, and the one Fedora and Arch call sh. */
export const KIT_SHELLS = ['dash', 'busybox', 'bash'].filter(hasProgram)

export type KitName = 'debian' | 'dracut' | 'arch'
export const KIT_NAMES: readonly KitName[] = ['debian', 'dracut', 'arch']

/** A folder that looks like an installed Linux, in which a kit runs by ROOT. The one program that cannot run there is `chroot`: it is one
 *  of ours, which writes down what it is asked and makes the initramfs new. */
export class KitRoot {
  readonly folder = mkdtempSync(join(tmpdir(), 'bootlace-kit-'))
  readonly root = join(this.folder, 'root')
  readonly #log = join(this.folder, 'chroot.log')

  constructor() {
    mkdirSync(join(this.folder, 'bin'))
    mkdirSync(this.root)
    this.chrootDoes(
      'case $2 in\n' +
        'update-initramfs) touch "$1"/boot/initrd.img-* ;;\n' +
        'dracut) for last in "$@"; do :; done; touch "$1$last" ;;\n' +
        'mkinitcpio) touch "$1"/boot/initramfs-*.img ;;\n' +
        '*) exit 127 ;;\nesac\n',
    )
  }

  /** What stands in for chroot does. */
  chrootDoes(script: string): void {
    const file = join(this.folder, 'bin', 'chroot')
    writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' "$*" | sed "s|^$1 ||" >>'${this.#log}'\n${script}`)
    chmodSync(file, 0o755)
  }

  /** What was asked of programs inside the root, one call a line. */
  calls(): string[] {
    return existsSync(this.#log) ? readFileSync(this.#log, 'utf8').trimEnd().split('\n') : []
  }

  at = (path: string): string => join(this.root, path)

  put(path: string, text: string, mode = 0o644): void {
    mkdirSync(dirname(this.at(path)), { recursive: true })
    writeFileSync(this.at(path), text, { mode })
  }
  append(path: string, text: string): void {
    appendFileSync(this.at(path), text)
  }
  /** Replaces what must be there. */
  edit(path: string, from: string | RegExp, to: string): void {
    const before = this.read(path)
    const after = before.replace(from, to)
    if (after === before) throw new Error(`${path} does not hold ${String(from)}`)
    writeFileSync(this.at(path), after)
  }
  link(path: string, target: string): void {
    mkdirSync(dirname(this.at(path)), { recursive: true })
    rmSync(this.at(path), { force: true })
    symlinkSync(target, this.at(path))
  }
  remove(path: string): void {
    rmSync(this.at(path), { recursive: true })
  }
  /** Gives a file an age, so that whatever is written later is newer. */
  old(path: string): void {
    utimesSync(this.at(path), 1000, 1000)
  }
  read = (path: string): string => readFileSync(this.at(path), 'utf8')
  has = (path: string): boolean => existsSync(this.at(path))

  /** Every file with its kind, rights and content. */
  picture(): string[] {
    return readdirSync(this.root, { recursive: true, withFileTypes: true })
      .map((entry) => {
        const path = join(entry.parentPath, entry.name)
        if (entry.isSymbolicLink()) return `${path} -> ${readlinkSync(path)}`
        const { mode, mtimeMs } = statSync(path)
        if (!entry.isFile()) return `${path} ${mode.toString(8)}`
        const hash = createHash('sha256').update(readFileSync(path)).digest('hex')
        return `${path} ${mode.toString(8)} ${mtimeMs} ${hash}`
      })
      .sort()
  }

  /** Runs a kit by its name, as `curl ... | sh -s WORDS` does: the script is standard input. */
  run(shell: string, kit: string, ...words: string[]) {
    const env = { PATH: `${join(this.folder, 'bin')}:${process.env['PATH'] ?? ''}`, ROOT: `${this.root}/` }
    const args = [...(shell === 'busybox' ? ['sh'] : []), '-s', ...words]
    const { status, stdout, stderr } = spawnSync(shell, args, { env, encoding: 'utf8', input: KITS.get(kit)! })
    return { status, stdout, stderr }
  }

  /** The same system an hour later: busybox' find compares whole seconds. */
  copy(): KitRoot {
    const copy = new KitRoot()
    cpSync(this.root, copy.root, { recursive: true, verbatimSymlinks: true })
    for (const entry of readdirSync(this.root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const path = join(entry.parentPath, entry.name)
      const seconds = statSync(path).mtimeMs / 1000 - 3600
      utimesSync(join(copy.root, relative(this.root, path)), seconds, seconds)
    }
    return copy
  }

  close(): void {
    rmSync(this.folder, { recursive: true })
  }
}

/** A system as its installer leaves it, with a disk of its own: nothing is prepared yet. */
export function freshSystem(name: KitName): KitRoot {
  const r = new KitRoot()
  r.put('/etc/machine-id', '0123456789abcdef0123456789abcdef\n')
  r.put('/etc/ssh/sshd_config', '')
  r.put('/etc/ssh/ssh_host_ed25519_key', 'secret')
  r.put('/etc/ssh/ssh_host_ed25519_key.pub', 'public')
  r.put('/etc/fstab', '# disks\nUUID=1234 / ext4 errors=remount-ro 0 1\n/dev/sr0 /media/cdrom0 udf noauto 0 0\n')
  r.put('/etc/iscsi/iscsid.conf', ISCSID_CONF, 0o600)
  r.put('/etc/iscsi/initiatorname.iscsi', 'InitiatorName=iqn.1993-08.org.debian:01:abc\n', 0o600)
  r.put(
    '/usr/lib/systemd/system/iscsid.service',
    '[Service]\nExecStart=/sbin/iscsid\n\n[Install]\nWantedBy=sysinit.target\n',
  )
  r.put('/boot/efi/EFI/vendor/shimx64.efi', 'shim')
  r.put('/boot/efi/EFI/vendor/grubx64.efi', 'grub')
  r.put('/var/lib/systemd/random-seed', 'random')
  PARTICULAR[name](r)
  return r
}

/** As open-iscsi 2.1.8 has it, without comments. */
const ISCSID_CONF = `iscsid.startup = /bin/systemctl start iscsid.socket
node.startup = manual
# node.session.auth.password = secret
node.session.timeo.replacement_timeout = 120
node.conn[0].timeo.login_timeout = 15
node.conn[0].timeo.noop_out_interval = 5
node.conn[0].timeo.noop_out_timeout = 5
`

const PARTICULAR: Readonly<Record<KitName, (r: KitRoot) => void>> = {
  debian: (r) => {
    r.put('/sbin/iscsistart', '', 0o755)
    r.put('/usr/share/initramfs-tools/hooks/iscsi', '#!/bin/sh\n', 0o755)
    r.put('/lib/open-iscsi/startup-checks.sh', '#!/bin/sh\n', 0o755)
    r.put('/etc/default/open-iscsi', 'HANDLE_NETDEV=1\nISCSI_ROOT_KEEP_ALL_SESSIONS_AT_SHUTDOWN=0\n')
    r.put('/etc/initramfs-tools/initramfs.conf', '#\nMODULES=dep\nBUSYBOX=auto\n')
    r.put('/etc/iscsi/iscsi.initramfs', 'ISCSI_AUTO=false\nISCSI_TARGET_PORT=3260\n')
    r.put('/etc/network/interfaces', 'auto lo\niface lo inet loopback\nallow-hotplug ens3\niface ens3 inet dhcp\n')
    r.put('/etc/default/grub', 'GRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX=""\n')
    r.put('/boot/grub/grub.cfg', "menuentry 'Debian' {\n\tlinux\t/boot/vmlinuz-6.1.0 root=UUID=1234 ro  quiet\n}\n")
    r.put('/var/lib/dbus/machine-id', '0123456789abcdef0123456789abcdef\n')
    r.put('/etc/udev/rules.d/70-persistent-net.rules', 'SUBSYSTEM=="net", NAME="eth0"\n')
    r.put('/boot/initrd.img-6.1.0-1-amd64', '')
    r.old('/boot/initrd.img-6.1.0-1-amd64')
  },
  dracut: (r) => {
    for (const program of ['dracut', 'iscsid', 'iscsiadm', 'iscsi-iname', 'dhclient'])
      r.put(`/usr/sbin/${program}`, '', 0o755)
    r.put('/etc/debian_version', '12.1\n')
    r.put('/lib/open-iscsi/startup-checks.sh', '#!/bin/sh\n', 0o755)
    r.put('/usr/lib/dracut/modules.d/95iscsi/module-setup.sh', '')
    r.put('/usr/lib/dracut/modules.d/35network-legacy/module-setup.sh', '')
    r.put('/usr/bin/gawk', '', 0o755)
    r.link('/etc/alternatives/awk', '/usr/bin/mawk')
    r.link('/usr/bin/awk', '/etc/alternatives/awk')
    r.put('/etc/default/grub', 'GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX="rhgb quiet"\n')
    r.put('/etc/kernel/cmdline', 'root=UUID=1234 ro rhgb quiet\n')
    r.put(
      '/boot/loader/entries/0123-6.1.conf',
      'title Fedora\nlinux /vmlinuz-6.1\noptions root=UUID=1234 ro rhgb quiet\n',
    )
    r.put('/boot/grub2/grub.cfg', 'blscfg\n')
    r.put('/usr/lib/modules/6.1/modules.dep', '')
    r.put('/boot/initramfs-6.1.img', '')
    r.old('/boot/initramfs-6.1.img')
  },
  arch: (r) => {
    r.put('/usr/bin/iscsistart', '', 0o755)
    r.put(
      '/etc/mkinitcpio.conf',
      '# vim:set ft=sh\nMODULES=()\n#    HOOKS=(base)\nHOOKS=(base systemd autodetect microcode modconf kms keyboard sd-vconsole block filesystems fsck)\n',
    )
    r.put('/boot/loader/entries/arch.conf', 'title Arch\nlinux /vmlinuz-linux\noptions root=UUID=1234 rw\n')
    r.put('/boot/initramfs-linux.img', '')
    r.old('/boot/initramfs-linux.img')
  },
}
