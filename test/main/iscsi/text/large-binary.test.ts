import { describe, expect, test } from 'vitest'
import { toHex } from '../../../../src-main/base/bytes.ts'
import { decodeLargeBinary, encodeLargeBinary } from '../../../../src-main/iscsi/text/large-binary.ts'

/** Base64 by coreutils' base64; the first four are RFC 4648 §10. */
const SAME: readonly [string, string][] = [
  ['0bZg==', '66'],
  ['0bZm8=', '666f'],
  ['0bZm9v', '666f6f'],
  ['0bZm9vYmFy', '666f6f626172'],
  ['0BZm9vYg', '666f6f62'],
  ['0b8PHy8/T19vf4+fr7/P3+/w==', 'f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff'],
  ['0xf0F1', 'f0f1'],
  ['0XABC', '0abc'],
  ['0x00', '00'],
]

describe('binary values', () => {
  test.each(SAME)('%s', (text, hex) => expect(toHex(decodeLargeBinary(text)!)).toBe(hex))

  test.each([
    '',
    '0x',
    '0b',
    '0b====',
    '12',
    'abc',
    '0xzz',
    '0x1 2',
    '0bZ',
    '0bZg=',
    '0bZm9v=',
    '0bZg==Zg==',
    '0bZm 8=',
    '0bZm-_',
    `0x${'00'.repeat(1025)}`,
    `0b${'AAAA'.repeat(342)}`,
    `0x${'0'.repeat(1_000_000)}`,
  ])('%# is none', (text) => expect(decodeLargeBinary(text)).toBeUndefined())

  test('the longest has 1024 bytes', () => {
    expect(decodeLargeBinary(`0x${'ab'.repeat(1024)}`)).toHaveLength(1024)
    expect(decodeLargeBinary(`0b${Buffer.alloc(1024, 7).toString('base64')}`)).toEqual(new Uint8Array(1024).fill(7))
  })

  test('what we write is read back, in both forms', () => {
    for (let length = 1; length < 40; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 255)
      expect(encodeLargeBinary(bytes)).toBe(`0x${Buffer.from(bytes).toString('hex')}`)
      expect(decodeLargeBinary(encodeLargeBinary(bytes))).toEqual(bytes)
      expect(decodeLargeBinary(`0b${Buffer.from(bytes).toString('base64')}`)).toEqual(bytes)
    }
  })
})
