import { describe, expect, test } from 'vitest'
import { AppError } from '../../../../../src-main/base/errors.ts'
import { attempt } from '../../../../../src-main/guests/offline/disk/attempt.ts'
import {
  bytesSource,
  DiskSource,
  piecedSource,
  readAll,
  slice,
} from '../../../../../src-main/guests/offline/disk/source.ts'
import { MemoryDisk } from '../../../../support/memory-disk.ts'
import { seededRandom } from '../../../../support/random.ts'

const codeOf = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise
    return 'no error'
  } catch (error) {
    return (error as AppError).code
  }
}

describe('a disk as a source', () => {
  const disk = new MemoryDisk(2048, true)
  disk.bytes.set(seededRandom(1).bytes(disk.bytes.length))

  test('gives any range, also across pages and to the last byte', async () => {
    const source = new DiskSource(disk)
    for (const [at, length] of [
      [0, 1],
      [65530, 20],
      [65536 * 3 - 1, 65538],
      [disk.bytes.length - 7, 7],
      [100, 0],
    ] as const)
      expect(await source.read(at, length)).toEqual(disk.bytes.slice(at, at + length))
  })

  test('reads a page once while it is kept', async () => {
    const counted = new MemoryDisk(2048, true)
    const source = new DiskSource(counted)
    for (let i = 0; i < 50; i++) await source.read(i * 100, 50)
    expect(counted.log).toEqual(['read 0+128'])
  })

  test('reads a last page that is not full', async () => {
    const small = new MemoryDisk(3, true)
    small.bytes[1535] = 9
    expect([...(await new DiskSource(small).read(1530, 6))]).toEqual([0, 0, 0, 0, 0, 9])
  })

  test('refuses what lies outside', async () => {
    const source = new DiskSource(disk)
    expect(await codeOf(source.read(disk.bytes.length - 1, 2))).toBe('guest.outside')
    expect(await codeOf(source.read(-1, 1))).toBe('guest.outside')
    expect(await codeOf(slice(source, 512, 10).read(5, 6))).toBe('guest.outside')
  })

  test('gives up when an image makes it read without end', async () => {
    const source = new DiskSource(disk, { limits: { bytes: 10 * 65536, calls: 100 } })
    expect(await codeOf(source.read(0, 11 * 65536))).toBe('guest.tooMuchWork')
    const turning = new DiskSource(disk, { limits: { bytes: 65536, calls: 100 } })
    for (let i = 0; i < 100; i++) await turning.read(0, 1)
    expect(await codeOf(turning.read(0, 1))).toBe('guest.tooMuchWork')
  })

  test('stops when it is cancelled', async () => {
    const abort = new AbortController()
    const source = new DiskSource(disk, { signal: abort.signal })
    await source.read(0, 1)
    abort.abort()
    expect(await codeOf(source.read(500_000, 1))).toBe('job.cancelled')
  })

  test('waits for a disk that is slow', async () => {
    const slow = new MemoryDisk(8, true)
    slow.slow = true
    slow.bytes[5] = 7
    const reading = new DiskSource(slow).read(5, 1)
    await Promise.resolve()
    slow.release()
    expect([...(await reading)]).toEqual([7])
  })
})

describe('other sources', () => {
  test('bytes are copied, so that who reads may change them', async () => {
    const bytes = Buffer.from([1, 2, 3])
    const read = await bytesSource(bytes).read(1, 2)
    read[0] = 9
    expect([...bytes]).toEqual([1, 2, 3])
  })

  test('pieces are put together, holes are zeros', async () => {
    const whole = bytesSource(Uint8Array.from({ length: 20 }, (_, i) => i))
    const source = piecedSource(whole, 10, (at) =>
      at < 3 ? { at: 10 + at, length: 3 - at } : at < 6 ? { at: undefined, length: 6 - at } : { at, length: 10 - at },
    )
    expect([...(await source.read(0, 10))]).toEqual([10, 11, 12, 0, 0, 0, 6, 7, 8, 9])
    expect([...(await source.read(5, 2))]).toEqual([0, 6])
  })

  test('a file that goes nowhere is an error, not a loop', async () => {
    const source = piecedSource(bytesSource(new Uint8Array(4)), 4, () => ({ at: 0, length: 0 }))
    expect(await codeOf(source.read(0, 4))).toBe('guest.unreadable')
  })

  test('what is too large is not read as a whole', async () => {
    expect(await codeOf(readAll(bytesSource(new Uint8Array(11)), 10))).toBe('guest.unreadable')
  })
})

describe('an attempt', () => {
  const thrower = (code: string) => async (): Promise<never> => {
    throw new AppError(code, 'why')
  }
  test('turns damage into a reason', async () => {
    for (const code of ['guest.unreadable', 'guest.outside', 'codec.range', 'disk.io'])
      expect(await attempt(thrower(code))).toEqual({ ok: false, reason: 'why' })
  })
  test('lets everything else through', async () => {
    for (const code of ['job.cancelled', 'guest.tooMuchWork', 'bug'])
      expect(await codeOf(attempt(thrower(code)))).toBe(code)
    await expect(
      attempt(async () => {
        throw new TypeError('ours')
      }),
    ).rejects.toThrow(TypeError)
  })
})
