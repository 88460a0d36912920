import { describe, expect, test } from 'vitest'
import { AppError } from '../../../../src-main/base/errors.ts'
import { createVhd, type NewVhd } from '../../../../src-main/disks/vhd/create.ts'
import { decodeFooter, decodeTable, encodeFooter, MAX_SIZE } from '../../../../src-main/disks/vhd/format.ts'
import { inspectVhd } from '../../../../src-main/disks/vhd/layout.ts'
import { openVhd, type VhdDevice } from '../../../../src-main/disks/vhd/open.ts'
import { contentOf } from '../../../support/disk-images.ts'
import { MemoryDisk } from '../../../support/memory-disk.ts'
import { atOnce, MemoryFile, oneTurn } from '../../../support/memory-file.ts'
import { RecordingFile } from '../../../support/recording-file.ts'
import { seededRandom } from '../../../support/random.ts'

const SEED = 4711
const random = seededRandom(SEED)
const MIB = 2 ** 20
const newVhd = (kind: NewVhd['kind'], o: Partial<NewVhd> = {}): NewVhd => ({
  kind,
  sizeBytes: 8 * MIB,
  uniqueId: random.bytes(16),
  createdMs: Date.UTC(2026, 10, 21),
  ...o,
})
async function created(kind: NewVhd['kind'], o: Partial<NewVhd> = {}): Promise<MemoryFile> {
  const file = new MemoryFile(undefined, { path: 'disk.vhd' })
  await createVhd(file, newVhd(kind, o))
  return file
}
const parentOf = (device: VhdDevice) => ({
  device,
  uniqueId: device.info.footer.uniqueId,
  timeStamp: device.info.footer.timeStamp,
})
async function childOf(parent: VhdDevice, o: Partial<NewVhd> = {}): Promise<{ file: MemoryFile; device: VhdDevice }> {
  const { uniqueId } = parent.info.footer
  const file = await created('differencing', {
    parent: { uniqueId, modifiedMs: Date.UTC(2026, 10, 21), fileName: 'golden.vhd', relativePath: '.\\golden.vhd' },
    ...o,
  })
  return { file, device: await openVhd(file, { parent: parentOf(parent) }) }
}
async function blocks(device: VhdDevice, lba: number, count: number): Promise<Uint8Array> {
  const into = new Uint8Array(count * 512).fill(0xee)
  await device.read(lba, into)
  return into
}
const filled = (count: number, value: number): Uint8Array => new Uint8Array(count * 512).fill(value)
const damaged = async (file: MemoryFile, position: number, ...bytes: number[]): Promise<MemoryFile> => {
  const copy = file.clone()
  await copy.write(position, [Uint8Array.from(bytes)])
  return copy
}
/** The checksum of the sparse header. */
function repairHeader(file: MemoryFile): void {
  const header = Buffer.alloc(1024)
  file.bytes.read(512, header)
  header.writeUInt32BE(0, 36)
  header.writeUInt32BE(~header.reduce((sum, v) => sum + v, 0) >>> 0, 36)
  file.bytes.write(512, header)
}

describe('creating', () => {
  test('an empty dynamic disk is small, and its data lie at multiples of 4 KiB', async () => {
    const file = await created('dynamic')
    expect(file.sizeBytes).toBeLessThan(4096)
    const device = await openVhd(file)
    await device.write(4096 + 1, [filled(1, 7)])
    await device.write(0, [filled(1, 8)])
    await device.flush()
    const header = device.info.header!
    const table = new Uint8Array(16)
    await file.read(header.tableOffset, table)
    const [second, first] = decodeTable(table, 4)
    expect([(first! * 512 + 512) % 4096, (second! * 512 + 512) % 4096]).toEqual([0, 0])
    expect(first).toBeLessThan(second!)
    expect(file.sizeBytes).toBe(second! * 512 + 512 + 2 * MIB + 512)
  })
  test('a disk of 2040 GiB works to its last block; one more is refused', async () => {
    const device = await openVhd(await created('dynamic', { sizeBytes: MAX_SIZE }))
    await device.write(device.blockCount - 3, [filled(3, 9)])
    await device.flush()
    expect(await blocks(device, device.blockCount - 4, 4)).toEqual(Uint8Array.from([...filled(1, 0), ...filled(3, 9)]))
    await expect(created('dynamic', { sizeBytes: MAX_SIZE + 512 })).rejects.toMatchObject({ code: 'disk.size' })
  })
  test.each([{ sizeBytes: 0 }, { sizeBytes: 1000 }, { blockBytes: 3 * MIB }, { blockBytes: 4096 }])(
    'refuses %o',
    async (o) => {
      await expect(created('dynamic', o)).rejects.toMatchObject({ code: 'disk.size' })
    },
  )
  test('refuses a file with content', async () => {
    await expect(createVhd(new MemoryFile(new Uint8Array(1)), newVhd('fixed'))).rejects.toMatchObject({
      code: 'disk.exists',
    })
  })
  test('a fixed disk is its content and a footer', async () => {
    const file = await created('fixed')
    const device = await openVhd(file)
    await device.write(5, [filled(2, 3)])
    expect(file.sizeBytes).toBe(8 * MIB + 512)
    expect(file.content().subarray(2560, 3584)).toEqual(filled(2, 3))
    expect(decodeFooter(file.content().subarray(8 * MIB)).currentSize).toBe(8 * MIB)
  })
})

describe('opening', () => {
  test('a damaged footer at the end is written again from the copy at the start', async () => {
    const file = await created('dynamic')
    const device = await openVhd(file)
    await device.write(0, [filled(1, 5)])
    await device.close()
    const good = file.clone()
    const broken = await damaged(good, good.sizeBytes - 500, 1, 2, 3)
    expect(await blocks(await openVhd(broken.clone({ readOnly: true })), 0, 1)).toEqual(filled(1, 5))
    await openVhd(broken)
    expect(broken.content()).toEqual(good.content())
  })
  test('a damaged copy at the start is written again from the end', async () => {
    const good = await created('dynamic')
    const broken = await damaged(good, 20, 1, 2, 3)
    await openVhd(broken)
    expect(broken.content()).toEqual(good.content())
  })
  test('both damaged: refused in a sentence', async () => {
    const good = await created('dynamic')
    const broken = await damaged(await damaged(good, 20, 1), good.sizeBytes - 490, 1)
    await expect(openVhd(broken)).rejects.toMatchObject({ code: 'disk.corrupt', hint: expect.any(String) as string })
    await expect(openVhd(new MemoryFile(new Uint8Array(4096)))).rejects.toMatchObject({ code: 'disk.format' })
  })
  test('what a crash left behind the last block is cut off, so that new blocks begin as zeros', async () => {
    const file = await created('dynamic')
    await file.write(file.sizeBytes, [new Uint8Array(5 * MIB).fill(0xaa)])
    const device = await openVhd(file)
    await device.write(100, [filled(1, 1)])
    await device.flush()
    const shown = await blocks(device, 0, 4096)
    expect(shown.subarray(100 * 512, 101 * 512)).toEqual(filled(1, 1))
    expect(shown.every((v, i) => v === 0 || (i >= 51200 && i < 51712))).toBe(true)
  })
  test('a footer that a guest wrote at the end of a growing file does not make it another disk', async () => {
    const file = await created('dynamic')
    const nested = encodeFooter({
      ...(await inspectVhd(await created('fixed'))).footer,
      currentSize: 512,
      originalSize: 512,
    })
    await file.write(file.sizeBytes + 4096, [nested])
    expect((await openVhd(file)).blockCount).toBe((8 * MIB) / 512)
  })
  test('a footer without its last byte counts, as Virtual PC wrote it before 2004', async () => {
    const fixed = await created('fixed')
    await fixed.write(512, [filled(1, 6)])
    await fixed.resize(fixed.sizeBytes - 1)
    const device = await openVhd(fixed)
    expect(device.blockCount).toBe((8 * MIB) / 512)
    await device.write(device.blockCount - 1, [filled(1, 7)])
    expect(fixed.sizeBytes).toBe(8 * MIB + 511)
    const again = await openVhd(fixed)
    expect(await blocks(again, 1, 1)).toEqual(filled(1, 6))
    expect(await blocks(again, again.blockCount - 1, 1)).toEqual(filled(1, 7))

    const dynamic = await created('dynamic')
    const whole = dynamic.content()
    await dynamic.write(0, [new Uint8Array(512)])
    await dynamic.resize(dynamic.sizeBytes - 1)
    await openVhd(dynamic)
    expect(dynamic.content()).toEqual(whole)
  })
  test('a guest of a fixed disk cannot make it a dynamic one', async () => {
    const file = await created('fixed')
    await file.write(0, [(await created('dynamic')).content()])
    expect((await openVhd(file)).info.header).toBeUndefined()
  })
  test.each([
    ['points outside of the file', [0, 0, 0xff, 0], /cut short/],
    ['points at the header', [0, 0, 0, 1], /own structures/],
  ])('a table that %s is refused', async (_, entry, why) => {
    const file = await created('dynamic')
    const device = await openVhd(file)
    await device.write(0, [filled(8192, 1)])
    await device.flush()
    const at = device.info.header!.tableOffset
    await expect(openVhd(await damaged(file, at, ...entry))).rejects.toThrow(why)
  })
  test('a table with two blocks on each other is refused', async () => {
    const file = await created('dynamic')
    const device = await openVhd(file)
    await device.write(0, [filled(8192, 1)])
    await device.flush()
    const table = new Uint8Array(4)
    await file.read(device.info.header!.tableOffset, table)
    await expect(openVhd(await damaged(file, device.info.header!.tableOffset + 4, ...table))).rejects.toThrow(
      /lie on each other/,
    )
  })
  test('read-only files are not written to', async () => {
    const file = (await damaged(await created('dynamic'), 20, 1)).clone({ readOnly: true })
    const device = await openVhd(file)
    expect(device.readOnly).toBe(true)
    expect(() => device.write(0, [filled(1, 1)])).toThrow(expect.objectContaining({ code: 'disk.readOnly' }))
    await device.flush()
  })
})

describe('a child', () => {
  test('shows its parent until it is written, and keeps zeros apart from nothing', async () => {
    const parent = await openVhd(await created('dynamic'))
    await parent.write(0, [filled(64, 1)])
    const { file, device } = await childOf(parent)
    await device.write(10, [filled(1, 2)])
    await device.zero(20, 4)
    await device.flush()
    const again = await openVhd(file, { parent: parentOf(parent) })
    const shown = await blocks(again, 0, 66)
    const wanted = new Uint8Array(66 * 512).fill(1, 0, 64 * 512)
    wanted.fill(2, 5120, 5632).fill(0, 10240, 12288)
    expect(shown).toEqual(wanted)
    expect(again.info.notes).toEqual([])
    expect(again.info.parent).toMatchObject({ name: 'golden.vhd', relativePath: '.\\golden.vhd' })
    expect(await blocks(parent, 0, 64)).toEqual(filled(64, 1))
  })
  test('is refused without its parent, and with another one', async () => {
    const parent = await openVhd(await created('dynamic'))
    const { file } = await childOf(parent)
    await expect(openVhd(file)).rejects.toMatchObject({
      code: 'disk.parentMissing',
      message: expect.stringContaining('golden.vhd') as string,
    })
    const itself = (await inspectVhd(file)).footer.uniqueId
    const cyclic = await damaged(file, 512 + 40, ...itself)
    repairHeader(cyclic)
    await expect(openVhd(cyclic, { parent: { ...parentOf(parent), uniqueId: itself } })).rejects.toMatchObject({
      code: 'disk.corrupt',
      message: expect.stringContaining('names itself') as string,
    })
    const other = parentOf(await openVhd(await created('dynamic')))
    await expect(openVhd(file, { parent: other })).rejects.toMatchObject({ code: 'disk.parentChanged' })
  })
  test('notes a parent whose file has another time, and opens', async () => {
    const parent = await openVhd(await created('dynamic'))
    const { file } = await childOf(parent)
    const device = await openVhd(file, { parent: { ...parentOf(parent), timeStamp: 1 } })
    expect(device.info.notes).toHaveLength(1)
  })
  test('may be larger than its parent', async () => {
    const parent = await openVhd(await created('fixed'))
    await parent.write(16383, [filled(1, 6)])
    const { device } = await childOf(parent, { sizeBytes: 10 * MIB })
    expect(await blocks(device, 16383, 3)).toEqual(Uint8Array.from([...filled(1, 6), ...filled(2, 0)]))
    await device.zero(17000, 100)
    expect((await blocks(device, 17000, 100)).every((v) => v === 0)).toBe(true)
  })
  test('zeros over all of a large parent cost holes only', async () => {
    const parent = await openVhd(await created('dynamic', { sizeBytes: 512 * MIB }))
    const { file, device } = await childOf(parent, { sizeBytes: 512 * MIB })
    await device.zero(0, device.blockCount)
    await device.flush()
    expect(file.pages).toBeLessThan(2 * 256 + 8)
  })
})

test('zeros over a very large parent come in steps', async () => {
  const parent = new MemoryDisk(8, true)
  Object.defineProperty(parent, 'blockCount', { value: (9000 * 128 * 1024) / 512 })
  const uniqueId = random.bytes(16)
  const file = await created('differencing', {
    sizeBytes: 9000 * 128 * 1024,
    blockBytes: 128 * 1024,
    parent: { uniqueId, modifiedMs: 0, fileName: 'p' },
  })
  const device = await openVhd(file, { parent: { device: parent, uniqueId } })
  await device.zero(1, device.blockCount - 2)
  await device.flush()
  const again = await openVhd(file, { parent: { device: parent, uniqueId } })
  const before = parent.log.length
  expect((await blocks(again, 1, 10)).every((v) => v === 0)).toBe(true)
  expect((await blocks(again, again.blockCount - 11, 10)).every((v) => v === 0)).toBe(true)
  expect(parent.log).toHaveLength(before)
})

describe.each([1, 2, 3, 8])(`a chain of %i children (seed ${SEED})`, (length) => {
  test.each([false, true])('shows at each level what was written; files answer late: %s', async (slow) => {
    const wanted = new Uint8Array(4 * MIB)
    const levels: { file: MemoryFile; wanted: Uint8Array }[] = []
    let device: VhdDevice | undefined
    for (let level = 0; level <= length; level++) {
      const size = { sizeBytes: 4 * MIB, blockBytes: 256 * 1024 }
      const file: MemoryFile = device ? (await childOf(device, size)).file : await created('dynamic', size)
      file.pace = slow ? oneTurn : atOnce
      const top: VhdDevice = await openVhd(file, device ? { parent: parentOf(device) } : {})
      for (let i = 0; i < 15; i++) {
        const count = 1 + random.below(i % 3 === 0 ? 1500 : 12)
        const lba = random.below(8192 - count)
        if (i % 5 === 4) {
          await top.zero(lba, count)
          wanted.fill(0, lba * 512, (lba + count) * 512)
        } else {
          const bytes = random.bytes(count * 512)
          await top.write(lba, [bytes.subarray(0, 77), bytes.subarray(77)])
          wanted.set(bytes, lba * 512)
        }
      }
      await top.flush()
      levels.push({ file, wanted: wanted.slice() })
      device = top
    }
    let below: VhdDevice | undefined
    for (const { file, wanted } of levels) {
      below = await openVhd(file.clone({ readOnly: true }), below ? { parent: parentOf(below) } : {})
      expect(Buffer.compare(await contentOf(below, random), wanted)).toBe(0)
    }
  })
})

describe('flushing', () => {
  test('costs one flush of the file when no map changed, two when one did', async () => {
    const file = await created('dynamic')
    const device = await openVhd(file)
    const costOf = async (action: () => void | Promise<void>): Promise<number> => {
      await action()
      const before = file.flushes
      await device.flush()
      return file.flushes - before
    }
    expect(await costOf(() => device.write(0, [filled(8, 1)]))).toBe(2)
    expect(await costOf(() => device.write(8, [filled(8, 1)]))).toBe(1)
  })
  test('no write waits for a flush, and the table is written only behind the data', async () => {
    const file = new RecordingFile(await created('dynamic'))
    const device = await openVhd(file)
    expect(device.write(0, [filled(8, 1)])).toBeUndefined()
    expect(file.record.flushes).toHaveLength(0)
    await device.flush()
    const table = file.record.changes.find((c) => c.kind === 'write' && c.position === device.info.header!.tableOffset)!
    expect(table.called).toBeGreaterThan(file.record.flushes[0]!.done)
    expect(table.done).toBeLessThan(file.record.flushes[1]!.called)
  })
  test('calls during a flush share the next one', async () => {
    const file = await created('dynamic')
    file.pace = oneTurn
    const device = await openVhd(file)
    await device.write(0, [filled(8, 1)])
    const before = file.flushes
    await Promise.all([device.flush(), device.flush(), device.flush()])
    expect(file.flushes - before).toBe(3)
  })
  test('never run side by side: one that comes as another ends lets those go first that waited', async () => {
    const file = await created('dynamic')
    let running = 0
    const flush = file.flush.bind(file)
    file.flush = async () => {
      expect(++running).toBe(1)
      await oneTurn()
      await flush()
      running--
    }
    const device = await openVhd(file)
    await device.write(0, [filled(8, 1)])
    const first = device.flush()
    const second = device.flush()
    await first
    await device.write(4096, [filled(8, 1)])
    await Promise.all([second, device.flush()])
    expect(running).toBe(0)
  })
  test('after a failed one every write and flush fails, reading goes on', async () => {
    const file = await created('dynamic')
    const device = await openVhd(file)
    await device.write(0, [filled(8, 1)])
    file.failWith = new AppError('disk.io', 'the medium failed')
    await expect(device.flush()).rejects.toMatchObject({ code: 'disk.io' })
    file.failWith = undefined
    await expect(device.flush()).rejects.toMatchObject({ code: 'disk.io' })
    expect(() => device.write(0, [filled(8, 1)])).toThrow(expect.objectContaining({ code: 'disk.io' }))
    expect(await blocks(device, 0, 8)).toEqual(filled(8, 1))
  })
  test('a full host refuses the write, and what was there stays writable', async () => {
    const file = await created('dynamic')
    const device = await openVhd(file)
    await device.write(0, [filled(8, 1)])
    file.limitBytes = file.sizeBytes
    await expect((async () => device.write(4096, [filled(8, 2)]))()).rejects.toMatchObject({ code: 'disk.full' })
    await device.write(8, [filled(8, 3)])
    await device.flush()
    expect(await blocks(device, 4096, 8)).toEqual(filled(8, 0))
    file.limitBytes = Infinity
    await device.write(4096, [filled(8, 2)])
    await device.close()
    const again = await openVhd(file.clone())
    expect(await blocks(again, 4096, 8)).toEqual(filled(8, 2))
    expect(await blocks(again, 0, 17)).toEqual(Uint8Array.from([...filled(8, 1), ...filled(8, 3), ...filled(1, 0)]))
  })
})

test('a closed disk refuses everything, and leaves its parent open', async () => {
  const parent = await openVhd(await created('dynamic'))
  const { file, device } = await childOf(parent)
  await device.write(0, [filled(1, 1)])
  await device.close()
  expect(file.closed).toBe(true)
  expect(() => device.read(0, filled(1, 0))).toThrow(expect.objectContaining({ code: 'disk.closed' }))
  await expect(device.flush()).rejects.toMatchObject({ code: 'disk.closed' })
  expect(await blocks(parent, 0, 1)).toEqual(filled(1, 0))
})

test('many small blocks: bitmaps leave memory and come back', async () => {
  const parent = new MemoryDisk(8, true)
  const uniqueId = random.bytes(16)
  const file = await created('differencing', {
    sizeBytes: 640 * MIB,
    blockBytes: 128 * 1024,
    parent: { uniqueId, modifiedMs: 0, fileName: 'p' },
  })
  const device = await openVhd(file, { parent: { device: parent, uniqueId } })
  const count = device.blockCount / 256
  expect(count).toBeGreaterThan(4096)
  for (let block = 0; block < count; block++)
    await device.write(block * 256 + (block % 200), [filled(1, 1 + (block % 255))])
  await device.flush()
  for (let block = 0; block < count; block++) await device.write(block * 256 + 201, [filled(1, 2)])
  await device.flush()
  for (let block = 0; block < count; block += 7) {
    const shown = await blocks(device, block * 256, 256)
    expect(shown[(block % 200) * 512]).toBe(1 + (block % 255))
    expect(shown[201 * 512]).toBe(2)
    expect(shown[255 * 512]).toBe(0)
  }
})
