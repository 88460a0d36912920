import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BlockDevice } from '../../src-main/disks/block-device.ts'
import { openHostFile } from '../../src-main/disks/host-file-device.ts'
import { readLayout } from '../../src-main/disks/vhdx/layout.ts'
import { createVhdx, inspectVhdx, openVhdx, type VhdxDevice } from '../../src-main/disks/vhdx-device.ts'
import { expectQemuFinds, noQemu, noVhdi, qemuMakes, succeed, withVhdi } from '../support/disk-tools.ts'
import { firstWrongOf, Marks } from '../support/marks.ts'
import { runProgram } from '../support/programs.ts'
import { seededRandom } from '../support/random.ts'

const MIB = 2 ** 20

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-vhdx-interop-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const qemu = (...args: string[]): Promise<string> => succeed('qemu-img', args, folder)
/** Writes and zeroes at random; the same in `model`. */
async function fill(device: BlockDevice, model: Uint8Array, seed: number, mostZeroed = Infinity): Promise<void> {
  const random = seededRandom(seed)
  for (let i = 0; i < 80; i++) {
    const count = 1 + random.below(random.below(5) === 0 ? 5000 : 64)
    const lba = random.below(device.blockCount - count)
    const range = [lba * device.blockSize, (lba + count) * device.blockSize] as const
    if (random.below(4) === 0 && count <= mostZeroed) {
      await device.zero(lba, count)
      model.fill(0, ...range)
    } else {
      const value = 1 + random.below(255)
      await device.write(lba, [new Uint8Array(count * device.blockSize).fill(value)])
      model.fill(value, ...range)
    }
  }
}
async function contentOf(device: BlockDevice): Promise<Uint8Array> {
  const all = new Uint8Array(device.blockCount * device.blockSize)
  for (let at = 0; at < all.length; at += MIB) await device.read(at / device.blockSize, all.subarray(at, at + MIB))
  return all
}
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

interface Shape {
  readonly kind: 'fixed' | 'dynamic'
  readonly sizeBytes: number
  readonly blockSizeBytes: number
}
const SHAPES: readonly Shape[] = (['dynamic', 'fixed'] as const).flatMap((kind) =>
  [
    { sizeBytes: 4 * MIB, blockSizeBytes: MIB },
    { sizeBytes: 17 * MIB + 512, blockSizeBytes: 2 * MIB },
    { sizeBytes: 70 * MIB, blockSizeBytes: 32 * MIB },
  ].map((shape) => ({ kind, ...shape })),
)

describe.skipIf(noQemu !== undefined)('QEMU', () => {
  test.each(SHAPES)('reads what we write, and finds nothing wrong: %o', async (shape) => {
    const path = join(folder, 'ours.vhdx')
    const file = await openHostFile(path, { create: true })
    await createVhdx({ ...shape, file, fixed: shape.kind === 'fixed' })
    const device = await openVhdx(file)
    const model = new Uint8Array(shape.sizeBytes)
    await fill(device, model, shape.sizeBytes)
    await device.close()
    await qemu('check', '-f', 'vhdx', path)
    const info = JSON.parse(await qemu('info', '--output', 'json', '-f', 'vhdx', path)) as Record<string, unknown>
    expect(info['virtual-size']).toBe(shape.sizeBytes)
    await qemu('convert', '-f', 'vhdx', '-O', 'raw', path, 'ours.raw')
    expect(same(readFileSync(join(folder, 'ours.raw')), model)).toBe(true)
    rmSync(path)
  })

  test.each(SHAPES)('writes what we read, and what we write into is still good: %o', async (shape) => {
    const path = join(folder, 'theirs.vhdx')
    const options = `subformat=${shape.kind},block_size=${shape.blockSizeBytes}`
    await qemu('create', '-f', 'raw', 'in.raw', `${shape.sizeBytes}`)
    const model = new Uint8Array(shape.sizeBytes)
    const raw = await openHostFile(join(folder, 'in.raw'))
    const random = seededRandom(9)
    for (let i = 0; i < 30; i++) {
      const position = random.below(shape.sizeBytes / 512 - 200) * 512
      const data = random.bytes(100 * 512)
      await raw.write(position, [data])
      model.set(data, position)
    }
    await raw.close()
    await qemu('convert', '-f', 'raw', '-O', 'vhdx', '-o', options, 'in.raw', path)
    const file = await openHostFile(path)
    expect(await inspectVhdx(file)).toMatchObject(shape)
    const device = await openVhdx(file)
    expect(same(await contentOf(device), model)).toBe(true)
    await fill(device, model, 77)
    await device.close()
    await qemu('check', '-f', 'vhdx', path)
    await qemu('convert', '-f', 'vhdx', '-O', 'raw', path, 'out.raw')
    expect(same(readFileSync(join(folder, 'out.raw')), model)).toBe(true)
    rmSync(path)
  })

  test('replays our log', async () => {
    const path = join(folder, 'log.vhdx')
    const file = await openHostFile(path, { create: true })
    await createVhdx({ file, sizeBytes: 16 * MIB, blockSizeBytes: MIB })
    const device = await openVhdx(file)
    const model = new Uint8Array(16 * MIB)
    await fill(device, model, 5)
    await device.flush()
    // As if the writer were gone: the table is put back to what it was, so that only the log knows.
    const copy = join(folder, 'copy.vhdx')
    copyFileSync(path, copy)
    await device.close()
    const cut = await openHostFile(copy)
    await cut.write(3 * MIB, [new Uint8Array(4096)])
    await cut.close()
    await qemu('check', '-r', 'all', '-f', 'vhdx', copy)
    await qemu('convert', '-f', 'vhdx', '-O', 'raw', copy, 'log.raw')
    expect(same(readFileSync(join(folder, 'log.raw')), model)).toBe(true)
  })

  test('leaves a log that we replay', async () => {
    const [path, copy] = [join(folder, 'dirty.vhdx'), join(folder, 'replayed.vhdx')]
    await qemu('create', '-q', '-f', 'vhdx', '-o', 'block_size=1M', path, '16M')
    const marks = new Marks(16 * MIB, MIB)
    await qemuMakes(path, 'vhdx', marks, seededRandom(3), 5)
    const before = await openHostFile(path, { readOnly: true })
    const table = (await readLayout(before)).bat.fileOffset
    await before.close()
    // QEMU writes its log, and is not let into the table.
    const error = ['[inject-error]', 'event = "pwritev"', `sector = "${table / 512}"`, 'iotype = "write"', '']
    writeFileSync(join(folder, 'errors'), error.join('\n'))
    const layers = 'driver=vhdx,file.driver=blkdebug,file.config=errors,file.image.driver=file'
    const name = `${layers},file.image.filename=dirty.vhdx`
    // The first block that is not there, so that the table must change.
    const device = await openVhdx(await openHostFile(path, { readOnly: true }))
    const content = await contentOf(device)
    await device.close()
    const block = Array.from({ length: 16 }, (_, i) => i).find((i) =>
      content.subarray(i * MIB, (i + 1) * MIB).every((v) => v === 0),
    )!
    const command = `write -P 99 ${block * MIB + 4096} 4096`
    const { out } = await runProgram('qemu-io', ['--image-opts', name, '-c', command], { cwd: folder })
    expect(out).toContain('Input/output error')
    content.fill(99, block * MIB + 4096, block * MIB + 8192)
    copyFileSync(path, copy)

    const readOnly = await openHostFile(path, { readOnly: true })
    expect(await inspectVhdx(readOnly)).toMatchObject({ needsReplay: true })
    const dirty = await openVhdx(readOnly)
    expect(same(await contentOf(dirty), content)).toBe(true)
    expect(await firstWrongOf(dirty, marks)).toBeUndefined()
    await dirty.close()
    expect(same(readFileSync(path), readFileSync(copy))).toBe(true)

    const replayed = await openVhdx(await openHostFile(path))
    expect(same(await contentOf(replayed), content)).toBe(true)
    await replayed.close()
    await qemu('check', '-q', '-f', 'vhdx', path)
    await expectQemuFinds(path, 'vhdx', marks)
    await qemu('check', '-q', '-r', 'all', '-f', 'vhdx', copy)
    await qemu('compare', '-q', '-f', 'vhdx', '-F', 'vhdx', path, copy)
  })
})

describe.skipIf(noVhdi !== undefined)('libvhdi', () => {
  test.each([1, 3])('reads a chain of %i children as we do', async (depth) => {
    const sizeBytes = 9 * MIB
    const model = new Uint8Array(sizeBytes)
    const chain: VhdxDevice[] = []
    for (let level = 0; level <= depth; level++) {
      const parent = chain.at(-1)
      const before = `d${depth}-${level - 1}.vhdx`
      const file = await openHostFile(join(folder, `d${depth}-${level}.vhdx`), { create: true })
      await createVhdx({
        file,
        sizeBytes,
        blockSizeBytes: MIB,
        ...(parent && {
          parent: {
            dataWriteGuid: parent.dataWriteGuid,
            relativePath: before,
            // libvhdi takes the parent's name from this entry, whatever the folder.
            absolutePath: `C:\\disks\\${before}`,
          },
        }),
      })
      const device = await openVhdx(
        file,
        parent ? { parent: { device: parent, dataWriteGuid: parent.dataWriteGuid } } : {},
      )
      // libvhdi 20210425 asks the parent for a block that the child says is zeros (state 2), against MS-VHDX §2.5.1.1:
      // so none is zeroed as a whole here.
      await fill(device, model, level, 2047)
      await device.flush()
      chain.push(device)
    }
    for (const device of chain.reverse()) await device.close()
    const seen = await withVhdi(join(folder, `d${depth}-${depth}.vhdx`), (disk) => readFileSync(disk))
    expect(same(seen, model)).toBe(true)
  })
})
