import { asciiAt, toHex, u16le, u32le, u64le } from '../../../base/bytes.ts'
import { unreadable } from '../../offline/disk/source.ts'

/** The header of a WIM. Source: Microsoft, "Windows Imaging File Format (WIM)", October 2007 (WIMHEADER_V1_PACKED,
 *  RESHDR_DISK_SHORT); version 0xE00, LZMS and solid resources came with Windows 8 and are not in that paper: wimlib,
 *  include/wimlib/header.h. */

export const WIM_HEADER_BYTES = 208

const MAGIC = 'MSWIM\0\0\0'
/** What wimlib writes to pipes; nothing of Microsoft's reads it. */
const PIPABLE_MAGIC = 'WLPWM\0\0\0'
const VERSION = { usual: 0x10d00, solid: 0xe00 } as const

const FLAG = {
  compressed: 0x02,
  spanned: 0x08,
  writeInProgress: 0x40,
  xpress: 0x2_0000,
  lzx: 0x4_0000,
  lzms: 0x8_0000,
  xpress2: 0x20_0000,
} as const

export const RESOURCE_FLAG = { free: 0x01, metadata: 0x02, compressed: 0x04, spanned: 0x08, solid: 0x10 } as const

export type WimCompression = 'none' | 'XPRESS' | 'LZX' | 'LZMS' | 'unknown'

/** Where something lies in the file. `lengthBytes` 0: it has none. */
export interface WimResource {
  readonly at: number
  /** As it is stored. */
  readonly lengthBytes: number
  readonly originalBytes: number
  readonly flags: number
}

export interface WimHeader {
  /** `0x10d00`; of an ESD `0xe00`. */
  readonly version: number
  readonly compression: WimCompression
  readonly chunkBytes: number
  /** The same in all parts of a split WIM. */
  readonly guid: string
  /** From 1. */
  readonly part: number
  readonly parts: number
  readonly imageCount: number
  readonly offsetTable: WimResource
  readonly xml: WimResource
  readonly bootMetadata: WimResource
  readonly integrity: WimResource
  /** Of the image that WinPE starts, from 1; 0: none. */
  readonly bootIndex: number
}

/** Errors: guest.unreadable. */
export function decodeWimHeader(b: Uint8Array, fileBytes: number): WimHeader {
  if (b.length < WIM_HEADER_BYTES) throw unreadable('it is too short to be a WIM')
  const magic = asciiAt(b, 0, 8)
  if (magic === PIPABLE_MAGIC) throw unreadable('it is a pipable WIM, which Windows Setup cannot read either')
  if (magic !== MAGIC) throw unreadable('it does not begin as a WIM does')
  const headerBytes = u32le(b, 8)
  if (headerBytes !== WIM_HEADER_BYTES) throw unreadable(`its header is of ${headerBytes} bytes instead of 208`)
  const version = u32le(b, 12)
  if (version !== VERSION.usual && version !== VERSION.solid)
    throw unreadable(`it is a WIM of version 0x${version.toString(16)}, which is not known`)
  const flags = u32le(b, 16)
  if (flags & FLAG.writeInProgress) throw unreadable('whoever wrote it did not finish')
  const part = u16le(b, 40)
  const parts = u16le(b, 42)
  if (part === 0 || part > parts) throw unreadable(`it says that it is part ${part} of ${parts}`)
  const resource = (at: number): WimResource => decodeResource(b, at, fileBytes)
  return {
    version,
    compression: compressionOf(flags),
    chunkBytes: u32le(b, 20),
    guid: toHex(b.subarray(24, 40)),
    part,
    parts,
    imageCount: u32le(b, 44),
    offsetTable: resource(48),
    xml: resource(72),
    bootMetadata: resource(96),
    bootIndex: u32le(b, 120),
    integrity: resource(124),
  }
}

function compressionOf(flags: number): WimCompression {
  if (!(flags & FLAG.compressed)) return 'none'
  if (flags & FLAG.lzx) return 'LZX'
  if (flags & (FLAG.xpress | FLAG.xpress2)) return 'XPRESS'
  if (flags & FLAG.lzms) return 'LZMS'
  return 'unknown'
}

/** 56 bits of length, 8 of flags, then offset and original length of 64 bits each. Errors: guest.unreadable when it does
 *  not lie in the file. */
export function decodeResource(b: Uint8Array, at: number, fileBytes: number): WimResource {
  const head = u64le(b, at)
  const length = head & 0xff_ffff_ffff_ffffn
  const offset = u64le(b, at + 8)
  const original = u64le(b, at + 16)
  const end = BigInt(fileBytes)
  if (length > 0n && (offset > end || offset + length > end))
    throw unreadable('parts of it lie behind its end; it is probably incomplete')
  return {
    at: length === 0n ? 0 : Number(offset),
    lengthBytes: Number(length),
    originalBytes: Number(original > BigInt(Number.MAX_SAFE_INTEGER) ? 0n : original),
    flags: Number(head >> 56n),
  }
}
