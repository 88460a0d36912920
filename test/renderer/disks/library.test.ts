import { expect, test } from 'vitest'
import { libraryOf } from '../../../src-renderer/features/disks/library.ts'
import { disk, image, point } from '../views.ts'

const GIB = 2 ** 30
const disks = [
  image('debian', 'debian', 1, undefined, { children: ['debian-v2', 'pc-02', 'pc-10'] }),
  image('debian-v2', 'debian', 2, 'production', { parent: 'debian', children: ['pc-10'] }),
  disk('pc-10', { parent: 'debian-v2', clients: ['reception'], restorePoints: [point(1, 'p', { parent: 'debian' })] }),
  disk('pc-02', { parent: 'debian', health: 'broken' }),
  image('win11', 'win11', 1, 'production'),
  disk('lone'),
  disk('orphan', { parent: 'gone' }),
]

test('images are families with their newest version first and what was made from each', () => {
  const { families, alone, found } = libraryOf(disks)
  expect(families.map((f) => [f.name, f.versions.map((v) => v.image.name), f.diskCount, f.broken])).toEqual([
    ['debian', ['debian-v2', 'debian'], 2, true],
    ['win11', ['win11'], 0, false],
  ])
  const [newest, oldest] = families[0]!.versions
  expect([newest!.disks.map((d) => d.name), newest!.builtOn?.name, newest!.keptFor]).toEqual([['pc-10'], 'debian', []])
  expect([oldest!.disks.map((d) => d.name), oldest!.builtOn]).toEqual([['pc-02'], undefined])
  // Its own restore point, and the version above it.
  expect(oldest!.keptFor).toEqual(['pc-10'])
  expect(families[0]!.realBytes).toBe(5 * GIB)
  expect(alone.map((d) => d.name)).toEqual(['lone', 'orphan'])
  expect(found).toBe(7)
})

test('what is broken comes first in its list', () => {
  const { alone } = libraryOf([disk('a'), disk('b'), disk('z', { health: 'broken' })])
  expect(alone.map((d) => d.name)).toEqual(['z', 'a', 'b'])
})

test('a search finds disks by their PCs, and shows all of an image that it finds', () => {
  const names = (search: string) => {
    const { families, alone } = libraryOf(disks, search)
    return [...families.flatMap((f) => f.versions.flatMap((v) => [v.image, ...v.disks])), ...alone].map((d) => d.name)
  }
  expect(names('Reception')).toEqual(['debian-v2', 'pc-10'])
  expect(names('debian')).toEqual(['debian-v2', 'pc-10', 'debian', 'pc-02'])
  expect(names('lon')).toEqual(['lone'])
  expect(names('nothing like it')).toEqual([])
})
