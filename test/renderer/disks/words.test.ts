import { describe, expect, test } from 'vitest'
import type { Space } from '../../../src-main/api/dto.ts'
import {
  checkQuestion,
  deletePointQuestion,
  deleteQuestion,
  sealQuestion,
} from '../../../src-renderer/features/disks/confirm-words.ts'
import { resultWords, shownJobs, timeLeft } from '../../../src-renderer/features/disks/job-words.ts'
import { growthWords, pictureOf } from '../../../src-renderer/features/disks/space.ts'
import { disk, image, job, point } from '../views.ts'

const GIB = 2 ** 30
const space = (o: Partial<Space>): Space => ({
  logicalBytes: 0,
  realBytes: 10 * GIB,
  savedBytes: 0,
  totalBytes: 100 * GIB,
  freeBytes: 50 * GIB,
  ...o,
})

describe('the space on this computer', () => {
  test('is told in the steps at which the engine warns', () => {
    const level = (used: number) => pictureOf(space({ freeBytes: (100 - used) * GIB }))!.level
    expect([69, 70, 84, 85, 94, 95].map(level)).toEqual(['fine', 'filling', 'filling', 'scarce', 'scarce', 'critical'])
  })
  test('is divided into disks, other things and what is free', () => {
    expect(pictureOf(space({}))).toMatchObject({
      usedPercent: 50,
      disksPercent: 10,
      otherPercent: 40,
      otherBytes: 40 * GIB,
    })
    // Files that are shared or compressed may count for more than the host says.
    expect(pictureOf(space({ realBytes: 70 * GIB }))).toMatchObject({ disksPercent: 50, otherPercent: 0 })
    expect(pictureOf(space({ totalBytes: 0, freeBytes: 0 }))).toBeUndefined()
  })
  test('its growth is told when there is any', () => {
    expect(growthWords(space({}))).toMatch(/^Not known yet/)
    expect(growthWords(space({ growthBytesPerDay: 10 }))).toBe('Nothing to speak of.')
    expect(growthWords(space({ growthBytesPerDay: -2 * GIB }))).toBe('2 GiB less every day.')
    const full = (fullInDays: number) => growthWords(space({ growthBytesPerDay: GIB, fullInDays }))
    expect([full(0.5), full(1.2), full(20), full(200), full(5000)]).toEqual([
      '1 GiB more every day: full within a day.',
      '1 GiB more every day: full in about 1 day.',
      '1 GiB more every day: full in about 20 days.',
      '1 GiB more every day: full in about 6 months.',
      '1 GiB more every day: enough for years.',
    ])
  })
})

describe('jobs', () => {
  test('what runs comes first; what ended well goes by itself, what failed stays until it is hidden', () => {
    const jobs = [
      job('old', { state: 'done', endedMs: 0 }),
      job('new', { state: 'done', startedMs: 5, endedMs: 3_000_000 }),
      job('failed', { state: 'failed', endedMs: 0 }),
      job('cancelled', { state: 'cancelled', endedMs: 3_000_000 }),
      job('running'),
    ]
    expect(shownJobs(jobs, new Set(), 3_000_000).map((j) => j.id)).toEqual(['running', 'new', 'failed'])
    expect(shownJobs(jobs, new Set(['failed', 'running']), 3_000_000).map((j) => j.id)).toEqual(['running', 'new'])
  })
  test('say what came of them, and how long they will take', () => {
    expect(resultWords(job('a', { result: 'pc-01 is in order' }))).toBe('pc-01 is in order.')
    expect(resultWords(job('a', { kind: 'removePoint', result: 'restore point 1 is gone' }))).toBe(
      'Restore point 1 is gone.',
    )
    expect(resultWords(job('a'))).toBe('Done.')
    const left = (doneBytes: number, nowMs: number) => timeLeft(job('a', { doneBytes }), nowMs)
    expect([left(50, 1000), left(1, 60_000), left(50, 10_000), left(10, 60_000), left(2, 3_600_000)]).toEqual([
      undefined,
      undefined,
      'less than a minute left',
      'about 9 min left',
      'about 49 h left',
    ])
  })
})

describe('what is asked before', () => {
  const d = disk('pc-01', { restorePoints: [point(1, 'a')] })
  test('says what is lost', () => {
    expect(deleteQuestion(d)).toMatchObject({ danger: true, warning: expect.stringContaining('no way back') as string })
    expect(deleteQuestion(d).text[0]).toBe(
      'pc-01 and its 1 restore point are removed from this computer, which frees 2 GiB.',
    )
    expect(deletePointQuestion(d, point(1, 'a')).text.join(' ')).toMatch(
      /holds now stays exactly as it is. That frees 1/,
    )
    expect(deletePointQuestion(d, point(1, 'a', { current: true })).text.join(' ')).toMatch(/cannot start meanwhile/)
  })
  test('says who cannot go on', () => {
    expect(sealQuestion(d).warning).toBeUndefined()
    expect(sealQuestion({ ...d, clients: ['a', 'b'] }).warning).toMatch(/^a and b cannot save anything/)
    expect(checkQuestion(d).text[0]).toMatch(/Its PC cannot start until/)
    expect(checkQuestion(image('i', 'i', 1)).text[0]).toMatch(/PCs go on meanwhile/)
  })
})
