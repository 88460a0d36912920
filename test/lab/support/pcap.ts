import { readFileSync } from 'node:fs'

/** A DHCP or PXE (port 4011) message as it crossed the wire, with the fields that the lab's tests judge. */
export interface DhcpOnWire {
  /** Lower-case colon text. */
  readonly sourceMac: string
  readonly sourceIp: string
  readonly sourcePort: number
  readonly destinationPort: number
  /** True for a server's message. */
  readonly isReply: boolean
  readonly yiaddr: string
  readonly siaddr: string
  /** The client's hardware address, lower-case colon text. */
  readonly chaddr: string
  /** Raw options by number. */
  readonly options: ReadonlyMap<number, Uint8Array>
}

const DHCP_PORTS = [67, 68, 4011]

/** All DHCP messages of a capture, in wire order. Deliberately not the product's decoder: it judges the product.
 *  Source: libpcap's savefile format; RFC 2131 §2. */
export function readDhcp(file: string): DhcpOnWire[] {
  const bytes = readFileSync(file)
  const found: DhcpOnWire[] = []
  // File header 24 bytes, then per packet a header of 16 bytes whose third u32 is the captured length.
  for (let at = 24; at + 16 <= bytes.length;) {
    const length = bytes.readUInt32LE(at + 8)
    const frame = bytes.subarray(at + 16, at + 16 + length)
    at += 16 + length
    // The recorder may be in the middle of the last packet.
    if (frame.length === length) {
      const message = readFrame(frame)
      if (message !== undefined) found.push(message)
    }
  }
  return found
}

function readFrame(frame: Buffer): DhcpOnWire | undefined {
  if (frame.length < 42 || frame.readUInt16BE(12) !== 0x0800 || frame[23] !== 17) return undefined
  const ipHeader = (frame.readUInt8(14) & 0x0f) * 4
  const udp = frame.subarray(14 + ipHeader)
  const bootp = udp.subarray(8)
  if (bootp.length < 240 || bootp.readUInt32BE(236) !== 0x63825363) return undefined
  const [sourcePort, destinationPort] = [udp.readUInt16BE(0), udp.readUInt16BE(2)]
  if (!DHCP_PORTS.includes(sourcePort) && !DHCP_PORTS.includes(destinationPort)) return undefined
  const ipAt = (offset: number) => [...bootp.subarray(offset, offset + 4)].join('.')
  return {
    sourceMac: macOf(frame.subarray(6, 12)),
    sourceIp: [...frame.subarray(26, 30)].join('.'),
    sourcePort,
    destinationPort,
    isReply: bootp[0] === 2,
    yiaddr: ipAt(16),
    siaddr: ipAt(20),
    chaddr: macOf(bootp.subarray(28, 34)),
    options: readOptions(bootp.subarray(240)),
  }
}

function readOptions(bytes: Uint8Array): Map<number, Uint8Array> {
  const options = new Map<number, Uint8Array>()
  for (let at = 0; at + 1 < bytes.length;) {
    const code = bytes[at]
    if (code === undefined || code === 255) break
    if (code === 0) {
      at++
      continue
    }
    const length = bytes[at + 1] ?? 0
    options.set(code, bytes.subarray(at + 2, at + 2 + length))
    at += 2 + length
  }
  return options
}

const macOf = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':')
