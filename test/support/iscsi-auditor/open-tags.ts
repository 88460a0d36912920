import { hex } from './fields.ts'
import type { Numbering } from './numbering.ts'
import type { Report, Rule } from './violation.ts'

interface Request {
  readonly cmdSn: number
  readonly immediate: boolean
  /** False: the target may have had to drop it. */
  readonly certain: boolean
  readonly name: string
}

export interface ScsiTask extends Request {
  readonly kind: 'scsi'
  readonly lun: string
  readonly read: boolean
  readonly write: boolean
  /** Expected Data Transfer Length, bytes. */
  readonly edtl: number
  /** The initiator broke a rule: amounts are not judged. */
  irregular: boolean
  /** Bytes of the initiator's data. */
  received: number
  unsolicitedOpen: boolean
  dataIns: number
  /** Bytes of Data-In. */
  moved: number
  /** Of them since the last F. */
  burst: number
  lastIsFinal: boolean
  /** Outstanding; `at` is where the next Data-Out belongs. */
  readonly r2ts: { readonly tag: number; at: number; readonly end: number }[]
  r2tSn: number
  /** End of what was asked for; negative before the first R2T. */
  r2tEnd: number
}

export interface NopRequest extends Request {
  readonly kind: 'nop'
  readonly data: Uint8Array
}
export interface TextRequest extends Request {
  readonly kind: 'text'
  readonly final: boolean
  readonly continues: boolean
}
export interface LogoutRequest extends Request {
  readonly kind: 'logout'
  readonly reason: number
}
export interface ManagementRequest extends Request {
  readonly kind: 'management'
  readonly function: number
  readonly lun: string
  readonly referenced: number
  readonly refCmdSn: number
  /** Tasks it may end: those that were open when it came. */
  readonly candidates: ReadonlyMap<number, ScsiTask>
}
export type OpenRequest = ScsiTask | NopRequest | TextRequest | LogoutRequest | ManagementRequest

/** Requests that wait for their answer, by initiator task tag. */
export class OpenTags {
  readonly #report: Report
  readonly #numbering: Numbering
  readonly #open = new Map<number, OpenRequest>()
  /** Tags whose request ended without an answer, with how. */
  readonly #gone = new Map<number, string>()
  /** Used twice at a time by the initiator: nothing can be said. */
  readonly #doubtful = new Set<number>()

  constructor(report: Report, numbering: Numbering) {
    this.#report = report
    this.#numbering = numbering
  }

  open(tag: number, request: OpenRequest): void {
    const older = this.#open.get(tag)
    if (older && !request.certain) return
    if (older?.certain && !(older.kind === 'text' && request.kind === 'text')) this.#doubtful.add(tag)
    this.#open.set(tag, request)
    this.#gone.delete(tag)
  }
  scsi(tag: number): ScsiTask | undefined {
    const request = this.#open.get(tag)
    return request?.kind === 'scsi' ? request : undefined
  }
  *tasks(): Iterable<[number, ScsiTask]> {
    for (const [tag, request] of this.#open) if (request.kind === 'scsi') yield [tag, request]
  }

  /** The request that a PDU of the target belongs to. What ends it is for the caller to say, by `close`. */
  answering<K extends OpenRequest['kind']>(
    tag: number,
    kind: K,
    rule: Rule,
    name: string,
  ): Extract<OpenRequest, { kind: K }> | undefined {
    if (this.#doubtful.has(tag)) return undefined
    const request = this.#open.get(tag)
    if (request?.kind === kind) {
      this.#numbering.answered(request.cmdSn, request.immediate, request.name)
      return request as Extract<OpenRequest, { kind: K }>
    }
    const gone = this.#gone.get(tag)
    const why = gone ? `whose request ${gone}` : 'which belongs to no open request of its kind'
    this.#report(rule, `a ${name} has task tag ${hex(tag)}, ${why}`)
    return undefined
  }
  /** @param how said of a request that ends without its own answer, or is answered for good. */
  close(tag: number, how: string): void {
    if (this.#open.delete(tag)) this.#gone.set(tag, how)
    this.#doubtful.delete(tag)
    // Old tags are of no interest: a late answer comes soon or never.
    if (this.#gone.size > 4096) for (const old of this.#gone.keys()) if (this.#gone.delete(old)) break
  }
}
