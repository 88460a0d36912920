import { describe, expect, test } from 'vitest'
import { u64be } from '../../../../src-main/base/bytes.ts'
import { decodeHeader } from '../../../../src-main/disks/qcow2/format.ts'
import { writeQcow2 } from '../../../../src-main/disks/qcow2/write.ts'
import { openQcow2 } from '../../../../src-main/disks/qcow2-device.ts'
import { rawDeviceOver } from '../../../../src-main/disks/raw-device.ts'
import { CountingFile } from '../../../support/counting-file.ts'
import { contentOf, fragmentedContent } from '../../../support/disk-images.ts'
import { MemoryDisk } from '../../../support/memory-disk.ts'
import { MemoryFile } from '../../../support/memory-file.ts'
import { seededRandom } from '../../../support/random.ts'

const SEED = 20_261_125
const MIB = 2 ** 20
const CLUSTER = 65536
const random = seededRandom(SEED)
function diskOf(content: Uint8Array): MemoryDisk {
  const disk = new MemoryDisk(content.length / 512)
  disk.bytes.set(content)
  return disk
}
async function imageOf(content: Uint8Array): Promise<MemoryFile> {
  const file = new MemoryFile(undefined, { path: 'export.qcow2' })
  await writeQcow2(diskOf(content), file)
  return file
}

describe('what is written', () => {
  test.each([
    ['one block', 512],
    ['not a whole cluster', 3 * MIB + 512],
    ['whole clusters', 20 * MIB],
  ])(`reads back: %s (seed ${SEED})`, async (_name, size) => {
    const content = fragmentedContent(random, size)
    const device = await openQcow2(await imageOf(content))
    expect(device.blockCount).toBe(size / 512)
    expect(Buffer.compare(await contentOf(device, random), content)).toBe(0)
  })
  test('a disk of zeros takes four clusters', async () => {
    const file = await imageOf(new Uint8Array(5 * MIB))
    expect(file.sizeBytes).toBe(4 * CLUSTER)
    const content = await contentOf(await openQcow2(file), random)
    expect(content.every((v) => v === 0)).toBe(true)
  })
  test('a full disk takes its size and the tables', async () => {
    const content = random.bytes(4 * MIB)
    const file = await imageOf(content)
    expect(file.sizeBytes).toBe(4 * MIB + 5 * CLUSTER)
    expect(Buffer.compare(await contentOf(await openQcow2(file), random), content)).toBe(0)
  })
  test('every cluster of the file is counted once, and none behind its end', async () => {
    const bytes = (await imageOf(fragmentedContent(random, 9 * MIB))).content()
    const table = Number(u64be(bytes, 48))
    const block = Number(u64be(bytes, table))
    const counts = Array.from(
      { length: CLUSTER / 2 },
      (_, i) => bytes[block + i * 2]! * 256 + bytes[block + i * 2 + 1]!,
    )
    expect(counts.findIndex((n) => n !== 1)).toBe(bytes.length / CLUSTER)
    expect(counts.slice(bytes.length / CLUSTER).every((n) => n === 0)).toBe(true)
  })
  test('64 TiB with a few blocks in it', async () => {
    const sparse = new MemoryFile()
    await sparse.resize(64 * 2 ** 40)
    const places = [0, 512 * MIB - 512, 512 * MIB, 33 * 2 ** 40, 64 * 2 ** 40 - 512]
    for (const [i, at] of places.entries()) await sparse.write(at, [new Uint8Array(512).fill(i + 1)])
    const from = rawDeviceOver(
      Object.assign(new CountingFile(sparse), {
        extent(position: number) {
          const next = places.find((at) => at + 512 > position)
          if (next === undefined) return { bytes: Infinity, zero: true }
          return next <= position
            ? { bytes: next + 512 - position, zero: false }
            : { bytes: next - position, zero: true }
        },
      }),
    )
    const file = new MemoryFile(undefined, { path: 'export.qcow2' })
    await writeQcow2(from, file)
    const device = await openQcow2(file)
    expect(device.blockCount).toBe(64 * 2 ** 31)
    const into = new Uint8Array(512)
    for (const [i, at] of places.entries()) {
      await device.read(at / 512, into)
      expect(into.every((v) => v === i + 1)).toBe(true)
    }
    expect(file.sizeBytes).toBeLessThan(4 * MIB)
  })
})

describe('the order of writing', () => {
  test('the header comes last, after everything else is durable', async () => {
    const file = new MemoryFile(undefined, { path: 'export.qcow2' })
    const seen: string[] = []
    const write = file.write.bind(file)
    file.write = (position, pieces) => {
      seen.push(position === 0 ? `header after ${file.flushes} flush` : 'else')
      return write(position, pieces)
    }
    await writeQcow2(diskOf(random.bytes(MIB)), file)
    expect(seen.filter((s) => s !== 'else')).toEqual(['header after 1 flush'])
    expect(seen.at(-1)).toBe('header after 1 flush')
    expect(file.flushes).toBe(2)
  })
  test('a cancelled export is no image', async () => {
    const file = new MemoryFile(undefined, { path: 'export.qcow2' })
    const cancel = new AbortController()
    const done: number[] = []
    const progress = (bytes: number): void => {
      done.push(bytes)
      if (bytes >= 2 * MIB) cancel.abort()
    }
    const writing = writeQcow2(diskOf(random.bytes(8 * MIB)), file, { progress, signal: cancel.signal })
    await expect(writing).rejects.toMatchObject({ code: 'job.cancelled' })
    expect(done).toEqual([MIB, 2 * MIB])
    expect(() => decodeHeader(file.content())).toThrowError(/qcow2/)
  })
  test('a full host is passed on; a file with content is refused', async () => {
    const full = new MemoryFile(undefined, { path: 'export.qcow2' })
    full.limitBytes = MIB
    await expect(writeQcow2(diskOf(random.bytes(4 * MIB)), full)).rejects.toMatchObject({ code: 'disk.full' })
    const taken = new MemoryFile(new Uint8Array(1), { path: 'export.qcow2' })
    await expect(writeQcow2(new MemoryDisk(), taken)).rejects.toMatchObject({ code: 'disk.exists' })
  })
})
