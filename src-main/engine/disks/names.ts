import { AppError } from '../../base/errors.ts'
import { nameBy } from '../../clients/name-pattern.ts'
import type { DiskRecord } from '../../disks/disk-record.ts'

const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,30}[a-z0-9])?$/
/** Windows takes these for devices, whatever follows the dot. */
const DEVICE_NAME = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/

const { compare } = new Intl.Collator('en', { numeric: true })
export const byName = (a: { readonly name: string }, b: { readonly name: string }): number => compare(a.name, b.name)

/** A disk's name as typed, checked and in lower case. Errors: disk.name. */
export function parseDiskName(text: string): string {
  const name = text.trim().toLowerCase()
  if (!NAME.test(name) || DEVICE_NAME.test(name)) {
    throw new AppError('disk.name', `"${text}" cannot be a disk's name`, {
      hint: 'Use at most 32 letters, digits, dots and hyphens, for example win11.',
    })
  }
  return name
}

/** The number stands where `{nn}` says, else at the end, of two digits. */
export const numberedName = (prefix: string, n: number): string => nameBy(prefix.trim().toLowerCase(), n)

/** `pc-` or `pc-{nn}` gives pc-01, pc-02 …: the first `count` that are free. */
export function numberedNames(prefix: string, count: number, taken: ReadonlySet<string>): string[] {
  const names: string[] = []
  for (let i = 1; names.length < count; i++) {
    const name = numberedName(prefix, i)
    if (!taken.has(name)) names.push(name)
  }
  return names
}

/** A further file of a disk. No disk's name has a tilde, so it is never the first file of another one. */
export function furtherFile(name: string, extension: string, isTaken: (file: string) => boolean): string {
  for (let i = 2; ; i++) {
    const file = `${name}~${i}${extension}`
    if (!isTaken(file)) return file
  }
}

/** The version of an image that a PC on this channel is given: who tries versions first gets the newer of both. */
export function versionFor(
  family: string,
  channel: 'production' | 'test',
  disks: readonly DiskRecord[],
): DiskRecord | undefined {
  const on = (wanted: string) => disks.find((d) => d.image?.family === family && d.image.channel === wanted)
  const production = on('production')
  const test = channel === 'test' ? on('test') : undefined
  if (!test || !production) return test ?? production
  return test.image!.version > production.image!.version ? test : production
}

/** The next version's number and a free name for it. */
export function nextVersion(
  family: string,
  disks: readonly DiskRecord[],
): { readonly version: number; readonly name: string } {
  const taken = new Set(disks.map((d) => d.name))
  const versions = disks.filter((d) => d.image?.family === family).map((d) => d.image!.version)
  const version = Math.max(0, ...versions) + 1
  const stem = family.slice(0, 32 - 6).replace(/[.-]+$/, '')
  let name = `${stem}-v${version}`
  for (let i = 2; taken.has(name); i++) name = `${stem}-v${version}.${i}`
  return { version, name }
}
