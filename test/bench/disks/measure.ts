import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import type { BlockDevice } from '../../../src-main/disks/block-device.ts'
import type { DiskFormat, DiskRecord } from '../../../src-main/disks/disk-record.ts'
import { createRawDisk } from '../../../src-main/disks/raw-device.ts'
import { createVhd } from '../../../src-main/disks/vhd/create.ts'
import { openVhd, type VhdDevice } from '../../../src-main/disks/vhd/open.ts'
import { createVhdx, openVhdx, type VhdxDevice } from '../../../src-main/disks/vhdx-device.ts'
import { CountingFile } from '../../support/counting-file.ts'
import { seededRandom } from '../../support/random.ts'
import { openSteadyFile } from './steady-file.ts'

export const MIB = 2 ** 20
export const GIB = 2 ** 30
export const SECTORS_4K = 8

/** One line of the table. */
export interface Row {
  readonly section: string
  readonly what: string
  readonly value: number
  readonly unit: string
  /** What is promised: `value` may not be larger. */
  readonly atMost?: number
  readonly note?: string
}

export const median = (list: readonly number[]): number =>
  [...list].sort((a, b) => a - b)[Math.floor((list.length - 1) / 2)]!
/** Bytes that the file takes on this host. */
export const realBytes = (path: string): number => statSync(path).blocks * 512

/** Runs all of them in each round, and each round in another order, so that what else the machine does hits all alike.
 *  Returns the milliseconds of each, by round. */
export async function interleaved<K extends string>(
  rounds: number,
  works: Readonly<Record<K, () => void | Promise<void>>>,
): Promise<Record<K, number[]>> {
  const names = Object.keys(works) as K[]
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as unknown as Record<K, number[]>
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round) % names.length]!
      const started = performance.now()
      await works[name]()
      times[name].push(performance.now() - started)
    }
  }
  return times
}
export const best = (times: readonly number[]): number => Math.min(...times)
/** Of the best rounds: on a busy machine those that nobody else had a part in. */
export const ratio = (times: readonly number[], to: readonly number[]): number => best(times) / best(to)

/** Random places of whole 4 KiB pieces, the same ones for the same seed. */
export function places(seed: number, count: number, sizeBytes: number): number[] {
  const random = seededRandom(seed)
  const pieces = sizeBytes / 4096
  return Array.from({ length: count }, () => random.below(pieces) * SECTORS_4K)
}

/** Reads 4 KiB at each place. */
export async function readAll(device: BlockDevice, at: readonly number[], into: Uint8Array): Promise<void> {
  for (const lba of at) {
    const waiting = device.read(lba, into)
    if (waiting) await waiting
  }
}

export type CloneFormat = 'vhd' | 'vhdx'

/** A record as the library keeps it. */
export const recordOf = (file: string, format: DiskFormat, sizeBytes: number, sealed: boolean): DiskRecord => ({
  name: file.replace(/\..*/, ''),
  file,
  format,
  sizeBytes,
  serial: 'BENCH',
  naa: '3000000000000001',
  createdMs: 0,
  ...(sealed && { sealedMs: 1, contentHash: '11'.repeat(32) }),
})

/** A device over a file whose calls are counted. */
export interface Counted {
  readonly device: VhdDevice | VhdxDevice
  readonly file: CountingFile
}

/** Who a device's children know it by. */
export function idOf(device: VhdDevice | VhdxDevice): string {
  return 'info' in device ? Buffer.from(device.info.footer.uniqueId).toString('hex') : device.dataWriteGuid
}

/** An empty disk, over `parent` if there is one; `shown` is what the child reads its parent through. */
export async function newDisk(
  format: CloneFormat,
  path: string,
  sizeBytes: number,
  parent?: { readonly device: VhdDevice | VhdxDevice; readonly shown?: BlockDevice },
): Promise<Counted> {
  const file = new CountingFile(await openSteadyFile(path, { create: true }))
  if (format === 'vhd') {
    const of = parent?.device as VhdDevice | undefined
    await createVhd(file, {
      kind: of ? 'differencing' : 'dynamic',
      sizeBytes,
      uniqueId: randomBytes(16),
      createdMs: 0,
      ...(of && { parent: { uniqueId: of.info.footer.uniqueId, modifiedMs: 0, fileName: 'parent.vhd' } }),
    })
    const open = of ? { parent: { device: parent!.shown ?? of, uniqueId: of.info.footer.uniqueId } } : {}
    return { device: await openVhd(file, open), file }
  }
  const of = parent?.device as VhdxDevice | undefined
  await createVhdx({
    file,
    sizeBytes,
    ...(of && { parent: { dataWriteGuid: of.dataWriteGuid, relativePath: './parent.vhdx' } }),
  })
  const open = of ? { parent: { device: parent!.shown ?? of, dataWriteGuid: of.dataWriteGuid } } : {}
  return { device: await openVhdx(file, open), file }
}

/** Seals it: the same file, read-only. */
export async function reopened(
  format: CloneFormat,
  path: string,
  old: Counted,
  parent?: VhdDevice | VhdxDevice,
): Promise<Counted> {
  await old.device.close()
  const file = new CountingFile(await openSteadyFile(path, { readOnly: true }))
  if (format === 'vhd') {
    const of = parent as VhdDevice | undefined
    const open = of ? { parent: { device: of, uniqueId: of.info.footer.uniqueId } } : {}
    return { device: await openVhd(file, open), file }
  }
  const of = parent as VhdxDevice | undefined
  const open = of ? { parent: { device: of, dataWriteGuid: of.dataWriteGuid } } : {}
  return { device: await openVhdx(file, open), file }
}

export { createRawDisk }
