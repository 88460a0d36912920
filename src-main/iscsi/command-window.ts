import { BHS_LENGTH } from './pdu/bhs.ts'
import { serialAdd, serialDiff, serialLess } from '../base/serial.ts'

/** A request that came before one with a lower CmdSN. */
export interface HeldRequest {
  readonly header: Uint8Array
  readonly pieces: readonly Uint8Array[]
  readonly length: number
  /** Unsolicited Data-Out of a command that waits. */
  readonly dataOut: HeldRequest[]
}

/** A copy that outlives what was received. */
export const heldRequest = (h: Uint8Array, at: number, pieces: readonly Uint8Array[], length: number): HeldRequest => ({
  header: h.slice(at, at + BHS_LENGTH),
  pieces: pieces.map((piece) => piece.slice()),
  length,
  dataOut: [],
})

/** In place of a request that need not come any more. */
const PLUGGED = 'plugged'

/** Commands a session may have under way. */
export const WINDOW_LENGTH = 128

/** CmdSN order and window of one session. Source: RFC 7143 §4.2.2.1. */
export class CommandWindow {
  expCmdSn: number
  maxCmdSn: number
  readonly #held = new Map<number, HeldRequest | typeof PLUGGED>()

  constructor(initialCmdSn: number) {
    this.expCmdSn = initialCmdSn
    this.maxCmdSn = serialAdd(initialCmdSn, WINDOW_LENGTH - 1)
  }

  /** `now`: it is the next one and counted. `hold`: to be kept by `hold`. `ignore`: outside the window or a duplicate;
   *  the standard wants it dropped in silence. */
  accept(cmdSn: number): 'now' | 'hold' | 'ignore' {
    if (cmdSn === this.expCmdSn) {
      if (serialLess(this.maxCmdSn, cmdSn)) return 'ignore'
      this.expCmdSn = serialAdd(cmdSn, 1)
      return 'now'
    }
    if (serialLess(cmdSn, this.expCmdSn) || serialLess(this.maxCmdSn, cmdSn)) return 'ignore'
    return this.#held.has(cmdSn) ? 'ignore' : 'hold'
  }
  hold(cmdSn: number, request: HeldRequest): void {
    this.#held.set(cmdSn, request)
  }
  /** The held request that is next, now counted. */
  next(): HeldRequest | undefined {
    while (this.#held.size > 0) {
      const request = this.#held.get(this.expCmdSn)
      if (!request) return undefined
      this.#held.delete(this.expCmdSn)
      this.expCmdSn = serialAdd(this.expCmdSn, 1)
      if (request !== PLUGGED) return request
    }
    return undefined
  }
  get holds(): boolean {
    return this.#held.size > 0
  }
  /** The held requests, in no order. */
  *held(): Iterable<HeldRequest> {
    for (const request of this.#held.values()) if (request !== PLUGGED) yield request
  }

  /** Whether a request of that number may still come. */
  awaits(cmdSn: number): boolean {
    return !serialLess(cmdSn, this.expCmdSn) && !serialLess(this.maxCmdSn, cmdSn)
  }
  /** Takes a number as received; what came or comes with it is dropped. `next` may find something then.
   *  Source: RFC 7143 §11.6.1. */
  plug(cmdSn: number): void {
    if (this.awaits(cmdSn)) this.#held.set(cmdSn, PLUGGED)
    while (this.#held.get(this.expCmdSn) === PLUGGED) {
      this.#held.delete(this.expCmdSn)
      this.expCmdSn = serialAdd(this.expCmdSn, 1)
    }
  }
  /** The same for all numbers below. Source: RFC 7143 §4.2.3.3. */
  plugBelow(cmdSn: number): void {
    while (serialLess(this.expCmdSn, cmdSn) && this.awaits(this.expCmdSn)) this.plug(this.expCmdSn)
  }
  /** MaxCmdSN for the next response; it never goes back. @param active commands under way. */
  advance(active: number): number {
    const room = serialAdd(this.expCmdSn, WINDOW_LENGTH - 1 - Math.min(active, WINDOW_LENGTH))
    if (serialDiff(room, this.maxCmdSn) > 0) this.maxCmdSn = room
    return this.maxCmdSn
  }
}
