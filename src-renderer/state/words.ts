import type { ClientView, LiveStage } from '../../src-main/api/dto.ts'

/** Numbers and states in words, the same everywhere. */

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const

export function size(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit++
  }
  const text = unit === 0 || value >= 100 || Number.isInteger(value) ? Math.round(value).toString() : value.toFixed(1)
  return `${text} ${UNITS[unit]}`
}
export const rate = (bytesPerSecond: number): string => `${size(bytesPerSecond)}/s`

export function ago(ms: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - ms) / 1000))
  if (seconds < 5) return 'just now'
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  return new Date(ms).toLocaleDateString()
}
/** The time of day, with the date when it is not today's. */
export function clockTime(ms: number, nowMs: number): string {
  const at = new Date(ms)
  const time = at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' })
  if (at.toDateString() === new Date(nowMs).toDateString()) return time
  return `${at.toLocaleDateString([], { day: 'numeric', month: 'short' })}, ${time}`
}

/** `21 Nov 2026`. */
export const day = (ms: number): string =>
  new Date(ms).toLocaleDateString([], { day: 'numeric', month: 'short', year: 'numeric' })
/** `21 Nov 2026, 14:03`. */
export const dayAndTime = (ms: number): string =>
  `${day(ms)}, ${new Date(ms).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}`

/** `a, b and 5 more`; `none` when there are none. */
export function some(names: readonly string[], none = 'none'): string {
  if (names.length <= 1) return names[0] ?? none
  if (names.length <= 4) return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
  return `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
}
/** `1 disk`, `3 disks`. */
export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** A problem as a sentence, with what to do after it. */
export const sentence = (problem: { message: string; hint?: string | undefined }): string =>
  `${capital(problem.message)}${/[.!?]$/.test(problem.message) ? '' : '.'}${problem.hint ? ` ${problem.hint}` : ''}`

/** A boot that tells nothing for this long has most likely stopped. */
const STALLED_MS = 5 * 60_000
/** What to look at when a PC began to start and then fell silent. */
export function stalledHint(live: ClientView['live'], nowMs: number): string | undefined {
  if (bootStep(live.stage) === 0 || live.stage === 'running' || nowMs - live.sinceMs < STALLED_MS) return undefined
  return 'Nothing was heard since. Look at its screen; if it is off or stands still, switch it off and on again.'
}

/** The five steps of a boot that a person can watch. */
export const BOOT_STEPS: readonly { readonly label: string; readonly stages: readonly LiveStage[] }[] = [
  { label: 'Switched on', stages: ['seen', 'offered'] },
  { label: 'Loader', stages: ['loader'] },
  { label: 'Instructions', stages: ['script'] },
  { label: 'Disk', stages: ['sanLogin'] },
  { label: 'Running', stages: ['running'] },
]
/** How many of the steps are behind or under way; 0 when it is off. */
export const bootStep = (stage: LiveStage): number => BOOT_STEPS.findIndex((step) => step.stages.includes(stage)) + 1

export type Tone = 'quiet' | 'busy' | 'good' | 'bad'
export function clientTone(client: ClientView): Tone {
  if (client.live.stage === 'failed') return 'bad'
  if (client.live.stage === 'running') return 'good'
  return client.live.stage === 'off' || client.live.stage === 'gone' ? 'quiet' : 'busy'
}
const STAGE_WORDS: Record<LiveStage, string> = {
  off: 'Off',
  seen: 'Starting',
  offered: 'Starting',
  loader: 'Starting',
  script: 'Starting',
  sanLogin: 'Starting',
  running: 'Running',
  gone: 'Off',
  failed: 'Needs help',
}
export const stageWord = (stage: LiveStage): string => STAGE_WORDS[stage]

export const NEXT_BOOT_WORDS: Record<ClientView['stage'], string> = {
  run: 'Start from its Bootlace disk',
  install: 'Install a system onto its Bootlace disk',
  local: 'Start from its own local disk',
  menu: 'Show a menu on its screen',
}
