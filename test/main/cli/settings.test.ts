import { expect, test } from 'vitest'
import { changeOf } from '../../../src-main/cli/settings.ts'

test.each([
  ['language', 'de', { language: 'de' }],
  ['theme', 'Dark', { theme: 'dark' }],
  ['keepAwake', 'no', { keepAwake: false }],
  ['keep-awake', 'off', { keepAwake: false }],
  ['START-AT-LOGIN', 'yes', { startAtLogin: true }],
  ['bootsPaused', 'true', { bootsPaused: true }],
  ['notifications.firstBoot', 'on', { notifications: { firstBoot: true } }],
  ['notifications.unknown-pc', 'no', { notifications: { unknownPc: false } }],
])('%s %s', (key, value, change) => {
  expect(changeOf(key, value)).toEqual(change)
})

test('what cannot be meant is said, with what can', () => {
  expect(changeOf('colour', 'blue')).toMatch(/no setting "colour".*language, theme/)
  expect(changeOf('language', 'fr')).toBe('language cannot be "fr". It is system, en, de.')
  expect(changeOf('keepAwake', 'dark')).toBe('keepAwake cannot be "dark". It is yes or no.')
  expect(changeOf('notifications', 'no')).toMatch(/no setting "notifications"/)
})
