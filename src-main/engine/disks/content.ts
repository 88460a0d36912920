import { createHash, type Hash } from 'node:crypto'
import type { BlockDevice } from '../../disks/block-device.ts'
import { passOver, type PassOptions } from '../../disks/pass.ts'

/** Pieces of this size are compared and written as a whole. */
const GRAIN = 4096
const ZEROS = Buffer.alloc(1024 * 1024)

export interface Watched extends PassOptions {
  /** Bytes so far, of the device's size. */
  progress(doneBytes: number): void
  readonly signal: AbortSignal
}

/** SHA-256 over all blocks of a device, in order, as hex. Errors: disk.io, job.cancelled. */
export async function hashDevice(device: BlockDevice, watched: Watched): Promise<string> {
  const hash = createHash('sha256')
  await passOver(device, { data: (_position, bytes) => void hash.update(bytes), zeros: zerosInto(hash) }, watched)
  return hash.digest('hex')
}
const zerosInto =
  (hash: Hash) =>
  (_position: number, length: number): void => {
    for (let at = 0; at < length; at += ZEROS.length)
      hash.update(ZEROS.subarray(0, Math.min(ZEROS.length, length - at)))
  }

/** Writes what `from` holds and `below` does not into `to`, which reads as `below` does (as zeros when there is none), and
 *  makes it durable. All have the same block size. Returns the SHA-256 of all blocks of `from`, as hex.
 *  Errors: disk.io, disk.full, job.cancelled. */
export async function copyDifference(
  from: BlockDevice,
  below: BlockDevice | undefined,
  to: BlockDevice,
  watched: Watched,
): Promise<string> {
  const hash = createHash('sha256')
  const wasThere = Buffer.alloc(ZEROS.length)
  /** What `to` reads as at a place before anything is written there. Valid until the next call. */
  const before = async (position: number, length: number): Promise<Buffer> => {
    const known = wasThere.subarray(0, length)
    const size = below ? below.blockCount * below.blockSize : 0
    const inside = Math.max(0, Math.min(length, size - position))
    if (inside > 0) await below!.read(position / below!.blockSize, known.subarray(0, inside))
    known.fill(0, inside)
    return known
  }
  const countZeros = zerosInto(hash)
  await passOver(
    from,
    {
      async data(position, bytes) {
        hash.update(bytes)
        for (const [start, end] of differences(bytes, await before(position, bytes.length))) {
          await to.write((position + start) / to.blockSize, [bytes.subarray(start, end)])
        }
      },
      async zeros(position, length) {
        countZeros(position, length)
        if (!below) return
        for (let at = 0; at < length; at += ZEROS.length) {
          const zeros = ZEROS.subarray(0, Math.min(ZEROS.length, length - at))
          for (const [start, end] of differences(zeros, await before(position + at, zeros.length))) {
            await to.zero((position + at + start) / to.blockSize, (end - start) / to.blockSize)
          }
        }
      },
    },
    watched,
  )
  await to.flush()
  return hash.digest('hex')
}

/** Where two pieces of the same length differ, in whole grains. */
function* differences(a: Uint8Array, b: Buffer): Generator<[number, number]> {
  if (b.equals(a)) return
  let start = -1
  for (let at = 0; at < a.length; at += GRAIN) {
    const end = Math.min(at + GRAIN, a.length)
    const same = b.compare(a, at, end, at, end) === 0
    if (!same && start < 0) start = at
    if (same && start >= 0) {
      yield [start, at]
      start = -1
    }
  }
  if (start >= 0) yield [start, a.length]
}
