import type { NewWakeSchedule, WakeScheduleView } from '../../../src-main/api/wake.ts'
import { t } from '../../i18n/i18n.svelte.ts'

/** What a person fills in for a time at which PCs are switched on. */
export class WakeTimesForm {
  time = $state('07:30')
  /** 1 Monday to 7 Sunday. */
  weekdays = $state<number[]>([1, 2, 3, 4, 5])
  /** MACs of PCs that were chosen before; else groups. */
  macs = $state.raw<readonly string[]>([])
  groups = $state<string[]>([])
  staggerSeconds = $state(3)
  wait = $state<WakeScheduleView['wait']>('no')

  get problem(): string | undefined {
    if (!/^\d\d:\d\d$/.test(this.time)) return t('Choose a time of day.')
    if (this.weekdays.length === 0) return t('Choose at least one day.')
    if (this.macs.length + this.groups.length === 0) return t('Choose who is to be switched on.')
    return undefined
  }

  toggleDay(day: number, on: boolean): void {
    this.weekdays = on ? [...this.weekdays, day].sort((a, b) => a - b) : this.weekdays.filter((one) => one !== day)
  }
  /** Groups keep the order in which they were chosen: it is the order in which they are switched on. */
  toggleGroup(name: string, on: boolean): void {
    this.groups = on ? [...this.groups, name] : this.groups.filter((one) => one !== name)
  }

  toNew(): NewWakeSchedule {
    return {
      time: this.time,
      weekdays: this.weekdays,
      ...(this.macs.length > 0 && { ids: [...this.macs] }),
      ...(this.groups.length > 0 && { groups: this.groups }),
      staggerSeconds: this.staggerSeconds,
      wait: this.wait,
    }
  }
}

export const DAYS: readonly { readonly day: number; readonly label: string }[] = [
  {
    day: 1,
    get label() {
      return t('Mon')
    },
  },
  {
    day: 2,
    get label() {
      return t('Tue')
    },
  },
  {
    day: 3,
    get label() {
      return t('Wed')
    },
  },
  {
    day: 4,
    get label() {
      return t('Thu')
    },
  },
  {
    day: 5,
    get label() {
      return t('Fri')
    },
  },
  {
    day: 6,
    get label() {
      return t('Sat')
    },
  },
  {
    day: 7,
    get label() {
      return t('Sun')
    },
  },
]

/** `Mon, Wed`, `every day`. */
export const daysWord = (weekdays: readonly number[]): string =>
  weekdays.length === 7
    ? t('every day')
    : DAYS.filter(({ day }) => weekdays.includes(day))
        .map(({ label }) => label)
        .join(', ')
