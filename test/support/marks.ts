import type { BlockDevice } from '../../src-main/disks/block-device.ts'
import type { SeededRandom } from './random.ts'

const SECTOR = 512

export interface Mark {
  /** Bytes. */
  readonly position: number
  readonly length: number
  /** What all its bytes are. */
  readonly value: number
}

/** What was written to a few places of a disk that is too large to be looked at as a whole. */
export class Marks {
  readonly sizeBytes: number
  readonly #blockBytes: number
  readonly #unitBytes: number
  /** By sector of 512 bytes. */
  readonly #values = new Map<number, number>()

  /** @param blockBytes at whose borders marks are made. @param unitBytes all marks are multiples of it. */
  constructor(sizeBytes: number, blockBytes: number, unitBytes = SECTOR) {
    this.sizeBytes = sizeBytes
    this.#blockBytes = blockBytes
    this.#unitBytes = unitBytes
  }
  copy(): Marks {
    const copy = new Marks(this.sizeBytes, this.#blockBytes, this.#unitBytes)
    for (const [sector, value] of this.#values) copy.#values.set(sector, value)
    return copy
  }

  /** A mark to be made; it counts as made from now on. Zeros are asked for as `value` 0. */
  next(random: SeededRandom): Mark {
    const unit = this.#unitBytes
    const units = Math.floor(this.sizeBytes / unit)
    const borders = [this.#blockBytes * random.below(Math.ceil(this.sizeBytes / this.#blockBytes)), 2 ** 31, 2 ** 32]
    const at = [0, units - 1, Math.floor((random.below(2 ** 32) / 2 ** 32) * units)]
    for (const border of borders) if (border > 0 && border < this.sizeBytes) at.push(Math.floor(border / unit) - 1)
    const near = [...this.#values.keys()][random.below(this.#values.size)]
    if (near !== undefined) at.push(Math.max(0, Math.floor((near * SECTOR) / unit) - 1))
    const from = Math.min(at[random.below(at.length)]!, units - 1)
    const count = Math.min(units - from, 1 + random.below(random.below(5) === 0 ? 300 : 12))
    const value = random.below(5) === 0 ? 0 : 1 + random.below(255)
    const mark = { position: from * unit, length: count * unit, value }
    for (let at = 0; at < mark.length; at += SECTOR) this.#values.set((mark.position + at) / SECTOR, value)
    return mark
  }

  /** All that must be found: runs of one value, and the untouched sectors beside them. */
  all(): Mark[] {
    const sectors = new Map(this.#values)
    for (const sector of this.#values.keys())
      for (const beside of [sector - 1, sector + 1])
        if (beside >= 0 && beside < this.sizeBytes / SECTOR && !sectors.has(beside)) sectors.set(beside, 0)
    const runs: Mark[] = []
    for (const sector of [...sectors.keys()].sort((a, b) => a - b)) {
      const value = sectors.get(sector)!
      const last = runs.at(-1)
      if (last && last.value === value && last.position + last.length === sector * SECTOR)
        runs[runs.length - 1] = { ...last, length: last.length + SECTOR }
      else runs.push({ position: sector * SECTOR, length: SECTOR, value })
    }
    return runs
  }
}

/** Makes marks on a disk, in pieces. */
export async function makeMarks(device: BlockDevice, marks: Marks, random: SeededRandom, count: number): Promise<void> {
  const size = device.blockSize
  for (let i = 0; i < count; i++) {
    const { position, length, value } = marks.next(random)
    if (value === 0) await device.zero(position / size, length / size)
    else {
      const bytes = new Uint8Array(length).fill(value)
      await device.write(position / size, [bytes.subarray(0, 100), bytes.subarray(100)])
    }
    if (random.below(12) === 0) await device.flush()
  }
}

/** What differs, or nothing. @param read fills the bytes from a position on. */
export async function firstWrong(
  marks: Marks,
  read: (position: number, into: Uint8Array) => void | Promise<void>,
  unitBytes = SECTOR,
): Promise<string | undefined> {
  for (const { position, length, value } of marks.all()) {
    const before = position % unitBytes
    const whole = new Uint8Array(Math.ceil((before + length) / unitBytes) * unitBytes)
    await read(position - before, whole)
    const at = whole.subarray(before, before + length).findIndex((v) => v !== value)
    if (at >= 0) return `byte ${position + at} is ${whole[before + at]}, not ${value}`
  }
  return undefined
}

/** The same of a disk. */
export const firstWrongOf = (device: BlockDevice, marks: Marks): Promise<string | undefined> =>
  firstWrong(marks, (position, into) => device.read(position / device.blockSize, into), device.blockSize)
