import { describe, expect, test } from 'vitest'
import type { BootObservation } from '../../../src-main/boot/boot-planner.ts'
import { LateHearings } from '../../../src-main/boot/late-hearing.ts'

const PC = '52:54:00:00:00:01'
const SECOND = 1000
const HOUR = 3600 * SECOND

const asks = (secs: number, more: Partial<Extract<BootObservation, { type: 'seen' }>> = {}): BootObservation => ({
  ...{ type: 'seen', mac: PC, isIpxe: false, via: 'pxe', on: 'dhcp', secs },
  ...more,
})

describe('PCs whose first questions did not come through', () => {
  const listening = () => new LateHearings(0)

  test('a PC that had asked for half a minute is one', () => {
    const hearings = listening()
    hearings.heard(asks(28), HOUR)
    expect(hearings.list()).toEqual([{ mac: PC, seconds: 28, atMs: HOUR }])
  })
  test.each([
    ['from its first question', [[0, HOUR]]],
    ['after one lost question', [[11, HOUR]]],
    [
      'from its first question, and asks on',
      [
        [0, HOUR],
        [28, HOUR + 28 * SECOND],
      ],
    ],
    ['with a count that is none', [[27_497, HOUR]]],
  ] as const)('a PC that is heard %s is none', (_how, calls) => {
    const hearings = listening()
    for (const [secs, atMs] of calls) hearings.heard(asks(secs), atMs)
    expect([hearings.list(), hearings.hasHeard]).toEqual([[], true])
  })
  test('who asked before we listened proves nothing', () => {
    const hearings = new LateHearings(HOUR)
    hearings.heard(asks(28), HOUR + 20 * SECOND)
    expect(hearings.list()).toEqual([])
  })
  test('neither does port 4011, to which only those come that were answered', () => {
    const hearings = listening()
    hearings.heard(asks(28, { on: '4011' }), HOUR)
    expect([hearings.list(), hearings.hasHeard]).toEqual([[], false])
  })
  test('a boot that is heard from its start ends it', () => {
    const hearings = listening()
    hearings.heard(asks(28), HOUR)
    hearings.heard(asks(0), 2 * HOUR)
    expect(hearings.list()).toEqual([])
  })
  test('strangers without end take no memory without end', () => {
    const hearings = listening()
    for (let i = 0; i < 1000; i++) hearings.heard(asks(30, { mac: `52:54:00:00:${i >> 8}:${i & 255}` }), HOUR)
    expect(hearings.list()).toHaveLength(256)
  })
})
