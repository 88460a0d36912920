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

/** Room for the answers of one readable event: 32 reads of 4 KiB and their headers fit. Bytes. */
const ARENA_LENGTH = 256 * 1024
/** Sizes are rounded up to this, so that buffers of similar commands are interchangeable. */
const GRAIN = 64 * 1024
/** What lies around unused, in all. */
const MAX_FREE = 24 * 1024 * 1024

/** Buffers that are used again. A fresh megabyte costs 256 page faults, more than the read that fills it. */
export class BufferPool {
  readonly #free = new Map<number, Uint8Array[]>()
  #freeBytes = 0

  /** At least `length` bytes with any content. */
  take(length: number): Uint8Array {
    const size = Math.ceil(length / GRAIN) * GRAIN
    const found = this.#free.get(size)?.pop()
    if (!found) return new Uint8Array(size)
    this.#freeBytes -= size
    return found
  }
  give(buffer: Uint8Array): void {
    if (this.#freeBytes + buffer.length > MAX_FREE) return
    this.#freeBytes += buffer.length
    const list = this.#free.get(buffer.length)
    if (list) list.push(buffer)
    else this.#free.set(buffer.length, [buffer])
  }
}

const NOTHING: Uint8Array = new Uint8Array(0)

/** Gathers all PDUs of one readable event into one buffer and one write. Between events it holds no memory: all
 *  connections share the pool's arena. */
export class OutBatch {
  /** PDUs are written in place: call `room`, fill `bytes` from the returned offset on. */
  bytes: Uint8Array = NOTHING
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
      this.bytes = this.pool.take(ARENA_LENGTH)
    }
    const at = this.#at
    this.#at = at + length
    return at
  }
  /** Takes back what was reserved last, from `at` on. */
  rewind(at: number): void {
    this.#at = at
  }
  /** Lets go of everything from `at` on: the buffer belongs to the caller, what lies before is sent. */
  handOver(at: number): Uint8Array {
    const buffer = this.bytes
    const before = this.#at > 0 ? at : 0
    this.bytes = NOTHING
    this.#at = 0
    if (before > 0) this.#wire.write(buffer.slice(0, before), () => {})
    return buffer
  }

  flush(): void {
    if (this.bytes === NOTHING) return
    const { bytes, pool } = this
    const length = this.#at
    this.bytes = NOTHING
    this.#at = 0
    if (length === 0) {
      pool.give(bytes)
      return
    }
    this.#send(bytes, 0, length)
  }

  /** Sends a buffer of the pool by itself, after what is in the batch. */
  sendBuffer(buffer: Uint8Array, from: number, length: number): void {
    this.flush()
    this.#send(buffer, from, length)
  }

  #send(buffer: Uint8Array, from: number, length: number): void {
    const { pool } = this
    let given = false
    this.#wire.write(buffer.subarray(from, from + length), () => {
      if (!given) pool.give(buffer)
    })
    if (this.#wire.pendingBytes === 0) {
      given = true
      pool.give(buffer)
    }
  }
}
