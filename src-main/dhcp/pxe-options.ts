import { asciiAt, toHex, u16be, utf8Bytes } from '../base/bytes.ts'
import { CodecError } from '../base/errors.ts'
import { collectOptions, OPTION, textOption, type DhcpOptions } from './options.ts'

/** What option 43 holds between PXE parties. Source: PXE 2.1 table 2-1; RFC 4578 §2 names the options around it. */
export const PXE_OPTION = {
  discoveryControl: 6,
  bootServers: 8,
  bootMenu: 9,
  menuPrompt: 10,
  bootItem: 71,
  end: 255,
} as const

/** Bits of discovery control. */
export const DISCOVERY_CONTROL = {
  noBroadcast: 0x01,
  noMulticast: 0x02,
  listedServersOnly: 0x04,
  /** Take the file named in this packet; no menu, no prompt, no boot server discovery. */
  fileInThisPacket: 0x08,
} as const

/** Sub-options of option 43. Shape: value as `options.get(43)` gives it. Errors: codec.short. */
export function decodePxeOptions(value: Uint8Array): DhcpOptions {
  const options = new Map<number, Uint8Array>()
  collectOptions(value, 'option43', options)
  return options
}

/** Errors: none; values are at most 255 bytes by construction of the callers. */
export function encodePxeOptions(options: DhcpOptions): Uint8Array {
  const bytes: number[] = []
  for (const [code, value] of options) bytes.push(code, value.length, ...value)
  bytes.push(PXE_OPTION.end)
  return Uint8Array.from(bytes)
}

/** Class of the firmware, from the start of option 60. The rest of that text is never used: an iPXE that was chained
 *  through a PXE path sends a bare `PXEClient` (fixture bios-rom-not-announcing-ipxe-e1000). */
export function firmwareClass(options: DhcpOptions): 'PXEClient' | 'HTTPClient' | undefined {
  const text = textOption(options, OPTION.vendorClass)
  if (text?.startsWith('PXEClient')) return 'PXEClient'
  if (text?.startsWith('HTTPClient')) return 'HTTPClient'
  return undefined
}

/** User classes of option 77. iPXE writes plain text where RFC 3004 §4 wants each class behind its length; both are
 *  read. Source: RFC 3004; fixture seabios-ipxe-rom-e1000 (plain `iPXE`). */
export function userClasses(options: DhcpOptions): readonly string[] {
  const value = options.get(OPTION.userClass)
  if (!value || value.length === 0) return []
  const classes: string[] = []
  let at = 0
  while (at < value.length) {
    const length = value[at]!
    if (length === 0 || at + 1 + length > value.length) return [asciiAt(value, 0, value.length)]
    classes.push(asciiAt(value, at + 1, length))
    at += 1 + length
  }
  return classes
}

/** True for iPXE and gPXE: by user class, or by their encapsulated options, which also survive a changed user class. */
export function isIpxe(options: DhcpOptions): boolean {
  return options.has(OPTION.ipxeEncapsulated) || userClasses(options).some((c) => c === 'iPXE' || c === 'gPXE')
}

/** The first architecture of option 93, `undefined` when it was not sent. Errors: codec.value for a half one.
 *  Source: RFC 4578 §2.1 (a list of 16-bit types). */
export function architectureOf(options: DhcpOptions): number | undefined {
  const value = options.get(OPTION.clientArchitecture)
  if (!value) return undefined
  if (value.length < 2 || value.length % 2 !== 0)
    throw new CodecError(
      'codec.value',
      { structure: 'dhcp-options', field: 'clientArchitecture', got: toHex(value) },
      'must be 16-bit types (RFC 4578 §2.1)',
    )
  return u16be(value, 0)
}

/** Lower-case 8-4-4-4-12 text of option 97; the first three groups come least significant byte first, as SMBIOS keeps
 *  them. `undefined` when absent or not a type 0 identifier of 17 bytes. Source: RFC 4578 §2.3; SMBIOS §7.2.1. */
export function uuidOf(options: DhcpOptions): string | undefined {
  const value = options.get(OPTION.clientUuid)
  if (!value || value.length !== 17 || value[0] !== 0) return undefined
  const group = (...at: number[]): string => toHex(Uint8Array.from(at, (i) => value[i + 1]!))
  return [group(3, 2, 1, 0), group(5, 4), group(7, 6), group(8, 9), group(10, 11, 12, 13, 14, 15)].join('-')
}

export const PXE_CLIENT = utf8Bytes('PXEClient')
export const HTTP_CLIENT = utf8Bytes('HTTPClient')
