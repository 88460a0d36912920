import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { silentLogger } from '../../../../src-main/base/log.ts'
import { initiatorNameOf, targetNameOf } from '../../../../src-main/boot/names.ts'
import type { Client } from '../../../../src-main/clients/client.ts'
import { FreshStarts, startOf } from '../../../../src-main/engine/disks/fresh-starts.ts'
import type { SessionView } from '../../../../src-main/iscsi/target.ts'
import { DiskLab, unwatched } from '../../../support/disk-lab.ts'

const disk = { name: 'pc-01', parent: 'debian' } as Parameters<typeof startOf>[0]

describe('what a start does to a disk', () => {
  const start = (client: Partial<Client>, o: Partial<typeof disk> = {}, nowMs = 100) =>
    startOf({ ...disk, ...o }, { keep: 'always', stage: 'run', ...client }, nowMs)
  test.each([
    ['a PC that keeps what it writes', start({}), 'keep'],
    ['a PC that never keeps it', start({ keep: 'never' }), 'reset'],
    ['a PC that keeps it until later', start({ keep: 'until', keepUntilMs: 101 }), 'keep'],
    ['a PC that kept it until now', start({ keep: 'until', keepUntilMs: 100 }), 'reset'],
    ['a PC that installs a system', start({ keep: 'never', stage: 'install' }), 'keep'],
    ['a PC that starts from its own disk', start({ keep: 'never', stage: 'local' }), 'keep'],
    ['a disk of nobody', startOf(disk, undefined, 100), 'keep'],
    ['a disk that is to go back once', start({}, { resetAtBoot: true }), 'resetKept'],
    ['a golden image', start({ keep: 'never' }, { sealedMs: 1 }), 'keep'],
    [
      'a disk without an image',
      startOf({ ...disk, parent: undefined } as never, { keep: 'never', stage: 'run' }, 1),
      'keep',
    ],
  ])('%s: %s', (_who, got, wanted) => expect(got).toBe(wanted))
})

describe('a login', () => {
  let lab: DiskLab
  let client: Partial<Client>
  let sessions: SessionView[]
  let told: string[]
  let ended: string[]
  let starts: FreshStarts
  beforeEach(async () => {
    lab = new DiskLab()
    await lab.start()
    await lab.image('debian', 'image')
    await lab.library.clone('debian', ['pc-01'])
    await lab.write('pc-01', 0, 'mine')
    client = { keep: 'never', stage: 'run', channel: 'production' }
    sessions = []
    told = []
    ended = []
    starts = new FreshStarts({
      library: lab.library,
      life: lab.life,
      clientOf: () => client as Client,
      sessions: () => sessions,
      endSessions: (name) => {
        ended.push(name)
        return Promise.resolve()
      },
      done: (_client, text) => told.push(text),
      clock: lab.clock,
      logger: silentLogger,
    })
  })
  afterEach(() => lab.end())

  const LOADER = '400027230000'
  const SYSTEM = '00023d000001'
  const asks = (isid: string) =>
    starts.before(lab.library.find('pc-01'), targetNameOf('pc-01'), {
      initiatorName: initiatorNameOf('pc-01'),
      isid,
      remoteAddress: '10.0.0.5',
    })
  const session = (o: Partial<SessionView> = {}) =>
    ({
      initiatorName: initiatorNameOf('pc-01'),
      targetName: targetNameOf('pc-01'),
      remoteAddress: '10.0.0.5',
      kind: 'system',
      lastHeardMs: lab.clock.now(),
      ...o,
    }) as SessionView

  test('of a loader waits for the image to be there again, once per start', async () => {
    const first = asks(LOADER)
    expect(first).toBeInstanceOf(Promise)
    expect(asks(LOADER)).toBe(first)
    await first
    expect(asks(LOADER)).toBeUndefined()
    expect(await lab.read('pc-01', 0)).toBe('image')
    expect(lab.library.pointsOf('pc-01')).toEqual([])
    expect(told).toEqual(['Its disk was reset before this start.'])
    await asks(LOADER)
    expect(told).toHaveLength(2)
  })
  test('of a system finds what it wrote: its connection may just have been broken', async () => {
    expect(asks(SYSTEM)).toBeUndefined()
    expect(await lab.read('pc-01', 0)).toBe('mine')
  })
  test('does not take the disk from a system that still runs', async () => {
    sessions = [session()]
    expect(asks(LOADER)).toBeUndefined()
    sessions = [session({ initiatorName: initiatorNameOf('other'), lastHeardMs: 0 })]
    expect(asks(LOADER)).toBeUndefined()
    expect(await lab.read('pc-01', 0)).toBe('mine')
  })
  test('ends what a PC left behind that was switched off', async () => {
    sessions = [session({ lastHeardMs: lab.clock.now() - 5000 })]
    await asks(LOADER)
    expect(ended).toEqual([targetNameOf('pc-01')])
    expect(await lab.read('pc-01', 0)).toBe('image')
  })
  test('moves to the version that its PC follows', async () => {
    await lab.library.clone('debian', ['work'])
    await lab.write('work', 0, 'two')
    await lab.images.planMerge('work', { channel: 'test' }).run(unwatched)
    await asks(LOADER)
    expect([await lab.read('pc-01', 0), asks(LOADER)]).toEqual(['image', undefined])
    client = { ...client, channel: 'test' }
    await asks(LOADER)
    expect([await lab.read('pc-01', 0), asks(LOADER)]).toEqual(['two', undefined])
    expect(told.at(-1)).toBe('Its disk was reset and moved to debian-v2 before this start.')
    client = { ...client, channel: 'pinned' }
    lab.images.promote('debian-v2', 'production')
    await asks(LOADER)
    expect(lab.library.find('pc-01').parent).toBe('debian-v2')
  })
  test('of a PC that keeps what it writes resets it when that was asked for, and keeps what it was', async () => {
    client = { ...client, keep: 'always' }
    expect(asks(LOADER)).toBeUndefined()
    lab.library.put({ ...lab.library.find('pc-01'), resetAtBoot: true })
    await asks(LOADER)
    expect(await lab.read('pc-01', 0)).toBe('image')
    const [point] = lab.library.pointsOf('pc-01')
    expect(told).toEqual([`Its disk was reset before this start; what it was is restore point ${point!.id}.`])
    expect(asks(LOADER)).toBeUndefined()
    expect(asks(LOADER)).toBeUndefined()
  })
  test('finds the disk as it is when it cannot be reset', async () => {
    lab.db.exec("CREATE TRIGGER full BEFORE UPDATE ON disks BEGIN SELECT raise(ABORT, 'database or disk is full'); END")
    await asks(LOADER)
    expect(await lab.read('pc-01', 0)).toBe('mine')
    expect(told[0]).toMatch(/could not be reset.*full/)
  })
})
