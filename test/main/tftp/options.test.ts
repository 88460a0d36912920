import { expect, test } from 'vitest'
import { negotiateOptions, normaliseName } from '../../../src-main/tftp/options.ts'

const asked = (text: string) =>
  text
    .split(' ')
    .filter(Boolean)
    .map((pair) => ({ name: pair.split('=')[0]!, value: pair.split('=')[1] ?? '' }))
const accepted = (text: string, size = 5000): string =>
  negotiateOptions(asked(text), size)
    .accepted.map((o) => `${o.name}=${o.value}`)
    .join(' ')

test.each([
  ['tsize=0 blksize=1468 windowsize=4', 'tsize=5000 blksize=1468 windowsize=4'],
  ['blksize=1432 tsize=0', 'blksize=1432 tsize=5000'],
  ['BlkSize=65464', 'blksize=1468'],
  ['blksize=8', 'blksize=8'],
  ['blksize=7', ''],
  ['blksize=65465', ''],
  ['blksize=-1 windowsize=0 windowsize=4', ''],
  ['windowsize=65535', 'windowsize=64'],
  ['windowsize=65536', ''],
  ['timeout=1', 'timeout=1'],
  ['timeout=0', ''],
  ['timeout=256', ''],
  ['blksize=1e3 tsize=0x10 windowsize=+4', ''],
  ['multicast= rollover=0', ''],
  ['blksize=1024 blksize=512', 'blksize=1024'],
])('of "%s" the server accepts "%s"', (text, want) => {
  expect(accepted(text)).toBe(want)
})

test('what is not accepted keeps its default', () => {
  expect(negotiateOptions([], 1).parameters).toEqual({ blksize: 512, windowsize: 1 })
  expect(negotiateOptions(asked('timeout=3 blksize=1000'), 1).parameters).toEqual({
    blksize: 1000,
    windowsize: 1,
    timeoutMs: 3000,
  })
})

test.each([
  ['snponly.efi', 'snponly.efi'],
  ['/SNPONLY.EFI', 'snponly.efi'],
  ['\\Boot\\x64\\file', 'boot/x64/file'],
  ['//a//b', 'a/b'],
  ['./a', 'a'],
  ['undionly.kpxe\xff', 'undionly.kpxe'],
  ['undionly.kpxe \xff\xff', 'undionly.kpxe'],
  ['undionly.kpxe\x0d\x0a', 'undionly.kpxe'],
  ['undionly.kpxe\x01\xfe\xff', 'undionly.kpxe'],
  ['.\\a', 'a'],
  ['/./a/./b//', 'a/b'],
  ['\\\\server\\share', 'server/share'],
  ['\xff', ''],
  ['', ''],
  [`${'x'.repeat(400)}`, 'x'.repeat(256)],
  ['../../etc/passwd', '../../etc/passwd'],
])('the name %j is %j', (name, want) => {
  expect(normaliseName(name)).toBe(want)
})
