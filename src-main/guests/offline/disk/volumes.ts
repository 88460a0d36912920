import { AppError } from '../../../base/errors.ts'
import { openExt } from '../ext/volume.ts'
import { openFat } from '../fat/volume.ts'
import { openNtfs } from '../ntfs/volume.ts'
import type { FileSystem } from './file-system.ts'
import { contentOf, type Content } from './signature.ts'
import { unreadable, type ByteSource } from './source.ts'

export interface Volume {
  readonly content: Content
  readonly fileSystem: FileSystem
}

/** Why what is recognised is not read, for people. */
const NOT_READ: Partial<Record<Content['kind'], string>> = {
  bitlocker: 'it is encrypted with BitLocker',
  luks: 'it is encrypted with LUKS',
  lvm: 'it is an LVM volume group',
  raid: 'it is a part of a Linux RAID',
  xfs: 'Bootlace does not read XFS',
  btrfs: 'Bootlace does not read Btrfs',
  zfs: 'Bootlace does not read ZFS',
  f2fs: 'Bootlace does not read F2FS',
  refs: 'Bootlace does not read ReFS',
  exfat: 'Bootlace does not read exFAT',
  swap: 'it is swap space, without files',
  empty: 'it is empty',
  unknown: 'it holds nothing known',
}

/** Opens the file system of a partition. Errors: guest.unreadable with the content in `data` when there is none to read;
 *  codec.*; what reading fails with. */
export async function openVolume(source: ByteSource, content?: Content): Promise<Volume> {
  const found = content ?? (await contentOf(source))
  if (found.kind === 'ntfs') return { content: found, fileSystem: await openNtfs(source) }
  if (found.kind === 'fat') return { content: found, fileSystem: await openFat(source) }
  if (found.kind === 'ext') return { content: found, fileSystem: await openExt(source) }
  throw notRead(found)
}

export const notRead = (content: Content): AppError =>
  unreadable(NOT_READ[content.kind] ?? `Bootlace does not read ${content.name}`, { content: content.kind })
