import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openHostFile } from '../../src-main/disks/host-file-device.ts'
import { createVhd } from '../../src-main/disks/vhd/create.ts'
import { openVhd, type VhdDevice } from '../../src-main/disks/vhd/open.ts'
import {
  expectQemuFinds,
  expectVhdiFinds,
  noQemu,
  noVhdi,
  qemuMakes,
  qemuSize,
  succeed,
} from '../support/disk-tools.ts'
import { firstWrongOf, makeMarks, Marks } from '../support/marks.ts'
import { seededRandom } from '../support/random.ts'

const SEED = 20_261_124
const random = seededRandom(SEED)
const [KIB, MIB, GIB] = [2 ** 10, 2 ** 20, 2 ** 30]

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-vhd-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

interface Shape {
  readonly kind: 'fixed' | 'dynamic'
  readonly sizeBytes: number
  readonly blockBytes: number
}
const SIZES = [MIB, 17 * MIB + 1536, 2 * MIB, 2 * MIB + 512, 2 * GIB + MIB, 40 * GIB, 2040 * GIB]
const FIXED: readonly Shape[] = SIZES.map((sizeBytes) => ({ kind: 'fixed', sizeBytes, blockBytes: 2 * MIB }))
const DYNAMIC: readonly Shape[] = SIZES.map((sizeBytes) => ({ kind: 'dynamic', sizeBytes, blockBytes: 2 * MIB }))
const OTHER_BLOCKS: readonly Shape[] = [128 * KIB, 512 * KIB, 4 * MIB, 256 * MIB].flatMap((blockBytes) =>
  [blockBytes, blockBytes + 512, 9 * blockBytes + 3 * 512, 40 * GIB].map((sizeBytes): Shape => ({
    kind: 'dynamic',
    sizeBytes,
    blockBytes,
  })),
)

async function expectAllFind(path: string, marks: Marks): Promise<void> {
  if (!noQemu) await expectQemuFinds(path, 'vpc', marks)
  if (!noVhdi) await expectVhdiFinds(path, marks)
}
async function weFindAndMake(path: string, marks: Marks, count: number): Promise<void> {
  const device = await openVhd(await openHostFile(path))
  expect(device.blockCount * 512).toBe(marks.sizeBytes)
  expect(await firstWrongOf(device, marks)).toBeUndefined()
  await makeMarks(device, marks, random, count)
  expect(await firstWrongOf(device, marks)).toBeUndefined()
  await device.close()
}
const titled = (shapes: readonly Shape[]) =>
  shapes.map((s) => [`${s.kind}, ${s.sizeBytes} bytes in blocks of ${s.blockBytes}`, s] as const)

describe.skipIf(noQemu !== undefined)(`QEMU, libvhdi and we write by turns into one VHD (seed ${SEED})`, () => {
  test.each(titled([...FIXED, ...DYNAMIC, ...OTHER_BLOCKS]))('made by us: %s', async (_, shape) => {
    const path = join(folder, 'ours.vhd')
    const file = await openHostFile(path, { create: true })
    await createVhd(file, { ...shape, uniqueId: random.bytes(16), createdMs: Date.UTC(2026, 10, 24) })
    await file.close()
    expect(await qemuSize(path, 'vpc')).toBe(shape.sizeBytes)
    const marks = new Marks(shape.sizeBytes, shape.blockBytes)
    for (let round = 0; round < 2; round++) {
      await weFindAndMake(path, marks, 30)
      await expectAllFind(path, marks)
      await qemuMakes(path, 'vpc', marks, random, 15)
    }
    await weFindAndMake(path, marks, 0)
  })

  test.each(titled([...FIXED, ...DYNAMIC]))('made by QEMU: %s', async (_, shape) => {
    const path = join(folder, 'theirs.vhd')
    const options = `subformat=${shape.kind},force_size=on`
    await succeed('qemu-img', ['create', '-q', '-f', 'vpc', '-o', options, path, `${shape.sizeBytes}`])
    const marks = new Marks(shape.sizeBytes, shape.blockBytes)
    for (let round = 0; round < 2; round++) {
      await qemuMakes(path, 'vpc', marks, random, 15)
      await weFindAndMake(path, marks, 30)
      await expectAllFind(path, marks)
    }
  })
})

describe.skipIf(noVhdi !== undefined)(`libvhdi reads our chains (seed ${SEED})`, () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'of %i children on a disk of 40 GiB, with blocks of several sizes',
    async (length) => {
      const random = seededRandom(SEED + length)
      // libvhdi 20210425 takes a byte of the bitmap as present from its first set bit on: marks are whole bytes of it. And it
      // takes what fills up the sector of a shorter bitmap for bits, too: the blocks of children have 2 MiB or more.
      let marks = new Marks(40 * GIB, 2 * MIB, 4096)
      const open: VhdDevice[] = []
      for (let level = 0; level <= length; level++) {
        const path = join(folder, `disk-${level}.vhd`)
        const below = open.at(-1)
        const { uniqueId, timeStamp } = below?.info.footer ?? { uniqueId: new Uint8Array(16), timeStamp: 0 }
        const fileName = `disk-${level - 1}.vhd`
        const file = await openHostFile(path, { create: true })
        await createVhd(file, {
          kind: below ? 'differencing' : 'dynamic',
          sizeBytes: marks.sizeBytes,
          blockBytes: below ? (2 * MIB) << (level % 4) : 512 * KIB,
          uniqueId: random.bytes(16),
          createdMs: 0,
          ...(below && { parent: { uniqueId, modifiedMs: 0, fileName, relativePath: `.\\${fileName}` } }),
        })
        marks = marks.copy()
        const device = await openVhd(file, below ? { parent: { device: below, uniqueId, timeStamp } } : {})
        expect(await firstWrongOf(device, marks)).toBeUndefined()
        await makeMarks(device, marks, random, 20)
        await device.flush()
        open.push(device)
      }
      expect(await firstWrongOf(open.at(-1)!, marks)).toBeUndefined()
      for (const device of open.reverse()) await device.close()
      await expectVhdiFinds(join(folder, `disk-${length}.vhd`), marks)
    },
  )
})
