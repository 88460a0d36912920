/** Names and addresses as people type them, checked before the engine is asked. */

const MAC = /^[0-9a-f]{12}$/
/** Any usual spelling (colons, hyphens, dots, none) in the one that the engine uses; undefined for what is no MAC. */
export function macOf(text: string): string | undefined {
  const hex = text
    .trim()
    .toLowerCase()
    .replace(/[:\-. ]/g, '')
  return MAC.test(hex) ? hex.match(/../g)!.join(':') : undefined
}

const PC_NAME = /^[a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?$/
export const isPcName = (text: string): boolean => PC_NAME.test(text.trim().toLowerCase())

const DISK_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,30}[a-z0-9])?$/
export const isDiskName = (text: string): boolean => DISK_NAME.test(text.trim().toLowerCase())

/** PCs' names are shorter than disks' names; at most 256 PCs get three digits. */
const PREFIX = /^[a-z0-9][a-z0-9-]{0,11}$/
export const isPrefix = (text: string): boolean => PREFIX.test(text.trim().toLowerCase())

/** A name for the disk that a file becomes: `Debian 12.img` gives `debian-12`. */
export function diskNameOf(path: string): string {
  const file = path.split(/[\\/]/).at(-1) ?? ''
  return file
    .replace(/\.[^.]*$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 32)
    .replace(/[.-]+$/, '')
}

/** The first of `debian`, `debian-2`, `debian-3` … that is free. */
export function freeName(stem: string, taken: ReadonlySet<string>): string {
  if (!taken.has(stem)) return stem
  for (let i = 2; ; i++) if (!taken.has(`${stem}-${i}`)) return `${stem}-${i}`
}
