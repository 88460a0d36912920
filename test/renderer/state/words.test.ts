import { expect, test } from 'vitest'
import type { ClientView } from '../../../src-main/api/dto.ts'
import { setLocale } from '../../../src-renderer/i18n/i18n.svelte.ts'
import {
  bootStep,
  clockTime,
  duration,
  sentence,
  size,
  some,
  span,
  stalledHint,
  stageWord,
} from '../../../src-renderer/state/words.ts'

test('sizes read well', () => {
  expect([size(0), size(1023), size(1536), size(64 * 2 ** 30), size(150 * 2 ** 20)]).toEqual([
    '0 bytes',
    '1023 bytes',
    '1.5 KiB',
    '64 GiB',
    '150 MiB',
  ])
})

test('every stage of a boot stands on one of the five steps', () => {
  expect((['seen', 'offered', 'loader', 'script', 'sanLogin', 'running'] as const).map(bootStep)).toEqual([
    1, 1, 2, 3, 4, 5,
  ])
  expect((['off', 'gone', 'failed'] as const).map(bootStep)).toEqual([0, 0, 0])
})

test('what happened today has a time, what happened earlier a date too', () => {
  const now = new Date(2026, 10, 21, 0, 30).getTime()
  const earlier = new Date(2026, 10, 20, 23, 50).getTime()
  expect(clockTime(now, now)).not.toMatch(/21|Nov/)
  expect(clockTime(earlier, now)).toMatch(/20/)
})

test('a problem reads as one or two whole sentences', () => {
  expect(sentence({ message: 'the file is gone', hint: 'Put it back.' })).toBe('The file is gone. Put it back.')
  expect(sentence({ message: 'Done!' })).toBe('Done!')
})

test('a boot that fell silent says where to look; a PC that runs or is off does not', () => {
  const live = (stage: string) => ({ stage, sinceMs: 0 }) as unknown as ClientView['live']
  const later = 6 * 60_000
  expect(stalledHint(live('loader'), later)).toMatch(/Look at its screen/)
  expect(['running', 'off', 'gone', 'failed'].map((stage) => stalledHint(live(stage), later))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ])
  expect(stalledHint(live('loader'), 60_000)).toBeUndefined()
})

test('times and names read well', () => {
  expect([40, 999, 2600, 45_000, 2_000_000].map(duration)).toEqual(['40 µs', '999 µs', '2.6 ms', '45 ms', '2.0 s'])
  expect([900, 42_000, 65_000, 120_000, 7_800_000].map(span)).toEqual([
    '1 s',
    '42 s',
    '1 min 5 s',
    '2 min',
    '2 h 10 min',
  ])
  expect([some([]), some(['a']), some(['a', 'b']), some(['a', 'b', 'c', 'd', 'e'])]).toEqual([
    'none',
    'a',
    'a and b',
    'a, b, c and 2 more',
  ])
})

test('a German reader has German words and commas', () => {
  setLocale('de')
  try {
    expect([size(1536), stageWord('running'), some(['a', 'b'])]).toEqual(['1,5 KiB', 'Läuft', 'a und b'])
  } finally {
    setLocale('en')
  }
})
