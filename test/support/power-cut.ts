import type { BlockDevice } from '../../src-main/disks/block-device.ts'
import type { DiskFile } from '../../src-main/disks/disk-file.ts'
import { MemoryFile, uneven } from './memory-file.ts'
import type { Plant } from './power-cut-plants.ts'
import { PowerCuts, RecordingFile, type Span } from './recording-file.ts'
import { seededRandom, type SeededRandom } from './random.ts'
import type { SparseBytes } from './sparse-bytes.ts'

const SECTOR = 512
const WORDS = SECTOR / 4

/** A disk whose power is cut. */
export interface CutDisk {
  /** Its file. */
  readonly image: SparseBytes
  readonly open: (file: DiskFile) => Promise<BlockDevice>
  /** What the disk shows. */
  readonly content: Uint8Array
  /** What the workload now and then writes or zeroes as a whole. */
  readonly blockBytes: number
}
export interface PowerCutRun {
  readonly disk: CutDisk
  readonly seed: number
  /** Steps of the workload. */
  readonly steps: number
  /** How many random subsets of what was not flushed are tried, besides all and nothing of it at each flush. */
  readonly cuts: number
  /** Calls answer late, and overlap. */
  readonly overlap: boolean
  /** A mistake, as if the format had made it. */
  readonly plant?: Plant
}
export interface PowerCutResult {
  /** States of which each was opened and read; all, or nothing, of what was not flushed included. */
  readonly tried: number
  /** How many of them had a random subset of it. */
  readonly subsets: number
  /** How many of them the file was changed in when it was opened, and the power cut once more then. */
  readonly repairs: number
  /** One sentence for each disk that did not open or showed what it must not. */
  readonly violations: readonly string[]
  /** What one of the cuts left, and what it shows: where a next run can begin. */
  readonly survivor: CutDisk
}

interface GuestWrite extends Span {
  /** First byte on the disk. */
  readonly at: number
  readonly bytes: Uint8Array
}
interface Workload {
  readonly file: RecordingFile
  readonly writes: readonly GuestWrite[]
  /** Flushes and closes of the disk. */
  readonly flushes: readonly Span[]
}

/** Every word of a sector says which write it came from, where it belongs and which word it is. */
export function stamped(id: number, position: number, length: number): Uint8Array {
  const words = new Uint32Array(length / 4)
  for (let i = 0; i < words.length; i++) {
    const sector = position / SECTOR + Math.floor(i / WORDS)
    words[i] = (Math.imul(sector + 1, 0x9e3779b1) ^ Math.imul(id, 0x85ebca6b)) + (i % WORDS)
  }
  return new Uint8Array(words.buffer)
}

/** All that a disk shows. */
export async function shownBy(
  device: BlockDevice,
  into: Uint8Array = new Uint8Array(device.blockCount * device.blockSize),
): Promise<Uint8Array> {
  await device.read(0, into)
  return into
}

/** Writes, zeroes, flushes and reopens at random, several calls at a time if they overlap; no two of them are ever about
 *  the same sector at once, because such have no order. */
async function work(run: PowerCutRun): Promise<Workload> {
  const random = seededRandom(run.seed)
  const memory = new MemoryFile(run.disk.image.copy())
  // Where no holes can be made, freed space keeps what was in it.
  memory.canPunch = random.below(3) > 0
  if (run.overlap) memory.pace = uneven(seededRandom(run.seed + 1))
  const file = new RecordingFile(memory)
  let device = await run.disk.open(file)
  const writes: GuestWrite[] = []
  const flushes: Span[] = []
  const running = new Set<Promise<void>>()
  const start = (span: Span, call: void | Promise<void>): void => {
    const end = (): void => {
      span.done = file.now
    }
    if (!call) return end()
    const waiting = call.then(end).finally(() => running.delete(waiting))
    running.add(waiting)
  }
  const flush = (call: () => Promise<void>): void => {
    const span: Span = { called: file.now, done: Infinity }
    flushes.push(span)
    start(span, call())
  }
  for (let step = 0; step < run.steps; step++) {
    const action = random.below(40)
    if (action === 0) {
      await Promise.all(running)
      flush(() => device.close())
      await Promise.all(running)
      device = await run.disk.open(file)
    } else if (action < 5) flush(() => device.flush())
    else {
      const { lba, count } = pick(random, device, run.disk.blockBytes, writes.at(-1))
      const at = lba * device.blockSize
      const length = count * device.blockSize
      if (writes.some((w) => w.done === Infinity && at < w.at + w.bytes.length && at + length > w.at)) continue
      const zeroes = random.below(4) === 0
      const bytes = zeroes ? new Uint8Array(length) : stamped(step + 1, at, length)
      const write: GuestWrite = { at, bytes, called: file.now, done: Infinity }
      writes.push(write)
      start(write, zeroes ? device.zero(lba, count) : device.write(lba, [bytes]))
    }
    if (!run.overlap) await Promise.all(running)
    else if (random.below(3) > 0) for (let i = random.below(12); i > 0; i--) await Promise.resolve()
    if (running.size > 6) await Promise.race(running)
  }
  await Promise.all(running)
  return { file, writes, flushes }
}

/** Some sectors anywhere, or near the last write, or a whole block, or across its end. */
function pick(random: SeededRandom, device: BlockDevice, blockBytes: number, last: GuestWrite | undefined) {
  const perBlock = blockBytes / device.blockSize
  const how = random.below(12)
  const some = how < 8 ? 1 + random.below(12) : 1 + random.below(Math.ceil(perBlock / 2))
  let lba = random.below(device.blockCount)
  let count = some
  if (how === 0) {
    lba -= lba % perBlock
    count = perBlock * (1 + random.below(2))
  } else if (how === 1) lba = Math.max(0, lba - (lba % perBlock) - random.below(some))
  else if (how < 5 && last) lba = Math.max(0, last.at / device.blockSize + random.below(9) - 4)
  lba = Math.min(lba, device.blockCount - 1)
  return { lba, count: Math.min(count, device.blockCount - lba) }
}

/** What a disk may show after a cut: each sector as it was at the last flush that was answered, or newer. Moments must
 *  rise. */
class Expectation {
  readonly #flushes: readonly Span[]
  readonly #later: GuestWrite[]
  #open: GuestWrite[] = []
  readonly #settled: Uint8Array

  constructor(content: Uint8Array, work: Workload) {
    this.#settled = content.slice()
    this.#flushes = work.flushes
    this.#later = [...work.writes]
  }
  to(moment: number): void {
    let durable = 0
    for (const flush of this.#flushes) if (flush.done <= moment) durable = Math.max(durable, flush.called)
    while (this.#later.length > 0 && this.#later[0]!.called <= moment) this.#open.push(this.#later.shift()!)
    this.#open = this.#open.filter((write) => {
      if (write.done < durable) this.#settled.set(write.bytes, write.at)
      return write.done >= durable
    })
  }
  /** What is wrong, or nothing. */
  fault(shown: Uint8Array): string | undefined {
    if (Buffer.compare(shown, this.#settled) === 0) return undefined
    for (let at = 0; at < shown.length; at += SECTOR) {
      const sector = shown.subarray(at, at + SECTOR)
      if (Buffer.compare(sector, this.#settled.subarray(at, at + SECTOR)) === 0) continue
      const newer = this.#open.some(
        (w) =>
          at >= w.at &&
          at < w.at + w.bytes.length &&
          Buffer.compare(sector, w.bytes.subarray(at - w.at, at - w.at + SECTOR)) === 0,
      )
      if (!newer) return `sector ${at / SECTOR} shows what was never there, or was overwritten`
    }
    return undefined
  }
}

/** Cuts the power of a workload at each flush and at many moments between, and looks at what the reopened disks show. */
export async function cutPower(run: PowerCutRun): Promise<PowerCutResult> {
  const workload = await work(run)
  const { file, flushes } = workload
  const { record } = file
  const end = file.now
  run.plant?.(record, flushes)
  const random = seededRandom(run.seed + 2)
  const moments: { at: number; rest: 'all' | 'none' | SeededRandom }[] = []
  for (const { done } of [...record.flushes, ...flushes]) {
    moments.push({ at: done, rest: 'none' }, { at: done, rest: 'all' })
  }
  for (let i = 0; i < run.cuts; i++) {
    // Most is undecided just before a flush is answered.
    const near = record.flushes[random.below(record.flushes.length)]
    const at = i % 2 === 0 || !near ? random.below(end) : i % 4 === 1 ? near.called : near.done - 0.5
    moments.push({ at, rest: random })
  }
  moments.sort((a, b) => a.at - b.at)

  const cuts = new PowerCuts(record)
  const expectation = new Expectation(run.disk.content, workload)
  const violations: string[] = []
  // Megabytes for each cut would keep the collector busy.
  const buffers = { shown: run.disk.content.slice(), again: run.disk.content.slice() }
  const surviving = random.below(moments.length)
  let survivor = run.disk
  let repairs = 0
  for (const [i, moment] of moments.entries()) {
    expectation.to(moment.at)
    const left = cuts.at(moment.at, moment.rest)
    // To use it on would change what it shows.
    const turn = i === surviving ? 1 : i
    const seen = await look(run.disk, left, expectation, turn, random, buffers)
    if (seen.fault !== undefined) violations.push(`moment ${moment.at}: ${seen.fault}`)
    if (seen.repaired) repairs++
    if (i === surviving) survivor = { ...run.disk, image: left, content: seen.shown.slice() }
  }
  return { tried: moments.length, subsets: run.cuts, repairs, violations, survivor }
}

/** As large as the disk; what they hold is gone with the next look. */
interface Buffers {
  readonly shown: Uint8Array
  readonly again: Uint8Array
}
interface Seen {
  readonly shown: Uint8Array
  readonly repaired: boolean
  readonly fault?: string
}

/** Opens what a cut left, and reads it; now and then also as a file that may not be written, with the power cut again
 *  while it is opened, and to be used on. */
async function look(
  disk: CutDisk,
  left: SparseBytes,
  expectation: Expectation,
  turn: number,
  random: SeededRandom,
  buffers: Buffers,
): Promise<Seen> {
  const file = new RecordingFile(new MemoryFile(left.copy()))
  let shown = disk.content
  let repaired = false
  try {
    const device = await disk.open(file)
    shown = await shownBy(device, buffers.shown)
    repaired = file.record.changes.length > 0
    const fault =
      expectation.fault(shown) ??
      (turn % 3 === 0 ? await faultReadOnly(disk, left, buffers) : undefined) ??
      (repaired ? await faultCutAgain(disk, file, buffers, random) : undefined) ??
      (turn % 6 === 0 ? await faultLater(disk, file, device, buffers, random) : undefined)
    return { shown, repaired, ...(fault !== undefined && { fault }) }
  } catch (e) {
    return { shown, repaired, fault: `the disk does not open: ${(e as Error).message}` }
  }
}

async function faultReadOnly(disk: CutDisk, left: SparseBytes, { shown, again }: Buffers): Promise<string | undefined> {
  const file = new MemoryFile(left.copy(), { readOnly: true })
  if (Buffer.compare(await shownBy(await disk.open(file), again), shown) !== 0)
    return 'it shows something else when only read'
  return file.changes > 0 ? 'it is written to when only read' : undefined
}

/** The power fails once more while the file is brought in order. */
async function faultCutAgain(
  disk: CutDisk,
  opened: RecordingFile,
  { shown, again }: Buffers,
  random: SeededRandom,
): Promise<string | undefined> {
  const left = new PowerCuts(opened.record).at(random.below(opened.now + 1), random)
  const device = await disk.open(new MemoryFile(left))
  return Buffer.compare(await shownBy(device, again), shown) === 0
    ? undefined
    : 'it shows something else after a second cut'
}

async function faultLater(
  disk: CutDisk,
  file: RecordingFile,
  device: BlockDevice,
  { shown, again }: Buffers,
  random: SeededRandom,
): Promise<string | undefined> {
  const wanted = shown
  for (let i = 0; i < 4; i++) {
    const { lba, count } = pick(random, device, disk.blockBytes, undefined)
    const at = lba * device.blockSize
    const bytes = i % 2 === 0 ? stamped(-1 - i, at, count * device.blockSize) : new Uint8Array(count * device.blockSize)
    wanted.set(bytes, at)
    await (i % 2 === 0 ? device.write(lba, [bytes]) : device.zero(lba, count))
  }
  await device.close()
  if (file.closes !== 1) return 'it was not closed'
  return Buffer.compare(await shownBy(await disk.open(file), again), wanted) === 0
    ? undefined
    : 'it cannot be used any more: it lost what was written afterwards'
}

/** Many short lives of one disk: most is at stake while its blocks are new.
 *  @param until stops at the first trial that it says is enough. */
export async function cutPowerOften(
  o: Pick<PowerCutRun, 'disk' | 'seed' | 'overlap' | 'plant'> & { readonly subsets: number },
  until: (result: PowerCutResult) => boolean = () => false,
): Promise<Omit<PowerCutResult, 'survivor'>> {
  const random = seededRandom(o.seed)
  const sum = { subsets: 0, tried: 0, repairs: 0, violations: [] as string[] }
  while (sum.subsets < o.subsets) {
    const seed = o.seed + 10 * random.below(2 ** 20)
    const cuts = Math.min(100, o.subsets - sum.subsets)
    const result = await cutPower({ ...o, seed, steps: 15 + random.below(120), cuts })
    sum.subsets += result.subsets
    sum.tried += result.tried
    sum.repairs += result.repairs
    for (const violation of result.violations) sum.violations.push(`seed ${seed}: ${violation}`)
    if (until(result)) break
  }
  return sum
}
