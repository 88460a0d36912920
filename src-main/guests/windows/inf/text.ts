import { u16be, u16le, utf8At } from '../../../base/bytes.ts'
import { AppError } from '../../../base/errors.ts'

/** The largest of the makers' INF files have some 3 MB. */
const MAX_BYTES = 8 << 20
/** As many arguments as `String.fromCharCode` is given at a time. */
const CHUNK = 8192

/** The text of an INF file, whatever it was written in: UTF-16 and UTF-8 by their mark or by their look, else one byte a
 *  character. Names of devices and files are ASCII in all of them.
 *  Errors: guest.inf. Source: Microsoft, “General syntax rules for INF files”. */
export function infText(bytes: Uint8Array): string {
  if (bytes.length > MAX_BYTES)
    throw new AppError('guest.inf', `the INF file has ${bytes.length} bytes, more than any driver needs`)
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return utf16(bytes.subarray(2), u16le)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return utf16(bytes.subarray(2), u16be)
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return utf8At(bytes, 3, bytes.length - 3)
  const zeros = zerosOf(bytes)
  if (zeros === 'odd') return utf16(bytes, u16le)
  if (zeros === 'even') return utf16(bytes, u16be)
  const text = utf8At(bytes, 0, bytes.length)
  return text.includes('�') ? characters(bytes.length, (i) => bytes[i]!) : text
}

/** Where the zeros of the beginning lie: text in UTF-16 without its mark has every other byte empty. */
function zerosOf(bytes: Uint8Array): 'odd' | 'even' | undefined {
  const end = Math.min(bytes.length, 128) & ~1
  let odd = 0
  let even = 0
  for (let i = 0; i < end; i += 2) {
    if (bytes[i] === 0) even++
    if (bytes[i + 1] === 0) odd++
  }
  if (end === 0 || odd + even < end / 4) return undefined
  return odd > even ? 'odd' : 'even'
}

const utf16 = (bytes: Uint8Array, unit: (b: Uint8Array, at: number) => number): string =>
  characters(bytes.length >> 1, (i) => unit(bytes, 2 * i))

function characters(count: number, code: (i: number) => number): string {
  let text = ''
  for (let at = 0; at < count; at += CHUNK) {
    const units = Array.from({ length: Math.min(CHUNK, count - at) }, (_, i) => code(at + i))
    text += String.fromCharCode(...units)
  }
  return text
}
