import { describe, expect, test } from 'vitest'
import type { BlockDevice } from '../../../src-main/disks/block-device.ts'
import { openQcow2 } from '../../../src-main/disks/qcow2-device.ts'
import { clusterAt, decodeHeader, l2OffsetAt } from '../../../src-main/disks/qcow2/format.ts'
import { contentOf } from '../../support/disk-images.ts'
import { smallQcow2 } from '../../support/foreign-images.ts'
import { MemoryFile } from '../../support/memory-file.ts'
import { seededRandom } from '../../support/random.ts'

const random = seededRandom(99)
const file = (bytes: Uint8Array): MemoryFile => new MemoryFile(bytes, { path: 'image', readOnly: false })
async function expectRuns(device: BlockDevice, runs: readonly [at: number, length: number, value: number][]) {
  const wanted = new Uint8Array(device.blockCount * 512)
  for (const [at, length, value] of runs) wanted.fill(value, at, at + length)
  expect(Buffer.compare(await contentOf(device, random), wanted)).toBe(0)
}

describe('qcow2', () => {
  test('header and descriptors', () => {
    const image = smallQcow2()
    expect(decodeHeader(image)).toEqual({
      version: 3,
      backingFile: undefined,
      clusterBits: 12,
      sizeBytes: 4 * 2 ** 20,
      cryptMethod: 0,
      l1Size: 2,
      l1TableOffset: 4096,
      incompatibleFeatures: 0n,
      compressionType: 0,
    })
    expect(l2OffsetAt(image.subarray(4096), 0)).toBe(8192)
    const l2 = image.subarray(8192, 12288)
    const at = (index: number) => clusterAt(l2, index, { version: 3, clusterBits: 12 })
    expect(at(0)).toEqual({ is: 'data', offset: 12288 })
    expect(at(1)).toEqual({ is: 'compressed', offset: 16389, length: 512 - 5 })
    expect([at(2), at(3)]).toEqual([{ is: 'zeros' }, { is: 'absent' }])
  })
  test('content', async () => {
    const device = await openQcow2(file(smallQcow2()))
    expect(device.blockCount).toBe(8192)
    await expectRuns(device, [
      [0, 4096, 0x11],
      [4096, 4096, 0x22],
    ])
    expect(() => device.write(0, [])).toThrow(expect.objectContaining({ code: 'disk.readOnly' }))
  })
  test.each([
    ['version 1', 7, 1, 'codec.value'],
    ['clusters of 4 MiB', 23, 22, 'codec.value'],
    ['encryption', 35, 1, 'disk.format'],
    ['the corrupt mark', 79, 2, 'disk.corrupt'],
    ['an unknown feature', 79, 0x20, 'disk.format'],
    ['an L1 table outside of the file', 44, 0xff, 'disk.corrupt'],
    ['an L1 table that is too small', 39, 1, 'disk.corrupt'],
  ])('with %s is refused', async (_, at, value, code) => {
    const image = smallQcow2()
    image[at] = value
    await expect(openQcow2(file(image))).rejects.toMatchObject({ code })
  })
  test('a damaged compressed cluster is an error, not zeros', async () => {
    const image = smallQcow2()
    image.fill(0xff, 16389, 16400)
    const device = await openQcow2(file(image))
    await expect(device.read(8, new Uint8Array(512))).rejects.toMatchObject({ code: 'disk.corrupt' })
  })
})
