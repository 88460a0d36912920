/** Text files of a Linux system that matter to its start, decoded. Lines that are not understood are left out. */

const MOST_LINES = 20_000
const LONGEST_LINE = 4096

/** Lines that say something, trimmed. Longer ones than people write are cut, as the image may come from anybody. */
export const linesOf = (text: string): string[] =>
  text
    .split('\n', MOST_LINES)
    .map((line) => line.slice(0, LONGEST_LINE).trim())
    .filter((line) => line !== '' && !line.startsWith('#'))

/** Name and value around the first `=`; undefined when there is none. */
export function pairOf(line: string): readonly [name: string, value: string] | undefined {
  const at = line.indexOf('=')
  return at <= 0 ? undefined : [line.slice(0, at).trim(), line.slice(at + 1).trim()]
}

/** NAME=value lines, quoted or not. Source: os-release(5); initiatorname.iscsi and iscsi.initramfs look alike. */
export function parseAssignments(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const line of linesOf(text)) {
    const pair = pairOf(line)
    if (pair && /^[A-Za-z_][A-Za-z0-9_.]*$/.test(pair[0])) values.set(pair[0], pair[1].replace(/^(["'])(.*)\1$/, '$2'))
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
  return linesOf(text)
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
  return linesOf(text)
    .map((line) => /^linux(?:16|efi)?\s+\S+\s*(.*)$/.exec(line)?.[1])
    .filter((line) => line !== undefined)
}

const LONGEST_BLOCK = 65536
const MOST_BLOCKS = 8

/** Version of an installed package. Source: deb-control(5), dpkg's status file. */
export function dpkgVersion(status: string, name: string): string | undefined {
  const head = `Package: ${name}\n`
  for (let at = status.indexOf(head), n = 0; at >= 0 && n < MOST_BLOCKS; at = status.indexOf(head, at + 1), n++) {
    if (at > 0 && status[at - 1] !== '\n') continue
    const [block] = status.slice(at, at + LONGEST_BLOCK).split('\n\n', 1)
    if (/^Status: \S+ \S+ installed$/m.test(block!)) return /^Version: (.*)$/m.exec(block!)?.[1]
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
