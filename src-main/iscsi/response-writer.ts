import { crc32c } from '../base/crc32c.ts'
import { putU24be, putU32be } from '../base/bytes.ts'
import { encodeSenseSegment, STATUS } from '../scsi/sense.ts'
import type { Command } from './command.ts'
import type { CommandWindow } from './command-window.ts'
import { putDigest } from './framer.ts'
import type { SessionParameters } from './session-parameters.ts'
import type { OutBatch } from './out-batch.ts'
import { BHS, BHS_LENGTH, FINAL, paddingOf } from './pdu/bhs.ts'
import { DATA_IN } from './pdu/data-in.ts'
import { NO_TAG, OPCODE } from './pdu/opcode.ts'
import { R2T } from './pdu/r2t.ts'
import { SCSI_RESPONSE } from './pdu/scsi-response.ts'

/** Bytes of a header or data digest. */
export const DIGEST = 4

/** Writes the answers of SCSI commands in place: Data-In, SCSI Response, and the headers of R2T. Part of the hot path:
 *  nothing is allocated here. */
export class ResponseWriter {
  params: SessionParameters
  statSn: number
  /** Commands under way; the window shrinks by them. */
  active = 0
  bytesRead = 0
  readonly #window: CommandWindow

  constructor(window: CommandWindow, params: SessionParameters, statSn: number) {
    this.#window = window
    this.params = params
    this.statSn = statSn
  }

  /** Writes the Data-In PDUs of `total` bytes from `start` on and returns how many bytes they take. The last one
   *  carries the status when the initiator gets exactly what it expects: iPXE takes a short Data-In with status for a
   *  broken one. Otherwise a SCSI Response follows, in the batch for small answers. */
  dataIn(c: Command, b: Uint8Array, start: number, total: number, segment: number, payload: number): number {
    const length = Math.min(total, c.isRead ? c.expectedLength : 0)
    const exact = total === c.expectedLength && c.isRead
    const before = BHS_LENGTH + (this.params.headerDigest ? DIGEST : 0)
    const perBurst = Math.floor(this.params.maxBurstLength / segment)
    let at = start
    let dataSn = 0
    for (let done = 0; done < length; done += segment) {
      const now = Math.min(segment, length - done)
      const last = done + now === length
      if (payload >= 0) {
        const from = payload + done
        if (from !== at + before) b.copyWithin(at + before, from, from + now)
      }
      b.fill(0, at, at + BHS_LENGTH)
      b[at] = OPCODE.dataIn
      b[at + 1] = (last || (dataSn + 1) % perBurst === 0 ? FINAL : 0) | (last && exact ? DATA_IN.hasStatus : 0)
      putU24be(b, at + BHS.dataSegmentLength, now)
      putU32be(b, at + BHS.initiatorTaskTag, c.initiatorTaskTag)
      putU32be(b, at + BHS.targetTransferTag, NO_TAG)
      if (last && exact) this.putStatSn(b, at)
      this.putWindow(b, at)
      putU32be(b, at + DATA_IN.dataSn, dataSn++)
      putU32be(b, at + DATA_IN.bufferOffset, done)
      at += this.seal(b, at, now)
    }
    this.bytesRead += length
    if (exact) return at - start
    this.putResponse(b, at, c, c.isWrite ? 0 : total, dataSn)
    at += this.seal(b, at, 0)
    return at - start
  }

  /** A SCSI Response of its own, with sense data where the status wants it. */
  response(batch: OutBatch, c: Command): void {
    const sense = c.task.status === STATUS.checkCondition && c.task.sense
    const segment = sense ? encodeSenseSegment(sense, c.unit?.descriptorSense ?? false) : undefined
    const at = batch.room(BHS_LENGTH + 2 * DIGEST + (segment ? segment.length + 4 : 0))
    const b = batch.bytes
    this.putResponse(b, at, c, c.moved, 0)
    if (segment) {
      putU24be(b, at + BHS.dataSegmentLength, segment.length)
      b.set(segment, at + BHS_LENGTH + (this.params.headerDigest ? DIGEST : 0))
    }
    batch.rewind(at + this.seal(b, at, segment ? segment.length : 0))
  }

  /** A SCSI Response header. @param moved bytes the command would have moved by its CDB: against what the initiator
   *  expected this gives the residual. */
  putResponse(b: Uint8Array, at: number, c: Command, moved: number, expDataSn: number): void {
    b.fill(0, at, at + BHS_LENGTH)
    b[at] = OPCODE.scsiResponse
    let flags = FINAL
    if (moved < c.expectedLength) {
      flags |= SCSI_RESPONSE.underflow
      putU32be(b, at + SCSI_RESPONSE.residualCount, c.expectedLength - moved)
    } else if (moved > c.expectedLength) {
      flags |= SCSI_RESPONSE.overflow
      putU32be(b, at + SCSI_RESPONSE.residualCount, moved - c.expectedLength)
    }
    b[at + 1] = flags
    b[at + SCSI_RESPONSE.status] = c.task.status
    putU32be(b, at + BHS.initiatorTaskTag, c.initiatorTaskTag)
    this.putStatSn(b, at)
    this.putWindow(b, at)
    putU32be(b, at + SCSI_RESPONSE.expDataSn, expDataSn)
  }

  /** Bytes on the wire of a read that is cut into segments. */
  lengthOf(total: number, segment: number): number {
    return total + Math.ceil(total / segment) * this.#around
  }
  get #around(): number {
    return BHS_LENGTH + DIGEST * (Number(this.params.headerDigest) + Number(this.params.dataDigest))
  }
  /** Lays the data of a read that was prepared for segments of `old` bytes where `dataIn` wants it for smaller ones, and
   *  returns the place. @param payload where the data lies in one piece, or -1 when each segment is in its place. */
  gather(from: Uint8Array, total: number, old: number, payload: number, into: Uint8Array, segment: number): number {
    const to = this.lengthOf(total, segment) - (this.params.dataDigest ? DIGEST : 0) - total
    if (payload >= 0) into.set(from.subarray(payload, payload + total), to)
    else {
      let at = BHS_LENGTH + (this.params.headerDigest ? DIGEST : 0)
      for (let done = 0; done < total; done += old, at += old + this.#around) {
        into.set(from.subarray(at, at + Math.min(old, total - done)), to + done)
      }
    }
    return to
  }

  /** An R2T for the next `length` bytes of a command. */
  r2t(batch: OutBatch, c: Command, tag: number, length: number): void {
    const at = this.header(batch, OPCODE.r2t, FINAL)
    const b = batch.bytes
    b.set(c.lunField, at + BHS.lun)
    putU32be(b, at + BHS.initiatorTaskTag, c.initiatorTaskTag)
    putU32be(b, at + BHS.targetTransferTag, tag)
    putU32be(b, at + BHS.statSn, this.statSn)
    this.putWindow(b, at)
    putU32be(b, at + R2T.r2tSn, c.r2tSn++)
    putU32be(b, at + R2T.bufferOffset, c.solicitedEnd)
    putU32be(b, at + R2T.desiredDataTransferLength, length)
    this.headerDigest(b, at)
  }

  /** Reserves a header of zeros in the batch (digest included) and returns its place. */
  header(batch: OutBatch, opcode: number, flags: number): number {
    const length = BHS_LENGTH + (this.params.headerDigest ? DIGEST : 0)
    const at = batch.room(length)
    const b = batch.bytes
    b.fill(0, at, at + length)
    b[at] = opcode
    b[at + 1] = flags
    return at
  }
  headerDigest(b: Uint8Array, at: number): void {
    if (this.params.headerDigest) putDigest(b, at + BHS_LENGTH, crc32c(b.subarray(at, at + BHS_LENGTH)))
  }
  /** Adds digests and padding to a PDU whose payload lies behind its header; returns its length on the wire. */
  seal(b: Uint8Array, at: number, dataLength: number): number {
    let end = at + BHS_LENGTH
    if (this.params.headerDigest) {
      putDigest(b, end, crc32c(b.subarray(at, end)))
      end += DIGEST
    }
    if (dataLength === 0) return end - at
    const from = end
    end += dataLength
    for (let pad = paddingOf(dataLength); pad > 0; pad--) b[end++] = 0
    if (this.params.dataDigest) {
      putDigest(b, end, crc32c(b.subarray(from, end)))
      end += DIGEST
    }
    return end - at
  }
  putStatSn(b: Uint8Array, at: number): void {
    putU32be(b, at + BHS.statSn, this.statSn)
    this.statSn = (this.statSn + 1) >>> 0
  }
  putWindow(b: Uint8Array, at: number): void {
    putU32be(b, at + BHS.expCmdSn, this.#window.expCmdSn)
    putU32be(b, at + BHS.maxCmdSn, this.#window.advance(this.active))
  }
}
