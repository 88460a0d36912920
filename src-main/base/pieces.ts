/** Data in several buffers, in order, as it came from the wire. */

/** The first `length` bytes, as views. */
export function firstBytes(pieces: readonly Uint8Array[], length: number): Uint8Array[] {
  const out: Uint8Array[] = []
  let left = length
  for (const piece of pieces) {
    if (left === 0) break
    out.push(piece.length <= left ? piece : piece.subarray(0, left))
    left -= Math.min(left, piece.length)
  }
  return out
}

/** What is left after the first `skip` bytes, as views. */
export function afterBytes(pieces: readonly Uint8Array[], skip: number): Uint8Array[] {
  const out: Uint8Array[] = []
  let left = skip
  for (const piece of pieces) {
    if (left >= piece.length) left -= piece.length
    else {
      out.push(left > 0 ? piece.subarray(left) : piece)
      left = 0
    }
  }
  return out
}
