import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Watched } from '../../../../src-main/engine/disks/content.ts'
import { planExport } from '../../../../src-main/engine/disks/export-job.ts'
import { importDisk } from '../../../../src-main/engine/disks/import-job.ts'
import { inspectSource } from '../../../../src-main/engine/disks/import-source.ts'
import { DiskLab, MIB, unwatched } from '../../../support/disk-lab.ts'

let lab: DiskLab
beforeEach(async () => {
  lab = new DiskLab()
  await lab.start()
})
afterEach(() => lab.end())

const at = (name: string) => join(lab.folder, name)
function makeImage(name: string, size: number, pieces: readonly (readonly [number, string])[]): string {
  const bytes = Buffer.alloc(size)
  for (const [offset, text] of pieces) bytes.write(text, offset)
  writeFileSync(at(name), bytes)
  return at(name)
}
const importAs = async (path: string, format: 'raw' | 'vhd' | 'vhdx', watched: Watched = unwatched) =>
  importDisk(lab.library, { source: await inspectSource(path), name: 'b', format, nowMs: 1 }, watched)
async function contentOf(name: string): Promise<Buffer> {
  const { device } = lab.library.opened(name)!
  const bytes = Buffer.alloc(device.blockCount * 512)
  await device.read(0, bytes)
  return bytes
}

const SIZE = 9 * MIB + 1000
const somePieces: readonly (readonly [number, string])[] = [
  [0, 'first'],
  [65536 * 3 - 2, 'across'],
  [5 * MIB, 'middle'],
  [SIZE - 4, 'last'],
]

test.each(['raw', 'vhd', 'vhdx'] as const)(
  'an import into %s is bit for bit the source, keeps holes, tells progress and leaves the source alone',
  async (format) => {
    const path = makeImage('a.img', SIZE, somePieces)
    const before = readFileSync(path)
    const seen: number[] = []
    const made = await importAs(path, format, { ...unwatched, progress: (done) => seen.push(done) })
    const content = await contentOf('b')
    expect(content.length).toBe(Math.ceil(SIZE / 512) * 512)
    expect(content.subarray(0, SIZE).equals(before)).toBe(true)
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(statSync(lab.library.pathOf(made)).blocks * 512).toBeLessThan(4 * MIB)
    expect(seen.at(-1)).toBe(content.length)
    expect(lab.library.find('b').format).toBe(format)
  },
)

test('a cancelled import leaves nothing behind', async () => {
  const path = makeImage('a.img', 12 * MIB, [[0, 'x']])
  const abort = new AbortController()
  const watched = { progress: () => abort.abort(), signal: abort.signal }
  await expect(importAs(path, 'vhdx', watched)).rejects.toThrowError(/cancelled/)
  expect(readdirSync(lab.disks)).toEqual([])
  expect(lab.library.all()).toEqual([])
})

test('a source that shrinks under the copy is refused', async () => {
  const path = makeImage('a.img', 12 * MIB, [[0, 'x']])
  const watched = { ...unwatched, progress: () => truncateSync(path, 5 * MIB) }
  await expect(importAs(path, 'raw', watched)).rejects.toThrowError(/changed/)
  expect(readdirSync(lab.disks)).toEqual([])
})

test.each(['.vhdx', '.vhd', '.img', '.qcow2'])('what is exported as %s comes back as it was', async (extension) => {
  await importAs(makeImage('a.img', SIZE, somePieces), 'vhdx')
  await lab.images.planSeal('b').run(unwatched)
  await lab.library.clone('b', ['pc'])
  await lab.write('pc', 100, 'written by the PC')
  const file = at(`out${extension}`)
  expect(await planExport(lab.library, { name: 'pc', file, nowMs: 1 }).run(unwatched)).toBe(`pc is in ${file}`)
  const wanted = await contentOf('pc')
  const source = await inspectSource(file)
  await importDisk(lab.library, { source, name: 'again', format: 'raw', nowMs: 1 }, unwatched)
  expect((await contentOf('again')).equals(wanted)).toBe(true)
  expect(readdirSync(lab.folder).filter((name) => name.endsWith('.part'))).toEqual([])
})

test('an export never writes over a file, says what it lacks, and leaves nothing when it is cancelled', async () => {
  await lab.library.create('pc', MIB, false)
  const plan = (file: string) => planExport(lab.library, { name: 'pc', file, nowMs: 1 })
  writeFileSync(at('there.vhdx'), 'precious')
  expect(() => plan(at('there.vhdx'))).toThrowError(/exists already/)
  expect(() => plan(at('none/a.vhdx'))).toThrowError(/there is no folder/)
  expect(() => plan(at('a.zip'))).toThrowError(/does not say by its name/)
  const abort = new AbortController()
  const cancelled = plan(at('a.vhdx')).run({ progress: () => abort.abort(), signal: abort.signal })
  abort.abort()
  await expect(cancelled).rejects.toThrowError(/cancelled/)
  expect(existsSync(at('a.vhdx')) || existsSync(at('a.vhdx.part'))).toBe(false)
  expect(readFileSync(at('there.vhdx'), 'utf8')).toBe('precious')
  expect(lab.library.heldBecause('pc')).toBeUndefined()
})

test.each([
  ['vhdxfile', /is damaged/],
  ['QFI\xfb', /qcow2/],
  ['KDMV', /vmdk/i],
])('a broken file that begins with %j is refused instead of being taken for raw blocks', async (head, why) => {
  writeFileSync(at('x'), Buffer.concat([Buffer.from(head, 'latin1'), Buffer.alloc(4096)]))
  await expect(inspectSource(at('x'))).rejects.toThrowError(why)
})

test('missing files, folders and empty files are refused with a reason', async () => {
  await expect(inspectSource(at('none'))).rejects.toThrowError(/there is no file/)
  await expect(inspectSource(lab.folder)).rejects.toThrowError(/is not a file|cannot be read/)
  writeFileSync(at('empty'), '')
  await expect(inspectSource(at('empty'))).rejects.toThrowError(/is empty/)
})
