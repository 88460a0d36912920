import * as fs from 'node:fs'
import { AppError } from '../base/errors.ts'
import type { BlockDevice, Extent } from './block-device.ts'
import type { DiskFile } from './disk-file.ts'
import { extentInFile } from './extents.ts'
import { openHostFile } from './host-file-device.ts'

const BLOCK = 512

/** A raw image: block n is at byte n × 512. */
class RawDevice implements BlockDevice {
  readonly blockSize = BLOCK
  readonly blockCount: number
  readonly readOnly: boolean
  readonly canPunch: boolean
  readonly erase: (() => Promise<void>) | undefined
  readonly #file: DiskFile

  constructor(file: DiskFile) {
    this.#file = file
    this.blockCount = Math.floor(file.sizeBytes / BLOCK)
    this.readOnly = file.readOnly
    this.canPunch = file.canPunch
    if (file.canPunch && !file.readOnly) {
      this.erase = async () => {
        await file.zero(0, this.blockCount * BLOCK)
        await file.flush()
      }
    }
  }
  read(lba: number, into: Uint8Array): void | Promise<void> {
    return this.#file.read(lba * BLOCK, into)
  }
  write(lba: number, from: readonly Uint8Array[]): void | Promise<void> {
    return this.#file.write(lba * BLOCK, from, true)
  }
  flush(): Promise<void> {
    return this.#file.flush()
  }
  zero(lba: number, blocks: number): void | Promise<void> {
    return this.#file.zero(lba * BLOCK, blocks * BLOCK)
  }
  extent(lba: number): Extent {
    return extentInFile(this.#file, lba * BLOCK, BLOCK, this.blockCount - lba)
  }
  close(): Promise<void> {
    return this.#file.close()
  }
}

/** Makes an empty image, sparse unless `fixed`. @param sizeBytes a multiple of 512.
 *  Errors: disk.exists when there is such a file, disk.size, disk.full, disk.io. */
export async function createRawDisk(path: string, sizeBytes: number, o: { fixed?: boolean } = {}): Promise<void> {
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < BLOCK || sizeBytes % BLOCK !== 0) {
    throw new AppError('disk.size', `a disk of ${sizeBytes} bytes cannot be made`, {
      hint: `The size must be a multiple of ${BLOCK} bytes.`,
    })
  }
  const file = await openHostFile(path, { create: true })
  try {
    await file.resize(sizeBytes)
    if (o.fixed) await file.allocate(sizeBytes)
    await file.close()
  } catch (e) {
    await file.close().catch(() => {
      // The first error says more; the file goes anyway.
    })
    await fs.promises.rm(path, { force: true })
    throw e
  }
}

/** A raw image over any file. Errors: disk.size. */
export function rawDeviceOver(file: DiskFile): BlockDevice {
  if (file.sizeBytes < BLOCK)
    throw new AppError('disk.size', `${file.path} has no whole block of ${BLOCK} bytes`, {
      hint: 'Look whether it was copied completely.',
    })
  return new RawDevice(file)
}

/** Opens a raw image, or a block device of the host. Errors: disk.notFound, disk.io, disk.size. */
export async function openRawDevice(path: string, o: { readOnly?: boolean } = {}): Promise<BlockDevice> {
  const file = await openHostFile(path, o)
  try {
    return rawDeviceOver(file)
  } catch (e) {
    await file.close()
    throw e
  }
}
