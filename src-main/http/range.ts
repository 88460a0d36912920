/** Byte ranges of one resource. Source: RFC 9110 §14.1.2 (range forms), §14.2 (when to ignore), §15.5.17 (416). */

/** First and last byte, both included. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

/** - `whole`: no range, one we may ignore (another unit, several ranges, not to be read).
 *  - `part`: a range that can be served.
 *  - `unsatisfiable`: well-formed, but no byte of it exists. */
export type RangeAnswer =
  { readonly is: 'whole' } | { readonly is: 'part'; readonly range: ByteRange } | { readonly is: 'unsatisfiable' }

const WHOLE: RangeAnswer = { is: 'whole' }
const UNSATISFIABLE: RangeAnswer = { is: 'unsatisfiable' }

/** What a Range header asks of a resource of `sizeBytes`. Never throws: what cannot be read is ignored. */
export function parseRange(header: string | undefined, sizeBytes: number): RangeAnswer {
  const match = header === undefined ? null : /^\s*bytes\s*=\s*(\d{0,15})\s*-\s*(\d{0,15})\s*$/i.exec(header)
  if (!match) return WHOLE
  const first = match[1]!
  const last = match[2]!
  if (first === '') return last === '' ? WHOLE : suffix(Number(last), sizeBytes)
  const from = Number(first)
  const to = last === '' ? sizeBytes - 1 : Number(last)
  if (last !== '' && to < from) return WHOLE
  if (from >= sizeBytes) return UNSATISFIABLE
  return { is: 'part', range: { first: from, last: Math.min(to, sizeBytes - 1) } }
}

/** The last `length` bytes; all of a shorter resource. */
function suffix(length: number, sizeBytes: number): RangeAnswer {
  if (length === 0 || sizeBytes === 0) return UNSATISFIABLE
  return { is: 'part', range: { first: Math.max(0, sizeBytes - length), last: sizeBytes - 1 } }
}

export const rangeLength = (range: ByteRange): number => range.last - range.first + 1
export const contentRange = (range: ByteRange, sizeBytes: number): string =>
  `bytes ${range.first}-${range.last}/${sizeBytes}`
