import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Client } from '../../../src-main/clients/client.ts'
import { LATE_MS, WakeDesk } from '../../../src-main/clients/wake-desk.ts'
import { nextWakeMs, type WakePlan, type WakeSchedule } from '../../../src-main/clients/wake-plan.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const zone = process.env['TZ']
beforeAll(() => void (process.env['TZ'] = 'Europe/Berlin'))
afterAll(() => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})
const at = (text: string): number => Date.parse(text)
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]

describe('the next time', () => {
  const next = (time: string, weekdays: readonly number[], after: string) =>
    new Date(nextWakeMs({ time, weekdays }, at(after))).toISOString()

  test.each([
    // Saturday 2026-11-21; Berlin is UTC+1 in winter.
    ['07:30', EVERY_DAY, '2026-11-21T05:00:00Z', '2026-11-21T06:30:00.000Z'],
    ['07:30', EVERY_DAY, '2026-11-21T06:30:00Z', '2026-11-22T06:30:00.000Z'],
    ['07:30', [1, 2, 3, 4, 5], '2026-11-21T05:00:00Z', '2026-11-23T06:30:00.000Z'],
    ['07:30', [6], '2026-11-21T06:30:00Z', '2026-11-28T06:30:00.000Z'],
    ['07:30', [7], '2026-11-21T06:30:00Z', '2026-11-22T06:30:00.000Z'],
    ['00:00', [1], '2026-12-31T12:00:00Z', '2027-01-03T23:00:00.000Z'],
  ])('%s on %j after %s', (time, days, after, wanted) => expect(next(time, days, after)).toBe(wanted))

  test('keeps the time of day when clocks change', () => {
    expect(next('07:30', EVERY_DAY, '2027-03-27T12:00:00Z')).toBe('2027-03-28T05:30:00.000Z')
    expect(next('07:30', EVERY_DAY, '2026-10-24T12:00:00Z')).toBe('2026-10-25T06:30:00.000Z')
  })
  test('that does not exist is an hour later, and once', () => {
    expect(next('02:30', EVERY_DAY, '2027-03-27T12:00:00Z')).toBe('2027-03-28T01:30:00.000Z')
    expect(next('02:30', EVERY_DAY, '2027-03-28T01:30:00Z')).toBe('2027-03-29T00:30:00.000Z')
  })
  test('that comes twice is the first of the two', () => {
    expect(next('02:30', EVERY_DAY, '2026-10-24T12:00:00Z')).toBe('2026-10-25T00:30:00.000Z')
    expect(next('02:30', EVERY_DAY, '2026-10-25T00:30:00Z')).toBe('2026-10-26T01:30:00.000Z')
  })
})

describe('switching on', () => {
  const pc = (n: number, group?: string): Client => ({
    mac: `52:54:00:00:00:0${n}`,
    name: `pc-${n}`,
    stage: 'run',
    loader: 'auto',
    keep: 'always',
    channel: 'production',
    createdMs: 0,
    ...(group !== undefined && { group }),
  })
  const clients = [pc(1, 'A'), pc(2, 'A'), pc(3, 'A'), pc(4, 'B'), pc(5)]
  let clock: FakeClock
  let sent: string[]
  let running: Set<string>
  let warned: string[]
  let schedules: WakeSchedule[]
  let desk: WakeDesk
  let start: number
  const open = () =>
    new WakeDesk({
      clients: () => clients,
      isRunning: (mac) => running.has(mac),
      send: (mac) => {
        sent.push(`${(clock.now() - start) / 1000} ${mac.at(-1)}`)
        return Promise.resolve()
      },
      told: () => {},
      warn: (text) => warned.push(text),
      store: {
        all: () => schedules,
        add: (s) => {
          const made = { ...s, id: schedules.length + 1 }
          schedules = [...schedules, made]
          return made
        },
        remove: (id) => {
          const before = schedules.length
          schedules = schedules.filter((s) => s.id !== id)
          return schedules.length < before
        },
      },
      clock,
    })
  const plan = (more: Partial<WakePlan>): WakePlan => ({
    steps: [{ group: 'A' }],
    staggerSeconds: 3,
    wait: 'no',
    waitAtMostSeconds: 300,
    ...more,
  })
  beforeEach(() => {
    start = at('2026-11-20T20:00:00Z')
    clock = new FakeClock(start)
    ;[sent, running, warned, schedules] = [[], new Set(), [], []]
    desk = open()
  })

  test('one after the other', async () => {
    const all = await desk.wake(plan({ steps: [{ group: 'A' }, { macs: [pc(5).mac] }] }))
    expect(all.map((c) => c.name)).toEqual(['pc-1', 'pc-2', 'pc-3', 'pc-5'])
    expect(sent).toEqual(['0 1'])
    clock.advance(60_000)
    expect(sent).toEqual(['0 1', '3 2', '6 3', '9 5'])
  })
  test('leaves out those that run, also those that came meanwhile', async () => {
    running.add(pc(1).mac)
    await desk.wake(plan({}))
    running.add(pc(3).mac)
    clock.advance(60_000)
    expect(sent).toEqual(['0 2'])
    running.add(pc(2).mac)
    await expect(desk.wake(plan({}))).rejects.toMatchObject({ code: 'wake.plan', message: 'they are all on' })
    await expect(desk.wake(plan({ steps: [{ group: 'C' }] }))).rejects.toMatchObject({
      message: 'there are no such PCs',
    })
  })
  test.each([
    ['most', [1, 2]],
    ['all', [1, 2, 3]],
  ] as const)('the next group waits until %s of the last one run', async (wait, those) => {
    await desk.wake(plan({ steps: [{ group: 'A' }, { group: 'B' }], wait }))
    clock.advance(30_000)
    for (const n of those.slice(0, -1)) running.add(pc(n).mac)
    clock.advance(30_000)
    expect(sent).toHaveLength(3)
    running.add(pc(those.at(-1)!).mac)
    clock.advance(1000)
    expect(sent.at(-1)).toBe('61 4')
  })
  test('but not longer than was said', async () => {
    await desk.wake(plan({ steps: [{ group: 'A' }, { group: 'B' }], wait: 'all', waitAtMostSeconds: 20 }))
    clock.advance(60_000)
    expect(sent.at(-1)).toBe('26 4')
  })
  test('or just so long, whoever runs', async () => {
    await desk.wake(plan({ steps: [{ group: 'A' }, { group: 'B' }], wait: 'delay', waitAtMostSeconds: 20 }))
    for (const n of [1, 2, 3]) running.add(pc(n).mac)
    clock.advance(60_000)
    expect(sent).toEqual(['0 1', '26 4'])
  })
  test('nothing is sent any more when the engine ends', async () => {
    desk.add({ plan: plan({}), time: '21:01', weekdays: EVERY_DAY })
    await desk.wake(plan({}))
    desk.close()
    clock.advance(600_000)
    expect(sent).toEqual(['0 1'])
  })

  describe('at fixed times', () => {
    const settled = () => new Promise((resolve) => setImmediate(resolve))
    test('when the time has come, and each time once', async () => {
      desk.add({ plan: plan({ steps: [{ macs: [pc(5).mac] }] }), time: '22:00', weekdays: [5, 6] })
      clock.advance(3600_000 - 20_000)
      expect(sent).toEqual([])
      clock.advance(40_000)
      await settled()
      expect(sent).toHaveLength(1)
      clock.advance(24 * 3600_000)
      await settled()
      expect(sent).toHaveLength(2)
      clock.advance(3 * 24 * 3600_000)
      await settled()
      expect(sent).toHaveLength(2)
    })
    test('what was missed while the engine was off is not made up for', async () => {
      desk.add({ plan: plan({}), time: '22:00', weekdays: EVERY_DAY })
      desk.close()
      clock.advance(2 * 3600_000)
      desk = open()
      clock.advance(60_000)
      await settled()
      expect(sent).toEqual([])
    })
    test('what was slept through is left out, and said', async () => {
      desk.add({ plan: plan({}), time: '22:00', weekdays: EVERY_DAY })
      // A computer that sleeps: its clock goes on, its timers do not.
      const asleep = clock.now
      clock.now = () => asleep.call(clock) + 3600_000 + LATE_MS + 1
      clock.advance(15_000)
      await settled()
      expect(sent).toEqual([])
      expect(warned).toEqual(['Switching PCs on at 22:00 was left out: this computer was asleep then.'])
    })
    test('one that was deleted does nothing', async () => {
      const { id } = desk.add({ plan: plan({}), time: '22:00', weekdays: EVERY_DAY })
      desk.remove(id)
      expect(() => desk.remove(id)).toThrow('there is no schedule 1')
      clock.advance(2 * 3600_000)
      await settled()
      expect(sent).toEqual([])
    })
    test('must be a time and a day', () => {
      expect(() => desk.add({ plan: plan({}), time: '24:00', weekdays: [1] })).toThrow('no time of day')
      expect(() => desk.add({ plan: plan({}), time: '07:30', weekdays: [] })).toThrow('no days of the week')
      expect(() => desk.add({ plan: plan({ steps: [] }), time: '07:30', weekdays: [1] })).toThrow('nobody')
    })
  })
})
