import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../../../src-main/base/bytes.ts'
import { AppError, CodecError } from '../../../src-main/base/errors.ts'
import { decodePacket, describePacket, encodePacket, macOf, type DhcpPacket } from '../../../src-main/dhcp/packet.ts'
import { OPTION } from '../../../src-main/dhcp/options.ts'
import { expectGolden } from '../../support/golden.ts'
import { DHCP_FIXTURES, dhcpCaptures, dhcpDatagrams } from '../../support/dhcp-fixtures.ts'
import { seededRandom } from '../../support/random.ts'

const empty: DhcpPacket = {
  op: 1,
  htype: 1,
  hlen: 6,
  hops: 0,
  xid: 0xcd391134,
  secs: 4,
  flags: 0,
  ciaddr: '0.0.0.0',
  yiaddr: '0.0.0.0',
  siaddr: '0.0.0.0',
  giaddr: '0.0.0.0',
  chaddr: Uint8Array.from([0x52, 0x54, 0, 0x77, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
  sname: '',
  file: '',
  options: new Map(),
}

/** The fixed part of `empty` with these options; `sname` and `file` as hex where given. */
function raw(optionsHex: string, fields: { sname?: string; file?: string } = {}): Uint8Array {
  const bytes = new Uint8Array(240 + fromHex(optionsHex).length)
  bytes.set(encodePacket(empty).subarray(0, 240))
  bytes.set(fromHex(fields.sname ?? ''), 44)
  bytes.set(fromHex(fields.file ?? ''), 108)
  bytes.set(fromHex(optionsHex), 240)
  return bytes
}

describe('the fixed part', () => {
  test('is laid out as RFC 2131 figure 1 draws it', () => {
    const bytes = encodePacket({
      ...empty,
      flags: 0x8000,
      hops: 1,
      ciaddr: '10.77.0.130',
      siaddr: '10.77.0.2',
      giaddr: '10.77.9.1',
      sname: 'srv',
      file: 'undionly.kpxe',
      options: new Map([
        [OPTION.vendorClass, fromHex('505845436c69656e74')],
        [OPTION.messageType, Uint8Array.of(2)],
      ]),
    })
    expect(toHex(bytes.subarray(0, 44))).toBe(
      '01010601cd391134000480000a4d0082000000000a4d00020a4d0901525400770001' + '00'.repeat(10),
    )
    expect(toHex(bytes.subarray(44, 48))).toBe('73727600')
    expect(toHex(bytes.subarray(108, 122))).toBe('756e64696f6e6c792e6b70786500')
    expect(toHex(bytes.subarray(236, 256))).toBe('63825363' + '350102' + '3c09505845436c69656e74' + 'ff' + '00')
    expect(bytes.length).toBe(300)
  })

  test('comes back from its bytes', () => {
    const packet: DhcpPacket = { ...empty, sname: 'srv', file: 'f', options: new Map([[53, Uint8Array.of(1)]]) }
    expect(decodePacket(encodePacket(packet))).toEqual(packet)
  })

  test('a name that leaves no room for its NUL is our own mistake', () => {
    expect(() => encodePacket({ ...empty, file: 'x'.repeat(128) })).toThrow(AppError)
    expect(() => encodePacket({ ...empty, yiaddr: '10.77.0' })).toThrow(AppError)
    expect(decodePacket(encodePacket({ ...empty, file: 'x'.repeat(127) })).file).toBe('x'.repeat(127))
  })

  test('a message without its magic cookie or too short is refused', () => {
    const wrong = raw('ff')
    wrong[236] = 0
    expect(() => decodePacket(wrong)).toThrow(/not a DHCP message/)
    expect(() => decodePacket(raw('ff').subarray(0, 239))).toThrow(CodecError)
  })

  test('a MAC is read from Ethernet clients only', () => {
    expect(macOf(empty)).toBe('52:54:00:77:00:01')
    expect(macOf({ ...empty, htype: 32 })).toBeUndefined()
    expect(macOf({ ...empty, hlen: 16 })).toBeUndefined()
    expect(macOf({ ...empty, chaddr: new Uint8Array(16) })).toBeUndefined()
    expect(macOf({ ...empty, chaddr: new Uint8Array(16).fill(0xff) })).toBeUndefined()
  })
})

describe('options', () => {
  test('pad bytes are passed over wherever they stand', () => {
    const { options } = decodePacket(raw('00 350101 00 00 00 3c03414243 00 ff 3c0158'))
    expect([...options]).toEqual([
      [53, Uint8Array.of(1)],
      [60, fromHex('414243')],
    ])
  })

  test('pieces of one option are joined in order', () => {
    const { options } = decodePacket(raw('3c024142 350101 3c0143 ff'))
    expect(toHex(options.get(60)!)).toBe('414243')
  })

  test('values over 255 bytes are written in pieces', () => {
    const value = Uint8Array.from({ length: 600 }, (_, i) => i & 0xff)
    const bytes = encodePacket({ ...empty, options: new Map([[43, value]]) })
    expect([bytes[240], bytes[241], bytes[240 + 257], bytes[240 + 258], bytes[240 + 514], bytes[240 + 515]]).toEqual([
      43, 255, 43, 255, 43, 90,
    ])
    expect(decodePacket(bytes).options.get(43)).toEqual(value)
  })

  test('an empty option keeps its place', () => {
    const bytes = encodePacket({ ...empty, options: new Map([[80, new Uint8Array()]]) })
    expect(toHex(bytes.subarray(240, 243))).toBe('5000ff')
    expect(decodePacket(bytes).options.get(80)).toEqual(new Uint8Array())
  })

  test.each([
    [
      'file',
      '340101',
      { file: '43036162 63ff', sname: '4104414243ff' },
      { file: '', sname: 'A\x04ABC\xff', o67: 'abc' },
    ],
    ['sname', '340102', { sname: '4303616263ff', file: '58ff' }, { file: 'X\xff', sname: '', o67: 'abc' }],
    ['both', '340103', { file: '43026162ff', sname: '430163ff' }, { file: '', sname: '', o67: 'abc' }],
  ])('option 52 makes room for options in %s', (_name, options, fields, want) => {
    const packet = decodePacket(raw(`350101 ${options} ff`, fields))
    expect({ file: packet.file, sname: packet.sname }).toEqual({ file: want.file, sname: want.sname })
    expect(toHex(packet.options.get(67)!)).toBe(toHex(new TextEncoder().encode(want.o67)))
    expect(packet.options.has(52)).toBe(false)
  })

  test('an overload of another value is refused, and one inside an overloaded field is ignored', () => {
    expect(() => decodePacket(raw('340104ff'))).toThrow(/overload/)
    expect(() => decodePacket(raw('34020101ff'))).toThrow(/overload/)
    expect(decodePacket(raw('340101ff', { file: '340102ff', sname: '61' })).sname).toBe('a')
  })

  test.each([['3c'], ['3c05414243'], ['350101 ff'.slice(0, 4)]])('a length past the end is refused (%s)', (hex) => {
    expect(() => decodePacket(raw(hex))).toThrow(CodecError)
  })

  test('options without END are taken when they end with the message', () => {
    expect(decodePacket(raw('350101')).options.get(53)).toEqual(Uint8Array.of(1))
  })
})

test.each(dhcpCaptures)('decodes %s as recorded', (name) => {
  const text = dhcpDatagrams(name)
    .map((p) => `${p.srcIp}:${p.srcPort} > ${p.dstIp}:${p.dstPort}\n${describePacket(decodePacket(p.payload))}`)
    .join('\n---\n')
  expectGolden(join(DHCP_FIXTURES, `${name}.txt`), text)
})

test.each(dhcpCaptures)('every message of %s comes back from its meaning', (name) => {
  for (const { payload } of dhcpDatagrams(name)) {
    const packet = decodePacket(payload)
    expect(decodePacket(encodePacket(packet))).toEqual(packet)
  }
})

test('bytes from nowhere are refused with a CodecError or decode to what re-encodes equal', () => {
  const seed = 20261121
  const random = seededRandom(seed)
  const base = dhcpDatagrams(dhcpCaptures[0]!)[0]!.payload
  for (let round = 0; round < 20_000; round++) {
    const bytes = Uint8Array.from(base.subarray(0, 240 + random.below(base.length - 240)))
    for (let i = random.below(12); i >= 0; i--) bytes[random.below(bytes.length)] = random.below(256)
    let packet: DhcpPacket
    try {
      packet = decodePacket(bytes)
    } catch (thrown) {
      expect(thrown, `seed ${seed} round ${round}`).toBeInstanceOf(CodecError)
      continue
    }
    // Text that fills its field has no NUL and cannot be written back with one.
    if (packet.file.length > 127 || packet.sname.length > 63 || !isAscii(packet.file + packet.sname)) continue
    expect(decodePacket(encodePacket(packet)), `seed ${seed} round ${round}`).toEqual(packet)
  }
})

const isAscii = (text: string): boolean => [...text].every((c) => c.charCodeAt(0) < 0x80)
