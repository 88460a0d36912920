import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AppError } from '../../../src-main/base/errors.ts'
import type { BlockDevice } from '../../../src-main/disks/block-device.ts'
import { openHostFile } from '../../../src-main/disks/host-file-device.ts'
import { createVhdx, inspectVhdx, openVhdx, type VhdxDevice } from '../../../src-main/disks/vhdx-device.ts'
import {
  decodeHeader,
  decodeMetadataTable,
  encodeHeader,
  encodeMetadataTable,
  HEADER_OFFSETS,
  METADATA_TABLE_BYTES,
} from '../../../src-main/disks/vhdx/format.ts'
import { MemoryDisk } from '../../support/memory-disk.ts'
import { MemoryFile } from '../../support/memory-file.ts'
import { seededRandom } from '../../support/random.ts'
import { SparseBytes } from '../../support/sparse-bytes.ts'

const MIB = 2 ** 20
let folder: string
const open: BlockDevice[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-vhdx-'))
})
afterEach(async () => {
  vi.restoreAllMocks()
  for (const device of open.splice(0)) await device.close()
  rmSync(folder, { recursive: true })
})

type New = Omit<Parameters<typeof createVhdx>[0], 'file'>
async function create(name: string, o: New): Promise<string> {
  const path = join(folder, name)
  const file = await openHostFile(path, { create: true })
  await createVhdx({ file, ...o })
  await file.close()
  return path
}
async function opened(path: string, parent?: VhdxDevice, readOnly = false): Promise<VhdxDevice> {
  const file = await openHostFile(path, { readOnly })
  const device = await openVhdx(file, parent ? { parent: { device: parent, dataWriteGuid: parent.dataWriteGuid } } : {})
  open.push(device)
  return device
}
async function closed(device: BlockDevice): Promise<void> {
  open.splice(open.indexOf(device), 1)
  await device.close()
}

/** Random writes and zeroes, in the device and in a copy in memory. */
async function workload(device: BlockDevice, model: Uint8Array, seed: number, steps: number): Promise<void> {
  const random = seededRandom(seed)
  const size = device.blockSize
  for (let i = 0; i < steps; i++) {
    const blocks = 1 + random.below(random.below(4) === 0 ? 4000 : 40)
    const lba = random.below(device.blockCount)
    const count = Math.min(blocks, device.blockCount - lba)
    if (random.below(4) === 0) {
      await device.zero(lba, count)
      model.fill(0, lba * size, (lba + count) * size)
    } else {
      const data = new Uint8Array(count * size).fill(1 + random.below(255))
      await device.write(lba, [data.subarray(0, 100), data.subarray(100)])
      model.set(data, lba * size)
    }
    if (random.below(20) === 0) await device.flush()
  }
}
async function expectContent(device: BlockDevice, model: Uint8Array): Promise<void> {
  const back = new Uint8Array(MIB)
  for (let at = 0; at < model.length; at += back.length) {
    const part = back.subarray(0, Math.min(back.length, model.length - at))
    await device.read(at / device.blockSize, part)
    if (Buffer.compare(part, model.subarray(at, at + part.length)) !== 0) {
      const first = part.findIndex((b, i) => b !== model[at + i])
      expect.fail(`byte ${at + first} is ${part[first]}, not ${model[at + first]}`)
    }
  }
}

test.each([
  ['dynamic', { sizeBytes: 40 * MIB, blockSizeBytes: MIB }],
  ['dynamic', { sizeBytes: 40 * MIB + 512 }],
  ['dynamic of 4096', { sizeBytes: 9 * MIB, blockSizeBytes: 2 * MIB, logicalSectorSize: 4096 }],
  ['fixed', { sizeBytes: 5 * MIB + 1024, blockSizeBytes: 2 * MIB, fixed: true }],
] satisfies [string, New][])('%s: what was written is there after opening again: %o', async (_kind, o) => {
  const path = await create('a.vhdx', o)
  const model = new Uint8Array(o.sizeBytes)
  for (let round = 0; round < 3; round++) {
    const device = await opened(path)
    await expectContent(device, model)
    await workload(device, model, 40 + round, 120)
    await expectContent(device, model)
    await closed(device)
  }
  await expectContent(await opened(path, undefined, true), model)
})

test.each([1, 2, 8])('a chain of %i children', async (depth) => {
  const sizeBytes = 12 * MIB
  const model = new Uint8Array(sizeBytes)
  const base = await opened(await create('0.vhdx', { sizeBytes, blockSizeBytes: MIB }))
  await workload(base, model, 7, 60)
  let parent = base
  for (let level = 1; level <= depth; level++) {
    await parent.flush()
    const path = await create(`${level}.vhdx`, {
      sizeBytes,
      blockSizeBytes: level % 2 === 0 ? MIB : 2 * MIB,
      parent: { dataWriteGuid: parent.dataWriteGuid, relativePath: `${level - 1}.vhdx` },
    })
    let child = await opened(path, parent)
    await expectContent(child, model)
    await workload(child, model, 100 + level, 60)
    await expectContent(child, model)
    await closed(child)
    child = await opened(path, parent)
    await expectContent(child, model)
    parent = child
  }
})

test('inspect', async () => {
  const path = await create('b.vhdx', { sizeBytes: 64 * MIB })
  const file = await openHostFile(path)
  expect(await inspectVhdx(file)).toMatchObject({ kind: 'dynamic', sizeBytes: 64 * MIB, needsReplay: false })
  await file.close()
  expect(statSync(path).blocks * 512).toBeLessThan(3 * MIB)
})

describe('the hot path', () => {
  test('needs no turn of the loop where no block has to be placed', async () => {
    const device = await opened(await create('a.vhdx', { sizeBytes: 64 * MIB }))
    await device.write(0, [new Uint8Array(4096)])
    // A busy machine may take this thread away in the middle of a call, which then looks slow.
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 3600_000)
    expect(device.write(800, [new Uint8Array(4096)])).toBeUndefined()
    expect(device.read(800, new Uint8Array(4096))).toBeUndefined()
    expect(device.read(65536, new Uint8Array(4096))).toBeUndefined()
  })
  test('places blocks of a child at once too', async () => {
    const base = new MemoryDisk(131_072, true)
    const file = new MemoryFile()
    const dataWriteGuid = '01234567-89ab-4cde-8f01-23456789abcd'
    await createVhdx({ file, sizeBytes: 64 * MIB, parent: { dataWriteGuid, relativePath: 'x' } })
    const child = await openVhdx(file, { parent: { device: base, dataWriteGuid } })
    await child.write(0, [new Uint8Array(4096)])
    for (let lba = 0; lba < child.blockCount; lba += 1000) {
      expect(child.write(lba, [new Uint8Array(4096)])).toBeUndefined()
      expect(child.zero(lba + 16, 3)).toBeUndefined()
      expect(child.read(lba, new Uint8Array(16384))).toBeUndefined()
    }
  })
  test('a child takes the space of what is written to it, not of whole blocks', async () => {
    const base = await opened(await create('a.vhdx', { sizeBytes: 4096 * MIB }))
    const parent = { dataWriteGuid: base.dataWriteGuid, relativePath: 'a.vhdx' }
    const path = await create('b.vhdx', { sizeBytes: 4096 * MIB, parent })
    const child = await opened(path, base)
    const random = seededRandom(3)
    const data = [new Uint8Array(4096).fill(7)]
    for (let i = 0; i < 2000; i++) await child.write(random.below(1024 * 1024) * 8, data)
    await child.flush()
    // Data, one page of bitmap for each 16 MiB, table and log.
    expect(statSync(path).blocks * 512).toBeLessThan(14 * MIB)
  })
})

describe('a child', () => {
  const sizeBytes = 8 * MIB
  async function family(): Promise<{ base: VhdxDevice; path: string }> {
    const base = await opened(await create('base.vhdx', { sizeBytes, blockSizeBytes: MIB }))
    await base.write(0, [new Uint8Array(sizeBytes).fill(0xee)])
    await base.flush()
    const parent = { dataWriteGuid: base.dataWriteGuid, relativePath: 'base.vhdx' }
    return { base, path: await create('child.vhdx', { sizeBytes, blockSizeBytes: MIB, parent }) }
  }
  test('hides the parent where it was zeroed, in part or as a whole, for ever', async () => {
    const { base, path } = await family()
    const model = new Uint8Array(sizeBytes).fill(0xee)
    let child = await opened(path, base)
    await child.zero(8, 3)
    await child.zero(2048, 2 * 2048)
    model.fill(0, 8 * 512, 11 * 512)
    model.fill(0, MIB, 3 * MIB)
    await expectContent(child, model)
    await closed(child)
    child = await opened(path, base)
    await expectContent(child, model)
    await child.write(2048 + 8, [new Uint8Array(512).fill(1)])
    model.fill(1, MIB + 4096, MIB + 4096 + 512)
    await closed(child)
    await expectContent(await opened(path, base, true), model)
  })
  test('says what its parent was', async () => {
    const { base, path } = await family()
    const file = await openHostFile(path, { readOnly: true })
    expect(await inspectVhdx(file)).toMatchObject({
      kind: 'differencing',
      parent: { linkages: [base.dataWriteGuid], relativePath: 'base.vhdx' },
    })
    await file.close()
  })
  test('is refused with no parent, and with a parent that was written to since', async () => {
    const { base, path } = await family()
    const file = await openHostFile(path)
    await expect(openVhdx(file)).rejects.toMatchObject({ code: 'disk.parentMissing' })
    await closed(base)
    const changed = await opened(join(folder, 'base.vhdx'))
    const before = changed.dataWriteGuid
    await changed.read(0, new Uint8Array(512))
    expect(changed.dataWriteGuid).toBe(before)
    await changed.write(0, [new Uint8Array(512)])
    const parent = { device: changed, dataWriteGuid: changed.dataWriteGuid }
    await expect(openVhdx(file, { parent })).rejects.toMatchObject({ code: 'disk.parentChanged' })
    await file.close()
  })
  test('may be larger than its parent', async () => {
    const { base } = await family()
    const parent = { dataWriteGuid: base.dataWriteGuid, relativePath: 'base.vhdx' }
    const child = await opened(await create('large.vhdx', { sizeBytes: sizeBytes + 3 * MIB, parent }), base)
    const model = new Uint8Array(sizeBytes + 3 * MIB).fill(0xee, 0, sizeBytes)
    await expectContent(child, model)
    await workload(child, model, 5, 80)
    await expectContent(child, model)
  })
})

describe('space', () => {
  test('of zeroed blocks goes back to the host and is used again', async () => {
    const path = await create('a.vhdx', { sizeBytes: 64 * MIB, blockSizeBytes: MIB })
    const device = await opened(path)
    if (!device.canPunch) return expect(device.canPunch).toBe(false)
    for (let round = 0; round < 5; round++) {
      await device.write(round * 8 * 2048, [new Uint8Array(8 * MIB).fill(1)])
      await device.flush()
      await device.zero(round * 8 * 2048, 8 * 2048)
      await device.flush()
    }
    expect(statSync(path).size).toBeLessThan(30 * MIB)
    expect(statSync(path).blocks * 512).toBeLessThan(4 * MIB)
    // What is used again reads as zeros where it was not written.
    await device.write(0, [new Uint8Array(512).fill(9)])
    const model = new Uint8Array(64 * MIB).fill(9, 0, 512)
    await expectContent(device, model)
  })
  test('of a fixed disk is taken when it is made, and kept', async () => {
    const path = await create('a.vhdx', { sizeBytes: 6 * MIB, blockSizeBytes: MIB, fixed: true })
    const before = statSync(path).blocks
    expect(before * 512).toBeGreaterThanOrEqual(6 * MIB)
    const device = await opened(path)
    expect(device.canPunch).toBe(false)
    await device.write(0, [new Uint8Array(2 * MIB).fill(3)])
    await device.zero(0, 4096)
    await device.flush()
    expect(statSync(path).blocks).toBeGreaterThanOrEqual(before)
    await expectContent(device, new Uint8Array(6 * MIB))
  })
})

describe('a full host', () => {
  /** Every number of bytes until it is full, so that each kind of write is the one that fails. */
  test.each(['dynamic', 'differencing'])('fails the command, not the disk: %s', async (kind) => {
    const sizeBytes = 6 * MIB
    const child = kind === 'differencing'
    const guid = '01234567-89ab-4cde-8f01-23456789abcd'
    for (let room = 0; room < 90_000; room += 1024) {
      const base = new MemoryDisk(sizeBytes / 512, true)
      base.bytes.fill(0xee)
      const parent = child ? { parent: { device: base, dataWriteGuid: guid } } : {}
      const bytes = new SparseBytes()
      await createVhdx({
        file: new MemoryFile(bytes),
        sizeBytes,
        blockSizeBytes: MIB,
        ...(child && { parent: { dataWriteGuid: guid, relativePath: 'x' } }),
      })
      const file = new MemoryFile(bytes)
      const device = await openVhdx(file, parent)
      const model = new Uint8Array(sizeBytes).fill(child ? 0xee : 0)
      file.room = room
      let full = 0
      for (let i = 0; i < 24; i++) {
        const lba = (i * 1000) % 12_000
        const act = async (): Promise<void> => {
          if (i % 6 === 5) return device.flush()
          await device.write(lba, [new Uint8Array(2048).fill(i + 1)])
        }
        const done = await act().then(
          () => true,
          (e: { code: string }) => {
            expect(e.code).toBe('disk.full')
            full++
            return false
          },
        )
        if (!done) {
          file.room = Infinity
          await act()
          file.room = i < 12 ? 6000 : 60_000
        }
        if (i % 6 !== 5) model.fill(i + 1, lba * 512, lba * 512 + 2048)
      }
      if (room < 40_000) expect(full).toBeGreaterThan(0)
      await expectContent(device, model)
      file.room = Infinity
      await device.close()
      await expectContent(await openVhdx(new MemoryFile(bytes), parent), model)
    }
  })
})

test('a failed flush ends the disk: what is on it is unknown', async () => {
  const bytes = new SparseBytes()
  await createVhdx({ file: new MemoryFile(bytes), sizeBytes: 4 * MIB })
  const file = new MemoryFile(bytes)
  const device = await openVhdx(file)
  await device.write(0, [new Uint8Array(512)])
  file.flush = () => Promise.reject(new AppError('disk.io', 'flushing failed'))
  await expect(device.flush()).rejects.toMatchObject({ code: 'disk.io' })
  await expect(device.close()).rejects.toMatchObject({ code: 'disk.io' })
  expect(file.closed).toBe(true)
  expect(() => device.read(0, new Uint8Array(512))).toThrow(expect.objectContaining({ code: 'disk.closed' }))
})

test('a read-only disk takes no writes', async () => {
  const device = await opened(await create('a.vhdx', { sizeBytes: 4 * MIB }), undefined, true)
  expect(() => device.write(0, [new Uint8Array(512)])).toThrow(expect.objectContaining({ code: 'disk.readOnly' }))
  expect(() => device.zero(0, 8)).toThrow(expect.objectContaining({ code: 'disk.readOnly' }))
  await device.flush()
})

test('what is not known but required is refused', async () => {
  const bytes = new SparseBytes()
  await createVhdx({ file: new MemoryFile(bytes), sizeBytes: 4 * MIB })
  const table = new Uint8Array(METADATA_TABLE_BYTES)
  bytes.read(2 * MIB, table)
  const entries = decodeMetadataTable(table, MIB)
  const item = { offset: 0, length: 0, user: false, virtualDisk: false }
  const itemId = '01234567-89ab-4cde-8f01-23456789abcd'
  bytes.write(2 * MIB, encodeMetadataTable([...entries, { ...item, itemId, required: false }]))
  await (await openVhdx(new MemoryFile(bytes))).close()
  bytes.write(2 * MIB, encodeMetadataTable([...entries, { ...item, itemId, required: true }]))
  await expect(openVhdx(new MemoryFile(bytes))).rejects.toMatchObject({ code: 'disk.unsupported' })
})

test('a disk that names itself as its parent is refused', async () => {
  const bytes = new SparseBytes()
  const parent = { dataWriteGuid: '01234567-89ab-4cde-8f01-23456789abcd', relativePath: 'x' }
  await createVhdx({ file: new MemoryFile(bytes), sizeBytes: 4 * MIB, parent })
  for (const offset of HEADER_OFFSETS) {
    const header = new Uint8Array(4096)
    bytes.read(offset, header)
    bytes.write(offset, encodeHeader({ ...decodeHeader(header), dataWriteGuid: parent.dataWriteGuid }))
  }
  const device = new MemoryDisk(8192, true)
  await expect(openVhdx(new MemoryFile(bytes), { parent: { device, ...parent } })).rejects.toMatchObject({
    code: 'disk.damaged',
    message: expect.stringContaining('names itself') as string,
  })
})

test('a table of more blocks than memory should hold is neither made nor read', async () => {
  const large = { sizeBytes: 64 * 2 ** 40, blockSizeBytes: 2 * MIB }
  await expect(createVhdx({ file: new MemoryFile(), ...large })).rejects.toMatchObject({ code: 'disk.size' })
  const file = new MemoryFile()
  const parent = { dataWriteGuid: '01234567-89ab-4cde-8f01-23456789abcd', relativePath: 'x' }
  await createVhdx({ file, sizeBytes: large.sizeBytes, parent })
  expect(await inspectVhdx(file)).toMatchObject({ sizeBytes: large.sizeBytes, blockSizeBytes: 4 * MIB })
  const smaller = new Uint8Array(4)
  new DataView(smaller.buffer).setUint32(0, MIB, true)
  await file.write(2 * MIB + METADATA_TABLE_BYTES, [smaller])
  await expect(inspectVhdx(file)).rejects.toMatchObject({ code: 'disk.unsupported' })
})

test.each([
  { sizeBytes: 0 },
  { sizeBytes: 1000 },
  { sizeBytes: 65 * 2 ** 40 },
  { sizeBytes: MIB, blockSizeBytes: 3 * MIB },
  { sizeBytes: MIB, blockSizeBytes: 512 * MIB },
])('a disk that cannot be is not made: %o', async (o) => {
  await expect(createVhdx({ file: new MemoryFile(), ...o })).rejects.toMatchObject({ code: 'disk.size' })
})
