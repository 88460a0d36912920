import { describe, expect, test } from 'vitest'
import type { DiskFile } from '../../../../src-main/disks/disk-file.ts'
import { createVhd } from '../../../../src-main/disks/vhd/create.ts'
import { openVhd } from '../../../../src-main/disks/vhd/open.ts'
import { MemoryDisk } from '../../../support/memory-disk.ts'
import { MemoryFile } from '../../../support/memory-file.ts'
import { cutPower, type PowerCutRun } from '../../../support/power-cut.ts'
import { seededRandom } from '../../../support/random.ts'

const SEED = 20_261_121
const SIZE = 2 * 2 ** 20
const ID = new Uint8Array(16).fill(7)
const PARENT_ID = new Uint8Array(16).fill(9)

async function runOf(kind: 'dynamic' | 'differencing', slow: boolean): Promise<PowerCutRun> {
  const image = new MemoryFile()
  const differencing = kind === 'differencing'
  await createVhd(image, {
    kind,
    sizeBytes: SIZE,
    uniqueId: ID,
    createdMs: 0,
    blockBytes: 128 * 1024,
    // The long path puts the end of the table 512 bytes before a multiple of 4096: the first block then lies on the footer.
    ...(differencing
      ? { parent: { uniqueId: PARENT_ID, modifiedMs: 0, fileName: 'p.vhd', absolutePath: 'p'.repeat(700) } }
      : {}),
  })
  const parent = new MemoryDisk(SIZE / 512, true)
  parent.bytes.set(seededRandom(SEED).bytes(SIZE))
  return {
    seed: SEED,
    image,
    steps: 300,
    cuts: 500,
    slow,
    open: (file: DiskFile) => openVhd(file, differencing ? { parent: { device: parent, uniqueId: PARENT_ID } } : {}),
    ...(differencing ? { firstContent: parent.bytes } : {}),
  }
}

describe.each(['dynamic', 'differencing'] as const)(`a %s VHD after power cuts (seed ${SEED})`, (kind) => {
  test.each([false, true])('opens and keeps what was flushed; calls overlap: %s', async (slow) => {
    const result = await cutPower(await runOf(kind, slow))
    expect(result.tried).toBeGreaterThan(500)
    expect(result.violations).toEqual([])
  })
  test('survives one power cut after another, those during the repair at opening included', async () => {
    let run: PowerCutRun = { ...(await runOf(kind, true)), steps: 100, cuts: 80 }
    for (let generation = 1; generation <= 5; generation++) {
      const result = await cutPower(run)
      expect(result.violations).toEqual([])
      const { image, content } = result.survivor
      run = { ...run, seed: SEED + generation, image, firstContent: content }
    }
  })
  test('would be caught without the flush between data and table', async () => {
    const result = await cutPower({ ...(await runOf(kind, false)), cuts: 300, dropBarriers: true })
    expect(result.violations.length).toBeGreaterThan(0)
  })
})
