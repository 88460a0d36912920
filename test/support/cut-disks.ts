import type { BlockDevice } from '../../src-main/disks/block-device.ts'
import type { DiskFile } from '../../src-main/disks/disk-file.ts'
import { rawDeviceOver } from '../../src-main/disks/raw-device.ts'
import { createVhd } from '../../src-main/disks/vhd/create.ts'
import { openVhd, type VhdParent } from '../../src-main/disks/vhd/open.ts'
import { createVhdx, openVhdx, type OpenParent } from '../../src-main/disks/vhdx-device.ts'
import { MemoryFile } from './memory-file.ts'
import { shownBy, stamped, type CutDisk } from './power-cut.ts'
import { seededRandom } from './random.ts'

/** Small disks of every format that can be written, for power cuts. Their sizes are no multiple of their blocks, and an
 *  ancestor is smaller than the disks above it. */

const KIB = 1024
const MIB = 1024 * KIB
const VHD_BLOCK = 128 * KIB
const VHDX_BLOCK = MIB
const SEED = 20_261_121
const LARGE = 64 * 1024 * MIB
/** Of each stride the first bytes are shown. */
const STRIDE = 256 * MIB
const SHOWN = 8 * KIB

/** What children find in their ancestors: pieces of blocks, whole ones and zeros. */
async function fill(device: BlockDevice, level: number, blockBytes: number): Promise<void> {
  const random = seededRandom(SEED + level)
  const size = device.blockCount * device.blockSize
  for (let block = 0; block * blockBytes < size; block++) {
    const how = random.below(4)
    if (how === 0) continue
    const from = block * blockBytes + (how === 1 ? random.below(9) * 4096 : 0)
    const length = Math.min(how === 1 ? 5 * 4096 : blockBytes, size - from)
    const whole = length - (length % device.blockSize)
    const lba = from / device.blockSize
    if (how === 2 && level > 0) await device.zero(lba, whole / device.blockSize)
    else await device.write(lba, [stamped(1_000_000 + level, from, whole)])
  }
}

export async function rawDisk(): Promise<CutDisk> {
  const file = new MemoryFile()
  await file.resize(MIB + 3 * 512)
  const content = new Uint8Array(file.sizeBytes)
  return { image: file.bytes, open: async (f) => rawDeviceOver(f), content, blockBytes: 64 * KIB }
}

/** A view of a large disk that shows a few sectors of every 256 MiB, one behind the other: a small workload then changes
 *  many tables and bitmaps at once. */
class Scattered implements BlockDevice {
  readonly blockSize: 512 | 4096
  readonly blockCount: number
  readonly readOnly: boolean
  readonly canPunch: boolean
  readonly #disk: BlockDevice

  constructor(disk: BlockDevice) {
    this.#disk = disk
    this.blockSize = disk.blockSize
    this.blockCount = Math.floor((disk.blockCount * disk.blockSize) / STRIDE) * (SHOWN / disk.blockSize)
    this.readOnly = disk.readOnly
    this.canPunch = disk.canPunch
  }
  async #each(lba: number, count: number, act: (lba: number, from: number, count: number) => void | Promise<void>) {
    const shown = SHOWN / this.blockSize
    const calls: (void | Promise<void>)[] = []
    for (let done = 0; done < count;) {
      const inside = (lba + done) % shown
      const now = Math.min(shown - inside, count - done)
      calls.push(act((Math.floor((lba + done) / shown) * STRIDE) / this.blockSize + inside, done, now))
      done += now
    }
    await Promise.all(calls)
  }
  read(lba: number, into: Uint8Array): Promise<void> {
    const size = this.blockSize
    return this.#each(lba, into.length / size, (at, from, count) =>
      this.#disk.read(at, into.subarray(from * size, (from + count) * size)),
    )
  }
  write(lba: number, pieces: readonly Uint8Array[]): Promise<void> {
    const size = this.blockSize
    const data = new Uint8Array(Buffer.concat(pieces))
    return this.#each(lba, data.length / size, (at, from, count) =>
      this.#disk.write(at, [data.subarray(from * size, (from + count) * size)]),
    )
  }
  zero(lba: number, blocks: number): Promise<void> {
    // With all that is shown of it the whole block goes, so that its space is free.
    const shown = SHOWN / this.blockSize
    return this.#each(lba, blocks, (at, _, n) => this.#disk.zero(at, n === shown ? (2 * MIB) / this.blockSize : n))
  }
  flush(): Promise<void> {
    return this.#disk.flush()
  }
  close(): Promise<void> {
    return this.#disk.close()
  }
}

/** The same disk, seen so. Its file must be that of a disk of some GiB, never written. */
function scattered(disk: Omit<CutDisk, 'content'>): CutDisk {
  const content = new Uint8Array((LARGE / STRIDE) * SHOWN)
  return { ...disk, open: async (file) => new Scattered(await disk.open(file)), content, blockBytes: MIB }
}

/** A child of 64 GiB over zeros. */
export async function largeVhdDisk(): Promise<CutDisk> {
  const file = new MemoryFile()
  const [uniqueId, parentId] = [new Uint8Array(16).fill(1), new Uint8Array(16).fill(2)]
  const parent = { uniqueId: parentId, modifiedMs: 0, fileName: 'p.vhd' }
  await createVhd(file, { kind: 'differencing', sizeBytes: LARGE, uniqueId, createdMs: 0, parent })
  const below: VhdParent = { device: rawDeviceOver(await zeros(LARGE)), uniqueId: parentId }
  return scattered({ image: file.bytes, open: (f) => openVhd(f, { parent: below }), blockBytes: MIB })
}
export async function largeVhdxDisk(): Promise<CutDisk> {
  const file = new MemoryFile()
  const dataWriteGuid = '01234567-89ab-4cde-8f01-23456789abcd'
  const parent = { dataWriteGuid, relativePath: 'p.vhdx' }
  await createVhdx({ file, sizeBytes: LARGE, parent })
  const below: OpenParent = { device: rawDeviceOver(await zeros(LARGE)), dataWriteGuid }
  const open = (f: DiskFile): Promise<BlockDevice> => openVhdx(f, { parent: below })
  // Free space that holds ones: a bitmap that comes to lie there must not be taken for what it seems to be.
  file.canPunch = false
  const device = await open(file)
  const blocks = 20
  const sectors = (2 * MIB) / 512
  for (let i = 1; i <= blocks; i++) await device.write(i * sectors, [new Uint8Array(2 * MIB - 512).fill(0xff)])
  await device.flush()
  await device.zero(sectors, blocks * sectors)
  await device.close()
  return scattered({ image: file.bytes, open, blockBytes: MIB })
}
async function zeros(sizeBytes: number): Promise<MemoryFile> {
  const file = new MemoryFile()
  await file.resize(sizeBytes)
  return new MemoryFile(file.bytes, { readOnly: true })
}

/** @param children how many disks lie on the dynamic one; the last of them is the disk. Without any, `kind` is its own. */
export async function vhdDisk(kind: 'fixed' | 'dynamic', children = 0): Promise<CutDisk> {
  const sizeAt = (level: number): number => MIB + 37 * 512 + (level - children) * 90 * 512
  const idOf = (level: number): Uint8Array => new Uint8Array(16).fill(0x40 + level)
  let parent: VhdParent | undefined
  for (let level = 0; ; level++) {
    const file = new MemoryFile()
    const below = level === 0 ? undefined : { uniqueId: idOf(level - 1), modifiedMs: 0, fileName: 'p.vhd' }
    // The long path puts the end of the table 512 bytes before a multiple of 4096: the first block then lies on the footer.
    const absolutePath = 'p'.repeat(700)
    await createVhd(file, {
      kind: below ? 'differencing' : kind,
      sizeBytes: sizeAt(level),
      uniqueId: idOf(level),
      createdMs: 0,
      blockBytes: VHD_BLOCK,
      ...(below && { parent: { ...below, absolutePath } }),
    })
    const open = opener<VhdParent, BlockDevice>(openVhd, parent)
    if (level === children) {
      const content = await shownBy(await open(file.clone()))
      return { image: file.bytes, open, content, blockBytes: VHD_BLOCK }
    }
    const device = await open(file)
    await fill(device, level, VHD_BLOCK)
    await device.close()
    parent = { device: await open(readOnlyOf(file)), uniqueId: idOf(level) }
  }
}

/** @param children see vhdDisk. */
export async function vhdxDisk(
  kind: 'fixed' | 'dynamic',
  o: { readonly children?: number; readonly logicalSectorSize?: 512 | 4096 } = {},
): Promise<CutDisk> {
  const { children = 0, logicalSectorSize = 512 } = o
  const sizeAt = (level: number): number => 2 * MIB + 5 * 64 * KIB + (level - children) * 48 * KIB
  let parent: OpenParent | undefined
  for (let level = 0; ; level++) {
    const file = new MemoryFile()
    const { dataWriteGuid } = await createVhdx({
      file,
      sizeBytes: sizeAt(level),
      fixed: kind === 'fixed',
      blockSizeBytes: VHDX_BLOCK,
      logicalSectorSize,
      ...(parent && { parent: { dataWriteGuid: parent.dataWriteGuid, relativePath: 'p.vhdx' } }),
    })
    const open = opener<OpenParent, BlockDevice & { readonly dataWriteGuid: string }>(openVhdx, parent)
    if (level === children) {
      const content = await shownBy(await open(new MemoryFile(file.bytes.copy())))
      return { image: file.bytes, open, content, blockBytes: VHDX_BLOCK }
    }
    const device = await open(file)
    await fill(device, level, VHDX_BLOCK)
    await device.close()
    const sealed = await open(readOnlyOf(file))
    if (sealed.dataWriteGuid === dataWriteGuid) throw new Error('the parent was not written')
    parent = { device: sealed, dataWriteGuid: sealed.dataWriteGuid }
  }
}

const readOnlyOf = (file: MemoryFile): MemoryFile => new MemoryFile(file.bytes, { readOnly: true })
const opener =
  <P, D>(open: (file: DiskFile, o: { parent?: P }) => Promise<D>, parent: P | undefined) =>
  (file: DiskFile): Promise<D> =>
    open(file, parent ? { parent } : {})
