import { beforeEach, expect, test } from 'vitest'
import type { Client } from '../../../src-main/clients/client.ts'
import { ClientRegistry } from '../../../src-main/clients/registry.ts'
import type { Machine } from '../../../src-main/clients/stores.ts'

const mac = '52:54:00:12:34:56'
let now: number
let clients: Map<string, Client>
let machines: Map<string, Machine>
let puts: number
const clock = { now: () => now, after: () => () => {} }

function registry(): ClientRegistry {
  return new ClientRegistry(
    { all: () => [...clients.values()], put: (c) => void clients.set(c.mac, c), remove: (m) => void clients.delete(m) },
    { all: () => [...machines.values()], put: (m) => (puts++, void machines.set(m.mac, m)) },
    clock,
  )
}
beforeEach(() => {
  now = 1000
  puts = 0
  clients = new Map()
  machines = new Map()
})

test('a PC gets a name of its own when none is given', () => {
  expect(registry().add('52-54-00-12-34-56', {})).toMatchObject({
    mac,
    name: 'pc-123456',
    stage: 'run',
    loader: 'auto',
    createdMs: 1000,
  })
})

test('names are lower case, short, unique, and a MAC is named once', () => {
  const r = registry()
  expect(r.add(mac, { name: ' PC-01 ' }).name).toBe('pc-01')
  expect(() => r.add(mac, { name: 'other' })).toThrowError(/already called pc-01/)
  expect(() => r.add('52:54:00:00:00:02', { name: 'Pc-01' })).toThrowError(/another PC \(52:54:00:12:34:56\)/)
  for (const bad of ['', '-pc', 'pc-', 'a b', 'sixteen-letters-', 'pc_1'])
    expect(() => r.add('52:54:00:00:00:03', { name: bad })).toThrowError(/cannot be a PC's name/)
  expect(r.all().length).toBe(1)
})

test('a change keeps what it does not name and takes away what is undefined', () => {
  const r = registry()
  r.add(mac, { name: 'pc-01', disk: 'win', kernel: '/k', initrd: '/i' })
  expect(r.change('pc-01', { stage: 'install' })).toMatchObject({ disk: 'win', kernel: '/k', stage: 'install' })
  const after = r.change(mac, { kernel: undefined, initrd: undefined })
  expect('kernel' in after).toBe(false)
  expect(clients.get(mac)).toEqual(after)
})

test('an installation has one source', () => {
  const r = registry()
  expect(() => r.add(mac, { medium: '/a.iso', kernel: '/k' })).toThrowError(/from an ISO or from a kernel/)
  expect(() => r.add(mac, { initrd: '/i' })).toThrowError(/needs a kernel/)
  expect(r.all()).toEqual([])
})

test('an unknown PC is refused with the names there are', () => {
  const r = registry()
  r.add(mac, { name: 'pc-01' })
  expect(() => r.find('pc-02')).toThrowError(/no PC is called "pc-02"/)
  expect(r.find('5254.0012.3456').name).toBe('pc-01')
})

test('machines that asked are unknown until they are named, newest first, and survive a restart', () => {
  const r = registry()
  expect(r.noteMachine(mac, { firmware: 'BIOS' })).toBe(true)
  now = 2000
  r.noteMachine('52:54:00:00:00:02', { ip: '10.0.0.7' })
  expect(r.noteMachine(mac, { ip: '10.0.0.5' })).toBe(false)
  expect(r.macOfIp('10.0.0.5')).toBe(mac)
  r.add('52:54:00:00:00:02', {})
  const again = registry()
  expect(again.unknown()).toEqual([{ mac, firmware: 'BIOS', ip: '10.0.0.5', firstSeenMs: 1000, lastSeenMs: 2000 }])
  expect(again.macOfIp('10.0.0.7')).toBe('52:54:00:00:00:02')
})

test('an address that moved belongs to the machine that had it last', () => {
  const r = registry()
  r.noteMachine(mac, { ip: '10.0.0.5' })
  r.noteMachine('52:54:00:00:00:02', { ip: '10.0.0.5' })
  expect(r.macOfIp('10.0.0.5')).toBe('52:54:00:00:00:02')
})

test('a firmware that repeats itself is not written to disk each time', () => {
  const r = registry()
  for (let i = 0; i < 50; i++) {
    now += 100
    r.noteMachine(mac, { firmware: 'UEFI' })
  }
  expect(puts).toBe(1)
})

test('a group is words for people, and is taken away like any other field', () => {
  const r = registry()
  expect(r.add(mac, { group: '  Classroom   2 ' }).group).toBe('Classroom 2')
  expect(() => r.change(mac, { group: ' ' })).toThrowError(/cannot be the name of a group/)
  expect(() => r.change(mac, { group: 'x'.repeat(41) })).toThrowError(/cannot be the name of a group/)
  expect(r.change(mac, { group: undefined })).not.toHaveProperty('group')
  expect(clients.get(mac)).not.toHaveProperty('group')
})
