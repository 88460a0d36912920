import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { BlockDevice } from '../../../src-main/disks/block-device.ts'
import { rawDeviceOver } from '../../../src-main/disks/raw-device.ts'
import { CountingFile } from '../../support/counting-file.ts'
import {
  createRawDisk,
  GIB,
  interleaved,
  best,
  MIB,
  newDisk,
  places,
  ratio,
  realBytes,
  reopened,
  type CloneFormat,
  type Counted,
  type Row,
} from './measure.ts'
import { openSteadyFile } from './steady-file.ts'

const SIZE = 40 * GIB
const FORMATS = ['vhd', 'vhdx'] as const
const PIECE = 4096

/** A clone of an empty sealed disk. */
async function freshClone(
  folder: string,
  format: CloneFormat,
  sizeBytes = SIZE,
): Promise<Counted & { path: string; close(): Promise<void> }> {
  const golden = join(folder, `golden.${format}`)
  const path = join(folder, `clone.${format}`)
  const parent = await reopened(format, golden, await newDisk(format, golden, sizeBytes))
  const clone = await newDisk(format, path, sizeBytes, { device: parent.device })
  clone.file.reset()
  return {
    ...clone,
    path,
    async close() {
      await clone.device.close()
      await parent.device.close()
      rmSync(golden)
      rmSync(path)
    },
  }
}

async function writeAll(device: BlockDevice, at: readonly number[], flushEvery: number): Promise<void> {
  const data = [new Uint8Array(PIECE).fill(7)]
  let since = 0
  for (const lba of at) {
    const waiting = device.write(lba, data)
    if (waiting) await waiting
    if (++since < flushEvery) continue
    since = 0
    await device.flush()
  }
  if (since > 0) await device.flush()
}

/** What reaches the host's file for each 4 KiB a PC writes, and how often it is flushed. */
async function amplification(folder: string): Promise<Row[]> {
  const section = 'formats: random writes of 4 KiB into a fresh clone of 40 GB, 2000 of them'
  const count = 2000
  const rows: Row[] = []
  for (const [where, span] of [
    ['all over', SIZE],
    ['within 256 MiB', 256 * MIB],
  ] as const) {
    for (const format of FORMATS) {
      for (const flushEvery of [1, 32, count]) {
        const clone = await freshClone(folder, format)
        await writeAll(clone.device, places(31, count, span), flushEvery)
        const { writtenBytes, flushedPages, flushes, writes } = clone.file.counts
        const clientFlushes = Math.ceil(count / flushEvery)
        const name =
          flushEvery === count ? 'one flush' : flushEvery === 1 ? 'a flush each' : `a flush per ${flushEvery}`
        rows.push({
          section,
          what: `${format.toUpperCase()}, ${where}, ${name}: written per byte`,
          value: writtenBytes / (count * PIECE),
          unit: 'times',
          note: `by pages of 4 KiB ${(flushedPages / count).toFixed(2)}; ${(writes / count).toFixed(1)} writes each, ${(flushes / clientFlushes).toFixed(1)} flushes per flush`,
        })
        await clone.close()
      }
    }
  }
  return rows
}

async function space(folder: string): Promise<Row[]> {
  const section = 'formats: real space on the host'
  const rows: Row[] = []
  for (const format of FORMATS) {
    const name = format.toUpperCase()
    const clone = await freshClone(folder, format)
    const empty = realBytes(clone.path)
    rows.push({ section, what: `${name}: an empty clone of 40 GB`, value: empty / 1024, unit: 'KiB' })
    await writeAll(clone.device, places(41, 10_000, SIZE), 32)
    const grown = realBytes(clone.path) - empty
    rows.push({
      section,
      what: `${name}: 10,000 random writes of 4 KiB`,
      value: grown / MIB,
      unit: 'MiB',
      note: `${(grown / (10_000 * PIECE)).toFixed(2)} times the data`,
    })
    await clone.close()
  }
  return rows
}

/** What comes back when a PC discards what lies over its image's data. */
async function unmap(folder: string): Promise<Row[]> {
  const section = 'formats: UNMAP in a clone over data of its image (negative: it costs space)'
  const rows: Row[] = []
  const blocks = 16
  for (const format of FORMATS) {
    const golden = join(folder, `golden.${format}`)
    const made = await newDisk(format, golden, SIZE)
    for (let i = 0; i < 4 * blocks; i++) await made.device.write(i * 4096, [new Uint8Array(2 * MIB).fill(9)])
    const parent = await reopened(format, golden, made)
    const path = join(folder, `clone.${format}`)
    const clone = await newDisk(format, path, SIZE, { device: parent.device })
    const { device } = clone
    const step = async (what: string, act: (block: number) => void | Promise<void>): Promise<void> => {
      const before = realBytes(path)
      for (let i = 0; i < blocks; i++) await act(i)
      await device.flush()
      if (what === '') return
      const value = (before - realBytes(path)) / blocks / 1024
      rows.push({ section, what: `${format.toUpperCase()}: ${what}`, value, unit: 'KiB' })
    }
    const whole = new Uint8Array(2 * MIB).fill(3)
    const into = new Uint8Array(PIECE)
    const readsZeros = async (lba: number): Promise<void> => {
      await device.read(lba, into.fill(1))
      if (into.some((v) => v !== 0)) throw new Error(`${format}: block ${lba} does not read as zeros`)
    }
    const lba = (group: number, block: number): number => (group * blocks + block) * 4096
    await step('64 KiB of a block that only the image holds', (i) => device.zero(lba(0, i) + 256, 128))
    await readsZeros(lba(0, 0) + 256)
    await step('all of a block (2 MiB) that only the image holds', (i) => device.zero(lba(1, i), 4096))
    await readsZeros(lba(1, 0))
    await step('', (i) => device.write(lba(2, i), [whole]))
    await step('64 KiB of what the clone wrote', (i) => device.zero(lba(2, i) + 256, 128))
    await readsZeros(lba(2, 0) + 256)
    await step('', (i) => device.write(lba(3, i), [whole]))
    await step('all of a block that the clone wrote', (i) => device.zero(lba(3, i), 4096))
    await readsZeros(lba(3, 0) + 4088)
    await device.close()
    await parent.device.close()
    rmSync(golden)
    rmSync(path)
  }
  return rows
}

/** Writes per second against a raw file. In memory a flush costs nothing, so that only the format's own work shows; on the
 *  host's disk its second flush and its further bytes do, too. */
async function speed(folder: string, where: string, rounds: number): Promise<Row[]> {
  const section = `formats: random 4 KiB writes a second ${where}, raw file = 1`
  const size = GIB
  const rows: Row[] = []
  const note = (times: number[], to: number[], count: number): string =>
    `${((best(times) / count) * 1000).toFixed(1)} against ${((best(to) / count) * 1000).toFixed(1)} us`
  for (const flushEvery of [1, 32]) {
    const count = 512
    const rawPath = join(folder, 'raw.img')
    await createRawDisk(rawPath, size)
    const raw = rawDeviceOver(new CountingFile(await openSteadyFile(rawPath)))
    const clones = { vhd: await freshClone(folder, 'vhd', size), vhdx: await freshClone(folder, 'vhdx', size) }
    const at = places(51, count, size)
    // Into blocks that have their place, as on a disk in use.
    for (const device of [raw, clones.vhd.device, clones.vhdx.device])
      for (let lba = 0; lba < size / 512; lba += 4096) await device.write(lba, [new Uint8Array(512)])
    for (const device of [raw, clones.vhd.device, clones.vhdx.device]) await device.flush()
    // Each of the three writes to the same places in its turn of a round.
    const turns = { raw: 0, vhd: 0, vhdx: 0 }
    const fresh = (who: keyof typeof turns): number[] => places(100 + turns[who]++, count, size)
    const again = await interleaved(rounds * 4, {
      raw: () => writeAll(raw, at, flushEvery),
      vhd: () => writeAll(clones.vhd.device, at, flushEvery),
      vhdx: () => writeAll(clones.vhdx.device, at, flushEvery),
    })
    const first = await interleaved(rounds * 4, {
      raw: () => writeAll(raw, fresh('raw'), flushEvery),
      vhd: () => writeAll(clones.vhd.device, fresh('vhd'), flushEvery),
      vhdx: () => writeAll(clones.vhdx.device, fresh('vhdx'), flushEvery),
    })
    for (const [what, times] of [
      ['pieces it holds', again],
      ['new pieces of blocks it holds', first],
    ] as const)
      for (const format of FORMATS)
        rows.push({
          section,
          what: `${format.toUpperCase()} clone, ${what}, a flush ${flushEvery === 1 ? 'each' : `per ${flushEvery}`}`,
          value: 1 / ratio(times[format], times.raw),
          unit: 'times',
          note: note(times[format], times.raw, count),
        })
    await raw.close()
    await clones.vhd.close()
    await clones.vhdx.close()
    rmSync(rawPath)
  }
  for (const format of FORMATS) {
    const first: number[] = []
    const second: number[] = []
    const at = places(61, 4000, 8 * GIB)
    for (let round = 0; round < rounds; round++) {
      const clone = await freshClone(folder, format, 8 * GIB)
      const run = async (list: number[]): Promise<void> => {
        const started = performance.now()
        await writeAll(clone.device, at, 32)
        list.push(performance.now() - started)
      }
      await run(first)
      await run(second)
      await clone.close()
    }
    rows.push({
      section: `formats: the first write into a block against a later one ${where}, a flush per 32`,
      what: `${format.toUpperCase()} clone of 8 GB, 4000 random writes of 4 KiB`,
      value: ratio(first, second),
      unit: 'times',
      note: note(first, second, at.length),
    })
  }
  return rows
}

/** @param under the host's disk, for the space that files take there; @param memory a file system in memory. */
export async function measureFormats(under: string, memory: string, rounds: number): Promise<Row[]> {
  const folder = mkdtempSync(join(under, 'bootlace-formats-'))
  const quick = mkdtempSync(join(memory, 'bootlace-formats-'))
  try {
    return [
      ...(await amplification(quick)),
      ...(await space(folder)),
      ...(await unmap(folder)),
      ...(await speed(quick, 'in memory', rounds)),
      ...(await speed(folder, "on the host's disk", rounds)),
    ]
  } finally {
    rmSync(folder, { recursive: true })
    rmSync(quick, { recursive: true })
  }
}
