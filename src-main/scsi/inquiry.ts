import { putAscii, putU16be } from '../base/bytes.ts'

export const VENDOR = 'BOOTLACE'
export const REVISION = '0001'

/** Claimed standards, besides the command set of the device type. Source: SPC-4 Table 144 (version descriptor values). */
const VERSION = { sam5: 0x00a0, iscsi: 0x0960, spc4: 0x0460, sbc3: 0x04c0, mmc6: 0x04e0 } as const
/** Source: SPC-4 Table 141. */
export const DEVICE_TYPE = { disk: 0x00, cd: 0x05 } as const
const STANDARD_INQUIRY_LENGTH = 96
/** Peripheral qualifier 3, device type 1Fh: no device can be here. Source: SPC-4 §6.4.2. */
export const NO_DEVICE = 0x7f

/** Standard INQUIRY data, 96 bytes. Source: SPC-4 §6.4.2. */
export function encodeStandardInquiry(o: {
  readonly product: string
  /** Device type, or NO_DEVICE. */
  readonly peripheral?: number
  readonly removable?: boolean
  readonly thirdPartyCopy?: boolean
}): Uint8Array {
  const RMB = 0x80
  const THIRD_PARTY_COPY = 0x08
  const peripheral = o.peripheral ?? DEVICE_TYPE.disk
  const b = new Uint8Array(STANDARD_INQUIRY_LENGTH)
  b[0] = peripheral
  b[1] = o.removable ? RMB : 0
  b[2] = 0x06 // SPC-4
  b[3] = 0x12 // HISUP, response data format 2
  b[4] = STANDARD_INQUIRY_LENGTH - 5
  b[5] = o.thirdPartyCopy ? THIRD_PARTY_COPY : 0
  b[7] = 0x02 // CMDQUE
  putAscii(b, 8, 8, VENDOR)
  putAscii(b, 16, 16, o.product)
  putAscii(b, 32, 4, REVISION)
  const commandSet = peripheral === DEVICE_TYPE.cd ? VERSION.mmc6 : VERSION.sbc3
  const claimed = [VERSION.sam5, VERSION.iscsi, VERSION.spc4, commandSet]
  claimed.forEach((v, i) => putU16be(b, 58 + i * 2, v))
  return b
}
