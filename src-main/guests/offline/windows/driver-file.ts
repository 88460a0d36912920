import type { ByteSource } from '../disk/source.ts'

const PIECE_BYTES = 256 * 1024
/** Network drivers have a few megabytes at most. */
const MOST_BYTES = 16 * 2 ** 20

/** Whether a program holds a text as UTF-16, as the name of a class extension that a driver binds to is kept.
 *  Source: wdf's WDF_CLASS_BIND_INFO: the name is a wide string in the driver's data. */
export async function holdsText(source: ByteSource, text: string): Promise<boolean> {
  const wanted = new Uint8Array(text.length * 2)
  for (let i = 0; i < text.length; i++) wanted[i * 2] = text.charCodeAt(i)
  const end = Math.min(source.sizeBytes, MOST_BYTES)
  const overlap = wanted.length - 1
  for (let at = 0; at < end; at += PIECE_BYTES) {
    const piece = await source.read(at, Math.min(PIECE_BYTES + overlap, end - at))
    for (let i = piece.indexOf(wanted[0]!); i >= 0; i = piece.indexOf(wanted[0]!, i + 1))
      if (wanted.every((v, n) => piece[i + n] === v)) return true
  }
  return false
}
