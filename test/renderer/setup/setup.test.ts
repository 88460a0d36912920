import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { EngineError } from '../../../src-main/api/caller.ts'
import type { Snapshot } from '../../../src-main/api/dto.ts'
import type { SetupDraft } from '../../../src-main/api/setup.ts'
import type { Client, ClientEvent } from '../../../src-renderer/client/client.ts'
import { Setup } from '../../../src-renderer/features/setup/setup.svelte.ts'
import { AppState } from '../../../src-renderer/state/app-state.svelte.ts'
import { image } from '../views.ts'
import { draft, empty, GIB, MAC, pc, snapshot, written } from './world.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** An engine that writes down what it is asked, and refuses what the test says. */
function scripted(first: Partial<Snapshot> = {}) {
  let listener: (event: ClientEvent) => void = () => {}
  const calls: [string, unknown][] = []
  const refused = new Map<string, string>()
  const client = {
    kind: 'browser',
    call: (method: string, input: unknown) => {
      calls.push([method, input])
      const why = refused.get(method)
      if (why !== undefined) return Promise.reject(new EngineError({ code: 'x', message: why }))
      if (method === 'timeline') return Promise.resolve([])
      if (method === 'metrics') return Promise.resolve({ points: [] })
      if (method === 'diskClone') return Promise.resolve((input as { names: string[] }).names.map((name) => ({ name })))
      if (method === 'diskImport' || method === 'diskSeal') return Promise.resolve({ id: 'job-1' })
      return Promise.resolve(method === 'setupSave' ? input : {})
    },
    listen(l: (event: ClientEvent) => void) {
      listener = l
      return () => {}
    },
  } as unknown as Client
  const app = new AppState(client)
  app.start()
  const setup = new Setup(app, () => {})
  const say = (o: Partial<Snapshot>) => {
    listener({ event: 'snapshot', snapshot: snapshot(o) })
    setup.follow()
  }
  say(first)
  const done = () => calls.filter(([method]) => !['timeline', 'metrics', 'setupSave'].includes(method))
  const saved = () => calls.filter(([method]) => method === 'setupSave').map(([, input]) => input as SetupDraft | null)
  return { app, setup, say, calls, done, saved, refused }
}
/** As it is when the wizard is opened with that much answered. */
function at(d: SetupDraft, o: Partial<Snapshot> = {}) {
  const s = scripted({ ...o, setup: d })
  expect(s.setup.draft).toEqual(d)
  return s
}

describe('the draft', () => {
  test('is saved on every change, and taken up again by another window', async () => {
    const one = scripted()
    one.setup.change({ goal: 'install' })
    one.setup.change({ mac: MAC })
    await vi.runOnlyPendingTimersAsync()
    const kept = one.saved().at(-1)!
    expect(kept).toMatchObject({ step: 'goal', goal: 'install', mac: MAC })
    const two = scripted({ setup: kept })
    expect(two.setup.draft).toEqual(kept)
    expect(two.setup.isOpen).toBe(true)
  })

  test('follows another window, but never goes back to what this one saved before', async () => {
    const { setup, say, saved } = scripted()
    setup.change({ goal: 'install' })
    await setup.saver.flush()
    const older = saved().at(-1)!
    setup.change({ goal: 'image' })
    await setup.saver.flush()
    say({ setup: older })
    expect(setup.draft.goal).toBe('image')
    say({ setup: { ...older, goal: 'boot', changedMs: older.changedMs - 1000 } })
    expect(setup.draft.goal).toBe('boot')
  })

  test('what is not saved yet is not overwritten', () => {
    const { setup, say } = scripted()
    setup.change({ goal: 'install' })
    say({ setup: draft({ goal: 'boot', changedMs: 5 }) })
    expect(setup.draft.goal).toBe('install')
  })

  test('is forgotten when another window starts over', () => {
    const { setup, say } = at(draft())
    say({})
    expect(setup.draft).toEqual({ step: 'goal', confirmed: [], changedMs: 0 })
  })

  test('starting over forgets the answers and touches nothing else', async () => {
    const { setup, done, saved } = at(draft())
    await setup.forget()
    expect([saved().at(-1), done(), setup.draft.goal]).toEqual([null, [], undefined])
  })
})

describe('what the steps do', () => {
  test('the empty disk and the PC are made with one click', async () => {
    const { setup, done } = at(draft())
    await setup.createEmpty()
    expect(done()).toEqual([
      ['diskCreate', { name: 'debian', sizeBytes: 20 * GIB }],
      ['clientAdd', { mac: MAC, name: 'pc-01', disk: 'debian', stage: 'install' }],
    ])
    expect(setup.draft.confirmed).toContain('disk:debian')
  })

  test('a Windows PC is told of no router', async () => {
    const { setup, done } = at(draft({ system: 'windows' }))
    await setup.attach('run', 'win11')
    expect(done().at(-1)).toEqual([
      'clientAdd',
      { mac: MAC, name: 'pc-01', disk: 'win11', stage: 'run', gateway: 'clear' },
    ])
  })

  test('after a refusal only what is left is done', async () => {
    const { setup, say, done, refused } = at(draft())
    refused.set('clientAdd', 'another PC has this name')
    await setup.createEmpty()
    expect(setup.working.error).toBe('Another PC has this name.')
    await setup.saver.flush()
    say({ disks: [empty], setup: setup.draft })
    refused.clear()
    await setup.createEmpty()
    expect(done().map(([method]) => method)).toEqual(['diskCreate', 'clientAdd', 'clientAdd'])
  })

  test('a PC that is known is changed, with the medium of this draft and no other', async () => {
    const known = pc({ disk: 'old', medium: '/old.iso' })
    const files = { medium: 'http', kernelFile: '/k', initrdFile: '/i', kernelArgs: ' quiet ' } as const
    const { setup, done } = at(draft(files), { clients: [known] })
    await setup.createEmpty()
    expect(done().at(-1)).toEqual([
      'clientSet',
      {
        id: MAC,
        name: 'pc-01',
        disk: 'debian',
        stage: 'install',
        medium: null,
        kernel: '/k',
        initrd: '/i',
        kernelArgs: 'quiet',
      },
    ])
  })

  test('when the installer has left, the PC is set to start from its disk', async () => {
    const { setup, say, done } = at(draft({ step: 'install' }), {
      disks: [written],
      clients: [pc({ stage: 'install' }, { stage: 'running', sessions: 1 })],
    })
    expect(done()).toEqual([])
    say({ setup: setup.draft, disks: [written], clients: [pc({ stage: 'install' }, { stage: 'gone' })] })
    await vi.runOnlyPendingTimersAsync()
    expect(done()).toEqual([['clientSet', { id: MAC, stage: 'run' }]])
    expect(setup.draft.confirmed).toEqual(['install'])
  })

  test('what fails by itself is said and tried again only when asked', async () => {
    const gone = { disks: [written], clients: [pc({ stage: 'install' }, { stage: 'gone' })] }
    const s = scripted({})
    s.refused.set('clientSet', 'no')
    s.say({ setup: draft({ step: 'install' }), ...gone })
    await vi.runOnlyPendingTimersAsync()
    for (let i = 0; i < 3; i++) s.say({ setup: s.setup.draft, ...gone })
    await vi.runOnlyPendingTimersAsync()
    expect([s.done().length, s.setup.failed?.text]).toEqual([1, 'No.'])
    s.refused.clear()
    s.setup.retry()
    await vi.runOnlyPendingTimersAsync()
    expect([s.done().length, s.setup.failed]).toEqual([2, undefined])
  })

  test('a copied image is given to the PC to start from', async () => {
    const { setup, say, done } = at(draft({ goal: 'image', step: 'create', importFile: '/x.img' }))
    await setup.importImage()
    expect(done()).toEqual([['diskImport', { file: '/x.img', name: 'debian' }]])
    expect(setup.draft.jobId).toBe('job-1')
    await setup.saver.flush()
    say({ setup: setup.draft, disks: [written] })
    await vi.runOnlyPendingTimersAsync()
    expect(done().at(-1)).toEqual(['clientAdd', { mac: MAC, name: 'pc-01', disk: 'debian', stage: 'run' }])
  })

  test('the first PC goes over to the first clone', async () => {
    const sealed = image('debian', 'debian', 1, 'production')
    const { setup, done } = at(draft(), { disks: [sealed], clients: [pc()] })
    await setup.makeClones()
    expect(done()).toEqual([
      ['diskClone', { image: 'debian', names: ['pc-01', 'pc-02', 'pc-03'] }],
      ['clientSet', { id: MAC, disk: 'pc-01', stage: 'run' }],
    ])
  })

  test('one more PC gets a disk of its own from an image', async () => {
    const sealed = image('debian', 'debian', 1, 'production')
    const { setup, done } = at(draft({ goal: 'boot' }), { disks: [sealed] })
    await setup.giveExisting()
    expect(done()).toEqual([
      ['diskClone', { image: 'debian', names: ['pc-01'] }],
      ['clientAdd', { mac: MAC, name: 'pc-01', disk: 'pc-01', stage: 'run' }],
    ])
  })

  test('the door is opened for as many PCs as there are disks', async () => {
    const sealed = image('debian', 'debian', 1, 'production')
    const waiting = ['pc-02', 'pc-03'].map((name) => ({ ...empty, name, parent: 'debian' }))
    const { setup, done } = at(draft(), { disks: [sealed, ...waiting] })
    await setup.openEnrolment()
    expect(done()).toEqual([['enrolStart', { image: 'debian', prefix: 'pc-', count: 2, minutes: 30 }]])
  })
})
