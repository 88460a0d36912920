import { closeSync, openSync, readSync } from 'node:fs'
import type { DiskFile } from '../../../src-main/disks/disk-file.ts'
import { openHostFile } from '../../../src-main/disks/host-file-device.ts'

/** A host file that is always read at once. The real one takes a read of over a millisecond for a slow medium and goes
 *  through the thread pool for a while; on a busy machine it may just have had to wait for the processor. */
export async function openSteadyFile(
  path: string,
  o: { readonly readOnly?: boolean; readonly create?: boolean } = {},
): Promise<DiskFile> {
  const file = await openHostFile(path, o)
  const fd = openSync(path, 'r')
  return {
    path,
    readOnly: file.readOnly,
    canPunch: file.canPunch,
    get sizeBytes() {
      return file.sizeBytes
    },
    read(position, into) {
      const got = readSync(fd, into, 0, into.length, position)
      if (got < into.length) into.fill(0, got)
    },
    write: (position, pieces) => file.write(position, pieces),
    flush: () => file.flush(),
    zero: (position, length) => file.zero(position, length),
    resize: (sizeBytes) => file.resize(sizeBytes),
    close() {
      closeSync(fd)
      return file.close()
    },
  }
}
