import { asciiAt, u32be } from '../../../base/bytes.ts'
import { isBitLocker } from '../ntfs/boot-sector.ts'
import { u16le, u32le } from './little-endian.ts'
import type { ByteSource } from './source.ts'

/** What a partition holds, by its signature. */
export type ContentKind =
  | 'ntfs'
  | 'fat'
  | 'ext'
  | 'bitlocker'
  | 'exfat'
  | 'refs'
  | 'luks'
  | 'lvm'
  | 'raid'
  | 'xfs'
  | 'btrfs'
  | 'zfs'
  | 'f2fs'
  | 'swap'
  | 'other'
  | 'empty'
  | 'unknown'

export interface Content {
  readonly kind: ContentKind
  /** As people know it. */
  readonly name: string
}

interface Signature {
  readonly kind: ContentKind
  readonly name: string
  readonly is: (b: Uint8Array) => boolean
}

const text = (at: number, value: string) => (b: Uint8Array) =>
  b.length >= at + value.length && asciiAt(b, at, value.length) === value
const number32 = (at: number, value: number) => (b: Uint8Array) => b.length >= at + 4 && u32le(b, at) === value

/** The first bytes of a partition that decide; ZFS' are the furthest in. */
export const SIGNATURE_BYTES = 256 * 1024

/** Containers come before file systems: what stands inside them must not be taken for the whole.
 *  Source: the layout documents of each; util-linux' libblkid names the same places. */
const SIGNATURES: readonly Signature[] = [
  { kind: 'bitlocker', name: 'BitLocker', is: isBitLocker },
  { kind: 'luks', name: 'LUKS encryption', is: text(0, 'LUKS\xba\xbe') },
  { kind: 'lvm', name: 'LVM', is: isLvm },
  { kind: 'raid', name: 'Linux RAID', is: (b) => number32(0, 0xa92b4efc)(b) || number32(4096, 0xa92b4efc)(b) },
  { kind: 'btrfs', name: 'Btrfs', is: text(65600, '_BHRfS_M') },
  { kind: 'xfs', name: 'XFS', is: text(0, 'XFSB') },
  { kind: 'zfs', name: 'ZFS', is: isZfs },
  { kind: 'f2fs', name: 'F2FS', is: number32(1024, 0xf2f52010) },
  { kind: 'swap', name: 'Linux swap', is: isSwap },
  { kind: 'ext', name: 'ext2/3/4', is: (b) => b.length >= 1082 && u16le(b, 1080) === 0xef53 },
  { kind: 'ntfs', name: 'NTFS', is: text(3, 'NTFS    ') },
  { kind: 'exfat', name: 'exFAT', is: text(3, 'EXFAT   ') },
  { kind: 'refs', name: 'ReFS', is: text(3, 'ReFS\0\0\0\0') },
  { kind: 'fat', name: 'FAT', is: isFat },
  { kind: 'other', name: 'APFS', is: text(32, 'NXSB') },
  { kind: 'other', name: 'HFS+', is: (b) => text(1024, 'H+')(b) || text(1024, 'HX')(b) },
  { kind: 'other', name: 'ISO 9660', is: text(32769, 'CD001') },
  { kind: 'other', name: 'SquashFS', is: text(0, 'hsqs') },
  { kind: 'other', name: 'EROFS', is: number32(1024, 0xe0f5e1e2) },
  { kind: 'other', name: 'ReiserFS', is: (b) => text(65588, 'ReIsEr')(b) },
  { kind: 'other', name: 'JFS', is: text(32768, 'JFS1') },
  { kind: 'other', name: 'bcachefs', is: (b) => b.length > 4128 && u32be(b, 4120) === 0xc68573f6 },
]

/** @param b the first SIGNATURE_BYTES, or all there are. */
export function recognise(b: Uint8Array): Content {
  const found = SIGNATURES.find((s) => s.is(b))
  if (found) return { kind: found.kind, name: found.name }
  return b.every((v) => v === 0) ? { kind: 'empty', name: 'empty' } : { kind: 'unknown', name: 'unknown' }
}

export const contentOf = async (source: ByteSource): Promise<Content> =>
  recognise(await source.read(0, Math.min(SIGNATURE_BYTES, source.sizeBytes)))

/** The label stands in one of the first four sectors. */
function isLvm(b: Uint8Array): boolean {
  return [0, 512, 1024, 1536].some((at) => text(at, 'LABELONE')(b) && text(at + 24, 'LVM2 001')(b))
}

/** At the end of the first page, whose size is the PC's. */
function isSwap(b: Uint8Array): boolean {
  return [4096, 8192, 16384, 65536].some((page) => text(page - 10, 'SWAPSPACE2')(b) || text(page - 10, 'SWAP-SPACE')(b))
}

/** A ring of uberblocks, 1 KiB apart or more, in the second half of the first label. */
function isZfs(b: Uint8Array): boolean {
  for (let at = 128 * 1024; at + 8 <= Math.min(b.length, 256 * 1024); at += 1024)
    if (u32le(b, at) === 0x00bab10c && u32le(b, at + 4) === 0) return true
  return false
}

function isFat(b: Uint8Array): boolean {
  if (b.length < 512 || u16le(b, 510) !== 0xaa55) return false
  if (!(b[0] === 0xeb && b[2] === 0x90) && b[0] !== 0xe9) return false
  return text(54, 'FAT1')(b) || text(82, 'FAT32')(b)
}
