import { AppError } from '../base/errors.ts'
import { formatSize } from '../base/units.ts'
import type { DiskFile, FileExtent } from './disk-file.ts'

/** A file whose space on the host can be asked for, and taken at once. */
export interface MeasuredFile extends DiskFile {
  /** Bytes it takes on the host, holes not counted. */
  realBytes(): number
  /** Bytes of a range that take no space yet; all of it where the host cannot tell. */
  holeBytes(position: number, length: number): number
  /** Takes `length` bytes from `position` on (from the start, unless said) out of the host's free space now; writes
   *  zeros where the file system has no call for it, so what is there must still be empty. The file is at least that
   *  long afterwards. Errors: disk.full, disk.io. */
  allocate(length: number, position?: number): Promise<void>
  extent(position: number): FileExtent
}

/** May change while the file is open. */
export interface Limit {
  bytes: number | undefined
}

/** A file whose data may not take more than so much of the host. What is there already can always be written again. The host is
 *  asked only when what was written since the last time could have reached the limit. Errors: disk.full. */
export function limitedFile(file: MeasuredFile, limit: Limit): MeasuredFile {
  let headroom = 0
  const check = (position: number, pieces: readonly Uint8Array[], bytes: number): void => {
    let length = 0
    for (const piece of pieces) length += piece.length
    headroom -= length
    if (headroom >= 0) return
    headroom = bytes - file.realBytes()
    const isNew = length <= headroom ? length : file.holeBytes(position, length)
    headroom -= isNew
    if (headroom >= 0 || isNew === 0) return
    throw new AppError('disk.full', `${file.path} may not take more than ${formatSize(bytes)} of this computer`, {
      hint: 'Raise the limit of the disk, or reset the disk to its image.',
    })
  }
  return {
    path: file.path,
    readOnly: file.readOnly,
    canPunch: file.canPunch,
    get sizeBytes() {
      return file.sizeBytes
    },
    read: (position, into) => file.read(position, into),
    write(position, pieces, isData) {
      if (isData && limit.bytes !== undefined) check(position, pieces, limit.bytes)
      return file.write(position, pieces)
    },
    zero: (position, length) => file.zero(position, length),
    flush: () => file.flush(),
    resize: (sizeBytes) => file.resize(sizeBytes),
    allocate: (length, position) => file.allocate(length, position),
    extent: (position) => file.extent(position),
    realBytes: () => file.realBytes(),
    holeBytes: (position, length) => file.holeBytes(position, length),
    close: () => file.close(),
  }
}
