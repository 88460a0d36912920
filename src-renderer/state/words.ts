import type { MenuEntry } from '../../src-main/api/boot.ts'
import type { ClientView, LiveStage } from '../../src-main/api/dto.ts'
import { heard } from '../i18n/heard.ts'
import { locale, t } from '../i18n/i18n.svelte.ts'

/** Numbers and states in words, the same everywhere, in the reader's language. */

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB'] as const

/** The regional form in which dates are written. */
const dates = () => (locale() === 'de' ? 'de-DE' : 'en-GB')
/** With one digit behind the point, or comma. */
const tenths = (value: number) => (locale() === 'de' ? value.toFixed(1).replace('.', ',') : value.toFixed(1))

export function size(bytes: number): string {
  if (bytes < 1024) return t('{n} bytes', { n: Math.round(bytes) })
  let value = bytes / 1024
  let unit = 0
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit++
  }
  return `${value >= 100 || Number.isInteger(value) ? Math.round(value) : tenths(value)} ${UNITS[unit]}`
}
export const rate = (bytesPerSecond: number): string => `${size(bytesPerSecond)}/s`

/** `250 µs`, `3.4 ms`. @param micros microseconds. */
export function duration(micros: number): string {
  if (micros < 1000) return `${Math.round(micros)} µs`
  const ms = micros / 1000
  if (ms < 1000) return `${ms < 10 ? tenths(ms) : Math.round(ms)} ms`
  return `${tenths(ms / 1000)} s`
}

export function ago(ms: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - ms) / 1000))
  if (seconds < 5) return t('just now')
  if (seconds < 60) return t('{n} s ago', { n: seconds })
  if (seconds < 3600) return t('{n} min ago', { n: Math.floor(seconds / 60) })
  if (seconds < 86_400) return t('{n} h ago', { n: Math.floor(seconds / 3600) })
  return new Date(ms).toLocaleDateString(dates())
}
/** `42 s`, `3 min 5 s`, `2 h 10 min`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min${seconds % 60 ? ` ${seconds % 60} s` : ''}`
  const minutes = Math.floor(seconds / 60)
  return `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ''}`
}
/** The time of day, with the date when it is not today's. */
export function clockTime(ms: number, nowMs: number): string {
  const at = new Date(ms)
  const time = at.toLocaleTimeString(dates(), { hour: '2-digit', minute: '2-digit', second: '2-digit' })
  if (at.toDateString() === new Date(nowMs).toDateString()) return time
  return `${at.toLocaleDateString(dates(), { day: 'numeric', month: 'short' })}, ${time}`
}

/** `21 Nov 2026`. */
export const day = (ms: number): string =>
  new Date(ms).toLocaleDateString(dates(), { day: 'numeric', month: 'short', year: 'numeric' })
/** `21 Nov 2026, 14:03`. */
export const dayAndTime = (ms: number): string =>
  `${day(ms)}, ${new Date(ms).toLocaleTimeString(dates(), { hour: '2-digit', minute: '2-digit' })}`

/** `a, b and 5 more`; `none` when there are none. */
export function some(names: readonly string[], none: string = t('none')): string {
  if (names.length <= 1) return names[0] ?? none
  if (names.length <= 4)
    return t('{names} and {last}', { names: names.slice(0, -1).join(', '), last: names.at(-1) ?? '' })
  return t('{names} and {n} more', { names: names.slice(0, 3).join(', '), n: names.length - 3 })
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** A problem as a sentence, with what to do after it. */
export const sentence = (problem: { message: string; hint?: string | undefined }): string =>
  `${capital(heard(problem.message))}${/[.!?]$/.test(problem.message) ? '' : '.'}${problem.hint ? ` ${heard(problem.hint)}` : ''}`

/** A boot that tells nothing for this long has most likely stopped. */
const STALLED_MS = 5 * 60_000
/** What to look at when a PC began to start and then fell silent. */
export function stalledHint(live: ClientView['live'], nowMs: number): string | undefined {
  if (bootStep(live.stage) === 0 || live.stage === 'running' || nowMs - live.sinceMs < STALLED_MS) return undefined
  return t('Nothing was heard since. Look at its screen; if it is off or stands still, switch it off and on again.')
}

/** The five steps of a boot that a person can watch. */
export const BOOT_STEPS: readonly { readonly label: string; readonly stages: readonly LiveStage[] }[] = [
  {
    get label() {
      return t('Switched on')
    },
    stages: ['seen', 'offered'],
  },
  {
    get label() {
      return t('Loader')
    },
    stages: ['loader'],
  },
  {
    get label() {
      return t('Instructions')
    },
    stages: ['script'],
  },
  {
    get label() {
      return t('Disk')
    },
    stages: ['sanLogin'],
  },
  {
    get label() {
      return t('Running')
    },
    stages: ['running'],
  },
]
/** How many of the steps are behind or under way; 0 when it is off. */
export const bootStep = (stage: LiveStage): number => BOOT_STEPS.findIndex((step) => step.stages.includes(stage)) + 1

export type Tone = 'quiet' | 'busy' | 'good' | 'bad'
export function clientTone(client: ClientView): Tone {
  if (client.live.stage === 'failed') return 'bad'
  if (client.live.stage === 'running') return 'good'
  return client.live.stage === 'off' || client.live.stage === 'gone' ? 'quiet' : 'busy'
}
export function stageWord(stage: LiveStage): string {
  switch (stage) {
    case 'off':
    case 'gone':
      return t('Off')
    case 'running':
      return t('Running')
    case 'failed':
      return t('Needs help')
    default:
      return t('Starting')
  }
}

export const NEXT_BOOT_WORDS: Readonly<Record<ClientView['stage'], string>> = {
  get run() {
    return t('Start from its Bootlace disk')
  },
  get install() {
    return t('Install a system onto its Bootlace disk')
  },
  get local() {
    return t('Start from its own local disk')
  },
  get menu() {
    return t('Show a menu on its screen')
  },
  get maintenance() {
    return t('Start maintenance')
  },
}
/** In the order in which they are offered. */
export const STAGES: readonly ClientView['stage'][] = ['run', 'install', 'menu', 'local', 'maintenance']

/** What entries of a PC's menu are for. */
export const MENU_ENTRY_WORDS: Readonly<Record<MenuEntry, string>> = {
  get disk() {
    return t('Its Bootlace disk')
  },
  get second() {
    return t('Its second disk')
  },
  get local() {
    return t('Its own local disk')
  },
  get install() {
    return t('Installing a system')
  },
  get maintenance() {
    return t('Maintenance')
  },
  get scripts() {
    return t('Your own scripts')
  },
  get shell() {
    return t('The shell of the loader')
  },
}
