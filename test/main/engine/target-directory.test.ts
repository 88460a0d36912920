import { beforeEach, expect, test } from 'vitest'
import { initiatorNameOf, mediumTargetNameOf, targetNameOf } from '../../../src-main/boot/names.ts'
import type { OpenDisk } from '../../../src-main/engine/disks/library.ts'
import { targetDirectory } from '../../../src-main/engine/target-directory.ts'
import type { SessionView } from '../../../src-main/iscsi/target.ts'
import type { LogicalUnit } from '../../../src-main/scsi/logical-unit.ts'

let readOnly: boolean
let held: string | undefined
let sessions: SessionView[]
let second: string | undefined
let preparing: Promise<void> | undefined
let prepared: number
/** Why a name may not use the disk. */
let refusal: (initiatorName: string) => string | undefined
let drive: LogicalUnit | Promise<void> | undefined
let mediumTarget: string | undefined
const gamesUnit = { games: true } as unknown as LogicalUnit
const target = { name: targetNameOf('win11'), luns: new Map() }
const directory = targetDirectory(
  {
    openedNames: () => ['win11'],
    opened: () => ({ record: { name: 'win11' }, target, device: { readOnly } }) as unknown as OpenDisk,
    heldBecause: () => held,
    unitBeside: (system, name) => (system === 'win11' && name === 'games' ? gamesUnit : undefined),
  },
  {
    sessions: () => sessions,
    before: () => {
      prepared++
      return preparing
    },
    secondDiskOf: () => second,
    mediumDriveOf: () => drive,
    mediumTargetOf: () => mediumTarget,
    access: {
      credentials: (name) => (name === initiatorNameOf('pc-01') ? { name: 'pc-01', secret: 's' } : undefined),
      refusal: (disk, name) => (disk === 'win11' ? refusal(name) : undefined),
    },
  },
)
const session = (pc: string, remoteAddress: string, disk = 'win11') =>
  ({ initiatorName: initiatorNameOf(pc), targetName: targetNameOf(disk), remoteAddress }) as SessionView
const asks = (pc: string, remoteAddress: string) =>
  directory.find(target.name, { initiatorName: initiatorNameOf(pc), isid: '400027230000', remoteAddress })

beforeEach(() => {
  readOnly = false
  held = undefined
  sessions = []
  second = undefined
  preparing = undefined
  prepared = 0
  refusal = () => undefined
  drive = undefined
  mediumTarget = undefined
})

test('a disk that nobody uses is there for everybody, in any spelling', () => {
  expect(asks('pc-01', '10.0.0.5')).toEqual({ ok: true, target })
  expect(directory.find(target.name.toUpperCase(), { initiatorName: 'iqn.x', isid: '', remoteAddress: '' }).ok).toBe(
    true,
  )
  expect(directory.find('iqn.none', { initiatorName: 'iqn.x', isid: '', remoteAddress: '' })).toMatchObject({
    reason: 'notFound',
  })
})

test('a second PC is refused while the first one writes, and told who that is', () => {
  sessions = [session('pc-01', '10.0.0.5')]
  expect(asks('pc-02', '10.0.0.6')).toEqual({
    ok: false,
    reason: 'unavailable',
    text: 'pc-01 (10.0.0.5) is using this disk',
  })
})

test('the same PC is let in again: its system after its loader, with a new address, or under a name of its own', () => {
  sessions = [session('pc-01', '10.0.0.5')]
  expect(asks('pc-01', '10.0.0.5').ok).toBe(true)
  expect(asks('pc-01', '10.0.0.9').ok).toBe(true)
  expect(asks('other-name', '10.0.0.5').ok).toBe(true)
})

test('sealed disks and other disks are for many', () => {
  sessions = [session('pc-01', '10.0.0.5', 'other')]
  expect(asks('pc-02', '10.0.0.6').ok).toBe(true)
  sessions = [session('pc-01', '10.0.0.5')]
  readOnly = true
  expect(asks('pc-02', '10.0.0.6').ok).toBe(true)
})

test('a disk that is being sealed is not there for the moment', () => {
  held = 'it is being sealed'
  expect(asks('pc-01', '10.0.0.5')).toEqual({ ok: false, reason: 'unavailable', text: 'it is being sealed' })
})

test('a second disk is a second drive; one that cannot be used does not keep the PC from starting', () => {
  second = 'games'
  const found = asks('pc-01', '10.0.0.5')
  expect(found.ok && [...found.target.luns]).toEqual([[1, gamesUnit]])
  second = 'gone'
  expect(asks('pc-01', '10.0.0.5')).toEqual({ ok: true, target })
})

test('a disk that is prepared for this login makes it wait', () => {
  preparing = Promise.resolve()
  expect(asks('pc-01', '10.0.0.5')).toEqual({ ok: false, reason: 'wait', ready: preparing })
})

test('a disk that is not for this name is refused before anything is prepared, and not shown', () => {
  refusal = (name) => (name === initiatorNameOf('pc-01') ? undefined : 'only pc-01 may use this disk')
  preparing = Promise.resolve()
  expect(asks('pc-02', '10.0.0.6')).toEqual({ ok: false, reason: 'notAllowed', text: 'only pc-01 may use this disk' })
  expect(prepared).toBe(0)
  const shown = (pc: string) => directory.list({ initiatorName: initiatorNameOf(pc), remoteAddress: '10.0.0.6' })
  expect(shown('pc-02')).toEqual([])
  expect(shown('pc-01')).toEqual([target.name])
  preparing = undefined
  expect(asks('pc-01', '10.0.0.5').ok).toBe(true)
})

test('who must give a password goes by the name', () => {
  const who = (pc: string) => ({ initiatorName: initiatorNameOf(pc), isid: '', remoteAddress: '' })
  expect(directory.credentials!(who('pc-01'))).toEqual({ name: 'pc-01', secret: 's' })
  expect(directory.credentials!(who('pc-02'))).toBeUndefined()
})

test('an installation medium is LUN 2, once it is open, beside a second disk or without', () => {
  const ready = Promise.resolve()
  drive = ready
  expect(asks('pc-01', '10.0.0.5')).toEqual({ ok: false, reason: 'wait', ready })
  drive = { cd: true } as unknown as LogicalUnit
  const alone = asks('pc-01', '10.0.0.5')
  expect(alone.ok && [...alone.target.luns.keys()]).toEqual([2])
  second = 'games'
  const both = asks('pc-01', '10.0.0.5')
  expect(both.ok && [...both.target.luns]).toEqual([
    [1, gamesUnit],
    [2, drive],
  ])
})

test('the medium alone is a target of its own, for whom the disk is, whoever works on the disk', () => {
  mediumTarget = mediumTargetNameOf('pc-01')
  const login = (pc: string) =>
    directory.find(mediumTargetNameOf('pc-01').toUpperCase(), {
      initiatorName: initiatorNameOf(pc),
      isid: '400001370000',
      remoteAddress: '10.0.0.5',
    })
  expect(login('pc-01')).toMatchObject({ ok: false, reason: 'unavailable' })
  const cd = { cd: true } as unknown as LogicalUnit
  drive = cd
  sessions = [session('pc-01', '10.0.0.5')]
  const found = login('pc-01')
  expect(found.ok && found.target.name).toBe(mediumTarget)
  expect(found.ok && [...found.target.luns]).toEqual([[0, cd]])
  drive = Promise.resolve()
  expect(login('pc-01')).toEqual({ ok: false, reason: 'wait', ready: drive })
  refusal = () => 'only pc-01 may use this disk'
  expect(login('pc-02')).toMatchObject({ reason: 'notAllowed' })
  refusal = () => undefined
  expect(directory.list({ initiatorName: 'iqn.x', remoteAddress: '' })).toEqual([target.name, mediumTarget])
  mediumTarget = undefined
  expect(login('pc-01')).toMatchObject({ reason: 'notFound' })
})
