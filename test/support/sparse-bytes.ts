const PAGE = 16 * 1024
const ZEROS = new Uint8Array(PAGE)

/** Bytes of a sparse file in memory. It holds only the pages that were written: terabytes of holes cost nothing. Copies
 *  share their pages until one of them changes. */
export class SparseBytes {
  #pages = new Map<number, Uint8Array>()
  /** Pages that no copy shares. */
  readonly #own = new Set<number>()
  size = 0

  constructor(content?: Uint8Array) {
    if (content) this.write(0, content)
  }
  /** How many pages hold something. */
  get pages(): number {
    return this.#pages.size
  }
  copy(): SparseBytes {
    const copy = new SparseBytes()
    copy.#pages = new Map(this.#pages)
    copy.size = this.size
    this.#own.clear()
    return copy
  }
  /** What lies beyond the end reads as zeros. */
  read(position: number, into: Uint8Array): void {
    for (let at = 0; at < into.length;) {
      const page = Math.floor((position + at) / PAGE)
      const from = position + at - page * PAGE
      const length = Math.min(into.length - at, PAGE - from)
      const bytes = this.#pages.get(page)
      if (!bytes) into.fill(0, at, at + length)
      else if (length === PAGE) into.set(bytes, at)
      else into.set(bytes.subarray(from, from + length), at)
      at += length
    }
  }
  write(position: number, data: Uint8Array): void {
    for (let at = 0; at < data.length;) {
      const page = Math.floor((position + at) / PAGE)
      const from = position + at - page * PAGE
      const length = Math.min(data.length - at, PAGE - from)
      const part = data.subarray(at, at + length)
      if (length === PAGE && Buffer.compare(part, ZEROS) === 0) this.#pages.delete(page)
      // `slice` of a Buffer would not copy.
      else if (length === PAGE) this.#put(page, new Uint8Array(part))
      else this.#page(page).set(part, from)
      at += length
    }
    this.size = Math.max(this.size, position + data.length)
  }
  /** Does not make the file longer. */
  zero(position: number, length: number): void {
    const end = Math.min(position + length, this.size)
    if ((end - position) / PAGE > this.#pages.size) {
      // A hole of terabytes over a few pages.
      for (const page of [...this.#pages.keys()]) this.#zeroPage(page, position, end)
      return
    }
    for (let page = Math.floor(position / PAGE); page * PAGE < end; page++) this.#zeroPage(page, position, end)
  }
  resize(size: number): void {
    if (size < this.size) this.zero(size, this.size - size)
    this.size = size
  }
  #put(page: number, bytes: Uint8Array): void {
    this.#pages.set(page, bytes)
    this.#own.add(page)
  }
  #page(page: number): Uint8Array {
    const had = this.#pages.get(page)
    if (had && this.#own.has(page)) return had
    const bytes = had ? had.slice() : new Uint8Array(PAGE)
    this.#put(page, bytes)
    return bytes
  }
  #zeroPage(page: number, position: number, end: number): void {
    if (!this.#pages.has(page)) return
    const from = Math.max(position - page * PAGE, 0)
    const to = Math.min(end - page * PAGE, PAGE)
    if (from >= to) return
    if (to - from === PAGE) this.#pages.delete(page)
    else this.#page(page).fill(0, from, to)
  }
}
