import { CodecError } from '../../../base/errors.ts'
import { u16le, u32le } from '../disk/little-endian.ts'

/** One row of a partition table. Units: blocks of the disk. */
export interface MbrEntry {
  /** Marked as the one to start. */
  readonly active: boolean
  /** What it is said to hold, e.g. 07h NTFS, 83h Linux, EEh protective. */
  readonly type: number
  readonly startLba: number
  readonly blocks: number
}

export interface Mbr {
  /** First 440 bytes: the program that BIOS starts. Borrowed from the input. */
  readonly bootCode: Uint8Array
  readonly diskSignature: number
  /** Four rows, empty ones (type 0) included. */
  readonly entries: readonly MbrEntry[]
}

const ENTRIES_AT = 446
const EXTENDED = new Set([0x05, 0x0f, 0x85])
export const isExtended = (type: number): boolean => EXTENDED.has(type)
export const PROTECTIVE = 0xee

/** A master boot record, or the first sector of a logical partition (same form).
 *  Shape: at least 512 bytes. Errors: codec.signature, codec.range when it is another sector that also ends in 55AAh
 *  (the first one of a file system does).
 *  Source: UEFI 2.10 §5.2.1; the active flag is 80h or 00h there. */
export function decodeMbr(b: Uint8Array): Mbr {
  if (b.length < 512)
    throw new CodecError('codec.short', { structure: 'mbr', field: 'sector', got: b.length, limit: 512 }, 'cut off')
  if (u16le(b, 510) !== 0xaa55)
    throw new CodecError(
      'codec.signature',
      { structure: 'mbr', field: 'signature', offset: 510, got: u16le(b, 510).toString(16) },
      'it ends in 55 AA',
    )
  const entries = [0, 1, 2, 3].map((i) => {
    const at = ENTRIES_AT + i * 16
    const status = b[at]!
    if (status !== 0 && status !== 0x80)
      throw new CodecError(
        'codec.range',
        { structure: 'mbr', field: 'status', offset: at, got: status },
        'neither active nor inactive: not a partition table',
      )
    return { active: status === 0x80, type: b[at + 4]!, startLba: u32le(b, at + 8), blocks: u32le(b, at + 12) }
  })
  return { bootCode: b.subarray(0, 440), diskSignature: u32le(b, 440), entries }
}

/** Names for the types that a PC's disk shows. */
export const MBR_TYPES: Readonly<Record<number, string>> = {
  0x01: 'FAT12',
  0x04: 'FAT16',
  0x05: 'extended',
  0x06: 'FAT16',
  0x07: 'NTFS or exFAT',
  0x0b: 'FAT32',
  0x0c: 'FAT32',
  0x0e: 'FAT16',
  0x0f: 'extended',
  0x27: 'Windows recovery',
  0x42: 'Windows dynamic disk',
  0x82: 'Linux swap',
  0x83: 'Linux',
  0x85: 'extended',
  0x8e: 'Linux LVM',
  0xee: 'GPT protective',
  0xef: 'EFI system',
  0xfd: 'Linux RAID',
}
