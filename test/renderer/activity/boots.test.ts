import { expect, test } from 'vitest'
import type { TimelineEntry } from '../../../src-main/api/dto.ts'
import { asCsv, asText, bootsOf, bootTitle, matching, namesOf } from '../../../src-renderer/features/activity/boots.ts'
import { client } from '../views.ts'

let id = 0
const entry = (mac: string, type: string, second: number, text = `${type} happened.`): TimelineEntry => ({
  id: ++id,
  atMs: second * 1000,
  mac,
  type,
  text,
  data: {},
})
const nameOf = namesOf([client('pc-01', { mac: 'a' })])
const titles = (entries: TimelineEntry[]) => bootsOf(entries, nameOf).map(bootTitle)

test('a boot is told with how long it took, from its first step to the running system', () => {
  const steps = ['seen', 'offered', 'loader', 'script', 'sanLogin', 'systemLogin']
  expect(titles(steps.map((type, i) => entry('a', type, i * 8)))).toEqual(['pc-01 started, 40 s'])
})

test('PCs that start at once are kept apart, the one heard of last first', () => {
  expect(titles([entry('a', 'seen', 0), entry('b', 'seen', 1), entry('a', 'script', 2)])).toEqual([
    'pc-01 asked for a boot',
    'b asked for a boot',
  ])
})

test('switching on again begins another boot, repeated questions do not', () => {
  const entries = [
    entry('a', 'seen', 0),
    entry('a', 'offered', 1),
    entry('a', 'seen', 9),
    entry('a', 'systemLogin', 30),
  ]
  expect(titles([...entries, entry('a', 'gone', 500), entry('a', 'seen', 600)])).toEqual([
    'pc-01 asked for a boot',
    'pc-01 started, 30 s',
  ])
  expect(titles([entry('a', 'script', 0), entry('a', 'script', 400)]).length).toBe(2)
  expect(titles([entry('a', 'systemLogin', 0), entry('a', 'script', 4)])).toEqual([
    'pc-01 asked for a boot',
    'pc-01: 1 event',
  ])
})

test('a boot that was refused is told as that, unless it got there in the end', () => {
  const refused = [entry('a', 'seen', 0), entry('a', 'loginRefused', 5)]
  expect(titles(refused)).toEqual(['pc-01 did not get to its disk'])
  expect(titles([...refused, entry('a', 'systemLogin', 20)])).toEqual(['pc-01 started, 20 s'])
  expect(titles([entry('a', 'diskReset', 1)])).toEqual(['pc-01: 1 event'])
})

test('entries are filtered by PC, by kind and by words', () => {
  const all = [entry('a', 'seen', 0), entry('b', 'loginRefused', 1), entry('a', 'gone', 2, 'It let go.')]
  const types = (filter: Partial<Parameters<typeof matching>[1]>) =>
    matching(all, { mac: '', kind: '', search: '', ...filter }, nameOf).map((e) => e.type)
  expect(types({})).toEqual(['seen', 'loginRefused', 'gone'])
  expect(types({ mac: 'a' })).toEqual(['seen', 'gone'])
  expect(types({ kind: 'problems' })).toEqual(['loginRefused'])
  expect(types({ kind: 'disks' })).toEqual(['gone'])
  expect(types({ search: 'PC-01' })).toEqual(['seen', 'gone'])
  expect(types({ search: 'let go' })).toEqual(['gone'])
})

test('it is copied as lines, and saved as a table that quotes what it must', () => {
  const entries = [entry('a', 'seen', 0, 'It said "hello", twice.')]
  expect(asText(entries, nameOf, 0)).toMatch(/^\S+ {2}pc-01 {2}It said "hello", twice\.$/)
  expect(asCsv(entries, nameOf)).toBe(
    'time,pc,mac,event,text\r\n1970-01-01T00:00:00.000Z,pc-01,a,seen,"It said ""hello"", twice."\r\n',
  )
})
