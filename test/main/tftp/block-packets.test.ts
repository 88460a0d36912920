import { expect, test } from 'vitest'
import { BlockPackets } from '../../../src-main/tftp/block-packets.ts'
import { decodeTftp, encodeTftp, OPCODE } from '../../../src-main/tftp/packet.ts'
import { seededRandom } from '../../support/random.ts'

const BLKSIZE = 64
const random = seededRandom(4)

/** What the codec makes of a block. */
const expected = (file: Uint8Array, block: number): Uint8Array =>
  encodeTftp({
    opcode: OPCODE.data,
    block: block & 0xffff,
    data: file.slice((block - 1) * BLKSIZE, block * BLKSIZE),
  })

test.each([1, 4])('every packet of a file is what the codec makes of it, windowsize %i', (windowsize) => {
  const file = random.bytes(BLKSIZE * 20 + 7)
  const packets = new BlockPackets(file, BLKSIZE, windowsize)
  for (let block = 1; block <= 21; block++) expect(packets.of(block)).toEqual(expected(file, block))
})

test('the packets of a window and the next one do not share memory', () => {
  const file = random.bytes(BLKSIZE * 40)
  const packets = new BlockPackets(file, BLKSIZE, 4)
  for (let acked = 0; acked < 30; acked++) {
    const held = [1, 2, 3, 4, 5].map((n) => packets.of(acked + n))
    held.forEach((packet, i) => expect(packet).toEqual(expected(file, acked + 1 + i)))
  }
})

test('a shorter last packet takes the room of no full one', () => {
  const file = random.bytes(BLKSIZE * 2 + 3)
  const packets = new BlockPackets(file, BLKSIZE, 1)
  const first = packets.of(1)
  const last = packets.of(3)
  expect(first).toEqual(expected(file, 1))
  expect(last).toEqual(expected(file, 3))
  expect(last.buffer).not.toBe(first.buffer)
})

test('a file of whole blocks ends with an empty packet, and numbers roll over to 0', () => {
  const packets = new BlockPackets(new Uint8Array(2 ** 16 * 8), 8, 1)
  expect(decodeTftp(packets.of(2 ** 16))).toMatchObject({ block: 0, data: { length: 8 } })
  expect(decodeTftp(packets.of(2 ** 16 + 1))).toMatchObject({ block: 1, data: { length: 0 } })
})
