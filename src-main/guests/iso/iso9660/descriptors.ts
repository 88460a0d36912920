import { asciiAt, u16le, u32le } from '../../../base/bytes.ts'
import { unreadable, type ByteSource } from '../../offline/disk/source.ts'

/** Volume descriptors. Source: ECMA-119 §8 (ISO 9660), Joliet Specification 1 (1995), El Torito 1.0 §2. */

export const SECTOR_BYTES = 2048
const FIRST_SECTOR = 16
const MAX_DESCRIPTORS = 64
const ROOT_RECORD_AT = 156
const ROOT_RECORD_BYTES = 34

export interface VolumeDescriptor {
  readonly joliet: boolean
  readonly label: string
  readonly blockBytes: number
  /** The record of the root directory. */
  readonly root: Uint8Array
}

export interface Descriptors {
  readonly primary: VolumeDescriptor | undefined
  readonly joliet: VolumeDescriptor | undefined
  /** Sector of the El Torito catalog. */
  readonly bootCatalog: number | undefined
  /** The first sector behind the set, where UDF says that it is there too. */
  readonly endSector: number
}

/** Reads them up to their terminator; a medium without any has none. Errors: guest.unreadable. */
export async function readDescriptors(medium: ByteSource): Promise<Descriptors> {
  let primary: VolumeDescriptor | undefined
  let joliet: VolumeDescriptor | undefined
  let bootCatalog: number | undefined
  let sector = FIRST_SECTOR
  for (; sector < FIRST_SECTOR + MAX_DESCRIPTORS; sector++) {
    if ((sector + 1) * SECTOR_BYTES > medium.sizeBytes) break
    const bytes = await medium.read(sector * SECTOR_BYTES, SECTOR_BYTES)
    if (asciiAt(bytes, 1, 5) !== 'CD001') break
    const type = bytes[0]!
    if (type === 255) {
      sector++
      break
    }
    if (type === 0 && asciiAt(bytes, 7, 23) === 'EL TORITO SPECIFICATION') bootCatalog ??= u32le(bytes, 0x47)
    if (type === 1) primary ??= descriptor(bytes, false)
    if (type === 2 && isJoliet(bytes)) joliet ??= descriptor(bytes, true)
  }
  return { primary, joliet, bootCatalog, endSector: sector }
}

/** Escape sequences of UCS-2 levels 1 to 3: %/@, %/C, %/E. */
const isJoliet = (b: Uint8Array): boolean => b[88] === 0x25 && b[89] === 0x2f && [0x40, 0x43, 0x45].includes(b[90]!)

function descriptor(bytes: Uint8Array, joliet: boolean): VolumeDescriptor {
  const blockBytes = u16le(bytes, 128)
  if (![512, 1024, 2048].includes(blockBytes)) throw unreadable(`its blocks cannot be of ${blockBytes} bytes`)
  const label = joliet ? ucs2(bytes, 40, 32) : asciiAt(bytes, 40, 32)
  return {
    joliet,
    label: label.replace(/[\0 ]+$/, ''),
    blockBytes,
    root: bytes.slice(ROOT_RECORD_AT, ROOT_RECORD_AT + ROOT_RECORD_BYTES),
  }
}

/** UCS-2, most significant byte first. */
export function ucs2(b: Uint8Array, at: number, length: number): string {
  let text = ''
  for (let i = at; i + 1 < at + length; i += 2) text += String.fromCharCode((b[i]! << 8) | b[i + 1]!)
  return text
}
