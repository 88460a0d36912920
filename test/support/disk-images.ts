import { closeSync, fstatSync, openSync, readSync, writeSync, ftruncateSync } from 'node:fs'
import type { BlockDevice } from '../../src-main/disks/block-device.ts'
import { MemoryFile } from './memory-file.ts'
import type { SeededRandom } from './random.ts'

const PIECE = 2 ** 20
const HOLE = 64 * 1024
const ZEROS = Buffer.alloc(HOLE)
const isZero = (b: Uint8Array): boolean => ZEROS.subarray(0, b.length).equals(b)

/** A file of this machine, holes left out. */
export function memoryFileOf(path: string, o: { readOnly?: boolean } = {}): MemoryFile {
  const fd = openSync(path, 'r')
  try {
    const file = new MemoryFile(undefined, { path })
    const size = fstatSync(fd).size
    const piece = Buffer.alloc(PIECE)
    for (let at = 0; at < size; at += PIECE) {
      const got = readSync(fd, piece, 0, PIECE, at)
      for (let i = 0; i < got; i += HOLE) {
        const part = piece.subarray(i, Math.min(i + HOLE, got))
        if (!isZero(part)) void file.write(at + i, [part])
      }
    }
    void file.resize(size)
    return o.readOnly === false ? file : file.clone({ readOnly: true })
  } finally {
    closeSync(fd)
  }
}

/** Writes it out, holes left out. */
export function saveFile(file: MemoryFile, path: string): void {
  const fd = openSync(path, 'w')
  try {
    const piece = new Uint8Array(HOLE)
    for (let at = 0; at < file.sizeBytes; at += HOLE) {
      const part = piece.subarray(0, Math.min(HOLE, file.sizeBytes - at))
      void file.read(at, part)
      if (!isZero(part)) writeSync(fd, part, 0, part.length, at)
    }
    ftruncateSync(fd, file.sizeBytes)
  } finally {
    closeSync(fd)
  }
}

/** Pieces of random bytes of random length at random places, zeros between: what a used disk looks like to a format. */
export function fragmentedContent(random: SeededRandom, sizeBytes: number, pieces = 60): Uint8Array {
  const content = new Uint8Array(sizeBytes)
  for (let i = 0; i < pieces; i++) {
    const sectors = 1 + random.below(random.below(4) === 0 ? 700 : 20)
    const length = Math.min(sectors * 512, sizeBytes)
    const at = random.below(sizeBytes / 512 - length / 512 + 1) * 512
    // Every third is made of few different bytes, so that compression has something to do.
    content.set(i % 3 === 0 ? new Uint8Array(length).fill(1 + random.below(255)) : random.bytes(length), at)
  }
  return content
}

/** The whole disk, read in calls of uneven length. */
export async function contentOf(device: BlockDevice, random: SeededRandom): Promise<Uint8Array> {
  const content = new Uint8Array(device.blockCount * device.blockSize)
  for (let lba = 0; lba < device.blockCount;) {
    const count = Math.min(1 + random.below(random.below(3) === 0 ? 9000 : 300), device.blockCount - lba)
    await device.read(lba, content.subarray(lba * 512, (lba + count) * 512))
    lba += count
  }
  return content
}
