import { utf8At } from '../../../base/bytes.ts'
import { CodecError } from '../../../base/errors.ts'
import { node, type FileEntry, type FileNode, type FileSystem } from '../disk/file-system.ts'
import { u32le } from '../disk/little-endian.ts'
import { bytesSource, piecedSource, readAll, unreadable, type ByteSource } from '../disk/source.ts'
import { extentTree, indirectMap } from './block-map.ts'
import { decodeDirectoryBlock, type ExtEntry } from './directory.ts'
import { decodeInode, INODE_FLAG, type Inode } from './inode.ts'
import { decodeSuperblock, SUPERBLOCK_AT, SUPERBLOCK_BYTES, type ExtLayout } from './superblock.ts'

const ROOT = 2
const MOST_DIRECTORY_BYTES = 64 * 2 ** 20
const MOST_NAMES = 250_000
const MOST_LINK_BYTES = 4096
const INLINE_BYTES = 60

/** Opens ext2, ext3 and ext4. Errors: codec.*; what reading fails with. */
export async function openExt(source: ByteSource): Promise<FileSystem> {
  const layout = decodeSuperblock(await source.read(SUPERBLOCK_AT, SUPERBLOCK_BYTES))
  const volume = new ExtVolume(source, layout)
  return {
    type: layout.type,
    label: layout.label,
    uuid: layout.uuid,
    caseSensitive: true,
    unclean: layout.needsRecovery
      ? 'it was not cleanly unmounted, so changes wait in its journal; what is shown may be older'
      : layout.closed
        ? undefined
        : 'it was not cleanly unmounted, or errors were found on it',
    root: () => volume.open(ROOT),
  }
}

class ExtVolume {
  readonly #source: ByteSource
  readonly #layout: ExtLayout

  constructor(source: ByteSource, layout: ExtLayout) {
    this.#source = source
    this.#layout = layout
  }

  async open(number: number): Promise<FileNode> {
    const inode = await this.#inode(number)
    const { kind, sizeBytes } = inode
    if (kind === 'directory') return node(kind, sizeBytes, { entries: () => this.#entries(inode) })
    if (kind === 'symlink') return node(kind, sizeBytes, { target: () => this.#target(inode) })
    if (kind === 'file') return node(kind, sizeBytes, { content: async () => this.#content(inode) })
    return node(kind, sizeBytes, {})
  }

  async #inode(number: number): Promise<Inode> {
    const l = this.#layout
    if (number < 1 || number > l.inodeCount)
      throw new CodecError(
        'codec.range',
        { structure: 'ext-inode', field: 'number', got: number, limit: l.inodeCount },
        'it does not exist',
      )
    const group = Math.floor((number - 1) / l.inodesPerGroup)
    const index = (number - 1) % l.inodesPerGroup
    const table = await this.#inodeTable(group)
    return decodeInode(await this.#source.read(table * l.bytesPerBlock + index * l.bytesPerInode, l.bytesPerInode))
  }

  /** First block of a group's inodes, from the group's descriptor. */
  async #inodeTable(group: number): Promise<number> {
    const l = this.#layout
    const perBlock = Math.floor(l.bytesPerBlock / l.bytesPerDescriptor)
    const block = Math.floor(group / perBlock)
    const at = this.#descriptorBlock(block) * l.bytesPerBlock + (group % perBlock) * l.bytesPerDescriptor
    const b = await this.#source.read(at, l.bytesPerDescriptor)
    return u32le(b, 8) + (l.bytesPerDescriptor >= 64 ? u32le(b, 40) * 2 ** 32 : 0)
  }

  #descriptorBlock(block: number): number {
    const l = this.#layout
    // Not firstDataBlock: with clusters of blocks that is 0 even where the superblock fills block 1.
    const superblock = Math.floor(SUPERBLOCK_AT / l.bytesPerBlock)
    if (l.firstMetaGroup === undefined || block < l.firstMetaGroup) return superblock + 1 + block
    const group = block * Math.floor(l.bytesPerBlock / l.bytesPerDescriptor)
    if (group === 0) return superblock + 1
    return l.firstDataBlock + group * l.blocksPerGroup + (l.hasCopy(group) ? 1 : 0)
  }

  #content(inode: Inode): ByteSource {
    if ((inode.flags & INODE_FLAG.encrypted) !== 0) throw unreadable('it is encrypted')
    if ((inode.flags & INODE_FLAG.compressed) !== 0) throw unreadable('it is compressed by the file system')
    return this.#bytes(inode)
  }

  #bytes(inode: Inode): ByteSource {
    if ((inode.flags & INODE_FLAG.inlineData) !== 0) return bytesSource(this.#inline(inode))
    const l = this.#layout
    const locate =
      (inode.flags & INODE_FLAG.extents) !== 0
        ? extentTree(this.#source, l, inode.block)
        : indirectMap(this.#source, l, inode.block)
    return piecedSource(this.#source, inode.sizeBytes, async (position) => {
      const logical = Math.floor(position / l.bytesPerBlock)
      const into = position - logical * l.bytesPerBlock
      const { block, blocks } = await locate(logical)
      return {
        at: block === undefined ? undefined : block * l.bytesPerBlock + into,
        length: blocks * l.bytesPerBlock - into,
      }
    })
  }

  #inline(inode: Inode): Uint8Array {
    const bytes = new Uint8Array(INLINE_BYTES + inode.inlineRest.length)
    bytes.set(inode.block)
    bytes.set(inode.inlineRest, INLINE_BYTES)
    if (inode.sizeBytes > bytes.length) throw unreadable('a part of it is missing from its inode')
    return bytes.subarray(0, inode.sizeBytes)
  }

  async #entries(inode: Inode): Promise<FileEntry[]> {
    if ((inode.flags & INODE_FLAG.encrypted) !== 0) throw unreadable('its names are encrypted')
    const names = (inode.flags & INODE_FLAG.inlineData) !== 0 ? inlineNames(inode) : await this.#names(inode)
    return names.map(({ name, inode: number }) => ({ name, open: () => this.open(number) }))
  }

  async #names(inode: Inode): Promise<ExtEntry[]> {
    if (inode.sizeBytes > MOST_DIRECTORY_BYTES) throw unreadable('a directory is too large')
    const size = this.#layout.bytesPerBlock
    const source = this.#bytes(inode)
    const names: ExtEntry[] = []
    for (let at = 0; at + size <= source.sizeBytes; at += size) {
      names.push(...decodeDirectoryBlock(await source.read(at, size)))
      if (names.length > MOST_NAMES) throw unreadable('a directory has too many files')
    }
    return names
  }

  async #target(inode: Inode): Promise<string> {
    if ((inode.flags & INODE_FLAG.encrypted) !== 0) throw unreadable('it is encrypted')
    const fast = inode.sizeBytes < INLINE_BYTES && (inode.flags & (INODE_FLAG.extents | INODE_FLAG.inlineData)) === 0
    const bytes = fast ? inode.block.subarray(0, inode.sizeBytes) : await readAll(this.#bytes(inode), MOST_LINK_BYTES)
    return utf8At(bytes, 0, bytes.length)
  }
}

/** A small directory in its inode: the number of its parent, then rows; more rows among the attributes. */
const inlineNames = (inode: Inode): ExtEntry[] => [
  ...decodeDirectoryBlock(inode.block.subarray(4)),
  ...decodeDirectoryBlock(inode.inlineRest),
]
