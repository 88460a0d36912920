import { createHash } from 'node:crypto'
import { AppError } from '../../base/errors.ts'
import type { BlockDevice } from '../../disks/block-device.ts'

const PIECE = 1024 * 1024

/** SHA-256 over all blocks of a device, in order, as hex. Stops at `signal`. Errors: disk.io, job.cancelled. */
export async function hashDevice(
  device: BlockDevice,
  progress: (doneBytes: number) => void,
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash('sha256')
  const blocksPerPiece = PIECE / device.blockSize
  const piece = new Uint8Array(PIECE)
  for (let lba = 0; lba < device.blockCount; lba += blocksPerPiece) {
    if (signal.aborted)
      throw new AppError('job.cancelled', 'the sealing was cancelled', { hint: 'The disk is as it was.' })
    const part = piece.subarray(0, Math.min(blocksPerPiece, device.blockCount - lba) * device.blockSize)
    await device.read(lba, part)
    hash.update(part)
    progress(lba * device.blockSize + part.length)
  }
  return hash.digest('hex')
}
