import { expect, test } from 'vitest'
import { Settings, SettingsChange } from '../../../src-main/api/settings.ts'
import { silentLogger } from '../../../src-main/base/log.ts'
import { SettingsBook } from '../../../src-main/engine/settings.ts'

function storeWith(value?: unknown) {
  const rows = new Map<string, unknown>(value === undefined ? [] : [['settings', value]])
  return {
    rows,
    get: (key: string) => structuredClone(rows.get(key)),
    set: (key: string, v: unknown) => void rows.set(key, structuredClone(v)),
  }
}
const book = (store = storeWith()) => new SettingsBook(store, silentLogger)

test('nothing chosen yet: the defaults, and nothing is written', () => {
  const store = storeWith()
  expect(book(store).now()).toEqual({
    language: 'system',
    theme: 'system',
    startAtLogin: false,
    keepAwake: true,
    notifications: { firstBoot: true, bootFailed: true, diskFilling: true, unknownPc: true },
    namePattern: 'pc-{nn}',
    bootsPaused: false,
  })
  expect(store.rows.size).toBe(0)
})

test('a change is kept, and the next start finds it', () => {
  const store = storeWith()
  const first = book(store)
  expect(first.change({ language: 'de', bootsPaused: true }).language).toBe('de')
  expect(first.change({ notifications: { unknownPc: false } }).notifications).toEqual({
    firstBoot: true,
    bootFailed: true,
    diskFilling: true,
    unknownPc: false,
  })
  expect(book(store).now()).toEqual(first.now())
  expect(book(store).now()).toMatchObject({ language: 'de', bootsPaused: true, theme: 'system' })
})

test('only what was chosen is stored, so that a better default reaches everybody else', () => {
  const store = storeWith()
  book(store).change({ theme: 'dark', keepAwake: undefined })
  expect(store.rows.get('settings')).toEqual({ theme: 'dark' })
})

test('what a newer version stored survives a change', () => {
  const store = storeWith({ colour: 'blue', language: 'de', notifications: { moon: true } })
  book(store).change({ notifications: { firstBoot: false } })
  expect(store.rows.get('settings')).toEqual({
    colour: 'blue',
    language: 'de',
    notifications: { moon: true, firstBoot: false },
  })
})

test('a value that cannot be read has its default, and takes no other with it', () => {
  const read = book(storeWith({ language: 'fr', theme: 'dark', notifications: { firstBoot: 'x', unknownPc: false } }))
  expect(read.now()).toMatchObject({ language: 'system', theme: 'dark' })
  expect(read.now().notifications).toMatchObject({ firstBoot: true, unknownPc: false })
  expect(book(storeWith('nonsense')).now()).toEqual(Settings.parse({}))
})

test('a change names every setting, and no change is a change of nothing', () => {
  expect(Object.keys(SettingsChange.shape)).toEqual(Object.keys(Settings.shape))
  expect(SettingsChange.parse({})).toEqual({})
  expect(SettingsChange.safeParse({ language: 'fr' }).success).toBe(false)
})
