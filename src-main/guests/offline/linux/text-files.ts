/** Text files of a Linux system that matter to its start, decoded. Lines that are not understood are left out. */

/** NAME=value lines, quoted or not. Source: os-release(5); initiatorname.iscsi and iscsi.initramfs look alike. */
export function parseAssignments(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const line of text.split('\n')) {
    const match = /^\s*([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(.*?)\s*$/.exec(line)
    if (match) values.set(match[1]!, match[2]!.replace(/^(["'])(.*)\1$/, '$2'))
  }
  return values
}

export interface FstabEntry {
  readonly device: string
  readonly mountPoint: string
  readonly type: string
  readonly options: readonly string[]
}

/** Source: fstab(5); \040 is a space there. */
export function parseFstab(text: string): FstabEntry[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) =>
      line
        .split(/\s+/)
        .map((field) => field.replace(/\\([0-7]{3})/g, (_, n: string) => String.fromCharCode(parseInt(n, 8)))),
    )
    .filter((fields) => fields.length >= 3)
    .map(([device, mountPoint, type, options]) => ({
      device: device!,
      mountPoint: mountPoint!,
      type: type!,
      options: (options ?? '').split(','),
    }))
}

/** Whether a name depends on the order in which disks are found: another one over iSCSI. */
export const isUnstableName = (device: string): boolean =>
  /^\/dev\/(?:[shv]d[a-z]|xvd[a-z]|nvme\d|mmcblk\d)/.test(device)

/** Kernel command lines of a GRUB menu, in its order, without the kernel's own path. Source: GRUB manual, "linux". */
export function kernelLinesOfGrub(text: string): string[] {
  return text
    .split('\n')
    .map((line) => /^\s*linux(?:16|efi)?\s+\S+\s*(.*)$/.exec(line)?.[1])
    .filter((line) => line !== undefined)
}

/** Version of an installed package. Source: deb-control(5), dpkg's status file. */
export function dpkgVersion(status: string, name: string): string | undefined {
  for (let at = status.indexOf(`Package: ${name}\n`); at >= 0; at = status.indexOf(`Package: ${name}\n`, at + 1)) {
    if (at > 0 && status[at - 1] !== '\n') continue
    const end = status.indexOf('\n\n', at)
    const block = status.slice(at, end < 0 ? undefined : end)
    if (/^Status: \S+ \S+ installed$/m.test(block)) return /^Version: (.*)$/m.exec(block)?.[1]
  }
  return undefined
}

/** The part of a kernel's name that orders it: numbers by value, `6.10` after `6.9`. */
export function compareVersions(a: string, b: string): number {
  const parts = (text: string): string[] => text.match(/\d+|[^\d]+/g) ?? []
  const [left, right] = [parts(a), parts(b)]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x, y] = [left[i] ?? '', right[i] ?? '']
    if (x === y) continue
    const [m, n] = [Number(x), Number(y)]
    if (x !== '' && y !== '' && Number.isFinite(m) && Number.isFinite(n)) return m - n
    return x < y ? -1 : 1
  }
  return 0
}
