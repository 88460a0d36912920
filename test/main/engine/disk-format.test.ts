import fs, { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { BlockDevice } from '../../../src-main/disks/block-device.ts'
import type { DiskRecord } from '../../../src-main/disks/disk-record.ts'
import {
  createClone,
  createClones,
  createFormat,
  openFormat,
  type OpenImage,
} from '../../../src-main/engine/disk-format.ts'

const MIB = 2 ** 20
const SIZE = 40 * 1024 * MIB
let folder: string
let open: BlockDevice[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-format-'))
  open = []
})
afterEach(async () => {
  vi.restoreAllMocks()
  syncBuiltinESMExports()
  for (const device of open.reverse()) await device.close()
  rmSync(folder, { recursive: true })
})

const record = (file: string, format: DiskRecord['format'], sealed: boolean): DiskRecord => ({
  name: file,
  file,
  format,
  sizeBytes: SIZE,
  serial: 'S',
  naa: '3000000000000001',
  createdMs: 0,
  ...(sealed && { sealedMs: 1, contentHash: 'ab'.repeat(32) }),
})
/** A sealed image with something in it. */
async function sealed(format: DiskRecord['format']): Promise<OpenImage> {
  const file = `golden.${format}`
  await createFormat(format, join(folder, file), SIZE, false, 0)
  const writable = await openFormat(record(file, format, false), join(folder, file), undefined)
  await writable.write(77_000_000, [new Uint8Array(4096).fill(7)])
  await writable.close()
  const sealedRecord = record(file, format, true)
  const device = await openFormat(sealedRecord, join(folder, file), undefined)
  open.push(device)
  return { record: sealedRecord, device }
}
const pathsOf = (count: number): string[] => Array.from({ length: count }, (_, i) => join(folder, `pc-${i}`))
/** Replaces a function of node:fs for the disks too. */
function replace<K extends 'fdatasync' | 'fsync' | 'writevSync' | 'writeSync'>(name: K, fn: unknown): void {
  vi.spyOn(fs, name).mockImplementation(fn as never)
  syncBuiltinESMExports()
}

describe.each(['raw', 'vhd', 'vhdx'] as const)('clones of an image of format %s', (format) => {
  const own = format === 'vhdx' ? 'vhdx' : 'vhd'

  test('show the image, are small, and each goes its own way', async () => {
    const image = await sealed(format)
    const paths = pathsOf(3)
    await createClones(image, paths, 0)
    const clones: BlockDevice[] = []
    for (const path of paths) {
      clones.push(await openFormat(record(path, own, false), path, image))
      open.push(clones.at(-1)!)
      expect(statSync(path).blocks * 512).toBeLessThan(2 * MIB)
    }
    await clones[0]!.write(77_000_000, [new Uint8Array(512).fill(1)])
    const shown = clones.map(() => new Uint8Array(1024))
    for (const [i, clone] of clones.entries()) await clone.read(77_000_000, shown[i]!)
    expect(shown.map((bytes) => [bytes[0], bytes[512]])).toEqual([
      [1, 7],
      [7, 7],
      [7, 7],
    ])
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([])
  })
  test('log and table have their space from the start', async () => {
    const image = await sealed(format)
    await createClone(image, join(folder, 'a'), 0)
    const tableBytes = own === 'vhdx' ? (SIZE / (2 * MIB)) * 8 + MIB : (SIZE / (2 * MIB)) * 4
    expect(statSync(join(folder, 'a')).blocks * 512).toBeGreaterThanOrEqual(tableBytes)
  })
  test('every file is flushed before any has its name', async () => {
    const image = await sealed(format)
    const names: string[][] = []
    let flushed = 0
    replace('fdatasync', (_fd: number, done: (e: Error | null) => void) => {
      names.push(readdirSync(folder).filter((name) => name.startsWith('pc-') && !name.endsWith('.part')))
      flushed++
      setImmediate(done, null)
    })
    await createClones(image, pathsOf(100), 0)
    expect([flushed, names.every((n) => n.length === 0)]).toEqual([100, true])
    expect(pathsOf(100).every((path) => existsSync(path))).toBe(true)
  })
  test('a flush that fails takes all of them away', async () => {
    const image = await sealed(format)
    const before = readdirSync(folder)
    let flushed = 0
    replace('fdatasync', (_fd: number, done: (e: Error | null) => void) => {
      setImmediate(done, ++flushed === 70 ? Object.assign(new Error('EIO: bad'), { code: 'EIO' }) : null)
    })
    await expect(createClones(image, pathsOf(80), 0)).rejects.toMatchObject({ code: 'disk.io' })
    expect(readdirSync(folder)).toEqual(before)
  })
  test('a host that is full takes all of them away', async () => {
    const image = await sealed(format)
    const before = readdirSync(folder)
    let writes = 0
    const write = fs.writeSync
    replace('writeSync', (...args: Parameters<typeof fs.writeSync>) => {
      if (++writes === 5) throw Object.assign(new Error('ENOSPC: full'), { code: 'ENOSPC' })
      return write(...args)
    })
    await expect(createClones(image, pathsOf(6), 0)).rejects.toMatchObject({ code: 'disk.full' })
    expect(readdirSync(folder)).toEqual(before)
  })
  test('a file that is there already is not touched', async () => {
    const image = await sealed(format)
    writeFileSync(join(folder, 'pc-2'), 'precious')
    const before = readdirSync(folder)
    await expect(createClones(image, pathsOf(4), 0)).rejects.toMatchObject({ code: 'disk.exists' })
    expect(readdirSync(folder)).toEqual(before)
    expect(statSync(join(folder, 'pc-2')).size).toBe(8)
  })
})
