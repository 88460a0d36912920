import type { Space } from '../../../src-main/api/dto.ts'
import { count, size } from '../../state/words.ts'

/** The space on this computer in words. */

export type Level = 'fine' | 'filling' | 'scarce' | 'critical'

/** The same steps at which the engine warns. */
const STEPS: readonly (readonly [share: number, level: Level])[] = [
  [0.95, 'critical'],
  [0.85, 'scarce'],
  [0.7, 'filling'],
]
const VERDICTS: Readonly<Record<Level, string>> = {
  fine: 'Enough space',
  filling: 'Filling up',
  scarce: 'Little space left',
  critical: 'Almost full',
}

export interface SpacePicture {
  readonly level: Level
  readonly verdict: string
  /** Whole percent of the host's disk that are in use. */
  readonly usedPercent: number
  /** Widths of the bar's parts, percent. */
  readonly disksPercent: number
  readonly otherPercent: number
  readonly otherBytes: number
}

/** Undefined when the folder of the disks cannot be reached. */
export function pictureOf(space: Space): SpacePicture | undefined {
  if (space.totalBytes <= 0) return undefined
  const usedBytes = Math.max(0, space.totalBytes - space.freeBytes)
  const used = usedBytes / space.totalBytes
  const level = STEPS.find(([share]) => used >= share)?.[1] ?? 'fine'
  const ours = Math.min(space.realBytes, usedBytes)
  return {
    level,
    verdict: VERDICTS[level],
    usedPercent: Math.floor(100 * used),
    disksPercent: (100 * ours) / space.totalBytes,
    otherPercent: (100 * (usedBytes - ours)) / space.totalBytes,
    otherBytes: usedBytes - ours,
  }
}

const LEAST_GROWTH = 1024 * 1024

/** How fast the disks grow and when this computer is full, if that is known. */
export function growthWords({ growthBytesPerDay: growth, fullInDays }: Space): string {
  if (growth === undefined) return 'Not known yet; it takes some hours of watching.'
  if (growth < -LEAST_GROWTH) return `${size(-growth)} less every day.`
  if (growth < LEAST_GROWTH) return 'Nothing to speak of.'
  const grows = `${size(growth)} more every day`
  return fullInDays === undefined ? `${grows}.` : `${grows}: ${fullWords(fullInDays)}.`
}
function fullWords(days: number): string {
  if (days < 1) return 'full within a day'
  if (days < 60) return `full in about ${count(Math.floor(days), 'day')}`
  if (days < 730) return `full in about ${Math.floor(days / 30)} months`
  return 'enough for years'
}
