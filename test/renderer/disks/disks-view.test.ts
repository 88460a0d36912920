import { expect, test } from 'vitest'
import type { Snapshot } from '../../../src-main/api/dto.ts'
import { DisksView } from '../../../src-renderer/features/disks/disks-view.svelte.ts'
import { disk, image, job } from '../views.ts'

function viewOf(count: number) {
  const disks = [image('gold', 'gold', 1, 'production')]
  for (let i = 1; i <= count; i++) disks.push(disk(`pc-${i}`, { parent: 'gold' }))
  const snapshot = { disks, clients: [], jobs: [job('a', { state: 'failed' })] } as unknown as Snapshot
  return { view: new DisksView(() => snapshot), snapshot }
}

test('few disks are all open; of many the images begin closed until they are opened or searched', () => {
  expect(viewOf(5).view.isFamilyOpen('gold')).toBe(true)
  const { view } = viewOf(300)
  expect(view.isFamilyOpen('gold')).toBe(false)
  view.toggleFamily('gold')
  expect(view.isFamilyOpen('gold')).toBe(true)
  view.toggleFamily('gold')
  view.search = ' pc-299 '
  expect([view.isFamilyOpen('gold'), view.library.found]).toEqual([true, 2])
})

test('a long list shows its first disks, and all when asked', () => {
  const { view } = viewOf(300)
  const { disks } = view.library.families[0]!.versions[0]!
  expect(view.shownOf('gold', disks)).toHaveLength(6)
  expect(view.shownOf('gold', disks.slice(0, 8))).toHaveLength(8)
  view.toggleWhole('gold')
  expect(view.shownOf('gold', disks)).toHaveLength(300)
})

test('a dialog closes by itself when its disk is gone', () => {
  const { view, snapshot } = viewOf(1)
  view.ask('revert', 'pc-1', 3)
  expect(view.asked).toMatchObject({ question: 'revert', disk: { name: 'pc-1' }, point: 3 })
  snapshot.disks.pop()
  expect(view.asked).toBeUndefined()
  view.close()
  view.ask('delete', 'gold')
  expect(view.asked?.disk.name).toBe('gold')
})

test('a failed job stays hidden', () => {
  const { view } = viewOf(1)
  expect(view.jobs(0)).toHaveLength(1)
  view.hideJob('a')
  expect(view.jobs(0)).toHaveLength(0)
})
