import { SENSE, type Sense } from './sense.ts'
import type { Nexus } from './task.ts'

/** Initiators that retry a command only a few times must not drown in attentions. */
const MAXIMUM_ATTENTIONS = 4

/** Who has a session with a logical unit, and what each still has to be told. */
export class Nexuses {
  readonly #all = new Set<Nexus>()

  /** A new nexus has one unit attention, 29/00. */
  attach(who: Omit<Nexus, 'attentions'>): Nexus {
    const nexus: Nexus = { ...who, attentions: [SENSE.powerOn] }
    this.#all.add(nexus)
    return nexus
  }
  detach(nexus: Nexus): void {
    this.#all.delete(nexus)
  }

  attention(nexus: Nexus, sense: Sense): void {
    const queue = nexus.attentions
    if (queue.length < MAXIMUM_ATTENTIONS && !queue.includes(sense)) queue.push(sense)
  }
  /** Tells the nexuses of these initiator ports. @param abort their tasks end, too. */
  attentionTo(portNames: readonly string[], sense: Sense, abort = false): void {
    if (portNames.length === 0) return
    for (const nexus of this.#all) {
      if (!portNames.includes(nexus.portName)) continue
      if (abort) nexus.abortTasks()
      this.attention(nexus, sense)
    }
  }
  /** Tells everybody but `by`. */
  attentionToOthers(by: Nexus, sense: Sense): void {
    for (const nexus of this.#all) if (nexus !== by) this.attention(nexus, sense)
  }

  /** LOGICAL UNIT RESET and target resets: all tasks end, everybody is told. */
  reset(): void {
    for (const nexus of this.#all) {
      nexus.abortTasks()
      this.attention(nexus, SENSE.busDeviceReset)
    }
  }
  /** CLEAR TASK SET: the tasks of all others end. */
  clearOthers(by: Nexus): void {
    for (const nexus of this.#all) {
      if (nexus === by) continue
      nexus.abortTasks()
      this.attention(nexus, SENSE.commandsClearedByAnotherInitiator)
    }
  }
}
