import { Buffer } from 'node:buffer'
import { crc32 } from 'node:zlib'

export interface PartitionToWrite {
  readonly firstLba: number
  readonly blocks: number
  /** A type byte for MBR, a GUID for GPT. */
  readonly type: number | string
  readonly active?: boolean
  readonly name?: string
}

/** Writes a GUID partition table with its copy at the end, and the MBR that protects it. For tests; sgdisk finds nothing
 *  wrong with it (see the interop test). Source: UEFI 2.10 §5.3. */
export function writeGpt(disk: Uint8Array, partitions: readonly PartitionToWrite[], blockSize = 512): void {
  const b = Buffer.from(disk.buffer, disk.byteOffset, disk.length)
  const blocks = disk.length / blockSize
  const entryBlocks = (128 * 128) / blockSize
  const entries = Buffer.alloc(128 * 128)
  for (const [i, p] of partitions.entries()) {
    guid(p.type as string).copy(entries, i * 128)
    guid(`0000000${i}-1111-2222-3333-444444444444`).copy(entries, i * 128 + 16)
    entries.writeBigUInt64LE(BigInt(p.firstLba), i * 128 + 32)
    entries.writeBigUInt64LE(BigInt(p.firstLba + p.blocks - 1), i * 128 + 40)
    entries.writeBigUInt64LE(p.active ? 4n : 0n, i * 128 + 48)
    entries.write(p.name ?? '', i * 128 + 56, 'utf16le')
  }
  const header = (mine: number, other: number, entriesAt: number): void => {
    const h = Buffer.alloc(blockSize)
    h.write('EFI PART', 0, 'latin1')
    h.writeUInt32LE(0x00010000, 8)
    h.writeUInt32LE(92, 12)
    h.writeBigUInt64LE(BigInt(mine), 24)
    h.writeBigUInt64LE(BigInt(other), 32)
    h.writeBigUInt64LE(BigInt(2 + entryBlocks), 40)
    h.writeBigUInt64LE(BigInt(blocks - 2 - entryBlocks), 48)
    guid('99999999-8888-7777-6666-555555555555').copy(h, 56)
    h.writeBigUInt64LE(BigInt(entriesAt), 72)
    h.writeUInt32LE(128, 80)
    h.writeUInt32LE(128, 84)
    h.writeUInt32LE(crc32(entries), 88)
    h.writeUInt32LE(crc32(h.subarray(0, 92)), 16)
    h.copy(b, mine * blockSize)
    entries.copy(b, entriesAt * blockSize)
  }
  header(1, blocks - 1, 2)
  header(blocks - 1, 1, blocks - 1 - entryBlocks)
  writeMbr(disk, [{ firstLba: 1, blocks: Math.min(blocks - 1, 0xffffffff), type: 0xee }])
}

/** Writes four rows and the signature; the boot code stays as it is. */
export function writeMbr(
  disk: Uint8Array,
  partitions: readonly (PartitionToWrite | undefined)[],
  atLba = 0,
  blockSize = 512,
): void {
  const b = Buffer.from(disk.buffer, disk.byteOffset + atLba * blockSize, 512)
  b.fill(0, 446, 510)
  for (const [i, p] of partitions.entries()) {
    if (!p) continue
    b.writeUInt8(p.active ? 0x80 : 0, 446 + i * 16)
    b.writeUInt8(p.type as number, 446 + i * 16 + 4)
    b.writeUInt32LE(p.firstLba, 446 + i * 16 + 8)
    b.writeUInt32LE(p.blocks, 446 + i * 16 + 12)
  }
  b.writeUInt16LE(0xaa55, 510)
}

function guid(text: string): Buffer {
  const [a, c, d, e, f] = text.split('-').map((part) => Buffer.from(part, 'hex')) as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ]
  return Buffer.concat([a.reverse(), c.reverse(), d.reverse(), e, f])
}
