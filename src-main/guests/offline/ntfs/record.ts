import { asciiAt } from '../../../base/bytes.ts'
import { CodecError } from '../../../base/errors.ts'
import { count64, u16le, u32le, utf16le } from '../disk/little-endian.ts'

export const ATTRIBUTE = {
  attributeList: 0x20,
  fileName: 0x30,
  volumeName: 0x60,
  volumeInformation: 0x70,
  data: 0x80,
  indexRoot: 0x90,
  indexAllocation: 0xa0,
  bitmap: 0xb0,
  reparsePoint: 0xc0,
} as const

export const ATTRIBUTE_FLAG = { compressed: 0x00ff, encrypted: 0x4000, sparse: 0x8000 } as const

interface AttributeHead {
  readonly type: number
  readonly name: string
  readonly flags: number
}
export interface ResidentAttribute extends AttributeHead {
  readonly resident: true
  /** Borrowed from the record. */
  readonly value: Uint8Array
}
export interface NonResidentAttribute extends AttributeHead {
  readonly resident: false
  /** First cluster of the attribute that these runs describe; the rest is in other records. */
  readonly firstVcn: number
  readonly runs: readonly Run[]
  /** The following four are only right when firstVcn is 0. */
  readonly clustersPerUnit: number
  readonly allocatedBytes: number
  readonly dataBytes: number
  /** Behind it the data read as zeros. */
  readonly initialisedBytes: number
}
export type Attribute = ResidentAttribute | NonResidentAttribute

/** Clusters that follow each other on the volume; without a place they read as zeros. */
export interface Run {
  readonly lcn: number | undefined
  readonly clusters: number
}

export interface FileRecord {
  readonly inUse: boolean
  readonly directory: boolean
  readonly sequence: number
  /** Number of the record that this one continues; 0 when it stands for itself. */
  readonly baseRecord: number
  readonly attributes: readonly Attribute[]
}

/** A reference as directories keep it. */
export interface FileReference {
  readonly record: number
  readonly sequence: number
}
export const fileReferenceAt = (b: Uint8Array, at: number): FileReference => ({
  record: u32le(b, at) + u16le(b, at + 4) * 2 ** 32,
  sequence: u16le(b, at + 6),
})

/** Puts back the last two bytes of each 512, which NTFS replaces by a number that tells a torn write.
 *  Shape: a whole record, changed in place. Errors: codec.signature, codec.range, codec.torn.
 *  Source: Linux-NTFS documentation, "Fixup". */
export function applyFixups(b: Uint8Array, signature: 'FILE' | 'INDX'): void {
  const structure = signature === 'FILE' ? 'ntfs-file-record' : 'ntfs-index-block'
  const found = asciiAt(b, 0, 4)
  if (found !== signature)
    throw new CodecError(
      'codec.signature',
      { structure, field: 'signature', offset: 0, got: /^[A-Z]{4}$/.test(found) ? found : 'something else' },
      found === 'BAAD' ? 'Windows marked it as damaged' : `it is ${signature}`,
    )
  const at = u16le(b, 4)
  const count = u16le(b, 6)
  if (count !== b.length / 512 + 1 || at < 8 || at + count * 2 > 510)
    throw new CodecError(
      'codec.range',
      { structure, field: 'updateSequence', offset: 4, got: `${count} at ${at}` },
      'it does not match the size',
    )
  for (let i = 1; i < count; i++) {
    const end = i * 512 - 2
    if (b[end] !== b[at] || b[end + 1] !== b[at + 1])
      throw new CodecError('codec.torn', { structure, field: 'updateSequence', offset: end }, 'it was written in part')
    b[end] = b[at + i * 2]!
    b[end + 1] = b[at + i * 2 + 1]!
  }
}

const MOST_ATTRIBUTES = 512

/** Shape: a whole record after its fixups. Errors: codec.range.
 *  Source: Linux-NTFS documentation, "File Record", "Attribute Header". */
export function decodeFileRecord(b: Uint8Array, totalClusters: number): FileRecord {
  const flags = u16le(b, 22)
  const used = Math.min(u32le(b, 24), b.length)
  const attributes: Attribute[] = []
  let at = u16le(b, 20)
  while (at + 8 <= used && u32le(b, at) !== 0xffffffff) {
    const length = u32le(b, at + 4)
    if (length < 24 || length % 8 !== 0 || at + length > used || attributes.length >= MOST_ATTRIBUTES)
      throw range('attributeLength', at + 4, length, 'it lies in the record')
    attributes.push(decodeAttribute(b.subarray(at, at + length), totalClusters))
    at += length
  }
  return {
    inUse: (flags & 1) !== 0,
    directory: (flags & 2) !== 0,
    sequence: u16le(b, 16),
    baseRecord: fileReferenceAt(b, 32).record,
    attributes,
  }
}

const range = (field: string, offset: number, got: number, why: string): CodecError =>
  new CodecError('codec.range', { structure: 'ntfs-attribute', field, offset, got }, why)

function decodeAttribute(b: Uint8Array, totalClusters: number): Attribute {
  const nameAt = u16le(b, 10)
  const nameUnits = b[9]!
  if (nameUnits > 0 && nameAt + nameUnits * 2 > b.length)
    throw range('nameOffset', 10, nameAt, 'it lies in the attribute')
  const head: AttributeHead = { type: u32le(b, 0), name: utf16le(b, nameAt, nameUnits), flags: u16le(b, 12) }
  if (b[8] === 0) {
    const length = u32le(b, 16)
    const at = u16le(b, 20)
    if (at + length > b.length) throw range('valueLength', 16, length, 'it lies in the attribute')
    return { ...head, resident: true, value: b.subarray(at, at + length) }
  }
  if (b.length < 64) throw range('length', 4, b.length, 'at least 64')
  const firstVcn = count64(b, 16, 'ntfs-attribute', 'lowestVcn')
  const runsAt = u16le(b, 32)
  const unitPower = u16le(b, 34)
  if (unitPower > 8) throw range('compressionUnit', 34, unitPower, 'at most 8')
  const counted = firstVcn === 0
  return {
    ...head,
    resident: false,
    firstVcn,
    runs: decodeRuns(b.subarray(Math.min(runsAt, b.length)), totalClusters),
    clustersPerUnit: 2 ** unitPower,
    allocatedBytes: counted ? count64(b, 40, 'ntfs-attribute', 'allocatedSize') : 0,
    dataBytes: counted ? count64(b, 48, 'ntfs-attribute', 'dataSize') : 0,
    initialisedBytes: counted ? count64(b, 56, 'ntfs-attribute', 'initialisedSize') : 0,
  }
}

/** Where an attribute's clusters lie. Each pair is a byte with two widths, a length and a signed distance from the run
 *  before; a width of 0 for the distance means a hole.
 *  Shape: up to a zero byte. Errors: codec.range, codec.short. Source: Linux-NTFS documentation, "Data Runs". */
export function decodeRuns(b: Uint8Array, totalClusters: number): Run[] {
  const runs: Run[] = []
  let lcn = 0
  let total = 0
  for (let at = 0; at < b.length && b[at] !== 0;) {
    const lengthBytes = b[at]! & 0x0f
    const distanceBytes = b[at]! >> 4
    const next = at + 1 + lengthBytes + distanceBytes
    if (lengthBytes === 0 || lengthBytes > 8 || distanceBytes > 8 || next > b.length)
      throw range('dataRuns', at, b[at]!, 'widths of 1 to 8 bytes that are there')
    const clusters = signedAt(b, at + 1, lengthBytes)
    total += clusters
    if (clusters <= 0 || total > Number.MAX_SAFE_INTEGER / 2 ** 21)
      throw range('dataRuns', at, clusters, 'a length above 0')
    if (distanceBytes === 0) runs.push({ lcn: undefined, clusters })
    else {
      lcn += signedAt(b, at + 1 + lengthBytes, distanceBytes)
      if (lcn < 0 || lcn + clusters > totalClusters)
        throw range('dataRuns', at, lcn, `on the volume, which has ${totalClusters} clusters`)
      runs.push({ lcn, clusters })
    }
    at = next
  }
  return runs
}

function signedAt(b: Uint8Array, at: number, bytes: number): number {
  let value = (b[at + bytes - 1]! << 24) >> 24
  for (let i = bytes - 2; i >= 0; i--) value = value * 256 + b[at + i]!
  return value
}
