import { utf8At } from '../../../base/bytes.ts'
import { readAll, unreadable, type ByteSource } from './source.ts'

export type NodeKind = 'file' | 'directory' | 'symlink' | 'other'

/** A file, directory or link that was found. The calls fail with guest.unreadable, codec.* or what reading fails with. */
export interface FileNode {
  readonly kind: NodeKind
  readonly sizeBytes: number
  /** What a directory holds, without `.` and `..`. */
  entries(): Promise<readonly FileEntry[]>
  /** The content of a file. */
  content(): Promise<ByteSource>
  /** Where a link leads. */
  target(): Promise<string>
}

export interface FileEntry {
  readonly name: string
  open(): Promise<FileNode>
}

/** A file system that can be read. */
export interface FileSystem {
  /** As people know it: `NTFS`, `FAT32`, `ext4`. */
  readonly type: string
  readonly label: string
  /** As `UUID=` in fstab names it; empty when it has none. */
  readonly uuid: string
  readonly caseSensitive: boolean
  /** Whether it was closed properly; if not, what that means for what is shown. */
  readonly unclean: string | undefined
  root(): Promise<FileNode>
}

/** A node that has only one of the three things. */
export function node(
  kind: NodeKind,
  sizeBytes: number,
  has: Partial<Pick<FileNode, 'entries' | 'content' | 'target'>>,
): FileNode {
  const no = async (): Promise<never> => {
    throw unreadable(`this is a ${kind}`)
  }
  return { kind, sizeBytes, entries: no, content: no, target: no, ...has }
}

const LINKS_FOLLOWED = 40
const DIRECTORIES_KEPT = 64
const PATH_PARTS = 256

/** Paths in a file system: `/` between names, links followed inside the same file system, directories remembered. */
export class FileTree {
  readonly fileSystem: FileSystem
  #root: FileNode | undefined
  readonly #names = new Map<FileNode, Map<string, FileEntry>>()
  readonly #opened = new Map<FileEntry, FileNode>()

  constructor(fileSystem: FileSystem) {
    this.fileSystem = fileSystem
  }

  #key(name: string): string {
    return this.fileSystem.caseSensitive ? name : name.toUpperCase()
  }

  async #namesOf(directory: FileNode): Promise<Map<string, FileEntry>> {
    const known = this.#names.get(directory)
    if (known) return known
    const entries = await directory.entries()
    const names = new Map<string, FileEntry>()
    for (const entry of entries) if (!names.has(this.#key(entry.name))) names.set(this.#key(entry.name), entry)
    if (this.#names.size >= DIRECTORIES_KEPT) {
      this.#names.clear()
      this.#opened.clear()
    }
    this.#names.set(directory, names)
    return names
  }

  async #open(entry: FileEntry): Promise<FileNode> {
    const known = this.#opened.get(entry)
    if (known) return known
    const opened = await entry.open()
    if (opened.kind === 'directory') this.#opened.set(entry, opened)
    return opened
  }

  /** What stands at the path; undefined when nothing does. The last name's link is followed too, unless `link` says
   *  to return the link itself. Errors: guest.unreadable and what reading fails with. */
  async find(path: string, o: { readonly link?: 'return' } = {}): Promise<FileNode | undefined> {
    this.#root ??= await this.fileSystem.root()
    const walked: FileNode[] = [this.#root]
    const parts = split(path)
    let links = 0
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]!
      const here = walked.at(-1)!
      if (part === '..') {
        if (walked.length > 1) walked.pop()
        continue
      }
      if (here.kind !== 'directory') return undefined
      const entry = (await this.#namesOf(here)).get(this.#key(part))
      if (!entry) return undefined
      const found = await this.#open(entry)
      if (found.kind === 'symlink' && !(o.link === 'return' && i === parts.length - 1)) {
        if (++links > LINKS_FOLLOWED) throw unreadable(`${path} is a link that leads to itself`)
        const target = await found.target()
        parts.splice(0, i + 1, ...split(target))
        if (parts.length > PATH_PARTS) throw unreadable(`${path} leads too deep`)
        if (target.startsWith('/')) walked.length = 1
        i = -1
        continue
      }
      walked.push(found)
    }
    return walked.at(-1)
  }

  async isThere(path: string): Promise<boolean> {
    return (await this.find(path)) !== undefined
  }

  /** Names in a directory, in the order the file system keeps them; undefined when there is no such directory. */
  async names(path: string): Promise<string[] | undefined> {
    const found = await this.find(path)
    if (found?.kind !== 'directory') return undefined
    return [...(await this.#namesOf(found)).values()].map((entry) => entry.name)
  }

  /** The content of a file; undefined when there is no such file. */
  async file(path: string): Promise<ByteSource | undefined> {
    const found = await this.find(path)
    return found?.kind === 'file' ? found.content() : undefined
  }

  /** A text file of at most 1 MiB as UTF-8; undefined when there is no such file. */
  async text(path: string): Promise<string | undefined> {
    const source = await this.file(path)
    if (!source) return undefined
    const bytes = await readAll(source, 2 ** 20)
    return utf8At(bytes, 0, bytes.length)
  }
}

const split = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.')
