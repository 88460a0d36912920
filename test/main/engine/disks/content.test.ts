import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { copyDifference, hashDevice } from '../../../../src-main/engine/disks/content.ts'
import { MemoryDisk } from '../../../support/memory-disk.ts'

const MIB = 2 ** 20
const SIZE = 8 * MIB

/** A disk that nobody wrote to: all of it is known to be zeros, and nothing about it waits for a file. */
class EmptyDisk extends MemoryDisk {
  constructor() {
    super(SIZE / 512)
  }
  override extent(lba: number) {
    return { blocks: this.blockCount - lba, zero: true }
  }
}

describe('passing over a disk that is empty', () => {
  test('lets the PCs be served in between, and can be cancelled there', async () => {
    const abort = new AbortController()
    const seen: number[] = []
    setImmediate(() => abort.abort())
    const work = hashDevice(new EmptyDisk(), { progress: (done) => seen.push(done), signal: abort.signal })
    await expect(work).rejects.toThrowError(/was cancelled/)
    expect(seen.length).toBeGreaterThan(0)
    expect(seen.at(-1)).toBeLessThan(SIZE)
  })
  test('counts all of it, and tells how far it is', async () => {
    const seen: number[] = []
    const signal = new AbortController().signal
    const hash = createHash('sha256').update(new Uint8Array(SIZE)).digest('hex')
    expect(await hashDevice(new EmptyDisk(), { progress: (done) => seen.push(done), signal })).toBe(hash)
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => n * MIB))
  })
  test('makes zeros of what is below it', async () => {
    const below = new MemoryDisk(SIZE / 512)
    below.bytes.fill(7, 3 * MIB, 3 * MIB + 8192)
    const to = new MemoryDisk(SIZE / 512)
    to.bytes.set(below.bytes)
    await copyDifference(new EmptyDisk(), below, to, { progress: () => {}, signal: new AbortController().signal })
    expect(to.bytes.every((byte) => byte === 0)).toBe(true)
    expect(to.log.filter((line) => line.startsWith('zero'))).toEqual([`zero ${(3 * MIB) / 512}+16`])
  })
})
