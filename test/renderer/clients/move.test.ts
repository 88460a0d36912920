import { expect, test } from 'vitest'
import { directionOf, moved } from '../../../src-renderer/features/clients/move.ts'

/** Two rows of three, then a row of one below a heading. */
const places = [0, 1, 2, 3, 4, 5, 6].map((i) => ({
  left: (i % 3) * 100,
  top: Math.floor(i / 3) * 50 + (i > 5 ? 30 : 0),
}))
const from = (i: number) =>
  (['left', 'right', 'up', 'down', 'first', 'last'] as const).map((direction) => moved(places, i, direction))

test('arrows lead to what is seen there, and stay at the edges', () => {
  expect(from(0)).toEqual([0, 1, 0, 3, 0, 6])
  expect(from(4)).toEqual([3, 5, 1, 6, 0, 6])
  expect(from(5)).toEqual([4, 6, 2, 6, 0, 6])
  expect(from(6)).toEqual([5, 6, 3, 6, 0, 6])
})

test('other keys lead nowhere', () => {
  expect(directionOf('ArrowUp')).toBe('up')
  expect(directionOf('a')).toBeUndefined()
  expect(directionOf('constructor')).toBeUndefined()
})
