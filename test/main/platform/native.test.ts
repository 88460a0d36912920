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
