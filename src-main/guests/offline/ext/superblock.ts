import { utf8At } from '../../../base/bytes.ts'
import { CodecError } from '../../../base/errors.ts'
import { u16le, u32le } from '../disk/little-endian.ts'

/** Where the superblock stands on the volume, bytes. */
export const SUPERBLOCK_AT = 1024
export const SUPERBLOCK_BYTES = 1024
export const EXT_MAGIC = 0xef53

const COMPAT = { hasJournal: 0x4, sparseSuper2: 0x200 } as const
const INCOMPAT = {
  compression: 0x1,
  fileType: 0x2,
  recover: 0x4,
  journalDevice: 0x8,
  metaGroups: 0x10,
  extents: 0x40,
  bits64: 0x80,
  mmp: 0x100,
  flexGroups: 0x200,
  eaInode: 0x400,
  checksumSeed: 0x2000,
  largeDirectory: 0x4000,
  inlineData: 0x8000,
  encrypt: 0x10000,
  caseFold: 0x20000,
} as const
const RO_COMPAT = { sparseSuper: 0x1 } as const

/** What this reader understands; any other bit means that the volume is laid out in an unknown way. */
const UNDERSTOOD =
  Object.values(INCOMPAT).reduce((all, bit) => all | bit, 0) & ~(INCOMPAT.compression | INCOMPAT.journalDevice)

export interface ExtLayout {
  /** By its features: ext4 has extents or 64-bit numbers, ext3 a journal. */
  readonly type: 'ext2' | 'ext3' | 'ext4'
  readonly bytesPerBlock: number
  readonly blockCount: number
  readonly firstDataBlock: number
  readonly inodeCount: number
  readonly inodesPerGroup: number
  readonly blocksPerGroup: number
  readonly bytesPerInode: number
  readonly bytesPerDescriptor: number
  readonly groupCount: number
  /** From this group of descriptors on they lie in their own groups; undefined: all at the start. */
  readonly firstMetaGroup: number | undefined
  /** Whether a group starts with a copy of the superblock. */
  readonly hasCopy: (group: number) => boolean
  readonly encryptedFiles: boolean
  /** Changes are waiting in the journal. */
  readonly needsRecovery: boolean
  /** Unmounted properly, and no errors were seen. */
  readonly closed: boolean
  readonly label: string
  readonly uuid: string
}

const wrong = (field: string, offset: number, got: number | string, why: string): CodecError =>
  new CodecError('codec.range', { structure: 'ext-superblock', field, offset, got }, why)

/** Shape: 1024 bytes. Errors: codec.signature, codec.range.
 *  Source: Linux kernel documentation, "ext4 Data Structures and Algorithms", "Super Block". */
export function decodeSuperblock(b: Uint8Array): ExtLayout {
  if (b.length < SUPERBLOCK_BYTES || u16le(b, 56) !== EXT_MAGIC)
    throw new CodecError(
      'codec.signature',
      { structure: 'ext-superblock', field: 's_magic', offset: 56 },
      'it is EF53h',
    )
  const old = u32le(b, 76) === 0
  const incompat = old ? 0 : u32le(b, 96)
  const compat = old ? 0 : u32le(b, 92)
  const roCompat = old ? 0 : u32le(b, 100)
  const unknown = incompat & ~UNDERSTOOD
  if (unknown !== 0)
    throw wrong('s_feature_incompat', 96, (unknown >>> 0).toString(16), 'features that are not known here')
  const log = u32le(b, 24)
  if (log > 6) throw wrong('s_log_block_size', 24, log, 'blocks of 1 to 64 KiB')
  const bytesPerBlock = 1024 << log
  const is64 = (incompat & INCOMPAT.bits64) !== 0
  const blockCount = u32le(b, 4) + (is64 ? u32le(b, 336) * 2 ** 32 : 0)
  const firstDataBlock = u32le(b, 20)
  const blocksPerGroup = u32le(b, 32)
  const inodesPerGroup = u32le(b, 40)
  const inodeCount = u32le(b, 0)
  const bytesPerInode = old ? 128 : u16le(b, 88)
  const bytesPerDescriptor = is64 ? u16le(b, 254) : 32
  if (blocksPerGroup === 0 || blocksPerGroup > bytesPerBlock * 8 * 16)
    throw wrong('s_blocks_per_group', 32, blocksPerGroup, 'what one bitmap covers')
  if (inodesPerGroup === 0 || inodesPerGroup > bytesPerBlock * 8)
    throw wrong('s_inodes_per_group', 40, inodesPerGroup, 'what one bitmap covers')
  if (bytesPerInode < 128 || bytesPerInode > bytesPerBlock || (bytesPerInode & (bytesPerInode - 1)) !== 0)
    throw wrong('s_inode_size', 88, bytesPerInode, '128 to one block, a power of two')
  if (
    bytesPerDescriptor < 32 ||
    bytesPerDescriptor > bytesPerBlock ||
    (bytesPerDescriptor & (bytesPerDescriptor - 1)) !== 0
  )
    throw wrong('s_desc_size', 254, bytesPerDescriptor, '32 to one block, a power of two')
  if (firstDataBlock > 1 || blockCount <= firstDataBlock)
    throw wrong('s_first_data_block', 20, firstDataBlock, '0 or 1')
  const groupCount = Math.ceil((blockCount - firstDataBlock) / blocksPerGroup)
  const isExt4 = (incompat & (INCOMPAT.extents | INCOMPAT.bits64 | INCOMPAT.flexGroups | INCOMPAT.inlineData)) !== 0
  return {
    type: isExt4 ? 'ext4' : (compat & COMPAT.hasJournal) !== 0 ? 'ext3' : 'ext2',
    bytesPerBlock,
    blockCount,
    firstDataBlock,
    inodeCount,
    inodesPerGroup,
    blocksPerGroup,
    bytesPerInode,
    bytesPerDescriptor,
    groupCount,
    firstMetaGroup: (incompat & INCOMPAT.metaGroups) !== 0 ? u32le(b, 260) : undefined,
    hasCopy: copiesOf(b, compat, roCompat),
    encryptedFiles: (incompat & INCOMPAT.encrypt) !== 0,
    needsRecovery: (incompat & INCOMPAT.recover) !== 0,
    closed: (u16le(b, 58) & 0x0001) !== 0 && (u16le(b, 58) & 0x0002) === 0,
    label: textOf(b.subarray(120, 136)),
    uuid: uuidOf(b.subarray(104, 120)),
  }
}

/** Which groups carry a copy of the superblock. Source: the same, "Sparse superblocks". */
function copiesOf(b: Uint8Array, compat: number, roCompat: number): (group: number) => boolean {
  if ((compat & COMPAT.sparseSuper2) !== 0) {
    const groups = [0, u32le(b, 588), u32le(b, 592)]
    return (group) => groups.includes(group)
  }
  if ((roCompat & RO_COMPAT.sparseSuper) === 0) return () => true
  const isPower = (n: number, of: number): boolean => {
    let power = of
    while (power < n) power *= of
    return power === n
  }
  return (group) => group <= 1 || isPower(group, 3) || isPower(group, 5) || isPower(group, 7)
}

function textOf(b: Uint8Array): string {
  const end = b.indexOf(0)
  return utf8At(b, 0, end < 0 ? b.length : end)
}

function uuidOf(b: Uint8Array): string {
  const hex = Array.from(b, (v) => v.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
