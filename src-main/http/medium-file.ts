import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ServerResponse } from 'node:http'
import type { MediumFile } from '../boot/installers.ts'
import type { ByteRange } from './range.ts'

const PIECE_BYTES = 256 * 1024

/** Sends part of a file inside an ISO, piece by piece, as fast as it is taken.
 *  Errors: what reading fails with; ERR_STREAM_PREMATURE_CLOSE when the client left. */
export function sendMediumFile(file: MediumFile, range: ByteRange, response: ServerResponse): Promise<void> {
  return pipeline(Readable.from(pieces(file, range), { objectMode: false, highWaterMark: PIECE_BYTES }), response)
}

async function* pieces(file: MediumFile, range: ByteRange): AsyncGenerator<Uint8Array> {
  for (let at = range.first; at <= range.last; at += PIECE_BYTES)
    yield await file.read(at, Math.min(PIECE_BYTES, range.last + 1 - at))
}

/** A client that leaves in the middle of a file is nothing unusual. */
export const leftEarly = (thrown: unknown): boolean =>
  (thrown as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE'
