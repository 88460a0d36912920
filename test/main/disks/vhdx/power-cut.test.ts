import { describe, expect, test } from 'vitest'
import { largeVhdxDisk, vhdxDisk } from '../../../support/cut-disks.ts'
import { lateChanges, liesNowAndThen, noFlushAfter, within, type Plant } from '../../../support/power-cut-plants.ts'
import { cutPower, cutPowerOften } from '../../../support/power-cut.ts'

const MIB = 2 ** 20
const SEED = 20_261_121
/** 10,000 in total. */
const DISKS = [
  ['fixed', () => vhdxDisk('fixed'), 1000],
  ['dynamic', () => vhdxDisk('dynamic'), 2600],
  ['dynamic, with sectors of 4096 bytes', () => vhdxDisk('dynamic', { logicalSectorSize: 4096 }), 1200],
  ['differencing', () => vhdxDisk('dynamic', { children: 1 }), 2600],
  ['differencing, on two others', () => vhdxDisk('dynamic', { children: 2 }), 2600],
  ['differencing, of 64 GiB, written all over', largeVhdxDisk, 300],
] as const

describe.each(DISKS)(`a VHDX after power cuts: %s (seed ${SEED})`, (kind, make, subsets) => {
  test.each([false, true])(
    'opens and keeps what was flushed; calls overlap: %s',
    async (overlap) => {
      const result = await cutPowerOften({ disk: await make(), seed: SEED, subsets: subsets / 2, overlap })
      expect(result.violations).toEqual([])
      expect(result.subsets).toBe(subsets / 2)
      // Its log was replayed, and the power cut again then.
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

const headers = within(64 * 1024, MIB)
const log = within(MIB, 2 * MIB)
const data = within(4 * MIB, Infinity)
const PLANTS: readonly [what: string, plant: Plant][] = [
  ['a flush that is a lie now and then', liesNowAndThen],
  ['data that are written after the flush', lateChanges(data)],
]
const LOG_PLANTS: typeof PLANTS = [
  ['no flush between the log and the places it tells of', noFlushAfter(log)],
  ['no flush between the data and the log', noFlushAfter(data)],
  ['no flush between a header and what relies on it', noFlushAfter(headers)],
  ['a log that is written after its flush', lateChanges(log)],
]

describe.each(DISKS.filter(([what]) => !what.includes('GiB')))('planted mistakes are found: %s', (kind, make) => {
  // The map of a fixed disk never changes.
  test.each(kind === 'fixed' ? PLANTS : [...PLANTS, ...LOG_PLANTS])('%s', async (_, plant) => {
    const o = { disk: await make(), seed: SEED, subsets: 3000, overlap: false, plant }
    expect((await cutPowerOften(o, ({ violations }) => violations.length > 0)).violations).not.toEqual([])
  })
})
