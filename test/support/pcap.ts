import { readFileSync } from 'node:fs'

/** One UDP datagram or TCP segment of a capture. */
export interface Packet {
  readonly tsMs: number
  readonly srcIp: string
  readonly srcPort: number
  readonly dstIp: string
  readonly dstPort: number
  readonly proto: 'udp' | 'tcp'
  /** A view into the file's bytes. */
  readonly payload: Uint8Array
  readonly tcp?: { readonly seq: number; readonly flags: number }
}

const LINKTYPE_ETHERNET = 1
const LINKTYPE_LINUX_SLL = 113
const IPPROTO_TCP = 6
const IPPROTO_UDP = 17

/** Reads a classic pcap file (either byte order, microseconds or nanoseconds) with Ethernet or Linux cooked frames.
 *  Frames that are not IPv4 UDP or TCP, and fragments after the first, are left out. Ethernet padding is cut off.
 *  Errors: `Error` for another file format. Source: draft-ietf-opsawg-pcap; RFC 791, 768, 9293. */
export function readPcap(path: string): Packet[] {
  const file = readFileSync(path)
  const magic = file.readUInt32LE(0)
  const big = magic === 0xd4c3b2a1 || magic === 0x4d3cb2a1
  const nano = magic === 0xa1b23c4d || magic === 0x4d3cb2a1
  if (!big && magic !== 0xa1b2c3d4 && magic !== 0xa1b23c4d) throw new Error(`${path} is not a pcap file`)
  const u32 = (at: number): number => (big ? file.readUInt32BE(at) : file.readUInt32LE(at))
  const linkType = u32(20) & 0xffff
  const packets: Packet[] = []
  for (let at = 24; at + 16 <= file.length;) {
    const tsMs = u32(at) * 1000 + u32(at + 4) / (nano ? 1e6 : 1e3)
    const captured = u32(at + 8)
    const frame = file.subarray(at + 16, at + 16 + captured)
    at += 16 + captured
    const ip = ipv4Of(frame, linkType)
    const packet = ip && packetOf(ip, tsMs)
    if (packet) packets.push(packet)
  }
  return packets
}

function ipv4Of(frame: Buffer, linkType: number): Buffer | undefined {
  let typeAt: number
  if (linkType === LINKTYPE_ETHERNET) typeAt = 12
  else if (linkType === LINKTYPE_LINUX_SLL) typeAt = 14
  else throw new Error(`link type ${linkType} is not read here`)
  if (frame.length < typeAt + 2) return undefined
  if (linkType === LINKTYPE_ETHERNET && frame.readUInt16BE(typeAt) === 0x8100) typeAt += 4
  return frame.readUInt16BE(typeAt) === 0x0800 ? frame.subarray(typeAt + 2) : undefined
}

function packetOf(ip: Buffer, tsMs: number): Packet | undefined {
  const headerLength = (ip[0]! & 0x0f) * 4
  const fragmentOffset = ip.readUInt16BE(6) & 0x1fff
  const body = ip.subarray(headerLength, ip.readUInt16BE(2))
  const proto = ip[9]
  if (fragmentOffset !== 0 || body.length < 8 || (proto !== IPPROTO_TCP && proto !== IPPROTO_UDP)) return undefined
  const ends = {
    tsMs,
    srcIp: ip.subarray(12, 16).join('.'),
    dstIp: ip.subarray(16, 20).join('.'),
    srcPort: body.readUInt16BE(0),
    dstPort: body.readUInt16BE(2),
  }
  if (proto === IPPROTO_UDP) return { ...ends, proto: 'udp', payload: body.subarray(8, body.readUInt16BE(4)) }
  const tcp = { seq: body.readUInt32BE(4), flags: body[13]! }
  return { ...ends, proto: 'tcp', payload: body.subarray((body[12]! >>> 4) * 4), tcp }
}
