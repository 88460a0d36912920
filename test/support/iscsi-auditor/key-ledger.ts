import { faultOf, KEY_TABLE, numberIn } from './key-table.ts'
import type { Report } from './violation.ts'

/** What both sides agreed on, as far as the target's answers follow from it. The standard's defaults. */
export class Agreement {
  headerDigest = false
  dataDigest = false
  immediateData = true
  initialR2T = true
  /** Bytes. */
  maxBurstLength = 262_144
  firstBurstLength = 65_536
  maxOutstandingR2T = 1
  initiatorSegmentLength = 8192
  isDiscovery = false
}

export type Pair = readonly [key: string, value: string]

const NAME = /^[A-Za-z][A-Za-z0-9.\-+@_]{0,62}$/
const MOST_VALUE = 255
const MOST_LARGE_VALUE = 2 * 1024 + 2
/** Keys a target may send without being asked; whatever else is left over makes EDK2's login fail. */
const UNASKED = new Set(['TargetAlias', 'TargetPortalGroupTag'])

/** Follows the key negotiation of one connection. Source: RFC 7143 §6.1, §6.2. */
export class KeyLedger {
  readonly agreement = new Agreement()
  readonly #report: Report
  /** Offered and not yet answered. */
  readonly #open = new Map<string, string>()
  /** Everything the initiator sent in this negotiation. */
  readonly #offered = new Set<string>()
  readonly #answered = new Set<string>()
  /** What was agreed on is not known any more: the initiator began a negotiation before the last one was over. */
  isLost = false
  #inFullFeaturePhase = false
  /** Takes effect when the negotiation ends. */
  #segmentLength: number | undefined

  constructor(report: Report) {
    this.#report = report
  }

  /** A whole text of the initiator. Its mistakes are not looked for. */
  offer(text: Uint8Array): void {
    for (const part of new TextDecoder().decode(text).split('\0')) {
      const equals = part.indexOf('=')
      if (equals < 1) continue
      const [name, value] = [part.slice(0, equals), part.slice(equals + 1)]
      const kind = KEY_TABLE.get(name)?.kind
      this.#offered.add(name)
      if (kind === 'declared') this.#declared(name, value)
      else if (kind === 'chap') {
        // A challenge of the initiator wants the target's own name and response.
        if (name === 'CHAP_C') for (const own of ['CHAP_N', 'CHAP_R']) this.#open.set(own, '')
      } else if (kind !== 'ofTarget') this.#open.set(name, value)
    }
  }
  #declared(name: string, value: string): void {
    if (name === 'SessionType') this.agreement.isDiscovery = value === 'Discovery'
    if (name !== 'MaxRecvDataSegmentLength') return
    const length = numberIn(value)
    if (length === undefined || length < 512 || length > 0xffffff) return
    this.#segmentLength = length
  }
  /** Largest data segment that may come: while it is being changed, the larger of both. Bytes. */
  get segmentLimit(): number {
    if (this.isLost) return 0xffffff
    return Math.max(this.#segmentLength ?? 0, this.agreement.initiatorSegmentLength)
  }
  hasOffered(name: string): boolean {
    return this.#offered.has(name)
  }

  /** A whole text of the target. @param redirects the login is sent elsewhere. */
  answer(text: Uint8Array, redirects = false): Pair[] {
    const pairs = this.#pairs(text)
    const listsTargets = this.#offered.has('SendTargets')
    for (const [name, value] of pairs) {
      if (listsTargets && (name === 'TargetName' || name === 'TargetAddress')) continue
      if (redirects && name === 'TargetAddress') continue
      if (this.#answered.has(name)) this.#report('key-repeated', `${name} is answered twice`)
      this.#answered.add(name)
      this.#judge(name, value)
      this.#open.delete(name)
    }
    return pairs
  }

  #pairs(text: Uint8Array): Pair[] {
    if (text.length === 0) return []
    if (text.at(-1) !== 0) this.#report('key-syntax', 'the last key of a text does not end with NUL')
    const pairs: Pair[] = []
    for (const part of new TextDecoder().decode(text).split('\0')) {
      if (part === '') continue
      const equals = part.indexOf('=')
      const [name, value] = [part.slice(0, Math.max(0, equals)), part.slice(equals + 1)]
      const most = name === 'CHAP_C' || name === 'CHAP_R' ? MOST_LARGE_VALUE : MOST_VALUE
      if (equals < 0 || !NAME.test(name)) {
        this.#report('key-syntax', `${JSON.stringify(part.slice(0, 80))} is not written key=value`)
      } else if (value.length > most) this.#report('key-syntax', `the value of ${name} has ${value.length} characters`)
      else pairs.push([name, value])
    }
    return pairs
  }

  #judge(name: string, value: string): void {
    const key = KEY_TABLE.get(name)
    if (key?.kind === 'chap') return this.#judgeChap(name)
    const offer = this.#open.get(name)
    if (offer === undefined && !this.#offered.has(name)) {
      if (!UNASKED.has(name)) this.#report('key-volunteered', `${name} was not offered by the initiator`)
      return
    }
    if (!key) {
      if (value !== 'NotUnderstood') this.#report('key-unknown', `${name} is no key of the standard, answered ${value}`)
      return
    }
    // Most keys may be offered during the login only. Source: the "Use" lines of §13.
    if (this.#inFullFeaturePhase && value === 'Reject') return
    const fault = faultOf(name, key, offer ?? '', value)
    if (fault) return this.#report('key-value', fault)
    this.#agree(name, value)
  }

  #judgeChap(name: string): void {
    if (name === 'CHAP_I' || name === 'CHAP_C') {
      if (!this.#offered.has('CHAP_A')) this.#report('key-volunteered', `${name} comes before the initiator's CHAP_A`)
    } else if (!this.#open.has(name)) this.#report('key-volunteered', `${name} without a challenge of the initiator`)
  }

  #agree(name: string, value: string): void {
    const a = this.agreement
    const number = numberIn(value)
    if (name === 'HeaderDigest') a.headerDigest = value === 'CRC32C'
    else if (name === 'DataDigest') a.dataDigest = value === 'CRC32C'
    else if (name === 'ImmediateData') a.immediateData = value === 'Yes'
    else if (name === 'InitialR2T') a.initialR2T = value === 'Yes'
    else if (name === 'MaxBurstLength' && number !== undefined) a.maxBurstLength = number
    else if (name === 'FirstBurstLength' && number !== undefined) a.firstBurstLength = number
    else if (name === 'MaxOutstandingR2T' && number !== undefined) a.maxOutstandingR2T = number
  }

  /** The negotiation is over: everything offered must have its answer. */
  settle(): void {
    for (const name of this.#open.keys()) this.#report('key-unanswered', `${name} was offered and never answered`)
    const a = this.agreement
    if (this.#answered.has('FirstBurstLength') && a.firstBurstLength > a.maxBurstLength) {
      const both = `${a.firstBurstLength}, MaxBurstLength ${a.maxBurstLength}`
      this.#report('key-value', `FirstBurstLength is ${both}: it must not be the larger one`)
    }
    a.initiatorSegmentLength = this.#segmentLength ?? a.initiatorSegmentLength
    this.#inFullFeaturePhase = true
    this.forget()
  }
  /** A negotiation was given up. */
  forget(): void {
    this.#segmentLength = undefined
    this.#open.clear()
    this.#offered.clear()
    this.#answered.clear()
  }
}

/** The bytes of texts that were cut by the C bit. */
export class TextPieces {
  #pieces: Uint8Array[] = []

  add(piece: Uint8Array): void {
    if (piece.length > 0) this.#pieces.push(piece)
  }
  take(): Uint8Array {
    const whole = Buffer.concat(this.#pieces)
    this.#pieces = []
    return whole
  }
}
