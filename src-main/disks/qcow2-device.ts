import { constants, inflateRawSync } from 'node:zlib'
import { AppError } from '../base/errors.ts'
import type { BlockDevice, Extent } from './block-device.ts'
import type { DiskFile } from './disk-file.ts'
import { extentInDevice } from './extents.ts'
import {
  clusterAt,
  decodeBackingName,
  decodeHeader,
  HEAD_LENGTH,
  INCOMPATIBLE,
  l2OffsetAt,
  MAX_L1_BYTES,
  type Qcow2Header,
} from './qcow2/format.ts'
import { LoadedPieces, ReadOnlyImage } from './read-only-image.ts'

const L2_CACHE_BYTES = 8 * 2 ** 20
const INFLATED_CACHE_BYTES = 4 * 2 ** 20

function refused(file: DiskFile, what: string, hint: string): AppError {
  return new AppError('disk.format', `${file.path} ${what}`, { hint })
}
function corrupt(file: DiskFile, what: string, cause?: unknown): AppError {
  return new AppError('disk.corrupt', `${file.path}: ${what}`, {
    hint: `Try to repair it: qemu-img check -r all ${file.path}`,
    ...(cause === undefined ? {} : { cause }),
  })
}

/** A qcow2 image, read only. Reference counts are not looked at; internal snapshots are passed over. */
class Qcow2Device extends ReadOnlyImage {
  readonly #file: DiskFile
  readonly #header: Qcow2Header
  readonly #l1: Uint8Array
  readonly #backing: BlockDevice | undefined
  readonly #clusterSize: number
  readonly #l2Tables = new LoadedPieces<Uint8Array>(L2_CACHE_BYTES)
  readonly #inflated = new LoadedPieces<Uint8Array>(INFLATED_CACHE_BYTES)

  constructor(file: DiskFile, header: Qcow2Header, l1: Uint8Array, backing: BlockDevice | undefined) {
    super(file.path, header.sizeBytes)
    this.#file = file
    this.#header = header
    this.#l1 = l1
    this.#backing = backing
    this.#clusterSize = 2 ** header.clusterBits
  }

  async read(lba: number, into: Uint8Array): Promise<void> {
    for (let done = 0; done < into.length;) {
      const position = lba * this.blockSize + done
      const inside = position % this.#clusterSize
      const length = Math.min(this.#clusterSize - inside, into.length - done)
      await this.#readCluster(position, inside, into.subarray(done, done + length))
      done += length
    }
  }

  async #readCluster(position: number, inside: number, into: Uint8Array): Promise<void> {
    const index = Math.floor(position / this.#clusterSize)
    const perTable = this.#clusterSize / 8
    const tableAt = l2OffsetAt(this.#l1, Math.floor(index / perTable))
    if (tableAt === 0) return this.#readBelow(position, into)
    const l2 = await this.#l2Tables.get(tableAt, () => this.#loadL2(tableAt))
    const cluster = clusterAt(l2, index % perTable, this.#header)
    switch (cluster.is) {
      case 'absent':
        return this.#readBelow(position, into)
      case 'zeros':
        into.fill(0)
        return
      case 'data':
        this.#inFile(cluster.offset, 1, 'a cluster')
        return this.#file.read(cluster.offset + inside, into)
      case 'compressed': {
        const key = cluster.offset
        const whole = await this.#inflated.get(key, () => this.#inflate(cluster.offset, cluster.length))
        into.set(whole.subarray(inside, inside + into.length))
      }
    }
  }

  /** What the image does not hold: the backing disk's, or zeros. */
  async #readBelow(position: number, into: Uint8Array): Promise<void> {
    const below = this.#backing ? this.#backing.blockCount * this.#backing.blockSize : 0
    const length = Math.min(Math.max(below - position, 0), into.length)
    if (length < into.length) into.fill(0, length)
    if (length > 0) await this.#backing!.read(position / this.blockSize, into.subarray(0, length))
  }

  async extent(lba: number): Promise<Extent> {
    const position = lba * this.blockSize
    const perTable = this.#clusterSize / 8
    let index = Math.floor(position / this.#clusterSize)
    const tableAt = l2OffsetAt(this.#l1, Math.floor(index / perTable))
    const endOfTable = (Math.floor(index / perTable) + 1) * perTable
    const upTo = (end: number): number => Math.min((end * this.#clusterSize) / this.blockSize, this.blockCount) - lba
    if (tableAt === 0) return extentInDevice(this.#backing, lba, upTo(endOfTable))
    const l2 = await this.#l2Tables.get(tableAt, () => this.#loadL2(tableAt))
    const kindAt = (i: number): string => {
      const { is } = clusterAt(l2, i % perTable, this.#header)
      return is === 'compressed' ? 'data' : is
    }
    const kind = kindAt(index)
    while (++index < endOfTable && kindAt(index) === kind);
    if (kind === 'data') return { blocks: upTo(index), zero: false }
    return extentInDevice(kind === 'absent' ? this.#backing : undefined, lba, upTo(index))
  }

  async #loadL2(offset: number): Promise<Uint8Array> {
    this.#inFile(offset, this.#clusterSize, 'an L2 table')
    const table = new Uint8Array(this.#clusterSize)
    await this.#file.read(offset, table)
    return table
  }

  async #inflate(offset: number, length: number): Promise<Uint8Array> {
    this.#inFile(offset, 1, 'a compressed cluster')
    const packed = new Uint8Array(Math.min(length, this.#file.sizeBytes - offset))
    await this.#file.read(offset, packed)
    let whole: Uint8Array
    try {
      // The data end where the cluster is complete; whatever follows in the last sector belongs to others.
      const o = { maxOutputLength: this.#clusterSize, finishFlush: constants.Z_SYNC_FLUSH }
      whole = inflateRawSync(packed, o)
    } catch (e) {
      throw corrupt(this.#file, `a compressed cluster at byte ${offset} is damaged`, e)
    }
    if (whole.length !== this.#clusterSize)
      throw corrupt(this.#file, `a compressed cluster at byte ${offset} is too short`)
    return whole
  }

  #inFile(offset: number, length: number, what: string): void {
    if (offset + length > this.#file.sizeBytes)
      throw corrupt(this.#file, `${what} is said to be at byte ${offset}, outside of the file`)
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

/** Opens a qcow2 image for reading. An image with a backing file is opened only with that disk, which stays the
 *  caller's to close.
 *  Errors: disk.format, disk.corrupt, disk.parentMissing, codec.*; reading also disk.corrupt. */
export async function openQcow2(file: DiskFile, o: { backing?: BlockDevice } = {}): Promise<BlockDevice> {
  const head = new Uint8Array(Math.min(HEAD_LENGTH, file.sizeBytes))
  await file.read(0, head)
  const header = decodeHeader(head)
  judgeFeatures(file, header)
  if (header.backingFile && !o.backing) {
    const { offset, length } = header.backingFile
    const name = new Uint8Array(length)
    await file.read(offset, name)
    throw new AppError(
      'disk.parentMissing',
      `${file.path} holds only what differs from its backing file "${decodeBackingName(name)}"`,
      { hint: `Make one image of both first: qemu-img convert -O qcow2 ${file.path} whole.qcow2` },
    )
  }
  if (header.backingFile && o.backing!.blockSize !== 512)
    throw refused(file, 'has a backing disk with blocks of 4096 bytes', 'Convert the backing disk to a raw image.')
  if (header.sizeBytes === 0) throw corrupt(file, 'its disk has no size')
  const bytesPerTable = 2 ** header.clusterBits * (2 ** header.clusterBits / 8)
  const l1Bytes = Math.ceil(header.sizeBytes / bytesPerTable) * 8
  if (l1Bytes > header.l1Size * 8 || l1Bytes > MAX_L1_BYTES)
    throw corrupt(file, `its L1 table of ${header.l1Size} entries does not fit a disk of ${header.sizeBytes} bytes`)
  if (header.l1TableOffset + l1Bytes > file.sizeBytes)
    throw corrupt(file, `its L1 table is said to be at byte ${header.l1TableOffset}, outside of the file`)
  const l1 = new Uint8Array(l1Bytes)
  await file.read(header.l1TableOffset, l1)
  return new Qcow2Device(file, header, l1, header.backingFile ? o.backing : undefined)
}

function judgeFeatures(file: DiskFile, header: Qcow2Header): void {
  const convert = `Convert it where it was made: qemu-img convert -O raw ${file.path} disk.img`
  if (header.cryptMethod !== 0) throw refused(file, 'is encrypted', convert)
  const features = header.incompatibleFeatures
  if ((features & INCOMPATIBLE.corrupt) !== 0n)
    throw corrupt(file, 'the program that wrote it last marked it as corrupt')
  if ((features & INCOMPATIBLE.externalData) !== 0n)
    throw refused(file, 'keeps its data in another file', 'Import that file: it is a raw image.')
  if (header.compressionType !== 0 || (features & INCOMPATIBLE.compressionType) !== 0n)
    throw refused(file, 'is compressed with zstd, which is not supported', convert)
  if ((features & INCOMPATIBLE.extendedL2) !== 0n)
    throw refused(file, 'uses subclusters (extended L2 entries), which are not supported', convert)
  const unknown = features & ~INCOMPATIBLE.dirty
  if (unknown !== 0n)
    throw refused(file, `needs features that are not known here (bits ${unknown.toString(2)})`, convert)
}
