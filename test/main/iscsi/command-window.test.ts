import { describe, expect, test } from 'vitest'
import { CommandWindow, heldRequest, WINDOW_LENGTH } from '../../../src-main/iscsi/command-window.ts'

const request = (mark: number) => heldRequest(new Uint8Array(48).fill(mark), 0, [], 0)
/** Numbers of the held requests that `next` finds, by their mark. */
const drained = (w: CommandWindow): number[] => {
  const marks: number[] = []
  for (let r = w.next(); r; r = w.next()) marks.push(r.header[0]!)
  return marks
}

/** Everywhere the numbers may stand: at the start, before the sign changes, before they end. */
describe.each([0, 0x7ffffffe, 0xfffffffe])('from %i on', (start) => {
  const n = (distance: number): number => (start + distance) >>> 0

  test.each([
    [-1, 'ignore'],
    [-WINDOW_LENGTH, 'ignore'],
    [0, 'now'],
    [1, 'hold'],
    [WINDOW_LENGTH - 1, 'hold'],
    [WINDOW_LENGTH, 'ignore'],
    [0x80000000, 'ignore'],
  ] as const)('the number %i ahead: %s', (distance, what) => {
    expect(new CommandWindow(start).accept(n(distance))).toBe(what)
  })

  test('a number is taken once, held or not', () => {
    const w = new CommandWindow(start)
    expect([w.accept(n(0)), w.accept(n(0))]).toEqual(['now', 'ignore'])
    expect(w.accept(n(3))).toBe('hold')
    w.hold(n(3), request(3))
    expect(w.accept(n(3))).toBe('ignore')
  })

  test('what is held comes in order, up to the next gap', () => {
    const w = new CommandWindow(start)
    for (const d of [4, 1, 2]) w.hold(n(d), request(d))
    expect(drained(w)).toEqual([])
    w.accept(n(0))
    expect(drained(w)).toEqual([1, 2])
    w.accept(n(3))
    expect(drained(w)).toEqual([4])
    expect([w.expCmdSn, w.holds]).toEqual([n(5), false])
  })

  test('a plugged number is passed over, also when its request is there', () => {
    const w = new CommandWindow(start)
    w.hold(n(2), request(2))
    w.hold(n(3), request(3))
    w.plug(n(2))
    w.plug(n(0))
    expect(w.expCmdSn).toBe(n(1))
    expect(w.accept(n(2))).toBe('ignore')
    expect(w.accept(n(1))).toBe('now')
    expect(drained(w)).toEqual([3])
  })

  test('all numbers below one are plugged, however many are already; those from it on stay', () => {
    const w = new CommandWindow(start)
    w.hold(n(1), request(1))
    w.hold(n(5), request(5))
    w.plug(n(2))
    w.plugBelow(n(5))
    expect(w.expCmdSn).toBe(n(5))
    expect(drained(w)).toEqual([5])
  })

  test('plugging reaches no further than the window', () => {
    const w = new CommandWindow(start)
    w.plug(n(WINDOW_LENGTH))
    w.plug(n(-1))
    expect(w.holds).toBe(false)
    w.plugBelow(n(1000))
    expect(w.expCmdSn).toBe(n(WINDOW_LENGTH))
  })

  test('MaxCmdSN shrinks by what is under way and never goes back', () => {
    const w = new CommandWindow(start)
    expect(w.advance(100)).toBe(n(WINDOW_LENGTH - 1))
    for (let d = 0; d < 10; d++) w.accept(n(d))
    expect(w.advance(0)).toBe(n(WINDOW_LENGTH + 9))
    expect(w.advance(50)).toBe(n(WINDOW_LENGTH + 9))
  })
})
