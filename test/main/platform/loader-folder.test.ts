import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readLoaderFolder } from '../../../src-main/platform/loader-folder.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'bootlace-loaders-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const put = (name: string, text: string): void => writeFileSync(join(folder, name), text)
const record = (sha: string): void =>
  put(
    'loaders.json',
    JSON.stringify({ files: [{ name: 'snponly.efi', version: '2.0.0', origin: 'here', sha256: sha }] }),
  )

test('loaders come with their hash, version and origin; other files are left alone', async () => {
  put('snponly.efi', 'abc')
  put('own.kpxe', 'def')
  put('notes.txt', 'x')
  record(sha256('abc'))
  expect(await readLoaderFolder(folder)).toEqual([
    { name: 'own.kpxe', bytes: Buffer.from('def'), sha256: sha256('def') },
    { name: 'snponly.efi', bytes: Buffer.from('abc'), sha256: sha256('abc'), version: '2.0.0', origin: 'here' },
  ])
})

test('a loader that was changed since it was fetched is refused', async () => {
  put('snponly.efi', 'abd')
  record(sha256('abc'))
  await expect(readLoaderFolder(folder)).rejects.toMatchObject({
    code: 'config.loaders',
    message: 'the loader snponly.efi is not the file that was fetched',
    hint: expect.stringContaining('fetch-loaders'),
  })
})

test.each([
  ['a folder that does not exist', () => rmSync(folder, { recursive: true, force: true })],
  ['an empty folder', () => {}],
  ['a record that is not JSON', () => (put('snponly.efi', 'abc'), put('loaders.json', '{'))],
  ['a record without files', () => (put('snponly.efi', 'abc'), put('loaders.json', '{}'))],
])('%s is refused with the remedy', async (_name, prepare) => {
  prepare()
  await expect(readLoaderFolder(folder)).rejects.toMatchObject({ code: 'config.loaders', hint: expect.any(String) })
})
