import { node, type FileEntry, type FileNode, type FileSystem } from '../disk/file-system.ts'
import { u16le, u32le } from '../disk/little-endian.ts'
import { piecedSource, unreadable, type ByteSource, type Piece } from '../disk/source.ts'
import { decodeFatBootSector, type FatLayout } from './boot-sector.ts'
import { decodeFatDirectory, type FatEntry } from './directory.ts'

/** A directory may not be larger. Source: Microsoft FAT specification 1.03, 65536 rows of 32 bytes. */
const MOST_DIRECTORY_BYTES = 2 * 2 ** 20

/** A run of clusters that follow each other in a file and on the disk. */
interface Run {
  readonly firstCluster: number
  count: number
}

/** Opens FAT12, FAT16 and FAT32. Errors: codec.signature, codec.range; what reading fails with. */
export async function openFat(source: ByteSource): Promise<FileSystem> {
  const layout = decodeFatBootSector(await source.read(0, 512))
  const volume = new FatVolume(source, layout)
  const root = await volume.rootDirectory()
  const label = decodeFatDirectory(root).volumeLabel ?? layout.label
  const serial = layout.serial.toString(16).padStart(8, '0').toUpperCase()
  return {
    type: `FAT${layout.bits}`,
    label: label === 'NO NAME' ? '' : label,
    uuid: layout.serial === 0 ? '' : `${serial.slice(0, 4)}-${serial.slice(4)}`,
    caseSensitive: false,
    unclean: undefined,
    root: async () => node('directory', 0, { entries: async () => volume.entriesOf(root) }),
  }
}

class FatVolume {
  readonly #source: ByteSource
  readonly #layout: FatLayout

  constructor(source: ByteSource, layout: FatLayout) {
    this.#source = source
    this.#layout = layout
  }

  async rootDirectory(): Promise<Uint8Array> {
    const l = this.#layout
    if (l.bits !== 32) return this.#source.read(l.rootAt, l.rootBytes)
    return this.#directory(l.rootCluster)
  }

  entriesOf(directory: Uint8Array): FileEntry[] {
    return decodeFatDirectory(directory).entries.map((entry) => ({
      name: entry.name,
      open: async () => this.#node(entry),
    }))
  }

  #node(entry: FatEntry): FileNode {
    if (entry.directory)
      return node('directory', 0, {
        entries: async () => this.entriesOf(await this.#directory(entry.firstCluster)),
      })
    return node('file', entry.sizeBytes, { content: () => this.#content(entry) })
  }

  async #content(entry: FatEntry): Promise<ByteSource> {
    const size = this.#layout.bytesPerCluster
    const runs = entry.sizeBytes === 0 ? [] : await this.#chain(entry.firstCluster, Math.ceil(entry.sizeBytes / size))
    return this.#chained(runs, entry.sizeBytes)
  }

  async #directory(cluster: number): Promise<Uint8Array> {
    const size = this.#layout.bytesPerCluster
    const runs = await this.#chain(cluster, Math.ceil(MOST_DIRECTORY_BYTES / size), 'to the end')
    const bytes = runs.reduce((n, run) => n + run.count, 0) * size
    return this.#chained(runs, bytes).read(0, bytes)
  }

  #chained(runs: readonly Run[], sizeBytes: number): ByteSource {
    const { bytesPerCluster, dataAt } = this.#layout
    return piecedSource(this.#source, sizeBytes, (position): Piece => {
      let start = 0
      for (const run of runs) {
        const length = run.count * bytesPerCluster
        if (position < start + length) {
          const into = position - start
          return { at: dataAt + (run.firstCluster - 2) * bytesPerCluster + into, length: length - into }
        }
        start += length
      }
      throw unreadable('a file is shorter than its directory says')
    })
  }

  /** The clusters of a file. @param most how many it needs: with `to the end` it may have fewer, and not more. */
  async #chain(first: number, most: number, ends?: 'to the end'): Promise<Run[]> {
    const runs: Run[] = []
    let cluster = first
    for (let n = 0; ; n++) {
      if (this.#isEnd(cluster)) {
        if (ends === undefined && n < most) throw unreadable('a chain of clusters ends too early')
        return runs
      }
      if (n === most) {
        if (ends === undefined) return runs
        throw unreadable('a directory has no end')
      }
      if (cluster < 2 || cluster > this.#layout.clusterCount + 1)
        throw unreadable(`a chain of clusters leads to ${cluster}, which does not exist`)
      const last = runs.at(-1)
      if (last && last.firstCluster + last.count === cluster) last.count++
      else runs.push({ firstCluster: cluster, count: 1 })
      cluster = await this.#next(cluster)
    }
  }

  #isEnd(cluster: number): boolean {
    const { bits } = this.#layout
    return cluster >= (bits === 12 ? 0xff8 : bits === 16 ? 0xfff8 : 0x0ffffff8)
  }

  async #next(cluster: number): Promise<number> {
    const { bits, fatAt, fatBytes } = this.#layout
    const offset = bits === 12 ? cluster + (cluster >> 1) : bits === 16 ? cluster * 2 : cluster * 4
    const width = bits === 32 ? 4 : 2
    if (offset + width > fatBytes) throw unreadable('the table of clusters is too short')
    const b = await this.#source.read(fatAt + offset, width)
    if (bits === 32) return u32le(b, 0) & 0x0fffffff
    const value = u16le(b, 0)
    return bits === 16 ? value : cluster & 1 ? value >> 4 : value & 0xfff
  }
}
