import { asciiAt, putU16be, putU32be, toHex, u16be, u32be, utf8Bytes } from '../base/bytes.ts'
import { AppError, CodecError } from '../base/errors.ts'
import {
  addressBytes,
  addressText,
  collectOptions,
  describeOption,
  encodeOptions,
  messageTypeName,
  OPTION,
  OVERLOAD,
  u8Option,
  type DhcpOptions,
} from './options.ts'

/** Layout of the fixed part. Source: RFC 2131 §2, figure 1. */
const OFFSET = {
  op: 0,
  htype: 1,
  hlen: 2,
  hops: 3,
  xid: 4,
  secs: 8,
  flags: 10,
  ciaddr: 12,
  yiaddr: 16,
  siaddr: 20,
  giaddr: 24,
  chaddr: 28,
  sname: 44,
  file: 108,
  cookie: 236,
  options: 240,
} as const

const CHADDR_LENGTH = 16
const SNAME_LENGTH = 64
const FILE_LENGTH = 128
const MAGIC_COOKIE = 0x63825363
/** A BOOTP message of RFC 951 is 300 bytes long; some relays and ROMs drop shorter ones. Source: RFC 1542 §2.1. */
const MINIMUM_LENGTH = 300

export const OP = { request: 1, reply: 2 } as const
export const HTYPE_ETHERNET = 1
export const FLAG = { broadcast: 0x8000 } as const

/** One DHCP message. Addresses are dotted text. */
export interface DhcpPacket {
  readonly op: number
  readonly htype: number
  readonly hlen: number
  readonly hops: number
  readonly xid: number
  readonly secs: number
  readonly flags: number
  readonly ciaddr: string
  readonly yiaddr: string
  readonly siaddr: string
  readonly giaddr: string
  /** All 16 bytes; the first `hlen` count. */
  readonly chaddr: Uint8Array
  /** Text of the fixed fields; empty when option 52 turned the field into room for options. */
  readonly sname: string
  readonly file: string
  /** Every option, pieces joined, those of overloaded fields included; 52 itself is not in it. */
  readonly options: DhcpOptions
}

/** Shape: option values and `chaddr` are views of `bytes`.
 *  Errors: codec.short, codec.value (magic cookie, overload).
 *  Source: RFC 2131 §2 and §4.1; RFC 3396 §5 for the order options, file, sname. */
export function decodePacket(bytes: Uint8Array): DhcpPacket {
  if (bytes.length < OFFSET.options)
    throw new CodecError(
      'codec.short',
      { structure: 'dhcp-packet', field: 'length', got: bytes.length, limit: OFFSET.options },
      'the fixed part is missing',
    )
  const cookie = u32be(bytes, OFFSET.cookie)
  if (cookie !== MAGIC_COOKIE)
    throw new CodecError(
      'codec.value',
      { structure: 'dhcp-packet', field: 'cookie', offset: OFFSET.cookie, got: cookie.toString(16) },
      'not a DHCP message',
    )
  const options = new Map<number, Uint8Array>()
  collectOptions(bytes.subarray(OFFSET.options), 'options', options)
  const overload = overloadOf(options)
  options.delete(OPTION.overload)
  const file = bytes.subarray(OFFSET.file, OFFSET.file + FILE_LENGTH)
  const sname = bytes.subarray(OFFSET.sname, OFFSET.sname + SNAME_LENGTH)
  if (overload & OVERLOAD.file) collectOptions(file, 'file', options)
  if (overload & OVERLOAD.sname) collectOptions(sname, 'sname', options)
  // An overloaded field cannot overload again.
  options.delete(OPTION.overload)
  return {
    op: bytes[OFFSET.op]!,
    htype: bytes[OFFSET.htype]!,
    hlen: bytes[OFFSET.hlen]!,
    hops: bytes[OFFSET.hops]!,
    xid: u32be(bytes, OFFSET.xid),
    secs: u16be(bytes, OFFSET.secs),
    flags: u16be(bytes, OFFSET.flags),
    ciaddr: addressText(bytes, OFFSET.ciaddr),
    yiaddr: addressText(bytes, OFFSET.yiaddr),
    siaddr: addressText(bytes, OFFSET.siaddr),
    giaddr: addressText(bytes, OFFSET.giaddr),
    chaddr: bytes.subarray(OFFSET.chaddr, OFFSET.chaddr + CHADDR_LENGTH),
    sname: overload & OVERLOAD.sname ? '' : fixedText(sname),
    file: overload & OVERLOAD.file ? '' : fixedText(file),
    options,
  }
}

function overloadOf(options: DhcpOptions): number {
  const value = options.get(OPTION.overload)
  if (!value) return 0
  const overload = u8Option(options, OPTION.overload)
  if (overload === undefined || overload < 1 || overload > 3)
    throw new CodecError(
      'codec.value',
      { structure: 'dhcp-options', field: 'overload', got: toHex(value) },
      'must be one byte, 1 to 3',
    )
  return overload
}

/** Text up to the first NUL; a full field has none. */
function fixedText(field: Uint8Array): string {
  const end = field.indexOf(0)
  return asciiAt(field, 0, end < 0 ? field.length : end)
}

/** At least 300 bytes long, padded after END.
 *  Errors: `bug` when sname or file would not leave room for their NUL. */
export function encodePacket(packet: DhcpPacket): Uint8Array {
  const options = encodeOptions(packet.options)
  const bytes = new Uint8Array(Math.max(MINIMUM_LENGTH, OFFSET.options + options.length))
  bytes[OFFSET.op] = packet.op
  bytes[OFFSET.htype] = packet.htype
  bytes[OFFSET.hlen] = packet.hlen
  bytes[OFFSET.hops] = packet.hops
  putU32be(bytes, OFFSET.xid, packet.xid)
  putU16be(bytes, OFFSET.secs, packet.secs)
  putU16be(bytes, OFFSET.flags, packet.flags)
  bytes.set(addressBytes(packet.ciaddr), OFFSET.ciaddr)
  bytes.set(addressBytes(packet.yiaddr), OFFSET.yiaddr)
  bytes.set(addressBytes(packet.siaddr), OFFSET.siaddr)
  bytes.set(addressBytes(packet.giaddr), OFFSET.giaddr)
  bytes.set(packet.chaddr.subarray(0, CHADDR_LENGTH), OFFSET.chaddr)
  putFixedText(bytes, OFFSET.sname, SNAME_LENGTH, packet.sname, 'sname')
  putFixedText(bytes, OFFSET.file, FILE_LENGTH, packet.file, 'file')
  putU32be(bytes, OFFSET.cookie, MAGIC_COOKIE)
  bytes.set(options, OFFSET.options)
  return bytes
}

/** True when the text and its NUL fit the fixed `file` field. */
export const fitsFile = (text: string): boolean => utf8Bytes(text).length < FILE_LENGTH
export const fitsSname = (text: string): boolean => utf8Bytes(text).length < SNAME_LENGTH

function putFixedText(bytes: Uint8Array, at: number, length: number, text: string, field: string): void {
  const value = utf8Bytes(text)
  if (value.length >= length) throw new AppError('bug', `${field} has ${value.length} bytes, limit ${length - 1}`)
  bytes.set(value, at)
}

/** Lower-case colon text of an Ethernet client, `undefined` for other hardware and for addresses no card can have. */
export function macOf(packet: DhcpPacket): string | undefined {
  if (packet.htype !== HTYPE_ETHERNET || packet.hlen !== 6) return undefined
  const mac = packet.chaddr.subarray(0, 6)
  const isGroup = (mac[0]! & 1) !== 0
  return isGroup || mac.every((b) => b === 0) ? undefined : toHex(mac, ':')
}

export const messageTypeOf = (packet: DhcpPacket): number | undefined => u8Option(packet.options, OPTION.messageType)

/** The whole message as text, a line per field that says something and a line per option. */
export function describePacket(packet: DhcpPacket): string {
  const type = messageTypeOf(packet)
  const lines = [
    `${packet.op === OP.request ? 'request' : 'reply'} ${type === undefined ? 'BOOTP' : messageTypeName(type)}` +
      ` xid ${packet.xid.toString(16).padStart(8, '0')} secs ${packet.secs}` +
      ` flags ${packet.flags.toString(16).padStart(4, '0')} hops ${packet.hops}`,
    `  chaddr ${toHex(packet.chaddr.subarray(0, Math.min(packet.hlen, CHADDR_LENGTH)), ':')} htype ${packet.htype}`,
    `  ciaddr ${packet.ciaddr} yiaddr ${packet.yiaddr} siaddr ${packet.siaddr} giaddr ${packet.giaddr}`,
  ]
  if (packet.sname) lines.push(`  sname "${packet.sname}"`)
  if (packet.file) lines.push(`  file "${packet.file}"`)
  for (const [code, value] of packet.options) lines.push(`  ${describeOption(code, value)}`)
  return lines.join('\n')
}
