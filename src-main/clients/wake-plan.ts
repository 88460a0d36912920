import { AppError } from '../base/errors.ts'

/** Whom to switch on, in which order, and how far apart. */
export interface WakePlan {
  /** One after the other: the next are not begun before the last are sent, and awaited where that is wanted. */
  readonly steps: readonly WakeStep[]
  /** Between two PCs: many that start at once slow each other down. */
  readonly staggerSeconds: number
  /** Between two steps: until `all` or `most` of the PCs of a step run, but no longer than this; `delay`: so long, whoever
   *  runs; `no`: not at all. */
  readonly wait: 'no' | 'most' | 'all' | 'delay'
  readonly waitAtMostSeconds: number
}

/** PCs by MAC, or those of a group at the time. */
export type WakeStep = { readonly macs: readonly string[] } | { readonly group: string }

export const USUAL_STAGGER_SECONDS = 3
export const USUAL_WAIT_SECONDS = 300
const LONGEST_SECONDS = 3600

/** At fixed times, in the time of this computer. One that comes while the engine is off, or asleep, is not made up for. */
export interface WakeSchedule {
  readonly id: number
  readonly plan: WakePlan
  /** `07:30`. */
  readonly time: string
  /** 1 Monday to 7 Sunday. */
  readonly weekdays: readonly number[]
  readonly createdMs: number
}

export interface WakeScheduleStore {
  all(): WakeSchedule[]
  add(schedule: Omit<WakeSchedule, 'id'>): WakeSchedule
  remove(id: number): boolean
}

/** Errors: wake.plan. */
export function checkPlan(plan: WakePlan): WakePlan {
  const within = (n: number): boolean => Number.isInteger(n) && n >= 0 && n <= LONGEST_SECONDS
  if (!within(plan.staggerSeconds) || !within(plan.waitAtMostSeconds))
    throw new AppError('wake.plan', `that is no time in seconds from 0 to ${LONGEST_SECONDS}`, {
      hint: `Usual are ${USUAL_STAGGER_SECONDS} between two PCs and ${USUAL_WAIT_SECONDS} for a group.`,
    })
  if (plan.steps.length === 0)
    throw new AppError('wake.plan', 'nobody is to be switched on', { hint: 'Name PCs or a group.' })
  return plan
}

/** Errors: wake.time. */
export function checkTimes(time: string, weekdays: readonly number[]): void {
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time))
    throw new AppError('wake.time', `"${time}" is no time of day`, { hint: 'Write it like 07:30.' })
  if (weekdays.length === 0 || weekdays.some((day) => !Number.isInteger(day) || day < 1 || day > 7))
    throw new AppError('wake.time', 'those are no days of the week', {
      hint: 'Choose at least one of Monday to Sunday.',
    })
}

/** The first time after that moment. On the day when clocks go forward, a time that does not exist is as much later as they
 *  go; when they go back, the first of two counts. */
export function nextWakeMs({ time, weekdays }: Pick<WakeSchedule, 'time' | 'weekdays'>, afterMs: number): number {
  const [hours, minutes] = time.split(':').map(Number) as [number, number]
  const from = new Date(afterMs)
  for (let day = 0; day <= 8; day++) {
    const at = new Date(from.getFullYear(), from.getMonth(), from.getDate() + day, hours, minutes)
    if (weekdays.includes(at.getDay() === 0 ? 7 : at.getDay()) && at.getTime() > afterMs) return at.getTime()
  }
  return Infinity
}
