import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { projectDir } from './paths.ts'
import { captureSync } from './process.ts'

/** Programs the lab runs, with the Debian package that has each. */
const PROGRAMS = {
  'qemu-system-x86_64': 'qemu-system-x86',
  ip: 'iproute2',
  ethtool: 'ethtool',
  tcpdump: 'tcpdump',
  dnsmasq: 'dnsmasq-base',
  udhcpc: 'udhcpc',
  mmdebstrap: 'mmdebstrap',
  sfdisk: 'fdisk',
  mke2fs: 'e2fsprogs',
  mformat: 'mtools',
  xorriso: 'xorriso',
  'grub-mkimage': 'grub-common',
  'grub-mkrescue': 'grub-common',
  cpio: 'cpio',
  zstd: 'zstd',
  unshare: 'util-linux',
  sbsign: 'sbsigntool',
  openssl: 'openssl',
  sysctl: 'procps',
} as const

/** Files the lab reads, with the Debian package that has each. */
const FILES = {
  '/usr/lib/ipxe/qemu/pxe-virtio.rom': 'ipxe-qemu',
  '/usr/share/seabios/bios-256k.bin': 'seabios',
  '/usr/share/OVMF': 'ovmf',
  '/usr/lib/grub/i386-pc/boot.img': 'grub-pc-bin',
  '/usr/lib/grub/x86_64-efi/moddep.lst': 'grub-efi-amd64-bin',
} as const

/** What keeps the lab from running here, in words; empty when it can. */
export function labGaps(): string[] {
  if (process.platform !== 'linux') return ['network namespaces need Linux']
  if (process.getuid?.() !== 0) return ['network namespaces and taps need root']
  const path = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']
  const packages = new Set<string>()
  for (const [program, name] of Object.entries(PROGRAMS)) {
    if (!path.some((dir) => existsSync(join(dir, program)))) packages.add(name)
  }
  for (const [file, name] of Object.entries(FILES)) if (!existsSync(file)) packages.add(name)
  const gaps = packages.size === 0 ? [] : [`these Debian packages are missing: ${[...packages].join(' ')}`]
  if (!existsSync('/usr/bin/apt-get')) gaps.push('the guest is made by Debian tools')
  if (!usable('/dev/net/tun')) gaps.push('/dev/net/tun cannot be opened')
  if (gaps.length === 0 && !namespacesWork()) gaps.push('network namespaces cannot be made here')
  if (!existsSync(join(projectDir, 'dist/main/cli.cjs'))) gaps.push('the program is not built: npm run build')
  if (!existsSync(join(projectDir, 'resources/ipxe/loaders/snponly.efi'))) gaps.push('the iPXE loaders are not there')
  return gaps
}

function usable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK | constants.W_OK)
    return true
  } catch {
    // Absent or forbidden: the answer is no.
    return false
  }
}

function namespacesWork(): boolean {
  const name = `bootlace-lab-probe-${process.pid}`
  if (captureSync(['ip', 'netns', 'add', name]).code !== 0) return false
  const bridge = captureSync(['ip', '-n', name, 'link', 'add', 'br0', 'type', 'bridge']).code === 0
  const enters = captureSync(['ip', 'netns', 'exec', name, 'true']).code === 0
  captureSync(['ip', 'netns', 'del', name])
  return bridge && enters
}
