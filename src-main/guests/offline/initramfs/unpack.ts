import * as zlib from 'node:zlib'
import { AppError, CodecError } from '../../../base/errors.ts'
import { u32le } from '../disk/little-endian.ts'
import { unreadable, type ByteSource } from '../disk/source.ts'
import { unpackLz4Block } from './lz4.ts'

export type Packing = 'none' | 'gzip' | 'zstd' | 'lz4' | 'xz' | 'lzma' | 'bzip2' | 'lzo'

const MAGIC: readonly (readonly [Packing, readonly number[]])[] = [
  ['none', [0x30, 0x37, 0x30, 0x37, 0x30]],
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['lz4', [0x02, 0x21, 0x4c, 0x18]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['lzma', [0x5d, 0x00, 0x00]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['lzo', [0x89, 0x4c, 0x5a, 0x4f]],
]

/** How an archive is packed, by its first bytes (six of them, or all there are). Undefined: none of the ways that Linux
 *  takes. Source: Linux lib/decompress.c lists the same signatures. */
export const packingOf = (head: Uint8Array): Packing | undefined =>
  MAGIC.find(([, magic]) => magic.every((v, i) => head[i] === v))?.[0]

/** A packed archive of a few hundred megabytes is the largest seen; ten times that is a bomb. */
const MOST_UNPACKED = 4 * 2 ** 30
const PIECE_BYTES = 256 * 1024

/** How far unpacking came. */
export interface Unpacked {
  /** Bytes of the source behind `at` that were used. */
  consumed: number
}

/** Unpacks what begins at `at`, piece by piece; `state.consumed` is right when it ended.
 *  Errors: guest.unreadable for a packing that is not known here; codec.packed for damage; codec.trailing when
 *  something else follows; what reading fails with. */
export async function* unpack(
  source: ByteSource,
  at: number,
  packing: Packing,
  state: Unpacked,
): AsyncGenerator<Uint8Array, void, undefined> {
  let total = 0
  const pieces = packing === 'lz4' ? lz4Pieces(source, at, state) : zlibPieces(source, at, decompressor(packing), state)
  for await (const piece of pieces) {
    total += piece.length
    if (total > MOST_UNPACKED) throw unreadable('it unpacks to more than 4 GiB')
    yield piece
  }
}

/** What zstd says of bytes behind its data; gzip passes over them in silence. */
const UNKNOWN_FRAME = 'ZSTD_error_prefix_unknown'

type Decompressor = zlib.Gunzip

function decompressor(packing: Packing): Decompressor {
  if (packing === 'gzip') return zlib.createGunzip({ chunkSize: PIECE_BYTES })
  // Node before 22.15 has no zstd.
  const zstd = (zlib as { createZstdDecompress?: (o: { chunkSize: number }) => Decompressor }).createZstdDecompress
  if (packing === 'zstd' && zstd) return zstd({ chunkSize: PIECE_BYTES })
  throw unreadable(`it is compressed with ${packing}`)
}

async function* zlibPieces(
  source: ByteSource,
  at: number,
  z: Decompressor,
  state: Unpacked,
): AsyncGenerator<Uint8Array> {
  let closed = false
  z.once('close', () => (closed = true))
  // Its errors come out of the loop below; without a listener an early one would have no owner.
  z.once('error', () => (closed = true))
  const writable = (): Promise<void> =>
    new Promise((resolve) => {
      const go = (): void => {
        z.off('drain', go)
        z.off('close', go)
        z.off('error', go)
        resolve()
      }
      z.on('drain', go).on('close', go).on('error', go)
    })
  const feed = async (): Promise<void> => {
    for (let from = at; from < source.sizeBytes && !closed; from += PIECE_BYTES) {
      const piece = await source.read(from, Math.min(PIECE_BYTES, source.sizeBytes - from))
      if (!closed && !z.write(piece)) await writable()
    }
    if (!closed) z.end()
  }
  let failed: unknown
  const feeding = feed().catch((error: unknown) => {
    failed = error
    z.destroy()
  })
  try {
    for await (const piece of z) yield piece as Uint8Array
  } catch (error) {
    // What the disk said comes first: the decompressor was then only stopped.
    if (failed) throw failed
    if (error instanceof AppError) throw error
    const { code, message } = error as Error & { code?: string }
    throw new CodecError(
      code === UNKNOWN_FRAME ? 'codec.trailing' : 'codec.packed',
      { structure: 'initramfs', field: 'data', offset: at + z.bytesWritten },
      message,
    )
  } finally {
    state.consumed = z.bytesWritten
    z.destroy()
    await feeding
  }
  if (failed) throw failed
}

const LZ4_MAGIC = 0x184c2102
const LZ4_BLOCK_BYTES = 8 * 2 ** 20

/** The old form of LZ4, the only one that Linux takes: blocks of up to 8 MiB, each behind its packed length. */
async function* lz4Pieces(source: ByteSource, at: number, state: Unpacked): AsyncGenerator<Uint8Array> {
  const out = new Uint8Array(LZ4_BLOCK_BYTES)
  let from = at + 4
  for (; from + 4 <= source.sizeBytes;) {
    const length = u32le(await source.read(from, 4), 0)
    if (length === LZ4_MAGIC) {
      from += 4
      continue
    }
    if (length === 0 || from + 4 + length > source.sizeBytes) break
    if (length > LZ4_BLOCK_BYTES + LZ4_BLOCK_BYTES / 255 + 16) break
    const filled = unpackLz4Block(await source.read(from + 4, length), out)
    from += 4 + length
    yield out.subarray(0, filled)
  }
  state.consumed = from - at
}
