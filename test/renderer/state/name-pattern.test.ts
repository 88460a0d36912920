import { expect, test } from 'vitest'
import { nameBy as asTheEngine } from '../../../src-main/clients/name-pattern.ts'
import { exampleNames, patternProblem } from '../../../src-renderer/features/settings/name-pattern.ts'
import { nameBy, nextNames, prefixOf } from '../../../src-renderer/state/name-pattern.ts'

test.each(['pc-{nn}', 'pc-', 'r2-{nnn}-x', 'lab{n}', 'pc-{x}'])('%s names PCs as the engine does', (pattern) => {
  for (const n of [1, 10, 100]) expect(nameBy(pattern, n)).toBe(asTheEngine(pattern, n))
})

test('the next names leave out those that are taken', () => {
  expect(nextNames('PC-', 3, new Set(['pc-02']))).toEqual(['pc-01', 'pc-03', 'pc-04'])
  expect(nextNames('r2-{nnn}-x', 1, new Set(['r2-001-x']))).toEqual(['r2-002-x'])
})

test('a field that asks how names begin is given the beginning, where there is one', () => {
  expect([prefixOf('pc-{nn}'), prefixOf('r2-{nnn}-x')]).toEqual(['pc-', 'r2-{nnn}-x'])
})

test('a pattern may be typed as its first name, and is refused where that names no computer', () => {
  expect(exampleNames('pc-01')).toEqual({ first: 'pc-01', second: 'pc-02' })
  expect(exampleNames(' Room-{n} ')).toEqual({ first: 'room-1', second: 'room-2' })
  expect(patternProblem('pc-{nn}')).toBeUndefined()
  expect(patternProblem('a-very-long-room-{nn}')).toContain('15 characters')
  expect(patternProblem('pc_{nn}')).toContain('letters, digits and hyphens')
  expect(patternProblem('{nnn}')).toContain('digits only')
})
