import { expect, test } from 'vitest'
import { keepWords, secondChoices } from '../../../src-renderer/features/clients/disk-choices.ts'
import { client, disk, image } from '../views.ts'

const DAY = 86_400_000
const disks = [
  image('debian', 'debian', 1),
  image('debian-v2', 'debian', 2, 'production'),
  disk('a', { parent: 'debian', clients: ['pc-01'] }),
  disk('b', { parent: 'debian', resetAtBoot: true }),
  disk('lone', { clients: ['pc-02'] }),
]

test('what a PC keeps is told when it is not everything', () => {
  const words = (o: Parameters<typeof client>[1], nowMs = 0) => keepWords(client('pc-01', o), disks, nowMs)
  expect(words({ disk: 'a' })).toBeUndefined()
  expect(words({ disk: 'a', keep: 'never' })).toMatch(/^Nothing: its image again at every start/)
  expect(words({ disk: 'lone', keep: 'never' })).toBeUndefined()
  expect(words({ disk: 'b' })).toMatch(/^Its image again at the next start/)
  const until = { disk: 'a', keep: 'until', keepUntilMs: 10 * DAY } as const
  expect([words(until), words(until, 11 * DAY)]).toEqual([
    expect.stringMatching(/^What it writes, until the end of /),
    expect.stringMatching(/^Nothing since /),
  ])
})

test('a disk that another PC has cannot be a second drive; an image can be for many', () => {
  const choices = secondChoices({ originalName: 'pc-01', disk: 'a', secondDisk: '' }, disks)
  expect(choices.map((c) => [c.name, c.disabled])).toEqual([
    ['debian', false],
    ['debian-v2', false],
    ['b', false],
    ['lone', true],
  ])
  expect(choices[3]!.label).toBe('lone (used by pc-02)')
})
