import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DiskFile } from '../../src-main/disks/disk-file.ts'
import { openHostFile } from '../../src-main/disks/host-file-device.ts'
import { createVhdx, inspectVhdx, openVhdx, type VhdxDevice } from '../../src-main/disks/vhdx-device.ts'
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
import { seededRandom, type SeededRandom } from '../support/random.ts'

const SEED = 20_261_124
const [MIB, GIB, TIB] = [2 ** 20, 2 ** 30, 2 ** 40]

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-vhdx-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

interface Shape {
  readonly kind: 'fixed' | 'dynamic'
  readonly sizeBytes: number
  readonly blockSizeBytes: number
  readonly logicalSectorSize?: 512 | 4096
}
const SHAPES: readonly Shape[] = [
  ...[1, 2, 8, 32, 256].flatMap((mib): Shape[] => {
    const blockSizeBytes = mib * MIB
    const sizes = [MIB, 17 * MIB + 1536, blockSizeBytes, blockSizeBytes + 512, 2 * GIB + MIB, 40 * GIB]
    return [...new Set(sizes)].map((sizeBytes) => ({ kind: 'dynamic', sizeBytes, blockSizeBytes }))
  }),
  { kind: 'dynamic', sizeBytes: 10 * TIB, blockSizeBytes: MIB },
  { kind: 'dynamic', sizeBytes: 64 * TIB, blockSizeBytes: 32 * MIB },
  { kind: 'dynamic', sizeBytes: 64 * TIB, blockSizeBytes: 256 * MIB },
  { kind: 'fixed', sizeBytes: MIB, blockSizeBytes: MIB },
  { kind: 'fixed', sizeBytes: 17 * MIB + 1536, blockSizeBytes: 2 * MIB },
  { kind: 'fixed', sizeBytes: 8 * MIB + 512, blockSizeBytes: 8 * MIB },
  { kind: 'fixed', sizeBytes: 2 * GIB + MIB, blockSizeBytes: 32 * MIB },
  { kind: 'fixed', sizeBytes: 40 * GIB, blockSizeBytes: 256 * MIB },
]
const LARGE_SECTORS: readonly Shape[] = [
  { kind: 'dynamic', sizeBytes: 17 * MIB + 4096, blockSizeBytes: 2 * MIB, logicalSectorSize: 4096 },
  { kind: 'dynamic', sizeBytes: 40 * GIB, blockSizeBytes: 32 * MIB, logicalSectorSize: 4096 },
  { kind: 'fixed', sizeBytes: 8 * MIB, blockSizeBytes: MIB, logicalSectorSize: 4096 },
]
/** With further options for QEMU. */
const MORE: readonly (readonly [string, Shape, string])[] = [
  // A log that is larger than what we use of it, and blocks that are absent instead of zeros.
  ['with a log of 64 MiB', { kind: 'dynamic', sizeBytes: 40 * GIB, blockSizeBytes: 8 * MIB }, ',log_size=64M'],
  ['with a log of 2 MiB', { kind: 'dynamic', sizeBytes: 40 * GIB, blockSizeBytes: 8 * MIB }, ',log_size=2M'],
  ['with absent blocks', { kind: 'dynamic', sizeBytes: 9 * MIB, blockSizeBytes: MIB }, ',block_state_zero=off'],
  ['fixed, absent blocks', { kind: 'fixed', sizeBytes: 9 * MIB, blockSizeBytes: MIB }, ',block_state_zero=off'],
]
const titled = (shapes: readonly Shape[]) =>
  shapes.map((s) => [`${s.kind}, ${s.sizeBytes} bytes in blocks of ${s.blockSizeBytes / MIB} MiB`, s] as const)
const QEMUS = [...titled(SHAPES).map(([title, shape]) => [title, shape, ''] as const), ...MORE]

/** A file that does not take the space of a fixed disk at once: forty gigabytes would be much for a test. */
const withoutSpace = (file: DiskFile): DiskFile =>
  new Proxy(file, {
    get(target, key) {
      if (key === 'allocate') return undefined
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
async function weMake(path: string, shape: Shape): Promise<void> {
  const file = await openHostFile(path, { create: true })
  await createVhdx({ ...shape, file: withoutSpace(file), fixed: shape.kind === 'fixed' })
  await file.close()
}
async function weFindAndMake(path: string, marks: Marks, random: SeededRandom, count: number): Promise<void> {
  const device = await openVhdx(await openHostFile(path))
  expect(device.blockCount * device.blockSize).toBe(marks.sizeBytes)
  expect(await firstWrongOf(device, marks)).toBeUndefined()
  await makeMarks(device, marks, random, count)
  expect(await firstWrongOf(device, marks)).toBeUndefined()
  await device.close()
}
async function expectAllFind(path: string, marks: Marks, kind: Shape['kind']): Promise<void> {
  await succeed('qemu-img', ['check', '-q', '-f', 'vhdx', path])
  await expectQemuFinds(path, 'vhdx', marks)
  // libvhdi 20210425 does not know that the table of a fixed disk, too, has an entry for a bitmap after each 4 GiB.
  if (!noVhdi && (kind === 'dynamic' || marks.sizeBytes <= 4 * GIB)) await expectVhdiFinds(path, marks)
}

describe.skipIf(noQemu !== undefined)(`QEMU, libvhdi and we write by turns into one VHDX (seed ${SEED})`, () => {
  test.each(titled(SHAPES))('made by us: %s', async (_, shape) => {
    const random = seededRandom(SEED)
    const path = join(folder, 'ours.vhdx')
    await weMake(path, shape)
    expect(await qemuSize(path, 'vhdx')).toBe(shape.sizeBytes)
    const marks = new Marks(shape.sizeBytes, shape.blockSizeBytes)
    for (let round = 0; round < 2; round++) {
      await weFindAndMake(path, marks, random, 30)
      await expectAllFind(path, marks, shape.kind)
      await qemuMakes(path, 'vhdx', marks, random, 15)
    }
    await weFindAndMake(path, marks, random, 0)
  })

  test.each(QEMUS)('made by QEMU: %s', async (_, shape, more) => {
    const random = seededRandom(SEED)
    const path = join(folder, 'theirs.vhdx')
    const options = `subformat=${shape.kind},block_size=${shape.blockSizeBytes}${more}`
    await succeed('qemu-img', ['create', '-q', '-f', 'vhdx', '-o', options, path, `${shape.sizeBytes}`])
    const marks = new Marks(shape.sizeBytes, shape.blockSizeBytes)
    for (let round = 0; round < 2; round++) {
      await qemuMakes(path, 'vhdx', marks, random, 15)
      const file = await openHostFile(path, { readOnly: true })
      expect(await inspectVhdx(file)).toMatchObject(shape)
      await file.close()
      await weFindAndMake(path, marks, random, 30)
      await expectAllFind(path, marks, shape.kind)
    }
  })
})

describe.skipIf(noVhdi !== undefined)(`libvhdi reads what QEMU cannot (seed ${SEED})`, () => {
  test.each(titled(LARGE_SECTORS))('sectors of 4096 bytes: %s', async (_, shape) => {
    const random = seededRandom(SEED)
    const path = join(folder, 'ours.vhdx')
    await weMake(path, shape)
    const marks = new Marks(shape.sizeBytes, shape.blockSizeBytes, 4096)
    for (let round = 0; round < 2; round++) {
      await weFindAndMake(path, marks, random, 30)
      await expectVhdiFinds(path, marks)
    }
  })

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('a chain of %i children on a disk of 40 GiB', async (length) => {
    const random = seededRandom(SEED + length)
    let marks = new Marks(40 * GIB, 2 * MIB)
    const open: VhdxDevice[] = []
    for (let level = 0; level <= length; level++) {
      const below = open.at(-1)
      const name = `disk-${level - 1}.vhdx`
      const file = await openHostFile(join(folder, `disk-${level}.vhdx`), { create: true })
      await createVhdx({
        file,
        sizeBytes: marks.sizeBytes,
        blockSizeBytes: [2, 1, 32, 8, 2, 256][level % 6]! * MIB,
        // libvhdi 20210425 takes the parent's name from the Windows path only, whatever the folder.
        ...(below && {
          parent: { dataWriteGuid: below.dataWriteGuid, relativePath: name, absolutePath: `C:\\disks\\${name}` },
        }),
      })
      marks = marks.copy()
      const { dataWriteGuid } = below ?? { dataWriteGuid: '' }
      const device = await openVhdx(file, below ? { parent: { device: below, dataWriteGuid } } : {})
      expect(await firstWrongOf(device, marks)).toBeUndefined()
      // No mark covers a block: of a block of zeros (state 2) libvhdi shows what the parent has, against MS-VHDX §2.5.1.1.
      await makeMarks(device, marks, random, 20)
      await device.flush()
      open.push(device)
    }
    expect(await firstWrongOf(open.at(-1)!, marks)).toBeUndefined()
    for (const device of open.reverse()) await device.close()
    await expectVhdiFinds(join(folder, `disk-${length}.vhdx`), marks)
  })
})
