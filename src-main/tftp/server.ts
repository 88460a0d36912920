import type { Clock } from '../base/clock.ts'
import { CodecError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import { Machine } from '../base/machine.ts'
import type { BootObserver } from '../boot/boot-planner.ts'
import type { VirtualFiles } from '../boot/virtual-files.ts'
import { BlockPackets } from './block-packets.ts'
import { toNetascii } from './netascii.ts'
import { negotiateOptions, normaliseName, type Negotiation } from './options.ts'
import {
  ACK_BYTES,
  decodeTftp,
  describeTftp,
  encodeTftp,
  ERROR_CODE,
  OPCODE,
  type TftpPacket,
  type TftpRequest,
} from './packet.ts'
import {
  beginTransfer,
  lastBlockOf,
  stepTransfer,
  type TransferEffect,
  type TransferInput,
  type TransferPlan,
  type TransferState,
} from './transfer.ts'

export interface Endpoint {
  readonly ip: string
  readonly port: number
}

/** One UDP port, as the server needs it; tests put a lossy network behind it. */
export interface DatagramSocket {
  send(bytes: Uint8Array, to: Endpoint): void
  onMessage(fn: (bytes: Uint8Array, from: Endpoint) => void): void
  close(): Promise<void>
}

export interface TftpServerOptions {
  readonly files: VirtualFiles
  readonly observer: BootObserver
  readonly clock: Clock
  readonly logger: Logger
  /** A new socket on a free port of the served address, for this client. */
  readonly openSocket: (client: Endpoint) => Promise<DatagramSocket>
}

/** A boot needs one at a time, two while a client gives up one and begins the next. */
export const MAX_TRANSFERS_PER_IP = 4
const MAX_TRANSFERS = 512
/** A transfer that had no answer for so long gives way to a new request of the same PC. */
const STALE_MS = 1000

/** Takes requests, and owns the transfers that follow. */
export class TftpServer {
  readonly #o: TftpServerOptions
  /** By `ip:port` of the client: a port asks for one file at a time. */
  readonly #transfers = new Map<string, Transfer>()
  /** What was sent as netascii; as long as the file itself, and one for all who ask. */
  readonly #netascii = new WeakMap<Uint8Array, Uint8Array>()
  #closed = false

  constructor(options: TftpServerOptions) {
    this.#o = options
  }

  get active(): number {
    return this.#transfers.size
  }

  /** A packet that came to the request port; `raw` are its bytes, `socket` the request port itself. */
  onRequest(packet: TftpPacket, raw: Uint8Array, from: Endpoint, socket: DatagramSocket): void {
    if (this.#closed) return
    const refuse = (code: number, message: string): void =>
      socket.send(encodeTftp({ opcode: OPCODE.error, code, message }), from)
    if (packet.opcode === OPCODE.writeRequest) return refuse(ERROR_CODE.accessViolation, 'read-only server')
    // Anything else on this port is a stray answer; answering errors with errors would never end.
    if (packet.opcode !== OPCODE.readRequest) return
    this.#o.logger.debug({ from: from.ip }, describeTftp(packet))
    // `mail` is obsolete (RFC 1350 §1); some ROMs leave the mode empty and mean octet.
    const mode = packet.mode.toLowerCase()
    if (mode !== 'octet' && mode !== 'netascii' && mode !== '')
      return refuse(ERROR_CODE.illegalOperation, 'only modes octet and netascii are served')
    if (this.#isRepeated(raw, from)) return
    const name = normaliseName(packet.filename)
    const found = this.#o.files.open(name, { ip: from.ip })
    if (!found) {
      this.#o.logger.debug({ from: from.ip, file: name }, 'no such file')
      return refuse(ERROR_CODE.fileNotFound, 'no such file')
    }
    const bytes = mode === 'netascii' ? this.#asNetascii(found) : found
    this.#dropSuperseded(name, from.ip)
    if (!this.#makeRoom(from.ip)) return refuse(ERROR_CODE.notDefined, 'too many transfers at once')
    void this.#begin(packet, raw.slice(), name, bytes, from)
  }

  #asNetascii(bytes: Uint8Array): Uint8Array {
    const known = this.#netascii.get(bytes) ?? toNetascii(bytes)
    this.#netascii.set(bytes, known)
    return known
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#transfers.values()].map((t) => t.stop()))
  }

  /** A client that did not hear our first packet asks again from the same port; the retransmission serves it. Another
   *  request from that port means that it gave up the first. */
  #isRepeated(raw: Uint8Array, from: Endpoint): boolean {
    const before = this.#transfers.get(keyOf(from))
    if (!before) return false
    if (before.isWaitingForFirst && sameBytes(before.request, raw)) return true
    void before.stop()
    this.#transfers.delete(keyOf(from))
    return false
  }

  /** Some firmware asks for the size, says nothing more, and asks again from a new port: the first request is over. */
  #dropSuperseded(name: string, ip: string): void {
    for (const [key, transfer] of this.#transfers) {
      const isSame = transfer.client.ip === ip && transfer.name === name
      if (!isSame || !this.#isStale(transfer)) continue
      void transfer.stop()
      this.#transfers.delete(key)
    }
  }

  /** Never answered, and not for want of time. */
  #isStale(transfer: Transfer): boolean {
    return transfer.isWaitingForFirst && this.#o.clock.now() - transfer.begunMs >= STALE_MS
  }

  /** Room for one more transfer of this client; of too many, one that was never answered gives way. */
  #makeRoom(ip: string): boolean {
    const own = [...this.#transfers].filter(([, transfer]) => transfer.client.ip === ip)
    if (own.length >= MAX_TRANSFERS_PER_IP) {
      const silent = own.find(([, transfer]) => this.#isStale(transfer))
      if (!silent) return false
      void silent[1].stop()
      this.#transfers.delete(silent[0])
    }
    return this.#transfers.size < MAX_TRANSFERS
  }

  async #begin(
    packet: TftpRequest,
    request: Uint8Array,
    name: string,
    bytes: Uint8Array,
    from: Endpoint,
  ): Promise<void> {
    const negotiation = negotiateOptions(packet.options, bytes.length)
    const key = keyOf(from)
    const transfer = new Transfer({ client: from, name, bytes, request, negotiation, server: this.#o }, () => {
      if (this.#transfers.get(key) === transfer) this.#transfers.delete(key)
    })
    this.#transfers.set(key, transfer)
    try {
      await transfer.begin()
    } catch (thrown) {
      this.#transfers.delete(key)
      const why = thrown instanceof Error ? thrown.message : String(thrown)
      this.#o.logger.error({ client: from.ip, file: name, error: why }, 'a TFTP transfer could not be begun')
    }
  }
}

const keyOf = (from: Endpoint): string => `${from.ip}:${from.port}`
const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((v, i) => v === b[i])

interface TransferContext {
  readonly client: Endpoint
  readonly name: string
  readonly bytes: Uint8Array
  /** The request as it came, to know it again. */
  readonly request: Uint8Array
  readonly negotiation: Negotiation
  readonly server: TftpServerOptions
}

/** Owner of one transfer machine: its socket, its timer, its bytes. */
class Transfer {
  readonly #c: TransferContext
  readonly #plan: TransferPlan
  readonly #onEnd: () => void
  readonly begunMs: number
  #machine: Machine<TransferState, TransferInput, TransferEffect> | undefined
  #socket: DatagramSocket | undefined
  #cancelTimer: () => void = () => {}
  /** When the timer fires, and when it means something: it is not set anew for each packet. */
  #firesMs = Infinity
  #dueMs = 0
  readonly #packets: BlockPackets
  #ended = false
  /** No acknowledgement has come yet. */
  #neverAnswered = true

  constructor(context: TransferContext, onEnd: () => void) {
    this.#c = context
    this.#onEnd = onEnd
    this.begunMs = context.server.clock.now()
    const { parameters, accepted } = context.negotiation
    this.#packets = new BlockPackets(context.bytes, parameters.blksize, parameters.windowsize)
    this.#plan = {
      lastBlock: lastBlockOf(context.bytes.length, parameters.blksize),
      windowsize: parameters.windowsize,
      withOack: accepted.length > 0,
      ...(parameters.timeoutMs === undefined ? {} : { timeoutMs: parameters.timeoutMs }),
    }
  }

  get client(): Endpoint {
    return this.#c.client
  }
  get name(): string {
    return this.#c.name
  }
  get request(): Uint8Array {
    return this.#c.request
  }
  /** True until the client's first acknowledgement. */
  get isWaitingForFirst(): boolean {
    return this.#neverAnswered
  }

  async begin(): Promise<void> {
    const socket = await this.#c.server.openSocket(this.#c.client)
    if (this.#ended) return socket.close()
    this.#socket = socket
    socket.onMessage((bytes, from) => this.#onMessage(bytes, from))
    const first = beginTransfer(this.#plan)
    this.#machine = new Machine(
      first.state,
      (state, input) => stepTransfer(this.#plan, state, input),
      (effect) => this.#run(effect),
    )
    for (const effect of first.effects) this.#run(effect)
  }

  /** Ends without a word to the client or the observer. */
  async stop(): Promise<void> {
    this.#ended = true
    this.#cancelTimer()
    await this.#socket?.close()
  }

  #onMessage(bytes: Uint8Array, from: Endpoint): void {
    if (from.ip !== this.#c.client.ip || from.port !== this.#c.client.port) {
      const message = 'this port serves another transfer'
      this.#socket?.send(encodeTftp({ opcode: OPCODE.error, code: ERROR_CODE.unknownTransferId, message }), from)
      return
    }
    const input = inputOf(bytes)
    if (input.type === 'ack') this.#neverAnswered = false
    this.#machine?.send(input)
  }

  #run(effect: TransferEffect): void {
    switch (effect.do) {
      case 'sendOack':
        this.#send({ opcode: OPCODE.optionAck, options: this.#c.negotiation.accepted })
        break
      case 'sendData':
        for (let block = effect.from; block <= effect.to; block++)
          this.#socket?.send(this.#packets.of(block), this.#c.client)
        // While the client reads, so that its answer need not wait for it.
        if (effect.to < this.#plan.lastBlock) this.#packets.of(effect.to + 1)
        break
      case 'sendError':
        this.#send({ opcode: OPCODE.error, code: effect.code, message: effect.message })
        break
      case 'startTimer':
        this.#dueMs = this.#c.server.clock.now() + effect.ms
        if (this.#dueMs < this.#firesMs) this.#setTimer(effect.ms)
        break
      case 'finish':
        this.#finish()
        break
    }
  }

  #setTimer(ms: number): void {
    const { clock } = this.#c.server
    this.#cancelTimer()
    this.#firesMs = clock.now() + ms
    this.#cancelTimer = clock.after(ms, 'tftp retransmit', () => {
      this.#firesMs = Infinity
      const leftMs = this.#dueMs - clock.now()
      if (leftMs > 0) this.#setTimer(leftMs)
      else this.#machine?.send({ type: 'timeout' })
    })
  }

  #send(packet: TftpPacket): void {
    this.#socket?.send(encodeTftp(packet), this.#c.client)
  }

  #finish(): void {
    this.#cancelTimer()
    this.#ended = true
    void this.#socket?.close()
    this.#onEnd()
    this.#tell(this.#machine!.state)
  }

  #tell(state: TransferState): void {
    const { server, client, name, bytes } = this.#c
    if (state.is === 'done') {
      if (name.endsWith('.ipxe')) server.observer.observe({ type: 'script', ip: client.ip, path: name })
      else server.observer.observe({ type: 'loader', ip: client.ip, file: name, via: 'tftp', bytes: bytes.length })
      server.logger.debug({ client: client.ip, file: name, bytes: bytes.length }, 'transfer done')
      return
    }
    if (state.is !== 'failed') return
    // Firmware that only wanted to know the size ends like this, and asks again.
    if (this.#neverAnswered && state.why === 'peer') {
      server.logger.debug({ client: client.ip, file: name }, 'the client asked for the size only')
      return
    }
    const why = this.#neverAnswered && state.why === 'timeout' ? 'the client never answered' : WHY[state.why]
    server.logger.warn({ client: client.ip, file: name }, `client error: ${why}`)
    server.observer.observe({ type: 'transferFailed', ip: client.ip, file: name, via: 'tftp', why })
  }
}

const WHY = {
  timeout: 'the client stopped answering',
  peer: 'the client gave the transfer up',
  refused: 'the client sent something else than acknowledgements',
} as const

/** What a packet on a transfer's own port means to the machine. */
function inputOf(bytes: Uint8Array): TransferInput {
  // One comes for each window.
  if (bytes.length === ACK_BYTES && bytes[0] === 0 && bytes[1] === OPCODE.acknowledgement)
    return { type: 'ack', block: (bytes[2]! << 8) | bytes[3]! }
  try {
    const packet = decodeTftp(bytes)
    if (packet.opcode === OPCODE.acknowledgement) return { type: 'ack', block: packet.block }
    if (packet.opcode === OPCODE.error) return { type: 'error', code: packet.code }
  } catch (thrown) {
    if (!(thrown instanceof CodecError)) throw thrown
  }
  return { type: 'unexpected' }
}
