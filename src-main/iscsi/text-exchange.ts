import { CodecError } from '../base/errors.ts'
import { NO_DATA } from './pdu/bhs.ts'
import { NO_TAG } from './pdu/opcode.ts'
import type { TextRequest } from './pdu/text-request.ts'
import { numberOf } from './text/negotiate.ts'
import { decodeText, encodeText, KEYS, type KeyValue } from './text/text-keys.ts'

/** Longest text of one request sequence, bytes. */
const MAX_TEXT = 64 * 1024
const KNOWN = new Set(KEYS.map((row) => row.name))

export interface TextContext {
  /** Names with their addresses, as this initiator may see them. `undefined` asks for all. */
  targets(name: string | undefined): readonly KeyValue[]
  readonly discovery: boolean
  /** Our own target, in a normal session. */
  readonly targetName: string
  /** The initiator changed what it takes in one data segment. */
  setInitiatorMaxRecvDataSegmentLength(bytes: number): void
  readonly initiatorMaxRecvDataSegmentLength: number
}

export interface TextAnswer {
  readonly final: boolean
  readonly continue: boolean
  readonly targetTransferTag: number
  readonly data: Uint8Array
}

/** The answer to SendTargets. @param name undefined: all that are visible. @param wire tells the address that the initiator reached. */
export function targetsFor(
  visible: readonly string[],
  name: string | undefined,
  wire: { readonly localAddress: string; readonly localPort: number },
): KeyValue[] {
  const host = wire.localAddress.includes(':') ? `[${wire.localAddress}]` : wire.localAddress
  return visible
    .filter((n) => name === undefined || n === name)
    .flatMap((n): KeyValue[] => [
      ['TargetName', n],
      ['TargetAddress', `${host}:${wire.localPort},1`],
    ])
}

/** Text requests of the full feature phase: gathers requests cut by the C bit, cuts long answers.
 *  Source: RFC 7143 §4.4, §6.2.4, §11.10, §11.11. */
export class TextExchange {
  #held: Uint8Array[] = []
  #heldLength = 0
  #rest: Uint8Array | undefined
  #tag = 0
  /** Answered without F: only the next request of this exchange has our tag. */
  #awaited: number | undefined
  /** Declared in this exchange; in force when it ends. Bytes. */
  #segmentLength: number | undefined
  /** Keys that this exchange has seen. */
  #seen = new Set<string>()

  /** Undefined: the request breaks the rules and must be rejected. */
  answer(r: TextRequest, ctx: TextContext): TextAnswer | undefined {
    if (r.targetTransferTag === NO_TAG) this.#forget()
    else if (r.targetTransferTag !== this.#awaited) return undefined
    const answer = this.#next(r, ctx)
    if (answer?.final && this.#segmentLength) ctx.setInitiatorMaxRecvDataSegmentLength(this.#segmentLength)
    if (!answer || answer.final) this.#forget()
    return answer
  }

  #forget(): void {
    this.#held = []
    this.#heldLength = 0
    this.#rest = this.#awaited = this.#segmentLength = undefined
    this.#seen.clear()
  }

  #next(r: TextRequest, ctx: TextContext): TextAnswer | undefined {
    if (r.final && r.continue) return undefined
    // While our answer is being fetched nothing new may be asked.
    if (this.#rest) return r.data.length === 0 && !r.continue ? this.#cut(this.#rest, r, ctx) : undefined
    this.#heldLength += r.data.length
    if (this.#heldLength > MAX_TEXT) return undefined
    this.#held.push(r.data.slice())
    if (r.continue) return { final: false, continue: false, targetTransferTag: this.#nextTag(), data: NO_DATA }
    const whole = Buffer.concat(this.#held)
    this.#held = []
    this.#heldLength = 0
    let offer: KeyValue[]
    try {
      offer = decodeText(whole)
    } catch (e) {
      if (e instanceof CodecError) return undefined
      throw e
    }
    for (const [key] of offer) {
      if (this.#seen.has(key)) return undefined
      this.#seen.add(key)
    }
    return this.#cut(encodeText(this.#answers(offer, ctx)), r, ctx)
  }

  #answers(offer: readonly KeyValue[], ctx: TextContext): KeyValue[] {
    const out: KeyValue[] = []
    for (const [key, value] of offer) {
      if (key === 'SendTargets') {
        if (value === 'All') out.push(...(ctx.discovery ? ctx.targets(undefined) : [[key, 'Reject'] as const]))
        else out.push(...ctx.targets(value === '' ? ctx.targetName : value))
      } else if (key === 'MaxRecvDataSegmentLength') {
        const bytes = numberOf(value)
        if (bytes === undefined || bytes < 512 || bytes > 0xffffff) out.push([key, 'Reject'])
        else this.#segmentLength = bytes
      } else out.push([key, KNOWN.has(key) ? 'Reject' : 'NotUnderstood'])
    }
    return out
  }

  #cut(text: Uint8Array, r: TextRequest, ctx: TextContext): TextAnswer {
    const limit = ctx.initiatorMaxRecvDataSegmentLength
    if (text.length > limit) {
      this.#rest = text.subarray(limit)
      return { final: false, continue: true, targetTransferTag: this.#nextTag(), data: text.subarray(0, limit) }
    }
    this.#rest = undefined
    // An initiator that has not said its last word must not hear ours. Source: RFC 7143 §11.11.1.
    if (!r.final) return { final: false, continue: false, targetTransferTag: this.#nextTag(), data: text }
    return { final: true, continue: false, targetTransferTag: NO_TAG, data: text }
  }

  #nextTag(): number {
    this.#tag = (this.#tag + 1) & 0xffff
    return (this.#awaited = this.#tag)
  }
}
