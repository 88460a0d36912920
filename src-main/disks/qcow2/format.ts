import { putU32be, putU64be, u32be, u64be, utf8At } from '../../base/bytes.ts'
import { CodecError } from '../../base/errors.ts'

/** Structures of a qcow2 image, versions 2 and 3. All numbers are big-endian.
 *  Source: QEMU, docs/interop/qcow2.txt. */

export const MAGIC = 0x514649fb
export const HEADER_LENGTH_V2 = 72
/** Bytes of the head that `decodeHeader` looks at. */
export const HEAD_LENGTH = 112
/** QEMU's own limits: clusters of 2 MiB, 32 MiB of L1 table. */
export const CLUSTER_BITS = { least: 9, most: 21 } as const
export const MAX_L1_BYTES = 32 * 2 ** 20

export const INCOMPATIBLE = {
  dirty: 1n << 0n,
  corrupt: 1n << 1n,
  externalData: 1n << 2n,
  compressionType: 1n << 3n,
  extendedL2: 1n << 4n,
} as const

export interface Qcow2Header {
  readonly version: 2 | 3
  /** Where the backing file's name is; undefined without one. */
  readonly backingFile: { readonly offset: number; readonly length: number } | undefined
  readonly clusterBits: number
  /** What the guest sees. Bytes. */
  readonly sizeBytes: number
  readonly cryptMethod: number
  readonly l1Size: number
  readonly l1TableOffset: number
  readonly incompatibleFeatures: bigint
  /** 0 zlib, 1 zstd. */
  readonly compressionType: number
}

function refuse(field: string, got: number | string, why: string, limit?: number | string): never {
  const structure = 'qcow2 header'
  throw new CodecError('codec.value', { structure, field, got, ...(limit === undefined ? {} : { limit }) }, why)
}

function safeU64(b: Uint8Array, at: number, field: string): number {
  const value = u64be(b, at)
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) refuse(field, value.toString(), 'too large for a file')
  return Number(value)
}

/** @param b the first HEAD_LENGTH bytes of the file, or all of a shorter one.
 *  Errors: codec.short, codec.value. Features are not judged here. */
export function decodeHeader(b: Uint8Array): Qcow2Header {
  const short = (limit: number): never => {
    throw new CodecError('codec.short', { structure: 'qcow2 header', field: 'length', got: b.length, limit }, 'cut off')
  }
  if (b.length < HEADER_LENGTH_V2) short(HEADER_LENGTH_V2)
  if (u32be(b, 0) !== MAGIC) refuse('magic', u32be(b, 0), 'not a qcow2 image')
  const version = u32be(b, 4)
  if (version !== 2 && version !== 3) refuse('version', version, 'only versions 2 and 3 are known')
  const clusterBits = u32be(b, 20)
  if (clusterBits < CLUSTER_BITS.least || clusterBits > CLUSTER_BITS.most)
    refuse('clusterBits', clusterBits, 'no such clusters', `${CLUSTER_BITS.least} to ${CLUSTER_BITS.most}`)
  const backingOffset = safeU64(b, 8, 'backingFileOffset')
  const backingLength = u32be(b, 16)
  if (backingOffset !== 0 && backingLength > 1023) refuse('backingFileSize', backingLength, 'not a file name', 1023)
  let headerLength = HEADER_LENGTH_V2
  if (version === 3) {
    if (b.length < 104) short(104)
    headerLength = u32be(b, 100)
    if (headerLength < 104) refuse('headerLength', headerLength, 'too short for version 3', 104)
  }
  return {
    version,
    backingFile: backingOffset === 0 ? undefined : { offset: backingOffset, length: backingLength },
    clusterBits,
    sizeBytes: safeU64(b, 24, 'size'),
    cryptMethod: u32be(b, 32),
    l1Size: u32be(b, 36),
    l1TableOffset: safeU64(b, 40, 'l1TableOffset'),
    incompatibleFeatures: version === 3 ? u64be(b, 72) : 0n,
    compressionType: headerLength > 104 && b.length > 104 ? b[104]! : 0,
  }
}

export const decodeBackingName = (b: Uint8Array): string => utf8At(b, 0, b.length)

/** Bits 9-55 of an entry: where a table or cluster is. Beyond 2^53 not exact, but larger than any file. */
const offsetAt = (b: Uint8Array, at: number): number =>
  (u32be(b, at) & 0x00ffffff) * 2 ** 32 + ((u32be(b, at + 4) & 0xfffffe00) >>> 0)

/** Where the L2 table of an L1 entry is; 0 when there is none. */
export const l2OffsetAt = (l1: Uint8Array, index: number): number => offsetAt(l1, index * 8)

export type Cluster =
  | { readonly is: 'absent' | 'zeros' }
  | { readonly is: 'data'; readonly offset: number }
  /** `length` is the most that the compressed data can take; it may end earlier. */
  | { readonly is: 'compressed'; readonly offset: number; readonly length: number }

/** The descriptor of a cluster in an L2 table of 8-byte entries. */
export function clusterAt(
  l2: Uint8Array,
  index: number,
  header: Pick<Qcow2Header, 'version' | 'clusterBits'>,
): Cluster {
  const high = u32be(l2, index * 8)
  const low = u32be(l2, index * 8 + 4)
  if ((high & 0x40000000) !== 0) {
    // x = 62 - (cluster_bits - 8) bits of offset, then the number of further sectors up to bit 61.
    const x = 70 - header.clusterBits
    const inHigh = x - 32
    const offset = (high & (2 ** inHigh - 1)) * 2 ** 32 + low
    const sectors = ((high & 0x3fffffff) >>> inHigh) + 1
    return { is: 'compressed', offset, length: sectors * 512 - (offset % 512) }
  }
  if (header.version === 3 && (low & 1) !== 0) return { is: 'zeros' }
  const offset = offsetAt(l2, index * 8)
  return offset === 0 ? { is: 'absent' } : { is: 'data', offset }
}

/** Bit 63 of an L1 or L2 entry: nobody else refers to the cluster, so it may be written in place. */
const COPIED = 0x80000000
/** Without extensions; the zeros that follow end their list. Source: QEMU, docs/interop/qcow2.txt. */
const HEADER_LENGTH_V3 = 104

/** The header of a version 3 image without backing file, snapshots and optional features. */
export function encodeHeader(h: {
  readonly clusterBits: number
  /** Bytes. */
  readonly sizeBytes: number
  readonly l1Size: number
  readonly l1TableOffset: number
  readonly refcountTableOffset: number
  readonly refcountTableClusters: number
}): Uint8Array {
  const b = new Uint8Array(HEAD_LENGTH)
  putU32be(b, 0, MAGIC)
  putU32be(b, 4, 3)
  putU32be(b, 20, h.clusterBits)
  putU64be(b, 24, BigInt(h.sizeBytes))
  putU32be(b, 36, h.l1Size)
  putU64be(b, 40, BigInt(h.l1TableOffset))
  putU64be(b, 48, BigInt(h.refcountTableOffset))
  putU32be(b, 56, h.refcountTableClusters)
  // Reference counts of 2^4 bits.
  putU32be(b, 96, 4)
  putU32be(b, 100, HEADER_LENGTH_V3)
  return b
}

/** Puts an entry of an L1 or L2 table that nothing else refers to. @param offset of the table or cluster. Bytes. */
export function putEntry(table: Uint8Array, index: number, offset: number): void {
  putU32be(table, index * 8, (Math.floor(offset / 2 ** 32) | COPIED) >>> 0)
  putU32be(table, index * 8 + 4, offset % 2 ** 32)
}
/** Puts an entry of the refcount table. @param offset of the refcount block. Bytes. */
export function putRefcountBlock(table: Uint8Array, index: number, offset: number): void {
  putU64be(table, index * 8, BigInt(offset))
}
