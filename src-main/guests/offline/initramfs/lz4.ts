import { CodecError } from '../../../base/errors.ts'
import { u16le } from '../disk/little-endian.ts'

const wrong = (offset: number, why: string): CodecError =>
  new CodecError('codec.range', { structure: 'lz4-block', field: 'sequence', offset }, why)

/** Unpacks one block. Returns how many bytes of `out` were filled. Errors: codec.range.
 *  Source: LZ4 block format description, version 2022-07. */
export function unpackLz4Block(b: Uint8Array, out: Uint8Array): number {
  let at = 0
  let done = 0
  const more = (nibble: number): number => {
    let length = nibble
    if (nibble === 15)
      for (let next = 255; next === 255; length += next) {
        if (at >= b.length) throw wrong(at, 'a length is cut off')
        next = b[at++]!
      }
    return length
  }
  while (at < b.length) {
    const token = b[at++]!
    const literals = more(token >> 4)
    if (at + literals > b.length || done + literals > out.length) throw wrong(at, 'too many literals')
    out.set(b.subarray(at, at + literals), done)
    at += literals
    done += literals
    if (at === b.length) return done
    if (at + 2 > b.length) throw wrong(at, 'a distance is cut off')
    const distance = u16le(b, at)
    at += 2
    const length = more(token & 15) + 4
    if (distance === 0 || distance > done || done + length > out.length) throw wrong(at, 'a match leads outside')
    for (let i = 0; i < length; i++, done++) out[done] = out[done - distance]!
  }
  return done
}
