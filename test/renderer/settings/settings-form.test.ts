import { flushSync } from 'svelte'
import { expect, test } from 'vitest'
import { EngineError } from '../../../src-main/api/caller.ts'
import type { Snapshot } from '../../../src-main/api/dto.ts'
import { Settings, type SettingsChange } from '../../../src-main/api/settings.ts'
import type { Client, ClientEvent } from '../../../src-renderer/client/client.ts'
import { SettingsForm, withChange } from '../../../src-renderer/features/settings/settings-form.svelte.ts'
import { AppState } from '../../../src-renderer/state/app-state.svelte.ts'

/** An engine that answers when the test says so. */
function scripted() {
  const asked: { change: SettingsChange; answer(settings: Settings): void; refuse(): void }[] = []
  let tell: (event: ClientEvent) => void = () => {}
  const client = {
    kind: 'browser',
    call: (method: string, change: SettingsChange) =>
      method === 'timeline'
        ? Promise.resolve([])
        : method === 'metrics'
          ? Promise.resolve({ points: [] })
          : new Promise((answer, failed) =>
              asked.push({ change, answer, refuse: () => failed(new EngineError({ code: 'x', message: 'no' })) }),
            ),
    listen: (listener: (event: ClientEvent) => void) => {
      tell = listener
      return () => {}
    },
  } as unknown as Client
  const app = new AppState(client)
  app.start()
  const snapshot = (settings: object) =>
    tell({
      event: 'snapshot',
      snapshot: { settings: Settings.parse(settings) } as unknown as Snapshot,
    })
  snapshot({})
  return { app, asked, snapshot, form: new SettingsForm(app) }
}

test('what was chosen is shown at once, and stays when the engine agrees', async () => {
  const { app, asked, form } = scripted()
  const done = form.change({ theme: 'dark' })
  flushSync()
  expect(form.now.theme).toBe('dark')
  expect(asked[0]!.change).toEqual({ theme: 'dark' })
  asked[0]!.answer(Settings.parse({ theme: 'dark' }))
  await done
  expect(form.now.theme).toBe('dark')
  expect(app.snapshot!.settings.theme).toBe('dark')
  app.stop()
})

test('falls back when the engine refuses, and says so', async () => {
  const { app, asked, form } = scripted()
  const done = form.change({ keepAwake: false })
  expect(form.now.keepAwake).toBe(false)
  asked[0]!.refuse()
  await done
  expect(form.now.keepAwake).toBe(true)
  expect(app.toast?.tone).toBe('bad')
  app.stop()
})

test('a choice that is still on its way is not undone by the answer to the one before', async () => {
  const { app, asked, form } = scripted()
  const first = form.change({ notifications: { firstBoot: false } })
  const second = form.change({ notifications: { unknownPc: false } })
  asked[0]!.answer(Settings.parse({ notifications: { firstBoot: false } }))
  await first
  expect(form.now.notifications).toMatchObject({ firstBoot: false, unknownPc: false, bootFailed: true })
  asked[1]!.answer(Settings.parse({ notifications: { firstBoot: false, unknownPc: false } }))
  await second
  expect(form.now.notifications).toMatchObject({ firstBoot: false, unknownPc: false })
  app.stop()
})

test('what somebody else changed is shown', () => {
  const { app, form, snapshot } = scripted()
  snapshot({ language: 'de' })
  expect(form.now.language).toBe('de')
  app.stop()
})

test('a field that a change leaves out stays', () => {
  const before = Settings.parse({ language: 'de' })
  expect(withChange(before, { theme: undefined, notifications: { firstBoot: undefined } })).toEqual(before)
})
