import type { Snapshot, TimelineEntry } from '../api/dto.ts'
import type { Notifications } from '../api/settings.ts'
import type { Page } from '../api/shell.ts'
import type { Clock } from '../base/clock.ts'
import { someOf, type Words } from './words/words.ts'

/** What is worth disturbing somebody who does not look at the window. */
export interface Notice {
  readonly kind: keyof Notifications
  readonly title: string
  readonly body: string
  /** Where the window opens when it is clicked. */
  readonly page: Page
}

export interface NoticeNeeds {
  readonly clock: Clock
  readonly words: () => Words
  readonly show: (notice: Notice) => void
  /** The timeline of one PC, oldest first; the first start of a PC is one before which it never ran. */
  readonly history: (mac: string) => Promise<readonly TimelineEntry[]>
  readonly failed: (thrown: unknown) => void
}

/** PCs that switch on together, after a power cut or in a class room, are told together. */
const GATHER_MS = 10_000
/** How long the disk must have been less full before the same level is worth a word again. */
const EMPTIER_MS = 3600_000

type Gathered = 'firstBoot' | 'bootFailed' | 'unknownPc'

/** Decides from what the engine says which notices are due: each cause once, PCs together, nothing that was so already when
 *  the program started, except a disk that fills. */
export class Notices {
  readonly #o: NoticeNeeds
  #wanted: Notifications | undefined
  #sinceMs: number | undefined
  readonly #waiting = new Map<Gathered, Set<string>>()
  readonly #cancels = new Set<() => void>()
  readonly #failures = new Map<string, string>()
  readonly #strangers = new Set<string>()
  readonly #hasRun = new Set<string>()
  #level = 0
  #lower: { level: number; sinceMs: number } | undefined

  constructor(o: NoticeNeeds) {
    this.#o = o
  }

  snapshot(s: Snapshot): void {
    const isFirst = this.#sinceMs === undefined
    this.#sinceMs ??= this.#o.clock.now()
    this.#wanted = s.settings.notifications
    this.#fill(s)
    for (const { mac, name, live } of s.clients) {
      if (live.stage === 'running') this.#failures.delete(mac)
      // A PC that tries again and again fails for the same reason each time.
      if (live.stage !== 'failed' || this.#failures.get(mac) === live.text) continue
      this.#failures.set(mac, live.text)
      if (!isFirst) this.#gather('bootFailed', name)
    }
    for (const { mac, firstSeenMs } of s.unknown) {
      // One that was known before, or whose name was taken away, is not new.
      if (isFirst || firstSeenMs < this.#sinceMs || this.#strangers.has(mac)) continue
      this.#strangers.add(mac)
      this.#gather('unknownPc', mac)
    }
  }

  timeline(entry: TimelineEntry): void {
    const { mac, client } = entry
    if (entry.type !== 'systemLogin' || client === undefined || this.#hasRun.has(mac)) return
    this.#hasRun.add(mac)
    this.#o.history(mac).then((entries) => {
      if (!ranBefore(entries, entry)) this.#gather('firstBoot', client)
    }, this.#o.failed)
  }

  /** Forgets what waits. */
  close(): void {
    for (const cancel of this.#cancels) cancel()
    this.#cancels.clear()
    this.#waiting.clear()
  }

  #gather(kind: Gathered, who: string): void {
    const waiting = this.#waiting.get(kind)
    if (waiting) {
      waiting.add(who)
      return
    }
    const names = new Set([who])
    this.#waiting.set(kind, names)
    const cancel = this.#o.clock.after(GATHER_MS, `notice ${kind}`, () => {
      this.#cancels.delete(cancel)
      this.#waiting.delete(kind)
      this.#show(noticeOf(kind, [...names], this.#o.words()))
    })
    this.#cancels.add(cancel)
  }

  #show(notice: Notice): void {
    if (this.#wanted?.[notice.kind]) this.#o.show(notice)
  }

  /** A disk that hovers around a level is told of once. */
  #fill(s: Snapshot): void {
    const now = this.#o.clock.now()
    const level = fillLevel(s)
    if (level > this.#level) {
      this.#level = level
      this.#lower = undefined
      this.#show(fillingNotice(level, this.#o.words()))
    } else if (level === this.#level) this.#lower = undefined
    else if (this.#lower === undefined || level > this.#lower.level) {
      this.#lower = { level, sinceMs: this.#lower?.sinceMs ?? now }
    } else if (now - this.#lower.sinceMs >= EMPTIER_MS) {
      this.#level = this.#lower.level
      this.#lower = undefined
    }
  }
}

export const ranBefore = (entries: readonly TimelineEntry[], entry: TimelineEntry): boolean =>
  entries.some((e) => e.type === 'systemLogin' && e.id < entry.id)

/** In percent; 0 while there is no need to speak of it. */
const fillLevel = (s: Snapshot): number =>
  Math.max(0, ...s.warnings.map((w) => Number(/^disk\.filling(\d+)$/.exec(w.code)?.[1] ?? 0)))

function noticeOf(kind: Gathered, names: readonly string[], words: Words): Notice {
  const { tn } = words
  const values = { names: someOf(names, words) }
  switch (kind) {
    case 'firstBoot':
      return {
        kind,
        title: tn(names.length, '{names} has started', '{n} PCs have started', values),
        body: tn(
          names.length,
          'It runs from this computer for the first time.',
          'They run from this computer for the first time: {names}.',
          values,
        ),
        page: 'clients',
      }
    case 'bootFailed':
      return {
        kind,
        title: tn(names.length, '{names} did not start', '{n} PCs did not start', values),
        body: tn(
          names.length,
          'Bootlace shows why, and what to do.',
          'Bootlace shows why, and what to do: {names}.',
          values,
        ),
        page: 'clients',
      }
    case 'unknownPc':
      return {
        kind,
        title: tn(names.length, 'A new PC asked for a boot', '{n} new PCs asked for a boot'),
        body: tn(
          names.length,
          'Give it a name and a disk in Bootlace. Its address is {names}.',
          'Give them names and disks in Bootlace. Their addresses are {names}.',
          values,
        ),
        page: 'clients',
      }
  }
}

const fillingNotice = (level: number, { t }: Words): Notice => ({
  kind: 'diskFilling',
  title: t('The disk of this computer is {level} % full', { level }),
  body:
    level < 85
      ? t('Look at what can go: restore points, old versions of images, disks that nobody uses.')
      : t('Free some space: when it runs out, PCs cannot save anything until there is some again.'),
  page: 'disks',
})
