import { constants } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../base/errors.ts'
import type { BlockDevice } from '../../disks/block-device.ts'
import { openHostFile } from '../../disks/host-file-device.ts'
import { PROBE_HEAD, PROBE_TAIL, probeFormat, type ImageFormat } from '../../disks/probe.ts'
import { openQcow2 } from '../../disks/qcow2-device.ts'
import { openVhd } from '../../disks/vhd/open.ts'
import { openVhdx } from '../../disks/vhdx-device.ts'
import { openVmdk } from '../../disks/vmdk-device.ts'

/** A file that is to become a disk. */
export interface Source {
  readonly path: string
  readonly format: ImageFormat
  /** What a PC would see. */
  readonly sizeBytes: number
  /** What it takes on its own disk, without its holes. */
  readonly realBytes: number
}

/** A source while it is read. */
export interface SourceReader {
  /** Fills `into` from `position` on; returns how many bytes there were. */
  read(position: number, into: Uint8Array): Promise<number>
  /** Whether nobody changed the file since it was opened. */
  isUnchanged(): Promise<boolean>
  close(): Promise<void>
}

/** Judges a file that is to become a disk. Errors: disk.source, disk.format, disk.corrupt, codec.*. */
export async function inspectSource(path: string): Promise<Source> {
  const handle = await openForReading(path)
  let format: ImageFormat
  let size: number
  let realBytes: number
  try {
    const info = await handle.stat()
    if (!info.isFile())
      throw new AppError('disk.source', `${path} is not a file`, { hint: 'Give the disk image itself.' })
    if (info.size === 0)
      throw new AppError('disk.source', `${path} is empty`, { hint: 'Give a disk image with something in it.' })
    size = info.size
    realBytes = info.blocks * 512
    format = probeFormat(
      await bytesAt(handle, 0, PROBE_HEAD),
      await bytesAt(handle, Math.max(0, size - PROBE_TAIL), PROBE_TAIL),
      size,
    )
  } finally {
    await handle.close()
  }
  if (isFlat(format)) return { path, format, sizeBytes: size, realBytes }
  const device = await openDevice(path, format)
  try {
    return { path, format, sizeBytes: device.blockCount * device.blockSize, realBytes }
  } finally {
    await device.close()
  }
}

/** Opens a source for copying. Errors: as inspectSource. */
export async function openSource(source: Source): Promise<SourceReader> {
  const before = await stat(source.path)
  const isUnchanged = async () => {
    const after = await stat(source.path)
    return after.mtimeMs === before.mtimeMs && after.size === before.size
  }
  if (isFlat(source.format)) {
    const handle = await openForReading(source.path)
    return {
      read: async (position, into) => (await handle.read(into, 0, into.length, position)).bytesRead,
      isUnchanged,
      close: () => handle.close(),
    }
  }
  const device = await openDevice(source.path, source.format)
  return {
    async read(position, into) {
      const part = into.subarray(0, Math.min(into.length, source.sizeBytes - position))
      await device.read(position / device.blockSize, part)
      return part.length
    },
    isUnchanged,
    close: () => device.close(),
  }
}

/** Its bytes are the disk's bytes. */
const isFlat = (format: ImageFormat): boolean => format === 'raw' || format === 'iso'

async function openDevice(path: string, format: ImageFormat): Promise<BlockDevice> {
  const file = await openHostFile(path, { readOnly: true })
  try {
    if (format === 'vhdx') return await openVhdx(file)
    if (format === 'vhd') return await openVhd(file)
    if (format === 'qcow2') return await openQcow2(file)
    // Parts of a VMDK lie beside it; a name that leads elsewhere is none of them.
    return await openVmdk(file, {
      openSibling: (name) => openHostFile(join(dirname(path), basename(name)), { readOnly: true }),
    })
  } catch (thrown) {
    await file.close()
    throw thrown
  }
}

async function openForReading(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    throw new AppError(
      'disk.source',
      code === 'ENOENT' ? `there is no file ${path}` : `${path} cannot be read (${code})`,
      { hint: 'Check the path. It is a path on the computer that runs Bootlace.', cause },
    )
  }
}

async function bytesAt(handle: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  const { bytesRead } = await handle.read(bytes, 0, length, position)
  return bytes.subarray(0, bytesRead)
}
