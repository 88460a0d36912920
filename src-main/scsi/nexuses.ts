import { together } from '../base/together.ts'
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
  /** Tells the nexuses of these initiator ports. */
  attentionTo(portNames: readonly string[], sense: Sense): void {
    for (const nexus of this.#of(portNames)) this.attention(nexus, sense)
  }
  /** Tells everybody but `by`. */
  attentionToOthers(by: Nexus, sense: Sense): void {
    for (const nexus of this.#all) if (nexus !== by) this.attention(nexus, sense)
  }

  /** LOGICAL UNIT RESET and target resets: all tasks end, everybody is told. Returns what the device still works on. */
  reset(): Promise<void> | undefined {
    for (const nexus of this.#all) this.attention(nexus, SENSE.busDeviceReset)
    return endTasks([...this.#all])
  }
  /** CLEAR TASK SET: the tasks of all others end. Returns what the device still works on. */
  clearOthers(by: Nexus): Promise<void> | undefined {
    const others = [...this.#all].filter((nexus) => nexus !== by)
    for (const nexus of others) this.attention(nexus, SENSE.commandsClearedByAnotherInitiator)
    return endTasks(others)
  }
  /** PREEMPT AND ABORT: the tasks of these initiator ports end. Returns what the device still works on. */
  endTasksOf(portNames: readonly string[]): Promise<void> | undefined {
    return endTasks(this.#of(portNames))
  }

  #of(portNames: readonly string[]): Nexus[] {
    return portNames.length === 0 ? [] : [...this.#all].filter((nexus) => portNames.includes(nexus.portName))
  }
}

const endTasks = (nexuses: readonly Nexus[]): Promise<void> | undefined =>
  together(nexuses.map((nexus) => nexus.abortTasks()))
