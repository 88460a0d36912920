import { closeSync, mkdtempSync, openSync, rmSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { BlockDevice } from '../../src-main/disks/block-device.ts'
import { openHostFile } from '../../src-main/disks/host-file-device.ts'
import { openQcow2 } from '../../src-main/disks/qcow2-device.ts'
import { writeQcow2 } from '../../src-main/disks/qcow2/write.ts'
import { openRawDevice } from '../../src-main/disks/raw-device.ts'
import { createVhdx, openVhdx } from '../../src-main/disks/vhdx-device.ts'
import { copyBlocks } from '../../src-main/disks/copy.ts'
import { contentOf, fragmentedContent } from '../support/disk-images.ts'
import { hasProgram, runProgram } from '../support/programs.ts'
import { seededRandom } from '../support/random.ts'

const SEED = 20_261_126
const MIB = 2 ** 20
const random = seededRandom(SEED)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-export-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const at = (name: string): string => join(folder, name)
async function qemuImg(...args: string[]): Promise<string> {
  const { code, out } = await runProgram('qemu-img', args, { cwd: folder })
  expect(out + code).toBe(`${out}0`)
  return out
}
async function exported(from: BlockDevice): Promise<string> {
  const file = await openHostFile(at('export.qcow2'), { create: true })
  try {
    await writeQcow2(from, file)
  } finally {
    await file.close()
    await from.close()
  }
  return at('export.qcow2')
}
/** `qemu-img check` ends with 0 only when it finds nothing, leaks included. */
async function checked(path: string): Promise<{ 'allocated-clusters'?: number; 'image-end-offset': number }> {
  const report = JSON.parse(await qemuImg('check', '--output=json', '-f', 'qcow2', path)) as Record<string, number>
  expect([report['check-errors'], report['leaks'], report['corruptions']]).toEqual([0, undefined, undefined])
  return report as never
}

describe.skipIf(!hasProgram('qemu-img'))(`qemu-img and our qcow2 images (seed ${SEED})`, () => {
  test.each([
    ['one block', new Uint8Array(512).fill(1)],
    ['an odd size', fragmentedContent(random, 3 * MIB + 512)],
    ['used in pieces', fragmentedContent(random, 40 * MIB)],
    ['full', random.bytes(6 * MIB)],
    ['zeros', new Uint8Array(7 * MIB)],
  ])('finds nothing to complain of: %s', async (_name, content) => {
    writeFileSync(at('disk.img'), content)
    const path = await exported(await openRawDevice(at('disk.img')))
    const report = await checked(path)
    expect(report['image-end-offset']).toBe(statSync(path).size)
    const info = JSON.parse(await qemuImg('info', '--output=json', path)) as Record<string, unknown>
    expect(info).toMatchObject({ 'virtual-size': content.length, format: 'qcow2', 'dirty-flag': false })
    expect(await qemuImg('compare', '-f', 'qcow2', '-F', 'raw', path, at('disk.img'))).toContain('identical')
    await qemuImg('convert', '-f', 'qcow2', '-O', 'qcow2', '-c', path, at('again.qcow2'))
    const again = await openHostFile(at('again.qcow2'), { readOnly: true })
    const device = await openQcow2(again)
    expect(Buffer.compare(await contentOf(device, random), content)).toBe(0)
    await device.close()
  })

  test('a sparse disk of 3 TiB is written at once and stays small', async () => {
    writeFileSync(at('disk.img'), '')
    truncateSync(at('disk.img'), 3 * 2 ** 40)
    const fd = openSync(at('disk.img'), 'r+')
    for (const position of [0, 5 * 2 ** 30, 2 ** 40 + 512, 3 * 2 ** 40 - 4096])
      writeSync(fd, random.bytes(4096), 0, 4096, position)
    closeSync(fd)
    const path = await exported(await openRawDevice(at('disk.img'), { readOnly: true }))
    await checked(path)
    expect(statSync(path).size).toBeLessThan(2 * MIB)
    expect(await qemuImg('compare', '-f', 'qcow2', '-F', 'raw', path, at('disk.img'))).toContain('identical')
  })

  test('a VHDX with holes, copied and exported', async () => {
    const content = fragmentedContent(random, 64 * MIB, 20)
    writeFileSync(at('disk.img'), content)
    const file = await openHostFile(at('disk.vhdx'), { create: true })
    await createVhdx({ file, sizeBytes: content.length })
    const vhdx = await openVhdx(file)
    const raw = await openRawDevice(at('disk.img'), { readOnly: true })
    await copyBlocks(raw, vhdx)
    await raw.close()
    const path = await exported(vhdx)
    await checked(path)
    expect(await qemuImg('compare', '-f', 'qcow2', '-F', 'raw', path, at('disk.img'))).toContain('identical')
    expect(await qemuImg('compare', '-f', 'vhdx', '-F', 'raw', at('disk.vhdx'), at('disk.img'))).toContain('identical')
  })

  test('a file of 5 GiB, which takes several refcount blocks', async () => {
    const blockCount = 5 * 2 ** 21 + 1
    const from: BlockDevice = {
      blockSize: 512,
      blockCount,
      readOnly: true,
      canPunch: false,
      read: (_lba, into) => void into.fill(0x55),
      write: () => expect.fail('nothing is written'),
      zero: () => expect.fail('nothing is written'),
      flush: () => Promise.resolve(),
      close: () => Promise.resolve(),
    }
    const file = await openHostFile(at('export.qcow2'), { create: true })
    // The data stay holes: what is checked are the tables.
    const write = file.write.bind(file)
    file.write = (position, pieces) => (pieces[0]![0] === 0x55 ? undefined : write(position, pieces))
    await writeQcow2(from, file)
    await file.close()
    const report = await checked(file.path)
    expect(report['allocated-clusters']).toBe(blockCount / 128 + 127 / 128)
    expect(report['image-end-offset']).toBe(statSync(file.path).size)
  })

  test('64 TiB: the largest there is', async () => {
    const blockCount = 64 * 2 ** 31
    const block = random.bytes(512)
    const ends = [0, blockCount - 1]
    const from: BlockDevice = {
      blockSize: 512,
      blockCount,
      readOnly: true,
      canPunch: false,
      read(lba, into) {
        into.fill(0)
        for (const end of ends) if (end >= lba && end < lba + into.length / 512) into.set(block, (end - lba) * 512)
      },
      write: () => expect.fail('nothing is written'),
      zero: () => expect.fail('nothing is written'),
      flush: () => Promise.resolve(),
      close: () => Promise.resolve(),
      extent: (lba) =>
        ends.includes(lba) ? { blocks: 1, zero: false } : { blocks: ends.find((end) => end > lba)! - lba, zero: true },
    }
    const path = await exported(from)
    await checked(path)
    const info = JSON.parse(await qemuImg('info', '--output=json', path)) as Record<string, unknown>
    expect(info['virtual-size']).toBe(64 * 2 ** 40)
    const file = await openHostFile(path, { readOnly: true })
    const device = await openQcow2(file)
    const into = new Uint8Array(512)
    await device.read(blockCount - 1, into)
    expect(Buffer.compare(into, block)).toBe(0)
    await device.close()
  })
})
