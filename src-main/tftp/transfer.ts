import type { Step } from '../base/machine.ts'

/** One read transfer as a machine. Blocks are counted from 1 without limit; the owner puts their low 16 bits on the
 *  wire, so block numbers roll over to 0. Source: RFC 1350 §2 and §4, RFC 2347, RFC 7440; RFC 1123 §4.2.3.1. */

/** What does not change during a transfer. */
export interface TransferPlan {
  /** Number of the last block, which is the first one shorter than blksize (maybe empty). */
  readonly lastBlock: number
  readonly windowsize: number
  /** Whether an OACK comes first. */
  readonly withOack: boolean
  /** The client's own choice of the time between retransmissions, ms. */
  readonly timeoutMs?: number
}

export type TransferState =
  /** The OACK waits for ACK 0. */
  | { readonly is: 'oackSent'; readonly tries: number }
  /** Blocks up to `acked` have arrived, up to `sent` are under way. `rewound`: this window was already sent again
   *  because its first block was asked for. */
  | {
      readonly is: 'sending'
      readonly acked: number
      readonly sent: number
      readonly tries: number
      readonly rewound: boolean
    }
  | { readonly is: 'done' }
  | { readonly is: 'failed'; readonly why: 'timeout' | 'peer' | 'refused' }

export type TransferInput =
  /** `block` as the wire has it, 16 bits. */
  | { readonly type: 'ack'; readonly block: number }
  | { readonly type: 'error'; readonly code: number }
  /** A packet a reader never sends. */
  | { readonly type: 'unexpected' }
  | { readonly type: 'timeout' }

export type TransferEffect =
  | { readonly do: 'sendOack' }
  | { readonly do: 'sendData'; readonly from: number; readonly to: number }
  | { readonly do: 'sendError'; readonly code: number; readonly message: string }
  | { readonly do: 'startTimer'; readonly ms: number }
  | { readonly do: 'finish' }

/** A first packet is sent at most 1 + 5 times: its destination may be forged. */
export const MAX_FIRST_RETRANSMITS = 5
/** Once the client has answered, an outage of half a minute is sat through. */
export const MAX_RETRANSMITS = 10
const FIRST_TIMEOUT_MS = 1000
/** A client that has answered is near, and a lost packet costs no more than this. One that is slower hears a block twice. */
const TIMEOUT_MS = 250
const LONGEST_TIMEOUT_MS = 4000

const ILLEGAL_OPERATION = 4

/** State and effects at the start. */
export function beginTransfer(plan: TransferPlan): Step<TransferState, TransferEffect> {
  if (plan.withOack)
    return {
      state: { is: 'oackSent', tries: 0 },
      effects: [{ do: 'sendOack' }, { do: 'startTimer', ms: timeoutMs(plan, FIRST_TIMEOUT_MS, 0) }],
    }
  return sendWindow(plan, 0, 0, false)
}

export function stepTransfer(
  plan: TransferPlan,
  state: TransferState,
  input: TransferInput,
): Step<TransferState, TransferEffect> | undefined {
  if (state.is !== 'oackSent' && state.is !== 'sending') return undefined
  if (input.type === 'error') return { state: { is: 'failed', why: 'peer' }, effects: [{ do: 'finish' }] }
  if (input.type === 'unexpected')
    return {
      state: { is: 'failed', why: 'refused' },
      effects: [{ do: 'sendError', code: ILLEGAL_OPERATION, message: 'only acknowledgements' }, { do: 'finish' }],
    }
  if (input.type === 'timeout') return onTimeout(plan, state)
  if (state.is === 'oackSent') return input.block === 0 ? sendWindow(plan, 0, 0, false) : { state, effects: [] }
  return onAck(plan, state, input.block)
}

type Sending = Extract<TransferState, { is: 'sending' }>

function onAck(plan: TransferPlan, state: Sending, block: number): Step<TransferState, TransferEffect> {
  // How many blocks beyond `acked` this ACK confirms, modulo 2^16: a window is far smaller.
  const ahead = (block - state.acked) & 0xffff
  if (ahead > state.sent - state.acked) return { state, effects: [] }
  if (ahead === 0) {
    // An old ACK must not make us send again (RFC 1123 §4.2.3.1), except that with a window it is how a client says
    // that the first block was lost (RFC 7440 §4): listened to once per window.
    if (plan.windowsize === 1 || state.rewound) return { state, effects: [] }
    return sendWindow(plan, state.acked, state.tries, true)
  }
  const acked = state.acked + ahead
  if (acked === plan.lastBlock) return { state: { is: 'done' }, effects: [{ do: 'finish' }] }
  return sendWindow(plan, acked, 0, false)
}

function onTimeout(
  plan: TransferPlan,
  state: Extract<TransferState, { is: 'oackSent' | 'sending' }>,
): Step<TransferState, TransferEffect> {
  const isFirst = state.is === 'oackSent' || (!plan.withOack && state.acked === 0)
  if (state.tries >= (isFirst ? MAX_FIRST_RETRANSMITS : MAX_RETRANSMITS))
    return { state: { is: 'failed', why: 'timeout' }, effects: [{ do: 'finish' }] }
  const tries = state.tries + 1
  if (state.is === 'oackSent')
    return {
      state: { is: 'oackSent', tries },
      effects: [{ do: 'sendOack' }, { do: 'startTimer', ms: timeoutMs(plan, FIRST_TIMEOUT_MS, tries) }],
    }
  return sendWindow(plan, state.acked, tries, false)
}

/** Sends the blocks after `acked` as far as the window goes. */
function sendWindow(
  plan: TransferPlan,
  acked: number,
  tries: number,
  rewound: boolean,
): Step<TransferState, TransferEffect> {
  const sent = Math.min(acked + plan.windowsize, plan.lastBlock)
  const isFirst = !plan.withOack && acked === 0
  return {
    state: { is: 'sending', acked, sent, tries, rewound },
    effects: [
      { do: 'sendData', from: acked + 1, to: sent },
      { do: 'startTimer', ms: timeoutMs(plan, isFirst ? FIRST_TIMEOUT_MS : TIMEOUT_MS, tries) },
    ],
  }
}

/** The client's own time, or one that doubles, so that a congested link gets air. */
const timeoutMs = (plan: TransferPlan, firstMs: number, tries: number): number =>
  plan.timeoutMs ?? Math.min(firstMs * 2 ** tries, LONGEST_TIMEOUT_MS)

/** Number of the last block of a file: a file that fills its blocks ends with an empty one. Source: RFC 1350 §6. */
export const lastBlockOf = (sizeBytes: number, blksize: number): number => Math.floor(sizeBytes / blksize) + 1
