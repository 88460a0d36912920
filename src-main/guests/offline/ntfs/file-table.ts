import { attempt } from '../disk/attempt.ts'
import { u16le, u32le, utf16le } from '../disk/little-endian.ts'
import { readAll, unreadable, type ByteSource } from '../disk/source.ts'
import type { NtfsLayout } from './boot-sector.ts'
import {
  applyFixups,
  ATTRIBUTE,
  decodeFileRecord,
  fileReferenceAt,
  type Attribute,
  type FileRecord,
  type FileReference,
} from './record.ts'
import { attributeSource, ClusterMap, mappedSource } from './stream.ts'

const MOST_LIST_BYTES = 256 * 1024
/** Two hundred pieces fit in the smallest record: this many hold the most broken-up file that Windows allows. */
const MOST_RECORDS = 1024
const MFT_RECORD = 0

/** One row of an attribute list: where another part of a file's record is kept. */
interface ListEntry {
  readonly type: number
  readonly name: string
  readonly firstVcn: number
  readonly reference: FileReference
}

/** The master file table: every file has a record in it, some have several.
 *  Errors of its calls: guest.unreadable, codec.*, what reading fails with. */
export class FileTable {
  readonly #volume: ByteSource
  readonly #layout: NtfsLayout
  readonly #map = new ClusterMap()

  private constructor(volume: ByteSource, layout: NtfsLayout) {
    this.#volume = volume
    this.#layout = layout
  }

  /** Reads the table's own record, from its copy where the first is damaged. */
  static async open(volume: ByteSource, layout: NtfsLayout): Promise<FileTable> {
    const table = new FileTable(volume, layout)
    const first = await attempt(() => table.#recordAt(layout.mftCluster * layout.bytesPerCluster))
    const own = first.ok ? first.value : await table.#recordAt(layout.mftMirrorCluster * layout.bytesPerCluster)
    const data = own.attributes.find((a) => a.type === ATTRIBUTE.data && a.name === '')
    if (!data || data.resident) throw unreadable('the file table does not say where it lies')
    table.#map.add(data)
    await table.#addFragments(own)
    return table
  }

  /** A much fragmented table keeps the places of its later parts in records that lie in its earlier parts. */
  async #addFragments(own: FileRecord): Promise<void> {
    const list = await this.#listOf(own)
    for (const entry of list.filter((e) => e.type === ATTRIBUTE.data && e.name === '' && e.firstVcn > 0)) {
      const record = await this.#record(entry.reference.record)
      for (const part of record.attributes)
        if (part.type === ATTRIBUTE.data && part.name === '' && !part.resident && part.firstVcn === this.#map.clusters)
          this.#map.add(part)
    }
  }

  async #recordAt(position: number): Promise<FileRecord> {
    return this.#decode(await this.#volume.read(position, this.#layout.bytesPerRecord))
  }

  async #record(number: number): Promise<FileRecord> {
    const { bytesPerRecord, bytesPerCluster } = this.#layout
    const source = mappedSource(this.#volume, this.#layout, this.#map, this.#map.clusters * bytesPerCluster)
    return this.#decode(await source.read(number * bytesPerRecord, bytesPerRecord))
  }

  #decode(bytes: Uint8Array): FileRecord {
    applyFixups(bytes, 'FILE')
    return decodeFileRecord(bytes, this.#layout.totalClusters)
  }

  /** A file by its reference, with all the attributes of all its records. */
  async file(reference: FileReference): Promise<NtfsFile> {
    const base = await this.#record(reference.record)
    if (!base.inUse) throw unreadable('its record is free: it was deleted')
    if (reference.sequence !== 0 && base.sequence !== reference.sequence)
      throw unreadable('its record belongs to another file')
    const attributes = [...base.attributes]
    const read = new Set([reference.record])
    for (const { reference: other } of await this.#listOf(base)) {
      if (read.has(other.record)) continue
      read.add(other.record)
      if (read.size > MOST_RECORDS) throw unreadable('it is broken into too many pieces')
      const extension = await this.#record(other.record)
      if (!extension.inUse || (extension.baseRecord !== reference.record && reference.record !== MFT_RECORD))
        throw unreadable('a part of its record belongs to another file')
      attributes.push(...extension.attributes)
    }
    return new NtfsFile(this.#volume, this.#layout, base.directory, attributes)
  }

  async #listOf(record: FileRecord): Promise<ListEntry[]> {
    const parts = record.attributes.filter((a) => a.type === ATTRIBUTE.attributeList)
    if (parts.length === 0) return []
    return decodeAttributeList(await readAll(attributeSource(this.#volume, this.#layout, parts), MOST_LIST_BYTES))
  }
}

/** Source: Linux-NTFS documentation, "$ATTRIBUTE_LIST". */
function decodeAttributeList(b: Uint8Array): ListEntry[] {
  const entries: ListEntry[] = []
  for (let at = 0; at + 26 <= b.length;) {
    const length = u16le(b, at + 4)
    const nameUnits = b[at + 6]!
    const nameAt = at + b[at + 7]!
    if (length < 26 || at + length > b.length || (nameUnits > 0 && nameAt + nameUnits * 2 > at + length))
      throw unreadable('the list of its parts is damaged')
    entries.push({
      type: u32le(b, at),
      name: utf16le(b, nameAt, nameUnits),
      firstVcn: u32le(b, at + 8) + u32le(b, at + 12) * 2 ** 32,
      reference: fileReferenceAt(b, at + 16),
    })
    at += length
  }
  return entries
}

/** A file with everything that its records say. */
export class NtfsFile {
  readonly directory: boolean
  readonly #volume: ByteSource
  readonly #layout: NtfsLayout
  readonly #attributes: readonly Attribute[]

  constructor(volume: ByteSource, layout: NtfsLayout, directory: boolean, attributes: readonly Attribute[]) {
    this.directory = directory
    this.#volume = volume
    this.#layout = layout
    this.#attributes = attributes
  }

  /** Parts of an attribute in the order of the file. */
  parts(type: number, name = ''): readonly Attribute[] {
    const vcn = (a: Attribute): number => (a.resident ? 0 : a.firstVcn)
    return this.#attributes.filter((a) => a.type === type && a.name === name).sort((x, y) => vcn(x) - vcn(y))
  }

  has(type: number, name = ''): boolean {
    return this.#attributes.some((a) => a.type === type && a.name === name)
  }

  /** The content of one of its attributes. Errors: guest.unreadable. */
  source(type: number, name = ''): ByteSource {
    return attributeSource(this.#volume, this.#layout, this.parts(type, name))
  }

  get sizeBytes(): number {
    const first = this.parts(ATTRIBUTE.data)[0]
    return first === undefined ? 0 : first.resident ? first.value.length : first.dataBytes
  }
}
