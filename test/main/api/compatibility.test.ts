import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { COMPATIBILITY, COMPATIBILITY_GROUPS, GRADES } from '../../../src-main/api/compatibility.ts'
import { compatibilityPage } from '../../support/compatibility-page.ts'
import { expectGolden } from '../../support/golden.ts'

const root = resolve(import.meta.dirname, '../../..')

test('every row is told apart, of a known group and grade, with a month', () => {
  expect(new Set(COMPATIBILITY.map((row) => row.id)).size).toBe(COMPATIBILITY.length)
  expect(new Set(COMPATIBILITY.map((row) => row.what)).size).toBe(COMPATIBILITY.length)
  for (const row of COMPATIBILITY) {
    expect(COMPATIBILITY_GROUPS, row.id).toContain(row.group)
    expect(GRADES, row.id).toContain(row.grade)
    expect(row.when, row.id).toMatch(/^20\d\d-(0[1-9]|1[0-2])$/)
    for (const text of [row.what, row.known, row.advice ?? '', ...row.sources])
      expect(text, row.id).not.toMatch(/[|\n]/)
  }
})

test('whoever is said to know it is named', () => {
  for (const row of COMPATIBILITY) if (row.grade !== 'untried') expect(row.sources.length, row.id).toBeGreaterThan(0)
})

test('what ran here names tests that are there, or says that it was a trial', () => {
  const ran = COMPATIBILITY.filter((row) => row.grade === 'ran')
  expect(ran.length).toBeGreaterThan(5)
  for (const row of ran)
    expect(
      row.sources.some((s) => /^test\/|^Trials of 20/.test(s)),
      row.id,
    ).toBe(true)
})

test('tests that are named exist', () => {
  const named = COMPATIBILITY.flatMap((row) => row.sources).filter((source) => source.startsWith('test/'))
  expect(named.filter((path) => !existsSync(join(root, path)) && !existsSync(join(root, `${path}.test.ts`)))).toEqual(
    [],
  )
})

test('nothing but a test of ours makes it "ran here"', () => {
  const others = COMPATIBILITY.filter((row) => row.grade === 'documented' || row.grade === 'reported')
  expect(others.filter((row) => row.sources.some((source) => source.startsWith('test/lab/')))).toEqual([])
})

test('COMPATIBILITY.md says the same as the window', () => {
  expectGolden(join(root, 'COMPATIBILITY.md'), compatibilityPage())
})
