import { asciiAt } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import type { BlockDevice } from './block-device.ts'
import type { DiskFile } from './disk-file.ts'
import { ReadOnlyImage } from './read-only-image.ts'
import {
  decodeExtentHeader,
  DESCRIPTOR_START,
  EXTENT_HEADER_LENGTH,
  MAX_DESCRIPTOR_BYTES,
  MAX_SECTORS,
  parseDescriptor,
  SECTOR,
  type Descriptor,
  type Extent,
  type SparseExtentHeader,
} from './vmdk/format.ts'
import { openSparseExtent, vmdkCorrupt, type OpenExtent } from './vmdk-extent-device.ts'

/** Opens a file that lies beside the one that names it. */
export type OpenSibling = (name: string) => Promise<DiskFile>

function refused(file: DiskFile, what: string, hint?: string): AppError {
  return new AppError('disk.format', `${file.path} ${what}`, {
    hint: hint ?? `Convert it where it was made: qemu-img convert -O raw ${file.path} disk.img`,
  })
}

/** The extents of a disk one behind the other. */
class VmdkDevice extends ReadOnlyImage {
  readonly #extents: readonly OpenExtent[]
  readonly #files: readonly DiskFile[]

  constructor(path: string, extents: readonly OpenExtent[], files: readonly DiskFile[]) {
    super(path, extents.reduce((sectors, extent) => sectors + extent.sectors, 0) * SECTOR)
    this.#extents = extents
    this.#files = files
  }

  async read(lba: number, into: Uint8Array): Promise<void> {
    let first = 0
    for (const extent of this.#extents) {
      const from = Math.max(lba, first)
      const to = Math.min(lba + into.length / SECTOR, first + extent.sectors)
      if (from < to) await extent.read(from - first, into.subarray((from - lba) * SECTOR, (to - lba) * SECTOR))
      first += extent.sectors
    }
  }
  async close(): Promise<void> {
    for (const file of this.#files) await file.close()
  }
}

/** Opens a VMDK for reading: a sparse or stream-optimized file with its descriptor inside, or a descriptor that names
 *  flat and sparse extents, which `openSibling` opens.
 *  Errors: disk.format, disk.corrupt, disk.parentMissing, codec.*, and what `openSibling` throws. */
export async function openVmdk(file: DiskFile, o: { openSibling?: OpenSibling } = {}): Promise<BlockDevice> {
  const head = new Uint8Array(Math.min(EXTENT_HEADER_LENGTH, file.sizeBytes))
  await file.read(0, head)
  const start = asciiAt(head, 0, Math.min(DESCRIPTOR_START.length, head.length))
  if (start.startsWith('COWD')) throw refused(file, 'is a sparse disk of an old ESX server, which is not supported')
  if (start === DESCRIPTOR_START) return openByDescriptor(file, o.openSibling)
  const header = decodeExtentHeader(head)
  if (!(await holdsDescriptor(file, header)))
    throw refused(file, 'is only one part of a disk', 'Give the small .vmdk file that lists the parts.')
  const descriptor = await readDescriptor(file, header.descriptorOffset * SECTOR, header.descriptorSize * SECTOR)
  if (descriptor.extents.length !== 1)
    throw refused(file, `says that it consists of ${descriptor.extents.length} parts, and holds one`)
  const extent = await openSparseExtent(file, header)
  return new VmdkDevice(file.path, [extent], [file])
}

/** Parts of a disk have no place for a descriptor, or (QEMU's) an empty one. */
async function holdsDescriptor(file: DiskFile, header: SparseExtentHeader): Promise<boolean> {
  if (header.descriptorOffset === 0 || header.descriptorSize === 0) return false
  const first = new Uint8Array(1)
  await file.read(header.descriptorOffset * SECTOR, first)
  return first[0] !== 0
}

async function readDescriptor(file: DiskFile, position: number, length: number): Promise<Descriptor> {
  if (position >= file.sizeBytes) throw vmdkCorrupt(file, 'its descriptor is said to be outside of the file')
  const bytes = new Uint8Array(Math.min(length, MAX_DESCRIPTOR_BYTES, file.sizeBytes - position))
  await file.read(position, bytes)
  const descriptor = parseDescriptor(bytes)
  if (descriptor.parentCid !== 'ffffffff')
    throw new AppError(
      'disk.parentMissing',
      `${file.path} is a snapshot that holds only what differs from its parent`,
      {
        hint: 'Merge the snapshot where it was made (delete all snapshots of the machine), or export the machine.',
      },
    )
  const sectors = descriptor.extents.reduce((sum, extent) => sum + extent.sectors, 0)
  if (sectors === 0 || sectors > MAX_SECTORS)
    throw vmdkCorrupt(file, `its descriptor describes a disk of ${sectors} sectors`)
  return descriptor
}

async function openByDescriptor(file: DiskFile, openSibling: OpenSibling | undefined): Promise<BlockDevice> {
  const descriptor = await readDescriptor(file, 0, file.sizeBytes)
  const files: DiskFile[] = [file]
  const extents: OpenExtent[] = []
  try {
    for (const extent of descriptor.extents) extents.push(await openExtent(file, extent, files, openSibling))
    return new VmdkDevice(file.path, extents, files)
  } catch (e) {
    for (const opened of files.slice(1)) await opened.close()
    throw e
  }
}

/** @param files those opened so far; one may be added. */
async function openExtent(
  owner: DiskFile,
  extent: Extent,
  files: DiskFile[],
  openSibling: OpenSibling | undefined,
): Promise<OpenExtent> {
  const { sectors, type, fileName } = extent
  if (extent.access === 'NOACCESS') throw refused(owner, 'has a part that must not be accessed')
  if (type === 'ZERO') return { sectors, read: async (_, into) => void into.fill(0) }
  if (type !== 'FLAT' && type !== 'VMFS' && type !== 'SPARSE')
    throw refused(owner, `has a part of the type ${type}, which is not supported`)
  // A descriptor is text from anywhere; a path in it could lead to any file of this computer.
  if (!fileName || /[/\\]/.test(fileName) || fileName === '.' || fileName === '..')
    throw refused(
      owner,
      `names a part "${fileName ?? ''}" that does not lie beside it`,
      'Put all parts into one folder and write only their names into the descriptor.',
    )
  if (!openSibling) throw refused(owner, `needs the file "${fileName}" beside it`, 'Give all parts of the disk.')
  const part = await openSibling(fileName)
  files.push(part)
  if (type === 'SPARSE') {
    const head = new Uint8Array(Math.min(EXTENT_HEADER_LENGTH, part.sizeBytes))
    await part.read(0, head)
    const opened = await openSparseExtent(part, decodeExtentHeader(head))
    if (opened.sectors < sectors) throw vmdkCorrupt(part, `it has ${opened.sectors} sectors, ${sectors} are expected`)
    return { sectors, read: opened.read }
  }
  const offset = extent.offsetSectors * SECTOR
  if (offset + sectors * SECTOR > part.sizeBytes)
    throw vmdkCorrupt(part, `it is shorter than the ${sectors} sectors that its descriptor says`)
  return { sectors, read: async (sector, into) => part.read(offset + sector * SECTOR, into) }
}
