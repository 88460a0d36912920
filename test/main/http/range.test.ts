import { expect, test } from 'vitest'
import { contentRange, parseRange, rangeLength } from '../../../src-main/http/range.ts'

const shown = (header: string | undefined, size: number): string => {
  const answer = parseRange(header, size)
  return answer.is === 'part' ? `${answer.range.first}-${answer.range.last}` : answer.is
}

test.each<[string | undefined, number, string]>([
  [undefined, 100, 'whole'],
  ['bytes=0-', 100, '0-99'],
  ['bytes=0-0', 100, '0-0'],
  ['bytes=10-19', 100, '10-19'],
  ['Bytes = 10 - 19', 100, '10-19'],
  ['bytes=90-1000', 100, '90-99'],
  ['bytes=99-', 100, '99-99'],
  ['bytes=100-', 100, 'unsatisfiable'],
  ['bytes=-1', 100, '99-99'],
  ['bytes=-1000', 100, '0-99'],
  ['bytes=-0', 100, 'unsatisfiable'],
  ['bytes=-', 100, 'whole'],
  ['bytes=20-10', 100, 'whole'],
  ['bytes=0-1,3-4', 100, 'whole'],
  ['items=0-1', 100, 'whole'],
  ['bytes=a-b', 100, 'whole'],
  ['bytes=0-0', 0, 'unsatisfiable'],
  ['bytes=-5', 0, 'unsatisfiable'],
  ['bytes=9999999999999999999-', 100, 'whole'],
  ['', 100, 'whole'],
])('%s of %i bytes is %s', (header, size, want) => {
  expect(shown(header, size)).toBe(want)
})

test('lengths and the header count both ends', () => {
  expect(rangeLength({ first: 10, last: 19 })).toBe(10)
  expect(contentRange({ first: 10, last: 19 }, 100)).toBe('bytes 10-19/100')
})
