import { bytesSource, checkRange, piecedSource, unreadable, type ByteSource } from '../disk/source.ts'
import type { NtfsLayout } from './boot-sector.ts'
import { unpackLznt1 } from './lznt1.ts'
import { ATTRIBUTE_FLAG, type Attribute, type NonResidentAttribute, type Run } from './record.ts'

/** A stream whose clusters are known: the parts of one attribute, in order. */
export class ClusterMap {
  readonly #runs: Run[] = []
  /** First cluster of each run in the stream. */
  readonly #starts: number[] = []
  #clusters = 0

  get clusters(): number {
    return this.#clusters
  }

  /** Errors: guest.unreadable when a part in between is missing. */
  add(part: NonResidentAttribute): void {
    if (part.firstVcn !== this.#clusters) throw unreadable('a part of a file is missing from the file table')
    for (const run of part.runs) {
      this.#starts.push(this.#clusters)
      this.#runs.push(run)
      this.#clusters += run.clusters
    }
  }

  /** The run that holds a cluster of the stream, from that cluster on. */
  from(vcn: number): Run {
    let low = 0
    let high = this.#runs.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#starts[middle]! <= vcn) low = middle
      else high = middle - 1
    }
    const run = this.#runs[low]
    const skip = vcn - (this.#starts[low] ?? 0)
    if (!run || vcn < 0 || skip >= run.clusters) throw unreadable('a file is longer than its clusters')
    return { lcn: run.lcn === undefined ? undefined : run.lcn + skip, clusters: run.clusters - skip }
  }
}

/** The content of an attribute from all its parts, the first one first.
 *  Errors: guest.unreadable for what is encrypted or damaged; what reading fails with. */
export function attributeSource(volume: ByteSource, layout: NtfsLayout, parts: readonly Attribute[]): ByteSource {
  const first = parts[0]
  if (!first) throw unreadable('a file has no data')
  if ((first.flags & ATTRIBUTE_FLAG.encrypted) !== 0) throw unreadable('it is encrypted by Windows (EFS)')
  if (first.resident) return bytesSource(first.value.slice())
  const map = new ClusterMap()
  for (const part of parts) {
    if (part.resident) throw unreadable('a file is both inside and outside the file table')
    map.add(part)
  }
  const { dataBytes, initialisedBytes } = first
  const packed = (first.flags & ATTRIBUTE_FLAG.compressed) !== 0 && first.clustersPerUnit > 1
  const stored = packed
    ? packedSource(volume, layout, map, first.clustersPerUnit, dataBytes)
    : mappedSource(volume, layout, map, dataBytes)
  return initialisedBytes < dataBytes ? withZeros(stored, initialisedBytes) : stored
}

/** Clusters of a map as bytes. */
export function mappedSource(volume: ByteSource, layout: NtfsLayout, map: ClusterMap, sizeBytes: number): ByteSource {
  const size = layout.bytesPerCluster
  return piecedSource(volume, sizeBytes, (position) => {
    const vcn = Math.floor(position / size)
    const run = map.from(vcn)
    const into = position - vcn * size
    return { at: run.lcn === undefined ? undefined : run.lcn * size + into, length: run.clusters * size - into }
  })
}

/** What Windows reserved but never wrote reads as zeros, whatever lies there. */
function withZeros(stored: ByteSource, initialisedBytes: number): ByteSource {
  return piecedSource(stored, stored.sizeBytes, (position) =>
    position < initialisedBytes
      ? { at: position, length: initialisedBytes - position }
      : { at: undefined, length: stored.sizeBytes - position },
  )
}

/** Windows compresses only where clusters have at most 4 KiB: 64 KiB a unit. */
const MOST_UNIT_BYTES = 2 ** 20

/** A compressed stream: units of (usually) 16 clusters. A unit whose clusters are all there is stored as it is, one with
 *  none is zeros, one with some is packed into them. */
function packedSource(
  volume: ByteSource,
  layout: NtfsLayout,
  map: ClusterMap,
  clustersPerUnit: number,
  sizeBytes: number,
): ByteSource {
  const unitBytes = clustersPerUnit * layout.bytesPerCluster
  if (unitBytes > MOST_UNIT_BYTES) throw unreadable(`it is compressed in units of ${unitBytes} bytes`)
  let kept: { unit: number; bytes: Uint8Array } | undefined
  const unitAt = async (unit: number): Promise<Uint8Array> => {
    if (kept?.unit === unit) return kept.bytes
    const bytes = new Uint8Array(unitBytes)
    const stored: Run[] = []
    let count = 0
    for (let i = 0; i < clustersPerUnit && unit * clustersPerUnit + i < map.clusters;) {
      const run = map.from(unit * clustersPerUnit + i)
      const clusters = Math.min(run.clusters, clustersPerUnit - i)
      if (run.lcn !== undefined) stored.push({ lcn: run.lcn, clusters })
      if (run.lcn !== undefined) count += clusters
      i += clusters
    }
    const raw = new Uint8Array(count * layout.bytesPerCluster)
    let at = 0
    for (const run of stored) {
      raw.set(await volume.read(run.lcn! * layout.bytesPerCluster, run.clusters * layout.bytesPerCluster), at)
      at += run.clusters * layout.bytesPerCluster
    }
    if (count === clustersPerUnit) bytes.set(raw)
    else if (count > 0) unpackLznt1(raw, bytes)
    kept = { unit, bytes }
    return bytes
  }
  return {
    sizeBytes,
    async read(at, length) {
      checkRange(this, at, length)
      const out = new Uint8Array(length)
      for (let done = 0; done < length;) {
        const unit = Math.floor((at + done) / unitBytes)
        const into = at + done - unit * unitBytes
        const count = Math.min(length - done, unitBytes - into)
        out.set((await unitAt(unit)).subarray(into, into + count), done)
        done += count
      }
      return out
    },
  }
}
