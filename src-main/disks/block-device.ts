import type { Lba } from '../base/units.ts'

/** What is known of the blocks from one on without reading them. */
export interface Extent {
  /** One or more, none behind the end. */
  readonly blocks: number
  /** Whether all of them read as zeros. */
  readonly zero: boolean
}

/** What a disk looks like from above, whatever its format.
 *  Units: blocks of `blockSize` bytes; buffers are whole blocks.
 *  `read`, `write`, `zero` return nothing when done at once (cache or page cache) and a Promise only when they must
 *  wait: no microtask on the hot path.
 *  Errors: disk.io, disk.full, disk.readOnly, disk.closed. After a failed flush every later write and flush fails with
 *  disk.io: what reached the platter is unknown. */
export interface BlockDevice {
  readonly blockSize: 512 | 4096
  readonly blockCount: number
  readonly readOnly: boolean
  /** Fills `into` (whole blocks) from `lba` on. */
  read(lba: Lba, into: Uint8Array): void | Promise<void>
  /** Writes the pieces one after the other from `lba` on; their lengths add up to whole blocks. The pieces are
   *  borrowed until the call (or its promise) is done. */
  write(lba: Lba, from: readonly Uint8Array[]): void | Promise<void>
  /** Everything acknowledged before the call is durable, maps and logs included, when the promise resolves. */
  flush(): Promise<void>
  /** Blocks read as zeros afterwards; space goes back to the host file system where it can (`punch`). */
  zero(lba: Lba, blocks: number): void | Promise<void>
  /** Whether `zero` gives space back: then the logical unit reports itself thin provisioned. */
  readonly canPunch: boolean
  /** A hint for those who pass over the whole disk: how many blocks from `lba` on are alike. Without it every block must
   *  be read. */
  extent?(lba: Lba): Extent | Promise<Extent>
  /** All blocks read as zeros and nothing they held is left in the disk's own file, durable when it resolves. Absent where
   *  a file below would keep it (an image, a restore point), or where space cannot be given back. */
  readonly erase?: (() => Promise<void>) | undefined
  /** Flushes and lets go of the file. */
  close(): Promise<void>
}
