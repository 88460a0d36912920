import { firstBytes } from '../base/pieces.ts'
import { settled } from '../base/settled.ts'
import { u32be } from '../base/bytes.ts'
import { toAppError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import { startOnMissingUnit } from '../scsi/logical-unit.ts'
import { SENSE, STATUS } from '../scsi/sense.ts'
import { PHASE, type Nexus } from '../scsi/task.ts'
import type { Arena } from './buffer-pool.ts'
import { Command } from './command.ts'
import { WINDOW_LENGTH, type CommandWindow } from './command-window.ts'
import type { LatencyProbe } from './latency-probe.ts'
import type { SessionParameters } from './session-parameters.ts'
import type { OutBatch, Wire } from './out-batch.ts'
import type { PieceKeeper } from './receive-buffer.ts'
import { BHS, BHS_LENGTH, FINAL, IMMEDIATE } from './pdu/bhs.ts'
import { DATA_OUT } from './pdu/data-out.ts'
import { NO_TAG } from './pdu/opcode.ts'
import { REJECT_REASON } from './pdu/reject.ts'
import { SCSI_COMMAND, TASK_ATTRIBUTE } from './pdu/scsi-command.ts'
import { DIGEST, ResponseWriter } from './response-writer.ts'
import type { Target } from './target.ts'
import { Turn } from './turn.ts'

/** The loop that moves blocks: SCSI Command, Data-Out, R2T, Data-In and SCSI Response, read and written in place.
 *
 *  A read that the device answers at once costs one pread into the outgoing buffer at its final offset, its header
 *  written around it; nothing is allocated, and all answers of one readable event leave in one write. Reads above
 *  SYNC_READ, or from a device that had to wait, have a buffer of their own and leave when they are ready.
 *  Writes are gathered as views of what was received and go to the device as one vector.
 *
 *  A block cache above the page cache would save the pread only, and hold everything twice: there is none. */

/** Largest read that is laid into the shared outgoing buffer; equals what raw devices read synchronously. Bytes. */
const SYNC_READ = 64 * 1024
/** Segments of at least this size are read one by one to their places; smaller ones with one read, then moved apart:
 *  moving 8 KiB costs a tenth of a call. Bytes. */
const SEGMENT_READ = 64 * 1024
/** Reads wait while this much is on its way to an initiator that does not take it. Bytes. */
const OUT_LIMIT = 4 * 1024 * 1024
/** New writes are asked for their data only while those under way hold less than this. Bytes. */
const SOLICITED_LIMIT = 16 * 1024 * 1024
/** Kept free behind the data of a read for the SCSI Response that may have to follow. Bytes. */
const RESPONSE_ROOM = BHS_LENGTH + 2 * DIGEST
/** Commands under way, those with the immediate bit included, which the window does not bound. */
const MAX_COMMANDS = 2 * WINDOW_LENGTH

export interface DataPathOwner {
  readonly logger: Logger
  /** The initiator broke a rule that ends the session at error recovery level 0. */
  fail(why: string): void
  /** We broke: ends the connection only. */
  bug(thrown: unknown): void
  /** Answers a PDU with Reject. */
  reject(reason: number, bytes: Uint8Array, at: number): void
}

export class DataPath {
  bytesWritten = 0
  commandCount = 0

  readonly #owner: DataPathOwner
  readonly #wire: Wire
  readonly #batch: OutBatch
  readonly #keeper: PieceKeeper
  readonly #latency: LatencyProbe
  readonly #out: ResponseWriter
  readonly #target: Target
  readonly #nexuses: ReadonlyMap<number, Nexus>
  /** For LUNs without a unit. */
  readonly #strayNexus: Nexus
  /** Commands that did not end at once, by task tag. */
  readonly #commands = new Map<number, Command>()
  /** Not started: an older one is ahead, or the initiator does not take what it asked for. */
  #queue: Command[] = []
  #free: Command[] = []
  /** Bytes of read buffers that are being filled. */
  #reserved = 0
  #solicited = 0
  #r2tWaiting: Command[] = []
  #nextTag = 0
  #ordered: Command | undefined
  readonly #turn: Turn
  /** The last read had to wait: take a buffer of its own for the next one right away. */
  #deviceWaits = false
  /** Nothing starts while this is set: writes of the session before this one still run. */
  #blocked = false
  #closed = false

  constructor(o: {
    owner: DataPathOwner
    wire: Wire
    batch: OutBatch
    keeper: PieceKeeper
    latency: LatencyProbe
    window: CommandWindow
    target: Target
    nexuses: ReadonlyMap<number, Nexus>
    strayNexus: Nexus
    params: SessionParameters
    statSn: number
  }) {
    this.#owner = o.owner
    this.#turn = new Turn(() => this.pump(), o.owner)
    this.#wire = o.wire
    this.#batch = o.batch
    this.#keeper = o.keeper
    this.#latency = o.latency
    this.#target = o.target
    this.#nexuses = o.nexuses
    this.#strayNexus = o.strayNexus
    this.#out = new ResponseWriter(o.window, o.params, o.statSn)
  }

  get bytesRead(): number {
    return this.#out.bytesRead
  }
  /** StatSN and negotiated parameters, for the answers that are not of SCSI commands. */
  get responses(): ResponseWriter {
    return this.#out
  }
  get activeCommands(): number {
    return this.#commands.size
  }
  commands(): Iterable<Command> {
    return this.#commands.values()
  }
  find(initiatorTaskTag: number): Command | undefined {
    return this.#commands.get(initiatorTaskTag)
  }

  /** Starts nothing until `until` is settled. */
  block(until: Promise<void>): void {
    this.#blocked = true
    void until.then(() => {
      this.#blocked = false
      this.pump()
    })
  }

  // --- Commands in ---------------------------------------------------------------------------------------------

  /** A SCSI Command that is next in order. */
  command(h: Uint8Array, at: number, pieces: readonly Uint8Array[], length: number): void {
    const tag = u32be(h, at + BHS.initiatorTaskTag)
    const flags = h[at + 1]!
    // The others are bounded by the window.
    if (this.#commands.size >= MAX_COMMANDS && (h[at]! & IMMEDIATE) !== 0) {
      return this.#owner.reject(REJECT_REASON.tooManyImmediateCommands, h, at)
    }
    if (this.#commands.has(tag)) return this.#owner.fail(`task tag ${tag.toString(16)} is in use`)
    if (length > 0 && (flags & SCSI_COMMAND.write) === 0) return this.#owner.reject(REJECT_REASON.protocolError, h, at)
    const c = this.#free.pop() ?? new Command()
    c.clear()
    c.timedFromMs = this.#latency.begin(++this.commandCount)
    c.take(h, at)
    c.unit = this.#target.luns.get(c.lun)
    c.task.reset(
      this.#nexuses.get(c.lun) ?? this.#strayNexus,
      h,
      at + SCSI_COMMAND.cdb,
      c.isWrite ? c.expectedLength : 0,
    )
    if (c.isRead && c.isWrite) {
      // No command of a disk moves data both ways.
      c.task.check(SENSE.invalidFieldInCommandInformationUnit)
      return this.#finish(c)
    }
    if (c.isWrite) {
      const { immediateData, initialR2T, firstBurstLength } = this.#out.params
      if (length > 0) {
        if (!immediateData || length > firstBurstLength || length > c.expectedLength) {
          return this.#owner.fail(`${length} bytes of immediate data were not agreed on`)
        }
        c.keep(pieces, this.#keeper)
        c.received = length
      }
      c.unsolicitedOpen = (flags & FINAL) === 0
      if (c.unsolicitedOpen && initialR2T) return this.#owner.fail('unsolicited data was not agreed on')
    }
    if (this.#queue.length > 0 || !this.#mayStart(c, this.#commands.size)) {
      this.#track(c)
      this.#queue.push(c)
      return
    }
    this.#start(c)
  }

  /** @param ahead commands that are under way before it. */
  #mayStart(c: Command, ahead: number): boolean {
    if (this.#blocked || this.#ordered) return false
    if (c.attribute === TASK_ATTRIBUTE.ordered && ahead > 0) return false
    if (!c.isRead) return true
    return this.#reserved + this.#wire.pendingBytes < OUT_LIMIT && !this.#turn.isOver()
  }
  /** Starts what waited, as far as it may. */
  pump(): void {
    if (this.#closed) return
    while (this.#queue.length > 0) {
      const c = this.#queue[0]!
      if (!c.aborted && !this.#mayStart(c, this.#commands.size - this.#queue.length)) break
      this.#queue.shift()
      if (c.aborted) this.#release(c)
      else this.#start(c)
    }
    this.#batch.flush()
  }
  #track(c: Command): void {
    if (c.tracked) return
    c.tracked = true
    this.#commands.set(c.initiatorTaskTag, c)
    this.#out.active = this.#commands.size
  }
  /** The command is over: forget it, use it again. */
  #release(c: Command): void {
    if (c.timedFromMs >= 0) this.#latency.end(c)
    if (c.tracked) {
      this.#commands.delete(c.initiatorTaskTag)
      this.#out.active = this.#commands.size
    }
    if (this.#ordered === c) this.#ordered = undefined
    this.#solicited -= c.solicited
    if (this.#r2tWaiting.length > 0) {
      const waiting = this.#r2tWaiting.filter((w) => w !== c)
      this.#r2tWaiting = []
      if (!this.#closed) for (const w of waiting) this.#solicit(w)
    }
    c.drop(this.#keeper)
    if (this.#free.length < 8) this.#free.push(c)
  }

  #start(c: Command): void {
    c.started = true
    if (c.attribute === TASK_ATTRIBUTE.ordered) this.#ordered = c
    c.phase = c.unit ? c.unit.start(c.task) : startOnMissingUnit(c.task)
    switch (c.phase) {
      case PHASE.read:
        return this.#read(c)
      case PHASE.dataOut:
        c.wanted = c.isWrite ? Math.min(c.expectedLength, c.task.dataOutLength) : 0
        return this.#gather(c)
      case PHASE.work:
        return this.#run(c)
      default:
        return this.#finish(c)
    }
  }

  // --- Data-out ------------------------------------------------------------------------------------------------

  /** Goes on with a command that wants data: run it, wait for unsolicited data, or ask for more. */
  #gather(c: Command): void {
    if (c.received >= c.wanted && !c.unsolicitedOpen) return this.#run(c)
    this.#track(c)
    if (!c.unsolicitedOpen) this.#solicit(c)
  }

  #solicit(c: Command): void {
    const { maxBurstLength, maxOutstandingR2T } = this.#out.params
    if (c.solicitedEnd < c.received) c.solicitedEnd = c.received
    if (c.solicitedEnd < c.wanted && c.solicited === 0) {
      if (this.#solicited >= SOLICITED_LIMIT) {
        this.#r2tWaiting.push(c)
        return
      }
      c.solicited = c.wanted - c.solicitedEnd
      this.#solicited += c.solicited
    }
    while (c.solicitedEnd < c.wanted && c.r2ts.length < maxOutstandingR2T) {
      const length = Math.min(maxBurstLength, c.wanted - c.solicitedEnd)
      const tag = this.#newTag()
      this.#out.r2t(this.#batch, c, tag, length)
      c.solicitedEnd += length
      c.r2ts.push({ tag, end: c.solicitedEnd })
    }
  }

  #newTag(): number {
    this.#nextTag = (this.#nextTag + 1) % NO_TAG
    return this.#nextTag
  }

  dataOut(h: Uint8Array, at: number, pieces: readonly Uint8Array[], length: number): void {
    const c = this.#commands.get(u32be(h, at + BHS.initiatorTaskTag))
    // Data of a command that has ended early (error, abort) is still under way: nothing to be said about it.
    if (!c || c.aborted || (c.started && c.phase !== PHASE.dataOut) || c.working) return
    const tag = u32be(h, at + BHS.targetTransferTag)
    const final = (h[at + 1]! & FINAL) !== 0
    const offset = u32be(h, at + DATA_OUT.bufferOffset)
    const end = c.received + length
    const solicited = tag !== NO_TAG
    const limit = solicited ? c.r2ts[0]?.end : Math.min(this.#out.params.firstBurstLength, c.expectedLength)
    if (solicited ? c.r2ts[0]?.tag !== tag : !c.unsolicitedOpen) {
      return this.#owner.fail(`Data-Out has transfer tag ${tag.toString(16)}, which is not outstanding`)
    }
    if (u32be(h, at + DATA_OUT.dataSn) !== c.dataSn || offset !== c.received || end > limit!) {
      return this.#dataOutOfOrder(c)
    }
    c.keep(pieces, this.#keeper)
    c.received = end
    c.dataSn = final ? 0 : c.dataSn + 1
    if (solicited) {
      if (final !== (end === limit)) return this.#dataOutOfOrder(c)
      if (final) c.r2ts.shift()
    } else if (final) c.unsolicitedOpen = false
    if (c.started && (final || c.received >= c.wanted)) this.#gather(c)
  }

  /** A gap or a repeat in the data of one command. Source: RFC 7143 §7.9, §11.4.7.2 (sense of a sequence error). */
  #dataOutOfOrder(c: Command): void {
    this.#owner.logger.warn({ itt: c.initiatorTaskTag }, 'initiator error: Data-Out is out of order')
    c.task.check(SENSE.abortedNotEnoughData)
    c.phase = PHASE.done
    if (c.started) this.#finish(c)
    else {
      this.#queue = this.#queue.filter((q) => q !== c)
      this.#finish(c)
    }
  }

  // --- Execution -----------------------------------------------------------------------------------------------

  #run(c: Command): void {
    // More may have come than the CDB wants: an initiator may announce more than it needs.
    const pieces = c.received > c.wanted ? firstBytes(c.pieces, c.wanted) : c.pieces
    this.bytesWritten += Math.min(c.received, c.wanted)
    const waiting = c.unit!.run(c.task, pieces)
    if (!waiting) return this.#finish(c)
    this.#track(c)
    c.working = waiting
      .then(() => {
        c.working = undefined
        c.drop(this.#keeper)
        if (c.aborted || this.#closed) this.#release(c)
        else this.#finish(c)
        this.pump()
      })
      .catch((thrown: unknown) => this.#owner.bug(thrown))
  }

  /** Bytes of the segments a read is cut into. Whole blocks where one fits, for each is filled in its place; else 512s. */
  #segmentLength(blockSize = 512): number {
    const { initiatorMaxRecvDataSegmentLength, maxBurstLength } = this.#out.params
    const most = Math.min(initiatorMaxRecvDataSegmentLength, maxBurstLength)
    return most - (most % (most < blockSize ? 512 : blockSize))
  }

  #read(c: Command): void {
    const unit = c.unit!
    const total = c.task.blocks * unit.blockSize
    const segment = this.#segmentLength(unit.blockSize)
    const count = Math.ceil(total / segment)
    const before = BHS_LENGTH + (this.#out.params.headerDigest ? DIGEST : 0)
    const after = this.#out.params.dataDigest ? DIGEST : 0
    const needed = total + count * (before + after)
    if (total <= SYNC_READ && !this.#deviceWaits) {
      const at = this.#batch.room(needed + RESPONSE_ROOM)
      const payload = at + needed - after - total
      let waiting: void | Promise<void>
      try {
        waiting = unit.read(c.task, 0, this.#batch.bytes.subarray(payload, payload + total))
      } catch (thrown) {
        this.#batch.rewind(at)
        unit.fail(c.task, thrown)
        return this.#finish(c)
      }
      if (!waiting) {
        // The payload lies at the end; segments are moved to their places from the front on.
        const used = this.#out.dataIn(c, this.#batch.bytes, at, total, segment, payload)
        this.#batch.rewind(at + used)
        this.#turn.took(total)
        return this.#release(c)
      }
      this.#deviceWaits = true
      return this.#readLater(c, waiting, this.#batch.handOver(at), at, needed, total, segment, payload)
    }
    const own = this.#batch.pool.lend(needed + RESPONSE_ROOM)
    const reads: Promise<void>[] = []
    try {
      if (count > 1 && segment >= SEGMENT_READ) {
        let at = before
        for (let done = 0; done < total; done += segment) {
          const length = Math.min(segment, total - done)
          const waiting = unit.read(c.task, done / unit.blockSize, own.bytes.subarray(at, at + length))
          if (waiting) reads.push(waiting)
          at += length + after + before
        }
        const all = reads.length > 0 ? settled(reads) : undefined
        return this.#readLater(c, all, own, 0, needed, total, segment, -1)
      }
      const payload = needed - after - total
      const waiting = unit.read(c.task, 0, own.bytes.subarray(payload, payload + total))
      this.#deviceWaits = waiting !== undefined
      return this.#readLater(c, waiting, own, 0, needed, total, segment, payload)
    } catch (thrown) {
      // Those that began still write into it; the first failure is the one that counts.
      const all = settled([...reads, Promise.reject(toAppError(thrown))])
      return this.#readLater(c, all, own, 0, needed, total, segment, -1)
    }
  }

  /** @param arena held once for this read.
   *  @param payload where the data lies in one piece, or -1 when each segment is in its place. */
  #readLater(
    c: Command,
    waiting: void | Promise<void>,
    arena: Arena,
    at: number,
    needed: number,
    total: number,
    segment: number,
    payload: number,
  ): void {
    if (!waiting) {
      const used = this.#out.dataIn(c, arena.bytes, at, total, segment, payload)
      this.#batch.sendHeld(arena, at, used)
      return this.#release(c)
    }
    this.#track(c)
    this.#reserved += needed
    const ended = (thrown?: unknown): void => {
      c.working = undefined
      this.#reserved -= needed
      if (c.aborted || this.#closed) {
        this.#batch.pool.letGo(arena)
        this.#release(c)
      } else if (thrown !== undefined) {
        this.#batch.pool.letGo(arena)
        c.unit!.fail(c.task, thrown)
        this.#finish(c)
      } else if (this.#segmentLength(c.unit!.blockSize) < segment)
        this.#readInSmallerSegments(c, arena, total, segment, payload)
      else {
        const used = this.#out.dataIn(c, arena.bytes, at, total, segment, payload)
        this.#batch.sendHeld(arena, at, used)
        this.#release(c)
      }
      this.pump()
    }
    c.working = waiting.then(() => ended(), ended).catch((thrown: unknown) => this.#owner.bug(thrown))
  }

  /** The initiator takes less in one segment than it did when the read began. */
  #readInSmallerSegments(c: Command, arena: Arena, total: number, old: number, payload: number): void {
    const { pool } = this.#batch
    const segment = this.#segmentLength(c.unit!.blockSize)
    const fresh = pool.lend(this.#out.lengthOf(total, segment) + RESPONSE_ROOM)
    const at = this.#out.gather(arena.bytes, total, old, payload, fresh.bytes, segment)
    pool.letGo(arena)
    this.#batch.sendHeld(fresh, 0, this.#out.dataIn(c, fresh.bytes, 0, total, segment, at))
    this.#release(c)
  }

  // --- Answers -------------------------------------------------------------------------------------------------

  /** Ends a command whose data, if any, is small and in `task.dataIn`. */
  #finish(c: Command): void {
    const data = c.task.dataIn
    if (data && data.length > 0 && c.task.status === STATUS.good && c.isRead) {
      const segment = this.#segmentLength()
      const needed = data.length + (Math.ceil(data.length / segment) + 1) * (BHS_LENGTH + 2 * DIGEST) + 4
      const at = this.#batch.room(needed)
      const b = this.#batch.bytes
      const payload = at + needed - data.length - 4
      b.set(data, payload)
      const used = this.#out.dataIn(c, b, at, data.length, segment, payload)
      this.#batch.rewind(at + used)
    } else this.#out.response(this.#batch, c)
    this.#release(c)
  }

  // --- Aborting ------------------------------------------------------------------------------------------------

  /** Ends a command without a response. The promise, if any, resolves when the device has let go of it. */
  abort(c: Command): Promise<void> | undefined {
    c.aborted = true
    if (c.working) return c.working
    if (this.#queue.includes(c)) this.#queue = this.#queue.filter((q) => q !== c)
    this.#release(c)
    return undefined
  }

  /** The connection is over. Resolves when the device works on nothing of it any more. */
  async close(): Promise<void> {
    this.#closed = true
    const working: Promise<void>[] = []
    for (const c of [...this.#commands.values()]) {
      const w = this.abort(c)
      if (w) working.push(w)
    }
    await Promise.all(working)
  }
}
