import { ahead } from './fields.ts'
import type { IscsiAuditor } from './auditor.ts'

/** A TCP segment as a capture shows it. */
export interface Segment {
  readonly srcIp: string
  readonly srcPort: number
  readonly dstIp: string
  readonly dstPort: number
  readonly seq: number
  readonly ack: number
  /** Of the TCP header. */
  readonly flags: number
  /** Borrowed. */
  readonly payload: Uint8Array
}

const [FIN, SYN, RST, ACK] = [0x01, 0x02, 0x04, 0x10]
/** What may wait for a segment that comes late. Bytes. */
const MOST_EARLY = 16 * 1024 * 1024

interface Direction {
  /** Sequence number of the next byte; undefined before the SYN. */
  next: number | undefined
  readonly early: Map<number, Uint8Array>
  earlyBytes: number
}
interface Stream {
  readonly seen: ReturnType<IscsiAuditor['begin']>
  readonly initiator: Direction
  readonly target: Direction
  over: boolean
}

const direction = (): Direction => ({ next: undefined, early: new Map(), earlyBytes: 0 })

/** Puts the segments of a capture together to the two byte streams of each connection. Repeated segments are dropped, late
 *  ones waited for; where the capture lacks one, the connection is called incomplete from there on: never a violation. */
export class TcpStreams {
  readonly #auditor: IscsiAuditor
  readonly #port: number
  readonly #streams = new Map<string, Stream>()

  /** @param port the target's. */
  constructor(auditor: IscsiAuditor, port: number) {
    this.#auditor = auditor
    this.#port = port
  }

  segment(s: Segment): void {
    const fromTarget = s.srcPort === this.#port
    if (!fromTarget && s.dstPort !== this.#port) return
    const key = fromTarget ? `${s.dstIp}:${s.dstPort}` : `${s.srcIp}:${s.srcPort}`
    if ((s.flags & SYN) !== 0 && !fromTarget) {
      // The same SYN again, or a new connection from the same port.
      const known = this.#streams.get(key)
      if (known?.initiator.next !== (s.seq + 1) >>> 0) this.#begin(key, s.seq)
      return
    }
    const stream = this.#streams.get(key)
    if (!stream || stream.over) return
    const [from, to] = fromTarget ? [stream.target, stream.initiator] : [stream.initiator, stream.target]
    if ((s.flags & SYN) !== 0) {
      from.next = (s.seq + 1) >>> 0
      return
    }
    if ((s.flags & RST) !== 0) {
      stream.over = true
      return
    }
    // An acknowledgement of bytes that the capture does not have: it will never have them. A FIN counts as a byte.
    if ((s.flags & ACK) !== 0 && to.next !== undefined && ahead(s.ack, to.next) > 1) {
      stream.seen.incomplete('the capture lacks segments')
      stream.over = true
      return
    }
    if (s.payload.length > 0) this.#take(stream, from, fromTarget ? 'target' : 'initiator', s)
    if ((s.flags & FIN) !== 0 && stream.initiator.early.size + stream.target.early.size > 0) {
      stream.seen.incomplete('the capture lacks segments before the end')
    }
  }

  #begin(key: string, seq: number): void {
    const seen = this.#auditor.begin(`${key} no. ${this.#auditor.connections + 1}`)
    const initiator = { ...direction(), next: (seq + 1) >>> 0 }
    this.#streams.set(key, { seen, initiator, target: direction(), over: false })
  }

  #take(stream: Stream, from: Direction, side: 'initiator' | 'target', s: Segment): void {
    if (from.next === undefined) {
      stream.seen.incomplete('the capture lacks the beginning')
      stream.over = true
      return
    }
    const at = ahead(s.seq, from.next)
    if (at > 0) {
      if (!from.early.has(s.seq)) from.earlyBytes += s.payload.length
      from.early.set(s.seq, s.payload.slice())
      if (from.earlyBytes > MOST_EARLY) stream.seen.incomplete('the capture lacks a segment')
      return
    }
    if (s.payload.length <= -at) return
    stream.seen.feed(side, s.payload.subarray(-at))
    from.next = (from.next + s.payload.length + at) >>> 0
    if (from.early.size > 0) this.#takeEarly(stream, from, side)
  }

  #takeEarly(stream: Stream, from: Direction, side: 'initiator' | 'target'): void {
    for (let again = true; again;) {
      again = false
      for (const [seq, payload] of from.early) {
        const at = ahead(seq, from.next!)
        if (at > 0) continue
        from.early.delete(seq)
        from.earlyBytes -= payload.length
        again = true
        if (payload.length <= -at) continue
        stream.seen.feed(side, payload.subarray(-at))
        from.next = (from.next! + payload.length + at) >>> 0
      }
    }
  }
}
