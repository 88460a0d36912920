import { fromHex, utf8Bytes } from '../../../base/bytes.ts'
import { addressBytes, MESSAGE_TYPE, NO_ADDRESS, OPTION, u16Value, u8Value } from '../../../dhcp/options.ts'
import { FLAG, HTYPE_ETHERNET, OP, type DhcpPacket } from '../../../dhcp/packet.ts'

/** What a PC asks while it starts, as its firmware and its loader would. */

/** Who asks. */
export interface Asker {
  /** Lower-case colon text. */
  readonly mac: string
  readonly xid: number
}

/** What firmware wants to be told. Source: RFC 4578 §2.4 with the options of an address; fixtures of dhcp. */
const WANTED = Uint8Array.of(1, 3, 6, 12, 15, 28, 43, 51, 54, 60, 66, 67, 128, 129, 130, 131, 132, 133, 134, 135)

/** The first question of a PC's firmware. `arch`: option 93. */
export const firmwareDiscover = (asker: Asker, arch: number): DhcpPacket =>
  packet(asker, NO_ADDRESS, [[OPTION.messageType, u8Value(MESSAGE_TYPE.discover)], ...firmwareOptions(asker, arch)])

/** What UEFI firmware asks the boot server itself, on port 4011. */
export const bootServerRequest = (asker: Asker, arch: number, ownAddress: string): DhcpPacket =>
  packet(asker, ownAddress, [[OPTION.messageType, u8Value(MESSAGE_TYPE.request)], ...firmwareOptions(asker, arch)])

/** The first question of the loader, iPXE. */
export const loaderDiscover = (asker: Asker, arch: number): DhcpPacket =>
  packet(asker, NO_ADDRESS, [
    [OPTION.messageType, u8Value(MESSAGE_TYPE.discover)],
    ...firmwareOptions(asker, arch),
    [OPTION.userClass, utf8Bytes('iPXE')],
  ])

function firmwareOptions({ mac }: Asker, arch: number): [number, Uint8Array][] {
  const hardware = fromHex(mac.replaceAll(':', ''))
  return [
    [OPTION.maximumMessageSize, u16Value(1472)],
    [OPTION.parameterRequestList, WANTED],
    [OPTION.clientUuid, Uint8Array.of(0, ...new Uint8Array(10), ...hardware)],
    [OPTION.clientArchitecture, u16Value(arch)],
    // UNDI 3.16, as current firmware has it.
    [OPTION.clientInterface, Uint8Array.of(1, 3, 16)],
    [OPTION.vendorClass, utf8Bytes(`PXEClient:Arch:${String(arch).padStart(5, '0')}:UNDI:003016`)],
  ]
}

function packet({ mac, xid }: Asker, ciaddr: string, options: [number, Uint8Array][]): DhcpPacket {
  const chaddr = new Uint8Array(16)
  chaddr.set(fromHex(mac.replaceAll(':', '')))
  // An address that is none ends here, not in the packet.
  addressBytes(ciaddr)
  return {
    op: OP.request,
    htype: HTYPE_ETHERNET,
    hlen: 6,
    hops: 0,
    xid,
    secs: 0,
    flags: FLAG.broadcast,
    ciaddr,
    yiaddr: NO_ADDRESS,
    siaddr: NO_ADDRESS,
    giaddr: NO_ADDRESS,
    chaddr,
    sname: '',
    file: '',
    options: new Map(options),
  }
}
