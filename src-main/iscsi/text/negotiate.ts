import { KEYS, type KeyRow, type KeyValue } from './text-keys.ts'

/** What both sides agreed on, by key. Every key of the table that has a fallback is present. */
export type Agreed = ReadonlyMap<string, string>

/** Our side's values of the keys that are negotiated: one value, or for `list` keys all that we support. */
export type OurValues = Readonly<Record<string, string>>

export interface Negotiated {
  /** To be sent, in the order of the offer. */
  readonly answer: readonly KeyValue[]
  readonly agreed: Agreed
  /** Debug sentences, one a key. */
  readonly notes: readonly string[]
  /** Set when the login must fail: the offer broke a rule. */
  readonly error?: string
}

const ROWS = new Map(KEYS.map((row) => [row.name, row]))
/** Of a value, and of an iSCSI name. Characters. Source: RFC 7143 §6.1, §4.2.7.1. */
const MAX_VALUE_LENGTH = 255
const MAX_NAME_LENGTH = 223
const NUMBER = /^(0[xX][0-9a-fA-F]+|[0-9]+)$/

/** A numeric value of the wire, decimal or 0x hex. Source: RFC 7143 §6.1. */
export function numberOf(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text) : undefined
}

export const fallbacks = (): Agreed =>
  new Map(KEYS.filter((row) => row.rule !== 'refuse' && row.fallback !== '').map((row) => [row.name, row.fallback]))

/** Answers one offer. Every negotiable key that is offered gets exactly one answer, in order; declarations get none,
 *  except that MaxRecvDataSegmentLength is declared back: EDK2's initiator wants each offered key answered and fails on
 *  keys it did not ask for.
 *  @param answered keys that have had their answer in this login; offering one again is an error (RFC 7143 §6.2). */
export function negotiate(
  offer: readonly KeyValue[],
  ours: OurValues,
  before: Agreed,
  answered: ReadonlySet<string>,
): Negotiated {
  const agreed = new Map(before)
  const answer: KeyValue[] = []
  const notes: string[] = []
  const now = new Set<string>()
  const fail = (error: string): Negotiated => ({ answer, agreed, notes, error })
  for (const [key, value] of offer) {
    const row = ROWS.get(key)
    if (!row) {
      answer.push([key, 'NotUnderstood'])
      notes.push(`${key} is not understood`)
      continue
    }
    if (row.rule === 'declare') {
      const problem = declare(row, value, agreed, answered.has(key) || now.has(key))
      if (problem) return fail(problem)
      now.add(key)
      const own = ours[key]
      if (own !== undefined && row.low !== undefined) answer.push([key, own])
      continue
    }
    if (answered.has(key) || now.has(key)) return fail(`${key} was offered twice`)
    now.add(key)
    const outcome = outcomeOf(row, value, ours[key] ?? row.fallback)
    if ('error' in outcome) return fail(outcome.error)
    answer.push([key, outcome.value])
    if (outcome.value !== 'Reject' && row.rule !== 'refuse') agreed.set(key, outcome.value)
    notes.push(`${key}: initiator ${value}, outcome ${outcome.value}`)
  }
  boundFirstBurst(answer, agreed)
  return { answer, agreed, notes }
}

/** FirstBurstLength must not exceed MaxBurstLength, in whatever order they are offered. Source: RFC 7143 §13.14. */
function boundFirstBurst(answer: KeyValue[], agreed: Map<string, string>): void {
  const most = agreed.get('MaxBurstLength')!
  const at = answer.findIndex(([key, value]) => key === 'FirstBurstLength' && Number(value) > Number(most))
  if (at < 0) return
  answer[at] = ['FirstBurstLength', most]
  agreed.set('FirstBurstLength', most)
}

/** A repeated declaration is taken when it says the same: libiscsi names itself in each stage. */
function declare(row: KeyRow, value: string, agreed: Map<string, string>, again: boolean): string | undefined {
  if (again && agreed.get(row.name) !== value) return `${row.name} was declared twice`
  if (value.length > MAX_VALUE_LENGTH) return `${row.name} is longer than ${MAX_VALUE_LENGTH} characters`
  if (row.name.endsWith('Name') && value.length > MAX_NAME_LENGTH) return `${row.name} is no iSCSI name: too long`
  if (row.low !== undefined) {
    const n = numberOf(value)
    if (n === undefined || n < row.low || n > row.high!) return `${row.name}=${value} is out of range`
    agreed.set(row.name, String(n))
  } else agreed.set(row.name, value)
  return undefined
}

function outcomeOf(row: KeyRow, value: string, own: string): { value: string } | { error: string } {
  switch (row.rule) {
    case 'refuse':
      return { value: row.fallback }
    case 'list': {
      // The answer is the first of the initiator's values that we support. Source: RFC 7143 §6.2.1.
      const supported = own.split(',')
      const first = value.split(',').find((v) => supported.includes(v))
      return { value: first ?? 'Reject' }
    }
    case 'or':
    case 'and': {
      if (value !== 'Yes' && value !== 'No') return { value: 'Reject' }
      const yes = row.rule === 'or' ? value === 'Yes' || own === 'Yes' : value === 'Yes' && own === 'Yes'
      return { value: yes ? 'Yes' : 'No' }
    }
    case 'min':
    case 'max': {
      const theirs = numberOf(value)
      if (theirs === undefined || theirs < row.low! || theirs > row.high!) {
        return { error: `${row.name}=${value} is out of range ${row.low}-${row.high}` }
      }
      return { value: String(row.rule === 'min' ? Math.min(theirs, Number(own)) : Math.max(theirs, Number(own))) }
    }
    case 'declare':
      return { error: `${row.name} is a declaration` }
  }
}
