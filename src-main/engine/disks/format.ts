import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { AppError } from '../../base/errors.ts'
import type { BlockDevice } from '../../disks/block-device.ts'
import type { DiskFormat, DiskRecord } from '../../disks/disk-record.ts'
import { openHostFile, type HostFile } from '../../disks/host-file-device.ts'
import { createRawDisk, openRawDevice } from '../../disks/raw-device.ts'
import { createVhd, type NewVhd } from '../../disks/vhd/create.ts'
import { openVhd, type VhdDevice } from '../../disks/vhd/open.ts'
import { createVhdx, openVhdx, type VhdxDevice } from '../../disks/vhdx-device.ts'

/** An image that other disks are made from, open for reading. */
export interface OpenImage {
  readonly record: DiskRecord
  readonly device: BlockDevice
}

export const EXTENSION: Readonly<Record<DiskFormat, string>> = {
  raw: '.img',
  vhd: '.vhd',
  vhdx: '.vhdx',
}

/** A clone has its image's own format; raw has none for differences, so VHD stands in. */
export const cloneFormatOf = (image: DiskRecord): 'vhd' | 'vhdx' => (image.format === 'vhdx' ? 'vhdx' : 'vhd')

/** By what a child knows its image: a VHD by its own id, so that other programs can follow the chain; a raw file has
 *  none, so its content hash stands for it. */
function identityOf({ record, device }: OpenImage): Uint8Array {
  if (record.format === 'vhd') return (device as VhdDevice).info.footer.uniqueId
  if (record.contentHash === undefined) throw new AppError('bug', `${record.name} is a parent, but was never sealed`)
  return Buffer.from(record.contentHash, 'hex').subarray(0, 16)
}

/** Opens a disk's file, over its image if it is a clone.
 *  Errors: disk.format, disk.corrupt, disk.parentMissing, disk.parentChanged, disk.io. */
export async function openFormat(record: DiskRecord, path: string, image: OpenImage | undefined): Promise<BlockDevice> {
  const readOnly = record.sealedMs !== undefined
  if (record.format === 'raw') return openRawDevice(path, { readOnly })
  const file = await openHostFile(path, { readOnly })
  try {
    if (record.format === 'vhdx') return await openVhdx(file, image ? { parent: vhdxParent(image) } : {})
    return await openVhd(file, image ? { parent: { device: image.device, uniqueId: identityOf(image) } } : {})
  } catch (thrown) {
    await file.close()
    throw thrown
  }
}

/** Clones of VHDX images are VHDX, and only those. */
const vhdxParent = ({ device }: OpenImage) => ({ device, dataWriteGuid: (device as VhdxDevice).dataWriteGuid })

/** An empty disk in a new file. Errors: disk.size, disk.full, disk.io. */
export function createFormat(
  format: DiskFormat,
  path: string,
  sizeBytes: number,
  fixed: boolean,
  nowMs: number,
): Promise<void> {
  if (format === 'raw') return createRawDisk(path, sizeBytes, { fixed })
  if (format === 'vhdx') return makeFile(path, (file) => createVhdx({ file, sizeBytes, fixed }))
  return makeVhd(path, { kind: fixed ? 'fixed' : 'dynamic', sizeBytes, uniqueId: randomBytes(16), createdMs: nowMs })
}

/** A disk that holds only what differs from a sealed image, in a new file beside it. Errors: disk.size, disk.full, disk.io. */
export function createClone(image: OpenImage, path: string, nowMs: number): Promise<void> {
  const { record } = image
  if (cloneFormatOf(record) === 'vhdx') {
    const parent = { dataWriteGuid: vhdxParent(image).dataWriteGuid, relativePath: `./${record.file}` }
    return makeFile(path, (file) => createVhdx({ file, sizeBytes: record.sizeBytes, parent }))
  }
  return makeVhd(path, {
    kind: 'differencing',
    sizeBytes: record.sizeBytes,
    uniqueId: randomBytes(16),
    createdMs: nowMs,
    parent: {
      uniqueId: identityOf(image),
      modifiedMs: record.sealedMs ?? record.createdMs,
      fileName: record.file,
      relativePath: `.\\${record.file}`,
    },
  })
}

const makeVhd = (path: string, o: NewVhd): Promise<void> =>
  makeFile(path, async (file) => {
    await createVhd(file, o)
    if (o.kind === 'fixed') await file.allocate(o.sizeBytes)
  })

/** A new file that `write` fills; removed again when that fails. */
async function makeFile(path: string, write: (file: HostFile) => Promise<unknown>): Promise<void> {
  const file = await openHostFile(path, { create: true })
  try {
    await write(file)
    await file.close()
  } catch (thrown) {
    await file.close().catch(() => {
      // The first error says more; the file goes anyway.
    })
    await rm(path, { force: true })
    throw thrown
  }
}
