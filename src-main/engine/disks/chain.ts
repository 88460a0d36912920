import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { BlockDevice } from '../../disks/block-device.ts'
import type { DiskRecord, FileStamp, RestorePoint } from '../../disks/disk-record.ts'
import type { HostFile } from '../../disks/host-file-device.ts'
import { identityOf, openFormat, type Base } from './format.ts'

/** A disk's own file over its restore points over its image. */
export interface OpenChain {
  readonly device: BlockDevice
  /** What the disk's own file stands on; absent: on nothing. */
  readonly base?: Base
  /** Lets go of all files but the image's. */
  close(): Promise<void>
}

/** How a file looks. Errors: disk.missing. */
export function stampOf(path: string): FileStamp {
  const { size, mtimeMs } = statSync(path)
  return { bytes: size, modifiedMs: mtimeMs }
}

/** The restore points that a disk's file, or a point, stands on, lowest first. Errors: disk.damaged when one is unknown. */
export function lineageOf(
  start: Pick<DiskRecord, 'name' | 'basePoint'>,
  points: ReadonlyMap<number, RestorePoint>,
): RestorePoint[] {
  const lineage: RestorePoint[] = []
  for (let id = start.basePoint; id !== undefined;) {
    const point = points.get(id)
    if (!point || lineage.includes(point)) {
      throw new AppError('disk.damaged', `a restore point below ${start.name} is not known`, {
        hint: 'Restore the data folder from a copy.',
      })
    }
    lineage.unshift(point)
    id = point.basePoint
  }
  return lineage
}

/** Opens all files of a disk. @param image what the lowest of them stands on, if its record names one.
 *  Errors: disk.missing, disk.parentChanged, disk.parentMissing, disk.format, disk.corrupt, disk.io. */
export async function openChain(
  o: {
    readonly folder: string
    readonly record: DiskRecord
    readonly lineage: readonly RestorePoint[]
    readonly image: Base | undefined
    /** Open a sealed file even if it looks other than when it was sealed: its content is about to be compared. */
    readonly despiteStamp?: boolean
    readonly readOnly?: boolean
    readonly logger?: Logger
    /** Keeps blocks of what never changes in memory. */
    readonly cached?: (device: BlockDevice) => BlockDevice
  },
  wrap?: (file: HostFile) => HostFile,
): Promise<OpenChain> {
  const { folder, record } = o
  const opened: BlockDevice[] = []
  const closeAll = async (): Promise<void> => {
    // What stands on others goes first.
    for (const device of opened.reverse()) await device.close()
  }
  try {
    let base = o.image
    for (const [i, point] of o.lineage.entries()) {
      const path = join(folder, point.file)
      if (!existsSync(path)) throw missingFile(`restore point ${point.id} of disk ${record.name}`, path)
      const device = await openFormat({ format: point.format, path, readOnly: true }, base)
      opened.push(device)
      base = baseOf(point, device, point.identity, folder)
      // With the view of all points together in memory, a long chain costs a read no more than a short one.
      if (o.cached && i === o.lineage.length - 1) {
        const seen = o.cached(device)
        opened[opened.length - 1] = seen
        base = { ...base, device: seen }
      }
    }
    const path = join(folder, record.file)
    if (!existsSync(path)) throw missingFile(`disk ${record.name}`, path)
    if (!o.despiteStamp) checkStamp(record, path)
    const readOnly = o.readOnly ?? record.sealedMs !== undefined
    const own = { format: record.format, path, readOnly, ...(o.logger && { logger: o.logger }) }
    const device = await openFormat(own, base, wrap)
    opened.push(device)
    return { device, ...(base && { base }), close: closeAll }
  } catch (thrown) {
    await closeAll()
    throw thrown
  }
}

/** An open file as what others may stand on. */
export function baseOf(
  layer: { readonly file: string; readonly format: DiskRecord['format'] },
  device: BlockDevice,
  rawIdentity: string,
  folder: string,
): Base {
  return {
    file: layer.file,
    format: layer.format,
    sizeBytes: device.blockCount * device.blockSize,
    modifiedMs: stampOf(join(folder, layer.file)).modifiedMs,
    device,
    identity: identityOf(layer.format, device, rawIdentity),
  }
}

/** A sealed file that somebody wrote to would give its clones a mixture of old and new. */
function checkStamp(record: DiskRecord, path: string): void {
  if (!record.stamp) return
  const now = stampOf(path)
  if (now.bytes === record.stamp.bytes && now.modifiedMs === record.stamp.modifiedMs) return
  throw new AppError(
    'disk.imageChanged',
    `the file of the golden image ${record.name} was changed or replaced since it was sealed`,
    {
      hint: `If it is a copy that was put back, let Bootlace compare it with its hash: bootlace disk check ${record.name}. Otherwise restore ${path} from a copy.`,
    },
  )
}

export function missingFile(what: string, path: string): AppError {
  return new AppError('disk.missing', `the file of ${what} is gone`, {
    hint: `Put it back at ${path} and restart Bootlace, or delete the disk.`,
  })
}
