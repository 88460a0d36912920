import { putU32be, putU64be } from '../base/bytes.ts'

/** READ CAPACITY(10) data, 8 bytes. A disk too large for it says FFFFFFFFh. Source: SBC-3 §5.15.2. */
export function encodeReadCapacity10(blockCount: number, blockSize: number): Uint8Array {
  const b = new Uint8Array(8)
  putU32be(b, 0, Math.min(blockCount - 1, 0xffffffff))
  putU32be(b, 4, blockSize)
  return b
}

/** READ CAPACITY(16) data, 32 bytes. Source: SBC-3 §5.16.2.
 *  @param exponent logical blocks per physical block, as a power of two. */
export function encodeReadCapacity16(
  blockCount: number,
  blockSize: number,
  exponent: number,
  thin: boolean,
): Uint8Array {
  const LBPME = 0x80
  const LBPRZ = 0x40
  const b = new Uint8Array(32)
  putU64be(b, 0, BigInt(blockCount - 1))
  putU32be(b, 8, blockSize)
  b[13] = exponent
  if (thin) b[14] = LBPME | LBPRZ
  return b
}
