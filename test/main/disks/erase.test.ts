import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { BlockDevice } from '../../../src-main/disks/block-device.ts'
import type { DiskFormat } from '../../../src-main/disks/disk-record.ts'
import {
  createDifference,
  createFormat,
  identityOf,
  openFormat,
  type Base,
} from '../../../src-main/engine/disks/format.ts'
import { nativeCalls } from '../../../src-main/platform/native.ts'

/** Erasing is a promise about the file, not only about what is read: the file itself is searched afterwards. */

const SIZE = 64 * 2 ** 20
const SECRET = Buffer.from('what nobody shall find again....')
let folder: string
const open: BlockDevice[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-erase-'))
})
afterEach(async () => {
  for (const device of open.splice(0)) await device.close()
  rmSync(folder, { recursive: true })
})
const path = (): string => join(folder, 'disk')
async function opened(format: DiskFormat, file = path(), base?: Base): Promise<BlockDevice> {
  const device = await openFormat({ format, path: file, readOnly: false }, base)
  open.push(device)
  return device
}
async function closed(device: BlockDevice): Promise<void> {
  open.splice(open.indexOf(device), 1)
  await device.close()
}
const PLAIN = { sizeBytes: SIZE, modifiedMs: 1_700_000_000_000 } as const
const block = Buffer.concat(Array.from({ length: 128 }, () => SECRET))
const places = [0, 8, 5000, 70_000, 131_064]
async function writeSecrets(device: BlockDevice): Promise<void> {
  for (const lba of places) await device.write(lba, [block])
  await device.flush()
}

describe.skipIf(!nativeCalls().available)('erase', () => {
  test.each([
    ['raw', false],
    ['raw', true],
    ['vhd', false],
    ['vhd', true],
    ['vhdx', false],
  ] as const)('%s (fixed: %s): nothing is read, and nothing is in the file', async (format, fixed) => {
    await createFormat(format, path(), SIZE, fixed, 1_700_000_000_000)
    let device = await opened(format)
    await writeSecrets(device)
    expect(readFileSync(path()).includes(SECRET)).toBe(true)
    // Space that was given up before, and not cleaned yet, counts as well.
    if (format === 'vhdx') for (let lba = 0; lba < 131_072; lba += 16_384) await device.write(lba + 64, [block])
    await device.zero(65_536, 65_536)
    await device.erase!()
    expect(readFileSync(path()).includes(SECRET)).toBe(false)
    const into = new Uint8Array(4096).fill(1)
    await closed(device)
    device = await opened(format)
    for (const lba of places) {
      await device.read(lba, into)
      expect(into.every((b) => b === 0)).toBe(true)
    }
    for (let lba = 0; lba < device.blockCount;) {
      const { blocks, zero } = await device.extent!(lba)
      expect(zero).toBe(true)
      lba += blocks
    }
    await writeSecrets(device)
    await device.read(5000, into)
    expect(Buffer.from(into).equals(block)).toBe(true)
  })

  test('a disk that keeps its space, or whose data lie in a file below, does not offer it', async () => {
    await createFormat('vhdx', path(), SIZE, true, 1_700_000_000_000)
    expect((await opened('vhdx')).erase).toBeUndefined()
    for (const format of ['vhd', 'vhdx'] as const) {
      const below = join(folder, `image.${format}`)
      await createFormat(format, below, SIZE, false, 1_700_000_000_000)
      const image = await openFormat({ format, path: below, readOnly: true }, undefined)
      open.push(image)
      expect(image.erase).toBeUndefined()
      const identity = identityOf(format, image, '00'.repeat(16))
      const base: Base = { ...PLAIN, device: image, format, identity, file: `image.${format}` }
      const clone = join(folder, `clone.${format}`)
      await createDifference(base, clone, 1_700_000_000_000)
      expect((await opened(format, clone, base)).erase).toBeUndefined()
    }
  })
})
