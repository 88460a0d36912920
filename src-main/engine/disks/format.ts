import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { AppError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { BlockDevice } from '../../disks/block-device.ts'
import type { DiskFormat } from '../../disks/disk-record.ts'
import { openHostFile, type HostFile } from '../../disks/host-file-device.ts'
import { PendingLog } from '../../disks/pending-log.ts'
import { createRawDisk, rawDeviceOver } from '../../disks/raw-device.ts'
import { createVhd, type NewVhd } from '../../disks/vhd/create.ts'
import { openVhd, type VhdDevice } from '../../disks/vhd/open.ts'
import { guidAt, type Guid } from '../../disks/vhdx/format.ts'
import { createVhdx, openVhdx, type VhdxDevice } from '../../disks/vhdx-device.ts'
import { bootSession } from '../../platform/boot-session.ts'

/** What a differencing file stands on: an image or a restore point, open for reading. */
export interface Base {
  /** Its file's name; a child lies in the same folder. */
  readonly file: string
  readonly format: DiskFormat
  readonly sizeBytes: number
  /** UTC. */
  readonly modifiedMs: number
  readonly device: BlockDevice
  /** By what a child knows it. */
  readonly identity: Identity
}

/** 16 bytes, in the form that the child's format keeps them in. */
export interface Identity {
  readonly uniqueId: Uint8Array
  readonly guid: Guid
}

export const EXTENSION: Readonly<Record<DiskFormat, string>> = {
  raw: '.img',
  vhd: '.vhd',
  vhdx: '.vhdx',
}

/** Differences from a VHD are a VHD, so that other programs can follow the chain; all others are VHDX: it has a log, and
 *  it can say that a block is zeros. */
export const differenceFormatOf = (base: DiskFormat): 'vhd' | 'vhdx' => (base === 'vhd' ? 'vhd' : 'vhdx')

/** A VHD is known by its own id and a VHDX by its DataWriteGuid; a raw file has none, so what its record says stands for it.
 *  @param rawIdentity at least 32 hex digits. */
export function identityOf(format: DiskFormat, device: BlockDevice, rawIdentity: string): Identity {
  if (format === 'vhdx') return { uniqueId: new Uint8Array(16), guid: (device as VhdxDevice).dataWriteGuid }
  const uniqueId =
    format === 'vhd' ? (device as VhdDevice).info.footer.uniqueId : Buffer.from(rawIdentity, 'hex').subarray(0, 16)
  if (uniqueId.length !== 16) throw new AppError('bug', 'what stands below a disk has no identity')
  return { uniqueId, guid: guidAt(uniqueId, 0) }
}

/** Where answered writes of a disk are noted until they are flushed. */
export const pendingPathOf = (path: string): string => `${path}.pending`

/** Opens a disk's file, over what it stands on if it holds differences.
 *  Errors: disk.format, disk.corrupt, disk.parentMissing, disk.parentChanged, disk.io. */
export async function openFormat(
  layer: {
    readonly format: DiskFormat
    readonly path: string
    readonly readOnly: boolean
    /** With it, answered writes survive a crash of this program before their flush. */
    readonly logger?: Logger
  },
  base: Base | undefined,
  wrap: (file: HostFile) => HostFile = (file) => file,
): Promise<BlockDevice> {
  const { format, path, readOnly } = layer
  const pending =
    layer.logger && !readOnly ? new PendingLog(pendingPathOf(path), bootSession(), layer.logger) : undefined
  const noted = pending && { pending }
  const file = wrap(await openHostFile(path, { readOnly }))
  try {
    if (format === 'raw') return rawDeviceOver(file)
    const device = base?.device
    if (format === 'vhdx') {
      return await openVhdx(file, {
        ...noted,
        ...(device && { parent: { device, dataWriteGuid: base!.identity.guid } }),
      })
    }
    return await openVhd(file, { ...noted, ...(device && { parent: { device, uniqueId: base!.identity.uniqueId } }) })
  } catch (thrown) {
    await file.close()
    throw thrown
  }
}

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

/** A disk that holds only what differs from its base, in a new file beside it: flushed once, when it is whole. Errors: disk.size, disk.full, disk.io. */
export function createDifference(base: Base, path: string, nowMs: number): Promise<void> {
  const { sizeBytes } = base
  if (differenceFormatOf(base.format) === 'vhdx') {
    const parent = { dataWriteGuid: base.identity.guid, relativePath: `./${base.file}` }
    return makeFile(path, (file) => createVhdx({ file, sizeBytes, parent, unflushed: true }))
  }
  return makeVhd(path, {
    kind: 'differencing',
    sizeBytes,
    uniqueId: randomBytes(16),
    createdMs: nowMs,
    unflushed: true,
    parent: {
      uniqueId: base.identity.uniqueId,
      modifiedMs: base.modifiedMs,
      fileName: base.file,
      relativePath: `.\\${base.file}`,
    },
  })
}

const makeVhd = (path: string, o: NewVhd): Promise<void> =>
  makeFile(path, async (file) => {
    await createVhd(file, o)
    if (o.kind === 'fixed') await file.allocate(o.sizeBytes)
  })

/** A new file that `write` fills, durable afterwards (closing flushes); removed again when that fails. */
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
