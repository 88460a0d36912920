import { expect, test, vi } from 'vitest'
import { EngineError } from '../../../src-main/api/caller.ts'
import type { Snapshot, TimelineEntry } from '../../../src-main/api/dto.ts'
import type { Client, ClientEvent } from '../../../src-renderer/client/client.ts'
import { AppState, explain } from '../../../src-renderer/state/app-state.svelte.ts'

/** An engine that does what the test says. */
function scripted(timeline: TimelineEntry[] = []) {
  let listener: (event: ClientEvent) => void = () => {}
  const client = {
    kind: 'browser',
    call: (method: string) =>
      method === 'timeline'
        ? Promise.resolve(timeline)
        : Promise.reject(new EngineError({ code: 'disk.inUse', message: 'it is in use', hint: 'Shut the PC down.' })),
    listen(l: (event: ClientEvent) => void) {
      listener = l
      return () => (listener = () => {})
    },
  } as unknown as Client
  const state = new AppState(client)
  state.start()
  return { state, say: (event: ClientEvent) => listener(event) }
}
const snapshot = (o: object = {}) =>
  ({
    event: 'snapshot',
    snapshot: { clients: [], disks: [], services: [], jobs: [], ...o } as unknown as Snapshot,
  }) as const
const entry = (id: number) => ({ id, atMs: id, mac: 'm', type: 'seen', text: `e${id}`, data: {} })

test('goes from connecting to connected with the first snapshot, and loads what happened before', async () => {
  const { state, say } = scripted([entry(1), entry(2)])
  expect(state.connection).toBe('connecting')
  say({ event: 'timeline', entry: entry(2) })
  say({ event: 'timeline', entry: entry(3) })
  say(snapshot())
  await Promise.resolve()
  await Promise.resolve()
  expect(state.connection).toBe('connected')
  expect(state.isEmpty).toBe(true)
  await expect.poll(() => state.timeline.map((e) => e.id)).toEqual([1, 2, 3])
  state.stop()
})

test('a lost connection keeps the last picture and comes back', () => {
  const { state, say } = scripted()
  say(snapshot({ clients: [{ live: { sessions: 1 } }, { live: { sessions: 0 } }] }))
  say({ event: 'disconnected' })
  expect([state.connection, state.runningCount, state.isEmpty]).toEqual(['lost', 1, false])
  say(snapshot())
  expect([state.connection, state.runningCount]).toEqual(['connected', 0])
  state.stop()
})

test('an engine that cannot start is told with its remedy until it can', () => {
  const { state, say } = scripted()
  say({ event: 'engineFailed', problem: { code: 'config.interface', message: 'no interface', hint: 'Plug it in.' } })
  expect([state.connection, state.problem?.hint]).toEqual(['failed', 'Plug it in.'])
  say({ event: 'disconnected' })
  expect(state.connection).toBe('failed')
  say(snapshot())
  expect([state.connection, state.problem]).toEqual(['connected', undefined])
  state.stop()
})

test('a call that fails is said with what to do, and returns nothing', async () => {
  const { state } = scripted()
  expect(await state.attempt(state.call('diskDelete', { name: 'a' }), 'done')).toBeUndefined()
  expect(state.toast).toEqual({ text: 'It is in use. Shut the PC down.', tone: 'bad' })
  state.stop()
})

test('errors are explained in one or two sentences', () => {
  expect(explain(new EngineError({ code: 'x', message: 'no way' }))).toBe('No way.')
  expect(explain(new Error('boom'))).toBe('boom')
})

test('what was done can be taken back for ten seconds', async () => {
  vi.useFakeTimers()
  try {
    const { state } = scripted()
    let undone = 0
    state.offerUndo('3 PCs are changed.', () => Promise.resolve(undone++))
    state.toast?.undo?.()
    await vi.advanceTimersByTimeAsync(0)
    expect([undone, state.toast?.text]).toEqual([1, 'Taken back.'])
    state.offerUndo('3 PCs are changed.', () => Promise.resolve())
    await vi.advanceTimersByTimeAsync(9_900)
    expect(state.toast?.undo).toBeDefined()
    await vi.advanceTimersByTimeAsync(200)
    expect(state.toast).toBeUndefined()
    state.stop()
  } finally {
    vi.useRealTimers()
  }
})
