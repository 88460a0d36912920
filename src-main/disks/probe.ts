import { asciiAt, u32be } from '../base/bytes.ts'
import { MAGIC as QCOW_MAGIC } from './qcow2/format.ts'
import { decodeFooter, FOOTER_LENGTH, footerIn, hasFooterCookie } from './vhd/format.ts'
import { DESCRIPTOR_START } from './vmdk/format.ts'

export type ImageFormat = 'vhdx' | 'vhd' | 'qcow2' | 'vmdk' | 'iso' | 'raw'

/** First volume descriptor of ISO 9660 at sector 16 of 2048 bytes; its name follows a type byte. Source: ECMA-119 §8. */
const ISO_AT = 16 * 2048 + 1
/** How many bytes of the file's start `probeFormat` looks at. */
export const PROBE_HEAD = ISO_AT + 5
/** How many bytes of the file's end it looks at. */
export const PROBE_TAIL = FOOTER_LENGTH

/** Tells a format by its signature. Formats that carry their name at the start come first; what has none is raw.
 *  Shape: `head` the first PROBE_HEAD bytes, `tail` the last PROBE_TAIL; a shorter file gives all it has. */
export function probeFormat(head: Uint8Array, tail: Uint8Array, sizeBytes: number): ImageFormat {
  const startsWith = (text: string): boolean => head.length >= text.length && asciiAt(head, 0, text.length) === text
  if (startsWith('vhdxfile')) return 'vhdx'
  if (isFixedVhd(tail, sizeBytes)) return 'vhd'
  if (startsWith('conectix')) return 'vhd'
  if (head.length >= 4 && u32be(head, 0) === QCOW_MAGIC) return 'qcow2'
  if (startsWith('KDMV') || startsWith('COWD') || startsWith(DESCRIPTOR_START)) return 'vmdk'
  if (head.length >= PROBE_HEAD && asciiAt(head, ISO_AT, 5) === 'CD001') return 'iso'
  return 'raw'
}

/** Only the end names a fixed VHD (and a dynamic one whose start is damaged). A cookie alone may be chance: it counts with
 *  its checksum, and with a size that the file has room for. */
function isFixedVhd(tail: Uint8Array, sizeBytes: number): boolean {
  if (tail.length < FOOTER_LENGTH || sizeBytes < FOOTER_LENGTH) return false
  const footer = footerIn(tail.subarray(tail.length - FOOTER_LENGTH))
  if (!hasFooterCookie(footer.bytes)) return false
  try {
    const { currentSize, dataOffset } = decodeFooter(footer.bytes)
    return dataOffset !== undefined || currentSize <= sizeBytes - footer.lengthInFile
  } catch {
    // A cookie without the rest of a footer: the file is something else.
    return false
  }
}
