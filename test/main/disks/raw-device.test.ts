import fs, { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { BlockDevice } from '../../../src-main/disks/block-device.ts'
import { createRawDisk, openRawDevice } from '../../../src-main/disks/raw-device.ts'

let folder: string
let path: string
let device: BlockDevice | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-raw-'))
  path = join(folder, 'disk.img')
})
afterEach(async () => {
  vi.restoreAllMocks()
  syncBuiltinESMExports()
  await device?.close()
  device = undefined
  rmSync(folder, { recursive: true })
})

async function opened(sizeBytes = 4 * 2 ** 20): Promise<BlockDevice> {
  await createRawDisk(path, sizeBytes)
  device = await openRawDevice(path)
  return device
}
const pattern = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 7 + (i >>> 8))
/** Replaces a function of node:fs for the device too. */
function replace<K extends 'fdatasync' | 'writeSync' | 'readSync' | 'read'>(name: K, fn: unknown): void {
  vi.spyOn(fs, name).mockImplementation(fn as never)
  syncBuiltinESMExports()
}
const failing = (code: string) => (): never => {
  throw Object.assign(new Error(`${code}: failed`), { code })
}

describe('createRawDisk', () => {
  test('makes a sparse file of the size', async () => {
    await createRawDisk(path, 2 ** 30)
    expect(statSync(path).size).toBe(2 ** 30)
    expect(statSync(path).blocks).toBeLessThan(100)
  })
  test('refuses a file that exists, and odd sizes', async () => {
    writeFileSync(path, 'precious')
    await expect(createRawDisk(path, 2 ** 20)).rejects.toMatchObject({ code: 'disk.exists' })
    expect(readFileSync(path, 'utf8')).toBe('precious')
    await expect(createRawDisk(join(folder, 'odd'), 1000)).rejects.toMatchObject({ code: 'disk.size' })
  })
})

test('a file that is not there', async () => {
  await expect(openRawDevice(join(folder, 'none'))).rejects.toMatchObject({ code: 'disk.notFound' })
})

test.each([512, 4096, 65536, 65536 + 512, 2 ** 20])('what was written is read back: %i bytes', async (length) => {
  const d = await opened()
  const data = pattern(length)
  const cut = Math.floor(length / 3)
  await d.write(3, [data.subarray(0, cut), data.subarray(cut, cut + 1), data.subarray(cut + 1)])
  const back = new Uint8Array(length)
  await d.read(3, back)
  expect(back).toEqual(data)
  expect(new Uint8Array(readFileSync(path).subarray(1536, 1536 + length))).toEqual(data)
})

test('small calls are done at once, large ones leave the loop free', async () => {
  const d = await opened()
  // A busy machine may take this thread away in the middle of a call, which then looks slow.
  vi.spyOn(performance, 'now').mockReturnValue(1000)
  expect(d.read(0, new Uint8Array(65536))).toBeUndefined()
  expect(d.write(0, [new Uint8Array(4096)])).toBeUndefined()
  const large = d.read(0, new Uint8Array(2 ** 20))
  expect(large).toBeInstanceOf(Promise)
  await large
})

test('after a slow read small calls leave the loop free too, until the disk had time to recover', async () => {
  const d = await opened()
  let now = 1000
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  replace('readSync', (_fd: number, into: Uint8Array) => {
    now += 20
    return into.length
  })
  expect(d.read(0, new Uint8Array(512))).toBeUndefined()
  const second = d.read(1, new Uint8Array(512))
  expect(second).toBeInstanceOf(Promise)
  await second
  now += 1900
  await d.write(0, [new Uint8Array(512)])
  expect(d.read(1, new Uint8Array(512))).toBeInstanceOf(Promise)
  now += 200
  expect(d.read(1, new Uint8Array(512))).toBeUndefined()
})

test('zero gives space back where the file system can, and reads as zeros anywhere', async () => {
  const d = await opened()
  const data = new Uint8Array(2 ** 20).fill(0xaa)
  await d.write(0, [data])
  await d.flush()
  const before = statSync(path).blocks
  await d.zero(8, 1024)
  await d.flush()
  const back = new Uint8Array(2 ** 20)
  await d.read(0, back)
  expect(back.subarray(0, 4096).every((b) => b === 0xaa)).toBe(true)
  expect(back.subarray(4096, 4096 + 524288).every((b) => b === 0)).toBe(true)
  expect(back.subarray(4096 + 524288).every((b) => b === 0xaa)).toBe(true)
  if (d.canPunch) expect(statSync(path).blocks).toBeLessThan(before)
})

describe('failures', () => {
  test('a full host disk is disk.full, and writing goes on when there is space again', async () => {
    const d = await opened()
    replace('writeSync', failing('ENOSPC'))
    expect(() => d.write(0, [new Uint8Array(512)])).toThrow(expect.objectContaining({ code: 'disk.full' }))
    vi.restoreAllMocks()
    syncBuiltinESMExports()
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 3600_000)
    expect(d.write(0, [new Uint8Array(512)])).toBeUndefined()
  })
  test('an I/O error is disk.io', async () => {
    const d = await opened()
    replace('readSync', failing('EIO'))
    expect(() => d.read(0, new Uint8Array(512))).toThrow(expect.objectContaining({ code: 'disk.io' }))
  })
  test('after fdatasync failed nothing is acknowledged again, and it is never tried again', async () => {
    const d = await opened()
    let calls = 0
    replace('fdatasync', (_fd: number, done: (e: Error | null) => void) => {
      calls++
      // The kernel reports a lost write once; a second call would say all is well.
      process.nextTick(done, calls === 1 ? Object.assign(new Error('EIO'), { code: 'EIO' }) : null)
    })
    const first = d.flush()
    const second = d.flush()
    await expect(first).rejects.toMatchObject({ code: 'disk.io' })
    await expect(second).rejects.toMatchObject({ code: 'disk.io' })
    await expect(d.flush()).rejects.toMatchObject({ code: 'disk.io' })
    expect(() => d.write(0, [new Uint8Array(512)])).toThrow(expect.objectContaining({ code: 'disk.io' }))
    expect(calls).toBe(1)
  })
  test('flushes that come while one runs share the next one', async () => {
    const d = await opened()
    const running: ((e: null) => void)[] = []
    replace('fdatasync', (_fd: number, done: (e: null) => void) => running.push(done))
    const all = Promise.all([d.flush(), d.flush(), d.flush()])
    expect(running).toHaveLength(1)
    running[0]!(null)
    await vi.waitFor(() => expect(running).toHaveLength(2))
    running[1]!(null)
    await all
    expect(running).toHaveLength(2)
  })
  test('a read-only disk takes no writes; a closed one nothing', async () => {
    await createRawDisk(path, 2 ** 20)
    const d = await openRawDevice(path, { readOnly: true })
    expect(() => d.write(0, [new Uint8Array(512)])).toThrow(expect.objectContaining({ code: 'disk.readOnly' }))
    await d.flush()
    await d.close()
    expect(() => d.read(0, new Uint8Array(512))).toThrow(expect.objectContaining({ code: 'disk.closed' }))
    await d.close()
  })
})
