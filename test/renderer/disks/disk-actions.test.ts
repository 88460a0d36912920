import { describe, expect, test } from 'vitest'
import { actionsOf, pointBase, pointReason, stateOf } from '../../../src-renderer/features/disks/disk-actions.ts'
import { client, disk, image, point } from '../views.ts'

const v1 = image('debian', 'debian', 1, 'production', { children: ['pc-01'] })
const v2 = image('debian-v2', 'debian', 2, 'test')
const used = disk('pc-01', { parent: 'debian', clients: ['pc-01'], restorePoints: [point(1, 'fresh')] })
const disks = [v1, v2, used]
const reasons = (d: typeof used, clients = [client('pc-01', { disk: 'pc-01' })]) =>
  Object.fromEntries(actionsOf(d, clients, disks).map((a) => [a.id, a.reason]))

describe('what can be done with a disk', () => {
  test('everything but deleting when its PC is off', () => {
    expect(reasons(used)).toEqual({
      snapshot: undefined,
      revert: undefined,
      reset: undefined,
      merge: undefined,
      seal: undefined,
      export: undefined,
      check: undefined,
      limit: undefined,
      delete: 'pc-01 has it: give that PC another disk first.',
    })
  })
  test('while its PC runs, only what waits for the next start', () => {
    const running = reasons(used, [client('pc-01', { disk: 'pc-01', running: true })])
    expect([running['reset'], running['limit']]).toEqual([undefined, undefined])
    for (const id of ['snapshot', 'revert', 'merge', 'seal', 'export', 'check', 'delete'])
      expect(running[id]).toBe('Shut pc-01 down first: it is running with it.')
  })
  test('a second drive is in use when its PC runs, though nobody is logged in to it', () => {
    const games = disk('games', { clients: ['pc-01'] })
    const [action] = actionsOf(games, [client('pc-01', { secondDisk: 'games', running: true })], [games])
    expect(action!.reason).toMatch(/^Shut pc-01 down first/)
  })
  test('a busy disk says what it is busy with', () => {
    expect(reasons({ ...used, busy: 'it is being checked' })['snapshot']).toBe('Wait a moment: it is being checked.')
  })
  test('what a disk lacks is said whether its PC runs or not', () => {
    const alone = reasons(disk('alone', { sessions: 1 }), [])
    expect([alone['revert'], alone['reset'], alone['merge']]).toEqual([
      'It has no restore points to go back to yet.',
      'It was not made from an image.',
      'It was not made from an image: use “Seal as an image of its own”.',
    ])
    expect(alone['snapshot']).toBe('A PC is using it: shut that PC down first.')
    expect(reasons({ ...used, depth: 8 })['snapshot']).toMatch(/delete some first/)
  })
  test('a broken disk can be checked, reset and deleted', () => {
    const broken = reasons(disk('b', { parent: 'debian', health: 'broken', clients: [] }), [])
    expect(broken['snapshot']).toBe('It is broken: mend it first.')
    expect([broken['check'], broken['reset'], broken['delete']]).toEqual([undefined, undefined, undefined])
  })
})

describe('what can be done with an image', () => {
  test('copies, checks and versions while PCs run; it stays as long as something needs it', () => {
    expect(reasons({ ...v1, sessions: 3 }, [])).toEqual({
      clone: undefined,
      promote: undefined,
      export: undefined,
      check: undefined,
      delete: 'A PC is using it: shut that PC down first.',
    })
    expect(reasons(v1, [])['delete']).toBe('pc-01 needs it.')
    expect(reasons({ ...v1, children: [] }, [])['delete']).toMatch(/give another one to everybody first/)
    expect(reasons(v2, [])['delete']).toBeUndefined()
  })
})

describe('restore points', () => {
  const low = point(1, 'fresh', { parent: 'debian' })
  const high = point(2, 'updates', { basePoint: 1, current: true })
  const d = { ...used, restorePoints: [low, high] }
  test('are deleted from the top', () => {
    expect(pointReason(d, low, [])).toBe('Delete what stands on it first: “updates”.')
    expect(pointReason(d, high, [])).toBeUndefined()
    expect(pointReason(d, high, [client('pc-01', { running: true })])).toMatch(/^Shut pc-01 down first/)
    expect(pointReason({ ...d, sealed: true }, high, [])).toBe('The image stands on it.')
  })
  test('say what they stand on', () => {
    expect([pointBase(d, low), pointBase(d, high), pointBase(d, point(3, 'x'))]).toEqual([
      'stands on debian',
      'stands on “fresh”',
      'stands alone',
    ])
  })
})

test('the gravest state of a disk is the one that is told', () => {
  const running = [client('pc-01', { running: true })]
  expect(stateOf({ ...used, health: 'broken', busy: 'x' }, running).text).toBe('Broken')
  expect(stateOf({ ...used, busy: 'x' }, running).text).toBe('Busy')
  expect(stateOf(used, running)).toEqual({ text: 'In use', tone: 'good' })
  expect([stateOf(used, []).text, stateOf(disk('n'), []).text]).toEqual(['PC is off', 'No PC yet'])
})
