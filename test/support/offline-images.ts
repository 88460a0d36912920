import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { MemoryDisk } from './memory-disk.ts'
import { writeGpt } from './partition-writer.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures/offline')

/** A file system of test/fixtures/offline, in memory. */
export const fixtureImage = (name: 'windows.ntfs' | 'linux.ext4' | 'esp.fat'): Uint8Array =>
  new Uint8Array(gunzipSync(readFileSync(join(FIXTURES, `${name}.gz`))))

/** Path and SHA-256 of every file in it. */
export const fixtureSums = (name: 'windows.ntfs' | 'linux.ext4'): [path: string, sha256: string][] =>
  readFileSync(join(FIXTURES, `${name}.sums`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => [line.slice(67), line.slice(0, 64)])

export const PARTITION_TYPE = {
  efi: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B',
  windows: 'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7',
  linux: '0FC63DAF-8483-4772-8E79-3D69D8477DE4',
} as const

/** A disk with a GUID partition table and these file systems, one after the other from 1 MiB on. */
export function diskOf(parts: readonly { readonly type: string; readonly content: Uint8Array }[]): MemoryDisk {
  const blocksOf = (bytes: number): number => Math.ceil(bytes / 2 ** 20) * 2048
  const disk = new MemoryDisk(4096 + parts.reduce((n, p) => n + blocksOf(p.content.length), 0), true)
  let firstLba = 2048
  const partitions = parts.map(({ type, content }) => {
    const partition = { type, firstLba, blocks: blocksOf(content.length) }
    disk.bytes.set(content, firstLba * 512)
    firstLba += partition.blocks
    return partition
  })
  writeGpt(disk.bytes, partitions)
  return disk
}
