import { asciiAt, ByteWriter, putU16be, toHex, u16be, u32be, utf8Bytes } from '../base/bytes.ts'
import { AppError, CodecError } from '../base/errors.ts'

/** Option codes we name. Source: RFC 2132 §3-9, RFC 3004 (77), RFC 3046 (82), RFC 4578 §2 (93, 94, 97); 175 and 203 are
 *  iPXE's own. */
export const OPTION = {
  pad: 0,
  subnetMask: 1,
  router: 3,
  hostName: 12,
  rootPath: 17,
  broadcastAddress: 28,
  vendorSpecific: 43,
  requestedAddress: 50,
  leaseTime: 51,
  overload: 52,
  messageType: 53,
  serverIdentifier: 54,
  parameterRequestList: 55,
  maximumMessageSize: 57,
  renewalTime: 58,
  rebindingTime: 59,
  vendorClass: 60,
  clientIdentifier: 61,
  tftpServerName: 66,
  bootfileName: 67,
  userClass: 77,
  clientArchitecture: 93,
  clientInterface: 94,
  clientUuid: 97,
  ipxeEncapsulated: 175,
  ipxeInitiatorIqn: 203,
  end: 255,
} as const

/** DHCP message types, option 53. Source: RFC 2132 §9.6. */
export const MESSAGE_TYPE = {
  discover: 1,
  offer: 2,
  request: 3,
  decline: 4,
  ack: 5,
  nak: 6,
  release: 7,
  inform: 8,
} as const

/** IPv4 addresses as dotted text, four bytes in network order on the wire. */

export const addressText = (b: Uint8Array, at: number): string => `${b[at]}.${b[at + 1]}.${b[at + 2]}.${b[at + 3]}`

/** Four bytes of dotted text. Errors: `bug` when it is none: addresses from people are checked before they get here. */
export function addressBytes(text: string): Uint8Array {
  const parts = text.split('.')
  const bytes = Uint8Array.from(parts, Number)
  if (parts.length !== 4 || !parts.every((part, i) => /^\d{1,3}$/.test(part) && Number(part) === bytes[i]))
    throw new AppError('bug', `"${text}" is not an IPv4 address`)
  return bytes
}

export const NO_ADDRESS = '0.0.0.0'
export const BROADCAST = '255.255.255.255'

/** Raw option values by code, in the order of first appearance. */
export type DhcpOptions = ReadonlyMap<number, Uint8Array>

/** What option 52 said about the fixed fields. Source: RFC 2132 §9.3. */
export const OVERLOAD = { file: 1, sname: 2 } as const

/** Collects the options of one field (options, file or sname) into `into`; values of a code seen before are appended.
 *  Shape: the text of the field ends at END or at its last byte; whatever follows END is not looked at.
 *  Errors: codec.short when a length runs past the field.
 *  Source: RFC 2132 §2 (pad, end), RFC 3396 §7 (one code in several pieces). */
export function collectOptions(bytes: Uint8Array, field: string, into: Map<number, Uint8Array>): void {
  let at = 0
  while (at < bytes.length) {
    const code = bytes[at]!
    if (code === OPTION.end) return
    if (code === OPTION.pad) {
      at++
      continue
    }
    const length = bytes[at + 1]
    if (length === undefined || at + 2 + length > bytes.length) {
      throw new CodecError(
        'codec.short',
        { structure: 'dhcp-options', field: `${field}.option${code}`, offset: at, got: length ?? 'no length' },
        'the option runs past its field',
      )
    }
    const piece = bytes.subarray(at + 2, at + 2 + length)
    const before = into.get(code)
    into.set(code, before ? joined(before, piece) : piece)
    at += 2 + length
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length)
  whole.set(a)
  whole.set(b, a.length)
  return whole
}

/** The options field with END, option 53 first as old ROMs expect it, values over 255 bytes in pieces.
 *  Errors: `bug` when a map holds pad, end or overload: those belong to the field, not to the options. */
export function encodeOptions(options: DhcpOptions): Uint8Array {
  const writer = new ByteWriter(300)
  const write = (code: number, value: Uint8Array): void => {
    for (let at = 0; at === 0 || at < value.length; at += 255) {
      const piece = value.subarray(at, at + 255)
      writer.u8(code).u8(piece.length).bytes(piece)
    }
  }
  const type = options.get(OPTION.messageType)
  if (type) write(OPTION.messageType, type)
  for (const [code, value] of options) {
    if (code === OPTION.pad || code === OPTION.end || code === OPTION.overload)
      throw new AppError('bug', `option ${code} cannot be written as an option`)
    if (code !== OPTION.messageType) write(code, value)
  }
  return writer.u8(OPTION.end).done()
}

/** ASCII text of an option without the NUL bytes some ROMs add. Source: RFC 2132 §2. */
export function textOption(options: DhcpOptions, code: number): string | undefined {
  const value = options.get(code)
  if (!value) return undefined
  let length = value.length
  while (length > 0 && value[length - 1] === 0) length--
  return asciiAt(value, 0, length)
}

/** The first byte of an option of exactly one byte. */
export function u8Option(options: DhcpOptions, code: number): number | undefined {
  const value = options.get(code)
  return value?.length === 1 ? value[0] : undefined
}

/** An IPv4 address of an option of exactly four bytes. */
export function addressOption(options: DhcpOptions, code: number): string | undefined {
  const value = options.get(code)
  return value?.length === 4 ? addressText(value, 0) : undefined
}

export const textValue = (text: string): Uint8Array => utf8Bytes(text)
export const u8Value = (value: number): Uint8Array => Uint8Array.of(value)
export function u16Value(value: number): Uint8Array {
  const bytes = new Uint8Array(2)
  putU16be(bytes, 0, value)
  return bytes
}

const NAMES = new Map<number, string>(Object.entries(OPTION).map(([name, code]) => [code, name]))
const TYPE_NAMES = new Map<number, string>(Object.entries(MESSAGE_TYPE).map(([name, code]) => [code, name]))
const ADDRESSES = new Set<number>([1, 3, 6, 28, 42, 50, 54])
const SECONDS = new Set<number>([51, 58, 59])
const TEXTS = new Set<number>([12, 15, 17, 60, 66, 67, 203])

export const messageTypeName = (type: number): string => TYPE_NAMES.get(type) ?? `unknown (${type})`

/** One option as one line: `60 vendorClass "PXEClient"`. */
export function describeOption(code: number, value: Uint8Array): string {
  return `${code} ${NAMES.get(code) ?? 'option'} ${describeValue(code, value)}`
}

function describeValue(code: number, value: Uint8Array): string {
  if (code === OPTION.messageType && value.length === 1) return messageTypeName(value[0]!)
  if (code === OPTION.parameterRequestList) return Array.from(value).join(' ')
  if (ADDRESSES.has(code) && value.length > 0 && value.length % 4 === 0)
    return Array.from({ length: value.length / 4 }, (_, i) => addressText(value, i * 4)).join(' ')
  if (SECONDS.has(code) && value.length === 4) return `${u32be(value, 0)} s`
  if ((code === OPTION.maximumMessageSize || code === OPTION.clientArchitecture) && value.length === 2)
    return String(u16be(value, 0))
  if (TEXTS.has(code) && value.every((b) => b >= 0x20 && b < 0x7f)) return `"${asciiAt(value, 0, value.length)}"`
  return toHex(value, ' ')
}
