import { AppError } from '../base/errors.ts'
import type { BlockDevice } from './block-device.ts'
import { extentInDevice } from './extents.ts'

/** Pieces begin and end at multiples of this, but for the end of the disk. Bytes. */
export const GRAIN = 64 * 1024
/** Bytes. */
const PIECE = 1024 * 1024

export interface PassOptions {
  /** How far it has come, what was skipped included. Bytes. */
  progress?(doneBytes: number): void
  readonly signal?: AbortSignal
  /** Who is cancelled, in the sentence `… was cancelled`. */
  readonly name?: string
}
/** Called in the order of the disk, one at a time. */
export interface Visitor {
  /** At most 1 MiB, borrowed until the call (or its promise) is done. Part or all of it may be zeros. */
  data(position: number, bytes: Uint8Array): void | Promise<void>
  /** Known to be zeros without being read. */
  zeros?(position: number, length: number): void | Promise<void>
}

interface Step {
  readonly position: number
  readonly end: number
  /** None: zeros. */
  readonly bytes?: Uint8Array
}

/** Passes once over a whole disk. What is known to read as zeros is not read; the next piece is read while one is
 *  visited. Memory: two pieces. Positions are bytes. Errors: disk.io, job.cancelled, and what the visitor throws. */
export async function passOver(device: BlockDevice, visitor: Visitor, o: PassOptions = {}): Promise<void> {
  const size = device.blockCount * device.blockSize
  const buffers = [new Uint8Array(PIECE), new Uint8Array(PIECE)] as const
  const step = async (position: number, buffer: Uint8Array): Promise<Step> => {
    const lba = position / device.blockSize
    const extent = await extentInDevice(device, lba, device.blockCount - lba)
    const end = position + extent.blocks * device.blockSize
    const zerosEnd = end >= size ? size : Math.floor(end / GRAIN) * GRAIN
    if (extent.zero && zerosEnd > position) return { position, end: zerosEnd }
    const grains = Math.max(Math.ceil(end / GRAIN), position / GRAIN + 1)
    const dataEnd = Math.min(grains * GRAIN, (Math.floor(position / PIECE) + 1) * PIECE, size)
    const bytes = buffer.subarray(0, dataEnd - position)
    await device.read(lba, bytes)
    return { position, end: dataEnd, bytes }
  }
  const begin = (position: number, buffer: Uint8Array): Promise<Step> => {
    const running = step(position, buffer)
    // Whoever awaits it hears of a failure; until then it is nobody's.
    running.catch(() => {})
    return running
  }
  let next: Promise<Step> | undefined = size > 0 ? begin(0, buffers[0]) : undefined
  try {
    for (let n = 1; next; n++) {
      if (o.signal?.aborted)
        throw new AppError('job.cancelled', `${o.name ?? 'the copying'} was cancelled`, {
          hint: 'Start it again when you like; nothing was changed.',
        })
      const { position, end, bytes }: Step = await next
      next = end < size ? begin(end, buffers[n % 2]!) : undefined
      if (bytes) await visitor.data(position, bytes)
      else await visitor.zeros?.(position, end - position)
      o.progress?.(end)
      // A disk that is all in memory answers at once: without this the PCs that are served would wait until the end.
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
  } finally {
    // Nothing is under way when the caller closes the device.
    await next?.catch(() => {})
  }
}

const ZEROS = Buffer.alloc(GRAIN)
/** Whether all bytes are zero. */
export function isZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += GRAIN) {
    const part = bytes.subarray(at, at + GRAIN)
    if (Buffer.compare(part, part.length === GRAIN ? ZEROS : ZEROS.subarray(0, part.length)) !== 0) return false
  }
  return true
}

/** Calls `act` for each run of pieces of `unit` bytes that are not all zeros. @param unit a divisor of GRAIN, or GRAIN. */
export function eachRun(bytes: Uint8Array, unit: number, act: (from: number, to: number) => void): void {
  let start = -1
  for (let at = 0; at < bytes.length; at += unit) {
    const zero = isZero(bytes.subarray(at, at + unit))
    if (!zero && start < 0) start = at
    if (zero && start >= 0) {
      act(start, at)
      start = -1
    }
  }
  if (start >= 0) act(start, bytes.length)
}
