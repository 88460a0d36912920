import type { Clock } from '../base/clock.ts'
import type { LiveStage, TimelineEvent, TimelineType } from './client.ts'
import type { ClientRegistry } from './registry.ts'
import type { TimelineStore } from './stores.ts'

/** What a client is doing, as far as our own sockets can tell. */
export interface Live {
  readonly stage: LiveStage
  /** One sentence for people. */
  readonly text: string
  readonly sinceMs: number
}

/** A fact about a machine, from whichever service saw it. */
export interface Fact {
  readonly mac: string
  readonly type: TimelineType
  readonly text: string
  readonly data?: TimelineEvent['data']
  /** Where the machine is because of it; absent: the fact changes nothing. */
  readonly stage?: LiveStage
}

/** The same fact again within this time belongs to the same attempt (firmware repeats itself) and is not told twice. */
const REPEAT_MS = 20_000
/** A system that hands its session over, or lost its network for a moment, comes back within this time. */
export const GONE_AFTER_MS = 30_000

const OFF: Live = { stage: 'off', text: 'Switched off, or not seen since Bootlace started.', sinceMs: 0 }

/** Turns facts into the timeline and into one live state per machine. */
export class LiveBoard {
  readonly #registry: ClientRegistry
  readonly #timeline: TimelineStore
  readonly #clock: Clock
  readonly #told: (event: TimelineEvent) => void
  readonly #live = new Map<string, Live>()
  readonly #last = new Map<string, { key: string; atMs: number }>()
  readonly #sessions = new Map<string, { loader: number; system: number }>()
  readonly #leaving = new Map<string, () => void>()

  constructor(registry: ClientRegistry, timeline: TimelineStore, clock: Clock, told: (event: TimelineEvent) => void) {
    this.#registry = registry
    this.#timeline = timeline
    this.#clock = clock
    this.#told = told
  }

  of(mac: string): Live {
    return this.#live.get(mac) ?? OFF
  }
  sessionsOf(mac: string): number {
    const open = this.#sessions.get(mac)
    return open ? open.loader + open.system : 0
  }

  /** Records a fact. Returns the event, or nothing when it only repeats the last one. */
  record(fact: Fact): TimelineEvent | undefined {
    if (fact.type === 'seen') this.#leftAtOnce(fact.mac)
    const now = this.#clock.now()
    const key = `${fact.type} ${fact.text}`
    const last = this.#last.get(fact.mac)
    if (last && last.key === key && now - last.atMs < REPEAT_MS) {
      last.atMs = now
      return undefined
    }
    this.#last.set(fact.mac, { key, atMs: now })
    if (fact.stage) this.#live.set(fact.mac, { stage: fact.stage, text: fact.text, sinceMs: now })
    const client = this.#registry.byMac(fact.mac)?.name
    const event = this.#timeline.add({
      atMs: now,
      mac: fact.mac,
      ...(client !== undefined && { client }),
      type: fact.type,
      text: fact.text,
      data: fact.data ?? {},
    })
    this.#told(event)
    return event
  }

  sessionOpened(mac: string, kind: 'loader' | 'system', ip: string): void {
    const open = this.#sessions.get(mac) ?? { loader: 0, system: 0 }
    const before = open.system
    open[kind]++
    this.#sessions.set(mac, open)
    this.#leaving.get(mac)?.()
    this.#leaving.delete(mac)
    if (kind === 'loader') {
      this.record({ mac, type: 'sanLogin', stage: 'sanLogin', text: 'The loader opened the disk.', data: { ip } })
    } else if (before > 0 || this.of(mac).stage === 'running') {
      this.record({
        mac,
        type: 'systemLogin',
        stage: 'running',
        text: 'The system opened its disk again.',
        data: { ip },
      })
    } else {
      this.record({
        mac,
        type: 'systemLogin',
        stage: 'running',
        text: 'The operating system took its disk over: it is running.',
        data: { ip },
      })
    }
  }

  sessionEnded(mac: string, kind: 'loader' | 'system', why: string): void {
    const open = this.#sessions.get(mac)
    if (!open || open[kind] === 0) return
    open[kind]--
    if (open.system > 0 || kind !== 'system') return
    this.#leaving.get(mac)?.()
    this.#leaving.set(
      mac,
      this.#clock.after(GONE_AFTER_MS, 'gone', () => this.#left(mac, why)),
    )
  }

  #left(mac: string, why: string): void {
    this.#leaving.delete(mac)
    this.record({
      mac,
      type: 'gone',
      stage: 'gone',
      text: 'The system let go of its disk: switched off or restarting.',
      data: { why },
    })
  }

  /** A machine that asks for a boot again has certainly left its last system. */
  #leftAtOnce(mac: string): void {
    const cancel = this.#leaving.get(mac)
    if (!cancel) return
    cancel()
    this.#left(mac, 'restarted')
  }

  /** Cancels everything that waits. */
  close(): void {
    for (const cancel of this.#leaving.values()) cancel()
    this.#leaving.clear()
  }
}
