import { describe, expect, test } from 'vitest'
import { AppError } from '../../../../src-main/base/errors.ts'
import { createVhdx, inspectVhdx, openVhdx } from '../../../../src-main/disks/vhdx-device.ts'
import {
  checksumOf,
  HEADER_OFFSETS,
  MIB,
  REGION_TABLE_OFFSETS,
  viewOf,
} from '../../../../src-main/disks/vhdx/format.ts'
import { MemoryDisk } from '../../../support/memory-disk.ts'
import { seededRandom, type SeededRandom } from '../../../support/random.ts'
import { MemoryFile } from '../../../support/memory-file.ts'
import { PowerCuts, RecordingFile } from '../../../support/recording-file.ts'
import { SparseBytes } from '../../../support/sparse-bytes.ts'

const CASES = Number(process.env['BOOTLACE_FUZZ_CASES'] ?? 20_000)
const SEED = Number(process.env['BOOTLACE_SEED'] ?? 20261121)
const GUID = '01234567-89ab-4cde-8f01-23456789abcd'
const parent = { device: new MemoryDisk(8192, true), dataWriteGuid: GUID }

/** A file with blocks, bitmaps and a log that was not replayed. */
async function subject(child: boolean): Promise<SparseBytes> {
  const bytes = new SparseBytes()
  await createVhdx({
    file: new MemoryFile(bytes),
    sizeBytes: 4 * MIB,
    blockSizeBytes: MIB,
    ...(child && { parent: { dataWriteGuid: GUID, relativePath: 'x' } }),
  })
  const file = new RecordingFile(new MemoryFile(bytes))
  const device = await openVhdx(file, child ? { parent } : {})
  for (const lba of [0, 3000, 6000]) await device.write(lba, [new Uint8Array(4096).fill(0x42)])
  await device.flush()
  return new PowerCuts(file.record).at(file.record.flushes.at(-1)!.done, 'none')
}

interface Place {
  readonly position: number
  readonly length: number
  /** Where its checksum is counted over, from `position` on. */
  readonly sealed?: number
}
/** Log entries of `subject` begin at the second half: the first of a session is number 1. */
const LOG_ENTRY = MIB + MIB / 2
const PLACES: readonly Place[] = [
  { position: 0, length: 16 },
  ...HEADER_OFFSETS.map((position) => ({ position, length: 80, sealed: 4096 })),
  ...REGION_TABLE_OFFSETS.map((position) => ({ position, length: 80, sealed: 65536 })),
  { position: LOG_ENTRY, length: 64, sealed: 0 },
  { position: LOG_ENTRY, length: 192, sealed: 0 },
  { position: LOG_ENTRY + 4096, length: 4096, sealed: 0 },
  { position: 2 * MIB, length: 256 },
  { position: 2 * MIB + 65536, length: 128 },
  { position: 3 * MIB, length: 64 },
]

function damage(bytes: SparseBytes, random: SeededRandom): void {
  const place = PLACES[random.below(PLACES.length)]!
  const structure = new Uint8Array(place.length)
  bytes.read(place.position, structure)
  const view = viewOf(structure)
  for (let times = 1 + random.below(3); times > 0; times--) {
    const at = random.below(place.length / 4) * 4
    const value = [0, 1, 0xffff_ffff, 0x8000_0000, MIB, 4096, random.below(2 ** 31), 1 << random.below(31)]
    if (random.below(3) === 0) structure[at]! ^= 1 << random.below(8)
    else view.setUint32(at, value[random.below(value.length)]! >>> 0, true)
  }
  bytes.write(place.position, structure)
  if (place.sealed === undefined || random.below(5) === 0) return
  // With a right checksum the damage is believed, and gets further.
  const start = place.sealed === 0 ? LOG_ENTRY : place.position
  const header = new Uint8Array(16)
  bytes.read(start, header)
  const length = place.sealed === 0 ? Math.min(viewOf(header).getUint32(8, true), MIB) : place.sealed
  if (length < 16) return
  const sealed = new Uint8Array(length)
  bytes.read(start, sealed)
  viewOf(sealed).setUint32(4, checksumOf(sealed), true)
  bytes.write(start, sealed)
}

describe(`damaged files (seed ${SEED}, ${CASES} cases)`, () => {
  test('are refused with a reason or serve what they can; none hangs or takes memory', async () => {
    const random = seededRandom(SEED)
    const subjects = [await subject(false), await subject(true)]
    const into = new Uint8Array(64 * 1024)
    const codes = new Map<string, number>()
    let slowestMs = 0
    global.gc?.()
    const before = process.memoryUsage().rss
    for (let i = 0; i < CASES; i++) {
      const child = i % 2
      const bytes = subjects[child]!.copy()
      for (let times = 1 + random.below(2); times > 0; times--) damage(bytes, random)
      if (random.below(20) === 0) bytes.resize(random.below(7 * MIB))
      const started = performance.now()
      let code = 'opened'
      try {
        const file = new MemoryFile(bytes, { readOnly: random.below(3) === 0 })
        if (random.below(8) === 0) await inspectVhdx(file)
        const device = await openVhdx(file, child ? { parent } : {})
        const blocks = Math.min(16, device.blockCount)
        const lba = random.below(device.blockCount - blocks)
        await device.read(lba, into.subarray(0, blocks * device.blockSize))
        if (!device.readOnly) {
          await device.write(lba, [into.subarray(0, device.blockSize)])
          await device.zero(lba, blocks)
        }
        await device.close()
      } catch (e) {
        if (!(e instanceof AppError)) throw new Error(`case ${i}: ${String(e)}`, { cause: e })
        if (e.code === 'bug') throw new Error(`case ${i}: ${e.message}`, { cause: e })
        code = e.code
      }
      codes.set(code, (codes.get(code) ?? 0) + 1)
      slowestMs = Math.max(slowestMs, performance.now() - started)
    }
    expect(codes.get('opened')).toBeGreaterThan(CASES / 50)
    for (const code of ['disk.damaged', 'codec.value']) expect(codes.get(code), code).toBeGreaterThan(CASES / 50)
    // A hang would be minutes; what a busy machine adds is not counted.
    expect(slowestMs).toBeLessThan(5000)
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * MIB)
  }, 300_000)
})
