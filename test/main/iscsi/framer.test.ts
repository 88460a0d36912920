import { describe, expect, test } from 'vitest'
import { crc32c } from '../../../src-main/base/crc32c.ts'
import { frame, Framer, joined, putDigest } from '../../../src-main/iscsi/framer.ts'
import { BHS_LENGTH, newBhs } from '../../../src-main/iscsi/pdu/bhs.ts'

function collect(o: { headerDigest?: boolean; dataDigest?: boolean; limit?: number } = {}) {
  const seen: { header: Uint8Array; data: Uint8Array }[] = []
  const broken: { why: string; dataDigest: boolean }[] = []
  const framer = new Framer(
    {
      pdu: (bytes, at, pieces, length) => {
        seen.push({ header: bytes.slice(at, at + BHS_LENGTH), data: joined(pieces, length).slice() })
        return true
      },
      broken: (why, dataDigest) => broken.push({ why, dataDigest }),
    },
    o.limit ?? 1024,
  )
  framer.headerDigest = o.headerDigest ?? false
  framer.dataDigest = o.dataDigest ?? false
  return { framer, seen, broken }
}

const dataOf = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 7)

function stream(o: { headerDigest?: boolean; dataDigest?: boolean }): { bytes: Uint8Array; data: Uint8Array[] } {
  const data = [0, 5, 512, 0, 3, 48].map(dataOf)
  const parts = data.map((d) => frame(newBhs(0x01, 0x80, d.length), d, o.headerDigest ?? false, o.dataDigest ?? false))
  const bytes = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const p of parts) {
    bytes.set(p, at)
    at += p.length
  }
  return { bytes, data }
}

describe.each([
  { headerDigest: false, dataDigest: false },
  { headerDigest: true, dataDigest: false },
  { headerDigest: false, dataDigest: true },
  { headerDigest: true, dataDigest: true },
])('with %o', (digests) => {
  test('the same PDUs come out however the stream is cut', () => {
    const { bytes, data } = stream(digests)
    for (const size of [1, 2, 3, 7, 47, 48, 49, 51, 52, 53, 100, 600, bytes.length]) {
      const { framer, seen, broken } = collect(digests)
      for (let at = 0; at < bytes.length; at += size) framer.push(bytes.slice(at, at + size))
      expect(broken).toEqual([])
      expect(
        seen.map((p) => p.data),
        `cut at ${size}`,
      ).toEqual(data)
    }
  })
})

test('an additional header segment is skipped', () => {
  const header = newBhs(0x01, 0x80, 4)
  header[4] = 2 // 4-byte words
  const { framer, seen } = collect()
  framer.push(Uint8Array.from([...header, ...new Uint8Array(8).fill(9), 1, 2, 3, 4, ...newBhs(0, 0x80, 0)]))
  expect(seen.map((p) => [...p.data])).toEqual([[1, 2, 3, 4], []])
})

test('a header digest that does not match ends the stream', () => {
  const bytes = frame(newBhs(0x01, 0x80, 0), new Uint8Array(0), true, false)
  bytes[17]! ^= 1
  const { framer, seen, broken } = collect({ headerDigest: true })
  framer.push(bytes)
  framer.push(stream({ headerDigest: true }).bytes)
  expect(seen).toEqual([])
  expect(broken).toEqual([{ why: 'the header digest does not match', dataDigest: false }])
})

test('a data digest that does not match is told apart', () => {
  const bytes = frame(newBhs(0x05, 0x80, 5), dataOf(5), false, true)
  bytes[50]! ^= 1
  const { framer, seen, broken } = collect({ dataDigest: true })
  framer.push(bytes)
  expect(seen).toEqual([])
  expect(broken).toEqual([{ why: 'the data digest does not match', dataDigest: true }])
})

test.each([BHS_LENGTH, BHS_LENGTH + 2000])('a data segment above the limit ends the stream (chunk of %i)', (length) => {
  const { framer, seen, broken } = collect({ limit: 1024 })
  const bytes = new Uint8Array(length)
  bytes.set(newBhs(0x05, 0x80, 1025))
  framer.push(bytes)
  expect(seen).toEqual([])
  expect(broken[0]?.why).toContain('1025')
})

test('the digest stands on the wire least significant byte first', () => {
  // RFC 7143 appendix A.4: 32 bytes of zeros have the digest aa 36 91 8a.
  const b = new Uint8Array(4)
  putDigest(b, 0, crc32c(new Uint8Array(32)))
  expect([...b]).toEqual([0xaa, 0x36, 0x91, 0x8a])
})
