import { beforeEach, describe, expect, test } from 'vitest'
import { initiatorNameOf } from '../../../src-main/boot/names.ts'
import type { Client } from '../../../src-main/clients/client.ts'
import type { ChapSecrets } from '../../../src-main/clients/stores.ts'
import { Access } from '../../../src-main/engine/access.ts'

let clients: Client[]
let kept: Map<string, ChapSecrets>
let access: Access
/** MAC by initiator name. */
const letIn = new Map<string, string>()
const pc = (name: string, o: Partial<Client> = {}): Client => ({
  mac: `mac of ${name}`,
  name,
  disk: name,
  stage: 'run',
  loader: 'auto',
  keep: 'always',
  channel: 'production',
  createdMs: 0,
  ...o,
})
const as = (name: string) => initiatorNameOf(name)
const FOREIGN = 'iqn.1993-08.org.debian:01:abc'

beforeEach(() => {
  clients = [
    pc('pc-01', { chap: 'on' }),
    pc('pc-02', { chap: 'mutual' }),
    pc('pc-03'),
    pc('pc-04', { exclusive: true }),
  ]
  kept = new Map()
  letIn.clear()
  access = new Access(
    {
      byName: (name) => clients.find((c) => c.name === name),
      byMac: (mac) => clients.find((c) => c.mac === mac),
      usersOf: (disk) => clients.filter((c) => c.disk === disk || c.secondDisk === disk),
    },
    {
      get: (mac) => kept.get(mac),
      put: (mac, secrets) => void kept.set(mac, secrets),
      remove: (mac) => void kept.delete(mac),
    },
    { macOf: (name) => letIn.get(name) },
  )
})

describe('passwords', () => {
  test('fit Windows, can be typed, and differ: from PC to PC and between the directions', () => {
    const all = new Set<string>()
    for (let i = 0; i < 200; i++) {
      kept.clear()
      for (const name of ['pc-01', 'pc-02']) {
        access.credentials(as(name))
        const { secret, reverseSecret } = kept.get(`mac of ${name}`)!
        for (const one of [secret, reverseSecret]) {
          expect(one).toMatch(/^[a-zA-Z2-9]{16}$/)
          expect(one).not.toMatch(/[ilIoO01]/)
          all.add(one)
        }
      }
    }
    expect(all.size).toBe(800)
  })
  test('are asked of whoever calls itself a PC that has one, and stay the same', () => {
    const first = access.credentials(as('pc-01'))!
    expect(first).toEqual({ name: 'pc-01', secret: kept.get('mac of pc-01')!.secret })
    expect(access.credentials(as('pc-01'))).toEqual(first)
    expect(access.credentials(as('pc-02'))).toEqual({
      name: 'pc-02',
      secret: kept.get('mac of pc-02')!.secret,
      reverse: { name: 'bootlace', secret: kept.get('mac of pc-02')!.reverseSecret },
    })
    for (const name of [as('pc-03'), as('pc-04'), as('nobody'), FOREIGN, '']) {
      expect(access.credentials(name)).toBeUndefined()
    }
  })
  test('go when they are switched off, and are new when they are wanted again', () => {
    const before = access.secretOf(clients[0]!)
    expect(before).toEqual({ id: 'pc-01', chap: 'on', username: 'pc-01', password: kept.get('mac of pc-01')!.secret })
    const { chap: _off, ...without } = clients[0]!
    access.settle(without)
    expect(kept.has('mac of pc-01')).toBe(false)
    expect(() => access.secretOf(without)).toThrowError(/needs no password/)
    expect(() => access.renew(without)).toThrowError(/needs no password/)
    expect(kept.has('mac of pc-01')).toBe(false)
    access.settle(clients[0]!)
    expect(access.secretOf(clients[0]!).password).not.toBe(before.password)
  })
  test('can be made anew; both directions are told where both are set up', () => {
    const before = access.secretOf(clients[1]!)
    const after = access.renew(clients[1]!)
    expect(after).toMatchObject({ username: 'pc-02', reverseUsername: 'bootlace' })
    expect(after.password).not.toBe(before.password)
    expect(after.reversePassword).not.toBe(before.reversePassword)
    expect(access.secretOf(clients[1]!)).toEqual(after)
  })
})

describe('who may use a disk', () => {
  test.each<[string, string, string | undefined]>([
    ['pc-01', as('pc-01'), undefined],
    ['pc-01', as('pc-03'), 'only pc-01 may use this disk'],
    ['pc-01', FOREIGN, 'only pc-01 may use this disk'],
    // Names are compared as they are written: a spelling of ours that is none of ours is foreign.
    ['pc-01', as('pc-01').toUpperCase(), 'only pc-01 may use this disk'],
    ['pc-02', as('pc-02'), undefined],
    ['pc-02', as('pc-01'), 'only pc-02 may use this disk'],
    // Nobody has said that it is for one PC only: firmware and systems come under names of their own.
    ['pc-03', FOREIGN, undefined],
    ['pc-03', as('pc-01'), undefined],
    ['pc-04', as('pc-04'), undefined],
    ['pc-04', FOREIGN, 'only pc-04 may use this disk'],
    ['nobodys', FOREIGN, undefined],
  ])('disk %s, asked for as %s: %s', (disk, who, expected) => {
    expect(access.refusal(disk, who)).toBe(expected)
  })
  test('a second drive is guarded like the first, and each of several PCs gets in', () => {
    clients.push(pc('pc-05', { disk: 'other', secondDisk: 'pc-01' }))
    expect(access.refusal('pc-01', as('pc-05'))).toBeUndefined()
    expect(access.refusal('pc-01', as('pc-01'))).toBeUndefined()
    expect(access.refusal('pc-01', FOREIGN)).toBe('only pc-01 may use this disk')
    clients.push(pc('pc-06', { disk: 'own', secondDisk: 'games', chap: 'on' }))
    expect(access.refusal('games', FOREIGN)).toBe('only pc-06 may use this disk')
  })
})

describe('a name that was let in', () => {
  test('is the PC: it gets its disk, and gives its password', () => {
    expect(access.refusal('pc-04', FOREIGN)).toBe('only pc-04 may use this disk')
    letIn.set(FOREIGN, 'mac of pc-04')
    expect(access.refusal('pc-04', FOREIGN)).toBeUndefined()
    expect(access.refusal('pc-04', FOREIGN.toUpperCase())).toBeUndefined()
    expect(access.credentials(FOREIGN)).toBeUndefined()
    expect(access.refusal('pc-01', FOREIGN)).toBe('only pc-01 may use this disk')

    letIn.set(FOREIGN, 'mac of pc-01')
    expect(access.credentials(FOREIGN)).toEqual(access.credentialsOf(clients[0]!))
    expect(access.clientOf(FOREIGN)?.name).toBe('pc-01')
  })

  test('is nobody again when its PC is forgotten', () => {
    letIn.set(FOREIGN, 'mac of pc-04')
    clients = clients.filter((c) => c.name !== 'pc-04')
    expect(access.clientOf(FOREIGN)).toBeUndefined()
  })
})
