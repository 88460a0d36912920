import { asciiAt, utf8At } from '../../../base/bytes.ts'
import { CodecError } from '../../../base/errors.ts'

const HEADER_BYTES = 110
const TRAILER = 'TRAILER!!!'
const LONGEST_NAME = 4096
const MOST_KEPT = 64 * 1024

export interface CpioReceiver {
  /** Called for each file, in order. Returns true when its content is wanted (small files only). */
  file(name: string, sizeBytes: number): boolean
  content(name: string, bytes: Uint8Array): void
}

type State =
  | { readonly is: 'between' }
  | { readonly is: 'header' }
  | { readonly is: 'name'; readonly nameBytes: number; readonly fileBytes: number }
  | {
      readonly is: 'data'
      left: number
      readonly padding: number
      readonly keep: { name: string; bytes: Uint8Array } | undefined
    }

/** Archives in the form that Linux takes for its first root file system, one after the other, with zeros between them.
 *  Bytes come in pieces of any size; nothing but the piece of a header or name that is not complete is kept.
 *  Source: Linux kernel documentation, "initramfs buffer format". */
export class CpioReader {
  readonly #receiver: CpioReceiver
  #state: State = { is: 'between' }
  #held: Uint8Array = new Uint8Array(0)
  #archives = 0

  constructor(receiver: CpioReceiver) {
    this.#receiver = receiver
  }
  /** Between two archives, or behind the last: nothing is missing. */
  get atRest(): boolean {
    return this.#state.is === 'between'
  }
  get archives(): number {
    return this.#archives
  }

  /** Takes what belongs to archives. Returns how many bytes that were: fewer than given when something else follows,
   *  which is then for somebody else to read. Errors: codec.*. */
  push(piece: Uint8Array): number {
    let at = 0
    while (at < piece.length) {
      const taken = this.#step(piece.subarray(at))
      if (taken < 0) return at
      at += taken
    }
    return at
  }

  #step(b: Uint8Array): number {
    const state = this.#state
    if (state.is === 'between') {
      let zeros = 0
      while (zeros < b.length && b[zeros] === 0) zeros++
      if (zeros > 0) return zeros
      if (b[0] !== 0x30) return -1
      this.#state = { is: 'header' }
      return 0
    }
    if (state.is === 'header') return this.#gather(b, HEADER_BYTES, (whole) => this.#header(whole))
    if (state.is === 'name') return this.#gather(b, state.nameBytes, (whole) => this.#name(whole, state.fileBytes))
    return this.#data(b, state)
  }

  #gather(b: Uint8Array, wanted: number, then: (whole: Uint8Array) => void): number {
    const count = Math.min(wanted - this.#held.length, b.length)
    const held = new Uint8Array(this.#held.length + count)
    held.set(this.#held)
    held.set(b.subarray(0, count), this.#held.length)
    this.#held = held
    if (held.length === wanted) {
      this.#held = new Uint8Array(0)
      then(held)
    }
    return count
  }

  #header(b: Uint8Array): void {
    const magic = asciiAt(b, 0, 6)
    if (magic !== '070701' && magic !== '070702')
      throw new CodecError(
        'codec.signature',
        { structure: 'cpio', field: 'c_magic', got: JSON.stringify(magic) },
        '070701',
      )
    const field = (index: number, name: string): number => {
      const text = asciiAt(b, 6 + index * 8, 8)
      if (!/^[0-9a-fA-F]{8}$/.test(text))
        throw new CodecError(
          'codec.range',
          { structure: 'cpio', field: name, got: JSON.stringify(text) },
          'eight hex digits',
        )
      return parseInt(text, 16)
    }
    const nameLength = field(11, 'c_namesize')
    if (nameLength < 1 || nameLength > LONGEST_NAME)
      throw new CodecError(
        'codec.range',
        { structure: 'cpio', field: 'c_namesize', got: nameLength, limit: LONGEST_NAME },
        'a path',
      )
    // Header and name together end on a multiple of four.
    const end = (HEADER_BYTES + nameLength + 3) & ~3
    this.#state = { is: 'name', nameBytes: end - HEADER_BYTES, fileBytes: field(6, 'c_filesize') }
  }

  #name(b: Uint8Array, fileBytes: number): void {
    const end = b.indexOf(0)
    const name = utf8At(b, 0, end < 0 ? b.length : end)
    if (name === TRAILER) {
      this.#archives++
      this.#state = { is: 'between' }
      return
    }
    const wanted = this.#receiver.file(name, fileBytes) && fileBytes > 0 && fileBytes <= MOST_KEPT
    const padding = (4 - (fileBytes & 3)) & 3
    if (fileBytes === 0) this.#state = { is: 'header' }
    else
      this.#state = {
        is: 'data',
        left: fileBytes + padding,
        padding,
        keep: wanted ? { name, bytes: new Uint8Array(fileBytes) } : undefined,
      }
  }

  #data(b: Uint8Array, state: State & { is: 'data' }): number {
    const count = Math.min(state.left, b.length)
    const { keep } = state
    if (keep) {
      const done = keep.bytes.length + state.padding - state.left
      keep.bytes.set(
        b.subarray(0, Math.max(0, Math.min(count, keep.bytes.length - done))),
        Math.min(done, keep.bytes.length),
      )
    }
    state.left -= count
    if (state.left === 0) {
      if (keep) this.#receiver.content(keep.name, keep.bytes)
      this.#state = { is: 'header' }
    }
    return count
  }
}
