import { ExchangeRules } from './exchange-rules.ts'
import { NAME, u32 } from './fields.ts'
import { checkHeader } from './header-rules.ts'
import { KeyLedger } from './key-ledger.ts'
import { LoginRules } from './login-rules.ts'
import { Numbering } from './numbering.ts'
import { OpenTags } from './open-tags.ts'
import { PduStream, type SeenPdu } from './pdu-stream.ts'
import { ScsiRules } from './scsi-rules.ts'
import { Violations, type Violation } from './violation.ts'

export type Side = 'initiator' | 'target'

/** During the login the initiator takes this much, whatever it declares. Bytes. Source: RFC 7143 §13.12. */
const LOGIN_SEGMENT = 8192
/** SCSI Response, Data-In, R2T, and what only they go with: not for a discovery session. */
const SCSI = new Set([0x21, 0x22, 0x25, 0x31])

/** One TCP connection between an initiator and a target, followed byte by byte. Judges every PDU of the target; the
 *  initiator's are only followed. The bytes may come from a proxy, a capture or a test: each side's in their order, and
 *  a request before what it causes. */
export class Conversation {
  readonly #violations = new Violations()
  readonly #numbering = new Numbering(this.#violations.report)
  readonly #keys = new KeyLedger(this.#violations.report)
  readonly #login = new LoginRules(this.#violations.report, this.#keys)
  readonly #tags = new OpenTags(this.#violations.report, this.#numbering)
  readonly #scsi = new ScsiRules(this.#violations.report, this.#tags, this.#keys.agreement)
  readonly #exchanges = new ExchangeRules(this.#violations.report, this.#tags, this.#keys, this.#numbering, (task) =>
    this.#scsi.ended(task),
  )
  readonly #streams: Record<Side, PduStream> = {
    initiator: new PduStream((p) => this.#request(p)),
    target: new PduStream((p) => this.#response(p)),
  }
  /** The initiator broke a rule that ends the connection: what follows of it is not heard. */
  #deaf = false

  feed(from: Side, bytes: Uint8Array): void {
    if (from === 'initiator' && this.#deaf) return
    this.#streams[from].push(bytes)
  }

  get violations(): readonly Violation[] {
    return this.#violations.list
  }
  get violationCount(): number {
    return this.#violations.count
  }
  /** PDUs of the target that were checked. */
  get checked(): number {
    return this.#violations.pdu
  }

  #request(p: SeenPdu): void {
    const h = p.header
    if (this.#deaf) return
    if (!p.headerDigestIsRight || !p.dataDigestIsRight) {
      this.#deaf = true
      return
    }
    const opcode = h[0]! & 0x3f
    if (this.#login.outcome === 'open') {
      if (opcode === 0x03) {
        this.#numbering.request(u32(h, 24), true)
        this.#login.request(p)
      } else this.#deaf = true
      return
    }
    this.#exchanges.remember(h)
    if (opcode === 0x05) return this.#scsi.dataOut(p)
    const [cmdSn, immediate] = [u32(h, 24), (h[0]! & 0x40) !== 0]
    const certain = this.#numbering.request(cmdSn, immediate)
    if (opcode === 0x01) this.#scsi.command(p, cmdSn, immediate, certain)
    else this.#exchanges.request(p, cmdSn, immediate, certain)
  }

  #response(p: SeenPdu): void {
    const { report } = this.#violations
    this.#violations.pdu++
    const h = p.header
    const opcode = h[0]! & 0x3f
    const name = NAME[opcode] ?? 'PDU'
    if (this.#exchanges.loggedOut) report('after-logout', `a ${name} follows the Logout Response`)
    const inLogin = this.#login.outcome === 'open'
    const limit = this.#keys.segmentLimit
    if (!checkHeader(p, inLogin ? Math.max(limit, LOGIN_SEGMENT) : limit, report)) return
    if (this.#login.outcome === 'refused') return report('phase', `a ${name} follows a refused login`)
    if (inLogin !== (opcode === 0x23)) {
      return report('phase', `a ${name} comes ${inLogin ? 'during' : 'after'} the login`)
    }
    if (this.#keys.agreement.isDiscovery && SCSI.has(opcode)) report('phase', `a ${name} comes in a discovery session`)
    this.#numbering.response(h, inLogin && h[36] !== 0)
    switch (opcode) {
      case 0x20:
        return this.#exchanges.nopIn(p)
      case 0x21:
        return this.#scsi.response(p)
      case 0x22:
        return this.#exchanges.management(h)
      case 0x23:
        this.#login.response(p)
        return this.#useDigests()
      case 0x24:
        return this.#exchanges.text(p)
      case 0x25:
        return this.#scsi.dataIn(p)
      case 0x26:
        return this.#exchanges.logout(h)
      case 0x31:
        return this.#scsi.r2t(h)
      case 0x32:
        return this.#exchanges.asynchronous(p)
      case 0x3f:
        return this.#exchanges.reject(p)
    }
  }

  #useDigests(): void {
    if (this.#login.outcome !== 'established') return
    for (const stream of Object.values(this.#streams)) {
      stream.headerDigest = this.#keys.agreement.headerDigest
      stream.dataDigest = this.#keys.agreement.dataDigest
    }
  }
}
