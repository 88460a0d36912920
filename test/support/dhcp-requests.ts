import { fromHex, utf8Bytes } from '../../src-main/base/bytes.ts'
import { addressBytes, MESSAGE_TYPE, OPTION, u16Value, u8Value } from '../../src-main/dhcp/options.ts'
import type { DhcpPacket } from '../../src-main/dhcp/packet.ts'

/** What DHCP clients send, in the forms of RFC 2131 table 4. */
export interface RequestFields {
  readonly mac: string
  readonly xid?: number
  readonly ciaddr?: string
  readonly giaddr?: string
  readonly flags?: number
  readonly requested?: string
  readonly server?: string
  /** Option 93; makes it a PXE client. */
  readonly arch?: number
  readonly isLoader?: boolean
  readonly more?: readonly (readonly [number, Uint8Array])[]
}

export function dhcpRequest(type: keyof typeof MESSAGE_TYPE, o: RequestFields): DhcpPacket {
  const chaddr = new Uint8Array(16)
  chaddr.set(fromHex(o.mac.replaceAll(':', '')))
  const options = new Map<number, Uint8Array>([[OPTION.messageType, u8Value(MESSAGE_TYPE[type])]])
  if (o.requested !== undefined) options.set(OPTION.requestedAddress, addressBytes(o.requested))
  if (o.server !== undefined) options.set(OPTION.serverIdentifier, addressBytes(o.server))
  if (o.arch !== undefined) {
    options.set(OPTION.clientArchitecture, u16Value(o.arch))
    const http = o.arch >= 15 && o.arch <= 20
    options.set(OPTION.vendorClass, utf8Bytes(`${http ? 'HTTP' : 'PXE'}Client:Arch:${String(o.arch).padStart(5, '0')}`))
  }
  if (o.isLoader) options.set(OPTION.userClass, utf8Bytes('iPXE'))
  for (const [code, value] of o.more ?? []) options.set(code, value)
  const zero = '0.0.0.0'
  return {
    op: 1,
    htype: 1,
    hlen: 6,
    hops: 0,
    xid: o.xid ?? 0x1234,
    secs: 0,
    flags: o.flags ?? 0,
    ciaddr: o.ciaddr ?? zero,
    yiaddr: zero,
    siaddr: zero,
    giaddr: o.giaddr ?? zero,
    chaddr,
    sname: '',
    file: '',
    options,
  }
}
