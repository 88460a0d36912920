import { beforeEach, expect, test } from 'vitest'
import type { TimelineEvent } from '../../../src-main/clients/client.ts'
import { GONE_AFTER_MS, LiveBoard } from '../../../src-main/clients/live-board.ts'
import { ClientRegistry } from '../../../src-main/clients/registry.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const mac = '52:54:00:12:34:56'
let clock: FakeClock
let events: TimelineEvent[]
let board: LiveBoard

beforeEach(() => {
  clock = new FakeClock()
  events = []
  const registry = new ClientRegistry(
    { all: () => [], put: () => {}, remove: () => {} },
    { all: () => [], put: () => {} },
    clock,
  )
  registry.add(mac, { name: 'pc-01' })
  const store = { add: (e: Omit<TimelineEvent, 'id'>) => ({ ...e, id: events.length + 1 }), list: () => [] }
  board = new LiveBoard(registry, store, clock, (e) => events.push(e))
})
const types = () => events.map((e) => e.type)

test('a machine nobody saw is off', () => {
  expect(board.of(mac)).toMatchObject({ stage: 'off', sinceMs: 0 })
})

test('a whole boot goes stage by stage and each leaves one event with the name', () => {
  const fact = { mac, type: 'seen', stage: 'seen', text: 'asks' } as const
  board.record(fact)
  board.record(fact)
  board.record({ mac, type: 'loader', stage: 'loader', text: 'fetched' })
  board.sessionOpened(mac, 'loader', '10.0.0.5')
  expect(board.of(mac).stage).toBe('sanLogin')
  board.sessionOpened(mac, 'system', '10.0.0.5')
  expect(board.of(mac).stage).toBe('running')
  expect(types()).toEqual(['seen', 'loader', 'sanLogin', 'systemLogin'])
  expect(events.every((e) => e.client === 'pc-01')).toBe(true)
  expect(board.sessionsOf(mac)).toBe(2)
})

test('the same fact much later is a new attempt', () => {
  board.record({ mac, type: 'seen', stage: 'seen', text: 'asks' })
  clock.advance(60_000)
  board.record({ mac, type: 'seen', stage: 'seen', text: 'asks' })
  expect(types()).toEqual(['seen', 'seen'])
})

test('a system that hands its session over is not gone in between', () => {
  board.sessionOpened(mac, 'system', '10.0.0.5')
  board.sessionEnded(mac, 'system', 'closed')
  clock.advance(GONE_AFTER_MS - 1)
  board.sessionOpened(mac, 'system', '10.0.0.5')
  clock.advance(10 * GONE_AFTER_MS)
  expect(board.of(mac).stage).toBe('running')
  expect(types()).not.toContain('gone')
})

test('a system that stays away is gone', () => {
  board.sessionOpened(mac, 'system', '10.0.0.5')
  board.sessionEnded(mac, 'system', 'closed')
  clock.advance(GONE_AFTER_MS)
  expect(board.of(mac).stage).toBe('gone')
  expect(board.sessionsOf(mac)).toBe(0)
})

test('a restart shows the old system gone and the new boot seen, without waiting', () => {
  board.sessionOpened(mac, 'system', '10.0.0.5')
  board.sessionEnded(mac, 'system', 'closed')
  board.record({ mac, type: 'seen', stage: 'seen', text: 'asks' })
  clock.advance(10 * GONE_AFTER_MS)
  expect(types()).toEqual(['systemLogin', 'gone', 'seen'])
  expect(board.of(mac).stage).toBe('seen')
})

test("the end of a loader's session says nothing about the system", () => {
  board.sessionOpened(mac, 'loader', '10.0.0.5')
  board.sessionEnded(mac, 'loader', 'closed')
  clock.advance(10 * GONE_AFTER_MS)
  expect(board.of(mac).stage).toBe('sanLogin')
})
