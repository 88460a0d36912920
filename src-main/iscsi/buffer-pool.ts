/** What answers are laid into before they go out. Long enough that what is left over at its end hardly counts. Bytes. */
export const ARENA_LENGTH = 1024 * 1024
/** Sizes are rounded up to this, so that buffers of similar commands are interchangeable. */
const GRAIN = 16 * 1024
/** What lies around unused, in all. */
const MAX_FREE = 24 * 1024 * 1024
/** Writers begin on lines of the processor's cache. Bytes. */
const LINE = 64

/** Memory that several hold parts of: it is used again when nobody does. */
export class Arena {
  readonly bytes: Uint8Array
  /** Where free space begins. */
  used = 0
  holders = 0
  /** Somebody writes behind `used`. */
  open = false

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
}

/** Buffers that are used again. A fresh megabyte costs 256 page faults, more than the read that fills it. */
export class BufferPool {
  readonly #free = new Map<number, Uint8Array[]>()
  #freeBytes = 0
  /** Where answers of all connections go, one after the other. */
  #current: Arena | undefined

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

  /** Memory of the caller's own, held once. */
  lend(length: number): Arena {
    const arena = new Arena(this.take(length))
    arena.holders = 1
    return arena
  }

  /** Memory with at least `length` (at most ARENA_LENGTH) free bytes behind `used`, until `close`. */
  open(length: number): Arena {
    let arena = this.#current
    if (!arena || arena.open || arena.bytes.length - arena.used < length) {
      arena = this.#current = new Arena(this.take(ARENA_LENGTH))
    }
    arena.open = true
    return arena
  }
  /** Everything up to `used` was written; who needs it has held it. */
  close(arena: Arena, used: number): void {
    arena.open = false
    arena.used = Math.ceil(used / LINE) * LINE
    this.#settle(arena)
  }
  letGo(arena: Arena): void {
    arena.holders--
    this.#settle(arena)
  }
  #settle(arena: Arena): void {
    if (arena.holders > 0 || arena.open) return
    if (arena === this.#current) arena.used = 0
    else this.give(arena.bytes)
  }
}
