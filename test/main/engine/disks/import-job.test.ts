import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { copyRaw } from '../../../../src-main/engine/disks/import-job.ts'
import { inspectSource } from '../../../../src-main/engine/disks/import-source.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'bootlace-import-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const at = (name: string) => join(folder, name)
function makeImage(name: string, size: number, pieces: readonly (readonly [number, string])[]): string {
  const bytes = Buffer.alloc(size)
  for (const [offset, text] of pieces) bytes.write(text, offset)
  writeFileSync(at(name), bytes)
  return at(name)
}

test('a copy is bit for bit the source, keeps holes, tells progress and leaves the source alone', async () => {
  const size = 9 * 2 ** 20 + 1000
  const path = makeImage('a.img', size, [
    [0, 'first'],
    [65536 * 3 - 2, 'across'],
    [5 * 2 ** 20, 'middle'],
    [size - 4, 'last'],
  ])
  const before = readFileSync(path)
  const seen: number[] = []
  const source = await inspectSource(path)
  const rounded = Math.ceil(size / 512) * 512
  await copyRaw(source, at('b.img'), rounded, (done) => seen.push(done), new AbortController().signal)
  const copy = readFileSync(at('b.img'))
  expect(copy.length).toBe(rounded)
  expect(copy.subarray(0, size).equals(before)).toBe(true)
  expect(readFileSync(path).equals(before)).toBe(true)
  expect(statSync(at('b.img')).blocks * 512).toBeLessThan(2 ** 20)
  expect(seen.at(-1)).toBe(size)
})

test('a cancelled copy leaves nothing behind', async () => {
  const path = makeImage('a.img', 12 * 2 ** 20, [[0, 'x']])
  const abort = new AbortController()
  await expect(
    copyRaw(await inspectSource(path), at('b.img'), 12 * 2 ** 20, () => abort.abort(), abort.signal),
  ).rejects.toThrowError(/cancelled/)
  expect(existsSync(at('b.img'))).toBe(false)
})

test('a source that shrinks under the copy is refused', async () => {
  const path = makeImage('a.img', 12 * 2 ** 20, [[0, 'x']])
  const work = copyRaw(
    await inspectSource(path),
    at('b.img'),
    12 * 2 ** 20,
    () => truncateSync(path, 5 * 2 ** 20),
    new AbortController().signal,
  )
  await expect(work).rejects.toThrowError(/shorter|changed/)
  expect(existsSync(at('b.img'))).toBe(false)
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
  await expect(inspectSource(folder)).rejects.toThrowError(/is not a file|cannot be read/)
  writeFileSync(at('empty'), '')
  await expect(inspectSource(at('empty'))).rejects.toThrowError(/is empty/)
})
