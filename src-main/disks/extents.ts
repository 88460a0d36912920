import type { BlockDevice, Extent } from './block-device.ts'
import type { DiskFile } from './disk-file.ts'

/** What is known of `limit` blocks that lie at `position` in a file. */
export function extentInFile(file: DiskFile, position: number, blockSize: number, limit: number): Extent {
  const known = file.extent?.(position)
  if (!known) return { blocks: limit, zero: false }
  const blocks = Math.min(known.bytes / blockSize, limit)
  const whole = known.zero ? Math.floor(blocks) : Math.ceil(blocks)
  // Zeros that end inside a block say nothing of that block.
  return whole === 0 ? { blocks: 1, zero: false } : { blocks: whole, zero: known.zero }
}

/** What is known of at most `limit` blocks of a device; behind its end there are zeros. */
export function extentInDevice(device: BlockDevice | undefined, lba: number, limit: number): Extent | Promise<Extent> {
  const left = device ? device.blockCount - lba : 0
  if (left <= 0) return { blocks: limit, zero: true }
  const most = Math.min(left, limit)
  const known = device!.extent?.(lba)
  if (!known) return { blocks: most, zero: false }
  const clipped = ({ blocks, zero }: Extent): Extent => ({ blocks: Math.min(blocks, most), zero })
  return known instanceof Promise ? known.then(clipped) : clipped(known)
}
