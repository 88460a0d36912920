import { afterEach, describe, expect, test, vi } from 'vitest'
import type { BlockDevice } from '../../../src-main/disks/block-device.ts'
import { createVhdx, openVhdx } from '../../../src-main/disks/vhdx-device.ts'
import { MemoryDisk } from '../../support/memory-disk.ts'
import { seededRandom, type SeededRandom } from '../../support/random.ts'
import { PowerCuts, RecordingFile, SparseBytes } from '../../support/crash-recorder.ts'

const MIB = 2 ** 20
const SECTOR = 512
const BLOCKS = 6
/** BOOTLACE_POWER_CUTS=10000 for a long night. */
const CUTS = Number(process.env['BOOTLACE_POWER_CUTS'] ?? 2500)
const SEED = Number(process.env['BOOTLACE_SEED'] ?? 20261121)
const PARENT_GUID = '01234567-89ab-4cde-8f01-23456789abcd'
const PARENT_BYTE = 0xee

/** Sectors at both ends of each block and in its middle: what is looked at, all that the workload touches. */
const WATCHED: readonly number[] = Array.from({ length: BLOCKS }, (_, block) =>
  [0, 1000, 2032].flatMap((from) => Array.from({ length: 16 }, (_, i) => block * 2048 + from + i)),
).flat()

interface Written {
  /** How many ops were recorded when the command was given. */
  readonly at: number
  /** 0 for zeros. */
  readonly version: number
}
interface Durable {
  /** How many ops were recorded when the flush was answered. */
  readonly answered: number
  /** Per sector, how many of its writes had been answered when the flush was asked for. */
  readonly counts: ReadonlyMap<number, number>
}
interface Trial {
  readonly file: RecordingFile
  readonly parent: MemoryDisk | undefined
  /** Per sector, oldest first. */
  readonly history: ReadonlyMap<number, Written[]>
  readonly flushes: readonly Durable[]
}

function parentDisk(): MemoryDisk {
  const parent = new MemoryDisk((BLOCKS * MIB) / SECTOR, true)
  parent.bytes.fill(PARENT_BYTE)
  parent.log.push = () => 0
  return parent
}
const openParent = (device: BlockDevice | undefined) =>
  device ? { parent: { device, dataWriteGuid: PARENT_GUID } } : {}

/** A sector that tells its version, in each of its bytes pairs. */
function stamp(version: number): Uint8Array {
  const b = new Uint8Array(SECTOR)
  for (let i = 0; i < SECTOR; i += 4) {
    b[i] = version
    b[i + 1] = version >>> 8
    b[i + 2] = 0x55
    b[i + 3] = 0xaa
  }
  return b
}
/** The version, 0 for zeros, -1 for the parent's content, NaN for anything that nobody wrote. */
function versionOf(b: Uint8Array): number {
  if (b.every((v) => v === 0)) return 0
  if (b.every((v) => v === PARENT_BYTE)) return -1
  const version = b[0]! | (b[1]! << 8)
  return Buffer.compare(b, stamp(version)) === 0 ? version : NaN
}

/** Writes, zeroes and flushes at random, several at a time. */
async function runTrial(kind: 'dynamic' | 'differencing', seed: number, plant?: Plant): Promise<Trial> {
  const parent = kind === 'differencing' ? parentDisk() : undefined
  const bytes = new SparseBytes()
  await createVhdx({
    file: new RecordingFile(bytes),
    sizeBytes: BLOCKS * MIB,
    blockSizeBytes: MIB,
    ...(parent && { parent: { dataWriteGuid: PARENT_GUID, relativePath: 'parent.vhdx' } }),
  })
  const file = new RecordingFile(bytes)
  const random = seededRandom(seed)
  file.random = seededRandom(seed + 1)
  plant?.(file)
  const device = await openVhdx(file, openParent(parent))
  const history = new Map<number, Written[]>(WATCHED.map((sector) => [sector, []]))
  const answered = new Map<number, number>(WATCHED.map((sector) => [sector, 0]))
  const flushes: Durable[] = []
  const busy = new Set<number>()
  const running = new Set<Promise<void>>()
  const run = (work: Promise<void>): void => {
    const tracked = work.finally(() => running.delete(tracked))
    running.add(tracked)
  }
  let version = 0
  for (let step = 0; step < 160; step++) {
    const action = random.below(12)
    if (action < 2) {
      const counts = new Map(answered)
      run(device.flush().then(() => void flushes.push({ answered: file.ops.length, counts })))
    } else {
      const block = random.below(BLOCKS)
      // Now and then a block as a whole, to see it leave its place and come back.
      const whole = action === 2
      const first = block * 2048 + (whole ? 0 : [0, 1000, 2032][random.below(3)]! + random.below(8))
      const count = whole ? 2048 : 1 + random.below(8)
      const sectors = WATCHED.filter((s) => s >= first && s < first + count)
      if (sectors.some((s) => busy.has(s))) continue
      const zeroes = whole ? random.below(3) > 0 : random.below(4) === 0
      const now = zeroes ? 0 : ++version
      for (const s of sectors) {
        busy.add(s)
        history.get(s)!.push({ at: file.ops.length, version: now })
      }
      const data = zeroes ? undefined : repeated(stamp(now), count)
      run(
        Promise.resolve(zeroes ? device.zero(first, count) : device.write(first, [data!])).then(() => {
          for (const s of sectors) {
            busy.delete(s)
            answered.set(s, history.get(s)!.length)
          }
        }),
      )
    }
    if (random.below(3) > 0) for (let i = random.below(12); i > 0; i--) await Promise.resolve()
    if (running.size > 6) await Promise.race(running)
  }
  await Promise.all(running)
  if (seed % 2 === 0) {
    const counts = new Map(answered)
    await device.close()
    flushes.push({ answered: file.ops.length, counts })
  }
  return { file, parent, history, flushes }
}
function repeated(sector: Uint8Array, count: number): Uint8Array {
  const out = new Uint8Array(sector.length * count)
  for (let i = 0; i < count; i++) out.set(sector, i * sector.length)
  return out
}

/** What is wrong with the file after a cut, if anything is. */
async function problemAfter(
  trial: Trial,
  cut: number,
  bytes: SparseBytes,
  readOnly: boolean,
  again?: SeededRandom,
): Promise<string | undefined> {
  const file = new RecordingFile(bytes, { readOnly })
  let device: BlockDevice
  try {
    device = await openVhdx(file, openParent(trial.parent))
  } catch (e) {
    return `cut ${cut}: does not open: ${String(e)}`
  }
  const durable = trial.flushes.filter((f) => f.answered <= cut).at(-1)
  const sector = new Uint8Array(SECTOR)
  for (const [lba, written] of trial.history) {
    const sure = durable?.counts.get(lba) ?? 0
    const possible = new Set(
      written
        .slice(sure)
        .filter((w) => w.at <= cut)
        .map((w) => w.version),
    )
    possible.add(sure > 0 ? written[sure - 1]!.version : trial.parent ? -1 : 0)
    await device.read(lba, sector)
    const got = versionOf(sector)
    if (!possible.has(got)) return `cut ${cut}: sector ${lba} is ${got}, not one of ${[...possible].join(', ')}`
  }
  if (readOnly) return undefined
  if (again) {
    // The power fails once more, while the log of the first time is replayed.
    const second = new PowerCuts(file).at(again.below(file.ops.length + 1), again)
    const problem = await problemAfter(trial, cut, second, true)
    if (problem) return `second ${problem}`
  }
  // It must also be of use: written, closed, opened again.
  await device.write(1, [stamp(60000)])
  await device.close()
  if (!file.closed) return `cut ${cut}: was not closed`
  const reopened = await openVhdx(new RecordingFile(bytes), openParent(trial.parent))
  await reopened.read(1, sector)
  return versionOf(sector) === 60000 ? undefined : `cut ${cut}: what was written after it is lost`
}

/** Cuts the power of several trials again and again. Returns what went wrong, at most one a trial. */
async function cutPower(kind: 'dynamic' | 'differencing', cuts: number, plant?: () => Plant): Promise<string[]> {
  const problems: string[] = []
  const trials = Math.max(4, Math.ceil(cuts / 250))
  for (let t = 0; t < trials; t++) {
    const seed = SEED + t * 10
    const trial = await runTrial(kind, seed + (t % 2), plant?.())
    const random: SeededRandom = seededRandom(seed + 5)
    const total = trial.file.ops.length
    const points = Array.from({ length: Math.ceil(cuts / trials) }, () => random.below(total + 1))
    trial.file.ops.forEach((op, i) => {
      if (op.is === 'flushed') points.push(i + 1)
    })
    points.push(total)
    points.sort((a, b) => a - b)
    const states = new PowerCuts(trial.file)
    for (const [i, cut] of points.entries()) {
      const rest = i % 10 === 0 ? 'all' : i % 10 === 1 ? 'none' : random
      const problem = await problemAfter(
        trial,
        cut,
        states.at(cut, rest),
        i % 4 === 3,
        i % 4 === 0 ? random : undefined,
      )
      if (problem) {
        problems.push(`seed ${seed}: ${problem}`)
        break
      }
    }
  }
  return problems
}

type Plant = (file: RecordingFile) => void
const LOG_START = MIB
const LOG_END = 2 * MIB

afterEach(() => {
  vi.restoreAllMocks()
})

describe(`a power cut (seed ${SEED}, ${CUTS} cuts each)`, () => {
  test.each(['dynamic', 'differencing'] as const)(
    'never costs what was flushed, nor the file: %s',
    async (kind) => {
      expect(await cutPower(kind, CUTS)).toEqual([])
    },
    600_000,
  )
})

/** Flushes by what was written last before them. */
const lieWhen = (lies: (before: 'log' | 'headers' | 'other') => boolean): Plant => {
  return (file) => {
    file.onFlush = () => {
      const last = file.ops.filter((op) => op.is === 'write').at(-1)
      const where = !last || last.position >= LOG_END ? 'other' : last.position >= LOG_START ? 'log' : 'headers'
      return !lies(where)
    }
  }
}

describe('the test finds planted mistakes', () => {
  test('no flush between the log and the places it tells of', async () => {
    expect(await cutPower('differencing', 600, () => lieWhen((last) => last === 'log'))).not.toEqual([])
    expect(await cutPower('dynamic', 600, () => lieWhen((last) => last === 'log'))).not.toEqual([])
  }, 120_000)
  test('no flush between the data and the log', async () => {
    expect(await cutPower('dynamic', 600, () => lieWhen((last) => last === 'other'))).not.toEqual([])
  }, 120_000)
})
