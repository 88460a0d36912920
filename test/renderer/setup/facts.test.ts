import { describe, expect, test } from 'vitest'
import {
  cloneNames,
  diskProblem,
  firmwareOf,
  hasBooted,
  hasClone,
  hasDisk,
  isInstalled,
  isOff,
  mediumReady,
  nextAct,
  pcProblem,
  type World,
} from '../../../src-renderer/features/setup/facts.ts'
import { client } from '../views.ts'
import { clone, draft, empty, MAC, pc, sealed, world, written } from './world.ts'

describe('what is done is read off disks and PCs', () => {
  test('the disk is there once the PC has it, also when the command line gave it', () => {
    expect(hasDisk(draft(), world())).toBe(false)
    expect(hasDisk(draft(), world({ disks: [empty] }))).toBe(false)
    expect(hasDisk(draft(), world({ disks: [empty], clients: [pc()] }))).toBe(true)
    expect(hasDisk(draft(), world({ disks: [sealed, clone('pc-01')], clients: [pc({ disk: 'pc-01' })] }))).toBe(true)
    expect(hasDisk(draft(), world({ disks: [empty, clone('x')], clients: [pc({ disk: 'other' })] }))).toBe(false)
  })

  test('the system is installed once the PC is to start from its disk', () => {
    expect(isInstalled(draft(), world({ disks: [written], clients: [pc({ stage: 'install' })] }))).toBe(false)
    expect(isInstalled(draft(), world({ disks: [written], clients: [pc({ stage: 'run' })] }))).toBe(true)
    expect(isInstalled(draft(), world({ disks: [sealed] }))).toBe(true)
  })

  test('a start counts when the PC runs from the disk itself, not from the installer', () => {
    const running = { stage: 'running', sessions: 1 } as const
    expect(hasBooted(draft(), world({ disks: [written], clients: [pc({ stage: 'install' }, running)] }))).toBe(false)
    expect(hasBooted(draft(), world({ disks: [written], clients: [pc({ stage: 'run' }, running)] }))).toBe(true)
    expect(hasBooted(draft({ confirmed: ['boot'] }), world())).toBe(true)
    // That the image is sealed says nothing of one more PC.
    expect(hasBooted(draft({ goal: 'boot' }), world({ disks: [sealed], clients: [pc()] }))).toBe(false)
  })

  test.each([
    ['gone', 0, true],
    ['off', 0, true],
    ['running', 1, false],
    ['running', 0, false],
    ['gone', 1, false],
    ['seen', 0, false],
  ] as const)('a PC that is “%s” with %i sessions is off: %s', (stage, sessions, off) => {
    expect(isOff(draft(), world({ clients: [pc({}, { stage, sessions })] }))).toBe(off)
  })

  test('the first PC has its clone when its entry says so', () => {
    const clones = [sealed, clone('pc-01'), clone('pc-02')]
    expect(hasClone(draft(), world({ disks: clones, clients: [pc()] }))).toBe(false)
    expect(hasClone(draft(), world({ disks: clones, clients: [pc({ disk: 'pc-01' })] }))).toBe(true)
    expect(hasClone(draft(), world({ disks: clones }))).toBe(true)
    expect(hasClone(draft(), world({ disks: [written, clone('pc-01')], clients: [pc({ disk: 'pc-01' })] }))).toBe(false)
  })
})

describe('what is asked', () => {
  test('a PC needs an address and a name that is free', () => {
    const other = client('pc-02', { mac: '52:54:00:00:00:02' })
    expect(pcProblem(draft({ mac: undefined }), world())).toBe('mac')
    expect(pcProblem(draft({ pcName: 'my pc' }), world())).toBe('name')
    expect(pcProblem(draft({ pcName: 'pc-02' }), world({ clients: [other] }))).toBe('taken')
    expect(pcProblem(draft(), world({ clients: [other, pc()] }))).toBeUndefined()
  })

  test('the firmware is what was seen before what was said', () => {
    expect(firmwareOf(draft({ firmware: undefined }), world())).toBeUndefined()
    expect(firmwareOf(draft({ firmware: 'UEFI' }), world())).toBe('UEFI')
    const unknown = [{ mac: MAC, firmware: 'UEFI', firstSeenMs: 0, lastSeenMs: 0 }]
    expect(firmwareOf(draft({ firmware: 'BIOS' }), world({ unknown }))).toBe('UEFI')
    expect(firmwareOf(draft({ firmware: 'UEFI' }), world({ clients: [pc({}, { firmware: 'BIOS' })] }))).toBe('BIOS')
  })

  test.each([
    ['BIOS from a CD', { medium: 'cd' }, true],
    ['UEFI from a CD', { medium: 'cd', firmware: 'UEFI' }, false],
    ['an unknown firmware', { medium: 'cd', firmware: undefined }, false],
    ['BIOS from an ISO', { medium: 'iso', isoFile: '/x.iso' }, true],
    ['BIOS from no ISO', { medium: 'iso' }, false],
    ['UEFI from an ISO that nobody knows', { medium: 'iso', isoFile: '/x.iso', firmware: 'UEFI' }, false],
    [
      'UEFI from an ISO that starts everywhere',
      { medium: 'iso', isoFile: '/x.iso', isoNetwork: true, firmware: 'UEFI' },
      true,
    ],
    [
      'Windows from an ISO, UEFI, with wimboot',
      { medium: 'iso', isoFile: '/w.iso', isoNetwork: true, firmware: 'UEFI', system: 'windows' },
      true,
    ],
    ['Windows from an ISO, BIOS, without wimboot', { medium: 'iso', isoFile: '/w.iso', system: 'windows' }, false],
    ['a Windows that is known to fail', { medium: 'iso', isoFile: '/x.iso', isoBlock: 'stop' }, false],
    ['one that is taken knowingly', { medium: 'iso', isoFile: '/x.iso', isoBlock: 'stop', isoKnowingly: true }, true],
    ['one that cannot be', { medium: 'iso', isoFile: '/x.iso', isoBlock: 'refuse', isoKnowingly: true }, false],
    ['UEFI over HTTP', { medium: 'http', kernelFile: '/k', initrdFile: '/i', firmware: 'UEFI' }, true],
    ['HTTP without an initrd', { medium: 'http', kernelFile: '/k' }, false],
    ['Windows over HTTP', { medium: 'http', kernelFile: '/k', initrdFile: '/i', system: 'windows' }, false],
    ['no system', { system: undefined }, false],
  ] as const)('%s: %s', (_, o, ready) => expect(mediumReady(draft(o), world())).toBe(ready))

  test('a disk needs a free name and a size; one that was made by this draft is no clash', () => {
    expect(diskProblem(draft({ diskName: 'x y' }), world())).toBe('name')
    expect(diskProblem(draft(), world({ disks: [empty] }))).toBe('taken')
    expect(diskProblem(draft({ confirmed: ['disk:debian'] }), world({ disks: [empty] }))).toBeUndefined()
    expect(diskProblem(draft({ diskSizeBytes: undefined }), world())).toBe('size')
    expect(diskProblem(draft({ goal: 'image', diskSizeBytes: undefined }), world())).toBeUndefined()
  })

  test('clones are named after the first PC, then by number, past names that are taken', () => {
    const known = client('pc-02', { mac: '52:54:00:00:00:02' })
    expect(cloneNames(draft(), world({ clients: [pc()] }))).toEqual(['pc-01', 'pc-02', 'pc-03'])
    expect(cloneNames(draft(), world({ clients: [pc({ name: 'desk' }), known] }))).toEqual(['desk', 'pc-01', 'pc-03'])
    expect(cloneNames(draft(), world({ clients: [pc()], disks: [clone('pc-01')] }))).toEqual([
      'pc-02',
      'pc-03',
      'pc-04',
    ])
    expect(cloneNames(draft({ clonePrefix: '-' }), world())).toEqual([])
    expect(cloneNames(draft({ cloneCount: undefined }), world())).toEqual([])
  })
})

describe('what happens by itself', () => {
  const installing = (live: Parameters<typeof pc>[1], disk = written): World =>
    world({ disks: [disk], clients: [pc({ stage: 'install' }, live)] })

  test.each([
    ['the installer runs', { stage: 'running', sessions: 1 }, written, undefined],
    ['it let go of its disk', { stage: 'gone', sessions: 0 }, written, 'installed'],
    [
      'it restarts, and the old session is not noticed as dead yet',
      { stage: 'seen', sessions: 1 },
      written,
      'installed',
    ],
    ['it was switched off before anything was written', { stage: 'gone', sessions: 0 }, empty, undefined],
    ['its loader has the disk open', { stage: 'sanLogin', sessions: 1 }, written, undefined],
    ['nothing was heard since the engine started', { stage: 'off', sessions: 0 }, written, undefined],
  ] as const)('while installing, %s: %o', (_, live, disk, act) => {
    expect(nextAct(draft(), installing(live, disk))).toBe(act)
  })

  test('a second installation is not ended by what the first one wrote', () => {
    const again = draft({ confirmed: ['again'] })
    expect(nextAct(again, installing({ stage: 'gone', sessions: 0 }))).toBeUndefined()
    expect(nextAct(again, installing({ stage: 'running', sessions: 1 }))).toBe('installBegan')
  })

  test('the first own start is noted, once', () => {
    const runs = world({ disks: [written], clients: [pc({ stage: 'run' }, { stage: 'running', sessions: 1 })] })
    expect(nextAct(draft(), runs)).toBe('booted')
    expect(nextAct(draft({ confirmed: ['boot'] }), runs)).toBeUndefined()
  })

  test('an image that is copied is given to the PC, unless it is not of this draft', () => {
    const d = draft({ goal: 'image', step: 'create', confirmed: ['disk:debian'] })
    expect(nextAct(d, world())).toBeUndefined()
    expect(nextAct(d, world({ disks: [written] }))).toBe('attach')
    expect(nextAct(d, world({ disks: [{ ...written, busy: 'it is being imported' }] }))).toBeUndefined()
    expect(nextAct({ ...d, confirmed: [] }, world({ disks: [written] }))).toBeUndefined()
    expect(nextAct(d, world({ disks: [written], clients: [pc()] }))).toBeUndefined()
  })

  test('a PC that has another disk by now is left alone', () => {
    const other = world({ disks: [written], clients: [pc({ stage: 'install', disk: 'games' }, { stage: 'gone' })] })
    expect(nextAct(draft(), other)).toBeUndefined()
  })
})
