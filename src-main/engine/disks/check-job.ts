import { AppError } from '../../base/errors.ts'
import { formatSize } from '../../base/units.ts'
import type { DiskRecord } from '../../disks/disk-record.ts'
import { stampOf } from './chain.ts'
import { hashDevice } from './content.ts'
import type { Planned } from './images.ts'
import type { DiskLibrary } from './library.ts'

/** Opens all files of a disk anew, which checks their structures, reads every block, and compares a golden image with the hash
 *  of its sealing. An image that was only copied back is served again afterwards. Whoever calls has made sure that no PC
 *  writes to it. Resolves to a sentence. Errors: disk.unknown, disk.inUse, disk.imageChanged, what opening and reading say. */
export function planCheck(library: DiskLibrary, nameText: string): Planned<string> {
  const record = library.find(nameText)
  const sealed = record.sealedMs !== undefined
  const release = sealed ? () => {} : library.hold(record.name, 'it is being checked')
  return {
    record,
    run: async (watched) => {
      try {
        await library.opened(record.name)?.device.flush()
        const chain = await library.openChainOf(record, { despiteStamp: true, readOnly: true })
        try {
          const hash = await hashDevice(chain.device, watched)
          if (record.contentHash !== undefined && hash !== record.contentHash) throw changed(record, hash)
        } finally {
          await chain.close()
        }
        const files = 1 + library.depthOf(record)
        if (!sealed) {
          return `${record.name} is in order: ${files} ${files === 1 ? 'file' : 'files'}, all ${formatSize(record.sizeBytes)} readable`
        }
        await reseal(library, record)
        return `${record.name} is exactly as it was when it was sealed (SHA-256 ${record.contentHash})`
      } finally {
        release()
      }
    },
  }
}

/** The file is what it was, whatever its date says. */
async function reseal(library: DiskLibrary, record: DiskRecord): Promise<void> {
  const stamp = stampOf(library.pathOf(record))
  const { bytes, modifiedMs } = record.stamp ?? {}
  if (stamp.bytes !== bytes || stamp.modifiedMs !== modifiedMs) library.put({ ...record, stamp })
  if (library.opened(record.name)) return
  await library.openOne(library.find(record.name))
  // Disks that could not be opened without it.
  for (const name of library.childrenOf(record.name)) {
    if (!library.opened(name)) await library.openOne(library.find(name))
  }
}

function changed(record: DiskRecord, hash: string): AppError {
  return new AppError('disk.imageChanged', `${record.name} is not what was sealed: its SHA-256 is ${hash}`, {
    hint: `Restore its file from a copy. Disks made from it must not be used until then: they would mix old and new.`,
    data: { wanted: record.contentHash ?? '' },
  })
}
