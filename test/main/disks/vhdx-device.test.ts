import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BlockDevice } from '../../../src-main/disks/block-device.ts'
import { openHostFile } from '../../../src-main/disks/host-file-device.ts'
import { createVhdx, inspectVhdx, openVhdx, type VhdxDevice } from '../../../src-main/disks/vhdx-device.ts'
import { seededRandom } from '../../support/random.ts'

const MIB = 2 ** 20
let folder: string
const open: BlockDevice[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-vhdx-'))
})
afterEach(async () => {
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
