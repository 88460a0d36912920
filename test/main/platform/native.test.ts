import { closeSync, fstatSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nativeCalls } from '../../../src-main/platform/native.ts'

test.skipIf(process.platform !== 'linux')('a punched hole reads as zeros and gives its blocks back', (context) => {
  const native = nativeCalls()
  if (!native.available) context.skip('no libc.so.6 here')
  const folder = mkdtempSync(join(tmpdir(), 'bootlace-native-'))
  try {
    const fd = openSync(join(folder, 'disk'), 'w+')
    ftruncateSync(fd, 1 << 20)
    writeSync(fd, Buffer.alloc(1 << 20, 0xaa), 0, 1 << 20, 0)
    const before = fstatSync(fd).blocks
    const supported = native.punchHole(fd, 65536, 524288)
    if (!supported) context.skip('this file system cannot punch holes')
    const after = Buffer.alloc(524288, 1)
    readSync(fd, after, 0, after.length, 65536)
    expect(after.every((b) => b === 0)).toBe(true)
    expect(fstatSync(fd).blocks).toBeLessThan(before)
    expect(fstatSync(fd).size).toBe(1 << 20)
    closeSync(fd)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.skipIf(process.platform !== 'linux')(
  'space is taken from where it is asked for; holes and data are told apart',
  (context) => {
    const native = nativeCalls()
    if (!native.available) context.skip('no libc.so.6 here')
    const folder = mkdtempSync(join(tmpdir(), 'bootlace-native-'))
    const fd = openSync(join(folder, 'disk'), 'w+')
    try {
      ftruncateSync(fd, 4 << 20)
      writeSync(fd, Buffer.alloc(4096, 0xaa), 0, 4096, 1 << 20)
      const data = native.seek(fd, 0, 'data')
      if (data !== 1 << 20) context.skip('this file system does not tell of holes')
      expect(native.seek(fd, 1 << 20, 'data')).toBe(1 << 20)
      expect(native.seek(fd, 1 << 20, 'hole')).toBe((1 << 20) + 4096)
      expect(native.seek(fd, 2 << 20, 'data')).toBe(-1)
      expect(native.seek(fd, 2 << 20, 'hole')).toBe(2 << 20)
      const before = fstatSync(fd).blocks
      if (!native.allocate(fd, 2 << 20, 1 << 20)) context.skip('this file system cannot take space')
      expect(fstatSync(fd).blocks - before).toBeGreaterThanOrEqual((1 << 20) / 512)
      expect(fstatSync(fd).size).toBe(4 << 20)
      const taken = Buffer.alloc(4096, 1)
      readSync(fd, taken, 0, 4096, 2 << 20)
      expect(taken.every((b) => b === 0)).toBe(true)
    } finally {
      closeSync(fd)
      rmSync(folder, { recursive: true })
    }
  },
)
