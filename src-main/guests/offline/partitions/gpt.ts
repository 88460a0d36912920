import { asciiAt } from '../../../base/bytes.ts'
import { CodecError } from '../../../base/errors.ts'
import { count64, guidAt, u32le, utf16le } from '../disk/little-endian.ts'

/** Head of a GUID partition table. Units: blocks of the disk. */
export interface GptHeader {
  readonly myLba: number
  readonly alternateLba: number
  readonly firstUsableLba: number
  readonly lastUsableLba: number
  readonly diskGuid: string
  readonly entriesLba: number
  readonly entryCount: number
  readonly entryBytes: number
  readonly entriesCrc32: number
}

export interface GptEntry {
  readonly typeGuid: string
  readonly partitionGuid: string
  readonly firstLba: number
  readonly lastLba: number
  /** Bit 2: started by BIOS. Source: UEFI 2.10 table 5.8. */
  readonly legacyBootable: boolean
  readonly name: string
}

/** 128 rows of 128 bytes are usual; this is sixteen times that. */
const MOST_ENTRIES = 2048
const MOST_ENTRY_BYTES = 1024

/** Shape: one block. Errors: codec.signature, codec.range, codec.checksum.
 *  Source: UEFI 2.10 §5.3.2. */
export function decodeGptHeader(b: Uint8Array): GptHeader {
  const wrong = (code: string, field: string, offset: number, got: number | string, why: string): CodecError =>
    new CodecError(code, { structure: 'gpt-header', field, offset, got }, why)
  if (b.length < 512 || asciiAt(b, 0, 8) !== 'EFI PART')
    throw wrong('codec.signature', 'signature', 0, 'something else', 'it is EFI PART')
  const headerBytes = u32le(b, 12)
  if (headerBytes < 92 || headerBytes > b.length)
    throw wrong('codec.range', 'headerSize', 12, headerBytes, `92 to ${b.length}`)
  const checked = b.slice(0, headerBytes)
  checked.fill(0, 16, 20)
  const crc = crc32(checked)
  if (crc !== u32le(b, 16)) throw wrong('codec.checksum', 'headerCrc32', 16, u32le(b, 16), `the bytes give ${crc}`)
  const at64 = (at: number, field: string): number => count64(b, at, 'gpt-header', field)
  const header: GptHeader = {
    myLba: at64(24, 'myLba'),
    alternateLba: at64(32, 'alternateLba'),
    firstUsableLba: at64(40, 'firstUsableLba'),
    lastUsableLba: at64(48, 'lastUsableLba'),
    diskGuid: guidAt(b, 56),
    entriesLba: at64(72, 'partitionEntryLba'),
    entryCount: u32le(b, 80),
    entryBytes: u32le(b, 84),
    entriesCrc32: u32le(b, 88),
  }
  if (header.entryCount > MOST_ENTRIES)
    throw wrong('codec.range', 'numberOfPartitionEntries', 80, header.entryCount, `at most ${MOST_ENTRIES} here`)
  if (header.entryBytes < 128 || header.entryBytes > MOST_ENTRY_BYTES || header.entryBytes % 8 !== 0)
    throw wrong('codec.range', 'sizeOfPartitionEntry', 84, header.entryBytes, `128 to ${MOST_ENTRY_BYTES}`)
  return header
}

/** The rows that are in use, with their place in the table from 1 on.
 *  Shape: exactly entryCount × entryBytes bytes. Errors: codec.checksum, codec.range.
 *  Source: UEFI 2.10 §5.3.3. */
export function decodeGptEntries(b: Uint8Array, header: GptHeader): ReadonlyMap<number, GptEntry> {
  const crc = crc32(b)
  if (crc !== header.entriesCrc32)
    throw new CodecError(
      'codec.checksum',
      { structure: 'gpt-entries', field: 'crc32', got: crc, limit: header.entriesCrc32 },
      'the table is damaged',
    )
  const found = new Map<number, GptEntry>()
  for (let i = 0; i < header.entryCount; i++) {
    const at = i * header.entryBytes
    const typeGuid = guidAt(b, at)
    if (typeGuid === UNUSED) continue
    const name = utf16le(b, at + 56, 36)
    found.set(i + 1, {
      typeGuid,
      partitionGuid: guidAt(b, at + 16),
      firstLba: count64(b, at + 32, 'gpt-entry', 'startingLba'),
      lastLba: count64(b, at + 40, 'gpt-entry', 'endingLba'),
      legacyBootable: (b[at + 48]! & 0x04) !== 0,
      name: name.includes('\0') ? name.slice(0, name.indexOf('\0')) : name,
    })
  }
  return found
}

const UNUSED = '00000000-0000-0000-0000-000000000000'
export const EFI_SYSTEM = 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B'
export const BIOS_BOOT = '21686148-6449-6E6F-744E-656564454649'

/** Source: UEFI 2.10 table 5.7; Discoverable Partitions Specification; Microsoft's PARTITION_INFORMATION_GPT. */
export const GPT_TYPES: Readonly<Record<string, string>> = {
  [EFI_SYSTEM]: 'EFI system',
  [BIOS_BOOT]: 'BIOS boot',
  'E3C9E316-0B5C-4DB8-817D-F92DF00215AE': 'Microsoft reserved',
  'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7': 'Microsoft basic data',
  'DE94BBA4-06D1-4D40-A16A-BFD50179D6AC': 'Windows recovery',
  '5808C8AA-7E8F-42E0-85D2-E1E90434CFB3': 'Windows dynamic disk (metadata)',
  'AF9B60A0-1431-4F62-BC68-3311714A69AD': 'Windows dynamic disk',
  'E75CAF8F-F680-4CEE-AFA3-B001E56EFC2D': 'Windows storage spaces',
  '0FC63DAF-8483-4772-8E79-3D69D8477DE4': 'Linux',
  '4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709': 'Linux root (x86-64)',
  '0657FD6D-A4AB-43C4-84E5-0933C84B4F4F': 'Linux swap',
  '933AC7E1-2EB4-4F13-B844-0E14E2AEF915': 'Linux home',
  'BC13C2FF-59E6-4262-A352-B275FD6F7172': 'Linux boot',
  'E6D6D379-F507-44C2-A23C-238F2A3DF928': 'Linux LVM',
  'A19D880F-05FC-4D3B-A006-743F0F84911E': 'Linux RAID',
  'CA7D7CCB-63ED-4C53-861C-1742536059CC': 'LUKS',
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, i) => {
  let c = i
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1
  return c >>> 0
})

/** CRC-32 with polynomial 04C11DB7h, reflected. Source: UEFI 2.10 §5.3.2 names it, ISO 3309 defines it. */
export function crc32(b: Uint8Array): number {
  let c = 0xffffffff
  for (const byte of b) c = (c >>> 8) ^ CRC_TABLE[(c ^ byte) & 0xff]!
  return ~c >>> 0
}
