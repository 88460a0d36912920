import { constants } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../base/errors.ts'
import type { BlockDevice } from '../../disks/block-device.ts'
import type { DiskFile } from '../../disks/disk-file.ts'
import { openHostFile, type HostFile } from '../../disks/host-file-device.ts'
import { PROBE_HEAD, PROBE_TAIL, probeFormat, type ImageFormat } from '../../disks/probe.ts'
import { openQcow2 } from '../../disks/qcow2-device.ts'
import { ReadOnlyImage } from '../../disks/read-only-image.ts'
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
export interface OpenSource {
  readonly device: BlockDevice
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
  const device = await openDevice(path, format)
  try {
    return {
      path,
      format,
      sizeBytes: device.blockCount * device.blockSize,
      realBytes: isFlat(format) ? Math.min(realBytes, size) : realBytes,
    }
  } finally {
    await device.close()
  }
}

/** Opens a source for copying. Errors: as inspectSource. */
export async function openSource(source: Source): Promise<OpenSource> {
  const before = await stat(source.path)
  const device = await openDevice(source.path, source.format)
  return {
    device,
    isUnchanged: async () => {
      const after = await stat(source.path)
      return after.mtimeMs === before.mtimeMs && after.size === before.size
    },
    close: () => device.close(),
  }
}

/** Its bytes are the disk's bytes. */
const isFlat = (format: ImageFormat): boolean => format === 'raw' || format === 'iso'

class FlatImage extends ReadOnlyImage {
  readonly #file: DiskFile
  constructor(file: DiskFile) {
    super(file.path, file.sizeBytes)
    this.#file = file
  }
  read(lba: number, into: Uint8Array): void | Promise<void> {
    return this.#file.read(lba * this.blockSize, into)
  }
  close(): Promise<void> {
    return this.#file.close()
  }
}

/** Opens a disk image of any format for reading. Errors: disk.source, disk.format, disk.corrupt, codec.*. */
async function openDevice(path: string, format: ImageFormat): Promise<BlockDevice> {
  const file = await openHostFile(path, { readOnly: true })
  let device: BlockDevice
  try {
    device = await openAs(file, path, format)
  } catch (thrown) {
    await file.close()
    throw thrown
  }
  if (device.blockSize === 512) return device
  await device.close()
  throw new AppError('disk.format', `${path} has sectors of ${device.blockSize} bytes`, {
    hint: 'PCs start over the network from disks with sectors of 512 bytes only: install the system anew on such a disk.',
  })
}

async function openAs(file: HostFile, path: string, format: ImageFormat): Promise<BlockDevice> {
  if (format === 'vhdx') return openVhdx(file)
  if (format === 'vhd') return openVhd(file)
  if (format === 'qcow2') return openQcow2(file)
  if (isFlat(format)) return new FlatImage(file)
  // Parts of a VMDK lie beside it; a name that leads elsewhere is none of them.
  return openVmdk(file, {
    openSibling: (name) => openHostFile(join(dirname(path), basename(name)), { readOnly: true }),
  })
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
