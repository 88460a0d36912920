import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { BlockDevice } from '../../src-main/disks/block-device.ts'
import type { DiskFile } from '../../src-main/disks/disk-file.ts'
import { openHostFile } from '../../src-main/disks/host-file-device.ts'
import { createVhd } from '../../src-main/disks/vhd/create.ts'
import { openVhd } from '../../src-main/disks/vhd/open.ts'
import { createVhdx, openVhdx, type VhdxDevice } from '../../src-main/disks/vhdx-device.ts'
import { saveFile } from '../support/disk-images.ts'
import { expectQemuFinds, expectVhdiFinds, noQemu, noVhdi, qemuMakes, succeed } from '../support/disk-tools.ts'
import { firstWrongOf, makeMarks, Marks } from '../support/marks.ts'
import { MemoryFile } from '../support/memory-file.ts'
import { seededRandom } from '../support/random.ts'
import { relaidVhd, relaidVhdx, type VhdPlaces, type VhdxPlaces } from '../support/relaid.ts'

/** Files whose parts lie where no program puts them, but where the formats allow them. */
const SEED = 20_261_125
const MIB = 2 ** 20
const SIZE = 23 * MIB + 512 * 3
const random = seededRandom(SEED)
const noTools = noQemu ?? noVhdi

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-layouts-'))
})
afterEach(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)

/** Finds, makes and finds again. */
async function weFindAndMake(path: string, marks: Marks, open: (file: DiskFile) => Promise<BlockDevice>) {
  const readOnly = await open(await openHostFile(path, { readOnly: true }))
  expect(await firstWrongOf(readOnly, marks)).toBeUndefined()
  await readOnly.close()
  const device = await open(await openHostFile(path))
  await makeMarks(device, marks, random, 30)
  expect(await firstWrongOf(device, marks)).toBeUndefined()
  await device.close()
}

/** Makes marks in a new disk. Returns its file, closed and to be opened again. */
async function filled(file: MemoryFile, marks: Marks, open: (file: DiskFile) => Promise<BlockDevice>) {
  const device = await open(file)
  await makeMarks(device, marks, random, 40)
  await device.close()
  return new MemoryFile(file.bytes)
}

const VHD_PLACES: readonly [string, VhdPlaces][] = [
  ['header and table behind the data', { order: ['blocks', 'header', 'locators', 'table'] }],
  ['table before the header', { order: ['table', 'locators', 'header', 'blocks'] }],
  ['header far from the footer', { order: ['header', 'table', 'locators', 'blocks'], hole: 2053 }],
  ['holes, header at the end', { order: ['table', 'blocks', 'locators', 'header'], hole: 1 }],
  ['data between header and table', { order: ['header', 'blocks', 'table', 'locators'], hole: 7 }],
  ['a damaged footer at the end', { order: ['header', 'table', 'locators', 'blocks'], footerAtEnd: 'damaged' }],
  ['a damaged footer at the start', { order: ['header', 'table', 'locators', 'blocks'], footerAtStart: 'damaged' }],
]
const newVhd = { sizeBytes: SIZE, createdMs: 0, blockBytes: 2 * MIB } as const

describe.skipIf(noTools !== undefined)(`VHDs (seed ${SEED})`, () => {
  test.each(VHD_PLACES)('%s', async (_, places) => {
    const file = new MemoryFile()
    await createVhd(file, { ...newVhd, kind: 'dynamic', uniqueId: random.bytes(16) })
    const marks = new Marks(SIZE, 2 * MIB)
    const path = at('a.vhd')
    saveFile(new MemoryFile(await relaidVhd(await filled(file, marks, openVhd), places)), path)
    // QEMU looks at the start, libvhdi at the end. Whatever is missing is written when we open the file for writing.
    if (!places.footerAtStart) await expectQemuFinds(path, 'vpc', marks)
    if (!places.footerAtEnd) await expectVhdiFinds(path, marks)
    await weFindAndMake(path, marks, openVhd)
    for (let round = 0; round < 2; round++) {
      await expectQemuFinds(path, 'vpc', marks)
      await expectVhdiFinds(path, marks)
      // QEMU puts new blocks behind the last one and the table, over a header that lies there.
      if (places.order.at(-1) !== 'header') await qemuMakes(path, 'vpc', marks, random, 15)
      await weFindAndMake(path, marks, openVhd)
    }
  })

  test('a fixed disk whose footer lacks its last byte, as Virtual PC wrote it before 2004', async () => {
    const file = new MemoryFile()
    await createVhd(file, { ...newVhd, kind: 'fixed', uniqueId: random.bytes(16) })
    const marks = new Marks(SIZE, 2 * MIB)
    const whole = await filled(file, marks, openVhd)
    await whole.resize(whole.sizeBytes - 1)
    saveFile(whole, at('a.vhd'))
    // libvhdi does not know such a footer.
    await expectQemuFinds(at('a.vhd'), 'vpc', marks)
    await weFindAndMake(at('a.vhd'), marks, openVhd)
    await expectQemuFinds(at('a.vhd'), 'vpc', marks)
  })

  test.each(VHD_PLACES)('a child and its parent: %s', async (_, places) => {
    // Whole bytes of the bitmap, for libvhdi 20210425.
    const marks = new Marks(SIZE, 2 * MIB, 4096)
    const uniqueId = random.bytes(16)
    const parentOf = (device: BlockDevice) => ({ parent: { device, uniqueId } })
    const [below, above] = [new MemoryFile(), new MemoryFile()]
    await createVhd(below, { ...newVhd, kind: 'dynamic', uniqueId })
    saveFile(new MemoryFile(await relaidVhd(await filled(below, marks, openVhd), places)), at('below.vhd'))
    const parent = await openVhd(await openHostFile(at('below.vhd')))
    const name = { fileName: 'below.vhd', relativePath: '.\\below.vhd', absolutePath: 'C:\\disks\\below.vhd' }
    const ids = { uniqueId: random.bytes(16), parent: { uniqueId, modifiedMs: 0, ...name } }
    await createVhd(above, { ...newVhd, ...ids, kind: 'differencing' })
    const child = await filled(above, marks, (file) => openVhd(file, parentOf(parent)))
    saveFile(new MemoryFile(await relaidVhd(child, places)), at('above.vhd'))
    await weFindAndMake(at('above.vhd'), marks, (file) => openVhd(file, parentOf(parent)))
    await parent.close()
    await expectVhdiFinds(at('above.vhd'), marks)
  })
})

const VHDX_PLACES: readonly [string, VhdxPlaces][] = [
  ['table behind the data', { order: ['log', 'metadata', 'blocks', 'bitmaps', 'bat'] }],
  ['log at the end', { order: ['bat', 'metadata', 'bitmaps', 'blocks', 'log'] }],
  ['metadata far away', { order: ['log', 'bat', 'blocks', 'bitmaps', 'metadata'], holeMib: 300 }],
  ['data before everything', { order: ['blocks', 'bitmaps', 'metadata', 'bat', 'log'] }],
  ['bitmaps before everything', { order: ['bitmaps', 'bat', 'log', 'metadata', 'blocks'], holeMib: 1 }],
  ['holes', { order: ['metadata', 'blocks', 'log', 'bitmaps', 'bat'], holeMib: 7 }],
  ['items in reverse, with gaps', { order: ['log', 'metadata', 'bat', 'blocks', 'bitmaps'], itemGap: 1000 }],
  ['only the first header', { order: ['log', 'metadata', 'bat', 'blocks', 'bitmaps'], headers: [7n, 0n] }],
  ['only the second header', { order: ['log', 'metadata', 'bat', 'blocks', 'bitmaps'], headers: [0n, 7n] }],
  ['the first header is the newer', { order: ['log', 'metadata', 'bat', 'blocks', 'bitmaps'], headers: [9n, 8n] }],
  [
    'a sequence number of more than 32 bits',
    { order: ['log', 'metadata', 'bat', 'blocks', 'bitmaps'], headers: [2n ** 33n, 2n ** 32n + 5n] },
  ],
]
/** libvhdi 20210425 refuses a file with one header; we write both when we write. */
const hasBothHeaders = ({ headers }: VhdxPlaces): boolean => !headers?.includes(0n)
const newVhdx = { sizeBytes: SIZE, blockSizeBytes: 2 * MIB }

describe.skipIf(noTools !== undefined)(`VHDXs (seed ${SEED})`, () => {
  test.each(VHDX_PLACES)('%s', async (_, places) => {
    const file = new MemoryFile()
    await createVhdx({ ...newVhdx, file })
    const marks = new Marks(SIZE, 2 * MIB)
    const path = at('a.vhdx')
    saveFile(new MemoryFile(await relaidVhdx(await filled(file, marks, openVhdx), places)), path)
    for (let round = 0; round < 2; round++) {
      await succeed('qemu-img', ['check', '-q', '-f', 'vhdx', path])
      await expectQemuFinds(path, 'vhdx', marks)
      if (round > 0 || hasBothHeaders(places)) await expectVhdiFinds(path, marks)
      await weFindAndMake(path, marks, openVhdx)
      await qemuMakes(path, 'vhdx', marks, random, 15)
    }
    await weFindAndMake(path, marks, openVhdx)
  })

  test('a damaged first region table', async () => {
    const file = new MemoryFile()
    await createVhdx({ ...newVhdx, file })
    const marks = new Marks(SIZE, 2 * MIB)
    const order = ['log', 'metadata', 'bat', 'blocks', 'bitmaps'] as const
    const places: VhdxPlaces = { order, damageFirstRegionTable: true }
    saveFile(new MemoryFile(await relaidVhdx(await filled(file, marks, openVhdx), places)), at('a.vhdx'))
    // QEMU knows the first one only.
    await weFindAndMake(at('a.vhdx'), marks, openVhdx)
    await weFindAndMake(at('a.vhdx'), marks, openVhdx)
  })

  test.each(VHDX_PLACES)('a child and its parent: %s', async (_, places) => {
    const marks = new Marks(SIZE, 2 * MIB)
    const parentOf = (device: VhdxDevice) => ({ parent: { device, dataWriteGuid: device.dataWriteGuid } })
    const [below, above] = [new MemoryFile(), new MemoryFile()]
    await createVhdx({ ...newVhdx, file: below })
    saveFile(new MemoryFile(await relaidVhdx(await filled(below, marks, openVhdx), places)), at('below.vhdx'))
    const parent = await openVhdx(await openHostFile(at('below.vhdx')))
    // libvhdi 20210425 takes the parent's name from the Windows path only, whatever the folder.
    const paths = { relativePath: 'below.vhdx', absolutePath: 'C:\\disks\\below.vhdx' }
    await createVhdx({ ...newVhdx, file: above, parent: { dataWriteGuid: parent.dataWriteGuid, ...paths } })
    // No mark covers a block: libvhdi shows what the parent has there, see vhdx-matrix.test.ts.
    const child = await filled(above, marks, (file) => openVhdx(file, parentOf(parent)))
    saveFile(new MemoryFile(await relaidVhdx(child, places)), at('above.vhdx'))
    if (hasBothHeaders(places)) await expectVhdiFinds(at('above.vhdx'), marks)
    await weFindAndMake(at('above.vhdx'), marks, (file) => openVhdx(file, parentOf(parent)))
    await parent.close()
    // The parent was not written, and has one header still.
    if (hasBothHeaders(places)) await expectVhdiFinds(at('above.vhdx'), marks)
  })
})
