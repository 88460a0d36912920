import { createHash } from 'node:crypto'
import { setImmediate as letOthersWork } from 'node:timers/promises'
import { AppError } from '../../base/errors.ts'
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
  await passOver(
    device,
    {
      data: (_position, bytes) => void hash.update(bytes),
      zeros: (position, length) => eachZeros(position, length, watched, (_at, zeros) => void hash.update(zeros)),
    },
    watched,
  )
  return hash.digest('hex')
}

/** Goes through zeros that need not be read. Work on them waits for no file, so the PCs that this program serves are let in
 *  after each piece, and the work can be cancelled. Errors: job.cancelled. */
async function eachZeros(
  position: number,
  length: number,
  watched: Watched,
  visit: (position: number, zeros: Buffer) => void | Promise<void>,
): Promise<void> {
  for (let at = 0; at < length; at += ZEROS.length) {
    if (watched.signal.aborted)
      throw new AppError('job.cancelled', `${watched.name ?? 'the work'} was cancelled`, {
        hint: 'Start it again when you like; nothing was changed.',
      })
    const zeros = ZEROS.subarray(0, Math.min(ZEROS.length, length - at))
    await visit(position + at, zeros)
    if (at + zeros.length < length) watched.progress(position + at + zeros.length)
    await letOthersWork()
  }
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
  await passOver(
    from,
    {
      async data(position, bytes) {
        hash.update(bytes)
        for (const [start, end] of differences(bytes, await before(position, bytes.length))) {
          await to.write((position + start) / to.blockSize, [bytes.subarray(start, end)])
        }
      },
      zeros: (position, length) =>
        eachZeros(position, length, watched, async (at, zeros) => {
          hash.update(zeros)
          if (!below) return
          for (const [start, end] of differences(zeros, await before(at, zeros.length))) {
            await to.zero((at + start) / to.blockSize, (end - start) / to.blockSize)
          }
        }),
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
