import { putU32be, putU64be, toSafeNumber, u16be, u24be, u32be, u64be } from '../base/bytes.ts'

/** Fields of command descriptor blocks by the length of the CDB. Source: SPC-4 §4.2.2, SBC-3 §5. */
export const CDB_LENGTH = 16

/** Length of a CDB by the group of its operation code (variable-length ones excepted). Source: SPC-4 §4.2.5.1. */
export function cdbLengthOf(opcode: number): number {
  const group = opcode >>> 5
  return group === 0 ? 6 : group <= 2 ? 10 : group === 4 ? 16 : group === 5 ? 12 : 16
}

/** An address past 2^53 is past the end of every disk: it becomes this. */
const BEYOND = Number.MAX_SAFE_INTEGER

/** A 64-bit block address as a number. */
export function lba64(b: Uint8Array, at: number): number {
  // No bigint where the high half is small: this is the path of READ(16).
  const high = u32be(b, at)
  if (high < 0x200000) return high * 0x100000000 + u32be(b, at + 4)
  return BEYOND
}

/** Logical block address of a block command. */
export function lbaOf(cdb: Uint8Array): number {
  switch (cdbLengthOf(cdb[0]!)) {
    case 6:
      return u24be(cdb, 1) & 0x1fffff
    case 16:
      return lba64(cdb, 2)
    default:
      return u32be(cdb, 2)
  }
}

/** Number of blocks of a block command. In a 6-byte CDB 0 means 256. */
export function transferLengthOf(cdb: Uint8Array): number {
  switch (cdbLengthOf(cdb[0]!)) {
    case 6:
      return cdb[4] === 0 ? 256 : cdb[4]!
    case 10:
      return u16be(cdb, 7)
    case 12:
      return u32be(cdb, 6)
    default:
      return u32be(cdb, 10)
  }
}

/** One range of an UNMAP parameter list. */
export interface UnmapRange {
  readonly lba: number
  readonly blocks: number
}

/** The ranges of an UNMAP parameter list, or undefined when its lengths do not fit. Source: SBC-3 §5.28.2. */
export function decodeUnmapList(list: Uint8Array): UnmapRange[] | undefined {
  if (list.length < 8) return undefined
  const descriptorBytes = u16be(list, 2)
  if (descriptorBytes > list.length - 8) return undefined
  const ranges: UnmapRange[] = []
  for (let at = 8; at + 16 <= 8 + descriptorBytes; at += 16) {
    const lba = u64be(list, at)
    ranges.push({ lba: lba > BigInt(BEYOND) ? BEYOND : toSafeNumber(lba), blocks: u32be(list, at + 8) })
  }
  return ranges
}

/** What GET LBA STATUS says of a run of blocks. Source: SBC-3 §5.4.2.2. */
export const PROVISIONING = { mapped: 0, deallocated: 1 } as const
export interface LbaStatus {
  readonly lba: number
  readonly blocks: number
  readonly provisioning: number
}

/** GET LBA STATUS data. Source: SBC-3 §5.4.2. */
export function encodeLbaStatus(runs: readonly LbaStatus[]): Uint8Array {
  const b = new Uint8Array(8 + runs.length * 16)
  putU32be(b, 0, b.length - 4)
  runs.forEach((run, i) => {
    const at = 8 + i * 16
    putU64be(b, at, BigInt(run.lba))
    putU32be(b, at + 8, run.blocks)
    b[at + 12] = run.provisioning
  })
  return b
}
