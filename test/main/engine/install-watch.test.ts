import { beforeEach, expect, test } from 'vitest'
import type { TimelineEvent } from '../../../src-main/clients/client.ts'
import { GONE_AFTER_MS, LiveBoard } from '../../../src-main/clients/live-board.ts'
import { ClientRegistry } from '../../../src-main/clients/registry.ts'
import { InstallWatch, LEAST_SYSTEM_BYTES } from '../../../src-main/engine/install-watch.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const mac = '52:54:00:12:34:56'
let clock: FakeClock
let events: TimelineEvent[]
let registry: ClientRegistry
let board: LiveBoard
let written: number
const stage = () => registry.byMac(mac)!.stage
const told = () => events.map((e) => e.type)
const installs = (bytes: number) => {
  board.sessionOpened(mac, 'loader', '10.77.0.9')
  board.sessionOpened(mac, 'system', '10.77.0.9')
  written += bytes
  board.sessionEnded(mac, 'system', 'closed')
}
const switchedOn = () => board.record({ mac, type: 'seen', stage: 'seen', text: 'on' })

beforeEach(() => {
  clock = new FakeClock()
  events = []
  written = 0
  registry = new ClientRegistry(
    { all: () => [], put: () => {}, remove: () => {} },
    { all: () => [], put: () => {} },
    clock,
  )
  const watch = new InstallWatch({ registry, bytesWritten: () => written, record: (fact) => void board.record(fact) })
  board = new LiveBoard(registry, { add: (e) => ({ ...e, id: 1 }), list: () => [] }, clock, (e) => {
    events.push(e)
    watch.heard(e)
  })
  registry.add(mac, { name: 'pc-01', disk: 'debian', stage: 'install' })
})

test('a PC that installed and restarts is to start from its disk before it can ask what to do', () => {
  installs(LEAST_SYSTEM_BYTES)
  expect(stage()).toBe('install')
  switchedOn()
  expect(stage()).toBe('run')
  expect(told().slice(-3)).toEqual(['gone', 'installed', 'seen'])
})

test('a PC that installed and was switched off is to start from its disk', () => {
  installs(LEAST_SYSTEM_BYTES)
  clock.advance(GONE_AFTER_MS)
  expect(stage()).toBe('run')
})

test('who wrote next to nothing has not installed', () => {
  installs(LEAST_SYSTEM_BYTES - 1)
  switchedOn()
  expect(stage()).toBe('install')
})

test('restarts on the way count together', () => {
  installs(LEAST_SYSTEM_BYTES / 2)
  switchedOn()
  installs(LEAST_SYSTEM_BYTES / 2)
  switchedOn()
  expect(stage()).toBe('run')
})

test('what it wrote before the installation does not count', () => {
  written = 10 * LEAST_SYSTEM_BYTES
  installs(1)
  switchedOn()
  expect(stage()).toBe('install')
})

test('a second installation begins at nothing', () => {
  installs(LEAST_SYSTEM_BYTES)
  switchedOn()
  registry.change(mac, { stage: 'install' })
  installs(1)
  switchedOn()
  expect(stage()).toBe('install')
})

test('a lost connection that is back in time changes nothing', () => {
  installs(LEAST_SYSTEM_BYTES)
  board.sessionOpened(mac, 'system', '10.77.0.9')
  clock.advance(GONE_AFTER_MS)
  expect(stage()).toBe('install')
})

test('a PC that runs stays as it is', () => {
  registry.change(mac, { stage: 'run' })
  installs(LEAST_SYSTEM_BYTES)
  switchedOn()
  expect(told()).not.toContain('installed')
})
