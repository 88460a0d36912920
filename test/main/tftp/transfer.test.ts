import { describe, expect, test } from 'vitest'
import {
  beginTransfer,
  lastBlockOf,
  MAX_FIRST_RETRANSMITS,
  MAX_RETRANSMITS,
  stepTransfer,
  type TransferInput,
  type TransferPlan,
  type TransferState,
} from '../../../src-main/tftp/transfer.ts'

const plan: TransferPlan = { lastBlock: 10, windowsize: 4, withOack: true }
const single: TransferPlan = { lastBlock: 10, windowsize: 1, withOack: false }
const oackSent: TransferState = { is: 'oackSent', tries: 0 }
const sending: TransferState = { is: 'sending', acked: 2, sent: 6, tries: 0, rewound: false }
const done: TransferState = { is: 'done' }
const failed: TransferState = { is: 'failed', why: 'timeout' }

const ack = (block: number): TransferInput => ({ type: 'ack', block })
const error: TransferInput = { type: 'error', code: 8 }
const unexpected: TransferInput = { type: 'unexpected' }
const timeout: TransferInput = { type: 'timeout' }

/** State and effects as one line. */
function shown(state: TransferState, input: TransferInput, p = plan): string {
  const step = stepTransfer(p, state, input)
  if (!step) return 'illegal'
  const s = step.state
  const name =
    s.is === 'sending' ? `sending ${s.acked}-${s.sent} tries ${s.tries}` : s.is === 'failed' ? `failed ${s.why}` : s.is
  const effects = step.effects.map((e) => {
    if (e.do === 'sendData') return `data ${e.from}-${e.to}`
    if (e.do === 'startTimer') return `timer ${e.ms}`
    return e.do === 'sendError' ? `error ${e.code}` : e.do
  })
  return [name, ...effects].join(', ')
}

describe('every state and input', () => {
  test.each<[string, TransferState, TransferInput, string]>([
    ['OACK sent, ACK 0', oackSent, ack(0), 'sending 0-4 tries 0, data 1-4, timer 250'],
    ['OACK sent, ACK of a block', oackSent, ack(1), 'oackSent'],
    ['OACK sent, ERROR 8', oackSent, error, 'failed peer, finish'],
    ['OACK sent, something else', oackSent, unexpected, 'failed refused, error 4, finish'],
    ['OACK sent, timeout', oackSent, timeout, 'oackSent, sendOack, timer 2000'],
    ['sending, ACK of the window', sending, ack(6), 'sending 6-10 tries 0, data 7-10, timer 250'],
    ['sending, ACK within the window', sending, ack(4), 'sending 4-8 tries 0, data 5-8, timer 250'],
    [
      'sending, ACK of the window before: its first block was lost',
      sending,
      ack(2),
      'sending 2-6 tries 0, data 3-6, timer 250',
    ],
    ['sending, that ACK again', { ...sending, rewound: true }, ack(2), 'sending 2-6 tries 0'],
    ['sending, an old ACK', sending, ack(1), 'sending 2-6 tries 0'],
    ['sending, ACK of a block not sent', sending, ack(7), 'sending 2-6 tries 0'],
    ['sending, ACK of the last block', { ...sending, acked: 8, sent: 10 }, ack(10), 'done, finish'],
    ['sending, ERROR', sending, error, 'failed peer, finish'],
    ['sending, something else', sending, unexpected, 'failed refused, error 4, finish'],
    ['sending, timeout', sending, timeout, 'sending 2-6 tries 1, data 3-6, timer 500'],
    ['sending, last timeout', { ...sending, tries: MAX_RETRANSMITS }, timeout, 'failed timeout, finish'],
    ['done, ACK', done, ack(10), 'illegal'],
    ['done, ERROR', done, error, 'illegal'],
    ['done, something else', done, unexpected, 'illegal'],
    ['done, timeout', done, timeout, 'illegal'],
    ['failed, ACK', failed, ack(1), 'illegal'],
    ['failed, ERROR', failed, error, 'illegal'],
    ['failed, something else', failed, unexpected, 'illegal'],
    ['failed, timeout', failed, timeout, 'illegal'],
  ])('%s', (_name, state, input, want) => {
    expect(shown(state, input)).toBe(want)
  })
})

test('without a window an old ACK sends nothing again', () => {
  const state: TransferState = { is: 'sending', acked: 2, sent: 3, tries: 0, rewound: false }
  expect(shown(state, ack(2), single)).toBe('sending 2-3 tries 0')
})

test('the first packet is sent at most six times, an OACK or a block', () => {
  for (const p of [plan, single]) {
    let step = beginTransfer(p)
    let sent = 1
    while (step.state.is !== 'failed') {
      step = stepTransfer(p, step.state, timeout)!
      if (step.effects.some((e) => e.do === 'sendOack' || e.do === 'sendData')) sent++
    }
    expect(sent).toBe(1 + MAX_FIRST_RETRANSMITS)
  }
})

test('an outage of half a minute is sat through, with longer and longer pauses', () => {
  let step = stepTransfer(plan, oackSent, ack(0))!
  const pauses: number[] = []
  for (; step.state.is === 'sending'; step = stepTransfer(plan, step.state, timeout)!)
    for (const effect of step.effects) if (effect.do === 'startTimer') pauses.push(effect.ms)
  expect(pauses.slice(0, 6)).toEqual([250, 500, 1000, 2000, 4000, 4000])
  expect(pauses.reduce((sum, ms) => sum + ms)).toBeGreaterThan(30_000)
})

test('the first block without options waits as long as an OACK, because nobody has answered yet', () => {
  expect(beginTransfer(single).effects).toContainEqual({ do: 'startTimer', ms: 1000 })
})

test('the client’s own timeout is kept', () => {
  expect(shown(sending, timeout, { ...plan, timeoutMs: 7000 })).toContain('timer 7000')
})

test('block numbers roll over to 0', () => {
  const long: TransferPlan = { lastBlock: 200_000, windowsize: 4, withOack: true }
  const state: TransferState = { is: 'sending', acked: 65534, sent: 65538, tries: 0, rewound: false }
  expect(shown(state, ack(2), long)).toBe('sending 65538-65542 tries 0, data 65539-65542, timer 250')
  expect(shown(state, ack(65535), long)).toBe('sending 65535-65539 tries 0, data 65536-65539, timer 250')
  expect(shown(state, ack(65533), long)).toBe('sending 65534-65538 tries 0')
})

test('a file that fills its blocks ends with an empty one', () => {
  expect([0, 1, 511, 512, 513, 1024].map((size) => lastBlockOf(size, 512))).toEqual([1, 1, 1, 2, 2, 3])
})
