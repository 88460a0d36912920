import { expect, test } from 'vitest'
import type { ClientView } from '../../../src-main/api/dto.ts'
import { ClientForm, nextName } from '../../../src-renderer/features/clients/client-form.svelte.ts'

test('a new PC needs a MAC and a name that can be', () => {
  const form = new ClientForm({ name: 'pc-01' })
  expect(form.ready).toBe(false)
  form.mac = '52:54:00:12:34'
  expect([form.ready, form.macProblem]).toEqual([false, expect.stringContaining('twelve hex digits')])
  form.mac = '52-54-00-12-34-56'
  expect([form.ready, form.macProblem]).toEqual([true, undefined])
  form.name = 'my pc'
  expect([form.ready, form.nameProblem]).toEqual([false, expect.stringContaining('15 letters')])
  form.name = 'my-pc'
  expect(form.toNew()).toEqual({ mac: '52-54-00-12-34-56', name: 'my-pc', stage: 'run', loader: 'auto' })
})

test('a PC that is changed keeps its MAC as its identity, and a disk can be taken away', () => {
  const form = new ClientForm({
    client: { mac: 'aa:bb:cc:00:00:01', name: 'pc-01', disk: 'd', stage: 'menu', loader: 'ipxe.efi' } as ClientView,
  })
  form.disk = ''
  expect(form.toChange()).toEqual({
    id: 'aa:bb:cc:00:00:01',
    name: 'pc-01',
    stage: 'menu',
    loader: 'ipxe.efi',
    disk: null,
  })
})

test('the next free name is proposed', () => {
  expect(nextName([])).toBe('pc-01')
  expect(nextName(['pc-01', 'pc-03'])).toBe('pc-02')
})
