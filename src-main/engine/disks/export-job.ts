import { existsSync, statSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { dirname, extname, isAbsolute } from 'node:path'
import { AppError } from '../../base/errors.ts'
import type { BlockDevice } from '../../disks/block-device.ts'
import { copyBlocks } from '../../disks/copy.ts'
import { openHostFile } from '../../disks/host-file-device.ts'
import { writeQcow2 } from '../../disks/qcow2/write.ts'
import type { Watched } from './content.ts'
import { createFormat, openFormat } from './format.ts'
import type { Planned } from './images.ts'
import type { DiskLibrary } from './library.ts'

export const EXPORT_FORMATS = ['vhdx', 'vhd', 'raw', 'qcow2'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

const BY_EXTENSION: Readonly<Record<string, ExportFormat>> = {
  '.vhdx': 'vhdx',
  '.vhd': 'vhd',
  '.img': 'raw',
  '.raw': 'raw',
  '.qcow2': 'qcow2',
}

/** Writes all that a disk holds into one file that stands on nothing. It has its name only when it is whole. Whoever calls has
 *  made sure that no PC writes to the disk.
 *  Errors: disk.unknown, disk.exportPath, disk.inUse, disk.full, disk.io, job.cancelled. */
export function planExport(
  library: DiskLibrary,
  o: { readonly name: string; readonly file: string; readonly format?: ExportFormat; readonly nowMs: number },
): Planned<string> {
  const record = library.find(o.name)
  const { file } = o
  const format = o.format ?? BY_EXTENSION[extname(file).toLowerCase()]
  if (!format) {
    throw new AppError('disk.exportPath', `${file} does not say by its name what it is to be`, {
      hint: 'Let it end in .vhdx, .vhd, .img or .qcow2, or give --format.',
    })
  }
  if (!isAbsolute(file))
    throw new AppError('disk.exportPath', `${file} is not a whole path`, { hint: 'Begin with / or a drive.' })
  if (existsSync(file)) {
    throw new AppError('disk.exportPath', `${file} exists already`, {
      hint: 'Choose another name, or move that file away.',
    })
  }
  if (!statSync(dirname(file), { throwIfNoEntry: false })?.isDirectory()) {
    throw new AppError('disk.exportPath', `there is no folder ${dirname(file)}`, {
      hint: 'It is a path on the computer that runs Bootlace.',
    })
  }
  const open = library.openedOrThrow(record)
  const release = record.sealedMs === undefined ? library.hold(record.name, 'it is being exported') : () => {}
  return {
    record,
    run: async (watched) => {
      try {
        const part = `${file}.part`
        if (existsSync(part)) {
          throw new AppError('disk.exportPath', `${part} is in the way`, { hint: 'Remove it if nothing needs it.' })
        }
        await open.device.flush()
        await library.makeFile(part, (path) => write(path, format, open.device, o.nowMs, watched))
        // Somebody may have put a file there meanwhile.
        if (existsSync(file)) {
          await library.removeFile(part)
          throw new AppError('disk.exportPath', `${file} exists already`, { hint: 'Choose another name.' })
        }
        await rename(part, file)
        library.keepFile(part)
        return `${record.name} is in ${file}`
      } finally {
        release()
      }
    },
  }
}

async function write(
  path: string,
  format: ExportFormat,
  from: BlockDevice,
  nowMs: number,
  watched: Watched,
): Promise<void> {
  if (format === 'qcow2') {
    const file = await openHostFile(path, { create: true })
    try {
      await writeQcow2(from, file, watched)
    } finally {
      await file.close()
    }
    return
  }
  await createFormat(format, path, from.blockCount * from.blockSize, false, nowMs)
  const to = await openFormat({ format, path, readOnly: false }, undefined)
  try {
    await copyBlocks(from, to, watched)
  } finally {
    await to.close()
  }
  const handle = await open(path, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
