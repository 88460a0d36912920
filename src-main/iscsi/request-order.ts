import { u32be } from '../base/bytes.ts'
import type { Logger } from '../base/log.ts'
import { CommandWindow, heldRequest } from './command-window.ts'
import { BHS, IMMEDIATE, OPCODE_MASK } from './pdu/bhs.ts'
import { OPCODE } from './pdu/opcode.ts'

export interface RequestOwner {
  readonly logger: Logger
  readonly ended: boolean
  /** A request whose turn it is. */
  request(opcode: number, h: Uint8Array, at: number, pieces: readonly Uint8Array[], length: number): void
  dataOut(h: Uint8Array, at: number, pieces: readonly Uint8Array[], length: number): void
  /** The most the initiator may send unasked. Bytes. */
  readonly firstBurstLength: number
  fail(why: string): void
}

/** Task management functions that may wait, and Data-Outs of one command that waits. */
const MAX_LATE_FUNCTIONS = 16
const MAX_HELD_DATA_OUT = 1024

/** Brings the requests of a session into the order of their CmdSN. Source: RFC 7143 §4.2.2.1. */
export class RequestOrder {
  readonly window: CommandWindow
  readonly #owner: RequestOwner
  /** Task management functions that wait for commands sent before them. */
  #lateFunctions: Uint8Array[] = []

  constructor(owner: RequestOwner, initialCmdSn: number) {
    this.#owner = owner
    this.window = new CommandWindow(initialCmdSn)
  }

  request(opcode: number, h: Uint8Array, at: number, pieces: readonly Uint8Array[], length: number): void {
    if ((h[at]! & IMMEDIATE) !== 0) {
      this.#owner.request(opcode, h, at, pieces, length)
      // A task management function may have taken missing ones as received.
      if (this.window.holds) this.#deliverHeld()
      return
    }
    const cmdSn = u32be(h, at + BHS.cmdSn)
    switch (this.window.accept(cmdSn)) {
      case 'now':
        this.#owner.request(opcode, h, at, pieces, length)
        if (this.window.holds) this.#deliverHeld()
        if (this.#lateFunctions.length > 0) this.#runLateFunctions()
        return
      case 'hold':
        return this.window.hold(cmdSn, heldRequest(h, at, pieces, length))
      case 'ignore':
        this.#owner.logger.debug({ cmdSn }, 'initiator error: CmdSN is outside the window')
    }
  }

  /** Unsolicited data of a command that came before its turn waits with it. */
  dataOut(h: Uint8Array, at: number, pieces: readonly Uint8Array[], length: number): void {
    if (!this.window.holds) return this.#owner.dataOut(h, at, pieces, length)
    const tag = u32be(h, at + BHS.initiatorTaskTag)
    for (const held of this.window.held()) {
      const isCommand = (held.header[0]! & OPCODE_MASK) === OPCODE.scsiCommand
      if (!isCommand || u32be(held.header, BHS.initiatorTaskTag) !== tag) continue
      const waiting = held.dataOut.reduce((n, d) => n + d.length, held.length + length)
      if (waiting > this.#owner.firstBurstLength || held.dataOut.length >= MAX_HELD_DATA_OUT) {
        return this.#owner.fail('a command that waits has more unsolicited data than was agreed on')
      }
      held.dataOut.push(heldRequest(h, at, pieces, length))
      return
    }
    this.#owner.dataOut(h, at, pieces, length)
  }

  /** Keeps a task management function until all commands sent before it have come. False: too many wait. */
  postpone(header: Uint8Array): boolean {
    if (this.#lateFunctions.length >= MAX_LATE_FUNCTIONS) return false
    this.#lateFunctions.push(header.slice())
    return true
  }

  #deliverHeld(): void {
    for (let held = this.window.next(); held && !this.#owner.ended; held = this.window.next()) {
      this.#owner.request(held.header[0]! & OPCODE_MASK, held.header, 0, held.pieces, held.length)
      for (const d of held.dataOut) if (!this.#owner.ended) this.#owner.dataOut(d.header, 0, d.pieces, d.length)
    }
  }
  #runLateFunctions(): void {
    const late = this.#lateFunctions
    this.#lateFunctions = []
    for (const h of late) if (!this.#owner.ended) this.#owner.request(OPCODE.taskManagementRequest, h, 0, [], 0)
  }
}
