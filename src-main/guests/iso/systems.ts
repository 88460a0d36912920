import { readWindowsMedium } from '../windows/media/medium.ts'
import type { Recognised } from './description.ts'
import type { IsoMedium } from './medium.ts'

/** How each family of systems is told, and what its makers say about starting it over HTTP. */

const GIB = 2 ** 30

const LOADS_ALL = 'Its whole system is loaded into the memory of the PC.'
const ATTACH_BY_HAND =
  'Its disk is not attached by itself: at its prompt type “modprobe iscsi_ibft && iscsistart -b”, then install.'
const CHOOSE_DISK = 'Choose the disk of Bootlace when the installer asks for a drive.'

const firstThere = async (medium: IsoMedium, paths: readonly string[]): Promise<string | undefined> => {
  for (const path of paths) if (await medium.file(path)) return path
  return undefined
}
const sizeOf = async (medium: IsoMedium, path: string): Promise<number> => (await medium.file(path))?.sizeBytes ?? 0

/** The first line of a text, cut to what fits a heading. */
function firstLine(text: string | undefined): string | undefined {
  const line = text?.split(/\r?\n/).find((l) => l.trim() !== '')
  return (
    line &&
    line
      .replace(/[^\x20-\x7e]/g, ' ')
      .trim()
      .slice(0, 120)
  )
}

export async function windows(medium: IsoMedium): Promise<Recognised | undefined> {
  const found = await readWindowsMedium(medium)
  if (!found) return undefined
  const { product, release, build } = found
  return {
    kind: 'windows',
    title: product + (release !== '' ? ` (${release})` : build === '' ? ` (${medium.label || 'no label'})` : ''),
    windows: found,
    notes: [
      'Windows Setup has no kernel and no initrd: the file wimboot starts it over the network. Else it is put into the PC as a DVD or USB stick.',
    ],
  }
}

/** Ubuntu and its kin. The ISO is fetched by the initrd and kept in memory; cloud-init would take `url=` for itself and
 *  fetch it a second time. Source: casper(7); documentation.ubuntu.com/server, "How to netboot the server installer on
 *  amd64". */
export async function casper(medium: IsoMedium): Promise<Recognised | undefined> {
  const initrd = await firstThere(medium, [
    'casper/initrd',
    'casper/initrd.lz',
    'casper/initrd.gz',
    'casper/initrd.img',
  ])
  const kernel = await firstThere(medium, ['casper/vmlinuz', 'casper/vmlinuz.efi'])
  if (!kernel || !initrd) return undefined
  return {
    kind: 'ubuntu',
    title: firstLine(await medium.text('.disk/info')) ?? `Ubuntu (${medium.label})`,
    plan: {
      kernel,
      initrd,
      args: 'ip=dhcp url={iso} cloud-config-url=/dev/null',
      evidence: 'documented',
      memoryBytes: medium.sizeBytes + 2 * GIB,
    },
    notes: [
      LOADS_ALL,
      'It takes a while until the whole ISO is there: the screen stands still meanwhile.',
      ATTACH_BY_HAND,
    ],
  }
}

/** Source: archiso docs/README.bootparams (the address ends with a slash); packages.x86_64 of its releng profile has
 *  open-iscsi. SystemRescue is made with it. */
export async function archiso(medium: IsoMedium): Promise<Recognised | undefined> {
  const layouts = [
    { base: 'arch', kernel: 'vmlinuz-linux', initrd: 'initramfs-linux.img', name: 'Arch Linux' },
    { base: 'sysresccd', kernel: 'vmlinuz', initrd: 'sysresccd.img', name: 'SystemRescue' },
  ]
  for (const { base, name, ...file } of layouts) {
    const kernel = `${base}/boot/x86_64/${file.kernel}`
    const initrd = `${base}/boot/x86_64/${file.initrd}`
    if (!(await medium.file(kernel)) || !(await medium.file(initrd))) continue
    const root = await firstThere(medium, [`${base}/x86_64/airootfs.sfs`, `${base}/x86_64/airootfs.erofs`])
    const version = firstLine((await medium.text(`${base}/version`)) ?? (await medium.text(`${base}/VERSION`)))
    return {
      kind: 'arch',
      title: version === undefined ? name : `${name} ${version}`,
      plan: {
        kernel,
        initrd,
        args: `archisobasedir=${base} archiso_http_srv={files}/ ip=dhcp`,
        evidence: 'documented',
        memoryBytes: (root === undefined ? 0 : await sizeOf(medium, root)) + GIB,
      },
      notes: [LOADS_ALL, ATTACH_BY_HAND],
    }
  }
  return undefined
}

/** Fedora, RHEL and their kin: the installer proper, or a live system with one. Source: anaconda docs/boot-options.rst
 *  and dracut/anaconda-lib.sh (stage 2 by .treeinfo, else images/install.img, else LiveOS/squashfs.img);
 *  dracut.cmdline(7) (root=live:, rd.iscsi.ibft, rd.iscsi.firmware). */
export async function anaconda(medium: IsoMedium): Promise<Recognised | undefined> {
  const kernel = 'images/pxeboot/vmlinuz'
  const initrd = 'images/pxeboot/initrd.img'
  if (!(await medium.file(kernel)) || !(await medium.file(initrd))) return undefined
  const treeInfo = await medium.text('.treeinfo')
  const installer = await medium.file('images/install.img')
  const live = await medium.file('LiveOS/squashfs.img')
  const title = titleOfTree(treeInfo) ?? discInfo(await medium.text('.discinfo')) ?? `Fedora (${medium.label})`
  const disk = 'rd.neednet=1 rd.iscsi.ibft=1 rd.iscsi.firmware=1'
  if (live && !installer && treeInfo === undefined) {
    return {
      kind: 'fedora-live',
      title,
      plan: {
        kernel,
        initrd,
        args: `root=live:{files}/LiveOS/squashfs.img rd.live.image ip=dhcp ${disk}`,
        evidence: 'untried',
        memoryBytes: live.sizeBytes + 2 * GIB,
      },
      notes: [LOADS_ALL, CHOOSE_DISK],
    }
  }
  if (!installer && !live) return undefined
  const hasPackages = (await firstThere(medium, ['repodata/repomd.xml', 'BaseOS/repodata/repomd.xml'])) !== undefined
  return {
    kind: 'fedora',
    title,
    plan: {
      kernel,
      initrd,
      args: `inst.stage2={files}${hasPackages ? ' inst.repo={files}' : ''} ${disk}`,
      evidence: 'documented',
      memoryBytes: 3 * GIB,
    },
    notes: [
      ...(hasPackages ? [] : ['This ISO has no packages: the installer fetches them from the internet.']),
      'The installer finds its disk by itself, under “Specialized & Network Disks” if not among the others.',
    ],
  }
}

/** Name and version of an installation tree. Source: productmd, .treeinfo 1.2, sections general and release. */
function titleOfTree(text: string | undefined): string | undefined {
  const value = (key: string) => text && new RegExp(`^${key}\\s*=\\s*(.+)$`, 'm').exec(text)?.[1]?.trim()
  const name = value('name') ?? value('family')
  const version = value('version')
  if (!name) return undefined
  return firstLine(version === undefined || version === '' || name.includes(version) ? name : `${name} ${version}`)
}

/** The second line is the release. Source: lorax. */
const discInfo = (text: string | undefined): string | undefined => {
  const release = firstLine(text?.split(/\r?\n/)[1])
  return release !== undefined && /^[\d.]+$/.test(release) ? `Fedora ${release}` : release
}

/** Source: linuxrc reference (install=, netsetup=, withiscsi=). */
export async function opensuse(medium: IsoMedium): Promise<Recognised | undefined> {
  const kernel = 'boot/x86_64/loader/linux'
  const initrd = 'boot/x86_64/loader/initrd'
  if (!(await medium.file(kernel)) || !(await medium.file(initrd))) return undefined
  return {
    kind: 'opensuse',
    title: `openSUSE (${medium.label})`,
    plan: {
      kernel,
      initrd,
      args: 'install={files} netsetup=dhcp withiscsi=1',
      evidence: 'untried',
      memoryBytes: 2 * GIB,
    },
    notes: ['When the installer asks for iSCSI disks, choose the one of the iBFT.'],
  }
}

/** Debian's live systems. Source: live-boot(7), fetch=; the address of the PC comes by DHCP. */
export async function liveBoot(medium: IsoMedium): Promise<Recognised | undefined> {
  const names = (await medium.names('live')) ?? []
  const kernel = names.find((name) => /^vmlinuz/.test(name))
  const initrd = names.find((name) => /^initrd/.test(name))
  const root = await medium.file('live/filesystem.squashfs')
  if (!kernel || !initrd || !root) return undefined
  return {
    kind: 'debian-live',
    title: firstLine(await medium.text('.disk/info')) ?? `Debian live (${medium.label})`,
    plan: {
      kernel: `live/${kernel}`,
      initrd: `live/${initrd}`,
      args: 'boot=live components ip=dhcp fetch={files}/live/filesystem.squashfs',
      evidence: 'documented',
      memoryBytes: root.sizeBytes + GIB,
    },
    notes: [LOADS_ALL, ATTACH_BY_HAND],
  }
}

/** Debian's CD and DVD. Their initrd has the part that looks for a CD drive and not the one that fetches packages over the
 *  network; the two are different builds. Source: debian-installer build/pkg-lists (cdrom, netboot). */
export async function debianInstaller(medium: IsoMedium): Promise<Recognised | undefined> {
  const kernel = await firstThere(medium, ['install.amd/vmlinuz', 'install.386/vmlinuz'])
  if (!kernel) return undefined
  return {
    kind: 'debian',
    title: firstLine(await medium.text('.disk/info')) ?? `Debian (${medium.label})`,
    notes: [
      'The installer on this ISO insists on a CD drive: over the network it stops and asks for its CD.',
      'Take Debian’s mini.iso instead, or its files “linux” and “initrd.gz” (netboot) as kernel and initrd: they fetch everything over the network.',
      'A BIOS PC can also start from this ISO as a CD or USB stick of its own, with the disk kept.',
    ],
  }
}

/** Debian's mini.iso is its network installer: all it needs lies in the initrd, the rest comes from a mirror. The names of
 *  the questions are those of partman-iscsi and hw-detect. */
export async function debianNetboot(medium: IsoMedium): Promise<Recognised | undefined> {
  if (!(await medium.file('linux')) || !(await medium.file('initrd.gz'))) return undefined
  return {
    kind: 'debian-netboot',
    title: firstLine(await medium.text('.disk/info')) ?? 'Debian network installer',
    plan: {
      kernel: 'linux',
      initrd: 'initrd.gz',
      args: 'disk-detect/ibft/enable=true partman-iscsi/iscsi_auto=true',
      evidence: 'untried',
      memoryBytes: GIB,
    },
    notes: [
      'This ISO has no packages: the installer fetches them from the internet.',
      'If it finds no drive, choose “Configure iSCSI volumes” and log in to the disk of Bootlace.',
    ],
  }
}
