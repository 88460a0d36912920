import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync, openSync, writeSync, closeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { BlockDevice } from '../../src-main/disks/block-device.ts'
import { probeFormat, PROBE_HEAD, PROBE_TAIL } from '../../src-main/disks/probe.ts'
import { openQcow2 } from '../../src-main/disks/qcow2-device.ts'
import { createVhd, type NewVhd } from '../../src-main/disks/vhd/create.ts'
import { openVhd, type VhdDevice } from '../../src-main/disks/vhd/open.ts'
import { openVmdk } from '../../src-main/disks/vmdk-device.ts'
import { contentOf, fragmentedContent, memoryFileOf, saveFile } from '../support/disk-images.ts'
import { MemoryFile } from '../support/memory-file.ts'
import { noQemu, noVhdi, succeed, withVhdi } from '../support/disk-tools.ts'
import { seededRandom } from '../support/random.ts'

const SEED = 20_261_121
const SIZE = 20 * 2 ** 20
const random = seededRandom(SEED)
const content = fragmentedContent(random, SIZE)

let folder: string
let raw: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-formats-'))
  raw = join(folder, 'disk.img')
  writeFileSync(raw, content)
})
afterEach(() => rmSync(folder, { recursive: true }))

const at = (name: string): string => join(folder, name)
const run = (program: string, ...args: string[]): Promise<string> => succeed(program, args, folder)
const qemuImg = (...args: string[]): Promise<string> => run('qemu-img', ...args)
function probe(path: string): string {
  const bytes = readFileSync(path)
  return probeFormat(bytes.subarray(0, PROBE_HEAD), bytes.subarray(-PROBE_TAIL), bytes.length)
}
/** Compares quickly, and names the first difference. */
function expectSame(got: Uint8Array, wanted: Uint8Array): void {
  const padded = new Uint8Array(got.length)
  padded.set(wanted)
  if (Buffer.from(got.buffer, got.byteOffset, got.length).equals(padded)) return
  const first = got.findIndex((v, i) => v !== padded[i])
  expect.fail(`block ${Math.floor(first / 512)} differs`)
}
async function expectContent(device: BlockDevice, wanted = content): Promise<void> {
  expect(device.blockCount * 512).toBeGreaterThanOrEqual(wanted.length)
  expectSame(await contentOf(device, random), wanted)
}
const openSibling = async (name: string) => memoryFileOf(at(name))
const newVhd = (kind: NewVhd['kind'], o: Partial<NewVhd> = {}): NewVhd => ({
  kind,
  sizeBytes: SIZE,
  uniqueId: random.bytes(16),
  createdMs: Date.UTC(2026, 10, 21),
  ...o,
})
/** The same disk, in writes of uneven length; zeros are not written. */
async function fill(device: BlockDevice, wanted = content): Promise<void> {
  for (let lba = 0; lba < device.blockCount;) {
    const count = Math.min(1 + random.below(200), device.blockCount - lba)
    const part = wanted.subarray(lba * 512, (lba + count) * 512)
    if (part.some((v) => v !== 0)) await device.write(lba, [part.subarray(0, 300), part.subarray(300)])
    lba += count
  }
  await device.flush()
}

describe.skipIf(noQemu !== undefined)(`qemu-img and VHD (seed ${SEED})`, () => {
  test.each(['dynamic', 'fixed'])('reads a %s disk of QEMU', async (subformat) => {
    await qemuImg('convert', '-O', 'vpc', '-o', `subformat=${subformat},force_size=on`, raw, at('q.vhd'))
    expect(probe(at('q.vhd'))).toBe('vhd')
    const device = await openVhd(memoryFileOf(at('q.vhd')))
    expect(device.blockCount).toBe(SIZE / 512)
    await expectContent(device)
  })
  test('shows the size that QEMU shows, when it rounds to whole cylinders', async () => {
    await qemuImg('convert', '-O', 'vpc', raw, at('q.vhd'))
    const device = await openVhd(memoryFileOf(at('q.vhd')))
    const info = JSON.parse(await qemuImg('info', '--output=json', at('q.vhd'))) as { 'virtual-size': number }
    expect(device.blockCount * 512).toBe(info['virtual-size'])
    await expectContent(device)
  })
  test.each(['dynamic', 'fixed'] as const)('QEMU reads our %s disk', async (kind) => {
    const file = new MemoryFile()
    await createVhd(file, newVhd(kind))
    const device = await openVhd(file)
    await fill(device)
    saveFile(file, at('ours.vhd'))
    expect(probe(at('ours.vhd'))).toBe('vhd')
    expect(await qemuImg('compare', '-f', 'vpc', '-F', 'raw', at('ours.vhd'), raw)).toContain('identical')
    await expectContent(await openVhd(file.clone()))
  })
  test('both write into one dynamic disk by turns', async () => {
    await qemuImg('convert', '-O', 'vpc', '-o', 'force_size=on', raw, at('both.vhd'))
    const wanted = content.slice()
    for (let round = 0; round < 4; round++) {
      const file = memoryFileOf(at('both.vhd'), { readOnly: false })
      const device = await openVhd(file)
      for (let i = 0; i < 10; i++) {
        const bytes = random.bytes((1 + random.below(50)) * 512)
        const lba = random.below(SIZE / 512 - bytes.length / 512)
        await device.write(lba, [bytes])
        wanted.set(bytes, lba * 512)
        const gone = random.below(SIZE / 512 - 100)
        await device.zero(gone, 100)
        wanted.fill(0, gone * 512, (gone + 100) * 512)
      }
      await device.flush()
      saveFile(file, at('both.vhd'))
      writeFileSync(at('wanted.img'), wanted)
      expect(await qemuImg('compare', '-f', 'vpc', '-F', 'raw', at('both.vhd'), at('wanted.img'))).toContain(
        'identical',
      )
      for (let i = 0; i < 5; i++) {
        const lba = random.below(SIZE / 512 - 60)
        const value = 1 + random.below(255)
        await run('qemu-io', '-f', 'vpc', '-c', `write -P ${value} ${lba * 512} ${60 * 512}`, at('both.vhd'))
        wanted.fill(value, lba * 512, (lba + 60) * 512)
      }
      await expectContent(await openVhd(memoryFileOf(at('both.vhd'))), wanted)
    }
  })
})

describe.skipIf(noVhdi !== undefined)(`libvhdi and VHD (seed ${SEED})`, () => {
  test.each([1, 2, 5, 8])('it reads our chain of %i children', async (length) => {
    const file = new MemoryFile(undefined, { path: at('disk-0.vhd') })
    const golden = newVhd('dynamic')
    await createVhd(file, golden)
    const wanted = content.slice()
    let device: VhdDevice = await openVhd(file)
    await fill(device)
    saveFile(file, at('disk-0.vhd'))
    for (let n = 1; n <= length; n++) {
      const child = new MemoryFile(undefined, { path: at(`disk-${n}.vhd`) })
      const { uniqueId, timeStamp } = device.info.footer
      const parent = { uniqueId, modifiedMs: 0, fileName: `disk-${n - 1}.vhd`, relativePath: `.\\disk-${n - 1}.vhd` }
      await createVhd(child, newVhd('differencing', { parent }))
      device = await openVhd(child, { parent: { device, uniqueId, timeStamp } })
      for (let i = 0; i < 12; i++) {
        // Whole bytes of the bitmap: libvhdi 20210425 does not mask single bits (its shift keeps the higher ones), and
        // takes a byte as present from its first set bit on.
        const bytes = random.bytes((1 + random.below(10)) * 4096)
        const lba = random.below((SIZE - bytes.length) / 4096) * 8
        await device.write(lba, [bytes])
        wanted.set(bytes, lba * 512)
        const gone = random.below(SIZE / 4096 - 9) * 8
        await device.zero(gone, 72)
        wanted.fill(0, gone * 512, (gone + 72) * 512)
      }
      await device.flush()
      saveFile(child, at(`disk-${n}.vhd`))
    }
    await expectContent(device, wanted)
    const info = await run('vhdiinfo', at(`disk-${length}.vhd`))
    expect(info).toMatch(/Disk type\s+: Differential/)
    expect(info).toContain(`disk-${length - 1}.vhd`)
    expectSame(await withVhdi(at(`disk-${length}.vhd`), (disk) => readFileSync(disk)), wanted)
  })
})

describe.skipIf(noQemu !== undefined)(`qemu-img and qcow2 (seed ${SEED})`, () => {
  test.each([
    ['plain', []],
    ['version 2', ['-o', 'compat=0.10']],
    ['compressed', ['-c']],
    ['compressed version 2', ['-c', '-o', 'compat=0.10']],
    ['compressed with clusters of 512 bytes', ['-c', '-o', 'cluster_size=512']],
    ['compressed with clusters of 2 MiB', ['-c', '-o', 'cluster_size=2M']],
    ['with clusters of 512 bytes', ['-o', 'cluster_size=512']],
    ['with clusters of 4 KiB', ['-o', 'cluster_size=4k']],
    ['with clusters of 2 MiB', ['-o', 'cluster_size=2M']],
    ['with its tables made before', ['-o', 'preallocation=metadata']],
    ['with lazy reference counts', ['-o', 'lazy_refcounts=on']],
  ])('reads an image %s', async (_, options) => {
    await qemuImg('convert', '-O', 'qcow2', ...options, raw, at('q.qcow2'))
    expect(probe(at('q.qcow2'))).toBe('qcow2')
    const device = await openQcow2(memoryFileOf(at('q.qcow2')))
    expect(device.blockCount).toBe(SIZE / 512)
    await expectContent(device)
  })
  test('reads zero clusters, and passes over snapshots', async () => {
    await qemuImg('convert', '-O', 'qcow2', raw, at('q.qcow2'))
    await qemuImg('snapshot', '-c', 'before', at('q.qcow2'))
    const io = (command: string) => run('qemu-io', '-f', 'qcow2', '-c', command, at('q.qcow2'))
    await io('write -z 1M 3M')
    await io('discard 5M 1M')
    await io('write -P 77 6000128 300032')
    const wanted = content.slice()
    wanted.fill(0, 2 ** 20, 4 * 2 ** 20)
    wanted.fill(0, 5 * 2 ** 20, 6 * 2 ** 20)
    wanted.fill(77, 6000128, 6300160)
    await expectContent(await openQcow2(memoryFileOf(at('q.qcow2'))), wanted)
  })
  test('refuses a backing file by name, unless its disk is given', async () => {
    await qemuImg('create', '-f', 'qcow2', '-F', 'raw', '-b', 'disk.img', at('top.qcow2'), `${SIZE + 2 ** 20}`)
    await run('qemu-io', '-f', 'qcow2', '-c', 'write -P 5 2M 100k', '-c', 'write -z 4M 1M', at('top.qcow2'))
    await expect(openQcow2(memoryFileOf(at('top.qcow2')))).rejects.toMatchObject({
      code: 'disk.parentMissing',
      message: expect.stringContaining('"disk.img"') as string,
    })
    await qemuImg('convert', '-O', 'qcow2', raw, at('base.qcow2'))
    const backing = await openQcow2(memoryFileOf(at('base.qcow2')))
    const wanted = new Uint8Array(SIZE + 2 ** 20)
    wanted.set(content)
    wanted.fill(5, 2 * 2 ** 20, 2 * 2 ** 20 + 100 * 1024)
    wanted.fill(0, 4 * 2 ** 20, 5 * 2 ** 20)
    await expectContent(await openQcow2(memoryFileOf(at('top.qcow2')), { backing }), wanted)
  })
  test.each([
    ['zstd', ['compression_type=zstd']],
    ['subclusters', ['extended_l2=on']],
    ['another file', ['data_file=data.raw']],
  ])('refuses what needs %s, in a sentence', async (word, [option]) => {
    await qemuImg('create', '-f', 'qcow2', '-o', option!, at('q.qcow2'), '4M')
    await expect(openQcow2(memoryFileOf(at('q.qcow2')))).rejects.toMatchObject({
      code: 'disk.format',
      message: expect.stringContaining(word) as string,
      hint: expect.any(String) as string,
    })
  })
  test('refuses an encrypted image', async () => {
    const secret = ['--object', 'secret,id=s,data=x', '-o', 'encrypt.format=aes,encrypt.key-secret=s']
    await qemuImg('create', '-f', 'qcow2', ...secret, at('q.qcow2'), '4M')
    await expect(openQcow2(memoryFileOf(at('q.qcow2')))).rejects.toMatchObject({
      code: 'disk.format',
      message: expect.stringContaining('encrypted') as string,
    })
  })
})

describe.skipIf(noQemu !== undefined)(`qemu-img and VMDK (seed ${SEED})`, () => {
  test.each(['monolithicSparse', 'monolithicFlat', 'twoGbMaxExtentSparse', 'twoGbMaxExtentFlat', 'streamOptimized'])(
    'reads %s',
    async (subformat) => {
      await qemuImg('convert', '-O', 'vmdk', '-o', `subformat=${subformat}`, raw, at('v.vmdk'))
      expect(probe(at('v.vmdk'))).toBe('vmdk')
      const device = await openVmdk(memoryFileOf(at('v.vmdk')), { openSibling })
      expect(device.blockCount).toBe(SIZE / 512)
      await expectContent(device)
      await device.close()
    },
  )
  test('reads a disk with zeroed grains', async () => {
    await qemuImg('convert', '-O', 'vmdk', '-o', 'zeroed_grain=on', raw, at('v.vmdk'))
    await run('qemu-io', '-f', 'vmdk', '-c', 'write -z 0 2M', at('v.vmdk'))
    const wanted = content.slice().fill(0, 0, 2 * 2 ** 20)
    await expectContent(await openVmdk(memoryFileOf(at('v.vmdk'))), wanted)
  })
  test.each(['twoGbMaxExtentSparse', 'twoGbMaxExtentFlat'])('reads across the parts of %s', async (subformat) => {
    const size = 2 ** 31 + 8 * 2 ** 20
    truncateSync(raw, size)
    const border = random.bytes(512 * 64)
    const fd = openSync(raw, 'r+')
    // QEMU's parts end at 2047 MiB (sparse) or 2 GiB (flat) or near: a run over both shows the seam.
    for (const seam of [2047 * 2 ** 20, 2 ** 31]) writeSync(fd, border, 0, border.length, seam - 512 * 32)
    closeSync(fd)
    await qemuImg('convert', '-O', 'vmdk', '-o', `subformat=${subformat}`, raw, at('v.vmdk'))
    const device = await openVmdk(memoryFileOf(at('v.vmdk')), { openSibling })
    expect(device.blockCount).toBe(size / 512)
    const part = new Uint8Array(64 * 512)
    for (const seam of [2047 * 2 ** 20, 2 ** 31]) {
      await device.read(seam / 512 - 32, part)
      expectSame(part, border)
    }
    await device.read(0, part)
    expectSame(part, content.subarray(0, part.length))
  })
  test('refuses a snapshot, a lone part, and a part elsewhere', async () => {
    await qemuImg('convert', '-O', 'vmdk', '-o', 'subformat=monolithicFlat', raw, at('v.vmdk'))
    const text = readFileSync(at('v.vmdk'), 'utf8')
    const opened = (changed: string) =>
      openVmdk(new MemoryFile(Buffer.from(changed), { path: 'v.vmdk' }), { openSibling })
    await expect(opened(text.replace('parentCID=ffffffff', 'parentCID=12345678'))).rejects.toMatchObject({
      code: 'disk.parentMissing',
    })
    await expect(opened(text.replace('v-flat.vmdk', '/etc/passwd'))).rejects.toMatchObject({ code: 'disk.format' })
    await expect(opened(text.replace('FLAT', 'SESPARSE'))).rejects.toMatchObject({ code: 'disk.format' })
    await expect(opened(text.replace(' 40960 ', ' 50960 '))).rejects.toMatchObject({ code: 'disk.corrupt' })
    await expect(openVmdk(memoryFileOf(at('v.vmdk')))).rejects.toMatchObject({ code: 'disk.format' })
    await qemuImg('convert', '-O', 'vmdk', '-o', 'subformat=twoGbMaxExtentSparse', raw, at('s.vmdk'))
    await expect(openVmdk(memoryFileOf(at('s-s001.vmdk')))).rejects.toMatchObject({
      code: 'disk.format',
      message: expect.stringContaining('one part') as string,
    })
  })
})
