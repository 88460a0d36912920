import type { BufferPool } from './buffer-pool.ts'

/** Keeps the bytes under a view from being written over. Every `hold` is answered by one `letGo`. */
export interface PieceKeeper {
  hold(piece: Uint8Array): void
  letGo(piece: Uint8Array): void
}

/** For chunks that belong to the receiver for good. */
export const OWNED: PieceKeeper = { hold: () => {}, letGo: () => {} }

/** Largest readable event, bytes. A client that only reads disks touches the first page. */
const LENGTH = 256 * 1024
/** Less room than this would cut large transfers into many events. Bytes. */
const LEAST = 64 * 1024

/** Where one connection's bytes arrive. A fresh chunk per event, as streams have it, costs an allocation of 64 KiB for a
 *  request of 48 bytes; here the same place is used again as soon as nothing of it is held. What is held, the data of writes that wait
 *  for the device, stays where it is, and the next bytes go behind it. */
export class ReceiveBuffer implements PieceKeeper {
  readonly #pool: BufferPool
  #current: Uint8Array
  /** The part of `current` that was handed out last. */
  #given: Uint8Array
  /** Holders by memory. */
  readonly #holders = new Map<ArrayBufferLike, number>()
  #closed = false

  constructor(pool: BufferPool) {
    this.#pool = pool
    this.#current = this.#given = pool.take(LENGTH)
  }

  /** Where the next bytes go. */
  next(): Uint8Array {
    return this.#given
  }

  /** `length` bytes have come into `next()`; `use` gets them. */
  filled(length: number, use: (bytes: Uint8Array) => void): void {
    const given = this.#given
    use(given.subarray(0, length))
    if (!this.#holders.has(this.#current.buffer)) this.#given = this.#current
    else if (given.length - length >= LEAST) this.#given = given.subarray(length)
    else this.#current = this.#given = this.#pool.take(LENGTH)
  }

  hold(piece: Uint8Array): void {
    this.#holders.set(piece.buffer, (this.#holders.get(piece.buffer) ?? 0) + 1)
  }
  letGo(piece: Uint8Array): void {
    const memory = piece.buffer
    const left = this.#holders.get(memory)! - 1
    if (left > 0) {
      this.#holders.set(memory, left)
      return
    }
    this.#holders.delete(memory)
    if (memory !== this.#current.buffer || this.#closed) this.#pool.give(new Uint8Array(memory))
  }

  /** Nothing comes any more. What is held goes back when its holders let go. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    if (!this.#holders.has(this.#current.buffer)) this.#pool.give(this.#current)
  }
}
