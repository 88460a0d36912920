import { AppError } from '../../base/errors.ts'
import { formatSize } from '../../base/units.ts'
import type { DiskFile } from '../disk-file.ts'
import {
  BLOCK_SIZE_LIMITS,
  DEFAULT_BLOCK_SIZE,
  DISK_TYPE,
  encodeFooter,
  encodeLocatorPath,
  encodeSparseHeader,
  encodeTable,
  FOOTER_LENGTH,
  geometryOf,
  HEADER_LENGTH,
  MAX_SIZE,
  PLATFORM,
  SECTOR,
  vhdTime,
  type Footer,
  type ParentLocator,
} from './format.ts'

export interface NewVhd {
  readonly kind: 'fixed' | 'dynamic' | 'differencing'
  /** A multiple of 512, 2040 GiB at most. A child may be larger than its parent. */
  readonly sizeBytes: number
  /** 16 random bytes. */
  readonly uniqueId: Uint8Array
  /** Now; ms since 1970. */
  readonly createdMs: number
  /** Power of two; 2 MiB unless said. */
  readonly blockBytes?: number
  /** Nothing is made durable: the caller flushes before anybody may know of the file. */
  readonly unflushed?: boolean
  /** For `differencing`, and only there. */
  readonly parent?: {
    readonly uniqueId: Uint8Array
    /** When the parent's file was last changed; ms since 1970. */
    readonly modifiedMs: number
    readonly fileName: string
    readonly absolutePath?: string
    /** From the child's folder; Windows wants it as `.\parent.vhd`. */
    readonly relativePath?: string
  }
}

/** Readers choose by the creator whether to believe the size or the geometry; of all names this one makes every reader we
 *  know take the size (QEMU keeps a list, and takes the geometry for names it does not know). */
const CREATOR = { creatorApplication: 'win ', creatorVersion: 0x000a0000, creatorHostOs: 'Wi2k' } as const
const NO_ID = new Uint8Array(16)
const roundUp = (n: number): number => Math.ceil(n / SECTOR) * SECTOR

/** Writes an empty disk into an empty file, and makes it durable unless told otherwise.
 *  Errors: disk.size, disk.exists (the file has content), disk.full, disk.io. */
export async function createVhd(file: DiskFile, o: NewVhd): Promise<void> {
  check(file, o)
  const footer: Footer = {
    diskType: DISK_TYPE[o.kind],
    dataOffset: o.kind === 'fixed' ? undefined : FOOTER_LENGTH,
    timeStamp: vhdTime(o.createdMs),
    ...CREATOR,
    originalSize: o.sizeBytes,
    currentSize: o.sizeBytes,
    geometry: geometryOf(o.sizeBytes),
    uniqueId: o.uniqueId,
    savedState: false,
  }
  const bytes = encodeFooter(footer)
  if (o.kind === 'fixed') {
    await file.resize(o.sizeBytes)
    await file.write(o.sizeBytes, [bytes])
    if (!o.unflushed) await file.flush()
    return
  }
  const blockSize = o.blockBytes ?? DEFAULT_BLOCK_SIZE
  const locators: { at: number; data: Uint8Array; entry: ParentLocator }[] = []
  let at = FOOTER_LENGTH + HEADER_LENGTH
  const paths = [
    [PLATFORM.absolute, o.parent?.absolutePath],
    [PLATFORM.relative, o.parent?.relativePath],
  ] as const
  for (const [platformCode, path] of paths) {
    if (path === undefined) continue
    const data = encodeLocatorPath(path)
    // Hyper-V counts the space in bytes, against the specification, and is whom these paths are for.
    const space = roundUp(data.length)
    locators.push({
      at,
      data,
      entry: { platformCode, platformDataSpace: space, platformDataLength: data.length, platformDataOffset: at },
    })
    at += space
  }
  const maxTableEntries = Math.ceil(o.sizeBytes / blockSize)
  const end = at + roundUp(maxTableEntries * 4)
  const header = encodeSparseHeader({
    tableOffset: at,
    maxTableEntries,
    blockSize,
    parentUniqueId: o.parent?.uniqueId ?? NO_ID,
    parentTimeStamp: o.parent ? vhdTime(o.parent.modifiedMs) : 0,
    parentUnicodeName: o.parent?.fileName ?? '',
    parentLocators: locators.map((l) => l.entry),
  })
  await file.write(0, [bytes, header])
  for (const locator of locators) await file.write(locator.at, [locator.data])
  await file.write(at, [encodeTable(new Uint32Array(0), 0, (end - at) / 4), bytes])
  if (!o.unflushed) await file.flush()
}

function check(file: DiskFile, o: NewVhd): void {
  if (file.sizeBytes !== 0) throw new AppError('disk.exists', `${file.path} has content already`)
  if (!Number.isSafeInteger(o.sizeBytes) || o.sizeBytes < SECTOR || o.sizeBytes % SECTOR !== 0)
    throw new AppError('disk.size', `a disk of ${o.sizeBytes} bytes cannot be made`, {
      hint: `The size must be a multiple of ${SECTOR} bytes.`,
    })
  if (o.sizeBytes > MAX_SIZE)
    throw new AppError('disk.size', `a VHD cannot hold a disk of ${formatSize(o.sizeBytes)}`, {
      hint: 'Its limit is 2040 GiB; use VHDX for larger disks.',
    })
  const block = o.blockBytes ?? DEFAULT_BLOCK_SIZE
  const { smallest, largest } = BLOCK_SIZE_LIMITS
  if (block < smallest || block > largest || (block & (block - 1)) !== 0)
    throw new AppError('disk.size', `blocks of ${block} bytes cannot be made`, {
      hint: `A block is a power of two from ${formatSize(smallest)} to ${formatSize(largest)}.`,
    })
  if ((o.kind === 'differencing') !== (o.parent !== undefined))
    throw new AppError('bug', 'a differencing disk, and only that, has a parent')
}
