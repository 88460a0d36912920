import { describe, expect, test } from 'vitest'
import type { BlockDevice } from '../../../src-main/disks/block-device.ts'
import { openVmdk } from '../../../src-main/disks/vmdk-device.ts'
import { decodeExtentHeader, parseDescriptor } from '../../../src-main/disks/vmdk/format.ts'
import { contentOf } from '../../support/disk-images.ts'
import { flatDescriptor, smallVmdk } from '../../support/foreign-images.ts'
import { MemoryFile } from '../../support/memory-file.ts'
import { seededRandom } from '../../support/random.ts'

const random = seededRandom(99)
const file = (bytes: Uint8Array): MemoryFile => new MemoryFile(bytes, { path: 'image', readOnly: false })
async function expectRuns(device: BlockDevice, runs: readonly [at: number, length: number, value: number][]) {
  const wanted = new Uint8Array(device.blockCount * 512)
  for (const [at, length, value] of runs) wanted.fill(value, at, at + length)
  expect(Buffer.compare(await contentOf(device, random), wanted)).toBe(0)
}

describe('VMDK', () => {
  test('header and descriptor', () => {
    expect(decodeExtentHeader(smallVmdk(false))).toEqual({
      version: 1,
      flags: 5,
      capacity: 4096,
      grainSize: 8,
      descriptorOffset: 1,
      descriptorSize: 4,
      numGtesPerGt: 64,
      gdOffset: 8,
      compressAlgorithm: 0,
    })
    expect(decodeExtentHeader(smallVmdk(true)).gdOffset).toBeUndefined()
    expect(parseDescriptor(flatDescriptor())).toEqual({
      createType: 'monolithicFlat',
      parentCid: 'ffffffff',
      extents: [
        { access: 'RW', sectors: 2048, type: 'FLAT', fileName: 'disk-flat.vmdk', offsetSectors: 0 },
        { access: 'RW', sectors: 2048, type: 'ZERO', fileName: undefined, offsetSectors: 0 },
      ],
    })
  })
  test.each([false, true])('content; compressed: %s', async (compressed) => {
    const device = await openVmdk(file(smallVmdk(compressed)))
    expect(device.blockCount).toBe(4096)
    await expectRuns(device, [
      [0, 4096, 0x11],
      [65 * 4096, 4096, 0x22],
    ])
  })
  test('flat extents lie beside their descriptor, and are closed with it', async () => {
    const flat = file(new Uint8Array(2 ** 20).fill(7))
    const asked: string[] = []
    const openSibling = async (name: string) => {
      asked.push(name)
      return flat
    }
    const device = await openVmdk(file(flatDescriptor()), { openSibling })
    await expectRuns(device, [[0, 2 ** 20, 7]])
    expect(asked).toEqual(['disk-flat.vmdk'])
    await device.close()
    expect(flat.closed).toBe(true)
  })
  test('a stream that was cut short is refused', async () => {
    await expect(openVmdk(file(smallVmdk(true).subarray(0, 30000)))).rejects.toMatchObject({ code: 'disk.corrupt' })
  })
  test('a file that was sent as text is refused', async () => {
    const image = smallVmdk(false)
    image[75] = 0x0a
    await expect(openVmdk(file(image))).rejects.toThrow(/transfer as text/)
  })
})
