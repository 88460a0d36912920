import { describe, expect, test } from 'vitest'
import { largeVhdDisk, vhdDisk } from '../../../support/cut-disks.ts'
import { lateChanges, liesNowAndThen, onlyLastFlush, within, type Plant } from '../../../support/power-cut-plants.ts'
import { cutPower, cutPowerOften } from '../../../support/power-cut.ts'

const SEED = 20_261_121
/** 10,000 in total. */
const DISKS = [
  ['fixed', () => vhdDisk('fixed'), 1000],
  ['dynamic', () => vhdDisk('dynamic'), 3000],
  ['differencing', () => vhdDisk('dynamic', 1), 3000],
  ['differencing, on two others', () => vhdDisk('dynamic', 2), 3000],
  ['differencing, of 64 GiB, written all over', largeVhdDisk, 300],
] as const

describe.each(DISKS)(`a VHD after power cuts: %s (seed ${SEED})`, (kind, make, subsets) => {
  test.each([false, true])(
    'opens and keeps what was flushed; calls overlap: %s',
    async (overlap) => {
      const result = await cutPowerOften({ disk: await make(), seed: SEED, subsets: subsets / 2, overlap })
      expect(result.violations).toEqual([])
      expect(result.subsets).toBe(subsets / 2)
      // Brought in order at opening, and cut again then.
      if (kind !== 'fixed') expect(result.repairs).toBeGreaterThan(subsets / 20)
    },
    120_000,
  )

  test('survives one power cut after another', async () => {
    let disk = await make()
    for (let generation = 1; generation <= 5; generation++) {
      const result = await cutPower({ disk, seed: SEED + generation, steps: 50, cuts: 30, overlap: true })
      expect(result.violations).toEqual([])
      disk = result.survivor
    }
  })
})

const PLANTS: readonly [what: string, plant: Plant][] = [
  ['a flush that is a lie now and then', liesNowAndThen],
  ['data that are written after the flush', lateChanges(within(8192, Infinity))],
]

describe.each(DISKS.filter(([what]) => !what.includes('GiB')))('planted mistakes are found: %s', (kind, make) => {
  const mistakes: typeof PLANTS =
    kind === 'fixed' ? PLANTS : [...PLANTS, ['no flush between data and table', onlyLastFlush]]
  test.each(mistakes)('%s', async (_, plant) => {
    const o = { disk: await make(), seed: SEED, subsets: 3000, overlap: false, plant }
    expect((await cutPowerOften(o, ({ violations }) => violations.length > 0)).violations).not.toEqual([])
  })
})
