import { asciiAt } from '../../../base/bytes.ts'
import { CodecError } from '../../../base/errors.ts'
import { u16le, u32le } from '../disk/little-endian.ts'

/** Where things lie on a FAT volume. Units: bytes unless the name says otherwise. */
export interface FatLayout {
  readonly bits: 12 | 16 | 32
  readonly bytesPerCluster: number
  /** Clusters are counted from 2 to clusterCount + 1. */
  readonly clusterCount: number
  readonly fatAt: number
  readonly fatBytes: number
  /** FAT12 and FAT16: the root directory has its own place. */
  readonly rootAt: number
  readonly rootBytes: number
  /** FAT32: it is a chain that starts here. */
  readonly rootCluster: number
  readonly dataAt: number
  readonly label: string
  readonly serial: number
}

const wrong = (field: string, offset: number, got: number, why: string): CodecError =>
  new CodecError('codec.range', { structure: 'fat-boot-sector', field, offset, got }, why)

/** Shape: at least 512 bytes. Errors: codec.signature, codec.range.
 *  Source: Microsoft FAT specification 1.03, "Boot Sector and BPB", "FAT Type Determination". */
export function decodeFatBootSector(b: Uint8Array): FatLayout {
  if (b.length < 512 || u16le(b, 510) !== 0xaa55)
    throw new CodecError(
      'codec.signature',
      { structure: 'fat-boot-sector', field: 'signature', offset: 510 },
      'it ends in 55 AA',
    )
  const bytesPerSector = u16le(b, 11)
  if (![512, 1024, 2048, 4096].includes(bytesPerSector))
    throw wrong('bytesPerSector', 11, bytesPerSector, '512, 1024, 2048 or 4096')
  const sectorsPerCluster = b[13]!
  if (sectorsPerCluster === 0 || (sectorsPerCluster & (sectorsPerCluster - 1)) !== 0)
    throw wrong('sectorsPerCluster', 13, sectorsPerCluster, 'a power of two')
  const reserved = u16le(b, 14)
  if (reserved === 0) throw wrong('reservedSectors', 14, reserved, 'at least this sector')
  const fats = b[16]!
  if (fats === 0 || fats > 4) throw wrong('numberOfFats', 16, fats, '1 to 4')
  const rootEntries = u16le(b, 17)
  const totalSectors = u16le(b, 19) || u32le(b, 32)
  const sectorsPerFat = u16le(b, 22) || u32le(b, 36)
  if (sectorsPerFat === 0) throw wrong('sectorsPerFat', 22, 0, 'there is a table')

  const rootBytes = Math.ceil((rootEntries * 32) / bytesPerSector) * bytesPerSector
  const fatAt = reserved * bytesPerSector
  const fatBytes = sectorsPerFat * bytesPerSector
  const rootAt = fatAt + fats * fatBytes
  const dataAt = rootAt + rootBytes
  const bytesPerCluster = sectorsPerCluster * bytesPerSector
  const clusterCount = Math.floor((totalSectors * bytesPerSector - dataAt) / bytesPerCluster)
  if (clusterCount < 1) throw wrong('totalSectors', 32, totalSectors, 'no room for data')
  const bits = clusterCount < 4085 ? 12 : clusterCount < 65525 ? 16 : 32
  // A table of 32-bit entries is told by the field that only FAT32 leaves empty: small volumes made by other systems
  // break the rule of the cluster count.
  const is32 = u16le(b, 22) === 0 && rootEntries === 0
  const tail = is32 ? 64 : 36
  const extended = b[tail + 2] === 0x29
  return {
    bits: is32 ? 32 : bits === 32 ? 16 : bits,
    bytesPerCluster,
    clusterCount,
    fatAt,
    fatBytes,
    rootAt,
    rootBytes,
    rootCluster: is32 ? u32le(b, 44) & 0x0fffffff : 0,
    dataAt,
    label: extended ? asciiAt(b, tail + 7, 11).trim() : '',
    serial: extended ? u32le(b, tail + 3) : 0,
  }
}
