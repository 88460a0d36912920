import { hex, itt, u16 } from './fields.ts'
import { TextPieces, type KeyLedger } from './key-ledger.ts'
import type { SeenPdu } from './pdu-stream.ts'
import type { Report } from './violation.ts'

interface Request {
  readonly header: Uint8Array
  readonly continues: boolean
}

/** Details of a status class, up to and including this one. Source: RFC 7143 §11.13.5. */
const DETAILS: readonly (readonly [from: number, to: number])[] = [
  [0, 0],
  [1, 2],
  [0, 0x0b],
  [0, 2],
]
const ADDRESS = /^(\[[0-9a-fA-F:.]+\]|[^:,[\]]+)(:\d{1,5})?(,\d+)?$/

/** The login phase of one connection. Source: RFC 7143 §6.3, §11.12, §11.13. */
export class LoginRules {
  outcome: 'open' | 'established' | 'refused' = 'open'
  readonly #report: Report
  readonly #keys: KeyLedger
  #request: Request | undefined
  readonly #fromInitiator = new TextPieces()
  readonly #fromTarget = new TextPieces()
  #saysPortalGroup = false
  #answersWhole = false
  #namesTarget = false

  constructor(report: Report, keys: KeyLedger) {
    this.#report = report
    this.#keys = keys
  }

  request(p: SeenPdu): void {
    const continues = (p.header[1]! & 0x40) !== 0
    this.#request = { header: p.header.slice(), continues }
    this.#fromInitiator.add(p.data)
    if (!continues) this.#keys.offer(this.#fromInitiator.take())
    this.#namesTarget ||= this.#keys.hasOffered('TargetName') && !this.#keys.agreement.isDiscovery
  }

  response(p: SeenPdu): void {
    const h = p.header
    const request = this.#request
    this.#request = undefined
    const status = u16(h, 36)
    this.#status(status)
    if (!request) return this.#report('login-task', 'a Login Response answers no request')
    const asked = request.header
    if (itt(h) !== itt(asked)) {
      this.#report('login-task', `a Login Response has task tag ${hex(itt(h))}, the request ${hex(itt(asked))}`)
    }
    for (let i = 8; i < 14; i++) {
      if (h[i] === asked[i]) continue
      this.#report('login-isid', 'a Login Response has another ISID than its request')
      break
    }
    const [versionMax, active] = [h[2]!, h[3]!]
    if (status === 0 && (active > asked[2]! || active < asked[3]! || versionMax < active)) {
      this.#report('login-version', `version ${active} (at most ${versionMax}) is not what the initiator speaks`)
    }
    if (status >>> 8 !== 0) return this.#refused(p, status)
    this.#stage(h, request, p.dataLength)
    this.#text(p)
    if (this.#isFinal(h)) this.#established()
    this.#tsih(h, asked)
  }

  #status(status: number): void {
    const details = DETAILS[status >>> 8]
    const detail = status & 0xff
    if (details && detail >= details[0] && detail <= details[1]) return
    this.#report('login-status', `status ${hex(status)} does not exist`)
  }

  #refused(p: SeenPdu, status: number): void {
    this.outcome = 'refused'
    if (status >>> 8 !== 1) return
    const address = this.#keys.answer(p.data, true).find(([name]) => name === 'TargetAddress')?.[1]
    if (address === undefined) this.#report('login-redirect', 'a redirection does not say where to go')
    else if (!ADDRESS.test(address)) this.#report('login-redirect', `TargetAddress=${address} is no address`)
  }

  #stage(h: Uint8Array, request: Request, dataLength: number): void {
    const [flags, asked] = [h[1]!, request.header[1]!]
    const [transit, continues] = [(flags & 0x80) !== 0, (flags & 0x40) !== 0]
    const fault = (why: string): void => this.#report('login-stage', `a Login Response ${why}`)
    if (((flags >>> 2) & 3) !== ((asked >>> 2) & 3)) fault('is of another stage than its request')
    if (transit && (asked & 0x80) === 0) fault('has T, its request has not')
    if (transit && continues) fault('has T and C')
    if (transit && (flags & 3) !== (asked & 3)) fault(`goes to stage ${flags & 3}, asked for was ${asked & 3}`)
    if (!transit && (flags & 3) !== 0) fault('without T names a next stage')
    if (request.continues && (transit || dataLength > 0)) fault('answers a text that is not complete yet')
  }

  #text(p: SeenPdu): void {
    this.#fromTarget.add(p.data)
    if ((p.header[1]! & 0x40) !== 0) return
    const pairs = this.#keys.answer(this.#fromTarget.take())
    this.#saysPortalGroup ||= pairs.some(([name]) => name === 'TargetPortalGroupTag')
    if (this.#namesTarget && !this.#answersWhole) {
      this.#answersWhole = true
      // Source: §13.9. Later is too late: initiators look at it once.
      if (!this.#saysPortalGroup) {
        this.#report('login-portal-group', 'the first answer to a login at a target has no TargetPortalGroupTag')
      }
    }
  }

  #isFinal(h: Uint8Array): boolean {
    return (h[1]! & 0x83) === 0x83
  }
  #established(): void {
    this.outcome = 'established'
    this.#keys.settle()
  }
  #tsih(h: Uint8Array, asked: Uint8Array): void {
    const [tsih, theirs] = [u16(h, 14), u16(asked, 14)]
    if (theirs !== 0 ? tsih !== theirs : this.#isFinal(h) !== (tsih !== 0)) {
      this.#report('login-tsih', `TSIH is ${tsih}: a new session has one from the last Login Response on`)
    }
  }
}
