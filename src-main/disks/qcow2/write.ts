import { AppError } from '../../base/errors.ts'
import type { BlockDevice } from '../block-device.ts'
import type { DiskFile } from '../disk-file.ts'

/** 64 KiB, as every program makes them. */
const CLUSTER_BITS = 16
const CLUSTER = 2 ** CLUSTER_BITS
const ENTRIES = CLUSTER / 8
/** Reference counts have 16 bits. */
const COUNTS = CLUSTER / 2
const REFCOUNT_ORDER = 4
const HEADER_LENGTH = 104
/** The cluster is used by one table only: bit 63. */
const COPIED = 2 ** 31
const CLUSTERS_PER_READ = 16

export interface QcowProgress {
  /** Bytes so far, of the device's size. */
  progress(doneBytes: number): void
  readonly signal: AbortSignal
}

/** Writes a device into an empty file as qcow2 version 3, clusters of zeros left out, and makes it durable. The header comes
 *  last: until then it is no qcow2. Errors: disk.exists, disk.full, disk.io, job.cancelled.
 *  Source: QEMU docs/interop/qcow2.txt. */
export async function writeQcow2(file: DiskFile, from: BlockDevice, watched: QcowProgress): Promise<void> {
  if (file.sizeBytes > 0) throw new AppError('disk.exists', `${file.path} is not empty`)
  const sizeBytes = from.blockCount * from.blockSize
  const l1 = new DataView(new ArrayBuffer(Math.ceil(sizeBytes / (CLUSTER * ENTRIES)) * 8))
  const l1Offset = CLUSTER
  let end = l1Offset + Math.ceil(l1.byteLength / CLUSTER) * CLUSTER
  const take = (clusters: number): number => {
    end += clusters * CLUSTER
    return end - clusters * CLUSTER
  }

  const buffer = new Uint8Array(CLUSTERS_PER_READ * CLUSTER)
  for (let index = 0; index * 8 < l1.byteLength; index++) {
    const l2 = new DataView(new ArrayBuffer(CLUSTER))
    let l2Offset: number | undefined
    const start = index * ENTRIES * CLUSTER
    const stop = Math.min(sizeBytes, start + ENTRIES * CLUSTER)
    for (let at = start; at < stop; at += buffer.length) {
      if (watched.signal.aborted)
        throw new AppError('job.cancelled', 'it was cancelled', { hint: 'Nothing of it is left.' })
      const piece = buffer.subarray(0, Math.min(buffer.length, stop - at))
      await from.read(at / from.blockSize, piece)
      for (let i = 0; i < piece.length; i += CLUSTER) {
        const cluster = piece.subarray(i, i + CLUSTER)
        if (isZeros(cluster)) continue
        l2Offset ??= take(1)
        const offset = take(1)
        putOffset(l2, ((at + i - start) / CLUSTER) * 8, offset)
        await file.write(offset, [cluster])
      }
      watched.progress(at + piece.length)
    }
    if (l2Offset === undefined) continue
    putOffset(l1, index * 8, l2Offset)
    await file.write(l2Offset, [bytesOf(l2)])
  }
  await file.write(l1Offset, [bytesOf(l1)])

  const counts = countsFor(end / CLUSTER)
  const tableOffset = take(counts.tableClusters)
  const table = new DataView(new ArrayBuffer(counts.tableClusters * CLUSTER))
  for (let i = 0; i < counts.blocks; i++) {
    const offset = take(1)
    table.setUint32(i * 8, Math.floor(offset / 2 ** 32))
    table.setUint32(i * 8 + 4, offset % 2 ** 32)
    const block = new DataView(new ArrayBuffer(CLUSTER))
    const used = Math.min(COUNTS, counts.clusters - i * COUNTS)
    for (let n = 0; n < used; n++) block.setUint16(n * 2, 1)
    await file.write(offset, [bytesOf(block)])
  }
  await file.write(tableOffset, [bytesOf(table)])
  // The last cluster of the disk may be cut short; the file's last cluster must be whole.
  await file.resize(end)
  await file.flush()
  await file.write(0, [header({ sizeBytes, l1Entries: l1.byteLength / 8, l1Offset, tableOffset, ...counts })])
  await file.flush()
}

/** How many clusters there are in all when those that count them are counted, too. */
function countsFor(clusters: number): { blocks: number; tableClusters: number; clusters: number } {
  let blocks = 0
  let tableClusters = 0
  for (;;) {
    const all = clusters + blocks + tableClusters
    const wanted = Math.ceil(all / COUNTS)
    const wantedTable = Math.ceil((wanted * 8) / CLUSTER)
    if (wanted === blocks && wantedTable === tableClusters) return { blocks, tableClusters, clusters: all }
    blocks = wanted
    tableClusters = wantedTable
  }
}

function header(o: {
  readonly sizeBytes: number
  readonly l1Entries: number
  readonly l1Offset: number
  readonly tableOffset: number
  readonly tableClusters: number
}): Uint8Array {
  const v = new DataView(new ArrayBuffer(CLUSTER))
  v.setUint32(0, 0x514649fb)
  v.setUint32(4, 3)
  v.setUint32(20, CLUSTER_BITS)
  v.setBigUint64(24, BigInt(o.sizeBytes))
  v.setUint32(36, o.l1Entries)
  v.setBigUint64(40, BigInt(o.l1Offset))
  v.setBigUint64(48, BigInt(o.tableOffset))
  v.setUint32(56, o.tableClusters)
  v.setUint32(96, REFCOUNT_ORDER)
  v.setUint32(100, HEADER_LENGTH)
  return bytesOf(v)
}

function putOffset(table: DataView, at: number, offset: number): void {
  table.setUint32(at, COPIED + Math.floor(offset / 2 ** 32))
  table.setUint32(at + 4, offset % 2 ** 32)
}
const bytesOf = (v: DataView): Uint8Array => new Uint8Array(v.buffer)

const ZEROS = Buffer.alloc(CLUSTER)
const isZeros = (b: Uint8Array): boolean => ZEROS.subarray(0, b.length).equals(b)
