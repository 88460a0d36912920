import { asciiAt, u16le, u32le } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'

/** The loader of the iPXE project that starts Windows Setup from its `boot.wim`. */

export const WIMBOOT_FILE = 'wimboot'
/** From this version on it starts Windows 11 24H2 and takes the boot manager that newer firmware trusts. Source: the
 *  project's notes on 2.9.0. */
export const WIMBOOT_FROM = [2, 9, 0] as const
/** The file that the project released, by what several independent projects wrote down of it. */
export const WIMBOOT_RELEASED = {
  version: '2.9.0',
  sha256: '5f067ccdc4d084d5bf77b6c853bd0f8402dfc2b4cd1b103d358993ae97fae8e3',
  url: 'https://github.com/ipxe/wimboot/releases/download/v2.9.0/wimboot',
} as const

const MAX_BYTES = 16 << 20
const X64 = 0x8664
const SIGNATURE = 'HdrS'

/** The version of a wimboot, by what it says of itself: it is a Linux kernel to BIOS, whose header names a version, and a
 *  program to UEFI. Errors: config.wimboot. Source: ipxe/wimboot, src/prefix.S and src/main.c; Documentation/x86/boot of
 *  Linux; the PE format. */
export function checkWimboot(bytes: Uint8Array): { readonly version: string } {
  const refuse = (why: string): never => {
    throw new AppError('config.wimboot', `this file cannot start Windows Setup: ${why}`, {
      hint: `Take the file “wimboot” of the release: ${WIMBOOT_RELEASED.url}`,
    })
  }
  if (bytes.length < 0x1000 || bytes.length > MAX_BYTES) refuse('it has not the size of a wimboot')
  if (asciiAt(bytes, 0, 2) !== 'MZ' || u16le(bytes, 0x1fe) !== 0xaa55 || asciiAt(bytes, 0x202, 4) !== SIGNATURE)
    refuse('it is not a wimboot for BIOS and UEFI')
  const pe = u32le(bytes, 0x3c)
  if (pe + 6 > bytes.length || asciiAt(bytes, pe, 4) !== 'PE\0\0') refuse('it is not a program of UEFI')
  if (u16le(bytes, pe + 4) !== X64) refuse('it is not the one for 64-bit PCs')
  const version = textAt(bytes, 0x200 + u16le(bytes, 0x20e))
  const banner = `wimboot ${version} -- Windows Imaging Format`
  const [, major, minor, patch] = /^v?(\d{1,3})\.(\d{1,3})\.(\d{1,3})/.exec(version) ?? []
  if (major === undefined || !includesAscii(bytes, banner)) refuse('it does not call itself wimboot')
  const numbers = [Number(major), Number(minor), Number(patch)]
  if (numbers.some((n, i) => n > WIMBOOT_FROM[i]! && numbers.slice(0, i).every((m, k) => m === WIMBOOT_FROM[k])))
    return { version: numbers.join('.') }
  if (numbers.some((n, i) => n !== WIMBOOT_FROM[i]))
    refuse(`its version ${numbers.join('.')} is older than ${WIMBOOT_FROM.join('.')} and fails on newer media`)
  return { version: numbers.join('.') }
}

function textAt(bytes: Uint8Array, at: number): string {
  const end = bytes.indexOf(0, at)
  return end < 0 || end - at > 64 || at >= bytes.length ? '' : asciiAt(bytes, at, end - at)
}

function includesAscii(bytes: Uint8Array, text: string): boolean {
  const first = text.charCodeAt(0)
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1))
    if (at + text.length <= bytes.length && asciiAt(bytes, at, text.length) === text) return true
  return false
}
