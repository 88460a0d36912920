import { expect, test } from 'vitest'
import { bootStep, size } from '../../../src-renderer/state/words.ts'

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
