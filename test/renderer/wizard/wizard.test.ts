import { describe, expect, test } from 'vitest'
import { Wizard, type Step, type WizardHost } from '../../../src-renderer/wizard/wizard.svelte.ts'

interface Draft {
  readonly step: string
  readonly done: readonly string[]
  readonly short?: boolean
}
type World = ReadonlySet<string>

/** A host that does what the test says. `world` is what was done elsewhere. */
function host(draft: Partial<Draft> = {}, world: readonly string[] = []) {
  const gone: string[] = []
  const h = {
    draft: { step: 'one', done: [], ...draft } as Draft,
    world: new Set(world) as World,
    gone,
    get context() {
      return gone
    },
    show(id: string) {
      h.draft = { ...h.draft, step: id }
    },
  } satisfies WizardHost<Draft, World, string[]> & { gone: string[] }
  return h
}
const step = (id: string, o: Partial<Step<Draft, World, string[]>> = {}): Step<Draft, World, string[]> => ({
  id,
  short: () => id,
  title: () => `Title of ${id}`,
  lead: () => '',
  component: (() => {}) as never,
  appliesTo: () => true,
  complete: (d, w) => d.done.includes(id) || w.has(id),
  missing: () => `Do ${id}.`,
  onnext: (context) => context.push(id),
  ...o,
})
const STEPS = [step('one'), step('two', { appliesTo: (d) => !d.short }), step('three'), step('four')]
const wizardOf = (h: ReturnType<typeof host>) => new Wizard(STEPS, h)

describe('the steps of a wizard', () => {
  test('are those that concern the draft', () => {
    const ids = (h: ReturnType<typeof host>) => wizardOf(h).steps.map((s) => s.id)
    expect(ids(host())).toEqual(['one', 'two', 'three', 'four'])
    expect(ids(host({ short: true }))).toEqual(['one', 'three', 'four'])
  })

  test('go on only when what is asked is done, however it was done', () => {
    const h = host()
    const wizard = wizardOf(h)
    expect([wizard.canNext, wizard.missing]).toEqual([false, 'Do one.'])
    wizard.next()
    expect(h.draft.step).toBe('one')
    h.world = new Set(['one'])
    expect([wizard.canNext, wizard.missing]).toEqual([true, undefined])
    wizard.next()
    expect([h.draft.step, h.gone]).toEqual(['two', ['one']])
  })

  test('going back changes nothing but the step that is shown', () => {
    const h = host({ step: 'three', done: ['one', 'two'] })
    const wizard = wizardOf(h)
    wizard.back()
    expect(h.draft).toEqual({ step: 'two', done: ['one', 'two'] })
    wizard.back()
    wizard.back()
    expect([h.draft.step, h.gone]).toEqual(['one', []])
    expect(wizard.isFirst).toBe(true)
  })

  test('a draft begins where it was left', () => {
    const wizard = wizardOf(host({ step: 'three', done: ['one', 'two'] }))
    expect([wizard.index, wizard.title]).toEqual([2, 'Title of three'])
  })

  test('a step that does not concern the draft is taken for the first that is left to do', () => {
    expect(wizardOf(host({ step: 'two', short: true, done: ['one'] })).current.id).toBe('three')
    expect(wizardOf(host({ step: 'unheard-of' })).current.id).toBe('one')
    expect(wizardOf(host({ step: 'gone', done: ['one', 'two', 'three', 'four'] })).current.id).toBe('four')
  })

  test('can be gone to backwards at any time, forwards as far as everything before is done', () => {
    const h = host({ step: 'two', done: ['one', 'two', 'four'] })
    const wizard = wizardOf(h)
    expect(wizard.steps.map((s) => wizard.mark(s))).toEqual(['done', 'now', 'open', 'later'])
    wizard.goTo('four')
    expect(h.draft.step).toBe('two')
    wizard.goTo('three')
    expect(h.draft.step).toBe('three')
    wizard.goTo('one')
    expect(h.draft.step).toBe('one')
  })

  test('an optional one may be left, and is not taken for done', () => {
    const h = host({ step: 'one', done: [] })
    const wizard = new Wizard([step('one', { optional: true }), step('two'), step('three')], h)
    expect([wizard.canNext, wizard.missing]).toEqual([true, undefined])
    wizard.next()
    expect(wizard.steps.map((s) => wizard.mark(s))).toEqual(['open', 'now', 'later'])
  })

  test('end with the last', () => {
    const h = host({ step: 'four', done: ['one', 'two', 'three', 'four'] })
    const wizard = wizardOf(h)
    expect(wizard.isLast).toBe(true)
    wizard.next()
    expect(h.draft.step).toBe('four')
  })
})
