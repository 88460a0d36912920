import { AppError } from '../../base/errors.ts'
import type { BlockDevice } from '../block-device.ts'
import { Calls } from '../calls.ts'
import type { DiskFile } from '../disk-file.ts'
import { eachRun, GRAIN, passOver, type PassOptions } from '../pass.ts'
import { encodeHeader, putEntry, putRefcountBlock } from './format.ts'

/** Pieces of a pass are whole clusters. Bytes. */
const CLUSTER = GRAIN
const ENTRIES = CLUSTER / 8
/** Clusters that one refcount block of 16-bit counts tells of. */
const COUNTS = CLUSTER / 2
/** Bytes of the disk that one L2 table maps: 512 MiB. */
const MAPPED = ENTRIES * CLUSTER
/** What the other formats hold, too: 1 MiB of L1 table. Bytes. */
const LARGEST = 64 * 2 ** 40
const FLUSHED_AT_ONCE = 256 * 1024 * 1024

/** Numbers of clusters. */
const clustersFor = (bytes: number): number => Math.ceil(bytes / CLUSTER)
/** Refcount blocks for a file of `used` clusters, themselves included. */
function refcountBlocksFor(used: number): number {
  let blocks = Math.ceil(used / COUNTS)
  while (blocks * COUNTS < used + blocks) blocks++
  return blocks
}

/** Writes a disk as a qcow2 image of version 3 into an empty file: from its start to its end, the header last, so that a
 *  half-made file is no image. Clusters of 64 KiB; those of zeros, and tables that would map only such, are not stored.
 *
 *      header │ L1 │ refcount table │ clusters of 512 MiB of the disk, their L2 table │ … │ refcount blocks
 *
 *  As nothing is stored twice or freed, every cluster up to the end is in use once: the refcount blocks are all ones.
 *  Memory: two pieces, one L2 table, and the L1 table (1 MiB for 64 TiB). Durable when the promise resolves; when it
 *  rejects, the file is to be removed.
 *  Units: progress in bytes of the disk. Errors: disk.exists, disk.size, disk.io, disk.full, job.cancelled.
 *  Source: QEMU, docs/interop/qcow2.txt. */
export async function writeQcow2(from: BlockDevice, file: DiskFile, o: PassOptions = {}): Promise<void> {
  const sizeBytes = from.blockCount * from.blockSize
  if (file.sizeBytes > 0) throw new AppError('disk.exists', `${file.path} is not empty`)
  if (sizeBytes > LARGEST)
    throw new AppError('disk.size', 'a qcow2 image of more than 64 TiB is not written', {
      hint: 'Export it as a raw image.',
    })
  const l1 = new Uint8Array(Math.ceil(sizeBytes / MAPPED) * 8)
  const l1Clusters = clustersFor(l1.length)
  const mostData = clustersFor(sizeBytes) + Math.ceil(sizeBytes / MAPPED)
  // The table itself is 1 cluster for each 16 TiB; one more than needed does no harm.
  const tableClusters = clustersFor(refcountBlocksFor(1 + l1Clusters + mostData + 8) * 8)
  const l1TableOffset = CLUSTER
  const refcountTableOffset = l1TableOffset + l1Clusters * CLUSTER
  let end = refcountTableOffset + tableClusters * CLUSTER

  const l2 = new Uint8Array(CLUSTER)
  let mapping = -1
  const endTable = async (): Promise<void> => {
    if (mapping < 0) return
    await file.write(end, [l2])
    putEntry(l1, mapping, end)
    end += CLUSTER
    l2.fill(0)
    mapping = -1
  }
  let unflushed = 0
  await passOver(
    from,
    {
      async data(position, bytes) {
        const table = Math.floor(position / MAPPED)
        if (mapping >= 0 && mapping !== table) await endTable()
        const calls = new Calls()
        eachRun(bytes, CLUSTER, (start, stop) => {
          mapping = table
          const first = (position + start - table * MAPPED) / CLUSTER
          const clusters = clustersFor(stop - start)
          for (let i = 0; i < clusters; i++) putEntry(l2, first + i, end + i * CLUSTER)
          const at = end
          end += clusters * CLUSTER
          unflushed += clusters * CLUSTER
          // The last cluster of the disk is stored whole.
          const rest = clusters * CLUSTER - (stop - start)
          const pieces = [bytes.subarray(start, stop), ...(rest > 0 ? [new Uint8Array(rest)] : [])]
          calls.add(() => file.write(at, pieces))
        })
        await calls.done()
        if (unflushed < FLUSHED_AT_ONCE) return
        unflushed = 0
        await file.flush()
      },
    },
    { name: 'the export', ...o },
  )
  await endTable()

  const used = end / CLUSTER
  const blocks = refcountBlocksFor(used)
  const refcountTable = new Uint8Array(tableClusters * CLUSTER)
  for (let i = 0; i < blocks; i++) {
    putRefcountBlock(refcountTable, i, end)
    await file.write(end, [refcountBlock(Math.min(used + blocks - i * COUNTS, COUNTS))])
    end += CLUSTER
  }
  const l1Bytes = new Uint8Array(l1Clusters * CLUSTER)
  l1Bytes.set(l1)
  await file.write(l1TableOffset, [l1Bytes])
  await file.write(refcountTableOffset, [refcountTable])
  await file.flush()
  const header = new Uint8Array(CLUSTER)
  header.set(
    encodeHeader({
      clusterBits: Math.log2(CLUSTER),
      sizeBytes,
      l1Size: l1.length / 8,
      l1TableOffset,
      refcountTableOffset,
      refcountTableClusters: tableClusters,
    }),
  )
  await file.write(0, [header])
  await file.flush()
}

/** The first `count` clusters are in use once, the rest not at all. */
function refcountBlock(count: number): Uint8Array {
  const block = new Uint8Array(CLUSTER)
  for (let i = 0; i < count; i++) block[i * 2 + 1] = 1
  return block
}
