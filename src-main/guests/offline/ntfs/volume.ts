import { attempt, valueOf } from '../disk/attempt.ts'
import { node, type FileEntry, type FileNode, type FileSystem } from '../disk/file-system.ts'
import { u16le, u32le, utf16le } from '../disk/little-endian.ts'
import { readAll, unreadable, type ByteSource } from '../disk/source.ts'
import { decodeNtfsBootSector, isLogClosed, ntfsUuid, type NtfsLayout } from './boot-sector.ts'
import { FileTable, type NtfsFile } from './file-table.ts'
import { decodeIndexNode, type IndexEntry } from './index-block.ts'
import { applyFixups, ATTRIBUTE, type FileReference } from './record.ts'

const RECORD = { logFile: 2, volume: 3, root: 5 } as const
const DIRECTORY_INDEX = '$I30'
const DIRTY = 0x0001
const MOST_INDEX_BYTES = 64 * 2 ** 20
const MOST_NAMES = 250_000
const REPARSE = { mountPoint: 0xa0000003, symlink: 0xa000000c, wof: 0x80000017, dedup: 0x80000013 } as const

/** What an NTFS volume says about how Windows left it. */
export interface NtfsState {
  /** Windows wants a disk check. */
  readonly dirty: boolean
  /** Undefined: the log does not say. */
  readonly logClosed: boolean | undefined
}

export interface NtfsFileSystem extends FileSystem {
  readonly ntfs: NtfsState
}

/** Opens NTFS 3.x. Errors: codec.*, guest.unreadable; what reading fails with. */
export async function openNtfs(source: ByteSource): Promise<NtfsFileSystem> {
  const layout = decodeNtfsBootSector(await source.read(0, 512))
  const table = await FileTable.open(source, layout)
  const info = await table.file({ record: RECORD.volume, sequence: 0 })
  const flags = valueOf(await attempt(async () => readAll(info.source(ATTRIBUTE.volumeInformation), 1024)))
  const name = valueOf(await attempt(async () => readAll(info.source(ATTRIBUTE.volumeName), 1024)))
  const dirty = flags !== undefined && flags.length >= 12 && (u16le(flags, 10) & DIRTY) !== 0
  const log = valueOf(
    await attempt(async () => {
      const file = (await table.file({ record: RECORD.logFile, sequence: 0 })).source(ATTRIBUTE.data)
      return file.read(0, Math.min(4096, file.sizeBytes))
    }),
  )
  const logClosed = log && isLogClosed(log)
  return {
    type: 'NTFS',
    label: name ? utf16le(name, 0, name.length >> 1) : '',
    uuid: ntfsUuid(layout.serial),
    caseSensitive: false,
    unclean: dirty
      ? 'Windows marked it for a disk check'
      : logClosed === false
        ? 'Windows had it open when the PC stopped'
        : undefined,
    ntfs: { dirty, logClosed },
    root: () => nodeOf(table, layout, { record: RECORD.root, sequence: 0 }),
  }
}

async function nodeOf(table: FileTable, layout: NtfsLayout, reference: FileReference): Promise<FileNode> {
  const file = await table.file(reference)
  const reparse = file.has(ATTRIBUTE.reparsePoint)
    ? await readAll(file.source(ATTRIBUTE.reparsePoint), 65536)
    : undefined
  const tag = reparse && reparse.length >= 8 ? u32le(reparse, 0) : 0
  if (reparse && (tag === REPARSE.mountPoint || tag === REPARSE.symlink))
    return node('symlink', 0, { target: async () => reparseTarget(reparse, tag) })
  if (file.directory) return node('directory', 0, { entries: () => entriesOf(table, layout, file) })
  return node('file', file.sizeBytes, { content: async () => contentOf(file, tag) })
}

function contentOf(file: NtfsFile, tag: number): ByteSource {
  if (tag === REPARSE.wof) throw unreadable('it is compressed by Windows (CompactOS)')
  if (tag === REPARSE.dedup) throw unreadable('its data are deduplicated by Windows Server')
  if (tag !== 0 && file.sizeBytes > 0 && file.parts(ATTRIBUTE.data).length === 0)
    throw unreadable(`its data are kept elsewhere (reparse tag ${tag.toString(16)})`)
  return file.source(ATTRIBUTE.data)
}

async function entriesOf(table: FileTable, layout: NtfsLayout, directory: NtfsFile): Promise<FileEntry[]> {
  const root = await readAll(directory.source(ATTRIBUTE.indexRoot, DIRECTORY_INDEX), 65536)
  if (root.length < 32) throw unreadable('a directory is damaged')
  const found: IndexEntry[] = decodeIndexNode(root.subarray(16))
  if (directory.has(ATTRIBUTE.indexAllocation, DIRECTORY_INDEX)) {
    const blocks = directory.source(ATTRIBUTE.indexAllocation, DIRECTORY_INDEX)
    const size = u32le(root, 8)
    if (size < 512 || size > 65536 || (size & (size - 1)) !== 0) throw unreadable('a directory is damaged')
    if (blocks.sizeBytes > MOST_INDEX_BYTES) throw unreadable('a directory is too large')
    const used = await readAll(directory.source(ATTRIBUTE.bitmap, DIRECTORY_INDEX), MOST_INDEX_BYTES / 512)
    for (let i = 0; (i + 1) * size <= blocks.sizeBytes; i++) {
      if (((used[i >> 3] ?? 0) & (1 << (i & 7))) === 0) continue
      const block = await blocks.read(i * size, size)
      applyFixups(block, 'INDX')
      found.push(...decodeIndexNode(block.subarray(24)))
      if (found.length > MOST_NAMES) throw unreadable('a directory has too many files')
    }
  }
  return found
    .filter((entry) => entry.name !== '.')
    .map((entry) => ({ name: entry.name, open: () => nodeOf(table, layout, entry.reference) }))
}

/** Where a junction or link leads, with `/` and without the drive.
 *  Source: MS-FSCC §2.1.2.4 and §2.1.2.5. */
function reparseTarget(b: Uint8Array, tag: number): string {
  const names = tag === REPARSE.symlink ? 20 : 16
  if (b.length < names) throw unreadable('a link is damaged')
  const at = names + u16le(b, 8)
  const bytes = u16le(b, 10)
  if (at + bytes > b.length) throw unreadable('a link is damaged')
  const text = utf16le(b, at, bytes >> 1)
  const path = /^(?:\\\?\?\\)?([A-Za-z]:)(\\.*)$/.exec(text)
  // The drive of the volume itself is C: while its Windows runs.
  if ((path && path[1]!.toUpperCase() !== 'C:') || text.startsWith('\\??\\Volume'))
    throw unreadable('it is a link to another drive')
  return (path ? path[2]! : text).replaceAll('\\', '/')
}
