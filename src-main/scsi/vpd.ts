import { fromHex, putAscii, putU16be, putU32be, utf8Bytes } from '../base/bytes.ts'
import { VENDOR } from './inquiry.ts'

/** Vital product data pages. Source: SPC-4 §7.8, SBC-3 §6.6. */
export const VPD_PAGE = {
  supportedPages: 0x00,
  unitSerialNumber: 0x80,
  deviceIdentification: 0x83,
  blockLimits: 0xb0,
  blockDeviceCharacteristics: 0xb1,
  logicalBlockProvisioning: 0xb2,
} as const

export interface VpdFacts {
  readonly serial: string
  /** NAA designator, 16 hex digits (NAA 2, 3, 5) or 32 (NAA 6). */
  readonly naa: string
  readonly product: string
  readonly thin: boolean
  /** Blocks. */
  readonly maximumTransferLength: number
  readonly optimalTransferLength: number
  readonly maximumUnmapBlocks: number
  readonly maximumUnmapDescriptors: number
  readonly maximumWriteSameLength: number
  /** Blocks of a physical block: granularity of UNMAP. */
  readonly unmapGranularity: number
  readonly maximumCompareAndWriteLength: number
  /** SANITIZE, BLOCK ERASE is offered. */
  readonly erasable: boolean
}

/** No page 8Fh (third-party copy): Windows takes it for a sign of ODX, which needs tokens; who copies by EXTENDED COPY asks RECEIVE
 *  COPY RESULTS. */
const PAGES: ReadonlyMap<number, (f: VpdFacts) => Uint8Array> = new Map([
  [VPD_PAGE.supportedPages, supportedPages],
  [VPD_PAGE.unitSerialNumber, unitSerialNumber],
  [VPD_PAGE.deviceIdentification, deviceIdentification],
  [VPD_PAGE.blockLimits, blockLimits],
  [VPD_PAGE.blockDeviceCharacteristics, blockDeviceCharacteristics],
  [VPD_PAGE.logicalBlockProvisioning, logicalBlockProvisioning],
])

/** A page, or undefined when it is not supported. */
export function encodeVpdPage(code: number, facts: VpdFacts): Uint8Array | undefined {
  return PAGES.get(code)?.(facts)
}

function page(code: number, body: Uint8Array): Uint8Array {
  const b = new Uint8Array(4 + body.length)
  b[1] = code
  putU16be(b, 2, body.length)
  b.set(body, 4)
  return b
}

/** Pages of a CD drive: who it is, and no more. */
export function encodeOpticalVpdPage(code: number, facts: Pick<VpdFacts, 'serial' | 'naa'>): Uint8Array | undefined {
  const { supportedPages, unitSerialNumber: serial, deviceIdentification: identification } = VPD_PAGE
  if (code === supportedPages) return page(code, Uint8Array.of(supportedPages, serial, identification))
  if (code === serial) return unitSerialNumber(facts)
  return code === identification ? deviceIdentification(facts) : undefined
}

/** Source: SPC-4 §7.8.10. */
function supportedPages(): Uint8Array {
  return page(VPD_PAGE.supportedPages, Uint8Array.from(PAGES.keys()))
}

/** Source: SPC-4 §7.8.16. */
function unitSerialNumber(f: Pick<VpdFacts, 'serial'>): Uint8Array {
  return page(VPD_PAGE.unitSerialNumber, utf8Bytes(f.serial))
}

/** Two designators of the logical unit: NAA (binary) and T10 vendor id (ASCII). Windows and ESXi bind a disk to the
 *  first. Source: SPC-4 §7.8.5, §7.8.6. */
function deviceIdentification(f: Pick<VpdFacts, 'serial' | 'naa'>): Uint8Array {
  const naa = fromHex(f.naa)
  const t10 = new Uint8Array(8 + f.serial.length)
  putAscii(t10, 0, 8, VENDOR)
  t10.set(utf8Bytes(f.serial), 8)
  const body = new Uint8Array(4 + naa.length + 4 + t10.length)
  body.set([0x01, 0x03, 0x00, naa.length]) // binary; logical unit, NAA
  body.set(naa, 4)
  body.set([0x02, 0x01, 0x00, t10.length], 4 + naa.length) // ASCII; logical unit, T10 vendor id
  body.set(t10, 8 + naa.length)
  return page(VPD_PAGE.deviceIdentification, body)
}

/** Source: SBC-3 §6.6.3. */
function blockLimits(f: VpdFacts): Uint8Array {
  const b = page(VPD_PAGE.blockLimits, new Uint8Array(60))
  b[5] = f.maximumCompareAndWriteLength
  putU16be(b, 6, f.unmapGranularity) // optimal transfer length granularity: a physical block
  putU32be(b, 8, f.maximumTransferLength)
  putU32be(b, 12, f.optimalTransferLength)
  if (f.thin) {
    putU32be(b, 20, f.maximumUnmapBlocks)
    putU32be(b, 24, f.maximumUnmapDescriptors)
    putU32be(b, 28, f.unmapGranularity)
    putU32be(b, 32, 0x80000000) // UGAVALID, alignment 0
  }
  putU32be(b, 40, f.maximumWriteSameLength)
  return b
}

/** Medium rotation rate 1: not rotating, so that guests do not sort requests. Source: SBC-3 §6.6.2. */
function blockDeviceCharacteristics(f: VpdFacts): Uint8Array {
  const READABLE_AFTER_ERASE = 0x40 // WABEREQ 01b
  const b = page(VPD_PAGE.blockDeviceCharacteristics, new Uint8Array(60))
  putU16be(b, 4, 1)
  if (f.erasable) b[7] = READABLE_AFTER_ERASE
  return b
}

/** Source: SBC-3 §6.6.4. */
function logicalBlockProvisioning(f: VpdFacts): Uint8Array {
  const LBPU = 0x80
  const LBPWS = 0x40
  const LBPWS10 = 0x20
  const LBPRZ = 0x04
  const b = page(VPD_PAGE.logicalBlockProvisioning, new Uint8Array(4))
  if (f.thin) {
    b[5] = LBPU | LBPWS | LBPWS10 | LBPRZ
    b[6] = 2 // thin provisioned
  }
  return b
}
