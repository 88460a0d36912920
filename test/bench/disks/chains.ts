import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { BlockDevice } from '../../../src-main/disks/block-device.ts'
import { BlockCache, cachedImage } from '../../../src-main/disks/cache.ts'
import type { VhdDevice } from '../../../src-main/disks/vhd/open.ts'
import type { VhdxDevice } from '../../../src-main/disks/vhdx-device.ts'
import { seededRandom } from '../../support/random.ts'
import {
  interleaved,
  best,
  MIB,
  newDisk,
  places,
  ratio,
  readAll,
  reopened,
  SECTORS_4K,
  type CloneFormat,
  type Row,
} from './measure.ts'

const SIZE = 256 * MIB
const DEEPEST = 8
/** Short rounds: some of them fall between what else the machine does. */
const READS = 2_000
/** Of all pieces, what each generation holds: eight of them hold half. The PC's own disk holds the same in both chains. */
const PART = 1 / 16

type Spread = 'whole blocks' | 'scattered 4 KiB'
/** Bytes that are written at once. */
const PIECE: Readonly<Record<Spread, number>> = { 'whole blocks': 2 * MIB, 'scattered 4 KiB': 4096 }

/** A chain whose generations hold random parts; the last one is writable, as a PC's disk is. */
async function chain(
  folder: string,
  format: CloneFormat,
  o: { readonly depth: number; readonly spread: Spread; readonly cached: boolean },
): Promise<{ top: BlockDevice; close(): Promise<void> }> {
  const random = seededRandom(7)
  const cache = new BlockCache({ maximumBytes: 2 * SIZE })
  const open: BlockDevice[] = []
  const path = (i: number): string =>
    join(folder, `${format}-${o.depth}-${o.spread.length}-${o.cached ? 'c' : 'u'}-${i}.${format}`)
  const whole = new Uint8Array(MIB)
  let last = await newDisk(format, path(0), SIZE)
  for (let at = 0; at < SIZE; at += MIB) {
    whole.fill(1 + ((at / MIB) % 250))
    await last.device.write(at / 512, [whole])
  }
  last = await reopened(format, path(0), last)
  open.push(last.device)
  for (let i = 1; i <= o.depth; i++) {
    const below: VhdDevice | VhdxDevice = last.device
    const top = i === o.depth
    // Only what a PC reads through is cached: see cachedImage.
    const shown = top && o.cached ? cachedImage(below, cache) : below
    const next = await newDisk(format, path(i), SIZE, { device: below, shown })
    const bytes = PIECE[o.spread]
    const data = new Uint8Array(bytes).fill(i)
    for (let n = (SIZE / bytes) * PART; n > 0; n--)
      await next.device.write(random.below(SIZE / bytes) * (bytes / 512), [data])
    await next.device.flush()
    last = top ? next : await reopened(format, path(i), next, below)
    open.push(last.device)
  }
  return {
    top: last.device,
    async close() {
      for (const device of open.reverse()) await device.close()
    },
  }
}

/** 4 KiB at random through eight generations against one. */
export async function measureChains(under: string, rounds: number): Promise<Row[]> {
  const rows: Row[] = []
  const at = places(99, READS, SIZE)
  const into = new Uint8Array(SECTORS_4K * 512)
  for (const format of ['vhd', 'vhdx'] as const) {
    for (const spread of ['whole blocks', 'scattered 4 KiB'] as const) {
      for (const cached of [false, true]) {
        const folder = mkdtempSync(join(under, 'bootlace-chains-'))
        const short = await chain(folder, format, { depth: 1, spread, cached })
        const long = await chain(folder, format, { depth: DEEPEST, spread, cached })
        try {
          for (const { top } of [short, long]) for (let i = 0; i < 8; i++) await readAll(top, at, into)
          const times = await interleaved(rounds * 8, {
            one: () => readAll(short.top, at, into),
            eight: () => readAll(long.top, at, into),
          })
          const section = `chain of 8 against chain of 1, ${format.toUpperCase()}, 4 KiB random reads`
          const what = `${spread}, ${cached ? 'parent through the cache' : 'no cache'}`
          rows.push({
            section,
            what,
            value: ratio(times.eight, times.one),
            unit: 'times',
            atMost: 1.15,
            note: `${((best(times.one) / READS) * 1000).toFixed(2)} and ${((best(times.eight) / READS) * 1000).toFixed(2)} us a read`,
          })
        } finally {
          await short.close()
          await long.close()
          rmSync(folder, { recursive: true })
        }
      }
    }
  }
  return rows
}
