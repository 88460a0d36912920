import { inflateSync } from 'node:zlib'
import { u32le } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import type { DiskFile } from './disk-file.ts'
import { LoadedPieces } from './read-only-image.ts'
import {
  COMPRESSION,
  decodeExtentHeader,
  decodeGrainMarker,
  EXTENT_HEADER_LENGTH,
  FLAG,
  GRAIN_MARKER_LENGTH,
  SECTOR,
  type SparseExtentHeader,
} from './vmdk/format.ts'

const TABLE_CACHE_BYTES = 8 * 2 ** 20
const GRAIN_CACHE_BYTES = 32 * 2 ** 20
/** 2^22 tables of 512 grains of 64 KiB are 128 TiB. */
const MAX_DIRECTORY_ENTRIES = 2 ** 22

/** A part of a disk that can be read. */
export interface OpenExtent {
  readonly sectors: number
  readonly read: (sector: number, into: Uint8Array) => Promise<void>
}

export function vmdkCorrupt(file: DiskFile, what: string, cause?: unknown): AppError {
  return new AppError('disk.corrupt', `${file.path}: ${what}`, {
    hint: 'Copy the file again from where it came, or export the machine once more.',
    ...(cause === undefined ? {} : { cause }),
  })
}

/** Opens a sparse extent, compressed or not. Errors: disk.corrupt, disk.format, codec.*. */
export async function openSparseExtent(file: DiskFile, atStart: SparseExtentHeader): Promise<OpenExtent> {
  const header = atStart.gdOffset === undefined ? await readFooter(file) : atStart
  const { capacity, grainSize, numGtesPerGt, gdOffset } = header
  const compressed = (header.flags & FLAG.compressed) !== 0
  if (compressed && (header.compressAlgorithm !== COMPRESSION.deflate || (header.flags & FLAG.markers) === 0))
    throw new AppError('disk.format', `${file.path} is compressed in a way that is not known`, {
      hint: `Convert it where it was made: qemu-img convert -O raw ${file.path} disk.img`,
    })
  if (capacity === 0) throw vmdkCorrupt(file, 'it has no size')
  if (gdOffset === undefined || gdOffset === 0) throw vmdkCorrupt(file, 'its grain directory is missing')
  const entries = Math.ceil(Math.ceil(capacity / grainSize) / numGtesPerGt)
  if (entries > MAX_DIRECTORY_ENTRIES || gdOffset * SECTOR + entries * 4 > file.sizeBytes)
    throw vmdkCorrupt(file, `its grain directory of ${entries} entries lies outside of the file`)
  const directory = new Uint8Array(entries * 4)
  await file.read(gdOffset * SECTOR, directory)
  const extent = new SparseExtent(file, header, directory, compressed)
  return { sectors: capacity, read: (sector, into) => extent.read(sector, into) }
}

/** A stream-optimized file repeats its header before the end mark: 512 bytes each. */
async function readFooter(file: DiskFile): Promise<SparseExtentHeader> {
  const at = file.sizeBytes - EXTENT_HEADER_LENGTH - SECTOR
  if (at < EXTENT_HEADER_LENGTH) throw vmdkCorrupt(file, 'it was cut short: its footer is missing')
  const bytes = new Uint8Array(EXTENT_HEADER_LENGTH)
  await file.read(at, bytes)
  try {
    return decodeExtentHeader(bytes)
  } catch (e) {
    throw vmdkCorrupt(file, 'it was cut short: its footer is missing', e)
  }
}

class SparseExtent {
  readonly #file: DiskFile
  readonly #header: SparseExtentHeader
  readonly #directory: Uint8Array
  readonly #compressed: boolean
  readonly #tables = new LoadedPieces<Uint8Array>(TABLE_CACHE_BYTES)
  readonly #grains = new LoadedPieces<Uint8Array>(GRAIN_CACHE_BYTES)

  constructor(file: DiskFile, header: SparseExtentHeader, directory: Uint8Array, compressed: boolean) {
    this.#file = file
    this.#header = header
    this.#directory = directory
    this.#compressed = compressed
  }

  async read(sector: number, into: Uint8Array): Promise<void> {
    const { grainSize } = this.#header
    for (let done = 0; done < into.length;) {
      const at = sector + done / SECTOR
      const inside = at % grainSize
      const length = Math.min((grainSize - inside) * SECTOR, into.length - done)
      await this.#readGrain(Math.floor(at / grainSize), inside * SECTOR, into.subarray(done, done + length))
      done += length
    }
  }

  async #readGrain(grain: number, inside: number, into: Uint8Array): Promise<void> {
    const { numGtesPerGt, flags } = this.#header
    const tableAt = u32le(this.#directory, Math.floor(grain / numGtesPerGt) * 4)
    let entry = 0
    if (tableAt !== 0) {
      const table = await this.#tables.get(tableAt, () => this.#loadTable(tableAt * SECTOR))
      entry = u32le(table, (grain % numGtesPerGt) * 4)
    }
    if (entry === 0 || (entry === 1 && (flags & FLAG.zeroedGrains) !== 0)) {
      into.fill(0)
      return
    }
    const position = entry * SECTOR
    if (position >= this.#file.sizeBytes)
      throw vmdkCorrupt(this.#file, `a grain is said to be at byte ${position}, outside of the file`)
    if (!this.#compressed) return this.#file.read(position + inside, into)
    const whole = await this.#grains.get(entry, () => this.#inflate(grain, position))
    into.set(whole.subarray(inside, inside + into.length))
  }

  async #loadTable(position: number): Promise<Uint8Array> {
    const table = new Uint8Array(this.#header.numGtesPerGt * 4)
    if (position + table.length > this.#file.sizeBytes)
      throw vmdkCorrupt(this.#file, `a grain table is said to be at byte ${position}, outside of the file`)
    await this.#file.read(position, table)
    return table
  }

  async #inflate(grain: number, position: number): Promise<Uint8Array> {
    const { grainSize, capacity } = this.#header
    const size = grainSize * SECTOR
    const head = new Uint8Array(GRAIN_MARKER_LENGTH)
    await this.#file.read(position, head)
    const marker = decodeGrainMarker(head)
    // What does not shrink grows by a few bytes for each 16 KiB.
    if (marker.lba !== grain * grainSize || marker.length === 0 || marker.length > size + size / 16 + 1024)
      throw vmdkCorrupt(this.#file, `the grain at byte ${position} is not the one for sector ${grain * grainSize}`)
    if (position + GRAIN_MARKER_LENGTH + marker.length > this.#file.sizeBytes)
      throw vmdkCorrupt(this.#file, `it was cut short: the grain at byte ${position} is not complete`)
    const packed = new Uint8Array(marker.length)
    await this.#file.read(position + GRAIN_MARKER_LENGTH, packed)
    let data: Uint8Array
    try {
      data = inflateSync(packed, { maxOutputLength: size })
    } catch (e) {
      throw vmdkCorrupt(this.#file, `the grain at byte ${position} is damaged`, e)
    }
    if (data.length === size) return data
    // The last grain may end with the disk.
    if (data.length < (capacity - grain * grainSize) * SECTOR)
      throw vmdkCorrupt(this.#file, `the grain at byte ${position} is too short`)
    const whole = new Uint8Array(size)
    whole.set(data)
    return whole
  }
}
