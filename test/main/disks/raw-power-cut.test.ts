import { expect, test } from 'vitest'
import { rawDisk } from '../../support/cut-disks.ts'
import { lateChanges, liesNowAndThen, within } from '../../support/power-cut-plants.ts'
import { cutPowerOften } from '../../support/power-cut.ts'

const SEED = 20_261_121
const SUBSETS = 2000

test.each([false, true])(
  `a raw image keeps what was flushed; calls overlap: %s (seed ${SEED})`,
  async (overlap) => {
    const result = await cutPowerOften({ disk: await rawDisk(), seed: SEED, subsets: SUBSETS / 2, overlap })
    expect(result.violations).toEqual([])
    expect(result.subsets).toBe(SUBSETS / 2)
  },
  60_000,
)

test.each([
  ['a flush that is a lie now and then', liesNowAndThen],
  ['data that are written after the flush', lateChanges(within(0, Infinity))],
])('a planted mistake is found: %s', async (_, plant) => {
  const o = { disk: await rawDisk(), seed: SEED, subsets: SUBSETS, overlap: false, plant }
  expect((await cutPowerOften(o, ({ violations }) => violations.length > 0)).violations).not.toEqual([])
})
