import { utf8At } from '../../../base/bytes.ts'
import { attempt, type Attempt } from '../disk/attempt.ts'
import type { FileTree } from '../disk/file-system.ts'
import { volumeNamed, type FoundVolume } from '../disk/found-volume.ts'
import { readAll } from '../disk/source.ts'
import { readImageFacts, type ImageFacts } from './image-facts.ts'
import { listKernels, readKernel, type Kernel, type KernelContents, type KernelFolder } from './kernels.ts'
import { readNetworkSettings, type NetworkSetting } from './network-files.ts'
import { dpkgVersion, kernelLinesOfGrub, parseAssignments, parseFstab, type FstabEntry } from './text-files.ts'

export interface LinuxFacts {
  /** Undefined: the system's own files are not readable, only its boot partition. */
  readonly root: LinuxRoot | undefined
  readonly kernels: Attempt<readonly Kernel[]>
  /** Of the newest kernel; undefined: there is none, or it has no initramfs. */
  readonly newest: KernelContents | undefined
  /** Kernel command lines of the boot menu; undefined: no menu was found. */
  readonly menu: Attempt<{ readonly file: string; readonly lines: readonly string[] } | undefined>
}

export interface LinuxRoot {
  readonly name: string
  readonly version: string
  /** `debian`, `ubuntu debian`, `fedora`: the system and what it descends from. */
  readonly family: string
  readonly unclean: string | undefined
  /** The program that keeps iSCSI sessions; undefined: not installed. */
  readonly initiator: Attempt<{ readonly version: string | undefined } | undefined>
  readonly initiatorName: Attempt<string | undefined>
  readonly fstab: Attempt<readonly FstabEntry[]>
  readonly network: readonly NetworkSetting[]
  readonly networkUnread: readonly string[]
  readonly image: ImageFacts
}

const KERNEL_AT_TOP = /^vmlinu[xz]-/
const MOST_STATUS_BYTES = 32 * 2 ** 20

/** Whether a Linux system lies on this volume. */
export async function isLinuxRoot(files: FileTree): Promise<boolean> {
  return (await files.isThere('/etc/os-release')) || (await files.isThere('/usr/lib/os-release'))
}

/** Whether it is the boot partition of a Linux system. */
export async function isLinuxBoot(files: FileTree): Promise<boolean> {
  return ((await files.names('/')) ?? []).some((name) => KERNEL_AT_TOP.test(name))
}

/** @param root the volume with /etc, or undefined when only a boot partition is readable */
export async function readLinux(
  root: FoundVolume | undefined,
  volumes: readonly FoundVolume[],
  progress: (text: string) => void,
): Promise<LinuxFacts> {
  progress('Reading the settings of Linux')
  const facts = root && (await readRoot(root.files))
  const folders = await kernelFolders(root, facts, volumes)
  const kernels = await attempt(async () => {
    for (const folder of folders) {
      const found = await listKernels(folder)
      if (found.length > 0) return found
    }
    return []
  })
  const first = kernels.ok ? kernels.value[0] : undefined
  if (first?.initramfs !== undefined) progress(`Looking into ${first.initramfs}`)
  return {
    root: facts,
    kernels,
    newest: first?.initramfs === undefined ? undefined : await readKernel(first, root?.files),
    menu: await attempt(() => readMenu(folders)),
  }
}

async function kernelFolders(
  root: FoundVolume | undefined,
  facts: LinuxRoot | undefined,
  volumes: readonly FoundVolume[],
): Promise<KernelFolder[]> {
  const entry = facts?.fstab.ok ? facts.fstab.value.find((e) => e.mountPoint === '/boot') : undefined
  const named = entry && volumeNamed(entry.device, volumes)
  const folders: KernelFolder[] = []
  if (named) folders.push({ files: named.files, folder: '' })
  if (root) folders.push({ files: root.files, folder: '/boot' })
  for (const volume of volumes)
    if (volume !== root && volume !== named && (await isLinuxBoot(volume.files)))
      folders.push({ files: volume.files, folder: '' })
  return folders
}

async function readRoot(files: FileTree): Promise<LinuxRoot> {
  const release = await attempt(async () =>
    parseAssignments((await files.text('/etc/os-release')) ?? (await files.text('/usr/lib/os-release')) ?? ''),
  )
  const value = (name: string): string => (release.ok ? (release.value.get(name) ?? '') : '')
  const network = await readNetworkSettings(files)
  return {
    name: value('NAME') || 'Linux',
    version: value('VERSION') || value('VERSION_ID') || value('BUILD_ID'),
    family: `${value('ID')} ${value('ID_LIKE')}`.trim(),
    unclean: files.fileSystem.unclean,
    initiator: await attempt(() => readInitiator(files)),
    initiatorName: await attempt(async () => {
      const text = await files.text('/etc/iscsi/initiatorname.iscsi')
      if (text === undefined) return undefined
      const names = parseAssignments(text)
      return names.get('InitiatorName') ?? (names.get('GenerateName') === 'yes' ? 'made at the first start' : undefined)
    }),
    fstab: await attempt(async () => parseFstab((await files.text('/etc/fstab')) ?? '')),
    network: network.settings,
    networkUnread: network.unread,
    image: await readImageFacts(files),
  }
}

async function readInitiator(files: FileTree): Promise<{ version: string | undefined } | undefined> {
  for (const path of ['/sbin/iscsid', '/usr/sbin/iscsid', '/usr/bin/iscsid']) {
    if (!(await files.isThere(path))) continue
    const status = await attempt(async () => {
      const source = await files.file('/var/lib/dpkg/status')
      const bytes = source && (await readAll(source, MOST_STATUS_BYTES))
      return bytes && dpkgVersion(utf8At(bytes, 0, bytes.length), 'open-iscsi')
    })
    return { version: status.ok ? status.value : undefined }
  }
  return undefined
}

/** GRUB's own menu, and the entries that newer systems keep beside it. */
async function readMenu(folders: readonly KernelFolder[]): Promise<{ file: string; lines: string[] } | undefined> {
  for (const { files, folder } of folders) {
    const lines: string[] = []
    let file: string | undefined
    for (const path of [`${folder}/grub/grub.cfg`, `${folder}/grub2/grub.cfg`]) {
      const text = await files.text(path)
      if (text === undefined) continue
      file ??= path
      lines.push(...kernelLinesOfGrub(text))
    }
    for (const name of ((await files.names(`${folder}/loader/entries`)) ?? []).slice(0, 32)) {
      const text = name.endsWith('.conf') ? await files.text(`${folder}/loader/entries/${name}`) : undefined
      const options = text === undefined ? undefined : /^options\s+(.*)$/m.exec(text)?.[1]
      if (options === undefined) continue
      file ??= `${folder}/loader/entries`
      lines.push(options)
    }
    if (file !== undefined) return { file, lines }
  }
  return undefined
}
