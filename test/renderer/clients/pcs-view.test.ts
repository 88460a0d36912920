import { beforeEach, expect, test } from 'vitest'
import type { Snapshot } from '../../../src-main/api/dto.ts'
import { PcsView } from '../../../src-renderer/features/clients/pcs-view.svelte.ts'
import { client, disk, image } from '../views.ts'

let kept: Map<string, string>
const memory = {
  get: (key: string) => kept.get(key) ?? null,
  set: (key: string, value: string) => void kept.set(key, value),
}
const clients = [
  client('pc-1', { mac: '52:54:00:00:00:01', disk: 'a', group: 'Room 10' }),
  client('pc-2', { mac: '52:54:00:00:00:02', group: 'Room 9', running: true }),
  client('pc-3', { mac: '52:54:00:00:00:a3' }),
]
const snapshot = { clients, disks: [image('win', 'windows', 1), disk('a', { parent: 'win' })] } as unknown as Snapshot
const view = () => new PcsView(() => snapshot, memory)
const found = (search: string) => {
  const v = view()
  v.search = search
  return v.found.map((c) => c.name)
}
beforeEach(() => (kept = new Map()))

test('groups stand in order of their names, PCs in none last', () => {
  expect(view().groups.map((g) => [g.name, g.clients.length, g.running])).toEqual([
    ['Room 9', 1, 1],
    ['Room 10', 1, 0],
    [undefined, 1, 0],
  ])
  expect(view().groupNames).toEqual(['Room 9', 'Room 10'])
})

test('PCs are found by name, group, image, and MAC in any spelling', () => {
  expect(found('PC-2')).toEqual(['pc-2'])
  expect(found('room 1')).toEqual(['pc-1'])
  expect(found('windows')).toEqual(['pc-1'])
  expect(found('00-00-A3')).toEqual(['pc-3'])
  expect(found(' ')).toEqual(['pc-1', 'pc-2', 'pc-3'])
  expect(found('zzz')).toEqual([])
})

test('view and folds are remembered; a search opens what it finds', () => {
  const v = view()
  v.mode = 'list'
  v.fold(v.groups[0]!)
  const again = view()
  expect([again.mode, again.groups.map((g) => again.isFolded(g))]).toEqual(['list', [true, false, false]])
  again.search = 'pc'
  expect(again.isFolded(again.groups[0]!)).toBe(false)
})

test('what was kept by another version, or damaged, is as if there were nothing', () => {
  for (const text of ['{', '{"mode":"cube","folded":7}', 'null']) {
    kept.set('bootlace.pcs', text)
    expect(view().mode).toBe('board')
  }
})

test('PCs are chosen and let go, and one that is gone is not chosen any more', () => {
  const v = view()
  v.toggle('52:54:00:00:00:01')
  v.toggle('gone')
  v.choose(clients.slice(1))
  expect(v.chosen.map((c) => c.name)).toEqual(['pc-1', 'pc-2', 'pc-3'])
  v.toggle('52:54:00:00:00:01')
  v.choose(clients.slice(2), false)
  expect(v.chosen.map((c) => c.name)).toEqual(['pc-2'])
  v.clear()
  expect(v.chosen).toEqual([])
})
