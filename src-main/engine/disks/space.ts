import type { Clock } from '../../base/clock.ts'
import type { SpaceSample, SpaceStore } from '../../db/stores/space-store.ts'
import type { DiskRecord } from '../../disks/disk-record.ts'
import type { DiskShelf } from './shelf.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const SAMPLE_EVERY_MS = HOUR
const LOOK_BACK_MS = 14 * DAY
const KEEP_MS = 90 * DAY
/** A forecast from less than this says nothing. */
const LEAST_SPAN_MS = 6 * HOUR

export interface SpaceView {
  readonly logicalBytes: number
  readonly realBytes: number
  readonly savedBytes: number
  readonly totalBytes: number
  readonly freeBytes: number
  readonly growthBytesPerDay?: number
  readonly fullInDays?: number
}

/** What the disks take on the host, over time. */
export class SpaceWatch {
  readonly #shelf: DiskShelf
  readonly #store: SpaceStore
  readonly #clock: Clock
  #cancel: () => void = () => {}
  #growth: number | undefined

  constructor(shelf: DiskShelf, store: SpaceStore, clock: Clock) {
    this.#shelf = shelf
    this.#store = store
    this.#clock = clock
  }

  /** Takes a sample now and every hour. */
  start(): void {
    const now = this.#clock.now()
    const last = this.#store.since(now - SAMPLE_EVERY_MS / 2).at(-1)
    if (!last) {
      const { realBytes, freeBytes } = this.now()
      this.#store.add({ atMs: now, usedBytes: realBytes, freeBytes }, now - KEEP_MS)
    }
    this.#growth = growthPerDay(this.#store.since(now - LOOK_BACK_MS))
    this.#cancel = this.#clock.after(SAMPLE_EVERY_MS, 'space sample', () => this.start())
  }
  stop(): void {
    this.#cancel()
  }

  now(): SpaceView {
    const disks = this.#shelf.all()
    const { totalBytes, freeBytes } = hostSpaceOf(this.#shelf)
    const sizes = new Map(disks.map((disk) => [disk.name, ownBytes(this.#shelf, disk)]))
    const growth = this.#growth
    return {
      logicalBytes: disks.reduce((sum, disk) => sum + disk.sizeBytes, 0),
      realBytes: [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0),
      savedBytes: savedBytes(disks, sizes),
      totalBytes,
      freeBytes,
      ...(growth !== undefined && { growthBytesPerDay: growth }),
      ...(growth !== undefined && growth > 0 && { fullInDays: freeBytes / growth }),
    }
  }
}

function ownBytes(shelf: DiskShelf, disk: DiskRecord): number {
  return [disk, ...shelf.pointsOf(disk.name)].reduce((sum, layer) => sum + shelf.realBytes(layer), 0)
}

function hostSpaceOf(shelf: DiskShelf): { totalBytes: number; freeBytes: number } {
  try {
    return shelf.hostSpace()
  } catch {
    // The folder is gone; the warnings say so, and the rest of the picture is worth more than none.
    return { totalBytes: 0, freeBytes: 0 }
  }
}

/** What clones would take more if each were a whole copy of what it stands on. */
function savedBytes(disks: readonly DiskRecord[], sizes: ReadonlyMap<string, number>): number {
  const byName = new Map(disks.map((disk) => [disk.name, disk]))
  let saved = 0
  for (const disk of disks) {
    for (let at = disk.parent; at !== undefined; at = byName.get(at)?.parent) saved += sizes.get(at) ?? 0
  }
  return saved
}

/** The slope of the straight line through all samples (least squares), bytes per day; undefined when they span too little. */
export function growthPerDay(samples: readonly SpaceSample[]): number | undefined {
  const first = samples[0]
  const last = samples.at(-1)
  if (!first || !last || last.atMs - first.atMs < LEAST_SPAN_MS) return undefined
  const days = samples.map((s) => (s.atMs - first.atMs) / DAY)
  const meanDay = days.reduce((a, b) => a + b, 0) / days.length
  const meanUsed = samples.reduce((a, s) => a + s.usedBytes, 0) / samples.length
  let over = 0
  let under = 0
  for (const [i, s] of samples.entries()) {
    over += (days[i]! - meanDay) * (s.usedBytes - meanUsed)
    under += (days[i]! - meanDay) ** 2
  }
  return over / under
}
