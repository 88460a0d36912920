import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '../base/errors.ts'
import type { BlockDevice } from '../disks/block-device.ts'
import type { DiskFormat, DiskRecord } from '../disks/disk-record.ts'
import { diskError, openHostFile, syncFolder, type HostFile } from '../disks/host-file-device.ts'
import { createRawDisk, openRawDevice } from '../disks/raw-device.ts'
import { createVhd, type NewVhd } from '../disks/vhd/create.ts'
import { openVhd, type VhdDevice } from '../disks/vhd/open.ts'
import { createVhdx, openVhdx, type VhdxDevice } from '../disks/vhdx-device.ts'

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

/** How many clones are made and flushed at once: flushes of several files share the host's journal, and every file is
 *  open meanwhile. */
const CLONES_AT_ONCE = 64

/** Disks that hold only what differs from a sealed image, in new files beside it. All of them are there and durable
 *  afterwards, their names too; or none is, and what was made is removed. Until then they end in `.part`, like all that
 *  an interrupted program may leave behind.
 *  @param paths of one folder; nobody else makes files of these names meanwhile. Errors: disk.exists, disk.size,
 *  disk.full, disk.io. */
export async function createClones(image: OpenImage, paths: readonly string[], nowMs: number): Promise<void> {
  const made: string[] = []
  try {
    for (const path of paths) if (existsSync(path)) throw new AppError('disk.exists', `${path} exists already`)
    for (let i = 0; i < paths.length; i += CLONES_AT_ONCE) {
      const files: HostFile[] = []
      try {
        for (const path of paths.slice(i, i + CLONES_AT_ONCE)) {
          const file = await openHostFile(`${path}.part`, { create: true })
          files.push(file)
          made.push(file.path)
          await writeClone(image, file, nowMs)
        }
        await allOf(files.map((file) => file.flush()))
      } finally {
        await allOf(files.map((file) => file.close()))
      }
    }
    for (const [i, path] of paths.entries()) {
      await rename(`${path}.part`, path)
      made[i] = path
    }
    for (const folder of new Set(paths.map((path) => dirname(path)))) await syncFolder(folder)
  } catch (thrown) {
    for (const path of made) await rm(path, { force: true })
    throw thrown instanceof AppError ? thrown : diskError(thrown, 'making clones')
  }
}

/** Waits for all, then passes the first failure on. */
async function allOf(works: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(works)
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

/** One clone. Errors: as createClones. */
export const createClone = (image: OpenImage, path: string, nowMs: number): Promise<void> =>
  createClones(image, [path], nowMs)

async function writeClone(image: OpenImage, file: HostFile, nowMs: number): Promise<void> {
  const { record } = image
  const { sizeBytes } = record
  if (cloneFormatOf(record) === 'vhdx') {
    const parent = { dataWriteGuid: vhdxParent(image).dataWriteGuid, relativePath: `./${record.file}` }
    await createVhdx({ file, sizeBytes, parent, unflushed: true })
    return
  }
  await createVhd(file, {
    kind: 'differencing',
    sizeBytes,
    uniqueId: randomBytes(16),
    createdMs: nowMs,
    unflushed: true,
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
