import { AppError } from '../../base/errors.ts'
import { copyBlocks } from '../../disks/copy.ts'
import type { DiskFormat, DiskRecord } from '../../disks/disk-record.ts'
import type { Watched } from './content.ts'
import { createFormat, EXTENSION, openFormat } from './format.ts'
import { openSource, type Source } from './import-source.ts'
import type { DiskLibrary } from './library.ts'

/** Copies a disk image into a disk of our own under a reserved name; holes stay holes, the source stays untouched. Nothing
 *  is left of an import that fails or is cancelled. Errors: disk.source, disk.full, disk.io, job.cancelled. */
export async function importDisk(
  library: DiskLibrary,
  o: { readonly source: Source; readonly name: string; readonly format: DiskFormat; readonly nowMs: number },
  watched: Watched,
): Promise<DiskRecord> {
  const { source, format, name } = o
  const { sizeBytes } = source
  const file = name + EXTENSION[format]
  await library.makeFile(file, async (path) => {
    const from = await openSource(source)
    try {
      await createFormat(format, path, sizeBytes, false, o.nowMs)
      const to = await openFormat({ format, path, readOnly: false }, undefined)
      try {
        await copyBlocks(from.device, to, watched)
      } finally {
        await to.close()
      }
      if (await from.isUnchanged()) return
    } finally {
      await from.close()
    }
    throw new AppError('disk.source', `${source.path} was changed while it was read`, {
      hint: 'Stop what writes to it (a running virtual machine?) and import again.',
    })
  })
  return library.adopt(library.newRecord(name, { file, format, sizeBytes }))
}
