import { expect, test } from 'vitest'
import {
  diskNameOf,
  freeName,
  isDiskName,
  isPcName,
  isPrefix,
  macOf,
} from '../../../src-renderer/features/setup/names.ts'

test.each([
  ['52:54:00:AB:cd:ef', '52:54:00:ab:cd:ef'],
  ['52-54-00-ab-cd-ef', '52:54:00:ab:cd:ef'],
  ['5254.00ab.cdef', '52:54:00:ab:cd:ef'],
  [' 525400abcdef ', '52:54:00:ab:cd:ef'],
  ['52:54:00:ab:cd', undefined],
  ['52:54:00:ab:cd:eg', undefined],
  ['', undefined],
])('the MAC address %j is read as %s', (text, mac) => expect(macOf(text)).toBe(mac))

test('names are those that the engine takes', () => {
  expect(['pc-01', 'PC', 'a'].map(isPcName)).toEqual([true, true, true])
  expect(['', '-pc', 'pc-', 'pc 1', 'a-name-of-16-char'].map(isPcName)).toEqual([false, false, false, false, false])
  expect(['debian-12.5', 'x'.repeat(32)].map(isDiskName)).toEqual([true, true])
  expect(['', '.x', 'x'.repeat(33), 'a/b'].map(isDiskName)).toEqual([false, false, false, false])
  expect(['pc-', 'a'].map(isPrefix)).toEqual([true, true])
  expect(['', '-', 'pc_', 'p'.repeat(13)].map(isPrefix)).toEqual([false, false, false, false])
})

test.each([
  ['/home/ann/Debian 12.img', 'debian-12'],
  ['C:\\Images\\Win11 Pro.vhdx', 'win11-pro'],
  ['/x/.hidden', ''],
  [`/x/${'long'.repeat(20)}.qcow2`, 'long'.repeat(8)],
])('the file %s becomes the disk “%s”', (path, name) => expect(diskNameOf(path)).toBe(name))

test('free names leave out those that are taken', () => {
  expect(freeName('debian', new Set())).toBe('debian')
  expect(freeName('debian', new Set(['debian', 'debian-2']))).toBe('debian-3')
})
