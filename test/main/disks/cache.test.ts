import { describe, expect, test } from 'vitest'
import { AppError } from '../../../src-main/base/errors.ts'
import type { BlockDevice } from '../../../src-main/disks/block-device.ts'
import { BlockCache, cacheBytesFor, cachedImage } from '../../../src-main/disks/cache.ts'
import { rawDeviceOver } from '../../../src-main/disks/raw-device.ts'
import { createVhd } from '../../../src-main/disks/vhd/create.ts'
import { openVhd } from '../../../src-main/disks/vhd/open.ts'
import { createVhdx, openVhdx } from '../../../src-main/disks/vhdx-device.ts'
import { CountingFile } from '../../support/counting-file.ts'
import { MemoryDisk } from '../../support/memory-disk.ts'
import { MemoryFile } from '../../support/memory-file.ts'
import { seededRandom, type SeededRandom } from '../../support/random.ts'

const SEED = 20_261_122
const PAGE = 64 * 1024
const PER_PAGE = PAGE / 512
const MIB = 2 ** 20

/** An image of some pages and a bit, with content that tells where it is from. */
function image(blockCount = 16 * PER_PAGE): MemoryDisk {
  const disk = new MemoryDisk(blockCount, true)
  for (let i = 0; i < disk.bytes.length; i++) disk.bytes[i] = (i >>> 9) ^ (i >>> 16) ^ i
  return disk
}
const buffer = (blocks: number): Uint8Array => new Uint8Array(blocks * 512).fill(0xee)
function expectBlocks(disk: MemoryDisk, lba: number, got: Uint8Array): void {
  expect(Buffer.compare(got, disk.bytes.subarray(lba * 512, lba * 512 + got.length))).toBe(0)
}
async function checked(cached: BlockDevice, disk: MemoryDisk, lba: number, blocks: number): Promise<void> {
  const into = buffer(blocks)
  await cached.read(lba, into)
  expectBlocks(disk, lba, into)
}

describe('reading', () => {
  test('a miss reads its whole page, once; a hit is done at once', () => {
    const disk = image()
    const cache = new BlockCache({ maximumBytes: MIB })
    const cached = cachedImage(disk, cache)
    const into = buffer(8)
    expect(cached.read(3, into)).toBeUndefined()
    expectBlocks(disk, 3, into)
    expect(cached.read(PER_PAGE - 8, into)).toBeUndefined()
    expectBlocks(disk, PER_PAGE - 8, into)
    expect(disk.log).toEqual([`read 0+${PER_PAGE}`])
    expect(cache.counters).toMatchObject({ hits: 1, misses: 1, bytesRead: PAGE, heldBytes: PAGE })
  })
  test('reads across pages take what is there from memory and the missing rest in one read', async () => {
    const disk = image()
    const cached = cachedImage(disk, new BlockCache({ maximumBytes: MIB }))
    await checked(cached, disk, PER_PAGE, 1)
    await checked(cached, disk, 0, 16 * PER_PAGE)
    await checked(cached, disk, PER_PAGE - 1, PER_PAGE + 2)
    expect(disk.log).toEqual([
      `read ${PER_PAGE}+${PER_PAGE}`,
      `read 0+${PER_PAGE}`,
      `read ${2 * PER_PAGE}+${14 * PER_PAGE}`,
    ])
  })
  test('the last page may be shorter', async () => {
    const disk = image(2 * PER_PAGE + 5)
    const cached = cachedImage(disk, new BlockCache({ maximumBytes: MIB }))
    await checked(cached, disk, 2 * PER_PAGE + 4, 1)
    await checked(cached, disk, PER_PAGE + 3, PER_PAGE + 2)
    await checked(cached, disk, 0, 2 * PER_PAGE + 5)
    expect(disk.log).toEqual([`read ${2 * PER_PAGE}+5`, `read ${PER_PAGE}+${PER_PAGE}`, `read 0+${PER_PAGE}`])
  })
  test('what is not on the disk is refused', () => {
    const cached = cachedImage(image(), new BlockCache({ maximumBytes: MIB }))
    expect(() => cached.read(16 * PER_PAGE - 1, buffer(2))).toThrowError(/no byte/)
  })
  test('only what never changes is taken, and nothing can be changed through it', async () => {
    expect(() => cachedImage(new MemoryDisk(), new BlockCache({ maximumBytes: MIB }))).toThrowError(/never changes/)
    const cached = cachedImage(image(), new BlockCache({ maximumBytes: MIB }))
    expect(() => cached.write(0, [buffer(1)])).toThrowError(AppError)
    expect(() => cached.zero(0, 1)).toThrowError(AppError)
    expect([cached.readOnly, cached.canPunch]).toEqual([true, false])
    await cached.flush()
  })
})

describe('a slow medium', () => {
  test('several who miss the same page share one read, each with its own part', async () => {
    const disk = image()
    disk.slow = true
    const cache = new BlockCache({ maximumBytes: MIB })
    const cached = cachedImage(disk, cache)
    const parts = [0, 5, PER_PAGE - 1].map((lba) => ({ lba, into: buffer(1) }))
    const large = buffer(3 * PER_PAGE)
    const reads = [...parts.map(({ lba, into }) => cached.read(lba, into)), cached.read(0, large)]
    expect(disk.log).toEqual([`read 0+${PER_PAGE}`, `read ${PER_PAGE}+${2 * PER_PAGE}`])
    const late = buffer(2)
    reads.push(cached.read(2 * PER_PAGE - 1, late))
    expect(disk.waiting).toBe(2)
    disk.release(true)
    await Promise.all(reads)
    for (const { lba, into } of parts) expectBlocks(disk, lba, into)
    expectBlocks(disk, 0, large)
    expectBlocks(disk, 2 * PER_PAGE - 1, late)
    expect(disk.log).toHaveLength(2)
    expect(cache.counters).toMatchObject({ misses: 3, shared: 5 })
  })
  test("a failed read is everybody's who waits, and nobody's afterwards", async () => {
    const disk = image()
    disk.slow = true
    const cache = new BlockCache({ maximumBytes: 2 * PAGE })
    const cached = cachedImage(disk, cache)
    disk.failWith = new AppError('disk.io', 'the medium is bad')
    const reads = [cached.read(0, buffer(1)), cached.read(1, buffer(1)), cached.read(0, buffer(PER_PAGE + 1))]
    disk.release(true)
    const results = await Promise.allSettled(reads)
    expect(results.map((r) => r.status)).toEqual(['rejected', 'rejected', 'rejected'])
    disk.failWith = undefined
    disk.slow = false
    for (const lba of [0, PER_PAGE, 2 * PER_PAGE]) await checked(cached, disk, lba, 1)
    expect(cache.counters).toMatchObject({ misses: 3, heldBytes: 2 * PAGE })
    disk.failWith = new AppError('disk.io', 'the medium is bad')
    expect(() => cached.read(5 * PER_PAGE, buffer(1))).toThrowError(/bad/)
    disk.failWith = undefined
    await checked(cached, disk, 5 * PER_PAGE, 1)
  })
  test('with every page on its way for somebody the rest goes past the cache', async () => {
    const disk = image()
    disk.slow = true
    const cached = cachedImage(disk, new BlockCache({ maximumBytes: PAGE }))
    const [a, b, c] = [buffer(1), buffer(1), buffer(2 * PER_PAGE)]
    const reads = [cached.read(0, a), cached.read(PER_PAGE, b), cached.read(2 * PER_PAGE, c)]
    disk.release(true)
    await Promise.all(reads)
    expectBlocks(disk, 0, a)
    expectBlocks(disk, PER_PAGE, b)
    expectBlocks(disk, 2 * PER_PAGE, c)
    expect(disk.log).toEqual([`read 0+${PER_PAGE}`, `read ${PER_PAGE}+1`, `read ${2 * PER_PAGE}+${2 * PER_PAGE}`])
  })
})

describe('closing', () => {
  test('gives the pages back, waits for what is on its way and ends the device', async () => {
    const disk = image()
    const other = image()
    let closed = 0
    disk.close = async () => void closed++
    const cache = new BlockCache({ maximumBytes: 4 * PAGE })
    const cached = cachedImage(disk, cache)
    const second = cachedImage(other, cache)
    await checked(cached, disk, 0, 1)
    await checked(second, other, 0, 1)
    disk.slow = true
    const into = buffer(1)
    const reading = cached.read(PER_PAGE, into)
    const closing = Promise.all([cached.close(), cached.close()])
    expect(closed).toBe(0)
    expect(() => cached.read(0, buffer(1))).toThrowError(/closed/)
    disk.release(true)
    await reading
    await closing
    expectBlocks(disk, PER_PAGE, into)
    expect(closed).toBe(1)
    expect(cache.counters.heldBytes).toBe(PAGE)
    for (let page = 0; page < 4; page++) await checked(second, other, page * PER_PAGE, 1)
    for (let page = 0; page < 4; page++) await checked(second, other, page * PER_PAGE, 1)
    expect(other.log).toHaveLength(4)
  })
})

describe('memory', () => {
  test('the arena grows as pages come, up to its bound', async () => {
    const disk = image(200 * PER_PAGE)
    const cache = new BlockCache({ maximumBytes: 5 * MIB })
    const cached = cachedImage(disk, cache)
    expect(cache.counters.arenaBytes).toBe(0)
    await checked(cached, disk, 0, 1)
    expect(cache.counters).toMatchObject({ arenaBytes: 4 * MIB, heldBytes: PAGE })
    for (let page = 0; page < 200; page++) await checked(cached, disk, page * PER_PAGE, 1)
    expect(cache.counters).toMatchObject({ arenaBytes: 5 * MIB, heldBytes: 5 * MIB, maximumBytes: 5 * MIB })
  })
  test('what is read often outlives a pass over a disk many times as large', async () => {
    const disk = image(1024 * PER_PAGE)
    const cache = new BlockCache({ maximumBytes: 2 * MIB })
    const cached = cachedImage(disk, cache)
    const popular = Array.from({ length: 8 }, (_, i) => i * PER_PAGE)
    const readPopular = async (): Promise<void> => {
      for (const lba of popular) await checked(cached, disk, lba, 8)
    }
    for (let i = 0; i < 4; i++) await readPopular()
    disk.log.length = 0
    for (let lba = 64 * PER_PAGE; lba < disk.blockCount; lba += MIB / 512) {
      await checked(cached, disk, lba, MIB / 512)
      await readPopular()
    }
    expect(disk.log.filter((line) => popular.includes(Number(/ (\d+)/.exec(line)![1])))).toEqual([])
  })
  test('a sixteenth of the memory, within reason', () => {
    expect([2 ** 29, 2 ** 33, 2 ** 40].map(cacheBytesFor)).toEqual([2 ** 26, 2 ** 29, 2 ** 30])
  })
  test.each([1, 2, 5, 31])(`stays right in %i pages (seed ${SEED})`, async (pages) => {
    const random = seededRandom(SEED + pages)
    const disks = [image(90 * PER_PAGE + 3), image(40 * PER_PAGE + 127)]
    const cache = new BlockCache({ maximumBytes: pages * 4096 + 100, pageBytes: 4096 })
    const cached = disks.map((disk) => cachedImage(disk, cache))
    const running: Promise<void>[] = []
    for (let i = 0; i < 3000; i++) {
      const which = random.below(2)
      const disk = disks[which]!
      disk.slow = random.below(3) === 0
      const lba = random.below(disk.blockCount)
      const blocks = 1 + random.below(Math.min(random.below(4) === 0 ? 1200 : 20, disk.blockCount - lba))
      running.push(checked(cached[which]!, disk, lba, blocks))
      if (random.below(8) > 0) continue
      for (const d of disks) while (d.waiting > 0) d.release(random.below(2) === 0)
      await Promise.all(running.splice(0))
    }
    for (const d of disks) d.release(true)
    await Promise.all(running)
    expect(cache.counters.heldBytes).toBeLessThanOrEqual(pages * 4096)
  })
})

/** Runs of 4 to 256 KiB at scattered places, some of them again and again: the reads of a system that starts. */
function bootPattern(random: SeededRandom, blockCount: number): { lba: number; blocks: number }[] {
  const reads: { lba: number; blocks: number }[] = []
  for (let i = 0; i < 120; i++) {
    let lba = random.below(blockCount - 2048)
    for (let run = 1 + random.below(6); run > 0; run--) {
      const blocks = 8 << random.below(7)
      if (lba + blocks > blockCount) break
      reads.push({ lba, blocks })
      lba += blocks
    }
    if (random.below(3) === 0) reads.push(reads[random.below(reads.length)]!)
  }
  return reads
}

describe.each(['vhd', 'vhdx'] as const)('32 clones of one image (%s)', (format) => {
  const SIZE = 32 * MIB

  /** The image's device over a file that counts, and what opens a fresh clone of it. */
  async function sealed(random: SeededRandom) {
    const content = random.bytes(4 * MIB)
    if (format === 'vhd') {
      const plain = new MemoryFile(undefined, { path: 'golden.img' })
      for (let at = 0; at < SIZE; at += content.length) await plain.write(at, [content])
      const file = new CountingFile(plain.clone({ readOnly: true }))
      const uniqueId = random.bytes(16)
      const parent = { uniqueId, modifiedMs: 0, fileName: 'golden.img' }
      return {
        file,
        device: rawDeviceOver(file),
        clone: async (device: BlockDevice) => {
          const child = new MemoryFile()
          await createVhd(child, {
            kind: 'differencing',
            sizeBytes: SIZE,
            uniqueId: random.bytes(16),
            createdMs: 0,
            parent,
          })
          return openVhd(child, { parent: { device, uniqueId } })
        },
      }
    }
    const plain = new MemoryFile(undefined, { path: 'golden.vhdx' })
    const { dataWriteGuid: _ } = await createVhdx({ file: plain, sizeBytes: SIZE })
    const writable = await openVhdx(plain)
    for (let at = 0; at < SIZE; at += content.length) await writable.write(at / 512, [content])
    await writable.flush()
    const { dataWriteGuid } = writable
    const whole = plain.clone({ readOnly: true })
    const file = new CountingFile(whole)
    return {
      file,
      device: await openVhdx(file),
      clone: async (device: BlockDevice) => {
        const child = new MemoryFile()
        await createVhdx({ file: child, sizeBytes: SIZE, parent: { dataWriteGuid, relativePath: './golden.vhdx' } })
        return openVhdx(child, { parent: { device, dataWriteGuid } })
      },
    }
  }

  test.each([false, true])(
    `read every block of its file once, whoever comes first; a slow file: %s (seed ${SEED})`,
    async (slow) => {
      const random = seededRandom(SEED)
      const { file, device, clone } = await sealed(random)
      const cache = new BlockCache({ maximumBytes: SIZE })
      const shared = cachedImage(device, cache)
      const clones = await Promise.all(Array.from({ length: 32 }, () => clone(shared)))
      const pattern = bootPattern(random, SIZE / 512)
      const pages = new Set<number>()
      for (const { lba, blocks } of pattern)
        for (let p = Math.floor((lba * 512) / PAGE); p * PAGE < (lba + blocks) * 512; p++) pages.add(p)
      file.reset()
      file.remembers = true
      file.slow = slow
      const first = new Map<string, Uint8Array>()
      const position = clones.map(() => 0)
      const running: Promise<void>[] = []
      for (let left = clones.length * pattern.length; left > 0;) {
        const who = random.below(clones.length)
        const read = pattern[position[who]!]
        if (!read) continue
        position[who]!++
        left--
        const into = new Uint8Array(read.blocks * 512)
        const check = (): void => {
          const key = `${read.lba}+${read.blocks}`
          const seen = first.get(key)
          if (!seen) first.set(key, into)
          else if (Buffer.compare(seen, into) !== 0) expect.fail(`clone ${who} shows other blocks at ${key}`)
        }
        const waiting = clones[who]!.read(read.lba, into)
        if (waiting) running.push(waiting.then(check))
        else check()
        if (running.length >= 64) await Promise.all(running.splice(0))
      }
      await Promise.all(running)
      expect(file.readTwice()).toEqual([])
      expect(file.counts.readBytes).toBe(pages.size * PAGE)
      expect(cache.counters).toMatchObject({ misses: pages.size, bytesRead: pages.size * PAGE })
      expect(cache.counters.hits).toBeGreaterThan(20 * pages.size)
    },
  )
})
