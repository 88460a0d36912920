import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { browse } from '../../../src-main/engine/browse.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'bootlace-browse-'))))
afterEach(() => rmSync(folder, { recursive: true }))

test('folders come first, numbers count as numbers, hidden files do not show', async () => {
  for (const name of ['disk10.img', 'disk9.img', '.secret']) writeFileSync(join(folder, name), 'abc')
  mkdirSync(join(folder, 'zz'))
  const place = await browse(folder)
  expect(place.entries.map((e) => [e.name, e.folder])).toEqual([
    ['zz', true],
    ['disk9.img', false],
    ['disk10.img', false],
  ])
  expect([place.folder, place.parent, place.entries[1]!.sizeBytes]).toEqual([folder, dirname(folder), 3])
})

test('links to nowhere and in a circle do not hide the other files', async () => {
  writeFileSync(join(folder, 'a.img'), 'x')
  symlinkSync(join(folder, 'none'), join(folder, 'broken'))
  symlinkSync('circle', join(folder, 'circle'))
  expect((await browse(folder)).entries.map((e) => e.name)).toEqual(['a.img'])
})

test('a folder that cannot be opened is said', async () => {
  await expect(browse(join(folder, 'none'))).rejects.toMatchObject({ code: 'disk.source' })
})
