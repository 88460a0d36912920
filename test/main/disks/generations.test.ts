import { describe, expect, test } from 'vitest'
import type { BlockDevice } from '../../../src-main/disks/block-device.ts'
import { BlockCache, cachedImage } from '../../../src-main/disks/cache.ts'
import { createVhd } from '../../../src-main/disks/vhd/create.ts'
import { openVhd, type VhdDevice } from '../../../src-main/disks/vhd/open.ts'
import { createVhdx, openVhdx, type VhdxDevice } from '../../../src-main/disks/vhdx-device.ts'
import { CountingFile } from '../../support/counting-file.ts'
import { MemoryFile } from '../../support/memory-file.ts'
import { seededRandom, type SeededRandom } from '../../support/random.ts'

const SEED = 20_261_123
const MIB = 2 ** 20
/** Neither whole blocks nor whole pieces of 4 KiB. */
const SIZE = 9 * MIB + 1536

interface Kind {
  readonly name: string
  create(file: MemoryFile, sizeBytes: number, parent: BlockDevice | undefined): Promise<void>
  open(file: CountingFile, parent: BlockDevice | undefined, shown?: BlockDevice): Promise<BlockDevice>
}
const vhdId = (device: BlockDevice): Uint8Array => (device as VhdDevice).info.footer.uniqueId
const vhdxId = (device: BlockDevice): string => (device as VhdxDevice).dataWriteGuid
const vhd = (random: SeededRandom, blockBytes: number): Kind => ({
  name: `VHD with blocks of ${blockBytes / 1024} KiB`,
  create: (file, sizeBytes, parent) =>
    createVhd(file, {
      kind: parent ? 'differencing' : 'dynamic',
      sizeBytes,
      blockBytes,
      uniqueId: random.bytes(16),
      createdMs: 0,
      ...(parent && { parent: { uniqueId: vhdId(parent), modifiedMs: 0, fileName: 'p' } }),
    }),
  open: (file, parent, shown) =>
    openVhd(file, parent ? { parent: { device: shown ?? parent, uniqueId: vhdId(parent) } } : {}),
})
const vhdx = (logicalSectorSize: 512 | 4096): Kind => ({
  name: `VHDX with sectors of ${logicalSectorSize}`,
  create: async (file, sizeBytes, parent) =>
    void (await createVhdx({
      file,
      sizeBytes: Math.floor(sizeBytes / logicalSectorSize) * logicalSectorSize,
      logicalSectorSize,
      blockSizeBytes: parent ? MIB : 2 * MIB,
      ...(parent && { parent: { dataWriteGuid: vhdxId(parent), relativePath: 'p' } }),
    })),
  open: (file, parent, shown) =>
    openVhdx(file, parent ? { parent: { device: shown ?? parent, dataWriteGuid: vhdxId(parent) } } : {}),
})
const random = seededRandom(SEED)
const KINDS = [vhd(random, 2 * MIB), vhd(random, 128 * 1024), vhdx(512), vhdx(4096)]

/** A chain of sealed disks and what the last one shows. */
async function chain(kind: Kind, depth: number, sizeOf: (generation: number) => number) {
  let parent: BlockDevice | undefined
  let content = new Uint8Array(0)
  const files: CountingFile[] = []
  for (let i = 0; i <= depth; i++) {
    const plain = new MemoryFile(undefined, { path: `generation-${i}` })
    await kind.create(plain, sizeOf(i), parent)
    const device = await kind.open(new CountingFile(plain), parent)
    const bytes = device.blockCount * device.blockSize
    const before = content
    content = new Uint8Array(bytes)
    content.set(before.subarray(0, bytes))
    for (let n = 0; n < 60; n++) {
      const lba = random.below(device.blockCount)
      const count = Math.min(1 + random.below(random.below(8) === 0 ? 3000 : 40), device.blockCount - lba)
      const at = lba * device.blockSize
      if (random.below(5) === 0) {
        await device.zero(lba, count)
        content.fill(0, at, at + count * device.blockSize)
        continue
      }
      const data = random.bytes(64)
      const piece = new Uint8Array(count * device.blockSize)
      for (let b = 0; b < piece.length; b += 64) piece.set(data, b)
      await device.write(lba, [piece])
      content.set(piece, at)
    }
    await device.close()
    const sealed = new CountingFile(plain.clone({ readOnly: true }))
    files.push(sealed)
    parent = await kind.open(sealed, parent)
  }
  return { last: parent!, files, content }
}

async function expectContent(device: BlockDevice, content: Uint8Array): Promise<void> {
  const running: (void | Promise<void>)[] = []
  for (let i = 0; i < 400; i++) {
    const lba = random.below(device.blockCount)
    const count = Math.min(1 + random.below(random.below(6) === 0 ? 9000 : 24), device.blockCount - lba)
    const into = new Uint8Array(count * device.blockSize).fill(0xee)
    const check = (): void => {
      const at = lba * device.blockSize
      if (Buffer.compare(into, content.subarray(at, at + into.length)) !== 0)
        expect.fail(`blocks ${lba}+${count} differ`)
    }
    const waiting = device.read(lba, into)
    if (waiting) running.push(waiting.then(check))
    else check()
  }
  await Promise.all(running)
}

describe.each(KINDS)('$name', (kind) => {
  test.each([1, 2, 4])(`a sealed chain of %i shows what was written, slow or not (seed ${SEED})`, async (depth) => {
    const { last, files, content } = await chain(kind, depth, () => SIZE)
    for (const slow of [false, true]) {
      for (const file of files) file.slow = slow
      await expectContent(last, content)
    }
  })
  test('generations of different size', async () => {
    const { last, content } = await chain(kind, 3, (i) => SIZE + i * 600 * 4096)
    await expectContent(last, content)
  })
  test('a writable disk over it, with and without a cache', async () => {
    const { last, files, content } = await chain(kind, 3, () => SIZE)
    for (const shown of [undefined, cachedImage(last, new BlockCache({ maximumBytes: MIB }))]) {
      for (const file of files) file.slow = shown !== undefined
      const plain = new MemoryFile()
      await kind.create(plain, SIZE, last)
      const top = await kind.open(new CountingFile(plain), last, shown)
      const after = content.slice()
      for (let n = 0; n < 30; n++) {
        const lba = random.below(top.blockCount - 20)
        const piece = random.bytes(20 * top.blockSize)
        await top.write(lba, [piece])
        after.set(piece, lba * top.blockSize)
      }
      await expectContent(top, after)
    }
  })
  test('a file is asked once what it holds', async () => {
    const { last, files } = await chain(kind, 4, () => SIZE)
    const into = new Uint8Array(4096)
    const perPiece = 4096 / last.blockSize
    const readAll = async (): Promise<void> => {
      for (let lba = 0; lba + perPiece <= last.blockCount; lba += perPiece) await last.read(lba, into)
    }
    await readAll()
    for (const file of files) file.reset()
    await readAll()
    const reads = files.reduce((n, file) => n + file.counts.reads, 0)
    // One read for each piece, but for those of which several files have a part.
    expect(reads).toBeLessThan(((last.blockCount * last.blockSize) / 4096) * 1.6)
  })
})
