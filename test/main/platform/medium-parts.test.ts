import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readMediumParts } from '../../../src-main/platform/medium-parts.ts'

const NAMES = ['ipxe.lkrn', 'ipxe.efi', 'isolinux.bin', 'ldlinux.c32', 'isohdpfx.bin']
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-parts-'))
  for (const name of NAMES) writeFileSync(join(folder, name), name)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const record = (name: string, text: string): void =>
  writeFileSync(
    join(folder, 'loaders.json'),
    JSON.stringify({ files: [{ name, origin: 'a package', sha256: createHash('sha256').update(text).digest('hex') }] }),
  )

test('parts come with where they are from', async () => {
  record('ipxe.lkrn', 'ipxe.lkrn')
  const parts = await readMediumParts(folder)
  expect(Buffer.from(parts.stickCode).toString()).toBe('isohdpfx.bin')
  expect(parts.origins).toHaveLength(5)
  expect(parts.origins).toContain('a package')
  expect(parts.origins).toContain('isolinux.bin, put there by the user')
})

test('a part that was changed since it was fetched is refused', async () => {
  record('isolinux.bin', 'another')
  await expect(readMediumParts(folder)).rejects.toMatchObject({
    code: 'config.mediumParts',
    message: 'isolinux.bin is not the file that was fetched',
  })
})

test('parts that are missing are named', async () => {
  rmSync(join(folder, 'isolinux.bin'))
  rmSync(join(folder, 'ipxe.lkrn'))
  await expect(readMediumParts(folder)).rejects.toMatchObject({
    code: 'config.mediumParts',
    message: 'a boot medium cannot be made without ipxe.lkrn, isolinux.bin',
    hint: expect.stringContaining('fetch-loaders'),
  })
})
