import { ahead, hex, itt, lun, NO_TAG, ttt, u16, u32 } from './fields.ts'
import { TextPieces, type KeyLedger } from './key-ledger.ts'
import type { Numbering } from './numbering.ts'
import type { ManagementRequest, OpenTags, ScsiTask } from './open-tags.ts'
import type { SeenPdu } from './pdu-stream.ts'
import type { Report } from './violation.ts'

const MANAGEMENT = { abortTask: 1, abortTaskSet: 2, clearTaskSet: 4, unitReset: 5, warmReset: 6, coldReset: 7 } as const
const ANSWERS = new Set([0, 1, 2, 3, 4, 5, 6, 255])
const COMPLETE = 0
const NO_SUCH_TASK = 1
const REJECT_REASONS = new Set([2, 3, 4, 5, 6, 7, 8, 9, 0x0a, 0x0b, 0x0c])
const EVENTS = new Set([0, 1, 2, 3, 4, 5, 255])
const HEADER = 48
/** How many requests back a Reject may reach. */
const REMEMBERED = 1024

/** NOP, text, task management, logout, Reject and asynchronous messages of the full feature phase.
 *  Source: RFC 7143 §11.5, §11.6, §11.9-11.11, §11.14-11.19. */
export class ExchangeRules {
  /** Answered a logout: nothing may follow. */
  loggedOut = false
  readonly #report: Report
  readonly #tags: OpenTags
  readonly #keys: KeyLedger
  readonly #numbering: Numbering
  readonly #gone: (task: ScsiTask) => void
  readonly #fromInitiator = new TextPieces()
  readonly #fromTarget = new TextPieces()
  /** A text request is not answered yet. */
  #textIsOpen = false
  readonly #headers = new Uint8Array(REMEMBERED * HEADER)
  #headerCount = 0

  constructor(report: Report, tags: OpenTags, keys: KeyLedger, numbering: Numbering, gone: (task: ScsiTask) => void) {
    this.#report = report
    this.#tags = tags
    this.#keys = keys
    this.#numbering = numbering
    this.#gone = gone
  }

  /** Keeps the header of a request: a Reject must show it. */
  remember(h: Uint8Array): void {
    this.#headers.set(h, (this.#headerCount++ % REMEMBERED) * HEADER)
  }

  // --- Requests ----------------------------------------------------------------------------------------------------

  request(p: SeenPdu, cmdSn: number, immediate: boolean, certain: boolean): void {
    const h = p.header
    const tag = itt(h)
    const flags = h[1]!
    const of = { cmdSn, immediate, certain }
    switch (h[0]! & 0x3f) {
      case 0x00:
        if (tag !== NO_TAG) this.#tags.open(tag, { ...of, kind: 'nop', name: 'NOP-Out', data: p.data })
        return
      case 0x02: {
        const [fn, refCmdSn] = [flags & 0x7f, u32(h, 32)]
        // Numbers of commands that never came may be taken as received. Source: §4.2.3.3, §11.6.1.
        if (fn === MANAGEMENT.abortTask && ahead(cmdSn, refCmdSn) > 0) this.#numbering.mayPlug(refCmdSn)
        if (fn === MANAGEMENT.warmReset || fn === MANAGEMENT.coldReset) this.#numbering.mayPlugBelow(cmdSn)
        const named = {
          function: fn,
          lun: lun(h),
          referenced: ttt(h),
          refCmdSn,
          candidates: new Map(this.#tags.tasks()),
        }
        this.#tags.open(tag, { ...of, kind: 'management', name: 'Task Management Request', ...named })
        return
      }
      case 0x04: {
        const [final, continues] = [(flags & 0x80) !== 0, (flags & 0x40) !== 0]
        // One at a time: otherwise nobody knows what answers what.
        if (this.#textIsOpen) this.#keys.isLost = true
        this.#textIsOpen = true
        this.#tags.open(tag, { ...of, kind: 'text', name: 'Text Request', final, continues })
        if (ttt(h) === NO_TAG) {
          this.#keys.forget()
          this.#fromInitiator.take()
          this.#fromTarget.take()
        }
        this.#fromInitiator.add(p.data)
        if (!continues) this.#keys.offer(this.#fromInitiator.take())
        return
      }
      case 0x06:
        this.#tags.open(tag, { ...of, kind: 'logout', name: 'Logout Request', reason: flags & 0x7f })
    }
  }

  // --- Answers -----------------------------------------------------------------------------------------------------

  nopIn(p: SeenPdu): void {
    const h = p.header
    if (itt(h) === NO_TAG) {
      if (p.dataLength > 0) this.#report('nop', 'a NOP-In that answers nothing carries data')
      return
    }
    if (ttt(h) !== NO_TAG) this.#report('nop', 'a NOP-In that answers has a target transfer tag')
    const nop = this.#tags.answering(itt(h), 'nop', 'nop', 'NOP-In')
    if (!nop) return
    this.#tags.close(itt(h), 'was answered')
    const limit = this.#keys.isLost ? p.dataLength : this.#keys.agreement.initiatorSegmentLength
    const echo = nop.data.subarray(0, limit)
    if (Buffer.compare(echo, p.data) !== 0) {
      this.#report('nop', `a NOP-In of ${p.dataLength} bytes does not repeat the ${echo.length} bytes of the ping`)
    }
  }

  text(p: SeenPdu): void {
    const h = p.header
    const fault = (why: string): void => this.#report('text', `a Text Response ${why}`)
    const request = this.#tags.answering(itt(h), 'text', 'text', 'Text Response')
    this.#textIsOpen = false
    const [final, continues] = [(h[1]! & 0x80) !== 0, (h[1]! & 0x40) !== 0]
    if (final === (ttt(h) !== NO_TAG)) fault(`has F=${Number(final)} and target transfer tag ${hex(ttt(h))}`)
    if (final && continues) fault('has F and C')
    if (!request) return
    if (final && !request.final) fault('has F, its request has not')
    if (request.continues) {
      if (final || continues || p.dataLength > 0) fault('answers a text that is not complete yet')
      return
    }
    if (final) this.#tags.close(itt(h), 'was answered')
    if (this.#keys.isLost) return
    this.#fromTarget.add(p.data)
    if (!continues) this.#keys.answer(this.#fromTarget.take())
    if (final) this.#keys.settle()
  }

  management(h: Uint8Array): void {
    const answer = h[2]!
    if (!ANSWERS.has(answer)) this.#report('task-management', `response ${answer} to a function does not exist`)
    const tag = itt(h)
    const asked = this.#tags.answering(tag, 'management', 'task-management', 'Task Management Response')
    if (!asked) return
    this.#tags.close(tag, 'was answered')
    const one = asked.function === MANAGEMENT.abortTask
    if (answer === NO_SUCH_TASK && !one) {
      this.#report(
        'task-management',
        `function ${asked.function} names no task, and the answer is that it does not exist`,
      )
    }
    if (one && (answer === COMPLETE || answer === NO_SUCH_TASK)) {
      const how = answer === COMPLETE ? 'was aborted' : 'does not exist, as the target said'
      // A task that waits for its turn goes by its number: another one may have been named with its tag.
      const has = (t: ScsiTask): boolean => t.cmdSn === asked.refCmdSn || this.#numbering.counts(t.cmdSn, t.immediate)
      this.#end(asked, (tag, task) => tag === asked.referenced && task.lun === asked.lun && has(task), how)
    } else if (answer === COMPLETE) this.#endMany(asked)
  }
  #endMany(asked: ManagementRequest): void {
    const F = MANAGEMENT
    const all = asked.function === F.warmReset || asked.function === F.coldReset
    const ofUnit = [F.abortTaskSet, F.clearTaskSet, F.unitReset].includes(asked.function as 2 | 4 | 5)
    if (all || ofUnit)
      this.#end(asked, (_, task) => all || task.lun === asked.lun, 'was ended by a task management function')
  }
  #end(asked: ManagementRequest, which: (tag: number, task: ScsiTask) => boolean, how: string): void {
    for (const [tag, task] of asked.candidates) {
      if (this.#tags.scsi(tag) !== task || !which(tag, task)) continue
      this.#tags.close(tag, how)
      this.#gone(task)
    }
  }

  logout(h: Uint8Array): void {
    const answer = h[2]!
    const asked = this.#tags.answering(itt(h), 'logout', 'logout', 'Logout Response')
    if (answer > 3) this.#report('logout', `response ${answer} to a logout does not exist`)
    if (!asked) return
    this.#tags.close(itt(h), 'was answered')
    if (answer === 1 && asked.reason === 0)
      this.#report('logout', 'closing the session needs no CID, and none is missed')
    if (answer === 2 && asked.reason !== 2) this.#report('logout', 'recovery was not asked for, and is refused')
    this.loggedOut = answer === 0
  }

  reject(p: SeenPdu): void {
    const reason = p.header[2]!
    if (!REJECT_REASONS.has(reason)) this.#report('reject', `reason ${reason} of a Reject does not exist`)
    const known = Math.min(this.#headerCount, REMEMBERED)
    const bad = p.data.subarray(0, HEADER)
    let found = false
    for (let i = 0; i < known && bad.length === HEADER && !found; i++) {
      found = Buffer.compare(this.#headers.subarray(i * HEADER, (i + 1) * HEADER), bad) === 0
    }
    if (!found) return this.#report('reject', 'a Reject does not carry the header of a PDU that was sent')
    if ((bad[0]! & 0x3f) === 0x04) this.#textIsOpen = false
    // The request is over by that; of a data PDU its command is not.
    if ((bad[0]! & 0x3f) === 0x05) return
    const task = this.#tags.scsi(itt(bad))
    if (task) this.#gone(task)
    this.#tags.close(itt(bad), 'was rejected')
  }

  asynchronous(p: SeenPdu): void {
    const event = p.header[36]!
    if (!EVENTS.has(event)) this.#report('async', `event ${event} of an Async Message does not exist`)
    if (event === 0 && p.dataLength < 2) this.#report('async', 'a SCSI event comes without sense data')
    if (event !== 0 && event !== 255 && p.dataLength > 0) this.#report('async', `event ${event} carries data`)
    // Seconds within which the initiator is to log out. Source: §11.9.1.
    if (event === 1 && u16(p.header, 42) === 0) this.#report('async', 'a logout is requested within no time')
  }
}
