import { expect, test } from 'vitest'
import { chainOf } from '../../../src-renderer/features/disks/chain.ts'
import { disk, image, point } from '../views.ts'

const disks = [
  image('debian', 'debian', 1),
  image('debian-v2', 'debian', 2, 'production', { parent: 'debian' }),
  disk('lone'),
]
const shape = (d: Parameters<typeof chainOf>[0]) => chainOf(d, disks).map((l) => [l.kind, l.name, l.mark, l.aside])

test('a disk stands on its image, and that on the image it was built on', () => {
  expect(shape(disk('pc-01', { parent: 'debian-v2' }))).toEqual([
    ['image', 'debian', undefined, false],
    ['image', 'debian-v2', 'production', false],
    ['disk', 'pc-01', undefined, false],
  ])
  expect(shape(disk('lone'))).toEqual([['disk', 'lone', undefined, false]])
})

test('restore points lie between, oldest first; a way that was left lies aside', () => {
  const d = disk('pc-01', {
    restorePoints: [
      point(1, 'first', { createdMs: 1, parent: 'debian' }),
      point(2, 'second', { createdMs: 2, basePoint: 1, current: true }),
      point(3, 'left', { createdMs: 3, basePoint: 1 }),
    ],
  })
  expect(shape(d)).toEqual([
    ['image', 'debian', undefined, false],
    ['point', 'first', undefined, false],
    ['point', 'second', undefined, false],
    ['disk', 'pc-01', undefined, false],
    ['point', 'left', undefined, true],
  ])
})

test('an image that is missing ends the chain', () => {
  expect(shape(disk('pc-01', { parent: 'gone' }))).toEqual([['disk', 'pc-01', undefined, false]])
})
