import type { Space } from '../../../src-main/api/dto.ts'
import { t, tn } from '../../i18n/i18n.svelte.ts'
import { size } from '../../state/words.ts'

/** The space on this computer in words. */

export type Level = 'fine' | 'filling' | 'scarce' | 'critical'

/** The same steps at which the engine warns. */
const STEPS: readonly (readonly [share: number, level: Level])[] = [
  [0.95, 'critical'],
  [0.85, 'scarce'],
  [0.7, 'filling'],
]
function verdictOf(level: Level): string {
  switch (level) {
    case 'fine':
      return t('Enough space')
    case 'filling':
      return t('Filling up')
    case 'scarce':
      return t('Little space left')
    case 'critical':
      return t('Almost full')
  }
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
    verdict: verdictOf(level),
    usedPercent: Math.floor(100 * used),
    disksPercent: (100 * ours) / space.totalBytes,
    otherPercent: (100 * (usedBytes - ours)) / space.totalBytes,
    otherBytes: usedBytes - ours,
  }
}

const LEAST_GROWTH = 1024 * 1024

/** How fast the disks grow and when this computer is full, if that is known. */
export function growthWords({ growthBytesPerDay: growth, fullInDays }: Space): string {
  if (growth === undefined) return t('Not known yet; it takes some hours of watching.')
  if (growth < -LEAST_GROWTH) return t('{size} less every day.', { size: size(-growth) })
  if (growth < LEAST_GROWTH) return t('Nothing to speak of.')
  const grows = t('{size} more every day', { size: size(growth) })
  return fullInDays === undefined ? `${grows}.` : `${grows}: ${fullWords(fullInDays)}.`
}
function fullWords(days: number): string {
  if (days < 1) return t('full within a day')
  if (days < 60) return tn(Math.floor(days), 'full in about {n} day', 'full in about {n} days')
  if (days < 730) return t('full in about {n} months', { n: Math.floor(days / 30) })
  return t('enough for years')
}
