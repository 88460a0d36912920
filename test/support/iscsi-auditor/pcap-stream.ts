import type { Segment } from './tcp-streams.ts'

const FILE_HEADER = 24
const PACKET_HEADER = 16
const ETHERNET = 14
const TCP = 6

/** Reads a capture while it is being written: tcpdump's standard output (native byte order, Ethernet), fed in pieces of any
 *  size. Source: draft-ietf-opsawg-pcap; RFC 791, 9293. */
export class PcapStream {
  readonly #segment: (s: Segment) => void
  #held: Buffer = Buffer.alloc(0)
  #begun = false

  constructor(segment: (s: Segment) => void) {
    this.#segment = segment
  }

  push(bytes: Uint8Array): void {
    const piece = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    const b = this.#held.length > 0 ? Buffer.concat([this.#held, piece]) : piece
    let at = 0
    if (!this.#begun) {
      if (b.length < FILE_HEADER) {
        this.#held = Buffer.from(b)
        return
      }
      const magic = b.readUInt32LE(0)
      if (magic !== 0xa1b2c3d4 && magic !== 0xa1b23c4d) throw new Error('this is no capture of this machine')
      this.#begun = true
      at = FILE_HEADER
    }
    while (at + PACKET_HEADER <= b.length) {
      const length = b.readUInt32LE(at + 8)
      if (at + PACKET_HEADER + length > b.length) break
      const s = segmentOf(b.subarray(at + PACKET_HEADER, at + PACKET_HEADER + length))
      if (s) this.#segment(s)
      at += PACKET_HEADER + length
    }
    this.#held = Buffer.from(b.subarray(at))
  }
}

function segmentOf(frame: Buffer): Segment | undefined {
  if (frame.length < ETHERNET + 40 || frame.readUInt16BE(12) !== 0x0800) return undefined
  const ip = frame.subarray(ETHERNET)
  if (ip[9] !== TCP) return undefined
  const tcp = ip.subarray((ip[0]! & 0x0f) * 4, ip.readUInt16BE(2))
  return {
    srcIp: ip.subarray(12, 16).join('.'),
    dstIp: ip.subarray(16, 20).join('.'),
    srcPort: tcp.readUInt16BE(0),
    dstPort: tcp.readUInt16BE(2),
    seq: tcp.readUInt32BE(4),
    ack: tcp.readUInt32BE(8),
    flags: tcp[13]!,
    payload: tcp.subarray((tcp[12]! >>> 4) * 4),
  }
}
