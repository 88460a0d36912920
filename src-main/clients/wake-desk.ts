import type { Clock } from '../base/clock.ts'
import { AppError } from '../base/errors.ts'
import type { Client } from './client.ts'
import {
  checkPlan,
  checkTimes,
  nextWakeMs,
  type WakePlan,
  type WakeSchedule,
  type WakeScheduleStore,
  type WakeStep,
} from './wake-plan.ts'

/** How often the clock is looked at: it may be put forward or back, and the computer may have slept. */
const LOOK_MS = 15_000
/** One that is later than this, because the computer slept, is left out: nobody wants PCs on in the evening because it
 *  should have been the morning. */
export const LATE_MS = 120_000
/** How often it is looked whether the PCs of a step run. */
const AWAIT_MS = 1000
/** How many of a step must run before the next. Half of them and one more is “most”. */
const enough = (wait: 'most' | 'all' | 'delay', of: number): number =>
  wait === 'delay' ? Infinity : wait === 'all' ? of : Math.floor(of / 2) + 1

export interface WakeNeeds {
  clients(): readonly Client[]
  isRunning(mac: string): boolean
  send(mac: string): Promise<void>
  /** What became of a packet. */
  told(mac: string, failure: string | undefined): void
  /** One was left out or came to nothing. */
  warn(text: string): void
  readonly store: WakeScheduleStore
  readonly clock: Clock
}

/** Switches PCs on: now, one after the other, group by group, and at fixed times. */
export class WakeDesk {
  readonly #n: WakeNeeds
  readonly #runs = new Set<() => void>()
  #schedules: readonly WakeSchedule[]
  #lookedMs: number
  #stopLooking: () => void

  constructor(needs: WakeNeeds) {
    this.#n = needs
    this.#schedules = needs.store.all()
    this.#lookedMs = needs.clock.now()
    this.#stopLooking = this.#lookLater()
  }

  /** Those that will be sent a packet, in order; PCs that run are left out. Errors: wake.plan, net.send of the first. */
  async wake(plan: WakePlan): Promise<Client[]> {
    checkPlan(plan)
    const steps = plan.steps.map((step) => this.#offOf(step)).filter((step) => step.length > 0)
    const all = steps.flat()
    const first = all[0]
    if (first === undefined) {
      const known = plan.steps.some((step) => this.#clientsOf(step).length > 0)
      throw new AppError('wake.plan', known ? 'they are all on' : 'there are no such PCs', {
        hint: known ? 'There is nothing to do.' : 'See bootlace client list for names and groups.',
      })
    }
    // Whoever asked hears at once when nothing can be sent.
    await this.#n.send(first.mac)
    this.#n.told(first.mac, undefined)
    this.#go(plan, steps, 0, 1)
    return all
  }

  schedules(): { readonly schedule: WakeSchedule; readonly nextMs: number }[] {
    const now = this.#n.clock.now()
    return this.#schedules.map((schedule) => ({ schedule, nextMs: nextWakeMs(schedule, now) }))
  }

  /** Errors: wake.plan, wake.time. */
  add(wanted: Pick<WakeSchedule, 'plan' | 'time' | 'weekdays'>): WakeSchedule {
    checkTimes(wanted.time, wanted.weekdays)
    checkPlan(wanted.plan)
    const weekdays = [...new Set(wanted.weekdays)].sort((a, b) => a - b)
    const added = this.#n.store.add({ ...wanted, weekdays, createdMs: this.#n.clock.now() })
    this.#schedules = this.#n.store.all()
    return added
  }

  /** Errors: wake.unknown. */
  remove(id: number): void {
    if (!this.#n.store.remove(id))
      throw new AppError('wake.unknown', `there is no schedule ${id}`, { hint: 'See bootlace wake schedule list.' })
    this.#schedules = this.#n.store.all()
  }

  close(): void {
    this.#stopLooking()
    for (const cancel of this.#runs) cancel()
    this.#runs.clear()
  }

  #clientsOf(step: WakeStep): Client[] {
    const all = this.#n.clients()
    if ('group' in step) return all.filter((client) => client.group === step.group)
    return step.macs.flatMap((mac) => all.filter((client) => client.mac === mac))
  }
  #offOf(step: WakeStep): Client[] {
    return this.#clientsOf(step).filter((client) => !this.#n.isRunning(client.mac))
  }

  /** What is left of a plan from the PC `at` of the step `on`; the PC before it was sent its packet just now. */
  #go(plan: WakePlan, steps: readonly (readonly Client[])[], on: number, at: number): void {
    const step = steps[on]!
    const next = step[at]
    if (next !== undefined) {
      this.#later(1000 * plan.staggerSeconds, () => {
        this.#send(next)
        this.#go(plan, steps, on, at + 1)
      })
      return
    }
    const following = steps[on + 1]
    if (following === undefined) return
    const begin = () => {
      this.#send(following[0]!)
      this.#go(plan, steps, on + 1, 1)
    }
    if (plan.wait === 'no') return this.#later(1000 * plan.staggerSeconds, begin)
    this.#await(step, enough(plan.wait, step.length), this.#n.clock.now() + 1000 * plan.waitAtMostSeconds, begin)
  }

  #await(step: readonly Client[], running: number, untilMs: number, then: () => void): void {
    const here = step.filter((client) => this.#n.isRunning(client.mac)).length
    if (here >= running || this.#n.clock.now() >= untilMs) return then()
    this.#later(AWAIT_MS, () => this.#await(step, running, untilMs, then))
  }

  #send({ mac }: Client): void {
    // It may have been switched on by hand meanwhile.
    if (this.#n.isRunning(mac)) return
    this.#n.send(mac).then(
      () => this.#n.told(mac, undefined),
      (thrown: unknown) => this.#n.told(mac, thrown instanceof Error ? thrown.message : String(thrown)),
    )
  }

  #later(ms: number, work: () => void): void {
    const cancel = this.#n.clock.after(ms, 'wake', () => {
      this.#runs.delete(cancel)
      work()
    })
    this.#runs.add(cancel)
  }

  #lookLater(): () => void {
    return this.#n.clock.after(LOOK_MS, 'wake schedule', () => {
      this.#look()
      this.#stopLooking = this.#lookLater()
    })
  }

  #look(): void {
    const now = this.#n.clock.now()
    const from = this.#lookedMs
    this.#lookedMs = now
    // The clock was put back: what has been done is not done again, because `from` is now.
    if (now < from) return
    for (const schedule of this.#schedules) {
      const dueMs = nextWakeMs(schedule, Math.max(from, schedule.createdMs))
      if (dueMs > now) continue
      if (now - dueMs > LATE_MS) {
        this.#n.warn(`Switching PCs on at ${schedule.time} was left out: this computer was asleep then.`)
        continue
      }
      this.wake(schedule.plan).catch((thrown: unknown) =>
        this.#n.warn(`Nobody was switched on at ${schedule.time}: ${(thrown as Error).message}.`),
      )
    }
  }
}
