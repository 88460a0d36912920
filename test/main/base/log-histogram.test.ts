import { expect, test } from 'vitest'
import { LogHistogram } from '../../../src-main/base/log-histogram.ts'

test('small values are kept as they are', () => {
  const h = new LogHistogram()
  for (const value of [0, 1, 2, 3, 4, 5, 6, 7]) h.add(value)
  expect([0.01, 0.5, 1].map((share) => h.percentile(share))).toEqual([0, 3, 7])
})

test('a percentile is never too low, and at most an eighth too high', () => {
  for (let value = 8; value < 2 ** 26; value = Math.ceil(value * 1.37)) {
    const h = new LogHistogram()
    h.add(value)
    const read = h.percentile(0.5)
    expect(read).toBeGreaterThanOrEqual(value)
    expect(read).toBeLessThanOrEqual(value * 1.125)
  }
})

test('what is beyond all bounds is the last bucket, and what is below none the first', () => {
  const h = new LogHistogram()
  h.add(1e12)
  expect(h.percentile(1)).toBe(2 ** 26 - 1)
  h.add(-3)
  expect(h.percentile(0.1)).toBe(0)
})

test('shares are of everything that was added, here or elsewhere, until it is cleared', () => {
  const h = new LogHistogram()
  const other = new LogHistogram()
  for (let i = 0; i < 98; i++) h.add(5)
  other.add(1000)
  other.add(1000)
  h.addAll(other)
  expect([h.total, h.percentile(0.5), h.percentile(0.98)]).toEqual([100, 5, 5])
  expect(h.percentile(0.99)).toBeGreaterThanOrEqual(1000)
  h.clear()
  expect([h.total, h.percentile(0.99)]).toEqual([0, 0])
})
