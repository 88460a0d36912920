import { serialAdd, serialDiff, serialLess } from '../base/serial.ts'

/** A request that came before one with a lower CmdSN. */
export interface HeldRequest {
  readonly header: Uint8Array
  readonly pieces: readonly Uint8Array[]
  readonly length: number
}

/** Commands a session may have under way. */
export const WINDOW_LENGTH = 128

/** CmdSN order and window of one session. Source: RFC 7143 §4.2.2.1. */
export class CommandWindow {
  expCmdSn: number
  maxCmdSn: number
  readonly #held = new Map<number, HeldRequest>()

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
  /** Keeps a copy. */
  hold(cmdSn: number, header: Uint8Array, pieces: readonly Uint8Array[], length: number): void {
    this.#held.set(cmdSn, { header: header.slice(), pieces: pieces.map((piece) => piece.slice()), length })
  }
  /** The held request that is next, now counted. */
  next(): HeldRequest | undefined {
    if (this.#held.size === 0) return undefined
    const request = this.#held.get(this.expCmdSn)
    if (!request) return undefined
    this.#held.delete(this.expCmdSn)
    this.expCmdSn = serialAdd(this.expCmdSn, 1)
    return request
  }
  /** MaxCmdSN for the next response; it never goes back. @param active commands under way. */
  advance(active: number): number {
    const room = serialAdd(this.expCmdSn, WINDOW_LENGTH - 1 - Math.min(active, WINDOW_LENGTH))
    if (serialDiff(room, this.maxCmdSn) > 0) this.maxCmdSn = room
    return this.maxCmdSn
  }
}
