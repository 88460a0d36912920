import { Framer, joined } from '../../src-main/iscsi/framer.ts'
import type { Wire } from '../../src-main/iscsi/out-batch.ts'
import { BHS_LENGTH } from '../../src-main/iscsi/pdu/bhs.ts'
import { decodePdu, type Pdu } from '../../src-main/iscsi/pdu/index.ts'

/** The target's wire in a test: decodes what it sends, and can refuse to take it (a client that does not read). */
export class PduRecorder implements Wire {
  readonly remoteAddress: string
  readonly localAddress = '192.0.2.1'
  readonly localPort = 3260
  /** PDUs not yet looked at by `take`. */
  readonly pdus: Pdu[] = []
  /** Number of calls of `write`: answers of one event must leave in one. */
  writes = 0
  state: 'open' | 'ended' | 'destroyed' = 'open'
  paused = false
  /** While true nothing that is written is taken. */
  stalled = false
  readonly #framer: Framer
  #held: { bytes: Uint8Array; done: () => void }[] = []

  constructor(remoteAddress = '192.0.2.10') {
    this.remoteAddress = remoteAddress
    this.#framer = new Framer(
      {
        pdu: (bytes, at, pieces, length) => {
          this.pdus.push(decodePdu(bytes.slice(at, at + BHS_LENGTH), joined(pieces, length).slice()))
          return true
        },
        broken: (why) => {
          throw new Error(`the target sent a broken PDU: ${why}`)
        },
      },
      0xffffff,
    )
  }
  digests(header: boolean, data: boolean): void {
    this.#framer.headerDigest = header
    this.#framer.dataDigest = data
  }
  get pendingBytes(): number {
    return this.#held.reduce((n, h) => n + h.bytes.length, 0)
  }
  write(bytes: Uint8Array, done: () => void): void {
    if (this.state !== 'open') throw new Error('written after the end')
    this.writes++
    if (this.stalled) {
      this.#held.push({ bytes, done })
      return
    }
    // The buffer is the target's again as soon as this returns.
    this.#framer.push(bytes.slice())
    done()
  }
  /** The client reads again: everything that is held goes through. */
  drain(): void {
    this.stalled = false
    for (const h of this.#held.splice(0)) {
      this.#framer.push(h.bytes.slice())
      h.done()
    }
  }
  pause(): void {
    this.paused = true
  }
  resume(): void {
    this.paused = false
  }
  end(): void {
    this.state = 'ended'
  }
  destroy(): void {
    this.state = 'destroyed'
  }
  /** The next PDU. Errors: when there is none. */
  take(): Pdu {
    const p = this.pdus.shift()
    if (!p) throw new Error('the target has sent nothing more')
    return p
  }
}
