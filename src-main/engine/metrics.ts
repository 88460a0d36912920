import type { Latency, Metrics, MetricsPoint } from '../api/metrics.ts'
import { LogHistogram } from '../base/log-histogram.ts'

/** Seconds that are kept. */
export const KEPT_SECONDS = 600
/** Seconds that the percentiles of `status` are of. */
const MINUTE = 60

/** The newest so many of something, oldest first. */
export class Ring<T> {
  readonly #places: T[] = []
  readonly #size: number
  #next = 0

  constructor(size: number) {
    this.#size = size
  }
  /** Returns what had its place before. */
  push(value: T): T | undefined {
    const before = this.#places[this.#next]
    this.#places[this.#next] = value
    this.#next = (this.#next + 1) % this.#size
    return before
  }
  list(): T[] {
    return [...this.#places.slice(this.#next), ...this.#places.slice(0, this.#next)]
  }
}

/** Where the numbers come from. Counters only rise; histograms hold one second. */
export interface MetricsSources {
  /** Open sessions. A session that ends takes its last moments with it. */
  sessions(): readonly {
    readonly id: number
    readonly mac?: string | undefined
    readonly bytesRead: number
    readonly bytesWritten: number
    readonly commands: number
  }[]
  readonly latency: { readonly reads: LogHistogram; readonly writes: LogHistogram; reset(): void }
  readonly cache: {
    readonly counters: {
      readonly hits: number
      readonly misses: number
      readonly heldBytes: number
      readonly maximumBytes: number
    }
  }
}

interface Counted {
  read: number
  written: number
  commands: number
}
interface Second {
  readonly reads: LogHistogram
  readonly writes: LogHistogram
}

/** What the target did in the last ten minutes, second by second, in all and for each PC. */
export class MetricsBook {
  readonly #sources: MetricsSources
  readonly #points = new Ring<MetricsPoint>(KEPT_SECONDS)
  readonly #minute = new Ring<Second>(MINUTE)
  readonly #ofClient = new Map<string, { points: Ring<MetricsPoint>; busyMs: number }>()
  #sessions = new Map<number, Counted>()
  #lastMs: number
  #lastCache: { hits: number; misses: number }

  constructor(sources: MetricsSources, nowMs: number) {
    this.#sources = sources
    this.#lastMs = nowMs
    const { hits, misses } = sources.cache.counters
    this.#lastCache = { hits, misses }
  }

  /** Once a second. */
  sample(nowMs: number): MetricsPoint {
    const { latency, cache } = this.#sources
    // A clock that was set back must not make rates negative or endless.
    const seconds = Math.max(0.5, (nowMs - this.#lastMs) / 1000)
    this.#lastMs = nowMs
    const { all, ofMac } = this.#moved()
    const { hits, misses } = cache.counters
    const reads = latencyOf(latency.reads)
    const writes = latencyOf(latency.writes)
    const point: MetricsPoint = {
      ...rates(nowMs, all, seconds),
      ...(reads && { reads }),
      ...(writes && { writes }),
      cacheHits: hits - this.#lastCache.hits,
      cacheMisses: misses - this.#lastCache.misses,
    }
    this.#lastCache = { hits, misses }
    this.#points.push(point)
    const second: Second = { reads: new LogHistogram(), writes: new LogHistogram() }
    second.reads.addAll(latency.reads)
    second.writes.addAll(latency.writes)
    this.#minute.push(second)
    latency.reset()
    this.#noteClients(nowMs, ofMac, seconds)
    return point
  }

  history(): Metrics {
    const reads = new LogHistogram()
    const writes = new LogHistogram()
    for (const second of this.#minute.list()) {
      reads.addAll(second.reads)
      writes.addAll(second.writes)
    }
    const [ofReads, ofWrites] = [latencyOf(reads), latencyOf(writes)]
    return {
      points: this.#points.list(),
      ...(ofReads && { reads: ofReads }),
      ...(ofWrites && { writes: ofWrites }),
      cache: this.#cacheView(),
    }
  }
  /** Throughput of one PC; no points when it did nothing in the time that is kept. */
  historyOf(mac: string): Metrics {
    return { points: this.#ofClient.get(mac)?.points.list() ?? [], cache: this.#cacheView() }
  }

  #cacheView(): Metrics['cache'] {
    const { hits, misses, heldBytes, maximumBytes } = this.#sources.cache.counters
    return { hits, misses, heldBytes, maximumBytes }
  }

  /** What sessions moved since the last sample. */
  #moved(): { all: Counted; ofMac: Map<string, Counted> } {
    const all: Counted = { read: 0, written: 0, commands: 0 }
    const ofMac = new Map<string, Counted>()
    const seen = new Map<number, Counted>()
    for (const s of this.#sources.sessions()) {
      const now: Counted = { read: s.bytesRead, written: s.bytesWritten, commands: s.commands }
      seen.set(s.id, now)
      const before = this.#sessions.get(s.id)
      const moved: Counted = {
        read: now.read - (before?.read ?? 0),
        written: now.written - (before?.written ?? 0),
        commands: now.commands - (before?.commands ?? 0),
      }
      add(all, moved)
      if (s.mac === undefined) continue
      const sum = ofMac.get(s.mac) ?? { read: 0, written: 0, commands: 0 }
      add(sum, moved)
      ofMac.set(s.mac, sum)
    }
    this.#sessions = seen
    return { all, ofMac }
  }

  /** A PC has a history from its first session until it was quiet for as long as is kept. */
  #noteClients(nowMs: number, ofMac: ReadonlyMap<string, Counted>, seconds: number): void {
    for (const mac of ofMac.keys())
      if (!this.#ofClient.has(mac)) this.#ofClient.set(mac, { points: new Ring(KEPT_SECONDS), busyMs: nowMs })
    for (const [mac, history] of this.#ofClient) {
      const moved = ofMac.get(mac)
      if (moved) history.busyMs = nowMs
      else if (nowMs - history.busyMs > KEPT_SECONDS * 1000) {
        this.#ofClient.delete(mac)
        continue
      }
      history.points.push({
        ...rates(nowMs, moved ?? { read: 0, written: 0, commands: 0 }, seconds),
        cacheHits: 0,
        cacheMisses: 0,
      })
    }
  }
}

function add(sum: Counted, more: Counted): void {
  sum.read += more.read
  sum.written += more.written
  sum.commands += more.commands
}

const rates = (atMs: number, moved: Counted, seconds: number) => ({
  atMs,
  readBytesPerSecond: Math.round(moved.read / seconds),
  writeBytesPerSecond: Math.round(moved.written / seconds),
  commandsPerSecond: Math.round(moved.commands / seconds),
})

function latencyOf(h: LogHistogram): Latency | undefined {
  if (h.total === 0) return undefined
  return { p50: h.percentile(0.5), p95: h.percentile(0.95), p99: h.percentile(0.99), samples: h.total }
}
