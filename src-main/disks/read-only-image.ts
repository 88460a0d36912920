import { AppError } from '../base/errors.ts'
import type { BlockDevice } from './block-device.ts'

/** What images that are only read, to be imported, have in common. */
export abstract class ReadOnlyImage implements BlockDevice {
  readonly blockSize = 512
  readonly blockCount: number
  readonly readOnly = true
  readonly canPunch = false
  readonly path: string

  /** @param sizeBytes of the disk; the last block is filled up with zeros. */
  constructor(path: string, sizeBytes: number) {
    this.path = path
    this.blockCount = Math.ceil(sizeBytes / this.blockSize)
  }
  abstract read(lba: number, into: Uint8Array): void | Promise<void>
  abstract close(): Promise<void>

  write(): never {
    throw this.#refusal()
  }
  zero(): never {
    throw this.#refusal()
  }
  async flush(): Promise<void> {}

  #refusal(): AppError {
    return new AppError('disk.readOnly', `${this.path} can only be read`)
  }
}

/** Keeps what was loaded last, up to a number of bytes; the oldest goes first. */
export class LoadedPieces<T extends { readonly byteLength: number }> {
  readonly #pieces = new Map<number, T>()
  readonly #limitBytes: number
  #bytes = 0

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }
  async get(key: number, load: () => Promise<T>): Promise<T> {
    const known = this.#pieces.get(key)
    if (known) return known
    const piece = await load()
    if (!this.#pieces.has(key)) this.#bytes += piece.byteLength
    this.#pieces.set(key, piece)
    for (const [old, { byteLength }] of this.#pieces) {
      if (this.#bytes <= this.#limitBytes || old === key) break
      this.#pieces.delete(old)
      this.#bytes -= byteLength
    }
    return piece
  }
}
