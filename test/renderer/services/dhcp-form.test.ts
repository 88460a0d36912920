import { expect, test } from 'vitest'
import { EngineError } from '../../../src-main/api/caller.ts'
import type { DhcpChoice, DhcpView } from '../../../src-main/api/dhcp.ts'
import { DhcpForm } from '../../../src-renderer/features/services/dhcp-form.svelte.ts'

const PROXY: DhcpView = {
  choice: { mode: 'proxy', dns: [], leaseMinutes: 720, force: false },
  chosenBy: 'default',
  exampleRange: '192.168.50.128-192.168.50.227',
  netmask: '255.255.255.0',
  leases: [],
  reservations: [],
}

/** An engine that does what it is told, or refuses the next call. */
function scripted(view = PROXY) {
  let now = view
  const engine = { refuses: undefined as string | undefined, asked: [] as [string, unknown][] }
  const call = (method: string, input?: unknown) => {
    engine.asked.push([method, input])
    if (engine.refuses !== undefined && method !== 'dhcp')
      return Promise.reject(new EngineError({ code: 'config.dhcpRange', message: engine.refuses }))
    if (method === 'dhcpChoose')
      now = { ...now, chosenBy: 'person', choice: { ...now.choice, ...(input as DhcpChoice) } }
    return Promise.resolve(now)
  }
  const form = new DhcpForm({ call: call as never })
  const set = (next: Partial<DhcpView>) => (now = { ...now, ...next })
  return { form, engine, set }
}

test('a range that fits stands ready, and nothing is changed by looking', async () => {
  const { form } = scripted()
  expect(form.changed).toBe(false)
  await form.load()
  expect(form.draft).toMatchObject({ mode: 'proxy', first: '192.168.50.128', last: '192.168.50.227' })
  expect(form.changed).toBe(false)
  // Fields of a mode that is not chosen count for nothing.
  form.set({ first: '192.168.50.9' })
  expect(form.changed).toBe(false)
  form.set({ mode: 'server' })
  expect(form.changed).toBe(true)
})

test('what is used is what was typed, without its blanks', async () => {
  const { form, engine } = scripted()
  await form.load()
  form.set({ mode: 'server', first: ' 192.168.50.10 ', router: ' ', dns: '9.9.9.9; 1.1.1.1,', leaseMinutes: 60 })
  await form.use()
  expect(engine.asked.at(-1)).toEqual([
    'dhcpChoose',
    {
      ...{ mode: 'server', first: '192.168.50.10', last: '192.168.50.227' },
      ...{ dns: ['9.9.9.9', '1.1.1.1'], leaseMinutes: 60, force: false },
    },
  ])
  expect(form.changed).toBe(false)
  expect(form.draft).toMatchObject({ dns: '9.9.9.9, 1.1.1.1', router: '' })
})

test('a refusal keeps what was typed, and taking it back shows what holds', async () => {
  const { form, engine } = scripted()
  await form.load()
  form.set({ mode: 'server', first: 'x' })
  engine.refuses = 'the range x-192.168.50.227 cannot be used'
  await form.use()
  expect(form.task.error).toContain('cannot be used')
  expect([form.draft!.first, form.changed, form.view!.choice.mode]).toEqual(['x', true, 'proxy'])
  form.takeBack()
  expect([form.task.error, form.draft!.mode, form.changed]).toEqual([undefined, 'proxy', false])
})

test('a look while something is typed takes new addresses, and leaves what is typed', async () => {
  const { form, set } = scripted({
    ...PROXY,
    choice: { ...PROXY.choice, mode: 'server', first: '10.0.0.5', last: '10.0.0.9' },
  })
  await form.load()
  form.set({ last: '10.0.0.20' })
  set({ leases: [{ address: '10.0.0.5', mac: '52:54:00:00:00:01', state: 'bound', untilMs: 1 }] })
  await form.load()
  expect([form.view!.leases.length, form.draft!.last, form.changed]).toEqual([1, '10.0.0.20', true])
  form.takeBack()
  set({ choice: { ...form.view!.choice, last: '10.0.0.30' } })
  await form.load()
  expect(form.draft!.last).toBe('10.0.0.30')
})

test('another mode is not forced, whatever was forced before', async () => {
  const { form, engine } = scripted({ ...PROXY, choice: { ...PROXY.choice, mode: 'server', force: true } })
  await form.load()
  form.set({ mode: 'off' })
  await form.use()
  expect(engine.asked.at(-1)![1]).toMatchObject({ mode: 'off', force: false })
})
