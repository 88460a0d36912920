import { beforeEach, describe, expect, test } from 'vitest'
import { toHex } from '../../../src-main/base/bytes.ts'
import { AppError } from '../../../src-main/base/errors.ts'
import {
  PR_IN,
  PR_OUT,
  PR_TYPE,
  Reservations,
  type PrOutcome,
  type SavedReservations,
} from '../../../src-main/scsi/reservation.ts'
import { decodeTransportId, encodeTransportId } from '../../../src-main/scsi/transport-id.ts'
import { seededRandom } from '../../support/random.ts'

const port = (n: number): string => `iqn.2026-11.app.bootlace:client.pc-${n},i,0x00023d00000${n}`

interface List {
  readonly key?: bigint
  readonly newKey?: bigint
  /** SPEC_I_PT 8, ALL_TG_PT 4, APTPL 1. */
  readonly flags?: number
}
function list({ key = 0n, newKey = 0n, flags = 0 }: List): Uint8Array {
  const b = new Uint8Array(24)
  const v = new DataView(b.buffer)
  v.setBigUint64(0, key)
  v.setBigUint64(8, newKey)
  b[20] = flags
  return b
}
function moveList(o: { key: bigint; newKey: bigint; to: Uint8Array; flags?: number; port?: number }): Uint8Array {
  const b = new Uint8Array(24 + o.to.length)
  const v = new DataView(b.buffer)
  v.setBigUint64(0, o.key)
  v.setBigUint64(8, o.newKey)
  b[17] = o.flags ?? 0
  v.setUint16(18, o.port ?? 1)
  v.setUint32(20, o.to.length)
  b.set(o.to, 24)
  return b
}

let kept: SavedReservations | undefined
let failing: boolean
const keeper = {
  load: () => kept,
  save: (state: SavedReservations | undefined) => {
    if (failing) throw new AppError('db.io', 'the disk is full')
    kept = state
  },
}
let r: Reservations
const out = (who: number, action: number, l: List, type = 0): PrOutcome => r.out(port(who), action, 0, type, list(l))
const read = (action: number): string => toHex(r.in(action)!)
beforeEach(() => {
  kept = undefined
  failing = false
  r = new Reservations(keeper)
})

describe('PERSISTENT RESERVE IN, byte for byte', () => {
  test('keys, reservation and capabilities', () => {
    expect(read(PR_IN.readKeys)).toBe('0000000000000000')
    expect(read(PR_IN.readReservation)).toBe('0000000000000000')
    expect(read(PR_IN.reportCapabilities)).toBe('00080580ea010000')
    out(1, PR_OUT.register, { newKey: 0x0123456789abcdefn, flags: 1 })
    out(1, PR_OUT.reserve, { key: 0x0123456789abcdefn }, PR_TYPE.exclusiveAccessRegistrantsOnly)
    expect(read(PR_IN.readKeys)).toBe('00000001' + '00000008' + '0123456789abcdef')
    expect(read(PR_IN.readReservation)).toBe(
      '00000001' + '00000010' + '0123456789abcdef' + '00000000' + '0006' + '0000',
    )
    expect(read(PR_IN.reportCapabilities)).toBe('00080581ea010000')
    expect(toHex(new Reservations().in(PR_IN.reportCapabilities)!)).toBe('00080480ea010000')
  })
  test('full status', () => {
    out(1, PR_OUT.register, { newKey: 5n, flags: 4 })
    out(2, PR_OUT.register, { newKey: 6n })
    out(2, PR_OUT.reserve, { key: 6n }, PR_TYPE.writeExclusive)
    const id = (n: number): string => {
      const text = toHex(Buffer.from(port(n)))
      const length = Math.ceil((port(n).length + 1) / 4) * 4
      return '4500' + length.toString(16).padStart(4, '0') + text.padEnd(length * 2, '0')
    }
    const length = (id(1).length / 2).toString(16).padStart(8, '0')
    const first = '0000000000000005' + '00000000' + '0200' + '00000000' + '0000' + length + id(1)
    const second = '0000000000000006' + '00000000' + '0101' + '00000000' + '0001' + length + id(2)
    const bytes = ((first.length + second.length) / 2).toString(16).padStart(8, '0')
    expect(read(PR_IN.readFullStatus)).toBe('00000002' + bytes + first + second)
  })
  test('there is no further service action', () => {
    expect(r.in(4)).toBeUndefined()
  })
})

describe('TransportIDs', () => {
  test('of iSCSI ports go there and back', () => {
    expect(decodeTransportId(encodeTransportId(port(3)))).toBe(port(3))
    expect(encodeTransportId('a').length).toBe(24)
  })
  test.each([
    ['format 00b: a name without a port', '05000014' + toHex(Buffer.from('iqn.x')).padEnd(40, '0')],
    ['another protocol', '46000014' + '41'.repeat(4).padEnd(40, '0')],
    ['no end', '45000014' + '41'.repeat(20)],
    ['a length that does not fit', '45000018' + '41'.repeat(4).padEnd(40, '0')],
    ['no separator', '45000014' + '41'.repeat(4).padEnd(40, '0')],
  ])('%s is refused', (_what, hex) => {
    expect(decodeTransportId(Buffer.from(hex, 'hex'))).toBeUndefined()
  })
})

describe('PERSISTENT RESERVE OUT', () => {
  test('registering for others (SPEC_I_PT) is refused as a field of the list', () => {
    expect(out(1, PR_OUT.register, { newKey: 1n, flags: 8 })).toEqual({ ok: false, why: 'invalidParameter' })
  })
  test('without a keeper nothing is promised to survive', () => {
    r = new Reservations()
    expect(out(1, PR_OUT.register, { newKey: 1n, flags: 1 })).toEqual({ ok: false, why: 'invalidParameter' })
  })
  test('a list that is too short, or too long, is refused', () => {
    expect(r.out(port(1), PR_OUT.register, 0, 0, new Uint8Array(23))).toEqual({ ok: false, why: 'listLength' })
    expect(r.out(port(1), PR_OUT.reserve, 0, 1, new Uint8Array(25))).toEqual({ ok: false, why: 'listLength' })
  })
  test('a preempted reservation of another type is told to the registrants that stay', () => {
    for (const n of [1, 2, 3]) out(n, PR_OUT.register, { newKey: BigInt(n) })
    out(1, PR_OUT.reserve, { key: 1n }, PR_TYPE.writeExclusive)
    expect(out(2, PR_OUT.preempt, { key: 2n, newKey: 1n }, PR_TYPE.exclusiveAccess)).toEqual({
      ok: true,
      preempted: [port(1)],
      released: [port(3)],
    })
  })

  describe('REGISTER AND MOVE', () => {
    const to = encodeTransportId(port(9))
    const move = (who: number, o: Partial<Parameters<typeof moveList>[0]> = {}, type = 1): PrOutcome =>
      r.out(port(who), PR_OUT.registerAndMove, 0, type, moveList({ key: 1n, newKey: 9n, to, ...o }))

    beforeEach(() => {
      out(1, PR_OUT.register, { newKey: 1n })
      out(2, PR_OUT.register, { newKey: 2n })
      out(1, PR_OUT.reserve, { key: 1n }, PR_TYPE.writeExclusive)
    })
    test('hands the reservation over, and with UNREG leaves', () => {
      expect(move(1, { flags: 2 })).toEqual({ ok: true })
      expect(r.conflicts(port(9), 'write')).toBe(false)
      expect(r.conflicts(port(1), 'write')).toBe(true)
      expect(read(PR_IN.readReservation)).toContain('0000000000000009')
      expect(read(PR_IN.readKeys)).toBe('00000003' + '00000010' + '0000000000000002' + '0000000000000009')
    })
    test.each([
      ['not the holder', () => move(2, { key: 2n }), 'conflict'],
      ['a wrong key', () => move(1, { key: 7n }), 'conflict'],
      ['another type', () => move(1, {}, PR_TYPE.exclusiveAccess), 'invalidField'],
      ['no key for the other', () => move(1, { newKey: 0n }), 'invalidParameter'],
      ['to oneself', () => move(1, { to: encodeTransportId(port(1)) }), 'invalidParameter'],
      ['another target port', () => move(1, { port: 2 }), 'invalidParameter'],
      ['no TransportID', () => move(1, { to: new Uint8Array(24) }), 'invalidParameter'],
    ] as const)('%s is refused', (_what, act, why) => {
      expect(act()).toEqual({ ok: false, why })
    })
    test('a length of the TransportID that does not fit is refused', () => {
      const wrong = moveList({ key: 1n, newKey: 9n, to })
      wrong[23]! -= 4
      expect(r.out(port(1), PR_OUT.registerAndMove, 0, 1, wrong)).toEqual({ ok: false, why: 'listLength' })
    })
  })
})

describe('APTPL', () => {
  const restarted = (): Reservations => new Reservations(keeper)

  test('registrations and the reservation outlive the unit while the last registration asked for it', () => {
    out(1, PR_OUT.register, { newKey: 0xfedcba9876543210n, flags: 1 })
    out(1, PR_OUT.reserve, { key: 0xfedcba9876543210n }, PR_TYPE.exclusiveAccess)
    const status = read(PR_IN.readFullStatus).slice(16)
    r = restarted()
    expect(read(PR_IN.readFullStatus).slice(16)).toBe(status)
    expect(r.idle).toBe(false)
    expect(r.conflicts(port(2), 'read')).toBe(true)
    out(2, PR_OUT.register, { newKey: 2n })
    expect(kept).toBeUndefined()
    expect(restarted().idle).toBe(true)
  })
  test('what ends is gone for good', () => {
    out(1, PR_OUT.register, { newKey: 1n, flags: 1 })
    out(1, PR_OUT.reserve, { key: 1n }, PR_TYPE.writeExclusive)
    out(1, PR_OUT.clear, { key: 1n })
    expect(restarted().idle).toBe(true)
    expect(kept).toBeUndefined()
  })
  test('when it cannot be kept nothing has changed', () => {
    out(1, PR_OUT.register, { newKey: 1n, flags: 1 })
    const before = read(PR_IN.readFullStatus)
    failing = true
    expect(() => out(1, PR_OUT.reserve, { key: 1n }, PR_TYPE.writeExclusive)).toThrow('the disk is full')
    expect(() => out(2, PR_OUT.register, { newKey: 2n, flags: 1 })).toThrow('the disk is full')
    expect(read(PR_IN.readFullStatus)).toBe(before)
    expect(r.idle).toBe(true)
  })
})

/** The rules of SPC-4 §5.12, written down the long way: every question is answered from the list of who is registered. */
class Model {
  keys = new Map<string, bigint>()
  holders = new Set<string>()
  type = 0

  act(who: string, action: number, key: bigint, newKey: bigint, type: number): boolean {
    const own = this.keys.get(who)
    const all = this.type >= 7
    const reserves = [1, 3, 5, 6, 7, 8].includes(type)
    const settle = (): void => {
      if (this.type >= 7) this.holders = new Set(this.keys.keys())
      for (const holder of this.holders) if (!this.keys.has(holder)) this.holders.delete(holder)
      if (this.holders.size === 0) this.type = 0
    }
    if (action === 0 && key !== (own ?? 0n)) return false
    if (action === 0 || action === 6) {
      if (newKey === 0n) this.keys.delete(who)
      else this.keys.set(who, newKey)
      settle()
      return true
    }
    if (own === undefined || own !== key) return false
    switch (action) {
      case 1:
        if (!reserves) return false
        if (this.type !== 0) return this.holders.has(who) && this.type === type
        this.type = type
        this.holders = new Set(type >= 7 ? this.keys.keys() : [who])
        return true
      case 2:
        if (!this.holders.has(who)) return true
        if (type !== this.type) return false
        this.type = 0
        this.holders.clear()
        return true
      case 3:
        this.keys.clear()
        this.holders.clear()
        this.type = 0
        return true
      default: {
        if (!reserves) return false
        const holderKeys = [...this.holders].map((name) => this.keys.get(name))
        const takesOver = this.type !== 0 && (all ? newKey === 0n : newKey !== 0n && holderKeys.includes(newKey))
        if (newKey === 0n && !takesOver) return false
        const victims = [...this.keys].filter(([name, k]) => name !== who && (newKey === 0n || k === newKey))
        if (victims.length === 0 && !takesOver) return false
        for (const [name] of victims) this.keys.delete(name)
        if (takesOver) {
          this.type = type
          this.holders = new Set(type >= 7 ? this.keys.keys() : [who])
        }
        settle()
        return true
      }
    }
  }
  conflicts(who: string, kind: 'read' | 'write'): boolean {
    if (this.type === 0 || this.holders.has(who)) return false
    const registered = this.keys.has(who)
    const writesOnly = this.type === 1 || this.type === 5 || this.type === 7
    if (writesOnly && kind === 'read') return false
    return this.type === 1 || this.type === 3 ? true : !registered
  }
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])('a thousand random actions agree with the naive model (seed %i)', (seed) => {
  const random = seededRandom(seed)
  const model = new Model()
  const names = [1, 2, 3, 4].map(port)
  for (let i = 0; i < 1000; i++) {
    const who = names[random.below(names.length)]!
    const action = [0, 0, 6, 1, 1, 2, 3, 4, 5][random.below(9)]!
    const own = model.keys.get(who) ?? 0n
    const key = random.below(8) === 0 ? BigInt(random.below(4)) : own
    const newKey = BigInt(random.below(4))
    const type = [1, 3, 5, 6, 7, 8, model.type, 2][random.below(8)]!
    const flags = random.below(2)
    const step = `step ${i}: ${who} action ${action} key ${key} new ${newKey} type ${type}`
    const outcome = r.out(who, action, 0, type, list({ key, newKey, flags: action === 0 || action === 6 ? flags : 0 }))
    expect(outcome.ok, step).toBe(model.act(who, action, key, newKey, type))
    expect(r.idle, step).toBe(model.type === 0)
    for (const name of names) {
      for (const kind of ['read', 'write'] as const) {
        expect(r.conflicts(name, kind), `${step}; ${kind} of ${name}`).toBe(model.conflicts(name, kind))
      }
    }
    // A restart keeps all or nothing.
    const after = new Reservations(keeper)
    if (kept) expect(toHex(after.in(PR_IN.readFullStatus)!).slice(8), step).toBe(read(PR_IN.readFullStatus).slice(8))
    else expect(after.idle, step).toBe(true)
  }
})
