import { beforeEach, describe, expect, test } from 'vitest'
import type { TimelineEntry } from '../../../src-main/api/dto.ts'
import { Notices, ranBefore, type Notice } from '../../../src-main/shell/notices.ts'
import { wordsOf } from '../../../src-main/shell/words/words.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { client, snapshotWith } from './snapshots.ts'

let clock: FakeClock
let notices: Notices
let shown: Notice[]
let history: TimelineEntry[]
let failures: unknown[]
const titles = () => shown.map((n) => n.title)
const entry = (id: number, name: string, type = 'systemLogin'): TimelineEntry => ({
  id,
  atMs: id,
  mac: `mac of ${name}`,
  client: name,
  type,
  text: '',
  data: {},
})
const stranger = (mac: string, firstSeenMs = clock.now()) => ({ mac, firstSeenMs, lastSeenMs: firstSeenMs })
const filling = (level?: number) =>
  snapshotWith({ warnings: level === undefined ? [] : [{ code: `disk.filling${level}`, message: '' }] })

beforeEach(() => {
  clock = new FakeClock()
  shown = []
  history = []
  failures = []
  notices = new Notices({
    clock,
    words: () => wordsOf('en'),
    show: (notice) => shown.push(notice),
    history: () => Promise.resolve(history),
    failed: (thrown) => failures.push(thrown),
  })
})
const ran = async (one: TimelineEntry) => {
  notices.timeline(one)
  await Promise.resolve()
  await Promise.resolve()
}

describe('a PC that starts for the first time', () => {
  beforeEach(() => notices.snapshot(snapshotWith()))

  test('is told of once', async () => {
    history = [entry(5, 'pc-01', 'seen'), entry(6, 'pc-01')]
    await ran(entry(6, 'pc-01'))
    await ran(entry(9, 'pc-01'))
    clock.advance(20_000)
    expect(shown).toEqual([
      {
        kind: 'firstBoot',
        title: 'pc-01 has started',
        body: 'It runs from this computer for the first time.',
        page: 'clients',
      },
    ])
  })

  test('has no system login before it in its timeline', async () => {
    history = [entry(2, 'pc-01'), entry(6, 'pc-01')]
    await ran(entry(6, 'pc-01'))
    clock.advance(20_000)
    expect(shown).toEqual([])
    expect(ranBefore(history, entry(2, 'pc-01'))).toBe(false)
    expect(ranBefore([entry(1, 'pc-01', 'sanLogin')], entry(2, 'pc-01'))).toBe(false)
  })

  test('is told of together with those that start with it', async () => {
    for (let n = 1; n <= 30; n++) {
      await ran(entry(n, `pc-${n}`))
      clock.advance(200)
    }
    clock.advance(20_000)
    expect(shown).toEqual([
      {
        kind: 'firstBoot',
        title: '30 PCs have started',
        body: 'They run from this computer for the first time: pc-1, pc-2, pc-3, pc-4 and 26 more.',
        page: 'clients',
      },
    ])
  })

  test('is not guessed at when its past cannot be had', async () => {
    notices = new Notices({
      clock,
      words: () => wordsOf('en'),
      show: (notice) => shown.push(notice),
      history: () => Promise.reject(new Error('the engine ended')),
      failed: (thrown) => failures.push(thrown),
    })
    notices.snapshot(snapshotWith())
    await ran(entry(1, 'pc-01'))
    clock.advance(20_000)
    expect(shown).toEqual([])
    expect(failures).toHaveLength(1)
  })
})

describe('a PC that does not start', () => {
  const failed = (text: string) => snapshotWith({ clients: [client('pc-01', 'failed', 0, text)] })

  test('is told of once for each reason, however often it tries', () => {
    notices.snapshot(snapshotWith())
    for (let n = 0; n < 10; n++) {
      notices.snapshot(failed('no disk'))
      notices.snapshot(snapshotWith({ clients: [client('pc-01', 'script')] }))
      clock.advance(20_000)
    }
    expect(titles()).toEqual(['pc-01 did not start'])
    notices.snapshot(failed('no answer'))
    clock.advance(20_000)
    expect(titles()).toEqual(['pc-01 did not start', 'pc-01 did not start'])
  })

  test('is told of again when it ran in between', () => {
    notices.snapshot(snapshotWith())
    notices.snapshot(failed('no disk'))
    clock.advance(20_000)
    notices.snapshot(snapshotWith({ clients: [client('pc-01', 'running', 1)] }))
    notices.snapshot(failed('no disk'))
    clock.advance(20_000)
    expect(shown).toHaveLength(2)
  })

  test('is no news when it had failed before the program started', () => {
    notices.snapshot(failed('no disk'))
    notices.snapshot(failed('no disk'))
    clock.advance(20_000)
    expect(shown).toEqual([])
  })
})

describe('a PC nobody has set up', () => {
  test('is told of once, with its address, and many together', () => {
    notices.snapshot(snapshotWith({ unknown: [stranger('old', 1)] }))
    clock.advance(1000)
    notices.snapshot(snapshotWith({ unknown: [stranger('old', 1), stranger('aa')] }))
    clock.advance(20_000)
    notices.snapshot(snapshotWith({ unknown: [stranger('old', 1), stranger('aa'), stranger('bb'), stranger('cc')] }))
    clock.advance(20_000)
    expect(titles()).toEqual(['A new PC asked for a boot', '2 new PCs asked for a boot'])
    expect(shown[0]!.body).toContain('aa')
    expect(shown[1]!.body).toContain('bb and cc')
  })

  test('is not new when its name was only taken away', () => {
    notices.snapshot(snapshotWith())
    clock.advance(5000)
    notices.snapshot(snapshotWith({ unknown: [stranger('was pc-01', 1)] }))
    clock.advance(20_000)
    expect(shown).toEqual([])
  })
})

describe('a disk that fills', () => {
  test('is told of at each level, at the start of the program, too', () => {
    notices.snapshot(filling(70))
    expect(titles()).toEqual(['The disk of this computer is 70 % full'])
    notices.snapshot(filling(70))
    notices.snapshot(filling(85))
    notices.snapshot(filling(95))
    notices.snapshot(filling(95))
    expect(titles().slice(1)).toEqual([
      'The disk of this computer is 85 % full',
      'The disk of this computer is 95 % full',
    ])
    expect(shown[2]!.page).toBe('disks')
  })

  test('hovering around a level is told of once; after an hour of being emptier, again', () => {
    notices.snapshot(filling(70))
    for (let n = 0; n < 50; n++) {
      clock.advance(60_000)
      notices.snapshot(filling(n % 2 === 0 ? undefined : 70))
    }
    expect(shown).toHaveLength(1)
    notices.snapshot(filling())
    clock.advance(3_600_000)
    notices.snapshot(filling())
    notices.snapshot(filling(70))
    expect(shown).toHaveLength(2)
  })
})

test('what was switched off is not shown, each kind by itself', () => {
  const off = { notifications: { bootFailed: false, diskFilling: false } }
  notices.snapshot(snapshotWith({ settings: off }))
  notices.snapshot(
    snapshotWith({
      settings: off,
      clients: [client('pc-01', 'failed', 0, 'x')],
      unknown: [stranger('aa')],
      warnings: [{ code: 'disk.filling95', message: '' }],
    }),
  )
  clock.advance(20_000)
  expect(shown.map((n) => n.kind)).toEqual(['unknownPc'])
})

test('nothing is shown once it is closed', () => {
  notices.snapshot(snapshotWith())
  notices.snapshot(snapshotWith({ clients: [client('pc-01', 'failed', 0, 'x')] }))
  notices.close()
  clock.advance(20_000)
  expect(shown).toEqual([])
  expect(clock.pending()).toEqual([])
})
