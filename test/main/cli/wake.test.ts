import { expect, test } from 'vitest'
import { weekdaysOf } from '../../../src-main/cli/wake.ts'

test.each([
  ['mon-fri', [1, 2, 3, 4, 5]],
  ['mon,wed, sat', [1, 3, 6]],
  ['sat-mon', [1, 6, 7]],
  ['Monday-Wednesday,sunday', [1, 2, 3, 7]],
  ['fri', [5]],
  ['mon-sun', [1, 2, 3, 4, 5, 6, 7]],
])('%s are %j', (text, days) => expect(weekdaysOf(text)).toEqual(days))

test.each(['', 'noday', 'mon-', '1-5'])('%j is refused', (text) => {
  expect(() => weekdaysOf(text)).toThrow('is no day of the week')
})
