import { asciiAt, u32le } from '../../../base/bytes.ts'
import { node, type FileEntry, type FileNode, type FileSystem } from '../../offline/disk/file-system.ts'
import { unreadable, type ByteSource } from '../../offline/disk/source.ts'
import { extentSource, MAX_EXTENTS, type Extent } from '../extents.ts'
import { SECTOR_BYTES, ucs2, type VolumeDescriptor } from './descriptors.ts'
import { readRockRidge, suspSkip, type RockRidge } from './rock-ridge.ts'

/** Directories and files of ISO 9660. Source: ECMA-119 §6.8 (layout), §9.1 (directory record). */

const MAX_DIRECTORY_BYTES = 32 * 2 ** 20
const MAX_ENTRIES = 200_000
const NO_ROCK_RIDGE: RockRidge = {
  name: undefined,
  link: undefined,
  childBlock: undefined,
  relocated: false,
  compressed: false,
}

const FLAG = { directory: 0x02, associated: 0x04, goesOn: 0x80 } as const

interface DirectoryRecord {
  readonly extent: Extent
  readonly flags: number
  readonly interleaved: boolean
  readonly identifier: Uint8Array
  readonly systemUse: Uint8Array
}

/** `rockRidge: 'ignore'` shows the plain names. Errors: guest.unreadable. */
export async function openIso9660(medium: ByteSource, volume: VolumeDescriptor): Promise<FileSystem> {
  const rootRecord = decodeRecord(volume.root, 0, volume.blockBytes)
  const reader = new Reader(medium, volume)
  if (!volume.joliet) await reader.lookForRockRidge(rootRecord)
  return {
    type: volume.joliet ? 'Joliet' : reader.hasRockRidge ? 'Rock Ridge' : 'ISO 9660',
    label: volume.label,
    uuid: '',
    caseSensitive: reader.hasRockRidge,
    unclean: undefined,
    root: async () => reader.directory([rootRecord.extent], '/'),
  }
}

class Reader {
  readonly #medium: ByteSource
  readonly #volume: VolumeDescriptor
  #skip: number | undefined

  constructor(medium: ByteSource, volume: VolumeDescriptor) {
    this.#medium = medium
    this.#volume = volume
  }
  get hasRockRidge(): boolean {
    return this.#skip !== undefined
  }

  async lookForRockRidge(root: DirectoryRecord): Promise<void> {
    const bytes = await this.#bytes([{ ...root.extent, length: Math.min(root.extent.length, SECTOR_BYTES) }], '/')
    const own = records(bytes, this.#volume.blockBytes).next()
    if (!own.done) this.#skip = suspSkip(own.value.systemUse)
  }

  directory(extents: readonly Extent[], name: string): FileNode {
    return node('directory', 0, { entries: () => this.#entries(extents, name) })
  }

  async #bytes(extents: readonly Extent[], name: string): Promise<Uint8Array> {
    const source = extentSource(this.#medium, extents, name)
    if (source.sizeBytes > MAX_DIRECTORY_BYTES) throw unreadable(`the folder ${name} is absurdly large`)
    return source.read(0, source.sizeBytes)
  }

  async #entries(extents: readonly Extent[], directory: string): Promise<FileEntry[]> {
    const bytes = await this.#bytes(extents, directory)
    const found: FileEntry[] = []
    let pieces: Extent[] = []
    for (const record of records(bytes, this.#volume.blockBytes)) {
      const { identifier, flags } = record
      const isSelfOrParent = identifier.length === 1 && identifier[0]! <= 1
      if (isSelfOrParent || flags & FLAG.associated) continue
      pieces.push(record.extent)
      if (pieces.length > MAX_EXTENTS) throw unreadable(`a file in ${directory} is in more than ${MAX_EXTENTS} pieces`)
      if (flags & FLAG.goesOn) continue
      const whole = pieces
      pieces = []
      const rock =
        this.#skip === undefined
          ? NO_ROCK_RIDGE
          : await readRockRidge(this.#medium, this.#volume.blockBytes, record.systemUse.subarray(this.#skip))
      if (rock.relocated) continue
      const name = rock.name ?? this.#plainName(identifier)
      if (name === '' || name.includes('/') || name.includes('\0')) continue
      if (found.length >= MAX_ENTRIES) throw unreadable(`the folder ${directory} has too many entries`)
      found.push({ name, open: () => this.#open(record, whole, rock, name) })
    }
    return found
  }

  async #open(record: DirectoryRecord, pieces: readonly Extent[], rock: RockRidge, name: string): Promise<FileNode> {
    if (rock.link !== undefined) return node('symlink', 0, { target: async () => rock.link! })
    if (rock.childBlock !== undefined) return this.#moved(rock.childBlock, name)
    if (record.flags & FLAG.directory) return this.directory(pieces, name)
    if (record.interleaved) throw unreadable(`${name} is stored interleaved, which is not supported`)
    if (rock.compressed) throw unreadable(`${name} is stored compressed (zisofs), which is not supported`)
    const source = extentSource(this.#medium, pieces, name)
    return node('file', source.sizeBytes, { content: async () => source })
  }

  /** A directory that Rock Ridge moved: its own first record says how long it is. */
  async #moved(block: number, name: string): Promise<FileNode> {
    const { blockBytes } = this.#volume
    const bytes = await this.#bytes([{ at: block * blockBytes, length: SECTOR_BYTES }], name)
    const own = records(bytes, blockBytes).next()
    if (own.done) throw unreadable(`the folder ${name} is not where it should be`)
    return this.directory([own.value.extent], name)
  }

  /** Without version and the dot of an empty extension. */
  #plainName(identifier: Uint8Array): string {
    const { length } = identifier
    const text = this.#volume.joliet ? ucs2(identifier, 0, length) : asciiAt(identifier, 0, length)
    return text.replace(/;\d+$/, '').replace(/\.$/, '')
  }
}

/** Records never cross a sector; a zero length means that the rest of the sector is unused. */
function* records(bytes: Uint8Array, blockBytes: number): Generator<DirectoryRecord, void> {
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at]!
    if (length === 0) {
      at = (Math.floor(at / SECTOR_BYTES) + 1) * SECTOR_BYTES
      continue
    }
    if (length < 34 || at + length > bytes.length) throw unreadable('a folder holds a record that does not fit')
    yield decodeRecord(bytes.subarray(at, at + length), 0, blockBytes)
    at += length
  }
}

function decodeRecord(b: Uint8Array, at: number, blockBytes: number): DirectoryRecord {
  const nameLength = b[at + 32]!
  if (at + 33 + nameLength > b.length) throw unreadable('a name is longer than its record')
  const padded = 33 + nameLength + (nameLength % 2 === 0 ? 1 : 0)
  return {
    // The extended attribute record stands before the file's own bytes.
    extent: { at: (u32le(b, at + 2) + b[at + 1]!) * blockBytes, length: u32le(b, at + 10) },
    flags: b[at + 25]!,
    interleaved: b[at + 26] !== 0,
    identifier: b.subarray(at + 33, at + 33 + nameLength),
    systemUse: b.subarray(Math.min(at + padded, b.length)),
  }
}
