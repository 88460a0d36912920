import { describe, expect, test } from 'vitest'
import { ClientForm } from '../../../src-renderer/features/clients/client-form.svelte.ts'
import { dateField, endOfDay } from '../../../src-renderer/state/days.ts'
import { client, disk, image } from '../views.ts'

const games = image('games', 'games', 1, 'production')
const own = disk('own')
const defaults = { keep: 'always', channel: 'production' }

test('a new PC needs a MAC and a name that can be', () => {
  const form = new ClientForm({ name: 'pc-01' })
  expect([form.ready, form.problem]).toEqual([false, 'Give the PC its MAC address and a name.'])
  form.mac = '52:54:00:12:34'
  expect([form.ready, form.macProblem]).toEqual([false, expect.stringContaining('twelve hex digits')])
  form.mac = '52-54-00-12-34-56'
  expect([form.ready, form.macProblem]).toEqual([true, undefined])
  form.name = 'my pc'
  expect([form.ready, form.nameProblem]).toEqual([false, expect.stringContaining('15 letters')])
  form.name = 'my-pc'
  expect([form.problem, form.toNew([])]).toEqual([
    undefined,
    { mac: '52-54-00-12-34-56', name: 'my-pc', stage: 'run', loader: 'auto', ...defaults },
  ])
})

test('a PC that is changed keeps its MAC as its identity, and a disk can be taken away', () => {
  const form = new ClientForm({ client: client('pc-01', { mac: 'm', disk: 'd', stage: 'menu', loader: 'ipxe.efi' }) })
  form.disk = ''
  expect(form.toChange([])).toEqual({
    id: 'm',
    name: 'pc-01',
    stage: 'menu',
    loader: 'ipxe.efi',
    disk: null,
    secondDisk: null,
    group: null,
    ...defaults,
  })
})

describe('what it writes', () => {
  test('is kept up to the end of a day in the time of this computer', () => {
    const form = new ClientForm({ client: client('pc-01', { mac: '52:54:00:12:34:56' }) })
    form.keep = 'until'
    expect(form.problem).toMatch(/last day/)
    form.keepUntil = '2026-12-24'
    const { keep, keepUntilMs } = form.toChange([])
    expect([keep, keepUntilMs]).toEqual(['until', new Date(2026, 11, 24, 23, 59, 59, 999).getTime()])
    const again = new ClientForm({ client: client('pc-01', { keep: 'until', keepUntilMs: keepUntilMs! }) })
    expect([again.keep, again.keepUntil]).toEqual(['until', '2026-12-24'])
  })
  test('a date that was chosen before is not sent with another choice', () => {
    const form = new ClientForm({ client: client('pc-01', { keep: 'until', keepUntilMs: 1 }) })
    form.keep = 'never'
    expect(form.toChange([])).not.toHaveProperty('keepUntilMs')
  })
  test('what is no day is nothing', () => {
    expect([endOfDay(''), endOfDay('2026-02-30'), endOfDay('24.12.2026')]).toEqual([undefined, undefined, undefined])
    expect(dateField(endOfDay('2026-03-01')!)).toBe('2026-03-01')
  })
})

describe('a second drive', () => {
  test('that is an image becomes one of its own unless it is to be shared', () => {
    const form = new ClientForm({ mac: 'm', name: 'pc-01' })
    form.secondDisk = 'games'
    expect(form.toNew([games])).toMatchObject({ secondDisk: 'games', secondOwn: true })
    form.second = 'shared'
    expect(form.toNew([games])).not.toHaveProperty('secondOwn')
    form.second = 'own'
    form.secondDisk = 'own'
    expect(form.toNew([own])).not.toHaveProperty('secondOwn')
  })
  test('that a PC shares already stays shared', () => {
    const form = new ClientForm({ client: client('pc-01', { secondDisk: 'games' }) })
    expect(form.toChange([games])).toMatchObject({ secondDisk: 'games' })
    expect(form.toChange([games])).not.toHaveProperty('secondOwn')
  })
})

test('an ISO that is known to fail is taken knowingly only, and while the PC installs', () => {
  const form = new ClientForm({ client: client('pc-01', { mac: 'm', stage: 'install' }) })
  form.medium = ' /w.iso '
  expect(form.toChange([])).toMatchObject({ medium: '/w.iso' })
  expect(form.toChange([])).not.toHaveProperty('knowingly')
  form.knowingly = true
  expect(form.toChange([])).toMatchObject({ medium: '/w.iso', knowingly: true })
  expect(form.toNew([])).toMatchObject({ medium: '/w.iso', knowingly: true })
  form.stage = 'run'
  expect(form.toChange([])).not.toHaveProperty('knowingly')
})
