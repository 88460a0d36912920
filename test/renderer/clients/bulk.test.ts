import { expect, test } from 'vitest'
import {
  asNew,
  disksOnlyOf,
  forEachOf,
  lossesOf,
  lostBytes,
  plannedChanges,
  resetPlans,
} from '../../../src-renderer/features/clients/bulk.ts'
import { DiskIndex } from '../../../src-renderer/features/clients/pc-facts.ts'
import { client, disk, image } from '../views.ts'

const index = new DiskIndex([
  image('win', 'win', 1, 'production'),
  disk('a', { parent: 'win', clients: ['pc-a'], realBytes: 10 }),
  disk('b', { parent: 'win', clients: ['pc-b'], realBytes: 5, sessions: 1 }),
  disk('c', { parent: 'win', clients: ['pc-c', 'pc-x'], realBytes: 7 }),
  disk('lone', { clients: ['pc-l'] }),
])
const a = client('pc-a', { disk: 'a', group: 'Lab' })
const b = client('pc-b', { disk: 'b', running: true, keep: 'never' })
const c = client('pc-c', { disk: 'c' })
const lone = client('pc-l', { disk: 'lone' })
const none = client('pc-n')

test('only what differs is changed, and what takes it back is what was', () => {
  expect(plannedChanges([a, b], { keep: 'never', group: null, stage: 'run' })).toEqual([
    {
      client: a,
      to: { id: a.mac, group: null, keep: 'never' },
      back: { id: a.mac, group: 'Lab', keep: 'always' },
    },
  ])
  expect(plannedChanges([a], { group: 'Lab' })).toEqual([])
  const once = client('once', { next: 'local' })
  expect(plannedChanges([a, once], { next: 'local' }).map(({ to, back }) => [to, back])).toEqual([
    [
      { id: a.mac, next: 'local' },
      { id: a.mac, next: null },
    ],
  ])
  expect(plannedChanges([a, once], { next: null }).map(({ to, back }) => [to, back])).toEqual([
    [
      { id: once.mac, next: null },
      { id: once.mac, next: 'local' },
    ],
  ])
  const until = client('u', { keep: 'until', keepUntilMs: 9 })
  expect(plannedChanges([until], { keep: 'until', keepUntilMs: 12 })[0]).toMatchObject({
    to: { keep: 'until', keepUntilMs: 12 },
    back: { keep: 'until', keepUntilMs: 9 },
  })
})

test('a loss is what a PC that kept it would throw away', () => {
  const losses = lossesOf([a, b, c, lone, none], { keep: 'never' }, index, 100)
  expect(losses).toEqual([
    { name: 'pc-a', bytes: 10 },
    { name: 'pc-c', bytes: 7 },
  ])
  expect(lostBytes(losses)).toBe(17)
  expect(lossesOf([a], { keep: 'until', keepUntilMs: 200 }, index, 100)).toEqual([])
  expect(lossesOf([a], { keep: 'until', keepUntilMs: 50 }, index, 100)).toEqual([{ name: 'pc-a', bytes: 10 }])
  expect(lossesOf([a], { keep: 'always' }, index, 100)).toEqual([])
  expect(lossesOf([a], { channel: 'test' }, index, 100)).toEqual([])
})

test('a disk in use is reset at the next start, one without an image never', () => {
  expect(resetPlans([a, b, lone, none], index).map((plan) => plan.can)).toEqual(['now', 'nextStart', 'never', 'never'])
})

test('with PCs only those disks can go that nobody else needs', () => {
  expect(disksOnlyOf([a, c, lone, none], index).map((d) => d.name)).toEqual(['a', 'lone'])
  const busy = new DiskIndex([
    disk('d', { clients: ['pc-d'], busy: 'it is being checked' }),
    disk('e', { children: ['x'] }),
  ])
  expect(disksOnlyOf([client('pc-d', { disk: 'd', secondDisk: 'e' })], busy)).toEqual([])
})

test('a forgotten PC comes back with all that was set', () => {
  const full = client('pc-f', {
    disk: 'a',
    group: 'Lab',
    keep: 'until',
    keepUntilMs: 5,
    secondDisk: 'lone',
    kernel: '/k',
  })
  const { live: _, createdMs: __, ...fields } = full
  expect(asNew(full)).toEqual(fields)
})

test('one that fails does not keep the others', async () => {
  const { done, failed } = await forEachOf([1, 2, 3], (n) =>
    n === 2 ? Promise.reject(new Error('two')) : Promise.resolve(n * 10),
  )
  expect(done).toEqual([
    { item: 1, result: 10 },
    { item: 3, result: 30 },
  ])
  expect(failed.map((f) => [f.item, (f.thrown as Error).message])).toEqual([[2, 'two']])
})
