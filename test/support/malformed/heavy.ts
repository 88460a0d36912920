import { createVhd } from '../../../src-main/disks/vhd/create.ts'
import { encodeSparseHeader, MAX_SIZE } from '../../../src-main/disks/vhd/format.ts'
import { createVhdx } from '../../../src-main/disks/vhdx-device.ts'
import {
  checksumOf,
  decodeHeader,
  encodeHeader,
  encodeMetadataTable,
  HEADER_BYTES,
  HEADER_OFFSETS,
  ITEM,
  decodeMetadataTable,
  METADATA_TABLE_BYTES,
  viewOf,
} from '../../../src-main/disks/vhdx/format.ts'
import { encodeLogEntry, LOG_SECTOR } from '../../../src-main/disks/vhdx/log-format.ts'
import { flatDescriptor, smallQcow2 } from '../foreign-images.ts'
import { MemoryFile } from '../memory-file.ts'
import { SparseBytes } from '../sparse-bytes.ts'

/** Files made to cost the reader as much time and memory as their formats let them. */

const MIB = 2 ** 20
const GUID = '01234567-89ab-4cde-8f01-23456789abcd'
const LOG = 2048 * MIB
const LOG_LENGTH = 32 * MIB

async function vhdx(o: { sizeBytes: number; blockSizeBytes: number; child?: boolean }): Promise<SparseBytes> {
  const file = new MemoryFile()
  const parent = { dataWriteGuid: GUID, relativePath: 'x' }
  await createVhdx({ file, ...o, ...(o.child && { parent }) })
  return file.bytes
}

/** A VHDX with the largest log that is read; `fill` puts entries into it. */
async function withLog(fill: (log: Uint8Array) => void): Promise<SparseBytes> {
  const bytes = await vhdx({ sizeBytes: 4 * MIB, blockSizeBytes: MIB })
  for (const [i, at] of HEADER_OFFSETS.entries()) {
    const b = new Uint8Array(HEADER_BYTES)
    bytes.read(at, b)
    const header = { ...decodeHeader(b), logGuid: GUID, logOffset: LOG, logLength: LOG_LENGTH }
    bytes.write(at, encodeHeader({ ...header, sequenceNumber: BigInt(i + 5) }))
  }
  const log = new Uint8Array(LOG_LENGTH)
  fill(log)
  bytes.write(LOG, log)
  return bytes
}
const entry = (tail: number, sequenceNumber: bigint, zeros = 0, zeroLength = 4096): Uint8Array =>
  encodeLogEntry({
    tail,
    sequenceNumber,
    logGuid: GUID,
    flushedFileOffset: 0,
    lastFileOffset: 4 * MIB,
    updates: Array.from({ length: zeros }, () => ({ is: 'zero' as const, fileOffset: 3 * MIB, length: zeroLength })),
  })

/** Entries of 16 MiB, one a sector behind the other: each is valid, with all that begin in it. */
function nested(log: Uint8Array): void {
  const length = LOG_LENGTH / 2
  for (let i = 19; i >= 0; i--) {
    const at = i * LOG_SECTOR
    log.set(entry(at, BigInt(i + 1)), at)
    const whole = log.subarray(at, at + length)
    viewOf(whole).setUint32(8, length, true)
    viewOf(whole).setUint32(4, checksumOf(whole), true)
  }
}
/** A whole log of entries that follow each other and never name where they begin. */
function endless(log: Uint8Array): void {
  for (let at = 0, n = 1n; at < log.length; at += LOG_SECTOR, n++) log.set(entry(at === 0 ? 4096 : 0, n), at)
  log.set(new Uint8Array(4), 0)
}
const manyZeros = (zeroLength: number) => (log: Uint8Array) =>
  log.set(entry(0, 1n, LOG_LENGTH / 32 - 200, zeroLength), 0)

async function manyTexts(): Promise<SparseBytes> {
  const bytes = await vhdx({ sizeBytes: 4 * MIB, blockSizeBytes: MIB, child: true })
  const table = new Uint8Array(METADATA_TABLE_BYTES)
  bytes.read(2 * MIB, table)
  const length = 950_000
  const entries = decodeMetadataTable(table, MIB).map((e) => (e.itemId === ITEM.parentLocator ? { ...e, length } : e))
  bytes.write(2 * MIB, encodeMetadataTable(entries))
  const at = 2 * MIB + entries.find((e) => e.itemId === ITEM.parentLocator)!.offset
  const item = new Uint8Array(length)
  bytes.read(at, item)
  const view = viewOf(item)
  const count = 65_535
  view.setUint16(18, count, true)
  for (let i = 0; i < count; i++) {
    const pair = 20 + i * 12
    view.setUint32(pair, 100_000 + i * 2, true)
    view.setUint32(pair + 4, 200_000 + i, true)
    view.setUint16(pair + 8, 60_000 + (i % 2000) * 2, true)
    view.setUint16(pair + 10, 65_534, true)
  }
  bytes.write(at, item)
  return bytes
}

async function largestVhdTable(): Promise<SparseBytes> {
  const file = new MemoryFile()
  await createVhd(file, { kind: 'dynamic', sizeBytes: MAX_SIZE, uniqueId: new Uint8Array(16), createdMs: 0 })
  const header = encodeSparseHeader({
    tableOffset: 4 * MIB * 16,
    maxTableEntries: MAX_SIZE / (128 * 1024),
    blockSize: 128 * 1024,
    parentUniqueId: new Uint8Array(16),
    parentTimeStamp: 0,
    parentUnicodeName: '',
    parentLocators: [],
  })
  await file.write(512, [header])
  await file.resize(192 * MIB)
  return file.bytes
}

function largestQcow2(): SparseBytes {
  const bytes = new SparseBytes(smallQcow2())
  const head = Buffer.alloc(112)
  bytes.read(0, head)
  head.writeUInt32BE(9, 20)
  head.writeBigUInt64BE(128n * 2n ** 30n, 24)
  head.writeUInt32BE(2 ** 22, 36)
  head.writeBigUInt64BE(2n ** 20n, 40)
  bytes.write(0, head)
  bytes.resize(64 * MIB)
  return bytes
}

const zeroDescriptor = (): string =>
  Buffer.from(flatDescriptor())
    .toString()
    .replace(/^.*FLAT.*$/m, '')
const slowLine = (): SparseBytes =>
  new SparseBytes(Buffer.from(`${zeroDescriptor()}\na=${' '.repeat(MIB - 1000)}""x\n`))

export interface HeavyImage {
  readonly name: string
  readonly format: 'vhd' | 'vhdx' | 'qcow2' | 'vmdk'
  readonly build: () => SparseBytes | Promise<SparseBytes>
  /** Whether there is nothing wrong with it. */
  readonly good: boolean
}

export const HEAVY: readonly HeavyImage[] = [
  { name: 'a VHD with the largest table', format: 'vhd', build: largestVhdTable, good: false },
  {
    name: 'a VHDX with the largest table',
    format: 'vhdx',
    build: () => vhdx({ sizeBytes: 64 * 2 ** 40, blockSizeBytes: 4 * MIB }),
    good: true,
  },
  { name: 'a VHDX with log entries in each other', format: 'vhdx', build: () => withLog(nested), good: true },
  { name: 'a VHDX with log entries that never begin', format: 'vhdx', build: () => withLog(endless), good: false },
  { name: 'a VHDX with a log of zeros', format: 'vhdx', build: () => withLog(manyZeros(4096)), good: false },
  { name: 'a VHDX with a log of long zeros', format: 'vhdx', build: () => withLog(manyZeros(MIB)), good: false },
  { name: 'a VHDX with names on each other', format: 'vhdx', build: manyTexts, good: false },
  { name: 'a qcow2 with the largest table', format: 'qcow2', build: largestQcow2, good: true },
  { name: 'a VMDK with a line that is slow to read', format: 'vmdk', build: slowLine, good: true },
]
