import { createHash } from 'node:crypto'
import { AppError } from '../../base/errors.ts'
import type { BlockDevice } from '../../disks/block-device.ts'

const PIECE = 1024 * 1024
/** Pieces of this size are compared and written as a whole. */
const GRAIN = 4096

export interface Watched {
  /** Bytes so far, of the device's size. */
  progress(doneBytes: number): void
  readonly signal: AbortSignal
}

/** Reads a device from end to end. The piece is only valid during the call. Errors: disk.io, job.cancelled. */
async function eachPiece(
  device: BlockDevice,
  watched: Watched,
  visit: (lba: number, piece: Uint8Array) => void | Promise<void>,
): Promise<void> {
  const blocksPerPiece = PIECE / device.blockSize
  const buffer = new Uint8Array(PIECE)
  for (let lba = 0; lba < device.blockCount; lba += blocksPerPiece) {
    if (watched.signal.aborted)
      throw new AppError('job.cancelled', 'it was cancelled', { hint: 'Nothing of it is left.' })
    const piece = buffer.subarray(0, Math.min(blocksPerPiece, device.blockCount - lba) * device.blockSize)
    await device.read(lba, piece)
    await visit(lba, piece)
    watched.progress(lba * device.blockSize + piece.length)
  }
}

/** SHA-256 over all blocks of a device, in order, as hex. Errors: disk.io, job.cancelled. */
export async function hashDevice(device: BlockDevice, watched: Watched): Promise<string> {
  const hash = createHash('sha256')
  await eachPiece(device, watched, (_lba, piece) => void hash.update(piece))
  return hash.digest('hex')
}

/** Writes what `from` holds and `below` does not into `to`, which reads as `below` does (as zeros when there is none), and
 *  makes it durable. All have the same block size. `visit` sees every piece of `from`, in order.
 *  Errors: disk.io, disk.full, job.cancelled. */
export async function copyDifference(
  from: BlockDevice,
  below: BlockDevice | undefined,
  to: BlockDevice,
  watched: Watched,
  visit?: (piece: Uint8Array) => void,
): Promise<void> {
  const wasThere = new Uint8Array(PIECE)
  await eachPiece(from, watched, async (lba, piece) => {
    visit?.(piece)
    const known = wasThere.subarray(0, piece.length)
    const inBelow = below ? Math.max(0, Math.min(piece.length, (below.blockCount - lba) * below.blockSize)) : 0
    if (below && inBelow > 0) await below.read(lba, known.subarray(0, inBelow))
    known.fill(0, inBelow)
    for (const [start, end] of differences(piece, known)) {
      await to.write(lba + start / from.blockSize, [piece.slice(start, end)])
    }
  })
  await to.flush()
}

/** Where two pieces of the same length differ, in whole grains. */
function* differences(a: Uint8Array, b: Uint8Array): Generator<[number, number]> {
  const left = Buffer.from(a.buffer, a.byteOffset, a.length)
  if (left.equals(b)) return
  let start = -1
  for (let at = 0; at < a.length; at += GRAIN) {
    const end = Math.min(at + GRAIN, a.length)
    const same = left.compare(b, at, end, at, end) === 0
    if (!same && start < 0) start = at
    if (same && start >= 0) {
      yield [start, at]
      start = -1
    }
  }
  if (start >= 0) yield [start, a.length]
}
