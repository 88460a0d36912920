import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DraftSaver } from '../../../src-renderer/wizard/draft-saver.svelte.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** An engine that keeps drafts, or refuses to. */
function keeper() {
  const kept: string[] = []
  const waiting: (() => void)[] = []
  const k = {
    kept,
    refuse: undefined as string | undefined,
    hold: false,
    release: () => waiting.splice(0).forEach((go) => go()),
  }
  const saver = new DraftSaver<string>(
    async (draft) => {
      if (k.hold) await new Promise<void>((go) => waiting.push(go))
      if (k.refuse !== undefined) throw new Error(k.refuse)
      kept.push(draft)
    },
    (thrown) => (thrown as Error).message,
  )
  return { k, saver }
}

test('saves the newest of quick changes once it is quiet', async () => {
  const { k, saver } = keeper()
  for (const draft of ['p', 'pc', 'pc-01']) saver.put(draft)
  expect([k.kept, saver.dirty]).toEqual([[], true])
  await vi.runAllTimersAsync()
  expect([k.kept, saver.dirty]).toEqual([['pc-01'], false])
})

test('saves at once when asked to', async () => {
  const { k, saver } = keeper()
  saver.put('now')
  await saver.flush()
  expect(k.kept).toEqual(['now'])
})

test('a change during a save is saved after it, never before', async () => {
  const { k, saver } = keeper()
  k.hold = true
  saver.put('first')
  const flushing = saver.flush()
  saver.put('second')
  k.hold = false
  k.release()
  await flushing
  await vi.runAllTimersAsync()
  expect([k.kept, saver.dirty]).toEqual([['first', 'second'], false])
})

test('what could not be saved is said, kept, and saved on the next try', async () => {
  const { k, saver } = keeper()
  k.refuse = 'Bootlace does not answer.'
  saver.put('draft')
  await vi.runAllTimersAsync()
  expect([k.kept, saver.dirty, saver.error]).toEqual([[], true, 'Bootlace does not answer.'])
  k.refuse = undefined
  await saver.flush()
  expect([k.kept, saver.dirty, saver.error]).toEqual([['draft'], false, undefined])
})

test('a failed save does not take the place of a newer draft', async () => {
  const { k, saver } = keeper()
  k.hold = true
  k.refuse = 'no'
  saver.put('old')
  const flushing = saver.flush()
  saver.put('new')
  k.release()
  await flushing
  k.hold = false
  k.refuse = undefined
  await saver.flush()
  expect(k.kept).toEqual(['new'])
})
