import { describe, expect, test } from 'vitest'
import { silentLogger } from '../../../../src-main/base/log.ts'
import { openDatabase } from '../../../../src-main/db/database.ts'
import { createLeaseStore } from '../../../../src-main/db/stores/lease-store.ts'
import { LeaseBook } from '../../../../src-main/engine/dhcp/lease-book.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

const A = '52:54:00:00:00:0a'
const ADDRESS = '10.9.0.100'
const LEASE_MS = 3_600_000

function opened() {
  const clock = new FakeClock()
  const store = createLeaseStore(openDatabase(':memory:'))
  let writes = 0
  const counted = {
    all: () => store.all(),
    put: (rows: Parameters<typeof store.put>[0]) => (writes++, store.put(rows)),
  }
  const book = () => new LeaseBook(counted, clock, silentLogger)
  return { clock, store, book, writes: () => writes }
}
const offered = (clock: FakeClock) =>
  ({ is: 'offered', mac: A, untilMs: clock.now() + 120_000, checked: false }) as const
const bound = (clock: FakeClock) => ({ is: 'bound', mac: A, untilMs: clock.now() + LEASE_MS }) as const

describe('leases on the disk', () => {
  test('are written after the answer, many at once, and the promise finds its own there already', () => {
    const { clock, store, book, writes } = opened()
    const leases = book()
    leases.changed({ address: ADDRESS, lease: offered(clock) })
    leases.changed({ address: '10.9.0.101', lease: { ...offered(clock), mac: 'x' } })
    expect(writes()).toBe(0)
    clock.advance(150)
    expect(writes()).toBe(1)
    leases.changed({ address: ADDRESS, lease: bound(clock) })
    leases.settle()
    expect(writes()).toBe(1)
    expect(store.all().map((row) => row.state)).toEqual(['offered', 'offered'])
    clock.advance(150)
    expect(store.all()[0]).toMatchObject({ address: ADDRESS, mac: A, state: 'bound' })
  })
  test('a promise of what is not there yet waits for it, and only then', () => {
    const { clock, store, book, writes } = opened()
    const leases = book()
    leases.changed({ address: ADDRESS, lease: bound(clock) })
    leases.settle()
    expect([writes(), store.all()[0]?.mac]).toEqual([1, A])
    leases.changed({ address: ADDRESS, lease: { is: 'bound', mac: 'another', untilMs: clock.now() } })
    leases.settle()
    expect(store.all()[0]?.mac).toBe('another')
  })
  test('a program that was killed between the promise and its row still knows the PC, for as long as the PC may believe', () => {
    const { clock, book } = opened()
    const leases = book()
    leases.changed({ address: ADDRESS, lease: offered(clock) })
    clock.advance(150)
    clock.advance(119_000)
    // Given and renewed at the last moment, and killed before anything of it was written.
    const promisedUntil = clock.now() + LEASE_MS
    const [again] = book().load(LEASE_MS)
    expect(again).toMatchObject({ address: ADDRESS, lease: { is: 'bound', mac: A } })
    expect('untilMs' in again!.lease && again!.lease.untilMs).toBeGreaterThanOrEqual(promisedUntil)
  })
  test('what is long over is only remembered, and a conflict until its end', () => {
    const { clock, store, book } = opened()
    const nowMs = clock.now()
    store.put([
      { address: ADDRESS, mac: A, state: 'bound', untilMs: nowMs - LEASE_MS },
      { address: '10.9.0.101', mac: A, state: 'former', untilMs: nowMs - 1 },
      { address: '10.9.0.102', state: 'declined', untilMs: nowMs + 5 },
      { address: '10.9.0.103', state: 'declined', untilMs: nowMs },
    ])
    expect(book().load(LEASE_MS)).toEqual([
      { address: ADDRESS, lease: { is: 'former', mac: A, sinceMs: nowMs - LEASE_MS } },
      { address: '10.9.0.101', lease: { is: 'former', mac: A, sinceMs: nowMs - 1 } },
      { address: '10.9.0.102', lease: { is: 'declined', untilMs: nowMs + 5 } },
    ])
  })
  test('a good end writes the last renewal', () => {
    const { clock, store, book } = opened()
    const leases = book()
    leases.changed({ address: ADDRESS, lease: bound(clock) })
    leases.close()
    expect(store.all()).toEqual([{ address: ADDRESS, mac: A, state: 'bound', untilMs: clock.now() + LEASE_MS }])
    expect(clock.pending()).toEqual([])
  })
})
