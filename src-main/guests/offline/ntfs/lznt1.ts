import { CodecError } from '../../../base/errors.ts'
import { u16le } from '../disk/little-endian.ts'

const CHUNK_BYTES = 4096

const wrong = (offset: number, why: string): CodecError =>
  new CodecError('codec.range', { structure: 'lznt1', field: 'chunk', offset }, why)

/** Unpacks what NTFS' own compression made; what is missing at the end stays zero.
 *  Shape: `out` is filled from its start; each chunk of the input gives 4096 bytes. Errors: codec.range.
 *  Source: MS-XCA §2.5. */
export function unpackLznt1(b: Uint8Array, out: Uint8Array): void {
  let at = 0
  for (let start = 0; start < out.length && at + 2 <= b.length; start += CHUNK_BYTES) {
    const header = u16le(b, at)
    if (header === 0) return
    const length = (header & 0x0fff) + 1
    const data = b.subarray(at + 2, at + 2 + length)
    if (data.length < length) throw wrong(at, 'it reaches behind the end')
    const room = out.subarray(start, Math.min(start + CHUNK_BYTES, out.length))
    if ((header & 0x8000) === 0) room.set(data.subarray(0, room.length))
    else unpackChunk(data, room, at)
    at += 2 + length
  }
}

function unpackChunk(data: Uint8Array, out: Uint8Array, chunkAt: number): void {
  let at = 0
  let done = 0
  while (at < data.length && done < out.length) {
    const flags = data[at++]!
    for (let bit = 0; bit < 8 && at < data.length && done < out.length; bit++) {
      if ((flags & (1 << bit)) === 0) {
        out[done++] = data[at++]!
        continue
      }
      if (at + 2 > data.length) throw wrong(chunkAt, 'a reference is cut off')
      // The further into the chunk, the more of the 16 bits are the distance.
      let lengthBits = 12
      while (lengthBits > 4 && done > 1 << (16 - lengthBits)) lengthBits--
      const token = u16le(data, at)
      at += 2
      const distance = (token >> lengthBits) + 1
      const length = (token & ((1 << lengthBits) - 1)) + 3
      if (distance > done) throw wrong(chunkAt, 'a reference leads in front of the chunk')
      for (let i = 0; i < length && done < out.length; i++, done++) out[done] = out[done - distance]!
    }
  }
}
