import { asciiAt, u16le, u32le, u64le, utf8At } from '../../base/bytes.ts'
import { CodecError } from '../../base/errors.ts'

/** Structures of a VMware virtual disk (VMDK). All numbers are little-endian; sectors have 512 bytes.
 *  Source: VMware, Virtual Disk Format 5.0 technical note. */

export const SECTOR = 512
export const EXTENT_HEADER_LENGTH = 512
/** Text files begin so. */
export const DESCRIPTOR_START = '# Disk DescriptorFile'
/** Descriptors have some hundred bytes for each extent. */
export const MAX_DESCRIPTOR_BYTES = 2 ** 20
/** A disk of VMware has at most 62 TiB, in files of 2 GB: 32,000 of them would be possible, and nobody has them. */
const MAX_EXTENTS = 4096
/** 8 PiB: far beyond VMware's 62 TiB, and every byte of it has an exact number. */
export const MAX_SECTORS = 2 ** 44
const MAX_GRAIN_SECTORS = 2 ** 15
const MAX_TABLE_ENTRIES = 2 ** 16

const SPARSE_MAGIC = 'KDMV'
export const FLAG = { zeroedGrains: 1 << 2, compressed: 1 << 16, markers: 1 << 17 } as const
export const COMPRESSION = { none: 0, deflate: 1 } as const

export interface SparseExtentHeader {
  readonly version: number
  readonly flags: number
  /** Sectors. */
  readonly capacity: number
  /** Sectors. */
  readonly grainSize: number
  /** Sectors; 0 without an embedded descriptor. */
  readonly descriptorOffset: number
  readonly descriptorSize: number
  readonly numGtesPerGt: number
  /** Sectors; undefined when the directory follows the grains and only the footer knows where. */
  readonly gdOffset: number | undefined
  readonly compressAlgorithm: number
}

export interface Extent {
  readonly access: 'RW' | 'RDONLY' | 'NOACCESS'
  readonly sectors: number
  /** FLAT, SPARSE, ZERO, VMFS, VMFSSPARSE, … */
  readonly type: string
  readonly fileName: string | undefined
  /** Where the extent begins in its file. */
  readonly offsetSectors: number
}

export interface Descriptor {
  readonly createType: string
  /** ffffffff without a parent. */
  readonly parentCid: string
  readonly extents: readonly Extent[]
}

function refuse(structure: string, field: string, got: number | string, why: string, limit?: number): never {
  throw new CodecError('codec.value', { structure, field, got, ...(limit === undefined ? {} : { limit }) }, why)
}

function sectorsAt(b: Uint8Array, at: number, field: string, limit = MAX_SECTORS): number {
  const value = u64le(b, at)
  if (value > BigInt(limit)) refuse('vmdk header', field, value.toString(), 'too large', limit)
  return Number(value)
}

/** Errors: codec.short, codec.value. */
export function decodeExtentHeader(b: Uint8Array): SparseExtentHeader {
  const structure = 'vmdk header'
  const limit = EXTENT_HEADER_LENGTH
  if (b.length < limit)
    throw new CodecError('codec.short', { structure, field: 'length', got: b.length, limit }, 'cut off')
  if (asciiAt(b, 0, 4) !== SPARSE_MAGIC) refuse(structure, 'magic', JSON.stringify(asciiAt(b, 0, 4)), 'no sparse VMDK')
  const version = u32le(b, 4)
  if (version < 1 || version > 3) refuse(structure, 'version', version, 'only versions 1 to 3 are known')
  // A text-mode transfer changes line ends; these four bytes show it.
  if (b[73] !== 0x0a || b[74] !== 0x20 || b[75] !== 0x0d || b[76] !== 0x0a)
    refuse(structure, 'newline test', asciiAt(b, 73, 4), 'the file was damaged by a transfer as text')
  const grainSize = sectorsAt(b, 20, 'grainSize', MAX_GRAIN_SECTORS)
  if (grainSize === 0 || (grainSize & (grainSize - 1)) !== 0)
    refuse(structure, 'grainSize', grainSize, 'must be a power of two')
  const numGtesPerGt = u32le(b, 44)
  if (numGtesPerGt === 0 || numGtesPerGt > MAX_TABLE_ENTRIES)
    refuse(structure, 'numGTEsPerGT', numGtesPerGt, 'no such tables', MAX_TABLE_ENTRIES)
  return {
    version,
    flags: u32le(b, 8),
    capacity: sectorsAt(b, 12, 'capacity'),
    grainSize,
    descriptorOffset: sectorsAt(b, 28, 'descriptorOffset'),
    descriptorSize: sectorsAt(b, 36, 'descriptorSize', MAX_DESCRIPTOR_BYTES / SECTOR),
    numGtesPerGt,
    gdOffset: u64le(b, 56) === 0xffffffffffffffffn ? undefined : sectorsAt(b, 56, 'gdOffset'),
    compressAlgorithm: u16le(b, 77),
  }
}

const EXTENT_LINE = /^(RW|RDONLY|NOACCESS)\s+(\d+)\s+([A-Z]+)(?:\s+"([^"]*)"(?:\s+(\d+))?)?/

/** `key = value`, the value with or without quotes. By hand: an expression would need hours for a line made for it. */
function settingOf(line: string): [key: string, value: string] | undefined {
  const at = line.indexOf('=')
  const key = line.slice(0, Math.max(at, 0)).trimEnd()
  if (!/^[A-Za-z]+$/.test(key)) return undefined
  let value = line.slice(at + 1).trimStart()
  if (value.startsWith('"')) value = value.slice(1)
  if (value.endsWith('"')) value = value.slice(0, -1)
  return value.includes('"') ? undefined : [key.toLowerCase(), value.trim()]
}

/** Reads the text of a descriptor; lines that are not known are passed over. Errors: codec.value. */
export function parseDescriptor(bytes: Uint8Array): Descriptor {
  const structure = 'vmdk descriptor'
  const end = bytes.indexOf(0)
  const text = utf8At(bytes, 0, end < 0 ? bytes.length : end)
  if (!text.startsWith(DESCRIPTOR_START)) refuse(structure, 'first line', text.slice(0, 21), 'not a descriptor')
  const settings = new Map<string, string>()
  const extents: Extent[] = []
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim()
    const extent = EXTENT_LINE.exec(line)
    if (extent) {
      const [, access, sectors, type, fileName, offset] = extent
      if (Number(sectors) > MAX_SECTORS) refuse(structure, 'extent size', sectors!, 'too large', MAX_SECTORS)
      if (Number(offset ?? 0) > MAX_SECTORS) refuse(structure, 'extent offset', offset!, 'too large', MAX_SECTORS)
      extents.push({
        access: access as Extent['access'],
        sectors: Number(sectors),
        type: type!,
        fileName,
        offsetSectors: Number(offset ?? 0),
      })
      if (extents.length > MAX_EXTENTS) refuse(structure, 'extents', extents.length, 'too many', MAX_EXTENTS)
      continue
    }
    const setting = settingOf(line)
    if (setting) settings.set(...setting)
  }
  return {
    createType: settings.get('createtype') ?? '',
    parentCid: (settings.get('parentcid') ?? 'ffffffff').toLowerCase(),
    extents,
  }
}

/** Marker before a compressed grain: which sector it is for, and how many bytes follow. 12 bytes. */
export const decodeGrainMarker = (b: Uint8Array): { lba: number; length: number } => ({
  lba: Number(u64le(b, 0)),
  length: u32le(b, 8),
})
export const GRAIN_MARKER_LENGTH = 12
