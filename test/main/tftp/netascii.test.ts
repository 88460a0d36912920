import { expect, test } from 'vitest'
import { toNetascii } from '../../../src-main/tftp/netascii.ts'

test.each([
  ['', ''],
  ['#!ipxe\necho\n', '#!ipxe\r\necho\r\n'],
  ['a\rb', 'a\r\0b'],
  ['a\r\nb', 'a\r\0\r\nb'],
  ['\n\n', '\r\n\r\n'],
])('%j goes out as %j', (text, want) => {
  expect(Buffer.from(toNetascii(Buffer.from(text))).toString('latin1')).toBe(want)
})
