import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { seededRandom } from './random.ts'

/** Trees like those of real installation media, with small files of their own bytes in place of the large ones. */

const bytes = (seed: number, length = 3000 + seed): Uint8Array => seededRandom(seed).bytes(length)
const text = (value: string): Uint8Array => new TextEncoder().encode(value)

export type Layout = Readonly<Record<string, Uint8Array>>

export const UBUNTU: Layout = {
  '.disk/info': text('Ubuntu-Server 24.04.1 LTS "Noble Numbat" - Release amd64 (20240827)'),
  'casper/vmlinuz': bytes(1),
  'casper/initrd': bytes(2, 70_000),
  'casper/ubuntu-server-minimal.squashfs': bytes(3),
}
export const FEDORA: Layout = {
  '.treeinfo': text(
    '[general]\nfamily = Fedora\nversion = 43\nname = Fedora 43\n\n[stage2]\nmainimage = images/install.img\n',
  ),
  '.discinfo': text('1760000000.0\n43\nx86_64\n'),
  'images/pxeboot/vmlinuz': bytes(4),
  'images/pxeboot/initrd.img': bytes(5, 300_001),
  'images/install.img': bytes(6, 600_000),
  'repodata/repomd.xml': text('<repomd/>'),
  'Packages/l/libgcc++-15.2.1-3.fc43.x86_64.rpm': bytes(7),
}
export const ARCH: Layout = {
  'arch/version': text('2025.11.01\n'),
  'arch/boot/x86_64/vmlinuz-linux': bytes(8),
  'arch/boot/x86_64/initramfs-linux.img': bytes(9),
  'arch/x86_64/airootfs.sfs': bytes(10, 20_000),
}
export const DEBIAN: Layout = {
  '.disk/info': text('Debian GNU/Linux 13.1.0 "Trixie" - Official amd64 NETINST with firmware 20250906-10:22'),
  'install.amd/vmlinuz': bytes(11),
  'install.amd/initrd.gz': bytes(12),
  'pool/main/b/base-files/base-files_13_amd64.deb': bytes(13),
}
export const DEBIAN_MINI: Layout = { linux: bytes(14), 'initrd.gz': bytes(15), 'boot.cat': bytes(16, 2048) }
export const DEBIAN_LIVE: Layout = {
  '.disk/info': text('Debian GNU/Linux 13.1.0 "Trixie" - Official amd64 LIVE/INSTALL Binary 20250906-10:22'),
  'live/vmlinuz-6.12.43-amd64': bytes(17),
  'live/initrd.img-6.12.43-amd64': bytes(18),
  'live/filesystem.squashfs': bytes(19),
}
export const WINDOWS: Layout = {
  'sources/boot.wim': bytes(20),
  'sources/install.wim': bytes(21),
  'setup.exe': bytes(22),
}

export function writeLayout(folder: string, layout: Layout): string {
  for (const [path, content] of Object.entries(layout)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return folder
}
