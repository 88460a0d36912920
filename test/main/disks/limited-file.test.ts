import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openHostFile, type HostFile } from '../../../src-main/disks/host-file-device.ts'
import { limitedFile, type Limit } from '../../../src-main/disks/limited-file.ts'
import { nativeCalls } from '../../../src-main/platform/native.ts'

const MIB = 2 ** 20
let folder: string
let file: HostFile
let limit: Limit
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-limit-'))
  limit = { bytes: 4 * MIB }
  file = limitedFile(await openHostFile(join(folder, 'a'), { create: true }), limit)
  await file.resize(100 * MIB)
})
afterEach(async () => {
  await file.close()
  rmSync(folder, { recursive: true })
})
const write = async (atMib: number, bytes = MIB) => file.write(atMib * MIB, [Buffer.alloc(bytes, 7)], true)
const full = { code: 'disk.full' }

test('new space ends at the limit; what is there can be written again, and a higher limit counts at once', async () => {
  for (const at of [0, 10, 20, 30]) await write(at)
  await expect(write(40)).rejects.toMatchObject(full)
  await expect(write(40, 4096)).rejects.toMatchObject(full)
  // What keeps a format in order comes in all the same.
  await file.write(90 * MIB, [Buffer.alloc(4096, 7)])
  if (nativeCalls().available) for (let i = 0; i < 50; i++) await write(10 * (i % 4))
  limit.bytes = 5 * MIB + 65536
  await write(40)
  await expect(write(50)).rejects.toMatchObject(full)
  limit.bytes = undefined
  await write(50)
  expect(statSync(file.path).blocks * 512).toBeLessThan(7.5 * MIB)
})

test.skipIf(!nativeCalls().available)('space that was given back can be taken again', async () => {
  for (const at of [0, 10, 20, 30]) await write(at)
  await expect(write(40)).rejects.toMatchObject(full)
  await file.zero(0, 2 * MIB)
  await write(40)
  expect(file.holeBytes(0, 2 * MIB)).toBe(2 * MIB)
  expect(file.holeBytes(39 * MIB, 3 * MIB)).toBe(2 * MIB)
  expect(file.holeBytes(99 * MIB, 5 * MIB)).toBe(5 * MIB)
})
