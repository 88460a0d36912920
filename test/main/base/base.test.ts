import { describe, expect, test } from 'vitest'
import {
  ByteReader,
  ByteWriter,
  fromHex,
  toHex,
  toSafeNumber,
  u16le,
  u32le,
  u64be,
  u64le,
} from '../../../src-main/base/bytes.ts'
import { crc32c } from '../../../src-main/base/crc32c.ts'
import { CodecError } from '../../../src-main/base/errors.ts'
import { Machine } from '../../../src-main/base/machine.ts'
import { serialDiff, serialLess } from '../../../src-main/base/serial.ts'
import { formatSize, parseMac, parseSize, parseUuid } from '../../../src-main/base/units.ts'

describe('CRC32C', () => {
  // RFC 7143 appendix A.4 gives these as bytes on the wire, least significant first.
  test.each([
    ['32 bytes of zeros', new Uint8Array(32), 'aa36918a'],
    ['32 bytes of ones', new Uint8Array(32).fill(0xff), '43aba862'],
    ['32 rising bytes', Uint8Array.from({ length: 32 }, (_, i) => i), '4e79dd46'],
    ['32 falling bytes', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), '5cdb3f11'],
  ])('of %s is the one the standard gives', (_, bytes, wire) => {
    const value = crc32c(bytes)
    const little = Uint8Array.from([value, value >>> 8, value >>> 16, value >>> 24])
    expect(toHex(little)).toBe(wire)
  })

  test('over pieces equals that over the whole', () => {
    const bytes = Uint8Array.from({ length: 1001 }, (_, i) => (i * 31) & 0xff)
    expect(crc32c(bytes.subarray(137), crc32c(bytes.subarray(0, 137)))).toBe(crc32c(bytes))
  })
})

describe('bytes', () => {
  test('a reader refuses to go past the end and says where', () => {
    const reader = new ByteReader(fromHex('01 02 03'), 'thing')
    expect(reader.u16('first')).toBe(0x0102)
    expect(() => reader.u16('second')).toThrowError(CodecError)
    expect(() => reader.u16('second')).toThrowError(/thing: second is 1, limit 2/)
    expect(reader.u8('last')).toBe(3)
  })
  test('what a writer writes a reader reads', () => {
    const bytes = new ByteWriter(1).u8(1).u16(0x2345).u32(0x6789abcd).ascii('hello').u8(0).zeros(3).done()
    const reader = new ByteReader(bytes, 'thing')
    expect([reader.u8('a'), reader.u16('b'), reader.u32('c'), reader.zeroTerminated('d'), reader.left]).toEqual([
      1,
      0x2345,
      0x6789abcd,
      'hello',
      3,
    ])
  })
  test('little-endian numbers have no sign', () => {
    const bytes = fromHex('00 fe ff ff ff 81 82 83 f4')
    expect(u16le(bytes, 1)).toBe(0xfffe)
    expect(u32le(bytes, 1)).toBe(0xfffffffe)
    expect(u64le(bytes, 1)).toBe(0xf4838281fffffffen)
  })
  test('64-bit values beyond what a number holds are refused', () => {
    expect(toSafeNumber(u64be(fromHex('001fffffffffffff'), 0))).toBe(Number.MAX_SAFE_INTEGER)
    expect(() => toSafeNumber(u64be(fromHex('0020000000000000'), 0))).toThrowError(/safe integer/)
  })
})

describe('serial numbers', () => {
  test('compare across the wrap', () => {
    expect(serialLess(0xffffffff, 0)).toBe(true)
    expect(serialLess(0, 0xffffffff)).toBe(false)
    expect(serialDiff(3, 0xfffffffe)).toBe(5)
  })
})

describe('units', () => {
  test.each([
    ['64G', 64 * 2 ** 30],
    ['64GiB', 64 * 2 ** 30],
    ['64GB', 64e9],
    ['1.5T', 1.5 * 2 ** 40],
    ['512', 512],
    ['512k', 512 * 1024],
  ])('%s is %d bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes))
  test.each(['', 'G', '-1', '1Q', '1e400', '12 34'])('"%s" is no size', (text) =>
    expect(() => parseSize(text)).toThrowError(/is not a size/),
  )
  test('sizes are shown in powers of two', () => {
    expect([formatSize(0), formatSize(1536), formatSize(64 * 2 ** 30), formatSize(1.27 * 2 ** 40)]).toEqual([
      '0 bytes',
      '1.50 KiB',
      '64 GiB',
      '1.27 TiB',
    ])
  })
  test.each(['52:54:00:AB:cd:ef', '52-54-00-ab-cd-ef', '5254.00ab.cdef', '525400ABCDEF'])('%s is one MAC', (text) =>
    expect(parseMac(text)).toBe('52:54:00:ab:cd:ef'),
  )
  test.each(['', '52:54:00:ab:cd', '52:54:00:ab:cd:eg', '52:54:00:ab:cd:ef:00'])('"%s" is no MAC', (text) =>
    expect(() => parseMac(text)).toThrowError(/is not a MAC/),
  )
  test('a UUID is kept in small letters, and nothing else is one', () => {
    const uuid = '6f1c0b1e-9d52-4c6e-8f3a-0123456789ab'
    expect(parseUuid(uuid.toUpperCase())).toBe(uuid)
    for (const text of ['', uuid.slice(1), `${uuid}0`, uuid.replaceAll('-', ''), uuid.replace('6f', '6g')])
      expect(parseUuid(text)).toBeUndefined()
  })
})

test('a machine leaves its state alone when an input is not legal there', () => {
  const ran: string[] = []
  const machine = new Machine<'off' | 'on', 'press' | 'pull', string>(
    'off',
    (state, input) =>
      input === 'press' ? { state: state === 'off' ? 'on' : 'off', effects: [`was ${state}`] } : undefined,
    (effect) => ran.push(effect),
  )
  expect(machine.send('pull')).toBe(false)
  expect(machine.state).toBe('off')
  expect(machine.send('press')).toBe(true)
  expect([machine.state, ...ran]).toEqual(['on', 'was off'])
})
