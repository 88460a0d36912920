import { LogHistogram } from '../base/log-histogram.ts'
import { PHASE } from '../scsi/task.ts'
import type { Command } from './command.ts'

/** Of the commands of a connection every so manieth is looked at once there are many. A power of two. */
const EVERY = 32
/** So many a second are looked at in any case, so that few commands do not go unseen. */
const FEW = 64

/** How long reads and writes take, from the PDU that asks to the answer in the outgoing buffer: what the initiator sees less
 *  the network. A part of the commands is timed, into histograms, so that knowing it costs the hot path nothing to speak
 *  of: two readings of a clock for one of many commands, and no memory. */
export class LatencyProbe {
  /** Microseconds, since the last `reset`. */
  readonly reads = new LogHistogram()
  readonly writes = new LogHistogram()
  readonly #nowMs: () => number
  #few = FEW

  /** @param nowMs a clock that never goes back, with fractions. */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs
  }

  /** When it began, or a negative number when this one is not timed. Milliseconds. @param count of its connection's commands. */
  begin(count: number): number {
    if (this.#few > 0) this.#few--
    else if (count % EVERY !== 0) return -1
    return this.#nowMs()
  }
  end(c: Command): void {
    if (c.aborted) return
    const micros = (this.#nowMs() - c.timedFromMs) * 1000
    if (c.phase === PHASE.read) this.reads.add(micros)
    else if (c.isWrite && c.wanted > 0) this.writes.add(micros)
  }
  /** Once a second. */
  reset(): void {
    this.reads.clear()
    this.writes.clear()
    this.#few = FEW
  }
}
