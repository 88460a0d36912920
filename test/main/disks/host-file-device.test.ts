import fs, { mkdtempSync, rmSync, statSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openHostFile, syncFolder, type HostFile } from '../../../src-main/disks/host-file-device.ts'
import { nativeCalls } from '../../../src-main/platform/native.ts'

const MIB = 2 ** 20
let folder: string
let file: HostFile
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-file-'))
  file = await openHostFile(join(folder, 'disk'), { create: true })
})
afterEach(async () => {
  vi.restoreAllMocks()
  syncBuiltinESMExports()
  await file.close()
  rmSync(folder, { recursive: true })
})
function countSyncs(): () => number {
  const real = fs.fdatasync
  const spy = vi
    .spyOn(fs, 'fdatasync')
    .mockImplementation(((fd: number, done: (e: Error | null) => void) => real(fd, done)) as never)
  syncBuiltinESMExports()
  return () => spy.mock.calls.length
}

describe('extent', () => {
  test('tells holes from data', async (context) => {
    await file.resize(8 * MIB)
    await file.write(2 * MIB, [new Uint8Array(MIB).fill(1)])
    if (!nativeCalls().available) context.skip('no libc.so.6 here')
    expect(file.extent(0)).toEqual({ bytes: 2 * MIB, zero: true })
    expect(file.extent(MIB + 512)).toEqual({ bytes: MIB - 512, zero: true })
    expect(file.extent(2 * MIB)).toEqual({ bytes: MIB, zero: false })
    expect(file.extent(2 * MIB + 4096)).toEqual({ bytes: MIB - 4096, zero: false })
    expect(file.extent(3 * MIB)).toEqual({ bytes: 5 * MIB, zero: true })
    expect(file.extent(8 * MIB)).toEqual({ bytes: Infinity, zero: true })
  })
  test('says data where the host cannot tell', async () => {
    await file.resize(8 * MIB)
    vi.spyOn(nativeCalls(), 'seek').mockReturnValue(undefined)
    expect(file.extent(MIB)).toEqual({ bytes: 7 * MIB, zero: false })
  })
})

describe('allocate', () => {
  test.each([true, false])('takes the space of a part; with a call for it: %s', async (native) => {
    if (!native) vi.spyOn(nativeCalls(), 'allocate').mockReturnValue(false)
    await file.allocate(MIB, 3 * MIB)
    expect(file.sizeBytes).toBe(4 * MIB)
    await file.flush()
    const bytes = statSync(file.path).blocks * 512
    expect(bytes).toBeGreaterThanOrEqual(MIB)
    expect(bytes).toBeLessThan(2 * MIB)
    const into = new Uint8Array(4096).fill(1)
    await file.read(3 * MIB, into)
    expect(into.every((v) => v === 0)).toBe(true)
  })
})

describe('closing', () => {
  test('flushes what was changed after the last flush, and nothing else', async () => {
    const syncs = countSyncs()
    await file.write(0, [new Uint8Array(512)])
    await file.flush()
    expect(syncs()).toBe(1)
    await file.close()
    expect(syncs()).toBe(1)
    file = await openHostFile(file.path)
    await file.write(0, [new Uint8Array(512)])
    await file.flush()
    await file.zero(0, 512)
    await file.close()
    expect(syncs()).toBe(3)
  })
  test('a write that was still on its way during the last flush is flushed', async () => {
    const syncs = countSyncs()
    const writing = file.write(0, [new Uint8Array(MIB)])
    await file.flush()
    await writing
    await file.close()
    expect(syncs()).toBe(2)
  })
})

test('a folder that is not there cannot be flushed', async () => {
  await syncFolder(folder)
  await expect(syncFolder(join(folder, 'none'))).rejects.toMatchObject({ code: 'disk.io' })
})
