import { beforeEach, expect, test } from 'vitest'
import { LogHistogram } from '../../../src-main/base/log-histogram.ts'
import { KEPT_SECONDS, MetricsBook, Ring, type MetricsSources } from '../../../src-main/engine/metrics.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const mac = '52:54:00:00:00:01'
let clock: FakeClock
let sessions: { id: number; mac?: string; bytesRead: number; bytesWritten: number; commands: number }[]
let reads: LogHistogram
let writes: LogHistogram
let counters: { hits: number; misses: number; heldBytes: number; maximumBytes: number }
let book: MetricsBook

beforeEach(() => {
  clock = new FakeClock()
  sessions = []
  reads = new LogHistogram()
  writes = new LogHistogram()
  counters = { hits: 5, misses: 5, heldBytes: 64, maximumBytes: 1024 }
  const sources: MetricsSources = {
    sessions: () => sessions,
    latency: { reads, writes, reset: () => (reads.clear(), writes.clear()) },
    cache: { get counters() { return counters } }, // prettier-ignore
  }
  book = new MetricsBook(sources, clock.now())
})
const second = () => {
  clock.advance(1000)
  return book.sample(clock.now())
}

test('a ring keeps the newest, oldest first', () => {
  const ring = new Ring<number>(3)
  expect(ring.list()).toEqual([])
  for (const n of [1, 2]) ring.push(n)
  expect(ring.list()).toEqual([1, 2])
  for (const n of [3, 4, 5]) ring.push(n)
  expect(ring.list()).toEqual([3, 4, 5])
})

test('a second is what moved in it, of all sessions together', () => {
  sessions = [
    { id: 1, mac, bytesRead: 1000, bytesWritten: 10, commands: 4 },
    { id: 2, bytesRead: 500, bytesWritten: 0, commands: 1 },
  ]
  expect(second()).toMatchObject({ readBytesPerSecond: 1500, writeBytesPerSecond: 10, commandsPerSecond: 5 })
  sessions[0] = { id: 1, mac, bytesRead: 1600, bytesWritten: 10, commands: 5 }
  expect(second()).toMatchObject({ readBytesPerSecond: 600, writeBytesPerSecond: 0, commandsPerSecond: 1 })
  sessions = []
  expect(second()).toMatchObject({ readBytesPerSecond: 0, commandsPerSecond: 0 })
})

test('rates are for a second, however late the sample comes; a clock that was set back does no harm', () => {
  sessions = [{ id: 1, bytesRead: 4000, bytesWritten: 0, commands: 0 }]
  clock.advance(4000)
  expect(book.sample(clock.now()).readBytesPerSecond).toBe(1000)
  sessions = [{ id: 1, bytesRead: 4500, bytesWritten: 0, commands: 0 }]
  expect(book.sample(clock.now() - 60_000).readBytesPerSecond).toBe(1000)
})

test('latencies are of that second, those of the history of the last minute', () => {
  for (let i = 0; i < 100; i++) reads.add(100)
  const first = second()
  expect(first.reads).toMatchObject({ samples: 100 })
  expect(first.reads!.p50).toBeGreaterThanOrEqual(100)
  expect(first.reads!.p50).toBeLessThanOrEqual(112)
  expect(first.writes).toBeUndefined()
  writes.add(7)
  const next = second()
  expect(next.reads).toBeUndefined()
  expect(next.writes).toEqual({ p50: 7, p95: 7, p99: 7, samples: 1 })
  expect(book.history()).toMatchObject({ reads: { samples: 100 }, writes: { samples: 1 } })
  for (let i = 0; i < 60; i++) second()
  expect(book.history().reads).toBeUndefined()
})

test('hits of the cache count from when the book was opened', () => {
  counters = { ...counters, hits: 25, misses: 6 }
  expect(second()).toMatchObject({ cacheHits: 20, cacheMisses: 1 })
  expect(second()).toMatchObject({ cacheHits: 0, cacheMisses: 0 })
  expect(book.history().cache).toEqual(counters)
})

test('ten minutes are kept', () => {
  for (let i = 0; i < KEPT_SECONDS + 5; i++) second()
  const { points } = book.history()
  expect(points.length).toBe(KEPT_SECONDS)
  expect(points.at(-1)!.atMs).toBe(clock.now())
  expect(points[0]!.atMs).toBe(clock.now() - (KEPT_SECONDS - 1) * 1000)
})

test('a PC has a history of its own, quiet seconds included, and is forgotten when all of it is quiet', () => {
  expect(book.historyOf(mac).points).toEqual([])
  sessions = [
    { id: 1, mac, bytesRead: 100, bytesWritten: 0, commands: 1 },
    { id: 2, mac, bytesRead: 10, bytesWritten: 7, commands: 1 },
  ]
  second()
  sessions = []
  second()
  expect(book.historyOf(mac).points.map((p) => [p.readBytesPerSecond, p.writeBytesPerSecond])).toEqual([
    [110, 7],
    [0, 0],
  ])
  for (let i = 0; i < KEPT_SECONDS; i++) second()
  expect(book.historyOf(mac).points).toEqual([])
})
