import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { BlockDevice } from '../../../src-main/disks/block-device.ts'
import { BlockCache, cachedImage } from '../../../src-main/disks/cache.ts'
import { openHostFile } from '../../../src-main/disks/host-file-device.ts'
import { rawDeviceOver } from '../../../src-main/disks/raw-device.ts'
import { CountingFile } from '../../support/counting-file.ts'
import { seededRandom } from '../../support/random.ts'
import {
  createRawDisk,
  interleaved,
  best,
  MIB,
  newDisk,
  places,
  ratio,
  readAll,
  reopened,
  SECTORS_4K,
  type CloneFormat,
  type Row,
} from './measure.ts'
import { openSteadyFile } from './steady-file.ts'

const SIZE = 128 * MIB
/** Short rounds: some of them fall between what else the machine does. */
const READS = 2_000

async function fullRaw(path: string): Promise<CountingFile> {
  await createRawDisk(path, SIZE)
  const file = await openHostFile(path)
  const piece = new Uint8Array(MIB)
  for (let at = 0; at < SIZE; at += MIB) await file.write(at, [piece.fill(1 + ((at / MIB) % 250))])
  await file.close()
  return new CountingFile(await openSteadyFile(path, { readOnly: true }))
}

/** A hit against the same read from the host's page cache. */
async function hits(folder: string, rounds: number): Promise<Row[]> {
  const section = 'cache of images: a hit against pread from the page cache'
  const path = join(folder, 'hits.img')
  const file = await fullRaw(path)
  const device = rawDeviceOver(file)
  const fd = openSync(path, 'r')
  const rows: Row[] = []
  try {
    for (const pageKib of [16, 32, 64]) {
      const cached = cachedImage(device, new BlockCache({ maximumBytes: SIZE, pageBytes: pageKib * 1024 }))
      for (const kib of [4, 16, 64]) {
        const into = new Uint8Array(kib * 1024)
        const at = places(5, READS, SIZE - MIB)
        for (let i = 0; i < 8; i++) await readAll(cached, at, into)
        const times = await interleaved(rounds * 8, {
          hit: () => readAll(cached, at, into),
          pread: () => {
            for (const lba of at) readSync(fd, into, 0, into.length, lba * 512)
          },
        })
        const each = (list: number[]): string => ((best(list) / READS) * 1000).toFixed(2)
        rows.push({
          section,
          what: `${kib} KiB, pages of ${pageKib} KiB`,
          value: ratio(times.hit, times.pread),
          unit: 'times',
          ...(pageKib === 64 && { atMost: 1 }),
          note: `${each(times.hit)} against ${each(times.pread)} us`,
        })
      }
    }
  } finally {
    closeSync(fd)
    await device.close()
  }
  return rows
}

interface Read {
  readonly lba: number
  readonly blocks: number
}
/** Runs of 4 to 256 KiB at scattered places, some of them twice: what a system reads when it starts. */
function bootPattern(count: number): Read[] {
  const random = seededRandom(11)
  const reads: Read[] = []
  for (let i = 0; i < count; i++) {
    let lba = random.below(SIZE / 4096 - 512) * SECTORS_4K
    for (let run = 1 + random.below(6); run > 0; run--) {
      const blocks = SECTORS_4K << random.below(7)
      if (lba + blocks > SIZE / 512) break
      reads.push({ lba, blocks })
      lba += blocks
    }
    if (random.below(3) === 0) reads.push(reads[random.below(reads.length)]!)
  }
  return reads
}

/** What pages of different size cost below, for one PC that starts from a cold cache. */
async function pageSizes(folder: string): Promise<Row[]> {
  const section = 'cache of images: page size, one boot-like pattern into a cold cache'
  const file = await fullRaw(join(folder, 'pages.img'))
  const device = rawDeviceOver(file)
  const pattern = bootPattern(150)
  const rows: Row[] = []
  for (const pageKib of [16, 32, 64, 128]) {
    file.reset()
    const cached = cachedImage(device, new BlockCache({ maximumBytes: SIZE, pageBytes: pageKib * 1024 }))
    for (const { lba, blocks } of pattern) await cached.read(lba, new Uint8Array(blocks * 512))
    const note = `${(file.counts.readBytes / MIB).toFixed(1)} MiB`
    rows.push({ section, what: `pages of ${pageKib} KiB`, value: file.counts.reads, unit: 'reads', note })
  }
  await device.close()
  return rows
}

/** Thirty-two PCs start from one image, each a little ahead of or behind the others. */
async function storm(folder: string, format: CloneFormat): Promise<Row[]> {
  const section = 'cache of images: 32 clones read the same boot-like pattern'
  const path = join(folder, `storm.${format}`)
  let golden = await newDisk(format, path, SIZE)
  const piece = new Uint8Array(MIB)
  for (let at = 0; at < SIZE; at += MIB) await golden.device.write(at / 512, [piece.fill(1 + ((at / MIB) % 250))])
  golden = await reopened(format, path, golden)
  const cache = new BlockCache({ maximumBytes: SIZE })
  const shown = cachedImage(golden.device, cache)
  const clones: BlockDevice[] = []
  for (let i = 0; i < 32; i++)
    clones.push(
      (await newDisk(format, join(folder, `pc-${i}.${format}`), SIZE, { device: golden.device, shown })).device,
    )
  const pattern = bootPattern(150)
  const random = seededRandom(3)
  const next = clones.map(() => 0)
  golden.file.reset()
  golden.file.remembers = true
  for (let left = pattern.length * clones.length; left > 0;) {
    const who = random.below(clones.length)
    const read = pattern[next[who]!]
    if (!read) continue
    next[who]!++
    left--
    await clones[who]!.read(read.lba, new Uint8Array(read.blocks * 512))
  }
  const asked = pattern.reduce((n, { blocks }) => n + blocks * 512, 0) * clones.length
  const { readBytes } = golden.file.counts
  const twice = golden.file.readTwice().reduce((n, { from, to }) => n + to - from, 0)
  for (const clone of clones) await clone.close()
  await shown.close()
  const name = format.toUpperCase()
  return [
    { section, what: `${name}: read more than once from the image`, value: twice, unit: 'bytes', atMost: 0 },
    { section, what: `${name}: read from the image`, value: readBytes / MIB, unit: 'MiB' },
    { section, what: `${name}: read by the clones`, value: asked / MIB, unit: 'MiB' },
  ]
}

/** PCs go on reading what they read often while a pass over an image four times as large as the cache runs. */
async function pass(folder: string): Promise<Row[]> {
  const section = 'cache of images: a pass in reads of 1 MiB over 4 times its size'
  const file = await fullRaw(join(folder, 'pass.img'))
  const device = rawDeviceOver(file)
  const cache = new BlockCache({ maximumBytes: SIZE / 4 })
  const cached = cachedImage(device, cache)
  const popular = places(17, 2000, SIZE / 8)
  const small = new Uint8Array(4096)
  for (let i = 0; i < 4; i++) await readAll(cached, popular, small)
  const large = new Uint8Array(MIB)
  const random = seededRandom(5)
  let misses = 0
  let reads = 0
  for (let at = SIZE / 8; at < SIZE; at += MIB) {
    await cached.read(at / 512, large)
    const before = cache.counters.misses
    for (let i = 0; i < 64; i++, reads++) await cached.read(popular[random.below(popular.length)]!, small)
    misses += cache.counters.misses - before
  }
  await cached.close()
  return [{ section, what: 'popular half of the cache, misses meanwhile', value: (misses / reads) * 100, unit: '%' }]
}

export async function measureCache(under: string, rounds: number): Promise<Row[]> {
  const folder = mkdtempSync(join(under, 'bootlace-cache-'))
  try {
    return [
      ...(await hits(folder, rounds)),
      ...(await pageSizes(folder)),
      ...(await storm(folder, 'vhd')),
      ...(await storm(folder, 'vhdx')),
      ...(await pass(folder)),
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}
