import { afterEach, describe, expect, test } from 'vitest'
import { COMPATIBILITY } from '../../../src-main/api/compatibility.ts'
import {
  gradeMeanings,
  gradeWords,
  wantedRows,
  type Wanted,
} from '../../../src-renderer/features/help/compatibility.ts'
import { setLocale } from '../../../src-renderer/i18n/i18n.svelte.ts'

afterEach(() => setLocale('en'))

const ids = (wanted: Partial<Wanted>): string[] =>
  wantedRows({ search: '', group: 'all', grade: 'all', ...wanted }).flatMap((found) => found.rows.map((row) => row.id))

describe('the table of what works', () => {
  test('is shown whole, group by group, when nothing is asked', () => {
    expect(ids({})).toEqual(COMPATIBILITY.map((row) => row.id))
    expect(ids({ search: '  ' })).toHaveLength(COMPATIBILITY.length)
  })
  test('is found by a name, a build, a grade or a source', () => {
    expect(ids({ search: '24h2 7705' })).toEqual(['windows-11-24h2-old', 'windows-11-24h2'])
    expect(ids({ search: 'cannot work cable' })).toEqual(['wifi'])
    expect(ids({ search: 'rocky' })).toEqual(['rhel'])
    expect(ids({ search: 'tianocore' })).toEqual(['suse', 'esxi'])
    expect(ids({ search: 'amiga' })).toEqual([])
  })
  test('is narrowed by kind and by grade, together with words', () => {
    expect(ids({ group: 'cards', grade: 'cannot' })).toEqual(['netadaptercx', 'wifi'])
    expect(ids({ group: 'windows', grade: 'ran' })).toEqual([])
    expect(ids({ grade: 'cannot', search: 'macos' })).toEqual(['macos'])
  })
  test('is found in German, by its English name as well', () => {
    setLocale('de')
    const [cards] = wantedRows({ search: 'WLAN', group: 'cards', grade: 'all' })
    expect(cards!.rows).toMatchObject([{ id: 'wifi', what: 'WLAN', advice: 'Verbinden Sie PCs per Kabel.' }])
    expect(ids({ search: 'wi-fi', grade: 'cannot', group: 'cards' })).toEqual(['wifi'])
    expect(ids({ search: 'kann nicht gehen talos' })).toEqual(['talos'])
  })
  test('has words of their own for all grades', () => {
    for (const of of [gradeWords(), gradeMeanings()]) expect(new Set(Object.values(of)).size).toBe(5)
  })
})
