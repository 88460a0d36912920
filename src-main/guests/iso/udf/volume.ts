import { u16le, u32le, u64le } from '../../../base/bytes.ts'
import { node, type FileEntry, type FileNode, type FileSystem } from '../../offline/disk/file-system.ts'
import { bytesSource, slice, unreadable, type ByteSource } from '../../offline/disk/source.ts'
import { extentSource, MAX_EXTENTS, type Extent } from '../extents.ts'
import {
  BLOCK_BYTES,
  compressedText,
  longAllocation,
  shortAllocation,
  TAG,
  tagAt,
  type Allocation,
} from './descriptors.ts'
import { readVolume, type Volume } from './partitions.ts'

/** Files and directories of UDF. Source: ECMA-167 part 4 §14.4 (file identifiers), §14.6 (ICB), §14.9 and §14.17 (file
 *  entries), §14.5 (lists that go on). */

const MAX_DIRECTORY_BYTES = 32 * 2 ** 20
const MAX_ENTRIES = 200_000
const MAX_LISTS = 1024

const CHARACTERISTIC = { deleted: 0x04, parent: 0x08 } as const
const FILE_TYPE = { directory: 4, file: 5 } as const

/** Errors: guest.unreadable. */
export async function openUdf(medium: ByteSource): Promise<FileSystem> {
  const volume = await readVolume(medium)
  const reader = new Reader(medium, volume)
  const fileSet = await reader.block(volume.fileSet, TAG.fileSet)
  const rootAt = longAllocation(fileSet, 400)
  return {
    type: 'UDF',
    label: volume.label,
    uuid: '',
    caseSensitive: false,
    unclean: undefined,
    root: () => reader.open(rootAt, '/'),
  }
}

class Reader {
  readonly #medium: ByteSource
  readonly #volume: Volume

  constructor(medium: ByteSource, volume: Volume) {
    this.#medium = medium
    this.#volume = volume
  }

  async block(o: Allocation, ...wanted: readonly number[]): Promise<Uint8Array> {
    const at = this.#volume.place({ partition: o.partition, block: o.block, length: BLOCK_BYTES })
    const bytes = await this.#medium.read(at, BLOCK_BYTES)
    if (!wanted.includes(tagAt(bytes, 0))) throw unreadable('something else stands where a file should be described')
    return bytes
  }

  async open(o: Allocation, name: string): Promise<FileNode> {
    const b = await this.block(o, TAG.fileEntry, TAG.extendedFileEntry)
    const type = b[27]!
    if (type === FILE_TYPE.directory)
      return node('directory', 0, { entries: () => this.#entries(b, o.partition, name) })
    if (type !== FILE_TYPE.file) return node('other', 0, {})
    const source = await this.#content(b, o.partition, name)
    return node('file', source.sizeBytes, { content: async () => source })
  }

  async #content(b: Uint8Array, partition: number, name: string): Promise<ByteSource> {
    if (u16le(b, 20) !== 4) throw unreadable(`${name} is stored in a way that is not supported`)
    const isExtended = tagAt(b, 0) === TAG.extendedFileEntry
    const sizeBytes = Number(u64le(b, 56))
    if (sizeBytes > this.#medium.sizeBytes) throw unreadable(`${name} is larger than the medium it lies on`)
    const header = isExtended ? 216 : 176
    const from = header + u32le(b, isExtended ? 208 : 168)
    const length = u32le(b, isExtended ? 212 : 172)
    if (from + length > b.length) throw unreadable(`the description of ${name} does not fit`)
    const list = b.subarray(from, from + length)
    const way = u16le(b, 34) & 7
    if (way === 3) {
      if (sizeBytes > list.length) throw unreadable(`${name} is longer than the place it stands in`)
      return bytesSource(list.slice(0, sizeBytes))
    }
    if (way > 1) throw unreadable(`${name} is stored in a way that is not supported`)
    const source = extentSource(this.#medium, await this.#extents(list, way, partition, name), name)
    if (source.sizeBytes < sizeBytes) throw unreadable(`parts of ${name} are missing`)
    return slice(source, 0, sizeBytes)
  }

  async #extents(first: Uint8Array, way: number, partition: number, name: string): Promise<Extent[]> {
    const stride = way === 0 ? 8 : 16
    const extents: Extent[] = []
    let list: Uint8Array | undefined = first
    for (let lists = 0; list; lists++) {
      if (lists > MAX_LISTS) throw unreadable(`the list of pieces of ${name} goes round in circles`)
      let next: Allocation | undefined
      for (let at = 0; at + stride <= list.length; at += stride) {
        const o: Allocation = way === 0 ? shortAllocation(list, at, partition) : longAllocation(list, at)
        if (o.length === 0) break
        if (o.kind === 3) {
          next = o
          break
        }
        if (extents.length >= MAX_EXTENTS) throw unreadable(`${name} is in more than ${MAX_EXTENTS} pieces`)
        extents.push({ at: o.kind === 0 ? this.#volume.place(o) : undefined, length: o.length })
      }
      list = next && (await this.#goesOn(next))
    }
    return extents
  }

  async #goesOn(o: Allocation): Promise<Uint8Array> {
    const b = await this.block(o, TAG.allocationExtent)
    return b.subarray(24, Math.min(24 + u32le(b, 20), b.length))
  }

  async #entries(description: Uint8Array, partition: number, directory: string): Promise<FileEntry[]> {
    const source = await this.#content(description, partition, directory)
    if (source.sizeBytes > MAX_DIRECTORY_BYTES) throw unreadable(`the folder ${directory} is absurdly large`)
    const b = await source.read(0, source.sizeBytes)
    const found: FileEntry[] = []
    for (let at = 0; at + 38 <= b.length;) {
      if (tagAt(b, at) !== TAG.fileIdentifier) throw unreadable(`the folder ${directory} is damaged`)
      const characteristics = b[at + 18]!
      const nameAt = at + 38 + u16le(b, at + 36)
      const nameEnd = nameAt + b[at + 19]!
      if (nameEnd > b.length) throw unreadable(`the folder ${directory} holds a record that does not fit`)
      const place = longAllocation(b, at + 20)
      const name = compressedText(b.subarray(nameAt, nameEnd))
      at += Math.ceil((nameEnd - at) / 4) * 4
      if (characteristics & (CHARACTERISTIC.deleted | CHARACTERISTIC.parent)) continue
      if (name === '' || name.includes('/') || name.includes('\0')) continue
      if (found.length >= MAX_ENTRIES) throw unreadable(`the folder ${directory} has too many entries`)
      found.push({ name, open: () => this.open(place, name) })
    }
    return found
  }
}
