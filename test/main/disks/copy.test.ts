import { describe, expect, test } from 'vitest'
import { AppError } from '../../../src-main/base/errors.ts'
import type { BlockDevice } from '../../../src-main/disks/block-device.ts'
import { copyBlocks } from '../../../src-main/disks/copy.ts'
import { eachRun, GRAIN, isZero, passOver } from '../../../src-main/disks/pass.ts'
import { rawDeviceOver } from '../../../src-main/disks/raw-device.ts'
import { createVhd } from '../../../src-main/disks/vhd/create.ts'
import { openVhd, type VhdDevice } from '../../../src-main/disks/vhd/open.ts'
import { createVhdx, openVhdx } from '../../../src-main/disks/vhdx-device.ts'
import { CountingFile } from '../../support/counting-file.ts'
import { contentOf, fragmentedContent } from '../../support/disk-images.ts'
import { MemoryDisk } from '../../support/memory-disk.ts'
import { MemoryFile } from '../../support/memory-file.ts'
import { seededRandom } from '../../support/random.ts'

const SEED = 20_261_124
const MIB = 2 ** 20
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0
function diskOf(content: Uint8Array): MemoryDisk {
  const disk = new MemoryDisk(content.length / 512)
  disk.bytes.set(content)
  return disk
}

describe('copying', () => {
  test.each([512, 4096, GRAIN, MIB, 3 * MIB + 512, 5 * MIB])(
    '%i bytes arrive, and zeros are not written',
    async (size) => {
      const random = seededRandom(SEED + size)
      const content = new Uint8Array(size)
      content.set(random.bytes(300), size - 300)
      const from = diskOf(content)
      const to = new MemoryDisk(size / 512 + 16)
      const steps: number[] = []
      await copyBlocks(from, to, { progress: (done) => steps.push(done) })
      expect(same(to.bytes.subarray(0, size), content)).toBe(true)
      expect(to.log.filter((line) => line.startsWith('write'))).toHaveLength(1)
      expect(to.log.at(-1)).toBe('flush')
      expect(steps).toEqual(steps.toSorted((a, b) => a - b))
      expect(steps.at(-1)).toBe(size)
    },
  )
  test('the next piece is read while one is written, and pieces are written in order', async () => {
    const from = diskOf(seededRandom(SEED).bytes(4 * MIB))
    const to = new MemoryDisk(from.blockCount)
    to.slow = true
    let ended = false
    const copying = copyBlocks(from, to).then(() => void (ended = true))
    while (!ended) {
      await new Promise<void>((resolve) => setImmediate(resolve))
      const written = to.log.filter((line) => line.startsWith('write')).length
      if (to.waiting > 0 && !to.log.includes('flush')) expect(from.log).toHaveLength(Math.min(written + 1, 4))
      to.release()
    }
    await copying
    expect(to.log.map((line) => line.split('+')[0])).toEqual([
      'write 0',
      'write 2048',
      'write 4096',
      'write 6144',
      'flush',
    ])
    expect(same(to.bytes, from.bytes)).toBe(true)
  })
  test('stops when it is cancelled, and nothing is under way then', async () => {
    const from = diskOf(seededRandom(SEED).bytes(8 * MIB))
    const to = new MemoryDisk(from.blockCount)
    const cancel = new AbortController()
    const progress = (done: number): void => {
      if (done >= 3 * MIB) cancel.abort()
    }
    await expect(copyBlocks(from, to, { progress, signal: cancel.signal })).rejects.toMatchObject({
      code: 'job.cancelled',
    })
    expect(to.log.filter((line) => line.startsWith('write'))).toHaveLength(3)
    expect(to.log).not.toContain('flush')
  })
  test.each(['from', 'to'] as const)('a failure of `%s` is passed on', async (which) => {
    const disks = { from: diskOf(seededRandom(SEED).bytes(2 * MIB)), to: new MemoryDisk(4096) }
    disks[which].failWith = new AppError('disk.full', 'no room')
    await expect(copyBlocks(disks.from, disks.to)).rejects.toMatchObject({ code: 'disk.full' })
  })
  test('a disk that is too small is refused before anything is written', async () => {
    const to = new MemoryDisk(2047)
    await expect(copyBlocks(new MemoryDisk(2048), to)).rejects.toMatchObject({ code: 'disk.size' })
    expect(to.log).toEqual([])
  })
  test('to blocks of 4096 bytes; the last one is filled up', async () => {
    const content = seededRandom(SEED).bytes(MIB + 512)
    const file = new MemoryFile()
    await createVhdx({ file, sizeBytes: 2 * MIB, logicalSectorSize: 4096 })
    const to = await openVhdx(file)
    await copyBlocks(diskOf(content), to)
    const got = new Uint8Array(2 * MIB)
    await to.read(0, got)
    expect(same(got.subarray(0, content.length), content)).toBe(true)
    expect(isZero(got.subarray(content.length))).toBe(true)
  })
})

describe('finding what is not zero', () => {
  test('runs', () => {
    const bytes = new Uint8Array(4 * GRAIN + 700)
    bytes[GRAIN + 5] = 1
    bytes[3 * GRAIN - 1] = 1
    bytes[4 * GRAIN + 699] = 1
    const runs: [number, number][] = []
    eachRun(bytes, GRAIN, (from, to) => runs.push([from, to]))
    expect(runs).toEqual([
      [GRAIN, 3 * GRAIN],
      [4 * GRAIN, 4 * GRAIN + 700],
    ])
    expect([isZero(bytes), isZero(bytes.subarray(0, GRAIN + 5)), isZero(bytes.subarray(0, 0))]).toEqual([
      false,
      true,
      true,
    ])
  })
})

/** A file that says what it holds, as a host does: by pages of 4 KiB. */
function withHoles(file: MemoryFile): CountingFile {
  const counted = new CountingFile(file)
  const page = new Uint8Array(4096)
  const zeroAt = (position: number): boolean => {
    void file.read(position, page)
    return isZero(page)
  }
  return Object.assign(counted, {
    extent(position: number) {
      if (position >= file.sizeBytes) return { bytes: Infinity, zero: true }
      const zero = zeroAt(Math.floor(position / 4096) * 4096)
      let end = (Math.floor(position / 4096) + 1) * 4096
      while (end < file.sizeBytes && zeroAt(end) === zero) end += 4096
      return { bytes: end - position, zero }
    },
  })
}

const SIZE = 20 * MIB + 2048
const random = seededRandom(SEED)
async function written(device: BlockDevice, content: Uint8Array): Promise<BlockDevice> {
  const blocks = 64 * 1024
  for (let at = 0; at < content.length; at += blocks) {
    const part = content.subarray(at, at + blocks)
    if (!isZero(part)) await device.write(at / device.blockSize, [part])
  }
  await device.flush()
  return device
}
const KINDS: Readonly<Record<string, (file: CountingFile, content: Uint8Array) => Promise<BlockDevice>>> = {
  raw: async (file, content) => {
    await file.resize(content.length)
    return written(rawDeviceOver(file), content)
  },
  'fixed VHD': async (file, content) => {
    await createVhd(file, { kind: 'fixed', sizeBytes: SIZE, uniqueId: random.bytes(16), createdMs: 0 })
    return written(await openVhd(file), content)
  },
  'dynamic VHD': async (file, content) => {
    await createVhd(file, { kind: 'dynamic', sizeBytes: SIZE, uniqueId: random.bytes(16), createdMs: 0 })
    return written(await openVhd(file), content)
  },
  'dynamic VHDX': async (file, content) => {
    await createVhdx({ file, sizeBytes: SIZE })
    return written(await openVhdx(file), content)
  },
  'VHD child of a smaller parent': async (file, content) => {
    const below = new MemoryFile()
    await createVhd(below, { kind: 'dynamic', sizeBytes: SIZE / 2, uniqueId: random.bytes(16), createdMs: 0 })
    const parent = (await written(await openVhd(below), content.subarray(0, SIZE / 2))) as VhdDevice
    const { uniqueId } = parent.info.footer
    const id = random.bytes(16)
    const of = { uniqueId, modifiedMs: 0, fileName: 'p' }
    await createVhd(file, { kind: 'differencing', sizeBytes: SIZE, uniqueId: id, createdMs: 0, parent: of })
    return changed(await openVhd(file, { parent: { device: parent, uniqueId } }), content)
  },
  'VHDX child': async (file, content) => {
    const below = new MemoryFile()
    await createVhdx({ file: below, sizeBytes: SIZE, blockSizeBytes: MIB })
    const parent = await openVhdx(below)
    await written(parent, content)
    const { dataWriteGuid } = parent
    await createVhdx({ file, sizeBytes: SIZE, parent: { dataWriteGuid, relativePath: 'p' } })
    return changed(await openVhdx(file, { parent: { device: parent, dataWriteGuid } }), content)
  },
}
/** Some of it is written again by the child, some zeroed. */
async function changed(device: BlockDevice, content: Uint8Array): Promise<BlockDevice> {
  const half = Math.floor(content.length / 1024) * 512
  await device.write(half / 512, [content.subarray(half)])
  for (let i = 0; i < 20; i++) {
    const lba = random.below(device.blockCount - 5000)
    const blocks = 1 + random.below(5000)
    await device.zero(lba, blocks)
    content.fill(0, lba * 512, (lba + blocks) * 512)
  }
  await device.flush()
  return device
}

describe.each(Object.entries(KINDS))('what a %s says of itself', (_name, make) => {
  test.each([false, true])(`is true, and saves reading; slow: %s (seed ${SEED})`, async (slow) => {
    const content = fragmentedContent(random, SIZE, 25)
    content.fill(0, 8 * MIB, 15 * MIB)
    const file = withHoles(new MemoryFile(undefined, { path: 'disk' }))
    const device = await make(file, content)
    file.slow = slow
    for (let i = 0; i < 300; i++) {
      const lba = random.below(device.blockCount)
      const { blocks, zero } = await device.extent!(lba)
      expect(blocks).toBeGreaterThan(0)
      expect(lba + blocks).toBeLessThanOrEqual(device.blockCount)
      if (zero && !isZero(content.subarray(lba * 512, (lba + blocks) * 512)))
        expect.fail(`${lba}+${blocks} is not zero`)
    }
    file.reset()
    const copy = new MemoryDisk(device.blockCount)
    let zeros = 0
    await passOver(device, {
      data: (position, bytes) => void copy.bytes.set(bytes, position),
      zeros: (_position, length) => void (zeros += length),
    })
    expect(same(copy.bytes, content)).toBe(true)
    expect(zeros).toBeGreaterThan(6 * MIB)
    expect(file.counts.readBytes).toBeLessThan(SIZE - zeros + MIB)
    expect(same(await contentOf(device, random), content)).toBe(true)
  })
})
