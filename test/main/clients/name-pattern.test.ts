import { expect, test } from 'vitest'
import { nameBy, nextNames, parseNamePattern } from '../../../src-main/clients/name-pattern.ts'

test.each([
  ['pc-{nn}', 'pc-{nn}', 'pc-01', 'pc-100'],
  ['pc-01', 'pc-{nn}', 'pc-01', 'pc-100'],
  ['pc-', 'pc-{nn}', 'pc-01', 'pc-100'],
  [' Room2-{NNN}-x ', 'room2-{nnn}-x', 'room2-001-x', 'room2-100-x'],
  ['lab7', 'lab{n}', 'lab1', 'lab100'],
])('%j names PCs %s', (typed, pattern, first, hundredth) => {
  expect(parseNamePattern(typed).toLowerCase()).toBe(pattern)
  expect(nameBy(parseNamePattern(typed), 1)).toBe(first)
  expect(nameBy(parseNamePattern(typed), 100)).toBe(hundredth)
})

test.each(['', '{nn}', '007', 'pc_{nn}', 'pc-{nn}-', 'a-very-long-room-{nn}', 'pc.home-{nn}', 'pc {nn}'])(
  '%j is no pattern, or its first name is that of no computer',
  (typed) => {
    if (typed === '') expect(() => parseNamePattern(typed)).toThrowError(/digits only/)
    else expect(() => parseNamePattern(typed)).toThrowError(expect.objectContaining({ code: 'client.name' }))
  },
)

test('the next names leave out those that are taken, and end where they get too long', () => {
  const taken = new Set(['pc-01', 'pc-03'])
  expect(nextNames('pc-{nn}', 3, (name) => taken.has(name))).toEqual(['pc-02', 'pc-04', 'pc-05'])
  expect(nextNames('pc-{nn}', 40, () => false).at(-1)).toBe('pc-40')
  expect(() => nextNames('fourteen-chr-{n}', 100, () => false)).toThrowError(
    expect.objectContaining({ code: 'client.name' }),
  )
})
