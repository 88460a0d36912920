import type { BlockDevice } from '../../src-main/disks/block-device.ts'
import type { DiskFile } from '../../src-main/disks/disk-file.ts'
import type { MemoryFile } from './memory-file.ts'
import { seededRandom, type SeededRandom } from './random.ts'
import { RecordingFile } from './recording-file.ts'

const SECTOR = 512

/** What a run of power cuts is about. */
export interface PowerCutRun {
  readonly seed: number
  /** The empty disk's file. */
  readonly image: MemoryFile
  readonly open: (file: DiskFile) => Promise<BlockDevice>
  /** Steps of the workload. */
  readonly steps: number
  /** How many states between flushes are tried, besides the one at each flush. */
  readonly cuts: number
  /** Calls answer late, and overlap. */
  readonly slow: boolean
  /** A planted mistake: only the last flush of the file counts in each flush of the device. */
  readonly dropBarriers?: boolean
  /** What the disk shows at first; zeros unless said. */
  readonly firstContent?: Uint8Array
}
export interface PowerCutResult {
  readonly tried: number
  /** One sentence for each disk that did not open or showed what it must not. */
  readonly violations: string[]
  /** What one of the cuts left, and what it shows: where a next run can begin. */
  readonly survivor: { readonly image: MemoryFile; readonly content: Uint8Array }
}

interface Write {
  readonly id: number
  readonly lba: number
  readonly count: number
  readonly called: number
  done: number
}
interface DeviceFlush {
  readonly called: number
  done: number
}

/** Ids of what was there before the first write, and of zeros; writes count from 1. */
const FIRST = -1
const ZEROS = 0
const WORDS = SECTOR / 4
const mixed = (lba: number): number => Math.imul(lba + 1, 0x9e3779b1)

/** Every word of a sector says which write it came from, and to which sector it belongs. */
function sectorsOf(id: number, lba: number, count: number): Uint8Array {
  const words = new Uint32Array(count * WORDS)
  for (let i = 0; i < count; i++) words.fill((mixed(lba + i) ^ id) >>> 0, i * WORDS, i * WORDS + WORDS)
  return new Uint8Array(words.buffer)
}

/** Writes, zeros and flushes at random, then cuts the power at each flush and at many moments between, and looks at what
 *  the reopened disk shows: each sector whole, as it was at the last flush that was answered, or newer. */
export async function cutPower(run: PowerCutRun): Promise<PowerCutResult> {
  const random = seededRandom(run.seed)
  const file = new RecordingFile(run.image, { slow: run.slow })
  const device = await run.open(file)
  const writes: Write[] = []
  const flushes: DeviceFlush[] = []
  let running: Promise<void>[] = []
  /** Sectors that are being written: two writes at once to one sector have no order. */
  let busy: { from: number; to: number }[] = []
  for (let step = 0; step < run.steps; step++) {
    const kind = random.below(10)
    if (kind === 0) {
      const flush: DeviceFlush = { called: file.now, done: Infinity }
      flushes.push(flush)
      running.push(
        device.flush().then(() => {
          flush.done = file.now
        }),
      )
    } else {
      const count = random.below(3) === 0 ? 1 + random.below(400) : 1 + random.below(16)
      const lba = random.below(device.blockCount - count + 1)
      if (busy.some((b) => lba < b.to && lba + count > b.from)) continue
      busy.push({ from: lba, to: lba + count })
      const write: Write = { id: kind === 1 ? ZEROS : step + 1, lba, count, called: file.now, done: Infinity }
      writes.push(write)
      const call = kind === 1 ? device.zero(lba, count) : device.write(lba, [sectorsOf(write.id, lba, count)])
      const finish = (): void => {
        write.done = file.now
      }
      if (call) running.push(call.then(finish))
      else finish()
    }
    if (!run.slow || random.below(4) === 0) {
      await Promise.all(running)
      running = []
      busy = []
    }
  }
  await Promise.all(running)
  const end = file.now
  if (run.dropBarriers) {
    file.flushes = file.flushes.filter((f) => {
      const inside = flushes.find((d) => f.called > d.called && f.done < d.done)
      return !inside || !file.flushes.some((later) => later.called > f.called && later.done < inside.done)
    })
  }

  const violations: string[] = []
  const moments: { at: number; random?: SeededRandom }[] = file.flushes.map((f) => ({ at: f.done }))
  // Most is undecided just before a flush is answered.
  for (let i = 0; i < run.cuts; i++) {
    const before = file.flushes[random.below(file.flushes.length)]!
    moments.push({ at: i % 2 === 0 ? random.below(end) : before.called, random })
  }
  moments.sort((a, b) => a.at - b.at)
  for (const moment of moments) {
    const left = file.afterPowerCut(moment.at, moment.random)
    const what = await judge(run, left, moment.at, writes, flushes, device.blockCount)
    if (what) violations.push(`moment ${moment.at}: ${what}`)
  }
  const image = file.afterPowerCut(random.below(end), random)
  const content = new Uint8Array(device.blockCount * SECTOR)
  if (violations.length === 0) await (await run.open(image.clone())).read(0, content)
  return { tried: moments.length, violations, survivor: { image, content } }
}

/** What is wrong with the disk, or nothing. */
async function judge(
  run: PowerCutRun,
  left: MemoryFile,
  moment: number,
  writes: readonly Write[],
  flushes: readonly DeviceFlush[],
  blockCount: number,
): Promise<string | undefined> {
  let device: BlockDevice
  const shown = new Uint8Array(blockCount * SECTOR)
  try {
    device = await run.open(left)
    await device.read(0, shown)
  } catch (e) {
    return `the disk does not open: ${(e as Error).message}`
  }
  const durable = flushes.reduce((to, f) => (f.done <= moment ? Math.max(to, f.called) : to), 0)
  const allowed: number[][] = Array.from({ length: blockCount }, () => [FIRST])
  for (const write of writes) {
    if (write.called > moment) continue
    const settled = write.done < durable
    for (let lba = write.lba; lba < write.lba + write.count; lba++) {
      if (settled) allowed[lba] = [write.id]
      else allowed[lba]!.push(write.id)
    }
  }
  const words = new Uint32Array(shown.buffer)
  for (let lba = 0; lba < blockCount; lba++) {
    const first = words[lba * WORDS]!
    let same = 1
    while (same < WORDS && words[lba * WORDS + same] === first) same++
    const whole = same === WORDS
    const id = (first ^ mixed(lba)) >>> 0
    const fits = (wanted: number): boolean => {
      if (wanted === FIRST && run.firstContent) return isFirst(run.firstContent, shown, lba)
      return whole && (wanted === ZEROS || wanted === FIRST ? first === 0 : id === wanted)
    }
    if (!allowed[lba]!.some(fits)) return `block ${lba} shows what was never there`
  }
  return undefined
}

const isFirst = (first: Uint8Array, shown: Uint8Array, lba: number): boolean => {
  for (let at = lba * SECTOR; at < (lba + 1) * SECTOR; at++) if (first[at] !== shown[at]) return false
  return true
}
