import { EngineError } from '../../src-main/api/caller.ts'
import type { Input, MethodName, Output } from '../../src-main/api/contract.ts'
import type { Snapshot, TimelineEntry } from '../../src-main/api/dto.ts'
import type { SettingsChange } from '../../src-main/api/settings.ts'
import type { Page, ServedBy } from '../../src-main/api/shell.ts'
import type { Metrics, MetricsPoint } from '../../src-main/api/metrics.ts'
import type { ErrorDto } from '../../src-main/api/wire.ts'
import type { Client, ClientEvent } from '../client/client.ts'
import { heard } from '../i18n/heard.ts'
import { t } from '../i18n/i18n.svelte.ts'
import { keepEqual } from './stable.ts'
import { capital } from './words.ts'

const TIMELINE_KEPT = 1000
/** Seconds. */
const METRICS_KEPT = 600
/** How long something can be taken back. */
const UNDO_MS = 10_000

export interface Toast {
  readonly text: string
  readonly tone: 'good' | 'bad'
  /** Takes back what was done. */
  readonly undo?: () => void
}

export type Connection = 'connecting' | 'connected' | 'lost' | 'failed'

/** All that the window shows of the engine: its newest snapshot, the timeline, and how the connection is. */
export class AppState {
  readonly client: Client
  snapshot = $state.raw<Snapshot>()
  timeline = $state.raw<readonly TimelineEntry[]>([])
  connection = $state<Connection>('connecting')
  problem = $state.raw<ErrorDto>()
  /** In the desktop app: whether it runs the engine itself. */
  servedBy = $state<ServedBy>()
  /** Where the tray or a notification wants to go; whoever shows pages takes it. */
  wantedPage = $state<Page>()
  /** A short message at the lower edge. */
  toast = $state.raw<Toast>()
  /** Second by second, oldest first; nothing before the engine told. */
  metrics = $state.raw<readonly MetricsPoint[]>([])
  cache = $state.raw<Metrics['cache']>()
  nowMs = $state(Date.now())
  isEmpty = $derived(
    this.snapshot !== undefined && this.snapshot.disks.length === 0 && this.snapshot.clients.length === 0,
  )
  runningCount = $derived(this.snapshot?.clients.filter((c) => c.live.sessions > 0).length ?? 0)
  brokenServices = $derived(this.snapshot?.services.filter((s) => s.state === 'failed') ?? [])
  #stop: () => void = () => {}
  #toastTimer: ReturnType<typeof setTimeout> | undefined

  constructor(client: Client) {
    this.client = client
  }

  start(): void {
    const stopListening = this.client.listen((event) => this.#on(event))
    const ticking = setInterval(() => (this.nowMs = Date.now()), 1000)
    this.#stop = () => {
      stopListening()
      clearInterval(ticking)
    }
  }
  stop(): void {
    this.#stop()
  }

  /** A call whose failure the caller shows where it happened. */
  call<M extends MethodName>(
    method: M,
    ...input: undefined extends Input<M> ? [Input<M>?] : [Input<M>]
  ): Promise<Output<M>> {
    return this.client.call(method, ...input)
  }
  /** A call whose failure is shown at the lower edge. Returns nothing then. */
  async attempt<T>(work: Promise<T>, done?: string): Promise<T | undefined> {
    try {
      const result = await work
      if (done !== undefined) this.say(done)
      return result
    } catch (thrown) {
      this.say(explain(thrown), 'bad')
      return undefined
    }
  }
  async changeSettings(change: SettingsChange): Promise<void> {
    const settings = await this.attempt(this.call('settingsChange', change))
    // The next snapshot brings the same, a moment later.
    if (settings && this.snapshot) this.snapshot = { ...this.snapshot, settings }
  }
  say(text: string, tone: 'good' | 'bad' = 'good'): void {
    clearTimeout(this.#toastTimer)
    this.toast = { text, tone }
    this.#toastTimer = setTimeout(() => (this.toast = undefined), tone === 'bad' ? 9000 : 4000)
  }
  /** Something was done that can be taken back for some seconds. */
  offerUndo(text: string, undo: () => Promise<unknown>): void {
    clearTimeout(this.#toastTimer)
    this.toast = {
      text,
      tone: 'good',
      undo: () => {
        clearTimeout(this.#toastTimer)
        this.toast = undefined
        void this.attempt(undo(), t('Taken back.'))
      },
    }
    this.#toastTimer = setTimeout(() => (this.toast = undefined), UNDO_MS)
  }

  #on(event: ClientEvent): void {
    switch (event.event) {
      case 'snapshot': {
        const first = this.snapshot === undefined || this.connection !== 'connected'
        this.snapshot = keepEqual(this.snapshot, event.snapshot)
        this.connection = 'connected'
        this.problem = undefined
        if (first) void this.#loadTimeline()
        if (first) void this.#loadMetrics()
        return
      }
      case 'timeline':
        this.timeline = [...this.timeline, event.entry].slice(-TIMELINE_KEPT)
        return
      case 'metrics':
        this.metrics = [...this.metrics, event.point].slice(-METRICS_KEPT)
        return
      case 'connected':
        return
      case 'engineRestarted':
        this.connection = 'connecting'
        return
      case 'disconnected':
        if (this.connection !== 'failed') this.connection = 'lost'
        return
      case 'servedBy':
        this.servedBy = event.by
        return
      case 'open':
        this.wantedPage = event.page
        return
      case 'engineFailed':
        this.connection = 'failed'
        this.problem = event.problem
        return
    }
  }

  async #loadTimeline(): Promise<void> {
    const entries = await this.attempt(this.call('timeline', { limit: 300 }))
    if (!entries) return
    const newestLoaded = entries.at(-1)?.id ?? 0
    this.timeline = [...entries, ...this.timeline.filter((e) => e.id > newestLoaded)]
  }

  async #loadMetrics(): Promise<void> {
    const history = await this.attempt(this.call('metrics', {}))
    if (!history) return
    const newestLoaded = history.points.at(-1)?.atMs ?? 0
    this.metrics = [...history.points, ...this.metrics.filter((p) => p.atMs > newestLoaded)]
    this.cache = history.cache
  }
}

/** What to do first, then what happened. */
export function explain(thrown: unknown): string {
  if (thrown instanceof EngineError)
    return thrown.hint
      ? `${capital(heard(thrown.message))}. ${heard(thrown.hint)}`
      : `${capital(heard(thrown.message))}.`
  return thrown instanceof Error ? thrown.message : String(thrown)
}
