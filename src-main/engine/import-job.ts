import { constants } from 'node:fs'
import { open, rm, stat, type FileHandle } from 'node:fs/promises'
import { AppError } from '../base/errors.ts'

const PIECE = 4 * 2 ** 20
/** Runs of zeros of this size stay holes. */
const HOLE = 65536

/** First bytes of the formats people are likely to have, to refuse them by name rather than import them as raw blocks. */
const SIGNATURES: readonly { readonly at: number; readonly bytes: string; readonly name: string }[] = [
  { at: 0, bytes: 'vhdxfile', name: 'VHDX' },
  { at: 0, bytes: 'conectix', name: 'dynamic VHD' },
  { at: 0, bytes: 'QFI\xfb', name: 'qcow2' },
  { at: 0, bytes: 'KDMV', name: 'VMDK' },
  { at: 0, bytes: '# Disk DescriptorFile', name: 'VMDK' },
]

export interface Source {
  readonly path: string
  readonly sizeBytes: number
  /** What it takes on its own disk, without its holes. */
  readonly realBytes: number
}

/** Opens and judges a file that is to become a disk. Errors: disk.source, disk.format. */
export async function inspectSource(path: string): Promise<Source> {
  const handle = await openSource(path)
  try {
    const info = await handle.stat()
    if (!info.isFile())
      throw new AppError('disk.source', `${path} is not a file`, { hint: 'Give the disk image itself.' })
    const head = Buffer.alloc(512)
    await handle.read(head, 0, 512, 0)
    const known = SIGNATURES.find((s) => head.toString('latin1', s.at, s.at + s.bytes.length) === s.bytes)
    if (known) {
      throw new AppError('disk.format', `${path} is a ${known.name} file, and this version imports raw images only`, {
        hint: `Convert it first: qemu-img convert -O raw ${path} disk.img`,
      })
    }
    if (info.size === 0)
      throw new AppError('disk.source', `${path} is empty`, { hint: 'Give a disk image with something in it.' })
    return { path, sizeBytes: info.size, realBytes: info.blocks * 512 }
  } finally {
    await handle.close()
  }
}

async function openSource(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    throw new AppError(
      'disk.source',
      code === 'ENOENT' ? `there is no file ${path}` : `${path} cannot be read (${code})`,
      {
        hint: 'Check the path. It is a path on the computer that runs Bootlace.',
        cause,
      },
    )
  }
}

/** Copies a raw image, holes kept, the source untouched, and makes the copy durable. Stops at `signal` and removes what it
 *  made. Errors: disk.full, disk.io, job.cancelled. */
export async function copyRaw(
  source: Source,
  to: string,
  sizeBytes: number,
  progress: (doneBytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const from = await openSource(source.path)
  let target: FileHandle | undefined
  let made = false
  try {
    const before = await from.stat()
    target = await open(to, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
    made = true
    await target.truncate(sizeBytes)
    const piece = Buffer.allocUnsafe(PIECE)
    let done = 0
    while (done < source.sizeBytes) {
      if (signal.aborted) throw new AppError('job.cancelled', 'the import was cancelled')
      const { bytesRead } = await from.read(piece, 0, PIECE, done)
      if (bytesRead === 0)
        throw new AppError('disk.source', `${source.path} became shorter while it was read`, {
          hint: 'Nobody may change it during the import.',
        })
      await writeSparse(target, piece.subarray(0, bytesRead), done)
      done += bytesRead
      progress(done)
    }
    const after = await stat(source.path)
    if (after.mtimeMs !== before.mtimeMs || after.size !== before.size) {
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
