import { describe, expect, test } from 'vitest'
import { FREE, stepLease, type Lease, type LeaseInput } from '../../../src-main/dhcp/lease.ts'

const A = '52:54:00:00:00:0a'
const B = '52:54:00:00:00:0b'
const offered = (mac: string, checked: boolean, untilMs = 100): Lease => ({ is: 'offered', mac, untilMs, checked })
const bound = (mac: string, untilMs = 100): Lease => ({ is: 'bound', mac, untilMs })
const former = (mac: string, sinceMs = 100): Lease => ({ is: 'former', mac, sinceMs })
const declined = (untilMs = 100): Lease => ({ is: 'declined', untilMs })

const STATES: Readonly<Record<string, Lease>> = {
  free: FREE,
  'looked at for A': offered(A, false),
  'offered to A': offered(A, true),
  'bound to A': bound(A),
  'formerly of A': former(A),
  declined: declined(),
}
const INPUTS: Readonly<Record<string, LeaseInput>> = {
  'offer A': { type: 'offer', mac: A, untilMs: 200 },
  'offer B': { type: 'offer', mac: B, untilMs: 200 },
  'cleared A': { type: 'cleared', mac: A },
  'cleared B': { type: 'cleared', mac: B },
  'bind A': { type: 'bind', mac: A, untilMs: 300 },
  'bind B': { type: 'bind', mac: B, untilMs: 300 },
  'release A': { type: 'release', mac: A, atMs: 50 },
  'release B': { type: 'release', mac: B, atMs: 50 },
  'decline A': { type: 'decline', mac: A, untilMs: 400 },
  'decline B': { type: 'decline', mac: B, untilMs: 400 },
  conflict: { type: 'conflict', untilMs: 400 },
  'time 99': { type: 'time', nowMs: 99 },
  'time 100': { type: 'time', nowMs: 100 },
}
const no = undefined

/** Every state with every input; `undefined`: not legal. */
const TABLE: Readonly<Record<string, readonly (Lease | undefined)[]>> = {
  // offer A, offer B, cleared A, cleared B, bind A, bind B, release A, release B, decline A, decline B, conflict, 99, 100
  free: [
    ...[offered(A, false, 200), offered(B, false, 200), no, no, bound(A, 300), bound(B, 300)],
    ...[no, no, no, no, declined(400), FREE, FREE],
  ],
  'looked at for A': [
    ...[offered(A, false, 200), no, offered(A, true), no, no, no],
    ...[former(A, 50), no, declined(400), no, declined(400), offered(A, false), former(A, 100)],
  ],
  'offered to A': [
    ...[offered(A, true, 200), no, offered(A, true), no, bound(A, 300), no],
    ...[former(A, 50), no, declined(400), no, declined(400), offered(A, true), former(A, 100)],
  ],
  'bound to A': [
    ...[bound(A), no, no, no, bound(A, 300), no],
    ...[former(A, 50), no, declined(400), no, no, bound(A), former(A, 100)],
  ],
  'formerly of A': [
    ...[offered(A, false, 200), offered(B, false, 200), no, no, bound(A, 300), bound(B, 300)],
    ...[no, no, no, no, declined(400), former(A), former(A)],
  ],
  declined: [...[no, no, no, no, no, no], ...[no, no, no, no, declined(400), declined(), FREE]],
}

describe('an address', () => {
  for (const [state, lease] of Object.entries(STATES)) {
    test.each(Object.entries(INPUTS).map(([name, input], i) => [name, input, TABLE[state]![i]] as const))(
      `that is ${state}: %s`,
      (_name, input, expected) => expect(stepLease(lease, input)).toEqual(expected),
    )
  }
  test('the table is whole', () => {
    for (const row of Object.values(TABLE)) expect(row).toHaveLength(Object.keys(INPUTS).length)
    expect(Object.keys(TABLE)).toEqual(Object.keys(STATES))
  })
})
