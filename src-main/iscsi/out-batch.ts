import type { Arena, BufferPool } from './buffer-pool.ts'

/** A byte stream to one initiator, seen from the protocol. */
export interface Wire {
  readonly remoteAddress: string
  /** Where the initiator reached us: what SendTargets must name. */
  readonly localAddress: string
  readonly localPort: number
  /** Bytes handed over that the kernel has not taken yet. */
  readonly pendingBytes: number
  /** `bytes` belong to the wire until `done` is called. When `pendingBytes` is 0 right after the call they are free at
   *  once. */
  write(bytes: Uint8Array, done: () => void): void
  /** Stops and starts the flow of received bytes. */
  pause(): void
  resume(): void
  /** Sends what is pending, then closes. */
  end(): void
  /** Closes at once. */
  destroy(): void
}

/** PDUs up to this size are copied into the batch; larger ones (long NOP or text data) go out by themselves. Bytes. */
export const SMALL = 16 * 1024
/** An initiator that sends and does not read is heard no more while this much waits for it. Bytes. */
export const PAUSE_AT = 8 * 1024 * 1024

const NOTHING: Uint8Array = new Uint8Array(0)

/** Gathers all PDUs of one readable event and sends them with one write. Between events it holds no memory: all connections share
 *  the pool's arena. */
export class OutBatch {
  /** PDUs are written in place: call `room`, fill `bytes` from the returned offset on. */
  bytes: Uint8Array = NOTHING
  #arena: Arena | undefined
  #start = 0
  #at = 0
  readonly #wire: Wire
  readonly pool: BufferPool

  constructor(wire: Wire, pool: BufferPool) {
    this.#wire = wire
    this.pool = pool
  }

  /** Reserves `length` bytes (at most ARENA_LENGTH) and returns where they start. */
  room(length: number): number {
    if (this.#at + length > this.bytes.length) {
      this.flush()
      this.#arena = this.pool.open(length)
      this.bytes = this.#arena.bytes
      this.#start = this.#at = this.#arena.used
    }
    const at = this.#at
    this.#at = at + length
    return at
  }
  /** Takes back what was reserved last, from `at` on. */
  rewind(at: number): void {
    this.#at = at
  }
  /** Lets go of what was reserved from `at` on: the caller holds it, what lies before is sent. */
  handOver(at: number): Arena {
    const arena = this.#arena!
    const end = this.#at
    arena.holders++
    this.#at = at
    this.#end(end)
    return arena
  }

  flush(): void {
    if (this.#arena) this.#end(this.#at)
  }

  /** Sends a part of an arena that the caller holds, after what is in the batch. The caller holds it no more. */
  sendHeld(arena: Arena, from: number, length: number): void {
    this.flush()
    this.#send(arena, from, length)
  }

  /** Sends what is written; the arena is in use up to `used`. */
  #end(used: number): void {
    const arena = this.#arena!
    const from = this.#start
    const length = this.#at - from
    this.#arena = undefined
    this.bytes = NOTHING
    this.#start = this.#at = 0
    if (length > 0) arena.holders++
    this.pool.close(arena, used)
    if (length > 0) this.#send(arena, from, length)
  }

  #send(arena: Arena, from: number, length: number): void {
    let sent = false
    const done = (): void => {
      if (sent) return
      sent = true
      this.pool.letGo(arena)
    }
    this.#wire.write(arena.bytes.subarray(from, from + length), done)
    if (this.#wire.pendingBytes === 0) done()
  }
}
