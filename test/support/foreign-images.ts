import { deflateRawSync, deflateSync } from 'node:zlib'

/** Small images of formats that Bootlace only reads, made field by field from their specifications. */

const CLUSTER_BITS = 12
const CLUSTER = 2 ** CLUSTER_BITS

/** A qcow2 version 3 of 4 MiB with clusters of 4 KiB, each of 512 in its own table but the first three: cluster 0 holds
 *  0x11, cluster 1 is compressed 0x22, cluster 2 is zeros by its flag; the rest is absent. */
export function smallQcow2(): Uint8Array {
  const size = 4 * 2 ** 20
  const packed = deflateRawSync(new Uint8Array(CLUSTER).fill(0x22))
  const file = Buffer.alloc(5 * CLUSTER + 512)
  file.write('QFI\xfb', 0, 'latin1')
  file.writeUInt32BE(3, 4)
  file.writeUInt32BE(CLUSTER_BITS, 20)
  file.writeBigUInt64BE(BigInt(size), 24)
  file.writeUInt32BE(2, 36)
  file.writeBigUInt64BE(BigInt(CLUSTER), 40)
  file.writeUInt32BE(4, 96)
  file.writeUInt32BE(104, 100)
  const l2 = 2 * CLUSTER
  file.writeBigUInt64BE((1n << 63n) | BigInt(l2), CLUSTER)
  file.writeBigUInt64BE((1n << 63n) | BigInt(3 * CLUSTER), l2)
  const packedAt = 4 * CLUSTER + 5
  const sectors = Math.floor((packedAt + packed.length - 1) / 512) - Math.floor(packedAt / 512)
  const x = 62 - (CLUSTER_BITS - 8)
  file.writeBigUInt64BE((1n << 62n) | (BigInt(sectors) << BigInt(x)) | BigInt(packedAt), l2 + 8)
  file.writeBigUInt64BE(1n, l2 + 16)
  file.fill(0x11, 3 * CLUSTER, 4 * CLUSTER)
  file.set(packed, packedAt)
  return new Uint8Array(file)
}

const DESCRIPTOR = (type: string, extent: string): string =>
  `# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType="${type}"\n\n# Extent description\n${extent}\n\n#DDB\nddb.adapterType = "ide"\n`

/** A descriptor of a flat disk of 1 MiB and a run of zeros as large. */
export const flatDescriptor = (): Uint8Array =>
  Buffer.from(DESCRIPTOR('monolithicFlat', 'RW 2048 FLAT "disk-flat.vmdk" 0\nRW 2048 ZERO'))

/** A VMDK of 2 MiB with grains of 8 sectors, 64 entries in a table: grain 0 holds 0x11, grain 1 zeros by its flag, grain 65
 *  0x22; the rest is absent. `compressed`: stream-optimized, the directory named by a footer only. */
export function smallVmdk(compressed: boolean): Uint8Array {
  const capacity = 4096
  const grain = 8
  const perTable = 64
  const tables = capacity / grain / perTable
  const file = Buffer.alloc(64 * 512)
  const [directoryAt, firstTableAt, grainsAt] = [8, 16, 40] as const
  const header = Buffer.alloc(512)
  header.write('KDMV', 0, 'latin1')
  header.writeUInt32LE(compressed ? 3 : 1, 4)
  header.writeUInt32LE(1 | 4 | (compressed ? 0x30000 : 0), 8)
  header.writeBigUInt64LE(BigInt(capacity), 12)
  header.writeBigUInt64LE(BigInt(grain), 20)
  header.writeBigUInt64LE(1n, 28)
  header.writeBigUInt64LE(4n, 36)
  header.writeUInt32LE(perTable, 44)
  header.writeBigUInt64LE(BigInt(directoryAt), 56)
  header.set([0x0a, 0x20, 0x0d, 0x0a], 73)
  header.writeUInt16LE(compressed ? 1 : 0, 77)
  file.set(header, 0)
  file.write(DESCRIPTOR(compressed ? 'streamOptimized' : 'monolithicSparse', 'RW 4096 SPARSE "v.vmdk"'), 512)
  // Two of the eight tables exist.
  for (let i = 0; i < Math.min(tables, 2); i++) file.writeUInt32LE(firstTableAt + i, directoryAt * 512 + i * 4)
  file.writeUInt32LE(grainsAt, firstTableAt * 512)
  file.writeUInt32LE(1, firstTableAt * 512 + 4)
  file.writeUInt32LE(grainsAt + grain, (firstTableAt + 1) * 512 + 4)
  const put = (at: number, lba: number, value: number): void => {
    const data = new Uint8Array(grain * 512).fill(value)
    if (!compressed) return void file.set(data, at * 512)
    const packed = deflateSync(data)
    file.writeBigUInt64LE(BigInt(lba), at * 512)
    file.writeUInt32LE(packed.length, at * 512 + 8)
    file.set(packed, at * 512 + 12)
  }
  put(grainsAt, 0, 0x11)
  put(grainsAt + grain, 65 * grain, 0x22)
  if (compressed) {
    file.set(header, file.length - 1024)
    file.writeBigUInt64LE(0xffffffffffffffffn, 56)
  }
  return new Uint8Array(file)
}
