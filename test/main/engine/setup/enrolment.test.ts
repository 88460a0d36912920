import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { silentLogger } from '../../../../src-main/base/log.ts'
import type { Fact } from '../../../../src-main/clients/live-board.ts'
import { ClientRegistry } from '../../../../src-main/clients/registry.ts'
import { createClientStore } from '../../../../src-main/db/stores/client-store.ts'
import { createMachineStore } from '../../../../src-main/db/stores/machine-store.ts'
import { createSettingStore } from '../../../../src-main/db/stores/setting-store.ts'
import { AppError } from '../../../../src-main/base/errors.ts'
import { DraftKeeper } from '../../../../src-main/engine/setup/draft.ts'
import { Enrolment } from '../../../../src-main/engine/setup/enrolment.ts'
import { DiskLab } from '../../../support/disk-lab.ts'

let lab: DiskLab
let registry: ClientRegistry
let enrolment: Enrolment
let facts: Fact[]
const mac = (n: number) => `52:54:00:00:00:${String(n).padStart(2, '0')}`
const MINUTE = 60_000

function open(): void {
  registry = new ClientRegistry(createClientStore(lab.db), createMachineStore(lab.db), lab.clock)
  enrolment = new Enrolment({
    settings: createSettingStore(lab.db),
    registry,
    disks: lab.library,
    atomically: (work) => lab.db.transaction(work)(),
    record: (fact) => facts.push(fact),
    clock: lab.clock,
    logger: silentLogger,
    changed: () => {},
  })
}
/** PCs ask, and what follows is over. */
async function ask(...macs: string[]): Promise<void> {
  for (const m of macs) enrolment.asked(m)
  await enrolment.idle()
}

beforeEach(async () => {
  lab = new DiskLab()
  await lab.start()
  await lab.image('debian', 'gold')
  facts = []
  open()
})
afterEach(() => lab.end())

const wanted = { image: 'debian', prefix: 'pc-', count: 3, minutes: 10 }

describe('while the window is open', () => {
  test('PCs that ask together are each given the next name and a disk of their own', async () => {
    enrolment.start(wanted)
    await ask(mac(1), mac(2), mac(1))
    expect(registry.all()).toMatchObject([
      { mac: mac(1), name: 'pc-01', disk: 'pc-01', stage: 'run' },
      { mac: mac(2), name: 'pc-02', disk: 'pc-02', stage: 'run' },
    ])
    expect(lab.library.find('pc-02').parent).toBe('debian')
    expect(enrolment.view()).toMatchObject({ left: 1, enrolled: ['pc-01', 'pc-02'] })
    expect(enrolment.view()!.ended).toBeUndefined()
    expect(facts.map((f) => [f.mac, f.type])).toEqual([
      [mac(1), 'enrolled'],
      [mac(2), 'enrolled'],
    ])
  })
  test('a PC is told of its router, or not, like the others of its image', async () => {
    registry.add(mac(9), { name: 'first', disk: 'debian', gateway: 'clear' })
    enrolment.start(wanted)
    await ask(mac(1))
    expect(registry.byMac(mac(1))?.gateway).toBe('clear')
    registry.change('first', { gateway: undefined })
    registry.change(mac(1), { gateway: undefined })
    await ask(mac(2))
    expect(registry.byMac(mac(2))).not.toHaveProperty('gateway')
  })
  test('it ends when all have come; a PC more stays unknown', async () => {
    enrolment.start({ ...wanted, count: 2 })
    await ask(mac(1), mac(2), mac(3))
    await ask(mac(4))
    expect(registry.all().map((c) => c.name)).toEqual(['pc-01', 'pc-02'])
    expect(enrolment.view()).toMatchObject({ ended: 'count', left: 0 })
  })
  test('a PC that has a name is left alone', async () => {
    registry.add(mac(1), { name: 'server' })
    enrolment.start(wanted)
    await ask(mac(1))
    expect(registry.byMac(mac(1))).toMatchObject({ name: 'server' })
    expect(registry.byMac(mac(1))!.disk).toBeUndefined()
    expect(enrolment.view()!.enrolled).toEqual([])
  })
  test('names that PCs or other disks have are left out, and a clone that waits for its PC is taken', async () => {
    registry.add(mac(9), { name: 'pc-01' })
    await lab.library.create('pc-02', 2 ** 21, false)
    await lab.library.clone('debian', ['pc-03'])
    const before = lab.library.find('pc-03').serial
    enrolment.start(wanted)
    await ask(mac(1), mac(2))
    expect(registry.byMac(mac(1))).toMatchObject({ name: 'pc-03', disk: 'pc-03' })
    expect(lab.library.find('pc-03').serial).toBe(before)
    expect(registry.byMac(mac(2))!.name).toBe('pc-04')
  })
  test('a disk of that name which another PC uses is not taken', async () => {
    await lab.library.clone('debian', ['pc-01'])
    registry.add(mac(9), { name: 'other', disk: 'pc-01' })
    enrolment.start(wanted)
    await ask(mac(1))
    expect(registry.byMac(mac(1))!.name).toBe('pc-02')
  })
  test('a loader that asks for its script waits for the disk, but not for ever', async () => {
    enrolment.start(wanted)
    expect(enrolment.underWay(mac(1))).toBeUndefined()
    enrolment.asked(mac(1))
    let waited = false
    const patient = enrolment.underWay(mac(1))!.then(() => (waited = true))
    lab.clock.advance(4000)
    await patient
    expect(waited).toBe(true)
    // It is under way still, so the script says that it asks again.
    expect(enrolment.underWay(mac(1))).toBeDefined()
    await enrolment.idle()
    expect(registry.byMac(mac(1))!.name).toBe('pc-01')
    expect(enrolment.underWay(mac(1))).toBeUndefined()
  })
})

describe('the end', () => {
  test('comes by itself when the time is over', async () => {
    enrolment.start(wanted)
    lab.clock.advance(10 * MINUTE)
    expect(enrolment.view()!.ended).toBe('time')
    await ask(mac(1))
    expect(registry.all()).toEqual([])
  })
  test('by hand returns what came of it and takes it away', async () => {
    enrolment.start(wanted)
    enrolment.asked(mac(1))
    expect(await enrolment.stop()).toMatchObject({ ended: 'stopped' })
    expect(enrolment.view()).toBeUndefined()
    expect(await enrolment.stop()).toBeNull()
  })
  test('one that is over makes room for the next; one that is open does not', () => {
    enrolment.start(wanted)
    expect(() => enrolment.start(wanted)).toThrowError(expect.objectContaining({ code: 'enrolment.open' }))
    lab.clock.advance(10 * MINUTE)
    expect(enrolment.start({ ...wanted, count: 1 }).left).toBe(1)
  })
})

describe('after a restart of the engine', () => {
  test('the window is open as it was', async () => {
    enrolment.start(wanted)
    await ask(mac(1))
    await enrolment.close()
    await lab.restart()
    open()
    expect(enrolment.view()).toMatchObject({ left: 2, enrolled: ['pc-01'] })
    await ask(mac(2))
    expect(registry.byMac(mac(2))!.name).toBe('pc-02')
    lab.clock.advance(10 * MINUTE)
    expect(enrolment.view()!.ended).toBe('time')
  })
  test('a time that passed meanwhile is over', async () => {
    enrolment.start(wanted)
    await enrolment.close()
    await lab.restart()
    lab.clock.advance(11 * MINUTE)
    open()
    expect(enrolment.view()!.ended).toBe('time')
  })
})

describe('what goes wrong', () => {
  test('is told, loses no PC, and is tried again at its next start', async () => {
    enrolment.start(wanted)
    const { clone } = lab.library
    lab.library.clone = () =>
      Promise.reject(new AppError('disk.full', 'the disk is full', { hint: 'Free some space.' }))
    await ask(mac(1))
    expect(registry.byMac(mac(1))).toBeUndefined()
    expect(enrolment.view()).toMatchObject({
      left: 3,
      problem: { code: 'disk.full', message: `${mac(1)} got no disk: the disk is full`, hint: 'Free some space.' },
    })
    lab.library.clone = clone
    await ask(mac(1))
    expect(registry.byMac(mac(1)), 'the same start, its question repeated').toBeUndefined()
    lab.clock.advance(20_000)
    await ask(mac(1))
    expect(registry.byMac(mac(1))!.name).toBe('pc-01')
    expect(enrolment.view()!.problem).toBeUndefined()
  })
  test('a store that cannot be written leaves the count and the PC as they were', async () => {
    enrolment.start(wanted)
    lab.db.exec("CREATE TRIGGER broken BEFORE INSERT ON clients BEGIN SELECT RAISE(ABORT, 'no'); END")
    await ask(mac(1))
    expect(enrolment.view()).toMatchObject({ left: 3, enrolled: [], problem: { message: `${mac(1)} got no disk: no` } })
    lab.db.exec('DROP TRIGGER broken')
    lab.clock.advance(20_000)
    await ask(mac(1))
    // The clone of the first try is taken, so that nothing is left over.
    expect(registry.byMac(mac(1))).toMatchObject({ name: 'pc-01', disk: 'pc-01' })
  })
  test('an image that is none, or names that no PC can have, are refused at once', async () => {
    await lab.library.create('work', 2 ** 21, false)
    const codeOf = (o: Partial<typeof wanted>) => {
      try {
        enrolment.start({ ...wanted, ...o })
      } catch (thrown) {
        return (thrown as AppError).code
      }
      return undefined
    }
    expect(codeOf({ image: 'nothing' })).toBe('disk.unknown')
    expect(codeOf({ image: 'work' })).toBe('disk.notSealed')
    expect(codeOf({ prefix: 'a name with blanks' })).toBe('client.name')
    expect(codeOf({ prefix: 'fourteen-long-' })).toBe('client.name')
    expect(enrolment.view()).toBeUndefined()
  })
})

test('the draft of the wizard is on disk when it is acknowledged, and one that is not understood is none', () => {
  const settings = createSettingStore(lab.db)
  let told = 0
  const keeper = new DraftKeeper(settings, () => told++)
  expect(keeper.draft).toBeNull()
  const draft = { step: 'medium', goal: 'install' as const, confirmed: ['cable'], changedMs: 5 }
  expect(keeper.save(draft)).toEqual(draft)
  expect(new DraftKeeper(settings, () => {}).draft).toEqual(draft)
  expect(keeper.save(null)).toBeNull()
  expect(new DraftKeeper(settings, () => {}).draft).toBeNull()
  expect(told).toBe(2)
  settings.set('setupDraft', { step: 7 })
  expect(new DraftKeeper(settings, () => {}).draft).toBeNull()
})
