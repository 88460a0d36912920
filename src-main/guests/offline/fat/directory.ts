import { u16le, u32le, utf16le } from '../disk/little-endian.ts'

/** One file of a FAT directory. */
export interface FatEntry {
  readonly name: string
  readonly directory: boolean
  readonly firstCluster: number
  readonly sizeBytes: number
}

export interface FatDirectory {
  readonly entries: readonly FatEntry[]
  /** The volume's name, which the root directory may hold. */
  readonly volumeLabel: string | undefined
}

const ATTRIBUTE = { volumeId: 0x08, directory: 0x10, longName: 0x0f } as const
/** Where the 13 characters of a long name's part stand. */
const LONG_NAME_AT = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30]
const MOST_LONG_PARTS = 20

/** Files of a directory, without `.` and `..`. A long name whose parts do not belong together is left for the short one.
 *  Shape: whole 32-byte rows. Source: Microsoft FAT specification 1.03, "FAT Directory Structure", "FAT Long Directory
 *  Entries"; bits 3 and 4 of byte 12 (lower-case base and extension) are Windows NT's. */
export function decodeFatDirectory(b: Uint8Array): FatDirectory {
  const entries: FatEntry[] = []
  let volumeLabel: string | undefined
  let long: { parts: string[]; next: number; checksum: number } | undefined
  for (let at = 0; at + 32 <= b.length; at += 32) {
    const first = b[at]!
    if (first === 0) break
    const attribute = b[at + 11]!
    if (first === 0xe5) {
      long = undefined
      continue
    }
    if ((attribute & 0x3f) === ATTRIBUTE.longName) {
      long = longPart(b, at, long)
      continue
    }
    const short = shortName(b, at)
    const complete = long?.next === 0 && long.checksum === checksum(b, at) ? long.parts.join('') : undefined
    long = undefined
    if ((attribute & ATTRIBUTE.volumeId) !== 0) {
      volumeLabel ??= rawName(b, at, 11)
      continue
    }
    const name = complete ?? short
    if (name === '.' || name === '..' || name === '') continue
    entries.push({
      name,
      directory: (attribute & ATTRIBUTE.directory) !== 0,
      firstCluster: (u16le(b, at + 20) << 16) | u16le(b, at + 26),
      sizeBytes: u32le(b, at + 28),
    })
  }
  return { entries, volumeLabel }
}

type Long = { parts: string[]; next: number; checksum: number }

/** Parts stand in front of their file, the last one first. */
function longPart(b: Uint8Array, at: number, before: Long | undefined): Long | undefined {
  const order = b[at]! & 0x3f
  const sum = b[at + 13]!
  if (order === 0 || order > MOST_LONG_PARTS) return undefined
  let text = ''
  for (const offset of LONG_NAME_AT) {
    const unit = u16le(b, at + offset)
    if (unit === 0) break
    text += utf16le(b, at + offset, 1)
  }
  if ((b[at]! & 0x40) !== 0) return { parts: [text], next: order - 1, checksum: sum }
  if (before?.next !== order || before.checksum !== sum) return undefined
  return { parts: [text, ...before.parts], next: order - 1, checksum: sum }
}

function checksum(b: Uint8Array, at: number): number {
  let sum = 0
  for (let i = 0; i < 11; i++) sum = (((sum & 1) << 7) + (sum >> 1) + b[at + i]!) & 0xff
  return sum
}

function rawName(b: Uint8Array, at: number, length: number): string {
  let text = ''
  for (let i = 0; i < length; i++) text += String.fromCharCode(b[at + i]!)
  return text.trimEnd()
}

/** Characters above 7Fh depend on the code page of the PC that wrote them, which nothing tells; loaders have none. */
function shortName(b: Uint8Array, at: number): string {
  const lower = b[at + 12]!
  // E5h in the first place is written as 05h, as E5h marks a free row.
  const base = (b[at] === 0x05 ? '\xe5' : String.fromCharCode(b[at]!)) + rawName(b, at + 1, 7)
  const extension = rawName(b, at + 8, 3)
  const named = lower & 0x08 ? base.toLowerCase() : base
  const ended = lower & 0x10 ? extension.toLowerCase() : extension
  return ended === '' ? named : `${named}.${ended}`
}
