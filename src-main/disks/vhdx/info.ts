import { AppError } from '../../base/errors.ts'
import type { DiskFile } from '../disk-file.ts'
import { type Guid, parseGuid, type VhdxHeader } from './format.ts'
import type { VhdxLayout } from './layout.ts'

/** What a VHDX file says of itself. */
export interface VhdxInfo {
  readonly kind: 'fixed' | 'dynamic' | 'differencing'
  readonly sizeBytes: number
  readonly blockSizeBytes: number
  readonly logicalSectorSize: 512 | 4096
  readonly physicalSectorSize: 512 | 4096
  /** Stays the same as long as the disk's content does: children remember it of their parent. */
  readonly dataWriteGuid: Guid
  readonly virtualDiskId: Guid
  /** It was not closed; opening it brings it in order. */
  readonly needsReplay: boolean
  readonly parent?: VhdxParentInfo
}
export interface VhdxParentInfo {
  /** One of them must be the parent's dataWriteGuid. */
  readonly linkages: readonly Guid[]
  /** Relative to the folder of this file, with slashes. */
  readonly relativePath?: string
  readonly volumePath?: string
  readonly absolutePath?: string
}

/** @param layout of the file after its log was replayed. */
export function infoOf(layout: VhdxLayout, header: VhdxHeader, needsReplay: boolean): VhdxInfo {
  const { hasParent, leaveBlockAllocated, blockSize } = layout.parameters
  const locator = layout.parentLocator
  const text = (key: string): string | undefined => locator?.get(key)
  const relative = text('relative_path')?.replace(/\\/g, '/').replace(/^\.\//, '')
  const volume = text('volume_path')
  const absolute = text('absolute_win32_path')
  return {
    kind: hasParent ? 'differencing' : leaveBlockAllocated ? 'fixed' : 'dynamic',
    sizeBytes: layout.sizeBytes,
    blockSizeBytes: blockSize,
    logicalSectorSize: layout.logicalSectorSize,
    physicalSectorSize: layout.physicalSectorSize,
    dataWriteGuid: header.dataWriteGuid,
    virtualDiskId: layout.virtualDiskId,
    needsReplay,
    ...(locator && {
      parent: {
        linkages: [text('parent_linkage'), text('parent_linkage2')]
          .map((t) => (t === undefined ? undefined : parseGuid(t)))
          .filter((g) => g !== undefined),
        ...(relative !== undefined && { relativePath: relative }),
        ...(volume !== undefined && { volumePath: volume }),
        ...(absolute !== undefined && { absolutePath: absolute }),
      },
    }),
  }
}

/** A view of a file through which nothing can be written. */
export const readOnlyView = (file: DiskFile): DiskFile => ({
  path: file.path,
  readOnly: true,
  canPunch: false,
  sizeBytes: file.sizeBytes,
  read: (position, into) => file.read(position, into),
  write: () => Promise.reject(new AppError('disk.readOnly', `${file.path} is only looked at`)),
  zero: () => Promise.reject(new AppError('disk.readOnly', `${file.path} is only looked at`)),
  resize: () => Promise.reject(new AppError('disk.readOnly', `${file.path} is only looked at`)),
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
})
