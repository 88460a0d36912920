import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSpaceStore } from '../../../../src-main/db/stores/space-store.ts'
import { growthPerDay, SpaceWatch } from '../../../../src-main/engine/disks/space.ts'
import { DiskLab } from '../../../support/disk-lab.ts'

let lab: DiskLab
beforeEach(async () => {
  lab = new DiskLab()
  await lab.start()
})
afterEach(() => lab.end())

const DAY = 86_400_000
const samples = (...used: number[]) => used.map((usedBytes, i) => ({ atMs: i * DAY, usedBytes, freeBytes: 0 }))

test('growth is the straight line through all samples, and unknown until they span some hours', () => {
  expect(growthPerDay(samples(100, 150, 200, 250))).toBe(50)
  expect(growthPerDay(samples(250, 200, 150))).toBe(-50)
  expect(growthPerDay(samples(100))).toBeUndefined()
  expect(
    growthPerDay([
      { atMs: 0, usedBytes: 1, freeBytes: 0 },
      { atMs: DAY / 24, usedBytes: 9, freeBytes: 0 },
    ]),
  ).toBeUndefined()
})

test('sharing saves a whole image per clone, through all versions', async () => {
  await lab.image('debian', 'one')
  const watch = new SpaceWatch(lab.library, createSpaceStore(lab.db), lab.clock)
  expect(watch.now().savedBytes).toBe(0)
  const imageBytes = lab.library.realBytes(lab.library.find('debian'))
  await lab.library.clone('debian', ['a', 'b', 'c'])
  const { savedBytes, realBytes, logicalBytes, totalBytes } = watch.now()
  expect(savedBytes).toBe(3 * imageBytes)
  expect(realBytes).toBe(lab.library.all().reduce((sum, d) => sum + lab.library.realBytes(d), 0))
  expect(logicalBytes).toBe(4 * lab.library.find('a').sizeBytes)
  expect(totalBytes).toBeGreaterThan(0)
})

test('a sample is taken every hour and gives a forecast', async () => {
  const store = createSpaceStore(lab.db)
  const watch = new SpaceWatch(lab.library, store, lab.clock)
  watch.start()
  expect(watch.now().growthBytesPerDay).toBeUndefined()
  await lab.library.create('pc', 2 ** 20, true, 'raw')
  for (let hour = 0; hour < 8; hour++) lab.clock.advance(3_600_000)
  watch.stop()
  expect(store.since(0)).toHaveLength(9)
  const { growthBytesPerDay, fullInDays, freeBytes } = watch.now()
  expect(growthBytesPerDay).toBeGreaterThan(0)
  expect(fullInDays).toBeCloseTo(freeBytes / growthBytesPerDay!, 3)
})
