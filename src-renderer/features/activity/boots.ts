import type { ClientView, TimelineEntry } from '../../../src-main/api/dto.ts'
import { heard } from '../../i18n/heard.ts'
import { t, tn } from '../../i18n/i18n.svelte.ts'
import { clockTime, span } from '../../state/words.ts'

/** The timeline told boot by boot, and as text. */

export type Kind = 'boots' | 'problems' | 'disks'

/** Kinds of events that people ask for; the rest is told with `boots`. */
const PROBLEMS: ReadonlySet<string> = new Set(['loginRefused', 'transferFailed', 'report', 'notServed', 'nextTry'])
const DISKS: ReadonlySet<string> = new Set(['sanLogin', 'systemLogin', 'running', 'gone', 'diskReset'])
/** What a boot begins with: the first of a series of these. */
const FIRST: ReadonlySet<string> = new Set(['seen', 'notServed', 'offered', 'loader', 'script'])
/** Steps of a boot follow each other within this; later the PC was started anew. */
const PAUSE_MS = 5 * 60_000

const BAD: ReadonlySet<string> = new Set(['loginRefused', 'transferFailed', 'notServed'])
export const isBad = (entry: TimelineEntry): boolean => BAD.has(entry.type)

export interface Boot {
  /** Of its first entry. */
  readonly id: number
  readonly mac: string
  readonly name: string
  /** Oldest first. */
  readonly entries: readonly TimelineEntry[]
  readonly startedMs: number
  /** From the first step to the running system; absent while it starts, or when it did not get there. */
  readonly tookMs?: number | undefined
  readonly outcome: 'running' | 'under way' | 'failed' | 'other'
}

/** Names as they are now: what happened before a PC got its name is shown under it all the same. */
export type NameOf = (entry: TimelineEntry) => string
export function namesOf(clients: readonly ClientView[]): NameOf {
  const names = new Map(clients.map((client) => [client.mac, client.name]))
  return (entry) => names.get(entry.mac) ?? entry.client ?? entry.mac
}

export interface Filter {
  /** MAC; empty: all. */
  readonly mac: string
  /** Empty: all. */
  readonly kind: Kind | ''
  readonly search: string
}
export function matching(entries: readonly TimelineEntry[], filter: Filter, nameOf: NameOf): TimelineEntry[] {
  const wanted = filter.search.trim().toLowerCase()
  return entries.filter((entry) => {
    if (filter.mac !== '' && entry.mac !== filter.mac) return false
    if (filter.kind === 'problems' && !PROBLEMS.has(entry.type)) return false
    if (filter.kind === 'disks' && !DISKS.has(entry.type)) return false
    if (filter.kind === 'boots' && DISKS.has(entry.type) && entry.type !== 'sanLogin' && entry.type !== 'systemLogin')
      return false
    if (wanted === '') return true
    return [nameOf(entry), entry.mac, entry.text, heard(entry.text)].some((text) => text.toLowerCase().includes(wanted))
  })
}

/** Entries of one PC that belong together, newest group first. @param entries oldest first. */
export function bootsOf(entries: readonly TimelineEntry[], nameOf: NameOf): Boot[] {
  const open = new Map<string, TimelineEntry[]>()
  const groups: TimelineEntry[][] = []
  for (const entry of entries) {
    const group = open.get(entry.mac)
    if (group && !beginsAnew(group, entry)) group.push(entry)
    else {
      const begun = [entry]
      open.set(entry.mac, begun)
      groups.push(begun)
    }
  }
  return groups.map((group) => bootOf(group, nameOf)).sort((a, b) => b.entries.at(-1)!.id - a.entries.at(-1)!.id)
}

function beginsAnew(group: readonly TimelineEntry[], entry: TimelineEntry): boolean {
  const last = group.at(-1)!
  if (entry.type === 'seen') return last.type !== 'seen' && last.type !== 'offered' && last.type !== 'nextTry'
  // Who asks again has left the system that ran.
  const ran = group.some((e) => e.type === 'systemLogin' || e.type === 'running')
  return FIRST.has(entry.type) && (ran || entry.atMs - last.atMs > PAUSE_MS)
}

function bootOf(entries: readonly TimelineEntry[], nameOf: NameOf): Boot {
  const first = entries[0]!
  const start = entries.find((entry) => FIRST.has(entry.type))
  const running = entries.find((entry) => entry.type === 'systemLogin' || entry.type === 'running')
  const tookMs = start && running && running.id > start.id ? running.atMs - start.atMs : undefined
  const failed = !running && entries.some(isBad)
  return {
    id: first.id,
    mac: first.mac,
    name: nameOf(first),
    entries,
    startedMs: first.atMs,
    ...(tookMs !== undefined && { tookMs }),
    outcome: tookMs !== undefined ? 'running' : failed ? 'failed' : start ? 'under way' : 'other',
  }
}

/** `pc-01 started, 42 s`. */
export function bootTitle(boot: Boot): string {
  const { name } = boot
  switch (boot.outcome) {
    case 'running':
      return t('{name} started, {time}', { name, time: span(boot.tookMs!) })
    case 'failed':
      return t('{name} did not get to its disk', { name })
    case 'under way':
      return t('{name} asked for a boot', { name })
    case 'other':
      return tn(boot.entries.length, '{name}: {n} event', '{name}: {n} events', { name })
  }
}

/** For a message or a ticket: one line for each event, oldest first. */
export function asText(entries: readonly TimelineEntry[], nameOf: NameOf, nowMs: number): string {
  return entries.map((e) => `${clockTime(e.atMs, nowMs)}  ${nameOf(e)}  ${heard(e.text)}`).join('\n')
}

/** A value for a field of a table of text. */
const field = (value: string): string => (/[",\n;]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
/** For a spreadsheet: times in UTC, English texts, so that files of several people compare. */
export function asCsv(entries: readonly TimelineEntry[], nameOf: NameOf): string {
  const rows = entries.map((e) =>
    [new Date(e.atMs).toISOString(), nameOf(e), e.mac, e.type, e.text].map(field).join(','),
  )
  return ['time,pc,mac,event,text', ...rows].join('\r\n') + '\r\n'
}
