import { hex, itt, lun, NO_TAG, ttt, u16, u32 } from './fields.ts'
import type { Agreement } from './key-ledger.ts'
import type { SeenPdu } from './pdu-stream.ts'
import type { OpenTags, ScsiTask } from './open-tags.ts'
import type { Report } from './violation.ts'

const STATUSES = new Set([0x00, 0x02, 0x04, 0x08, 0x18, 0x28, 0x30, 0x40])
/** Those that may come with the last Data-In: nothing went wrong. Source: RFC 7143 §11.7.3. */
const GOOD = new Set([0x00, 0x04, 0x10, 0x14])
const CHECK_CONDITION = 0x02

/** SCSI commands from their request to their status: Data-In, R2T, SCSI Response. Source: RFC 7143 §4.2.5, §11.3, §11.4,
 *  §11.7, §11.8. */
export class ScsiRules {
  readonly #report: Report
  readonly #tags: OpenTags
  readonly #agreed: Agreement
  /** Target transfer tags of outstanding R2Ts. */
  readonly #transfers = new Set<number>()

  constructor(report: Report, tags: OpenTags, agreed: Agreement) {
    this.#report = report
    this.#tags = tags
    this.#agreed = agreed
  }

  // --- The initiator's side: followed, not judged -----------------------------------------------------------------

  command(p: SeenPdu, cmdSn: number, immediate: boolean, certain: boolean): void {
    const h = p.header
    const flags = h[1]!
    const [read, write] = [(flags & 0x40) !== 0, (flags & 0x20) !== 0]
    const a = this.#agreed
    const unsolicitedOpen = write && (flags & 0x80) === 0
    const edtl = u32(h, 20)
    this.#tags.open(itt(h), {
      ...{ kind: 'scsi', cmdSn, immediate, certain, name: 'SCSI Command', lun: lun(h), read, write, edtl },
      ...{ received: write ? p.dataLength : 0, unsolicitedOpen, dataIns: 0, moved: 0, burst: 0, lastIsFinal: true },
      ...{ r2ts: [], r2tSn: 0, r2tEnd: -1 },
      // What the target answers to a command that breaks the rules cannot be foretold.
      irregular:
        (read && write) ||
        (p.dataLength > 0 && (!write || !a.immediateData || p.dataLength > Math.min(a.firstBurstLength, edtl))) ||
        (unsolicitedOpen && a.initialR2T),
    })
  }

  dataOut(p: SeenPdu): void {
    const task = this.#tags.scsi(itt(p.header))
    if (!task) return
    const [tag, offset, isLast] = [ttt(p.header), u32(p.header, 40), (p.header[1]! & 0x80) !== 0]
    if (tag === NO_TAG) {
      if (!task.unsolicitedOpen || offset !== task.received) task.irregular = true
      task.received += p.dataLength
      if (isLast) task.unsolicitedOpen = false
      return
    }
    const r2t = task.r2ts.find((r) => r.tag === tag)
    if (!r2t || offset !== r2t.at) {
      task.irregular = true
      return
    }
    r2t.at += p.dataLength
    task.received += p.dataLength
    if (!isLast) return
    if (r2t.at !== r2t.end) task.irregular = true
    this.#transfers.delete(tag)
    task.r2ts.splice(task.r2ts.indexOf(r2t), 1)
  }

  /** A task has ended without an answer. */
  ended(task: ScsiTask): void {
    for (const r of task.r2ts) this.#transfers.delete(r.tag)
  }

  // --- The target's side -------------------------------------------------------------------------------------------

  dataIn(p: SeenPdu): void {
    const h = p.header
    const flags = h[1]!
    const [isFinal, hasStatus] = [(flags & 0x80) !== 0, (flags & 1) !== 0]
    if ((flags & 0x40) !== 0 || ttt(h) !== NO_TAG) {
      this.#report('reserved', 'a Data-In asks for an acknowledgement, which error recovery level 0 does not know')
    } else if (u32(h, 8) !== 0 || u32(h, 12) !== 0) {
      this.#report('reserved', 'the LUN of a Data-In without a target transfer tag is not 0')
    }
    if (!hasStatus && ((flags & 0x06) !== 0 || h[3] !== 0 || u32(h, 44) !== 0)) {
      this.#report('data-in-status', 'a Data-In without S has a status, a residual or their flags')
    }
    if (hasStatus && !isFinal) this.#report('data-in-final', 'a Data-In has S and not F')
    const task = this.#tags.answering(itt(h), 'scsi', 'data-in-task', 'Data-In')
    if (!task) return
    if (!task.read) this.#report('data-in-task', `a Data-In comes for task ${hex(itt(h))}, which does not read`)
    const sn = u32(h, 36)
    if (sn !== task.dataIns) this.#report('data-sn', `a Data-In has DataSN ${sn}, ${task.dataIns} is next`)
    const offset = u32(h, 40)
    if (offset !== task.moved) this.#report('data-in-offset', `a Data-In is for byte ${offset}, not ${task.moved}`)
    task.dataIns++
    task.moved += p.dataLength
    if (task.moved > task.edtl) {
      this.#report('data-in-length', `Data-Ins of ${task.moved} bytes, the initiator expects ${task.edtl}`)
    }
    task.burst += p.dataLength
    const most = this.#agreed.maxBurstLength
    if (task.burst > most) this.#report('data-in-burst', `a burst of ${task.burst} bytes, MaxBurstLength is ${most}`)
    else if (task.burst === most && !isFinal) this.#report('data-in-final', 'a burst is full and its end has no F')
    if (isFinal) task.burst = 0
    task.lastIsFinal = isFinal
    if (hasStatus) {
      if (!GOOD.has(h[3]!)) this.#report('data-in-status', `status ${hex(h[3]!)} needs a response of its own`)
      this.#end(h, task)
    }
  }

  r2t(h: Uint8Array): void {
    const [tag, offset, length] = [ttt(h), u32(h, 40), u32(h, 44)]
    if (tag === NO_TAG || this.#transfers.has(tag)) {
      this.#report('r2t-tag', `the target transfer tag ${hex(tag)} of an R2T is reserved or in use`)
    }
    const task = this.#tags.answering(itt(h), 'scsi', 'r2t-task', 'R2T')
    if (!task) return
    if (!task.write) this.#report('r2t-task', `an R2T comes for task ${hex(itt(h))}, which does not write`)
    if (lun(h) !== task.lun) this.#report('r2t-task', `an R2T has another LUN than its command`)
    const sn = u32(h, 36)
    if (sn !== task.r2tSn) this.#report('r2t-sn', `an R2T has R2TSN ${sn}, ${task.r2tSn} is next`)
    task.r2tSn++
    const { maxBurstLength, maxOutstandingR2T, firstBurstLength } = this.#agreed
    if (length === 0 || length > maxBurstLength) {
      this.#report('r2t-length', `an R2T asks for ${length} bytes, MaxBurstLength is ${maxBurstLength}`)
    }
    if (offset + length > task.edtl) {
      this.#report('r2t-length', `an R2T asks for bytes up to ${offset + length}, the initiator has ${task.edtl}`)
    }
    // Unsolicited data that is still coming may be left to come.
    const to = task.unsolicitedOpen ? Math.min(firstBurstLength, task.edtl) : task.received
    const [least, most] = task.r2tEnd >= 0 ? [task.r2tEnd, task.r2tEnd] : [task.received, to]
    if (!task.irregular && (offset < least || offset > most)) {
      this.#report('r2t-offset', `an R2T begins at byte ${offset}, ${least} is next`)
    }
    task.r2tEnd = offset + length
    task.r2ts.push({ tag, at: offset, end: offset + length })
    this.#transfers.add(tag)
    if (task.r2ts.length > maxOutstandingR2T) {
      this.#report('r2t-outstanding', `${task.r2ts.length} R2Ts are outstanding, agreed on ${maxOutstandingR2T}`)
    }
  }

  response(p: SeenPdu): void {
    const h = p.header
    const task = this.#tags.answering(itt(h), 'scsi', 'response-task', 'SCSI Response')
    const [response, status] = [h[2]!, h[3]!]
    if ((response > 1 && response < 0x80) || (response === 0 ? !STATUSES.has(status) : status !== 0)) {
      this.#report('response-code', `a SCSI Response has response ${hex(response)} and status ${hex(status)}`)
    }
    if ((h[1]! & 0x18) === 0 && u32(h, 40) !== 0) {
      this.#report('residual', 'a SCSI Response has a bidirectional residual without its flags')
    }
    this.#sense(p, response === 0 ? status : 0)
    if (!task) return
    const expDataSn = u32(h, 36)
    const dataIns = response === 0 ? task.dataIns : 0
    if (expDataSn !== dataIns) this.#report('exp-data-sn', `ExpDataSN is ${expDataSn} after ${dataIns} Data-Ins`)
    if (!task.lastIsFinal) this.#report('data-in-final', 'the last Data-In before a SCSI Response has no F')
    if (response === 0) this.#end(h, task)
    else this.#over(itt(h), task)
  }
  #over(tag: number, task: ScsiTask): void {
    this.ended(task)
    this.#tags.close(tag, 'was answered')
  }

  #sense(p: SeenPdu, status: number): void {
    if (p.dataLength === 0) {
      if (status === CHECK_CONDITION) this.#report('sense', 'CHECK CONDITION comes without sense data')
      return
    }
    const length = p.dataLength >= 2 ? u16(p.data, 0) : -1
    const code = (p.data[2] ?? 0) & 0x7f
    if (length + 2 > p.dataLength || length < (status === CHECK_CONDITION ? 8 : 0)) {
      this.#report('sense', `SenseLength ${length} does not fit a data segment of ${p.dataLength} bytes`)
    } else if (status === CHECK_CONDITION && (code < 0x70 || code > 0x73)) {
      this.#report('sense', `sense data with response code ${hex(code)}`)
    }
  }

  /** Status has come: what was moved must be what was expected, or the residual must say the difference. */
  #end(h: Uint8Array, task: ScsiTask): void {
    this.#over(itt(h), task)
    const [over, under, residual] = [(h[1]! & 4) !== 0, (h[1]! & 2) !== 0, u32(h, 44)]
    const fault = (why: string): void => this.#report('residual', `${why}; expected were ${task.edtl} bytes`)
    if (over && under) return fault('overflow and underflow at once')
    if ((over || under) !== residual > 0) return fault(`a residual of ${residual} does not go with its flags`)
    if (task.irregular || task.read === task.write) return
    const told = under ? task.edtl - residual : task.edtl
    if (task.read && task.moved !== told) fault(`${task.moved} bytes were sent, by the residual it were ${told}`)
    // More than is needed may have come unasked.
    if (task.write && (told < 0 || told > task.received)) {
      fault(`${told} bytes were taken by the residual, and ${task.received} were sent`)
    }
  }
}
