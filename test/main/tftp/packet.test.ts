import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fromHex, toHex, utf8Bytes } from '../../../src-main/base/bytes.ts'
import { CodecError } from '../../../src-main/base/errors.ts'
import { decodeTftp, describeTftp, encodeTftp, OPCODE, type TftpPacket } from '../../../src-main/tftp/packet.ts'
import { expectGolden } from '../../support/golden.ts'
import { readPcap } from '../../support/pcap.ts'
import { seededRandom } from '../../support/random.ts'

const FIXTURES = resolve(import.meta.dirname, '../../fixtures/tftp')
const captures = readdirSync(FIXTURES).filter((name) => name.endsWith('.pcap'))
const hex = (text: string): string => toHex(utf8Bytes(text))

const VECTORS: readonly [string, string, TftpPacket][] = [
  [
    'OVMF 2022.11, first request (own capture 2026-11)',
    `0001${hex('snponly.efi\0octet\0tsize\0' + '0\0blksize\0' + '1468\0windowsize\0' + '4\0')}`,
    {
      opcode: OPCODE.readRequest,
      filename: 'snponly.efi',
      mode: 'octet',
      options: [
        { name: 'tsize', value: '0' },
        { name: 'blksize', value: '1468' },
        { name: 'windowsize', value: '4' },
      ],
    },
  ],
  ['a write', `0002${hex('a\0netascii\0')}`, { opcode: 2, filename: 'a', mode: 'netascii', options: [] }],
  ['a block', '0003 ffff 010203', { opcode: OPCODE.data, block: 65535, data: Uint8Array.of(1, 2, 3) }],
  ['an empty block', '0003 0001', { opcode: OPCODE.data, block: 1, data: new Uint8Array() }],
  ['an acknowledgement', '0004 0100', { opcode: OPCODE.acknowledgement, block: 256 }],
  ['an error', `0005 0008 ${hex('no\0')}`, { opcode: OPCODE.error, code: 8, message: 'no' }],
  ['an OACK', `0006 ${hex('tsize\0' + '9\0')}`, { opcode: OPCODE.optionAck, options: [{ name: 'tsize', value: '9' }] }],
]

describe('packets', () => {
  test.each(VECTORS)('%s, both ways', (_name, text, packet) => {
    expect(decodeTftp(fromHex(text))).toEqual(packet)
    expect(toHex(encodeTftp(packet))).toBe(text.replace(/\s/g, ''))
  })

  test.each([
    ['nothing', ''],
    ['half an opcode', '00'],
    ['an unknown opcode', '0007'],
    ['a name without its NUL', '000161'],
    ['no mode', '00016100'],
    ['an option without a value', `0001${hex('a\0octet\0tsize\0')}`],
    ['a block without its number', '000300'],
  ])('%s is refused', (_name, text) => {
    expect(() => decodeTftp(fromHex(text))).toThrow(CodecError)
  })

  test('NULs behind the last option and a missing NUL of an error are taken', () => {
    expect(decodeTftp(fromHex(`0001${hex('a\0octet\0')}000000`))).toMatchObject({ options: [] })
    expect(decodeTftp(fromHex(`00050001${hex('gone')}`))).toEqual({ opcode: 5, code: 1, message: 'gone' })
  })

  test('bytes from nowhere are refused with a CodecError or re-encode equal', () => {
    const seed = 1350
    const random = seededRandom(seed)
    for (let round = 0; round < 20_000; round++) {
      const bytes = random.bytes(random.below(40))
      bytes[0] = 0
      if (bytes.length > 1) bytes[1] = random.below(8)
      let packet: TftpPacket
      try {
        packet = decodeTftp(bytes)
      } catch (thrown) {
        expect(thrown, `seed ${seed} round ${round}`).toBeInstanceOf(CodecError)
        continue
      }
      if ([...JSON.stringify(packet)].some((c) => c.charCodeAt(0) > 0x7f)) continue
      expect(decodeTftp(encodeTftp(packet)), `seed ${seed} round ${round}`).toEqual(packet)
    }
  })
})

test.each(captures)('decodes %s as recorded', (name) => {
  const text = readPcap(join(FIXTURES, name))
    .map((p) => `${p.srcIp}:${p.srcPort} > ${p.dstIp}:${p.dstPort} ${describeTftp(decodeTftp(p.payload))}`)
    .join('\n')
  expectGolden(join(FIXTURES, name.replace(/pcap$/, 'txt')), text)
})
