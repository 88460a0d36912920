import { piecedSource, unreadable, type ByteSource } from '../offline/disk/source.ts'

/** A run of a file's bytes; `at` undefined reads as zeros. */
export interface Extent {
  readonly at: number | undefined
  readonly length: number
}

/** Far more than an honest file needs: pieces of a UDF file hold up to 1 GiB, of ISO 9660 up to 4 GiB. */
export const MAX_EXTENTS = 16_384

/** A file made of runs. Errors: guest.unreadable when a run lies outside the medium or two lie over each other. */
export function extentSource(medium: ByteSource, extents: readonly Extent[], name: string): ByteSource {
  if (extents.length > MAX_EXTENTS) throw unreadable(`${name} is in more than ${MAX_EXTENTS} pieces`)
  checkPlaces(medium, extents, name)
  const starts: number[] = []
  let sizeBytes = 0
  for (const extent of extents) {
    starts.push(sizeBytes)
    sizeBytes += extent.length
  }
  if (sizeBytes > medium.sizeBytes) throw unreadable(`${name} is larger than the medium it lies on`)
  const source = piecedSource(medium, sizeBytes, (position) => {
    const index = lastAtOrBefore(starts, position)
    const extent = extents[index]!
    const skip = position - starts[index]!
    return { at: extent.at === undefined ? undefined : extent.at + skip, length: extent.length - skip }
  })
  return source
}

function checkPlaces(medium: ByteSource, extents: readonly Extent[], name: string): void {
  const placed = extents.filter((e): e is { at: number; length: number } => e.at !== undefined && e.length > 0)
  for (const { at, length } of placed)
    if (at < 0 || at + length > medium.sizeBytes)
      throw unreadable(`${name} lies behind the end of the file, which is probably incomplete`)
  const sorted = placed.toSorted((a, b) => a.at - b.at)
  for (let i = 1; i < sorted.length; i++)
    if (sorted[i - 1]!.at + sorted[i - 1]!.length > sorted[i]!.at)
      throw unreadable(`pieces of ${name} lie over each other`)
}

/** Index of the last start at or before the position, among runs that are not empty. */
function lastAtOrBefore(starts: readonly number[], position: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if (starts[middle]! <= position) low = middle
    else high = middle - 1
  }
  return low
}
