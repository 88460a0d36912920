import { attempt, valueOf, type Attempt } from '../disk/attempt.ts'
import type { FileTree } from '../disk/file-system.ts'
import { unreadable } from '../disk/source.ts'
import { isNetworkDriver, moduleName, type InitramfsContents } from '../initramfs/contents.ts'
import { readInitramfs } from '../initramfs/read.ts'
import { compareVersions } from './text-files.ts'

/** A folder that holds kernels. */
export interface KernelFolder {
  readonly files: FileTree
  /** `/boot`, or `` for the top of a partition of its own. */
  readonly folder: string
}

export interface Kernel {
  /** `6.1.0-56-amd64`, or what stands behind the dash: `linux`. */
  readonly version: string
  readonly file: string
  /** Undefined: it has none. */
  readonly initramfs: string | undefined
  readonly at: KernelFolder
}

/** What a kernel can do before it has its disk. */
export interface KernelContents {
  readonly initramfs: Attempt<InitramfsContents>
  /** Modules that are a part of the kernel itself; not ok: nobody can say. */
  readonly builtIn: Attempt<ReadonlySet<string>>
  readonly builtInNetworkDrivers: readonly string[]
}

const KERNEL = /^(?:vmlinuz|vmlinux|kernel|bzImage|Image)-(.+)$/
const NOT_FOR_STARTING = /rescue|fallback|\.old$|\.sig$|\.hmac$|memtest/
const MOST_KERNELS = 64

/** Kernels with their initramfs, newest first. Rescue kernels are left out. */
export async function listKernels(at: KernelFolder): Promise<Kernel[]> {
  const names = (await at.files.names(at.folder === '' ? '/' : at.folder)) ?? []
  const there = new Set(names)
  const kernels: Kernel[] = []
  for (const name of names) {
    const version = KERNEL.exec(name)?.[1]
    if (version === undefined || NOT_FOR_STARTING.test(name)) continue
    const initramfs = [
      `initrd.img-${version}`,
      `initramfs-${version}.img`,
      `initrd-${version}`,
      `initrd-${version}.img`,
      `initramfs-${version}`,
    ].find((candidate) => there.has(candidate))
    kernels.push({
      version,
      file: `${at.folder}/${name}`,
      initramfs: initramfs && `${at.folder}/${initramfs}`,
      at,
    })
  }
  return kernels.sort((a, b) => compareVersions(b.version, a.version)).slice(0, MOST_KERNELS)
}

/** @param root the system's own files, for what is built into the kernel; undefined when they are not readable */
export async function readKernel(kernel: Kernel, root: FileTree | undefined): Promise<KernelContents> {
  const builtIn = await attempt(() => builtInPaths(kernel, root))
  const paths = valueOf(builtIn)
  return {
    initramfs: await attempt(async () => {
      const source = kernel.initramfs === undefined ? undefined : await kernel.at.files.file(kernel.initramfs)
      if (!source) throw unreadable('it is no file')
      return (await readInitramfs(source)).contents
    }),
    builtIn:
      paths === undefined
        ? { ok: false, reason: builtIn.ok ? 'the list of what is built into the kernel is missing' : builtIn.reason }
        : { ok: true, value: new Set(paths.map((path) => moduleName(/([^/]+)\.ko$/.exec(path)?.[1] ?? path))) },
    builtInNetworkDrivers: (paths ?? [])
      .filter(isNetworkDriver)
      .map((path) => moduleName(/([^/]+)\.ko$/.exec(path)![1]!)),
  }
}

/** Options whose modules decide, for systems of which only the kernel's configuration is readable. */
const OPTIONS = { CONFIG_ISCSI_TCP: 'iscsi_tcp', CONFIG_ISCSI_IBFT: 'iscsi_ibft' } as const

/** Undefined: there is no such list. Source: Linux kernel documentation, "Kbuild", modules.builtin. */
async function builtInPaths(kernel: Kernel, root: FileTree | undefined): Promise<string[] | undefined> {
  for (const folder of ['/lib/modules', '/usr/lib/modules']) {
    const text = await root?.text(`${folder}/${await moduleVersion(kernel.version, folder, root)}/modules.builtin`)
    if (text !== undefined) return text.split('\n').filter((line) => line !== '')
  }
  const config = await kernel.at.files.text(`${kernel.at.folder}/config-${kernel.version}`)
  if (config === undefined) return undefined
  return Object.entries(OPTIONS)
    .filter(([option]) => config.includes(`\n${option}=y\n`))
    .map(([, module]) => `${module}.ko`)
}

/** Arch names its kernels by package; the package's name stands beside the modules. */
async function moduleVersion(version: string, folder: string, root: FileTree): Promise<string> {
  const names = (await root.names(folder)) ?? []
  if (names.includes(version)) return version
  for (const name of names.slice(0, MOST_KERNELS))
    if ((await root.text(`${folder}/${name}/pkgbase`))?.trim() === version) return name
  return version
}
