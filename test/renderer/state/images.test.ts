import { describe, expect, test } from 'vitest'
import { givenTo, imageName, startsFresh, targetVersion, whoMoves } from '../../../src-renderer/state/images.ts'
import { client, disk, image } from '../views.ts'

const v1 = image('debian', 'debian', 1, 'production')
const v2 = image('debian-v2', 'debian', 2, 'test', { parent: 'debian' })
const disks = [
  v1,
  v2,
  disk('a', { parent: 'debian' }),
  disk('b', { parent: 'debian' }),
  disk('c', { parent: 'debian' }),
  disk('d', { parent: 'debian-v2' }),
  disk('x'),
]
const clients = [
  client('pc-a', { disk: 'a', keep: 'never' }),
  client('pc-b', { disk: 'b' }),
  client('pc-c', { disk: 'c', keep: 'never', channel: 'pinned' }),
  client('pc-d', { disk: 'd', channel: 'test' }),
  client('pc-x', { disk: 'x' }),
]

test('images and who is given them have words', () => {
  expect(imageName(v2)).toBe('debian, version 2')
  expect(imageName(disk('x'))).toBe('x')
  expect([v1, v2, image('old', 'debian', 0)].map(givenTo)).toEqual(['for everybody', 'being tried', 'kept'])
})

describe('the version that a reset gives', () => {
  const of = (name: string) =>
    targetVersion(
      disks.find((d) => d.name === name)!,
      clients,
      disks,
    )?.name
  test('is the one for everybody, the newest for those that try, and the present one for those that stay', () => {
    expect([of('a'), of('d'), of('c'), of('x')]).toEqual(['debian', 'debian-v2', 'debian', undefined])
  })
})

describe('giving a version to others', () => {
  test('moves those that begin with their image anyway; those that keep what they write stay', () => {
    expect(whoMoves(v2, 'production', clients, disks, 0)).toEqual({ moving: ['pc-a'], staying: ['pc-b'] })
  })
  test('moves a PC that keeps everything once, when its disk is to be reset at the next start', () => {
    const reset = disks.map((d) => (d.name === 'b' ? { ...d, resetAtBoot: true } : d))
    expect(whoMoves(v2, 'production', clients, reset, 0)).toEqual({ moving: ['pc-a', 'pc-b'], staying: [] })
  })
  test('to those that try only, moves only those', () => {
    const tester = clients.map((c) => (c.name === 'pc-b' ? { ...c, channel: 'test' as const } : c))
    expect(whoMoves(v2, 'test', tester, disks, 0)).toEqual({ moving: [], staying: ['pc-b'] })
    expect(whoMoves(v1, 'none', clients, disks, 0)).toEqual({ moving: [], staying: [] })
  })
})

test('a date that is over means an untouched image', () => {
  const until = client('pc-b', { disk: 'b', keep: 'until', keepUntilMs: 1000 })
  const b = disks[3]!
  expect([startsFresh(until, b, 999), startsFresh(until, b, 1000)]).toEqual([false, true])
  expect(startsFresh({ ...until, keep: 'never' }, disk('x'), 2000)).toBe(false)
})
