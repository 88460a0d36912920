import { constants } from 'node:fs'
import { open, rm, type FileHandle } from 'node:fs/promises'
import { AppError } from '../../base/errors.ts'
import { openSource, type Source } from './import-source.ts'

const PIECE = 4 * 2 ** 20
/** Runs of zeros of this size stay holes. */
const HOLE = 65536

/** Copies a disk image into a raw one, holes kept, the source untouched, and makes the copy durable. Stops at `signal` and removes what it
 *  made. Errors: disk.full, disk.io, job.cancelled. */
export async function copyRaw(
  source: Source,
  to: string,
  sizeBytes: number,
  progress: (doneBytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const from = await openSource(source)
  let target: FileHandle | undefined
  let made = false
  try {
    target = await open(to, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
    made = true
    await target.truncate(sizeBytes)
    const piece = Buffer.allocUnsafe(PIECE)
    let done = 0
    while (done < source.sizeBytes) {
      if (signal.aborted) throw new AppError('job.cancelled', 'the import was cancelled')
      const bytesRead = await from.read(done, piece)
      if (bytesRead === 0)
        throw new AppError('disk.source', `${source.path} became shorter while it was read`, {
          hint: 'Nobody may change it during the import.',
        })
      await writeSparse(target, piece.subarray(0, bytesRead), done)
      done += bytesRead
      progress(done)
    }
    if (!(await from.isUnchanged())) {
      throw new AppError('disk.source', `${source.path} was changed while it was read`, {
        hint: 'Stop what writes to it (a running virtual machine?) and import again.',
      })
    }
    await target.datasync()
    await target.close()
    target = undefined
  } catch (thrown) {
    await target?.close().catch(() => {
      // Closing a file that is thrown away adds nothing to the reason why.
    })
    if (made) await rm(to, { force: true })
    const code = (thrown as NodeJS.ErrnoException).code
    if (code === 'EFBIG')
      throw new AppError('disk.full', 'the file system of the data folder cannot hold a file as large as this disk', {
        hint: 'Start Bootlace with --data on another drive (FAT32 ends at 4 GiB).',
        cause: thrown,
      })
    if (code === 'ENOSPC' || code === 'EDQUOT')
      throw new AppError('disk.full', 'this computer ran out of space during the import', {
        hint: 'Free some space and import again.',
        cause: thrown,
      })
    if (code === 'EIO')
      throw new AppError('disk.io', `reading ${source.path} or writing the copy failed`, {
        hint: 'One of the disks may be failing.',
        cause: thrown,
      })
    throw thrown
  } finally {
    await from.close()
  }
}

const ZEROS = Buffer.alloc(HOLE)

async function writeSparse(target: FileHandle, piece: Buffer, at: number): Promise<void> {
  let start = -1
  for (let i = 0; i <= piece.length; i += HOLE) {
    const part = piece.subarray(i, Math.min(i + HOLE, piece.length))
    const empty = part.length === 0 || part.equals(part.length === HOLE ? ZEROS : ZEROS.subarray(0, part.length))
    if (!empty && start < 0) start = i
    if (empty && start >= 0) {
      await writeAll(target, piece.subarray(start, Math.min(i, piece.length)), at + start)
      start = -1
    }
  }
  if (start >= 0) await writeAll(target, piece.subarray(start), at + start)
}

async function writeAll(target: FileHandle, bytes: Buffer, at: number): Promise<void> {
  let written = 0
  while (written < bytes.length) {
    const { bytesWritten } = await target.write(bytes, written, bytes.length - written, at + written)
    written += bytesWritten
  }
}
