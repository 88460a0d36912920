import { AppError } from '../../src-main/base/errors.ts'
import type { BlockDevice, Extent } from '../../src-main/disks/block-device.ts'

/** A disk in memory that can be made slow, full or broken. */
export class MemoryDisk implements BlockDevice {
  readonly blockSize = 512
  readonly blockCount: number
  readonly readOnly: boolean
  readonly canPunch = true
  bytes: Uint8Array
  /** What happened, in order: `read 0+8`, `write 8+1`, `flush`, `zero 0+8`. */
  readonly log: string[] = []
  /** When set, each call waits until `release` is called for it. */
  slow = false
  failWith: AppError | undefined
  #waiting: (() => void)[] = []

  constructor(blockCount = 2048, readOnly = false) {
    this.blockCount = blockCount
    this.readOnly = readOnly
    this.bytes = new Uint8Array(blockCount * 512)
  }
  /** Lets the oldest waiting call go on, or all of them. */
  release(all = false): void {
    for (const go of all ? this.#waiting.splice(0) : this.#waiting.splice(0, 1)) go()
  }
  get waiting(): number {
    return this.#waiting.length
  }
  #do(what: string, action: () => void): void | Promise<void> {
    this.log.push(what)
    const act = (): void => {
      if (this.failWith) throw this.failWith
      action()
    }
    if (!this.slow) return act()
    return new Promise<void>((resolve) => this.#waiting.push(resolve)).then(act)
  }
  read(lba: number, into: Uint8Array): void | Promise<void> {
    return this.#do(`read ${lba}+${into.length / 512}`, () =>
      into.set(this.bytes.subarray(lba * 512, lba * 512 + into.length)),
    )
  }
  write(lba: number, from: readonly Uint8Array[]): void | Promise<void> {
    const length = from.reduce((n, p) => n + p.length, 0)
    return this.#do(`write ${lba}+${length / 512}`, () => {
      let at = lba * 512
      for (const p of from) {
        this.bytes.set(p, at)
        at += p.length
      }
    })
  }
  async flush(): Promise<void> {
    await this.#do('flush', () => {})
  }
  zero(lba: number, blocks: number): void | Promise<void> {
    return this.#do(`zero ${lba}+${blocks}`, () => {
      this.bytes.fill(0, lba * 512, (lba + blocks) * 512)
    })
  }
  /** What was never written, or zeroed whole, is a hole. */
  extent(lba: number): Extent {
    const isZero = (block: number): boolean => this.bytes.subarray(block * 512, block * 512 + 512).every((b) => b === 0)
    const zero = isZero(lba)
    let end = lba + 1
    while (end < this.blockCount && isZero(end) === zero) end++
    return { blocks: end - lba, zero }
  }
  async erase(): Promise<void> {
    await this.#do('erase', () => void this.bytes.fill(0))
  }
  async close(): Promise<void> {}
}
