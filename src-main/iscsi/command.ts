import { u32be } from '../base/bytes.ts'
import type { LogicalUnit } from '../scsi/logical-unit.ts'
import { PHASE, ScsiTask, type Phase } from '../scsi/task.ts'
import { BHS, lunAt } from './pdu/bhs.ts'
import { SCSI_COMMAND } from './pdu/scsi-command.ts'
import type { PieceKeeper } from './receive-buffer.ts'

/** One SCSI command of a connection, from its PDU to its status. */
export class Command {
  readonly task = new ScsiTask()
  unit: LogicalUnit | undefined
  /** The LUN as a number (-1: a form no unit has) and as the 8 bytes R2T repeats. */
  lun = 0
  readonly lunField = new Uint8Array(8)
  initiatorTaskTag = 0
  cmdSn = 0
  /** Bytes. */
  expectedLength = 0
  isRead = false
  isWrite = false
  attribute = 0
  phase: Phase = PHASE.done
  /** Passed `LogicalUnit.start`. */
  started = false
  /** No response is sent for it any more. */
  aborted = false
  /** The device works on it; set while `run` or `read` is waited for. */
  working: Promise<void> | undefined
  /** It is in the connection's map of commands. */
  tracked = false
  /** When it came, of those whose time is taken; negative for the others. Milliseconds. */
  timedFromMs = -1

  // Data-out
  readonly pieces: Uint8Array[] = []
  received = 0
  /** What of the initiator's data is wanted: the smaller of its announcement and the CDB's need. */
  wanted = 0
  /** Unsolicited Data-Out is still coming. */
  unsolicitedOpen = false
  /** Bytes of R2T data this command may hold in memory, until it is over. */
  solicited = 0
  /** End of what was asked for. */
  solicitedEnd = 0
  r2tSn = 0
  /** Next DataSN of the sequence that is arriving. */
  dataSn = 0
  /** Ends and tags of outstanding R2Ts, oldest first. */
  readonly r2ts: { tag: number; end: number }[] = []

  /** Reads the header at `at`. */
  take(h: Uint8Array, at: number): void {
    const flags = h[at + 1]!
    this.initiatorTaskTag = u32be(h, at + BHS.initiatorTaskTag)
    this.cmdSn = u32be(h, at + BHS.cmdSn)
    this.expectedLength = u32be(h, at + SCSI_COMMAND.expectedDataTransferLength)
    this.isRead = (flags & SCSI_COMMAND.read) !== 0
    this.isWrite = (flags & SCSI_COMMAND.write) !== 0
    this.attribute = flags & SCSI_COMMAND.attributeMask
    this.lun = lunAt(h, at + BHS.lun)
    for (let i = 0; i < 8; i++) this.lunField[i] = h[at + BHS.lun + i]!
  }

  /** Bytes that it has moved, or would have if the initiator had made room for them; nothing where the announced direction
   *  is not its own. */
  get moved(): number {
    if (this.phase === PHASE.dataOut) return this.isRead ? 0 : this.task.dataOutLength
    return this.isWrite ? 0 : (this.task.dataIn?.length ?? 0)
  }

  /** Adds data that arrived; it stays where it is until the command has no use for it. */
  keep(pieces: readonly Uint8Array[], keeper: PieceKeeper): void {
    for (const piece of pieces) {
      keeper.hold(piece)
      this.pieces.push(piece)
    }
  }
  drop(keeper: PieceKeeper): void {
    for (const piece of this.pieces) keeper.letGo(piece)
    this.pieces.length = 0
  }

  clear(): void {
    this.phase = PHASE.done
    this.started = this.aborted = this.tracked = false
    this.working = undefined
    this.received = this.wanted = this.solicited = this.solicitedEnd = 0
    this.unsolicitedOpen = false
    this.r2tSn = this.dataSn = 0
    this.r2ts.length = 0
  }
}
