import type { Clock } from '../base/clock.ts'
import { toAppError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import { serialAdd } from '../base/serial.ts'
import type { Nexus } from '../scsi/task.ts'
import type { BufferPool } from './buffer-pool.ts'
import { DataPath, type DataPathOwner } from './data-path.ts'
import { frame, Framer, joined, type PduSink } from './framer.ts'
import type { EstablishedLogin, LoginEffect } from './login-state.ts'
import type { LatencyProbe } from './latency-probe.ts'
import { LoginExchange, type LoginOwner } from './login-exchange.ts'
import { MAX_RECV_DATA_SEGMENT_LENGTH, OUR_VALUES } from './offer.ts'
import { OutBatch, PAUSE_AT, SMALL, type Wire } from './out-batch.ts'
import { ASYNC_EVENT, encodeAsyncMessage } from './pdu/async-message.ts'
import { BHS_LENGTH, lunField, NO_DATA, OPCODE_MASK, type EncodedPdu } from './pdu/bhs.ts'
import { describePdu } from './pdu/describe.ts'
import { decodeLoginRequest } from './pdu/login-request.ts'
import { encodeLoginResponse, type LoginResponse } from './pdu/login-response.ts'
import { decodeLogoutRequest, LOGOUT_REASON } from './pdu/logout-request.ts'
import { encodeLogoutResponse, LOGOUT_RESPONSE } from './pdu/logout-response.ts'
import { encodeNopIn } from './pdu/nop-in.ts'
import { decodeNopOut } from './pdu/nop-out.ts'
import { NO_TAG, OPCODE } from './pdu/opcode.ts'
import { encodeReject, REJECT_REASON } from './pdu/reject.ts'
import { decodeTaskManagementRequest, TASK_MANAGEMENT } from './pdu/task-management-request.ts'
import { encodeTaskManagementResponse } from './pdu/task-management-response.ts'
import { decodeTextRequest } from './pdu/text-request.ts'
import { encodeTextResponse } from './pdu/text-response.ts'
import { OWNED, type PieceKeeper } from './receive-buffer.ts'
import { RequestOrder, type RequestOwner } from './request-order.ts'
import { sessionParameters } from './session-parameters.ts'
import type { SessionRegistry } from './session-registry.ts'
import {
  kindOfIsid,
  type IscsiObserver,
  type SessionEnd,
  type SessionKind,
  type SessionView,
  type TargetDirectory,
} from './target.ts'
import { abortUnit, manageTasks, waitsForCommands } from './task-management.ts'
import { targetsFor, TextExchange } from './text-exchange.ts'

/** Time to reach the full feature phase. Milliseconds. */
const LOGIN_TIMEOUT_MS = 15_000
export interface ConnectionContext {
  readonly directory: TargetDirectory
  readonly observer: IscsiObserver
  readonly clock: Clock
  readonly logger: Logger
  readonly registry: SessionRegistry<Connection>
  readonly pool: BufferPool
  readonly latency: LatencyProbe
  /** The login is over, well or not: it counts no more against the limits. */
  readonly loginEnded: () => void
}

/** One TCP connection, which is one session here: login, then full feature phase. */
export class Connection implements PduSink, DataPathOwner, LoginOwner, RequestOwner {
  readonly tsih: number
  readonly logger: Logger
  /** Set when the login is done. */
  #login: EstablishedLogin | undefined
  #data: DataPath | undefined

  readonly #ctx: ConnectionContext
  readonly #wire: Wire
  readonly #keeper: PieceKeeper
  readonly #framer: Framer
  readonly #batch: OutBatch
  readonly #exchange: LoginExchange
  readonly #text = new TextExchange()
  #cancelTimer: () => void
  #order = new RequestOrder(this, 0)
  #nexuses = new Map<number, Nexus>()
  /** StatSN while there is no data path. */
  #statSn = 1
  #started = false
  #ended = false
  /** Resolves when the device works on nothing of this connection. */
  #idle: Promise<void> = Promise.resolve()
  #id = 0
  #startedMs = 0
  #lastHeardMs = 0
  /** What the initiator of a discovery session takes in one data segment, once it said so. Bytes. */
  #discoveryLimit: number | undefined
  /** Answered a ping once: it may be judged by its answers from then on. */
  #answersPings = false
  #pingSent = false

  /** @param keeper of the chunks that come in. */
  constructor(ctx: ConnectionContext, wire: Wire, keeper: PieceKeeper = OWNED) {
    this.#ctx = ctx
    this.#wire = wire
    this.tsih = ctx.registry.nextTsih()
    this.logger = ctx.logger.child({ component: 'iscsi.connection', remote: wire.remoteAddress })
    this.#keeper = keeper
    this.#framer = new Framer(this, MAX_RECV_DATA_SEGMENT_LENGTH, keeper)
    this.#batch = new OutBatch(wire, ctx.pool)
    this.#exchange = new LoginExchange(
      { remoteAddress: wire.remoteAddress, directory: ctx.directory, tsih: this.tsih, ours: OUR_VALUES },
      ctx.registry,
      ctx.clock,
      this,
    )
    this.#cancelTimer = ctx.clock.after(LOGIN_TIMEOUT_MS, 'iscsi login', () => this.#exchange.timeout())
    this.#lastHeardMs = ctx.clock.now()
    ctx.registry.add(this)
  }

  // --- What the portal and the registry ask ----------------------------------------------------------------------

  get targetName(): string {
    return this.#login?.target?.name ?? ''
  }
  get kind(): SessionKind {
    return kindOfIsid(this.#login?.identity.isid ?? '')
  }
  get ended(): boolean {
    return this.#ended
  }
  flush(): void {
    this.#batch.flush()
  }
  get firstBurstLength(): number {
    return this.#data?.responses.params.firstBurstLength ?? 0
  }
  get inFullFeaturePhase(): boolean {
    return this.#login !== undefined && !this.#ended
  }
  isSession(initiatorName: string, isid: string): boolean {
    const who = this.#login?.identity
    return !this.#ended && who?.initiatorName === initiatorName && who.isid === isid
  }
  view(): SessionView | undefined {
    const login = this.#login
    if (!login?.target) return undefined
    return {
      id: this.#id,
      initiatorName: login.identity.initiatorName,
      targetName: login.target.name,
      isid: login.identity.isid,
      remoteAddress: login.identity.remoteAddress,
      kind: this.kind,
      startedMs: this.#startedMs,
      lastHeardMs: this.#lastHeardMs,
      bytesRead: this.#data?.bytesRead ?? 0,
      bytesWritten: this.#data?.bytesWritten ?? 0,
      commands: this.#data?.commandCount ?? 0,
    }
  }

  // --- Bytes in --------------------------------------------------------------------------------------------------

  /** One readable event: all answers leave in one write. */
  received(chunk: Uint8Array): void {
    if (this.#ended) return
    try {
      this.#framer.push(chunk)
    } catch (thrown) {
      this.bug(thrown)
    }
    this.#batch.flush()
    if (this.#wire.pendingBytes > PAUSE_AT) this.#wire.pause()
  }
  /** The kernel took what was pending. */
  drained(): void {
    if (this.#ended) return
    this.#data?.pump()
    if (this.#wire.pendingBytes <= PAUSE_AT) this.#wire.resume()
  }

  pdu(h: Uint8Array, at: number, pieces: readonly Uint8Array[], length: number): boolean {
    this.#lastHeardMs = this.#ctx.clock.now()
    const opcode = h[at]! & OPCODE_MASK
    if (!this.#login) {
      if (opcode !== OPCODE.loginRequest || this.#exchange.waiting) {
        this.fail('a command came before the login was over')
        return false
      }
      this.#loginRequest(h, at, pieces, length)
      return !this.#ended
    }
    if (opcode === OPCODE.dataOut) this.#order.dataOut(h, at, pieces, length)
    else this.#order.request(opcode, h, at, pieces, length)
    return !this.#ended
  }

  dataOut(h: Uint8Array, at: number, pieces: readonly Uint8Array[], length: number): void {
    if (this.#data) this.#data.dataOut(h, at, pieces, length)
    else this.reject(REJECT_REASON.protocolError, h, at)
  }

  broken(why: string, dataDigest: boolean): void {
    // At error recovery level 0 a digest error ends the session, headers and data alike.
    this.fail(dataDigest ? `data error: ${why}` : why)
  }

  request(opcode: number, h: Uint8Array, at: number, pieces: readonly Uint8Array[], length: number): void {
    if (opcode === OPCODE.scsiCommand) {
      if (this.#data) this.#data.command(h, at, pieces, length)
      else this.reject(REJECT_REASON.protocolError, h, at)
      return
    }
    const header = h.subarray(at, at + BHS_LENGTH)
    switch (opcode) {
      case OPCODE.nopOut:
        return this.#nopOut(header, joined(pieces, length))
      case OPCODE.textRequest:
        return this.#textRequest(header, joined(pieces, length))
      case OPCODE.logoutRequest:
        return this.#logoutRequest(header)
      case OPCODE.taskManagementRequest:
        return this.#taskManagement(header)
      case OPCODE.snackRequest:
        return this.reject(REJECT_REASON.snackReject, h, at)
      case OPCODE.loginRequest:
        return this.reject(REJECT_REASON.protocolError, h, at)
      default:
        return this.reject(REJECT_REASON.commandNotSupported, h, at)
    }
  }

  // --- Login -----------------------------------------------------------------------------------------------------

  #loginRequest(h: Uint8Array, at: number, pieces: readonly Uint8Array[], length: number): void {
    const request = decodeLoginRequest(h.subarray(at, at + BHS_LENGTH), joined(pieces, length))
    this.logger.debug({}, describePdu(request))
    if (!this.#started) {
      this.#started = true
      this.#order = new RequestOrder(this, request.cmdSn)
    }
    this.#exchange.request(request)
  }

  run(effect: Exclude<LoginEffect, { type: 'wait' }>): void {
    switch (effect.type) {
      case 'respond':
        return this.#loginResponse(effect.response)
      case 'established':
        return this.#established(effect.login)
      case 'refused':
        this.logger.warn({ ...effect.who, status: effect.status }, `login refused: ${effect.why}`)
        return this.#ctx.observer.refused(effect.who, effect.status >>> 8, effect.status & 0xff, effect.why)
      case 'close':
        this.logger.debug({}, `login ended: ${effect.why}`)
        return this.#end('error', true)
    }
  }

  #loginResponse(r: Omit<LoginResponse, 'opcode' | 'statSn' | 'expCmdSn' | 'maxCmdSn'>): void {
    const response = { ...r, ...this.#numbers(true) }
    this.logger.debug({}, describePdu({ opcode: OPCODE.loginResponse, ...response }))
    this.#send(encodeLoginResponse(response))
  }

  #established(login: EstablishedLogin): void {
    const { registry, clock, observer } = this.#ctx
    const { initiatorName, isid } = login.identity
    const target = login.target
    const older = target ? registry.sameSession(initiatorName, isid, target.name) : undefined
    this.#login = login
    this.#id = registry.nextId()
    this.#startedMs = clock.now()
    this.#cancelTimer()
    this.#ctx.loginEnded()
    const params = sessionParameters(login.agreed)
    this.#framer.headerDigest = params.headerDigest
    this.#framer.dataDigest = params.dataDigest
    // The last login response is still unsealed by digests: it must be out before they begin.
    this.#batch.flush()
    if (!target) return
    const lunFields = [...target.luns.keys()].sort((a, b) => a - b).map(lunField)
    const portName = `${initiatorName},i,0x${isid}`
    const writeThrough = this.kind === 'loader'
    for (const [lun, unit] of target.luns) {
      const abortTasks = (): Promise<void> | undefined => this.#data && abortUnit(this.#data, lun)
      this.#nexuses.set(lun, unit.attach({ portName, writeThrough, lunFields, abortTasks }))
    }
    this.#data = new DataPath({
      owner: this,
      wire: this.#wire,
      batch: this.#batch,
      keeper: this.#keeper,
      latency: this.#ctx.latency,
      window: this.#order.window,
      target,
      nexuses: this.#nexuses,
      strayNexus: { portName, writeThrough, lunFields, attentions: [], abortTasks: () => undefined },
      params,
      statSn: this.#statSn,
    })
    if (older) this.#data.block(older.terminate('reinstated'))
    this.logger.info({ initiatorName, target: target.name, isid }, 'logged in')
    observer.login(this.view()!)
  }

  // --- Requests other than SCSI ------------------------------------------------------------------------------------

  #nopOut(header: Uint8Array, data: Uint8Array): void {
    const nop = decodeNopOut(header, data)
    if (nop.initiatorTaskTag === NO_TAG) {
      this.#answersPings = true
      this.#pingSent = false
      return
    }
    const limit = this.#initiatorLimit()
    const echo = nop.data.length > limit ? nop.data.subarray(0, limit) : nop.data
    const { lun, initiatorTaskTag } = nop
    this.#send(encodeNopIn({ lun, initiatorTaskTag, targetTransferTag: NO_TAG, data: echo, ...this.#numbers(true) }))
  }

  #initiatorLimit(): number {
    const params = this.#data?.responses.params ?? sessionParameters(this.#login!.agreed)
    return this.#discoveryLimit ?? params.initiatorMaxRecvDataSegmentLength
  }

  #textRequest(header: Uint8Array, data: Uint8Array): void {
    const r = decodeTextRequest(header, data)
    this.logger.debug({}, describePdu(r))
    const { identity } = this.#login!
    const limit = this.#initiatorLimit()
    const answer = this.#text.answer(r, {
      discovery: this.#data === undefined,
      targetName: this.targetName,
      initiatorMaxRecvDataSegmentLength: limit,
      setInitiatorMaxRecvDataSegmentLength: (bytes) => {
        const responses = this.#data?.responses
        if (responses) responses.params = { ...responses.params, initiatorMaxRecvDataSegmentLength: bytes }
        else this.#discoveryLimit = bytes
      },
      targets: (name) => targetsFor(this.#ctx.directory.list(identity), name, this.#wire),
    })
    if (!answer) return this.reject(REJECT_REASON.protocolError, header, 0)
    const { lun, initiatorTaskTag } = r
    this.#send(encodeTextResponse({ ...answer, lun, initiatorTaskTag, ...this.#numbers(true) }))
  }

  #logoutRequest(header: Uint8Array): void {
    const r = decodeLogoutRequest(header)
    if (r.reasonCode > LOGOUT_REASON.removeForRecovery) return this.reject(REJECT_REASON.invalidPduField, header, 0)
    let response: number = LOGOUT_RESPONSE.closed
    if (r.reasonCode === LOGOUT_REASON.removeForRecovery) response = LOGOUT_RESPONSE.recoveryNotSupported
    else if (r.reasonCode === LOGOUT_REASON.closeConnection && r.cid !== this.#login!.cid) {
      response = LOGOUT_RESPONSE.cidNotFound
    }
    const { initiatorTaskTag } = r
    this.#send(
      encodeLogoutResponse({ response, initiatorTaskTag, time2Wait: 0, time2Retain: 0, ...this.#numbers(true) }),
    )
    if (response === LOGOUT_RESPONSE.closed) this.#end('logout', true)
  }

  #taskManagement(header: Uint8Array): void {
    const r = decodeTaskManagementRequest(header)
    if (!this.#data) return this.reject(REJECT_REASON.protocolError, header, 0)
    if (waitsForCommands(r, this.#order.window)) {
      if (!this.#order.postpone(header)) this.reject(REJECT_REASON.tooManyImmediateCommands, header, 0)
      return
    }
    this.logger.info({}, describePdu(r))
    const { response, after } = manageTasks(r, this.#data, this.#login!.target!, this.#nexuses, this.#order.window)
    const answer = (): void => {
      if (this.#ended) return
      const { initiatorTaskTag } = r
      this.#send(encodeTaskManagementResponse({ response, initiatorTaskTag, ...this.#numbers(true) }))
      this.#batch.flush()
      if (r.function === TASK_MANAGEMENT.targetColdReset) this.#endAllOfTarget()
    }
    // What an aborted write has begun must be over before the initiator hears that it is gone.
    if (after) void after.then(answer)
    else answer()
  }

  /** A cold reset ends all sessions of the target. Source: RFC 7143 §11.5.1. */
  #endAllOfTarget(): void {
    for (const c of this.#ctx.registry.all()) if (c.targetName === this.targetName) c.#end('shutdown', true)
  }

  reject(reason: number, bytes: Uint8Array, at: number): void {
    const data = bytes.slice(at, at + BHS_LENGTH)
    this.logger.warn({ reason, opcode: data[0]! & OPCODE_MASK }, 'initiator error: a PDU was rejected')
    this.#send(encodeReject({ reason, initiatorTaskTag: NO_TAG, dataSn: 0, data, ...this.#numbers(true) }))
  }

  // --- Out -------------------------------------------------------------------------------------------------------

  /** StatSN, ExpCmdSN, MaxCmdSN of the next response. @param counts whether it uses up its StatSN. */
  #numbers(counts: boolean): { statSn: number; expCmdSn: number; maxCmdSn: number } {
    const holder = this.#data?.responses
    const statSn = holder ? holder.statSn : this.#statSn
    if (counts) {
      if (holder) holder.statSn = serialAdd(statSn, 1)
      else this.#statSn = serialAdd(statSn, 1)
    }
    return { statSn, expCmdSn: this.#order.window.expCmdSn, maxCmdSn: this.#order.window.advance(holder?.active ?? 0) }
  }

  #send(p: EncodedPdu): void {
    const params = this.#data?.responses.params
    const bytes = frame(p.header, p.data, params?.headerDigest ?? false, params?.dataDigest ?? false)
    if (bytes.length > SMALL) {
      this.#batch.flush()
      this.#wire.write(bytes, () => {})
      return
    }
    const at = this.#batch.room(bytes.length)
    this.#batch.bytes.set(bytes, at)
  }

  /** Pings an initiator that was not heard of for `idleMs`, unless it is a loader: iPXE never answers and must never be
   *  cut for that. One that answered before and does not now is gone. */
  ping(idleMs: number): void {
    if (!this.#data || this.kind === 'loader' || this.#ctx.clock.now() - this.#lastHeardMs < idleMs) return
    if (this.#pingSent) {
      if (this.#answersPings) this.fail('it answers pings no more')
      return
    }
    this.#pingSent = true
    const tags = { lun: lunField(0), initiatorTaskTag: NO_TAG, targetTransferTag: 1 }
    this.#send(encodeNopIn({ ...tags, data: NO_DATA, ...this.#numbers(false) }))
    this.#batch.flush()
  }

  /** Asks the initiator to log out within `seconds`. Loaders know no asynchronous messages. */
  askLogout(seconds: number): void {
    if (!this.#data || this.#ended || this.kind === 'loader') return
    this.#send(
      encodeAsyncMessage({
        lun: lunField(0),
        initiatorTaskTag: NO_TAG,
        asyncEvent: ASYNC_EVENT.logoutRequest,
        asyncVCode: 0,
        parameter1: 0,
        parameter2: 0,
        parameter3: seconds,
        data: NO_DATA,
        ...this.#numbers(true),
      }),
    )
    this.#batch.flush()
  }

  // --- The end -----------------------------------------------------------------------------------------------------

  fail(why: string): void {
    if (this.#ended) return
    this.logger.warn({}, `initiator error: ${why}`)
    this.#end('error', true)
  }
  bug(thrown: unknown): void {
    const e = toAppError(thrown)
    this.logger.error({ err: e, stack: e.stack }, `a connection failed: ${e.message}`)
    this.#end('error', false)
  }
  /** The peer closed, or the connection broke. */
  closed(): void {
    this.#end('closed', false)
  }
  /** Ends the session; resolves when the device works on nothing of it any more. */
  terminate(why: SessionEnd): Promise<void> {
    this.#end(why, false)
    return this.#idle
  }

  #end(why: SessionEnd, graceful: boolean): void {
    if (this.#ended) return
    this.#ended = true
    this.#cancelTimer()
    if (!this.#login) this.#ctx.loginEnded()
    if (graceful) {
      this.#batch.flush()
      this.#wire.end()
    } else this.#wire.destroy()
    const last = this.view()
    if (this.#data) this.#idle = this.#data.close()
    for (const [lun, nexus] of this.#nexuses) this.#login!.target!.luns.get(lun)!.detach(nexus)
    void this.#idle.then(() => this.#ctx.registry.remove(this))
    if (!last) return
    this.logger.info({ target: last.targetName, why }, 'session ended')
    this.#ctx.observer.ended(last, why)
  }
}
