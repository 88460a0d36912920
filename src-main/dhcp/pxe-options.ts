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

/** The prompt that EDK2 looks for beside the order to take the file: shown for no time. Shape: timeout, text. */
const PROMPT = Uint8Array.from([0, ...utf8Bytes('PXE')])

/** Option 43 of an offer that names its file: "take it, ask nobody else". With `withServer` the list of boot servers and
 *  the prompt are there too: EDK2 reads the server address from the list when that order is given, and is reported to want
 *  the prompt (tianocore/edk2 #8149). Shape of the list: type, count, addresses. Source: PXE 2.1 table 2-1. */
export function takeThisFile(withServer: Uint8Array | undefined): Uint8Array {
  const options = new Map([[PXE_OPTION.discoveryControl as number, Uint8Array.of(DISCOVERY_CONTROL.fileInThisPacket)]])
  if (withServer) {
    options.set(PXE_OPTION.bootServers, Uint8Array.of(0, 0, 1, ...withServer))
    options.set(PXE_OPTION.menuPrompt, PROMPT)
  }
  return encodePxeOptions(options)
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

/** Option 175 for iPXE and gPXE: sub-option 1, the priority of this answer, signed. Without it every answer has 0, and of two
 *  servers that tell PCs what to boot the one that answers last is believed. Source: iPXE, dhcp.h and net/udp/dhcp.c. */
export const PREFER_US = Uint8Array.of(1, 1, 1)

/** Sub-option of option 175 with the version of the loader, three bytes. Source: iPXE and gPXE, dhcp.h and features.h. */
const ENCAPSULATED_VERSION = 235

/** Which loader asks, if one does: by user class, or by the encapsulated options of both, which also survive a changed user
 *  class. gPXE ended with 1.0.1 and iPXE began with 1.0.0, so a version tells them apart only below 1. */
export function loaderKind(options: DhcpOptions): 'iPXE' | 'gPXE' | undefined {
  const classes = userClasses(options)
  if (classes.includes('iPXE')) return 'iPXE'
  if (classes.includes('gPXE')) return 'gPXE'
  const own = options.get(OPTION.ipxeEncapsulated)
  if (!own) return undefined
  return encapsulatedVersion(own)?.[0] === 0 ? 'gPXE' : 'iPXE'
}

function encapsulatedVersion(value: Uint8Array): Uint8Array | undefined {
  const options = new Map<number, Uint8Array>()
  try {
    collectOptions(value, 'option175', options)
  } catch {
    // Whoever sends something else there is taken for iPXE, as its bare presence says.
    return undefined
  }
  const version = options.get(ENCAPSULATED_VERSION)
  return version?.length === 3 ? version : undefined
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
