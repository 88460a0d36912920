import { ahead, hex, itt, NAME, next, NO_TAG, u32 } from './fields.ts'
import type { Report } from './violation.ts'

/** No target has a use for more; a number far off is a wrong one. */
const LARGEST_WINDOW = 0x10000

/** StatSN, ExpCmdSN and MaxCmdSN of one connection. Source: RFC 7143 §4.2.2. */
export class Numbering {
  readonly #report: Report
  /** The StatSN that is next; undefined before the first response. */
  #statSn: number | undefined
  expCmdSn: number | undefined
  maxCmdSn: number | undefined
  /** The first CmdSN that the initiator has not sent. */
  #unsent = 0
  /** Sent ahead of it. */
  readonly #early = new Set<number>()
  #started = false

  constructor(report: Report) {
    this.#report = report
  }

  /** A request of the initiator. Returns false when the target may have to drop it in silence: a repeated CmdSN, or one
   *  outside the window as far as it was told. */
  request(cmdSn: number, immediate: boolean): boolean {
    if (!this.#started) {
      this.#started = true
      this.#unsent = cmdSn
    }
    if (immediate) return true
    const repeated = ahead(cmdSn, this.#unsent) < 0 || this.#early.has(cmdSn)
    const beyond = this.maxCmdSn !== undefined && ahead(cmdSn, this.maxCmdSn) > 0
    if (!repeated && ahead(cmdSn, this.#unsent) < LARGEST_WINDOW) this.#early.add(cmdSn)
    this.#advance()
    return !repeated && !beyond
  }
  /** The target may take this number as received, though it never came: its task is aborted. */
  mayPlug(cmdSn: number): void {
    const distance = ahead(cmdSn, this.#unsent)
    if (distance >= 0 && distance < LARGEST_WINDOW) this.#early.add(cmdSn)
    this.#advance()
  }
  /** The same for all numbers below. */
  mayPlugBelow(cmdSn: number): void {
    if (ahead(cmdSn, this.#unsent) > 0) this.#unsent = cmdSn
    this.#advance()
  }
  #advance(): void {
    while (this.#early.delete(this.#unsent)) this.#unsent = next(this.#unsent)
  }

  response(h: Uint8Array, failedLogin: boolean): void {
    const opcode = h[0]! & 0x3f
    const name = NAME[opcode]!
    const statSn = u32(h, 24)
    // The numbers of a refused login are not valid. Source: §11.13.4.
    if (failedLogin) return
    this.#window(h, name)
    if (opcode === 0x25 && (h[1]! & 1) === 0) {
      if (statSn !== 0) this.#report('data-in-status', `a Data-In without S has StatSN ${hex(statSn)}`)
      return
    }
    const expected = (this.#statSn ??= statSn)
    if (statSn !== expected) {
      this.#report('stat-sn', `a ${name} has StatSN ${hex(statSn)}, ${hex(expected)} is next`)
    }
    const counts = opcode !== 0x31 && !(opcode === 0x20 && itt(h) === NO_TAG)
    this.#statSn = counts ? next(statSn) : statSn
  }

  #window(h: Uint8Array, name: string): void {
    const [exp, max] = [u32(h, 28), u32(h, 32)]
    if (this.expCmdSn !== undefined && ahead(exp, this.expCmdSn) < 0) {
      this.#report('exp-cmd-sn', `ExpCmdSN of a ${name} went back from ${hex(this.expCmdSn)} to ${hex(exp)}`)
    } else if (ahead(exp, this.#unsent) > 0) {
      this.#report('exp-cmd-sn', `ExpCmdSN ${hex(exp)} of a ${name} is ahead of what was sent, ${hex(this.#unsent)}`)
    } else this.expCmdSn = exp
    if (ahead(max, exp) < -1) {
      this.#report('max-cmd-sn', `MaxCmdSN ${hex(max)} of a ${name} is more than one below ExpCmdSN ${hex(exp)}`)
    } else if (ahead(max, exp) > LARGEST_WINDOW) {
      this.#report('max-cmd-sn', `MaxCmdSN ${hex(max)} of a ${name} opens a window of ${ahead(max, exp)} commands`)
    } else if (this.maxCmdSn !== undefined && ahead(max, this.maxCmdSn) < 0) {
      this.#report('max-cmd-sn', `MaxCmdSN of a ${name} went back from ${hex(this.maxCmdSn)} to ${hex(max)}`)
    } else this.maxCmdSn = max
  }

  /** A request that is answered must be counted in ExpCmdSN. */
  answered(cmdSn: number, immediate: boolean, name: string): void {
    if (this.counts(cmdSn, immediate)) return
    this.#report(
      'counted',
      `a ${name} has CmdSN ${hex(cmdSn)}, and its answer says ExpCmdSN ${hex(this.expCmdSn ?? 0)}`,
    )
  }
  counts(cmdSn: number, immediate: boolean): boolean {
    return immediate || this.expCmdSn === undefined || ahead(this.expCmdSn, cmdSn) > 0
  }
}
