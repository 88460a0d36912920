import { node, type FileNode, type FileSystem } from '../../src-main/guests/offline/disk/file-system.ts'
import { bytesSource, unreadable } from '../../src-main/guests/offline/disk/source.ts'

/** A file: its text or bytes, where a link leads, or a reason why it cannot be read. */
export type MemoryFile = string | Uint8Array | { readonly link: string } | { readonly unreadable: string }

/** A file system in memory from paths and contents; directories come by themselves. */
export function memoryFiles(
  files: Readonly<Record<string, MemoryFile>>,
  o: Partial<Pick<FileSystem, 'type' | 'label' | 'uuid' | 'caseSensitive' | 'unclean'>> = {},
): FileSystem {
  const directory = (prefix: string): FileNode =>
    node('directory', 0, {
      entries: async () => {
        const names = new Set(
          Object.keys(files)
            .filter((path) => path.startsWith(prefix))
            .map((path) => path.slice(prefix.length).split('/')[0]!),
        )
        return [...names].map((name) => ({ name, open: async () => nodeAt(prefix + name) }))
      },
    })
  const nodeAt = (path: string): FileNode => {
    const file = files[path]
    if (file === undefined) return directory(`${path}/`)
    if (typeof file === 'object' && 'link' in file) return node('symlink', 0, { target: async () => file.link })
    if (typeof file === 'object' && 'unreadable' in file)
      return node('file', 1, {
        content: async () => {
          throw unreadable(file.unreadable)
        },
      })
    const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file
    return node('file', bytes.length, { content: async () => bytesSource(bytes) })
  }
  return {
    type: 'memory',
    label: '',
    uuid: '',
    caseSensitive: true,
    unclean: undefined,
    root: async () => directory('/'),
    ...o,
  }
}
