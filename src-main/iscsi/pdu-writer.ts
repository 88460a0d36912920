import { crc32c } from '../base/crc32c.ts'
import { putU24be, putU32be } from '../base/bytes.ts'
import { encodeSenseSegment, STATUS } from '../scsi/sense.ts'
import { PHASE } from '../scsi/task.ts'
import type { Command } from './command.ts'
import type { CommandWindow } from './command-window.ts'
import { putDigest } from './framer.ts'
import type { SessionParameters } from './login.ts'
import type { OutBatch } from './out-batch.ts'
import { BHS, BHS_LENGTH, FINAL, paddingOf } from './pdu/bhs.ts'
import { DATA_IN } from './pdu/data-in.ts'
import { NO_TAG, OPCODE } from './pdu/opcode.ts'
import { R2T } from './pdu/r2t.ts'
import { SCSI_RESPONSE } from './pdu/scsi-response.ts'

const DIGEST = 4
const BLOCK = 512
/** Kept free behind the data of a read for the SCSI Response that may have to follow. Bytes. */
export const RESPONSE_ROOM = BHS_LENGTH + 2 * DIGEST

/** Lays answers into outgoing buffers, field by field, and counts StatSN. One of a session; no object per PDU. */
export class PduWriter {
  statSn: number
  params: SessionParameters
  bytesRead = 0
  readonly #batch: OutBatch
  readonly #window: CommandWindow
  /** Commands under way: they narrow the window. */
  readonly #commands: ReadonlyMap<number, Command>

  constructor(
    batch: OutBatch,
    window: CommandWindow,
    commands: ReadonlyMap<number, Command>,
    params: SessionParameters,
    statSn: number,
  ) {
    this.#batch = batch
    this.#window = window
    this.#commands = commands
    this.params = params
    this.statSn = statSn
  }

  /** What stands before and behind the data of a PDU, padding apart. Bytes. */
  get before(): number {
    return BHS_LENGTH + (this.params.headerDigest ? DIGEST : 0)
  }
  get after(): number {
    return this.params.dataDigest ? DIGEST : 0
  }

  /** Bytes of the segments a read is cut into. Whole blocks, so that each is filled in its place. */
  segmentLength(): number {
    const { initiatorMaxRecvDataSegmentLength, maxBurstLength } = this.params
    return Math.floor(Math.min(initiatorMaxRecvDataSegmentLength, maxBurstLength) / BLOCK) * BLOCK
  }

  /** Writes the Data-In PDUs of `total` bytes from `start` on and returns how many bytes they take. The last one
   *  carries the status when the initiator gets exactly what it expects: iPXE takes a short Data-In with status for a
   *  broken one. Otherwise a SCSI Response follows, in the batch for small answers. */
  dataIn(c: Command, b: Uint8Array, start: number, total: number, segment: number, payload: number): number {
    const length = Math.min(total, c.isRead ? c.expectedLength : 0)
    const exact = total === c.expectedLength && c.isRead
    const { before } = this
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
      if (last && exact) this.#putStatSn(b, at)
      this.#putWindow(b, at)
      putU32be(b, at + DATA_IN.dataSn, dataSn++)
      putU32be(b, at + DATA_IN.bufferOffset, done)
      at += this.#seal(b, at, now)
    }
    this.bytesRead += length
    if (exact) return at - start
    this.#putResponse(b, at, c, total, dataSn)
    at += this.#seal(b, at, 0)
    return at - start
  }

  /** Answers a command whose data, if any, is small and in `task.dataIn`. */
  answer(c: Command): void {
    const data = c.task.dataIn
    if (data && data.length > 0 && c.task.status === STATUS.good && c.isRead) {
      const segment = this.segmentLength()
      const needed = data.length + (Math.ceil(data.length / segment) + 1) * (BHS_LENGTH + 2 * DIGEST) + 4
      const at = this.#batch.room(needed)
      const b = this.#batch.bytes
      const payload = at + needed - data.length - 4
      b.set(data, payload)
      const used = this.dataIn(c, b, at, data.length, segment, payload)
      this.#batch.rewind(at + used)
    } else {
      const sense = c.task.status === STATUS.checkCondition && c.task.sense
      const segment = sense ? encodeSenseSegment(sense) : undefined
      const room = BHS_LENGTH + 2 * DIGEST + (segment ? segment.length + 4 : 0)
      const at = this.#batch.room(room)
      const b = this.#batch.bytes
      this.#putResponse(b, at, c, c.phase === PHASE.dataOut ? c.task.dataOutLength : (data?.length ?? 0), 0)
      if (segment) {
        putU24be(b, at + BHS.dataSegmentLength, segment.length)
        b.set(segment, at + BHS_LENGTH + (this.params.headerDigest ? DIGEST : 0))
      }
      this.#batch.rewind(at + this.#seal(b, at, segment ? segment.length : 0))
    }
  }

  /** Asks for `length` bytes of a command's data from `solicitedEnd` on. */
  r2t(c: Command, tag: number, length: number): void {
    const at = this.#header(OPCODE.r2t, FINAL)
    const b = this.#batch.bytes
    b.set(c.lunField, at + BHS.lun)
    putU32be(b, at + BHS.initiatorTaskTag, c.initiatorTaskTag)
    putU32be(b, at + BHS.targetTransferTag, tag)
    putU32be(b, at + BHS.statSn, this.statSn)
    this.#putWindow(b, at)
    putU32be(b, at + R2T.r2tSn, c.r2tSn++)
    putU32be(b, at + R2T.bufferOffset, c.solicitedEnd)
    putU32be(b, at + R2T.desiredDataTransferLength, length)
    this.#headerDigest(b, at)
  }

  /** A SCSI Response header. @param moved bytes the command would have moved by its CDB: against what the initiator
   *  expected this gives the residual. */
  #putResponse(b: Uint8Array, at: number, c: Command, moved: number, expDataSn: number): void {
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
    this.#putStatSn(b, at)
    this.#putWindow(b, at)
    putU32be(b, at + SCSI_RESPONSE.expDataSn, expDataSn)
  }

  /** Reserves a header of zeros in the batch (digest included) and returns its place. */
  #header(opcode: number, flags: number): number {
    const length = BHS_LENGTH + (this.params.headerDigest ? DIGEST : 0)
    const at = this.#batch.room(length)
    const b = this.#batch.bytes
    b.fill(0, at, at + length)
    b[at] = opcode
    b[at + 1] = flags
    return at
  }
  #headerDigest(b: Uint8Array, at: number): void {
    if (this.params.headerDigest) putDigest(b, at + BHS_LENGTH, crc32c(b.subarray(at, at + BHS_LENGTH)))
  }
  /** Adds digests and padding to a PDU whose payload lies behind its header; returns its length on the wire. */
  #seal(b: Uint8Array, at: number, dataLength: number): number {
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
  #putStatSn(b: Uint8Array, at: number): void {
    putU32be(b, at + BHS.statSn, this.statSn)
    this.statSn = (this.statSn + 1) >>> 0
  }
  #putWindow(b: Uint8Array, at: number): void {
    putU32be(b, at + BHS.expCmdSn, this.#window.expCmdSn)
    putU32be(b, at + BHS.maxCmdSn, this.#window.advance(this.#commands.size))
  }
}
