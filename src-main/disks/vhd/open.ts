import { AppError } from '../../base/errors.ts'
import type { BlockDevice } from '../block-device.ts'
import type { DiskFile } from '../disk-file.ts'
import { FixedVhd } from './fixed.ts'
import type { PendingChange, PendingLog } from '../pending-log.ts'
import { ABSENT, bitmapLength, FOOTER_LENGTH, formatUniqueId, SECTOR, type SparseHeader } from './format.ts'
import { corrupt, inspectVhd, readTable, type ParentReference, type VhdInfo } from './layout.ts'
import { PENDING, SparseVhd } from './sparse.ts'

export interface VhdDevice extends BlockDevice {
  readonly info: VhdInfo
}

/** An open parent and who it is. It stays open, and unchanged, as long as its children; who opened it closes it. */
export interface VhdParent {
  readonly device: BlockDevice
  readonly uniqueId: Uint8Array
  /** When its file was last changed, VHD time. A difference is noted only: copying a file changes it. */
  readonly timeStamp?: number
}

/** Opens a fixed, dynamic or differencing disk; writable when the file is. A damaged footer is written again from its
 *  copy, and what a crash left behind the last block is cut off.
 *  Errors: disk.format, disk.corrupt, disk.size, codec.*; for a child disk.parentMissing, disk.parentChanged. */
export async function openVhd(
  file: DiskFile,
  o: { parent?: VhdParent; pending?: PendingLog } = {},
): Promise<VhdDevice> {
  const info = await inspectVhd(file)
  if (!info.header) return new FixedVhd(file, info)
  const sparse: VhdInfo & { header: SparseHeader } = { ...info, header: info.header }
  if (info.parent) checkParent(file, info, info.parent, o.parent)
  const map = await readTable(file, sparse)
  const pending = file.readOnly ? undefined : o.pending
  let changes = pending?.read(formatUniqueId(info.footer.uniqueId)) ?? []
  let end = endWith(changes, file, sparse, map)
  if (end === undefined) {
    pending!.refused('another program has changed the disk since')
    changes = []
    end = map.end
  }
  if (!file.readOnly) await tidy(file, info, end)
  const notes = [...info.notes]
  if (info.parent && o.parent?.timeStamp !== undefined && o.parent.timeStamp !== info.parent.timeStamp)
    notes.push("the parent's file was changed or copied after this disk was made")
  const device = new SparseVhd(file, { ...sparse, notes }, { ...map, end }, info.parent ? o.parent!.device : undefined)
  if (pending) await device.recover(changes, pending)
  return device
}

/** The end of the last block, with those that a crash left out of the table; undefined when they are not there, or others are. */
function endWith(
  changes: readonly PendingChange[],
  file: DiskFile,
  info: { readonly header: SparseHeader },
  map: { readonly table: Uint32Array; readonly end: number },
): number | undefined {
  const length = bitmapLength(info.header.blockSize) + info.header.blockSize
  let end = map.end
  for (const { kind, a, b } of changes) {
    // A crash in the middle of a flush may have left some of them in the table already.
    if (kind !== PENDING.table || map.table[a] === b) continue
    const start = b * SECTOR
    const written = file.sizeBytes >= start + length + FOOTER_LENGTH
    if (map.table[a] !== ABSENT || !written || overlaps(map.table, start, length)) return undefined
    end = Math.max(end, start + length)
  }
  return end
}

function overlaps(table: Uint32Array, start: number, length: number): boolean {
  return table.some((at) => at !== ABSENT && at * SECTOR < start + length && start < at * SECTOR + length)
}

function checkParent(file: DiskFile, info: VhdInfo, wanted: ParentReference, given: VhdParent | undefined): void {
  if (sameId(wanted.uniqueId, info.footer.uniqueId)) throw corrupt(file, 'it names itself as its parent')
  const name = wanted.relativePath ?? wanted.absolutePath ?? wanted.name
  if (!given)
    throw new AppError('disk.parentMissing', `${file.path} holds only what differs from its parent "${name}"`, {
      hint: 'Put the parent beside it, or merge the two where they were made.',
      data: { uniqueId: formatUniqueId(wanted.uniqueId) },
    })
  if (!sameId(wanted.uniqueId, given.uniqueId))
    throw new AppError('disk.parentChanged', `${file.path} was made for another parent than the one at hand`, {
      hint: `Find the file "${name}" with the id ${formatUniqueId(wanted.uniqueId)}; with any other the disk is garbage.`,
      data: { wanted: formatUniqueId(wanted.uniqueId), got: formatUniqueId(given.uniqueId) },
    })
  if (given.device.blockSize !== SECTOR)
    throw new AppError('disk.format', `${file.path}: a VHD cannot have a parent with blocks of 4096 bytes`, {
      hint: 'Give the parent that it was made from.',
    })
}

const sameId = (a: Uint8Array, b: Uint8Array): boolean => a.every((v, i) => v === b[i])

/** Brings the file into the state that writing relies on: a good copy of the footer at byte 0, and nothing behind the
 *  last block but a footer, so that new blocks begin as zeros. */
async function tidy(file: DiskFile, info: VhdInfo, end: number): Promise<void> {
  if (!info.footerAtStart) {
    await file.write(0, [info.footerBytes])
    await file.flush()
  }
  if (info.footerAtEnd && file.sizeBytes === end + FOOTER_LENGTH) return
  await file.resize(end)
  await file.write(end, [info.footerBytes])
  await file.flush()
}
