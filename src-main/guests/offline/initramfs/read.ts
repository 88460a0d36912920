import { utf8At } from '../../../base/bytes.ts'
import { AppError } from '../../../base/errors.ts'
import { unreadable, type ByteSource } from '../disk/source.ts'
import { KEPT_FILES, Survey, type InitramfsContents } from './contents.ts'
import { CpioReader } from './cpio.ts'
import { packingOf, unpack, type Packing } from './unpack.ts'

const PIECE_BYTES = 256 * 1024
const MOST_ARCHIVES = 64
/** Holes cost no reading, but time: a file may claim to be endless. */
const MOST_BYTES = 2 ** 30

/** Lists an initramfs: archives one after the other, each packed or not (microcode often comes first, unpacked).
 *  Errors: guest.unreadable for a packing that is not known here; codec.*; what reading fails with. */
export async function readInitramfs(
  source: ByteSource,
): Promise<{ readonly contents: InitramfsContents; readonly packings: readonly Packing[] }> {
  if (source.sizeBytes > MOST_BYTES) throw unreadable('it is larger than 1 GiB')
  const survey = new Survey()
  const packings: Packing[] = []
  const reader = new CpioReader({
    file: (name) => {
      if (!survey.add(name)) throw unreadable('it has too many files')
      return KEPT_FILES.has(name.replace(/^\.?\/+/, ''))
    },
    content: (name, bytes) => survey.keep(name, utf8At(bytes, 0, bytes.length)),
  })
  let at = 0
  for (let n = 0; ; n++) {
    at = await skipZeros(source, at)
    if (at >= source.sizeBytes) break
    const packing = packingOf(await source.read(at, Math.min(6, source.sizeBytes - at)))
    if (packing === undefined || n === MOST_ARCHIVES) {
      // Boot loaders and disks pad files: what follows a complete archive is not missing from it.
      if (packings.length > 0) break
      throw unreadable('it is no archive that Linux takes')
    }
    packings.push(packing)
    at += packing === 'none' ? await readPlain(source, at, reader) : await readPacked(source, at, packing, reader)
    if (!reader.atRest) throw unreadable('its end is missing')
  }
  if (reader.archives === 0) throw unreadable('there is no archive in it')
  return { contents: survey.done(), packings }
}

/** Returns the bytes that archives took. */
async function readPlain(source: ByteSource, at: number, reader: CpioReader): Promise<number> {
  let from = at
  while (from < source.sizeBytes) {
    const piece = await source.read(from, Math.min(PIECE_BYTES, source.sizeBytes - from))
    const taken = reader.push(piece)
    from += taken
    if (taken < piece.length) break
  }
  return from - at
}

async function readPacked(source: ByteSource, at: number, packing: Packing, reader: CpioReader): Promise<number> {
  const state = { consumed: 0 }
  const before = reader.archives
  try {
    for await (const piece of unpack(source, at, packing, state))
      if (reader.push(piece) < piece.length) throw unreadable('something else than an archive is packed in it')
  } catch (error) {
    // What follows a complete archive is looked at by its own first bytes.
    const padded =
      error instanceof AppError && error.code === 'codec.trailing' && reader.atRest && reader.archives > before
    if (!padded) throw error
  }
  return Math.max(1, state.consumed)
}

async function skipZeros(source: ByteSource, start: number): Promise<number> {
  for (let at = start; at < source.sizeBytes;) {
    const piece = await source.read(at, Math.min(PIECE_BYTES, source.sizeBytes - at))
    const found = piece.findIndex((v) => v !== 0)
    if (found >= 0) return at + found
    at += piece.length
  }
  return source.sizeBytes
}
