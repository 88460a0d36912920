import { AppError } from '../base/errors.ts'
import { formatSize } from '../base/units.ts'
import type { BlockDevice } from './block-device.ts'
import { Calls } from './calls.ts'
import { eachRun, GRAIN, passOver, type PassOptions } from './pass.ts'

/** So much is written at most before a flush: the last one then takes seconds and not minutes. Bytes. */
const FLUSHED_AT_ONCE = 256 * 1024 * 1024

/** Copies every block. What is zeros is not written: `to` must be new, so that it reads as zeros. A larger `to` keeps
 *  zeros behind the end. Everything is durable when the promise resolves; when it rejects, `to` holds a part.
 *  Units: progress in bytes of `from`. Errors: disk.size, disk.io, disk.full, job.cancelled. */
export async function copyBlocks(from: BlockDevice, to: BlockDevice, o: PassOptions = {}): Promise<void> {
  const size = from.blockCount * from.blockSize
  const room = to.blockCount * to.blockSize
  if (size > room)
    throw new AppError('disk.size', `a disk of ${formatSize(size)} does not fit one of ${formatSize(room)}`, {
      hint: 'Make the new disk at least as large.',
    })
  let unflushed = 0
  await passOver(
    from,
    {
      async data(position, bytes) {
        const calls = new Calls()
        eachRun(bytes, GRAIN, (start, end) => {
          unflushed += end - start
          calls.add(() =>
            to.write((position + start) / to.blockSize, wholeBlocks(bytes.subarray(start, end), to.blockSize)),
          )
        })
        await calls.done()
        if (unflushed < FLUSHED_AT_ONCE) return
        unflushed = 0
        await to.flush()
      },
    },
    o,
  )
  await to.flush()
}

/** The end of a disk with smaller blocks may fill only a part of one. */
function wholeBlocks(bytes: Uint8Array, blockSize: number): Uint8Array[] {
  const over = bytes.length % blockSize
  return over === 0 ? [bytes] : [bytes, new Uint8Array(blockSize - over)]
}
