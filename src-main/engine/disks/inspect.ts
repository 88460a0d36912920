import { AppError } from '../../base/errors.ts'
import { inspectSystem } from '../../guests/offline/inspect.ts'
import type { OfflineReport } from '../../guests/offline/report.ts'
import { inspectSource, openSource } from './import-source.ts'
import type { DiskLibrary } from './library.ts'

/** Looks into a disk of ours, or into an image file, without changing anything. Whoever calls has made sure that no PC writes
 *  to the disk. Errors: disk.unknown, disk.source, disk.format, disk.inUse, config.usage. */
export async function inspectDisk(
  library: DiskLibrary,
  what: { readonly name?: string; readonly file?: string; readonly asImage?: boolean },
): Promise<OfflineReport> {
  if ((what.name === undefined) === (what.file === undefined)) {
    throw new AppError('config.usage', 'give the name of a disk, or the path of an image file', {
      hint: 'For example: bootlace disk inspect win11, or bootlace disk inspect --file old-pc.vhdx.',
    })
  }
  const purpose = what.asImage ? 'image' : 'onePc'
  if (what.name !== undefined) {
    const record = library.find(what.name)
    const open = library.openedOrThrow(record)
    if (record.sealedMs !== undefined) return inspectSystem(open.device, { purpose })
    const release = library.hold(record.name, 'it is being looked into')
    try {
      return await inspectSystem(open.device, { purpose })
    } finally {
      release()
    }
  }
  const source = await openSource(await inspectSource(what.file!))
  try {
    return await inspectSystem(source.device, { purpose })
  } finally {
    await source.close()
  }
}
