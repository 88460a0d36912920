import { putAscii, putU16be } from '../base/bytes.ts'

export const VENDOR = 'BOOTLACE'
export const REVISION = '0001'

/** Claimed standards. Source: SPC-4 Table 144 (version descriptor values). */
const VERSION_DESCRIPTORS = [
  0x00a0, // SAM-5
  0x0960, // iSCSI
  0x0460, // SPC-4
  0x04c0, // SBC-3
]
const STANDARD_INQUIRY_LENGTH = 96
/** Peripheral qualifier 3, device type 1Fh: no device can be here. Source: SPC-4 §6.4.2. */
export const NO_DEVICE = 0x7f

/** Standard INQUIRY data, 96 bytes, of a direct-access block device. Source: SPC-4 §6.4.2. */
export function encodeStandardInquiry(product: string, peripheral = 0x00): Uint8Array {
  const b = new Uint8Array(STANDARD_INQUIRY_LENGTH)
  b[0] = peripheral
  b[2] = 0x06 // SPC-4
  b[3] = 0x12 // HISUP, response data format 2
  b[4] = STANDARD_INQUIRY_LENGTH - 5
  b[7] = 0x02 // CMDQUE
  putAscii(b, 8, 8, VENDOR)
  putAscii(b, 16, 16, product)
  putAscii(b, 32, 4, REVISION)
  VERSION_DESCRIPTORS.forEach((v, i) => putU16be(b, 58 + i * 2, v))
  return b
}
