import { u16le } from '../../../base/bytes.ts'
import { toAppError } from '../../../base/errors.ts'
import { unreadable, type ByteSource } from '../../offline/disk/source.ts'
import { decodeWimHeader, RESOURCE_FLAG, WIM_HEADER_BYTES, type WimHeader } from './header.ts'
import { readImages, type WimImage } from './images.ts'

/** A WIM as far as it is read: its header and what its XML data says of its images. Nothing is decompressed; editions,
 *  builds and languages all stand in the XML, which never is compressed. */
export interface Wim {
  readonly header: WimHeader
  /** In the order of their numbers. */
  readonly images: readonly WimImage[]
  /** Whether files lie in it packed together, as in an ESD. */
  readonly solid: boolean
}

/** An install.wim with a dozen editions has some 50 KiB of it. */
const MAX_XML_BYTES = 4 * 2 ** 20
/** Enough of the offset table to meet a solid resource, if there is one: they stand first. */
const ENTRIES_READ = 256
const ENTRY_BYTES = 50
/** Below RESHDR: part number (2), reference count (4), hash (20). */
const FLAGS_IN_ENTRY = 7

/** Errors: guest.unreadable; what reading fails with. */
export async function openWim(source: ByteSource): Promise<Wim> {
  const header = decodeWimHeader(await source.read(0, Math.min(WIM_HEADER_BYTES, source.sizeBytes)), source.sizeBytes)
  return { header, images: await imagesOf(source, header), solid: await isSolid(source, header) }
}

async function imagesOf(source: ByteSource, { xml, imageCount }: WimHeader): Promise<readonly WimImage[]> {
  if (xml.lengthBytes === 0) throw unreadable('it does not say what is in it')
  if (xml.flags & (RESOURCE_FLAG.compressed | RESOURCE_FLAG.solid) || xml.originalBytes !== xml.lengthBytes)
    throw unreadable('what it says of itself is compressed, which Windows never does')
  if (xml.lengthBytes > MAX_XML_BYTES) throw unreadable('what it says of itself is absurdly long')
  const images = readImages(textOf(await source.read(xml.at, xml.lengthBytes)))
  if (images.length !== imageCount)
    throw unreadable(`it says of itself that it has ${imageCount} images, and describes ${images.length}`)
  return images
}

/** UTF-16, least significant byte first, with a mark that says so. */
function textOf(b: Uint8Array): string {
  if (b.length % 2 !== 0 || b.length < 2 || u16le(b, 0) !== 0xfeff)
    throw unreadable('what it says of itself is not in the letters of Windows (UTF-16)')
  const pieces: string[] = []
  for (let at = 2; at < b.length; at += 8192) {
    const units: number[] = []
    for (let i = at; i < Math.min(at + 8192, b.length); i += 2) units.push(u16le(b, i))
    pieces.push(String.fromCharCode(...units))
  }
  return pieces.join('')
}

async function isSolid(source: ByteSource, { offsetTable }: WimHeader): Promise<boolean> {
  if (offsetTable.flags & RESOURCE_FLAG.compressed) return false
  const count = Math.min(Math.floor(offsetTable.lengthBytes / ENTRY_BYTES), ENTRIES_READ)
  const b = await source.read(offsetTable.at, count * ENTRY_BYTES)
  for (let at = 0; at < b.length; at += ENTRY_BYTES) if (b[at + FLAGS_IN_ENTRY]! & RESOURCE_FLAG.solid) return true
  return false
}

/** Why a WIM cannot be read, where that is its own fault; other failures are thrown on. */
export function reasonOf(thrown: unknown): string {
  const error = toAppError(thrown)
  if (!/^(guest|codec|medium)\./.test(error.code)) throw error
  return error.message
}
