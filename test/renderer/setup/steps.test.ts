import { describe, expect, test } from 'vitest'
import type { PreflightReport, SetupDraft } from '../../../src-main/api/setup.ts'
import { checksOf } from '../../../src-renderer/features/setup/checks.ts'
import type { World } from '../../../src-renderer/features/setup/facts.ts'
import type { Setup } from '../../../src-renderer/features/setup/setup.svelte.ts'
import { bootStages, installStages, stalled, thisBoot } from '../../../src-renderer/features/setup/stages.ts'
import { STEPS } from '../../../src-renderer/features/setup/steps.ts'
import { Wizard } from '../../../src-renderer/wizard/wizard.svelte.ts'
import { clone, draft, empty, entry, pc, sealed, world, written } from './world.ts'

const wizard = (d: SetupDraft, w: World = world()) =>
  new Wizard(STEPS, { draft: d, world: w, context: undefined as unknown as Setup, show: () => {} })

describe('each goal has its steps', () => {
  const HEAD = ['goal', 'network', 'pc']
  const TAIL = ['boot', 'guest', 'seal', 'clones', 'others', 'board', 'done']
  test.each([
    ['install', [...HEAD, 'system', 'size', 'create', 'install', ...TAIL]],
    ['image', [...HEAD, 'file', 'size', 'create', ...TAIL]],
    ['convert', [...HEAD, 'file', 'size', 'create', ...TAIL]],
    ['boot', [...HEAD, 'disk', 'boot', 'done']],
  ] as const)('%s', (goal, ids) => expect(wizard(draft({ goal })).steps.map((s) => s.id)).toEqual(ids))

  test('one PC alone needs no others', () => {
    expect(wizard(draft({ cloneCount: 1 })).steps.map((s) => s.id)).not.toContain('others')
  })

  test('every step says something at every point of the evening', () => {
    for (const goal of ['install', 'image', 'convert', 'boot'] as const) {
      for (const d of [{ step: 'goal', confirmed: [], changedMs: 0, goal } satisfies SetupDraft, draft({ goal })]) {
        for (const step of wizard(d).steps) {
          expect([step.id, step.short(), step.title(d), step.lead(d, world())]).not.toContain('')
          if (!step.complete(d, world()) && !step.optional) expect(step.missing(d, world()), step.id).not.toBe('')
        }
      }
    }
  })
})

describe('what was done elsewhere counts', () => {
  const at = (d: SetupDraft, w: World) => {
    const made = wizard({ ...d, step: '' }, w)
    return made.current.id
  }
  const d = draft({ confirmed: ['network'] })
  test.each([
    ['nothing', world(), 'create'],
    ['disk and PC by the command line', world({ disks: [empty], clients: [pc({ stage: 'install' })] }), 'install'],
    ['installed and set to run', world({ disks: [written], clients: [pc()] }), 'boot'],
    ['running', world({ disks: [written], clients: [pc({}, { stage: 'running', sessions: 1 })] }), 'guest'],
    ['sealed', world({ disks: [sealed], clients: [pc()] }), 'clones'],
    ['cloned', world({ disks: [sealed, clone('pc-01', ['pc-01'])], clients: [pc({ disk: 'pc-01' })] }), 'board'],
  ])('%s: the first thing left to do is “%s”', (_, w, id) => expect(at(d, w)).toBe(id))

  test('the network step goes on after any look, and says so when there are problems', () => {
    const report = (severity: 'ok' | 'problem'): PreflightReport => ({
      atMs: 0,
      checks: [{ id: 'x', severity, title: 'x' }],
    })
    const with_ = (r?: PreflightReport) => wizard(draft({ step: 'network' }), world({}, r && { report: r }))
    expect(with_().canNext).toBe(false)
    expect([with_(report('ok')).canNext, with_(report('ok')).nextLabel]).toEqual([true, 'Next'])
    expect(with_(report('problem')).nextLabel).toBe('Go on all the same')
  })
})

describe('what was found on the network', () => {
  const checks = (...severities: ('ok' | 'warning' | 'problem' | 'unknown')[]) =>
    checksOf({ atMs: 0, checks: severities.map((severity, i) => ({ id: String(i), severity, title: severity })) })
  test('the gravest comes first, what is in order stands apart', () => {
    const found = checks('ok', 'unknown', 'warning', 'problem', 'ok')
    expect(found.worth.map((c) => c.severity)).toEqual(['problem', 'warning', 'unknown'])
    expect(found.fine).toHaveLength(2)
    expect(found.verdict).toBe('problem')
  })
  test('what could not be looked at alarms nobody', () => {
    expect(checks('ok', 'unknown').verdict).toBe('ok')
    expect(checks('warning', 'unknown').verdict).toBe('warning')
  })
})

describe('the stages of a PC', () => {
  const of = (live: Parameters<typeof pc>[1], disk = empty, timeline = [entry('seen')]) => {
    const w = world({ disks: [disk], clients: [pc({ stage: 'install' }, live)] }, { timeline })
    return installStages(draft(), w).map((stage) => stage.state)
  }
  test('of an installation light up one after the other', () => {
    expect(of({ stage: 'off' })).toEqual(['open', 'open', 'open', 'open', 'open'])
    expect(of({ stage: 'seen' })).toEqual(['now', 'open', 'open', 'open', 'open'])
    expect(of({ stage: 'script' })).toEqual(['done', 'now', 'open', 'open', 'open'])
    expect(of({ stage: 'sanLogin', sessions: 1 })).toEqual(['done', 'done', 'now', 'open', 'open'])
    expect(of({ stage: 'running', sessions: 1 })).toEqual(['done', 'done', 'done', 'now', 'open'])
    expect(of({ stage: 'running', sessions: 1 }, written)).toEqual(['done', 'done', 'done', 'done', 'now'])
    expect(of({ stage: 'gone' }, written)).toEqual(['done', 'done', 'done', 'done', 'done'])
  })
  test('show where a start failed', () => {
    const timeline = [entry('sanLogin'), entry('seen'), entry('loader'), entry('script'), entry('report')]
    expect(thisBoot(timeline, pc().mac).map((e) => e.type)).toEqual(['seen', 'loader', 'script', 'report'])
    const w = world({ disks: [written], clients: [pc({}, { stage: 'failed' })] }, { timeline })
    expect(bootStages(draft(), w).map((s) => s.state)).toEqual(['done', 'done', 'failed', 'open', 'open'])
  })
  test('a PC that stands still is told of after a while, one that writes is not', () => {
    const seen = pc({}, { stage: 'offered', sinceMs: 0 })
    expect(stalled(seen, 60_000)).toBeUndefined()
    expect(stalled(seen, 4 * 60_000)).toContain('did not fetch its loader')
    const writing = pc({}, { stage: 'sanLogin', sinceMs: 0, writeBytesPerSecond: 1 })
    expect(stalled(writing, 4 * 60_000)).toBeUndefined()
    expect(stalled(pc({}, { stage: 'gone' }), 4 * 60_000)).toBeUndefined()
  })
})
