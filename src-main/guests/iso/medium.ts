import { utf8At } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'
import { FileTree, type FileSystem } from '../offline/disk/file-system.ts'
import type { ByteSource } from '../offline/disk/source.ts'
import { readBootCatalog, type BootsOn } from './el-torito.ts'
import { readDescriptors } from './iso9660/descriptors.ts'
import { openIso9660 } from './iso9660/volume.ts'
import { saysUdf } from './udf/partitions.ts'
import { openUdf } from './udf/volume.ts'

/** An ISO that can be read. Calls fail with medium.unreadable, or with what reading the file itself fails with. */
export interface IsoMedium {
  readonly sizeBytes: number
  /** How its names are kept: `Rock Ridge`, `UDF`, `Joliet` or `ISO 9660`. */
  readonly fileSystem: string
  readonly label: string
  readonly bootsOn: readonly BootsOn[]
  /** The content of a file, by its path with `/` between names; undefined when there is no such file. */
  file(path: string): Promise<ByteSource | undefined>
  /** A file of at most 64 KiB as text; undefined when there is none, or a longer one. */
  text(path: string): Promise<string | undefined>
  /** Names in a folder; undefined when there is no such folder. */
  names(path: string): Promise<readonly string[] | undefined>
}

const MAX_TEXT_BYTES = 64 * 1024

/** Errors: medium.unreadable; disk.io. */
export async function openIsoMedium(source: ByteSource): Promise<IsoMedium> {
  const { tree, bootsOn } = await guarded(async () => {
    const descriptors = await readDescriptors(source)
    const fileSystem = await choose(source, descriptors)
    const catalog = descriptors.bootCatalog
    return {
      tree: new FileTree(fileSystem),
      bootsOn: catalog === undefined ? [] : await readBootCatalog(source, catalog),
    }
  })
  return {
    sizeBytes: source.sizeBytes,
    fileSystem: tree.fileSystem.type,
    label: tree.fileSystem.label,
    bootsOn,
    file: (path) => guarded(() => tree.file(path)),
    text: (path) =>
      guarded(async () => {
        const file = await tree.file(path)
        if (!file || file.sizeBytes > MAX_TEXT_BYTES) return undefined
        return utf8At(await file.read(0, file.sizeBytes), 0, file.sizeBytes)
      }),
    names: (path) => guarded(() => tree.names(path)),
  }
}

/** Rock Ridge has the names as the system that made it meant them; then UDF, which alone is complete on media of Windows. */
async function choose(source: ByteSource, found: Awaited<ReturnType<typeof readDescriptors>>): Promise<FileSystem> {
  const plain = found.primary && (await openIso9660(source, found.primary))
  if (plain?.type === 'Rock Ridge') return plain
  if (await saysUdf(source, found.endSector)) return openUdf(source)
  if (found.joliet) return openIso9660(source, found.joliet)
  if (plain) return plain
  throw new AppError('medium.unreadable', 'this file is not an ISO', {
    hint: 'Choose an ISO file: the image of a CD or DVD, as the makers of systems offer it for download.',
  })
}

/** Damage in the medium, in one word and with a remedy. */
async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    if (!(thrown instanceof AppError) || !/^(guest|codec)\./.test(thrown.code)) throw thrown
    throw new AppError('medium.unreadable', `the ISO cannot be read: ${thrown.message}`, {
      hint: 'Download it again and compare its checksum; the download was probably cut off.',
      cause: thrown,
    })
  }
}
