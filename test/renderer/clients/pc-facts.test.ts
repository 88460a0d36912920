import { expect, test } from 'vitest'
import { DiskIndex, imageFacts, overlayOf, troubleOf } from '../../../src-renderer/features/clients/pc-facts.ts'
import { targetVersion } from '../../../src-renderer/state/images.ts'
import { client, disk, image } from '../views.ts'

const disks = [
  image('debian', 'debian', 1),
  image('debian-v2', 'debian', 2, 'production'),
  image('debian-v3', 'debian', 3, 'test'),
  disk('a', { parent: 'debian', quotaBytes: 2 ** 30 }),
  disk('lone', { realBytes: 5, sizeBytes: 10 }),
  disk('bad', { health: 'broken', problem: { code: 'x', message: 'the file is gone', hint: 'Put it back.' } }),
]
const index = new DiskIndex(disks)

test('the version that a PC has is told, and the one it goes to', () => {
  const facts = (o: Parameters<typeof client>[1]) => imageFacts(client('pc-01', o), index, 0)
  expect(facts({ disk: 'lone' })).toBeUndefined()
  expect(facts({ disk: 'a', channel: 'pinned' })).toMatchObject({ name: 'debian, version 1', next: undefined })
  expect(facts({ disk: 'a', keep: 'never' })?.next).toBe('moves to version 2 at its next start')
  expect(facts({ disk: 'a' })?.next).toBe('version 2 is there, but it keeps what it writes')
  expect(facts({ disk: 'a', keep: 'never', channel: 'test' })?.next).toBe('moves to version 3 at its next start')
  expect(facts({ disk: 'debian-v2' })).toMatchObject({ name: 'debian, version 2', next: undefined })
})

test('the quick look-up says the same as the rule', () => {
  for (const channel of ['production', 'test', 'pinned'] as const) {
    const pc = client('pc-01', { disk: 'a', channel })
    expect(index.targetOf(pc, disks[3]!)).toBe(targetVersion(disks[3]!, [pc], disks))
  }
})

test('what a disk takes is told of its limit, else of its size', () => {
  expect(overlayOf(client('p', { disk: 'a' }), index)).toEqual({
    usedBytes: 2 ** 30,
    mostBytes: 2 ** 30,
    limited: true,
  })
  expect(overlayOf(client('p', { disk: 'lone' }), index)).toEqual({ usedBytes: 5, mostBytes: 10, limited: false })
  expect(overlayOf(client('p', { disk: 'debian' }), index)).toBeUndefined()
})

test('what keeps a PC from running is told with what to do, the cause first', () => {
  const trouble = (o: Parameters<typeof client>[1], nowMs = 0) => troubleOf(client('p', o), index, nowMs)
  const failed = { ...client('p').live, stage: 'failed', text: 'It was refused.' } as const
  expect(trouble({ disk: 'bad', live: failed })).toEqual({ text: 'the file is gone', hint: 'Put it back.' })
  expect(trouble({ disk: 'a', live: failed })).toMatchObject({
    text: 'It was refused.',
    hint: expect.stringContaining('again') as string,
  })
  expect(trouble({})?.text).toBe('It has no disk yet.')
  expect(trouble({ stage: 'local' })).toBeUndefined()
  expect(trouble({ disk: 'a' })).toBeUndefined()
  const silent = { ...client('p').live, stage: 'loader', sinceMs: 1 } as const
  expect(trouble({ disk: 'a', live: silent }, 10 * 60_000)?.text).toMatch(/Look at its screen/)
})
