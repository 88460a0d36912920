import { asciiAt } from '../../../base/bytes.ts'
import { CodecError } from '../../../base/errors.ts'
import { count64, u16le, u64le } from '../disk/little-endian.ts'

/** Where things lie on an NTFS volume. */
export interface NtfsLayout {
  readonly bytesPerCluster: number
  readonly totalClusters: number
  readonly mftCluster: number
  readonly mftMirrorCluster: number
  readonly bytesPerRecord: number
  readonly bytesPerIndexBlock: number
  readonly serial: bigint
}

/** Shape: at least 512 bytes. Errors: codec.signature, codec.range.
 *  Source: Linux-NTFS documentation, "$Boot"; sizes below 0 are powers of two of bytes. */
export function decodeNtfsBootSector(b: Uint8Array): NtfsLayout {
  const wrong = (field: string, offset: number, got: number, why: string): CodecError =>
    new CodecError('codec.range', { structure: 'ntfs-boot-sector', field, offset, got }, why)
  if (b.length < 512 || asciiAt(b, 3, 8) !== 'NTFS    ')
    throw new CodecError(
      'codec.signature',
      { structure: 'ntfs-boot-sector', field: 'oemId', offset: 3 },
      'it is NTFS and four spaces',
    )
  const bytesPerSector = u16le(b, 11)
  if (![512, 1024, 2048, 4096].includes(bytesPerSector))
    throw wrong('bytesPerSector', 11, bytesPerSector, '512, 1024, 2048 or 4096')
  // Above 128 it is the negative power of two: clusters of more than 64 KiB.
  const raw = b[13]!
  const sectorsPerCluster = raw <= 0x80 ? raw : 2 ** (256 - raw)
  const bytesPerCluster = sectorsPerCluster * bytesPerSector
  if (sectorsPerCluster === 0 || !isPowerOfTwo(sectorsPerCluster) || bytesPerCluster > 2 * 2 ** 20)
    throw wrong('sectorsPerCluster', 13, raw, 'a power of two, at most 2 MiB')
  const recordSize = (at: number, field: string): number => {
    const value = (b[at]! << 24) >> 24
    const bytes = value > 0 ? value * bytesPerCluster : 2 ** -value
    if (bytes < 512 || bytes > 65536 || !isPowerOfTwo(bytes)) throw wrong(field, at, value, '512 bytes to 64 KiB')
    return bytes
  }
  const at64 = (at: number, field: string): number => count64(b, at, 'ntfs-boot-sector', field)
  const totalClusters = Math.floor(at64(40, 'totalSectors') / sectorsPerCluster)
  const cluster = (at: number, field: string): number => {
    const value = at64(at, field)
    if (value >= totalClusters) throw wrong(field, at, value, 'it lies on the volume')
    return value
  }
  return {
    bytesPerCluster,
    totalClusters,
    mftCluster: cluster(48, 'mftLcn'),
    mftMirrorCluster: cluster(56, 'mftMirrLcn'),
    bytesPerRecord: recordSize(64, 'clustersPerFileRecord'),
    bytesPerIndexBlock: recordSize(68, 'clustersPerIndexRecord'),
    serial: u64le(b, 72),
  }
}

const isPowerOfTwo = (n: number): boolean => n > 0 && Number.isInteger(Math.log2(n))

/** How a volume under BitLocker begins: its own name in the place of "NTFS". Source: libbde documentation, "Volume
 *  header"; Windows Vista and later. */
export const isBitLocker = (sector: Uint8Array): boolean => sector.length >= 11 && asciiAt(sector, 3, 8) === '-FVE-FS-'

/** Whether the log of changes was closed: the first restart page says so.
 *  Shape: the first 4 KiB of $LogFile. Undefined: it is no restart page (a new volume has none).
 *  Source: Linux-NTFS documentation, "$LogFile"; RESTART_VOLUME_IS_CLEAN is 2. */
export function isLogClosed(page: Uint8Array): boolean | undefined {
  if (page.length < 512 || asciiAt(page, 0, 4) !== 'RSTR') return undefined
  const area = u16le(page, 24)
  if (area + 16 > 510) return undefined
  const noClient = u16le(page, area + 12) === 0xffff
  return noClient || (u16le(page, area + 14) & 0x0002) !== 0
}

/** What the start of hiberfil.sys says. Source: ntfs-3g's documentation on hibernated volumes; "wake" is written when the
 *  PC woke up from it. */
export function hibernationOf(head: Uint8Array): 'hibernated' | 'resumed' | 'none' {
  const mark = head.length >= 4 ? asciiAt(head, 0, 4).toLowerCase() : ''
  if (mark === 'hibr' || mark === 'rstr') return 'hibernated'
  return mark === 'wake' ? 'resumed' : 'none'
}

/** First three groups of a volume serial, as Linux names an NTFS volume in fstab. */
export const ntfsUuid = (serial: bigint): string => serial.toString(16).padStart(16, '0').toUpperCase()
