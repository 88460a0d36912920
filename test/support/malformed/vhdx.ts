import { createVhdx, inspectVhdx, openVhdx } from '../../../src-main/disks/vhdx-device.ts'
import {
  BAT_ENTRY_BYTES,
  checksumOf,
  decodeHeader,
  HEADER_BYTES,
  HEADER_OFFSETS,
  REGION_TABLE_BYTES,
  REGION_TABLE_OFFSETS,
  viewOf,
} from '../../../src-main/disks/vhdx/format.ts'
import { encodeLogEntry, LOG_SECTOR, type LogUpdate } from '../../../src-main/disks/vhdx/log-format.ts'
import { MemoryDisk } from '../memory-disk.ts'
import { MemoryFile } from '../memory-file.ts'
import type { SeededRandom } from '../random.ts'
import { PowerCuts, RecordingFile } from '../recording-file.ts'
import type { SparseBytes } from '../sparse-bytes.ts'
import { fieldsAt, type Field, type Seal, type Subject } from './subject.ts'

const MIB = 2 ** 20
const GUID = '01234567-89ab-4cde-8f01-23456789abcd'
const LOG = MIB
/** The first entry of a session has number 1, which goes into the second half. */
const ENTRY = LOG + MIB / 2
const METADATA = 2 * MIB
const BAT = 3 * MIB

function seal(from: number, lengthOf: (bytes: SparseBytes) => number, length: number): Seal {
  return {
    from,
    length,
    close: (bytes) => {
      const b = new Uint8Array(lengthOf(bytes))
      if (b.length < 16 || from + b.length > bytes.size) return
      bytes.read(from, b)
      viewOf(b).setUint32(4, checksumOf(b), true)
      bytes.write(from, b)
    },
  }
}
const SEALS: readonly Seal[] = [
  ...HEADER_OFFSETS.map((at) => seal(at, () => HEADER_BYTES, HEADER_BYTES)),
  ...REGION_TABLE_OFFSETS.map((at) => seal(at, () => REGION_TABLE_BYTES, REGION_TABLE_BYTES)),
  seal(
    ENTRY,
    (bytes) => {
      const head = new Uint8Array(16)
      bytes.read(ENTRY, head)
      return Math.min(viewOf(head).getUint32(8, true), MIB / 2)
    },
    MIB / 2,
  ),
]
const HEADER_FIELDS = HEADER_OFFSETS.flatMap((at) => [
  ...fieldsAt(at + 8, 'little', 8),
  ...fieldsAt(at + 64, 'little', 2, 2, 4, 8),
])
const REGION_FIELDS = REGION_TABLE_OFFSETS.flatMap((at) => [
  ...fieldsAt(at + 8, 'little', 4),
  ...fieldsAt(at + 16 + 16, 'little', 8, 4, 4),
  ...fieldsAt(at + 48 + 16, 'little', 8, 4, 4),
])
const METADATA_FIELDS: readonly Field[] = [
  ...fieldsAt(METADATA + 10, 'little', 2),
  ...[0, 1, 2, 3, 4, 5].flatMap((i) => fieldsAt(METADATA + 32 + i * 32 + 16, 'little', 4, 4, 4)),
  // Block size and flags, disk size, disk id, both sector sizes.
  ...fieldsAt(METADATA + 65536, 'little', 4, 4, 8, 8, 8, 4, 4, 4, 4),
  // Parent locator: how many pairs, and where they are.
  ...fieldsAt(METADATA + 65536 + 48 + 16, 'little', 2, 2, 4, 4, 2, 2, 4, 4, 2, 2, 4, 4, 2, 2),
]
const BAT_FIELDS = fieldsAt(BAT, 'little', 8, 8, 8, 8, 8)
const LOG_FIELDS: readonly Field[] = [
  ...fieldsAt(ENTRY + 8, 'little', 4, 4, 8, 4),
  ...fieldsAt(ENTRY + 48, 'little', 8, 8),
  ...[0, 1, 2].flatMap((i) => fieldsAt(ENTRY + 64 + i * 32, 'little', 4, 4, 8, 8, 8)),
  ...fieldsAt(ENTRY + 4096, 'little', 4, 4),
  ...fieldsAt(ENTRY + 8188, 'little', 4),
]

const parent = { device: new MemoryDisk((4 * MIB) / 512, true), dataWriteGuid: GUID }
parent.device.log.push = () => 0

/** A file with three blocks. @param closed else it was left with a log that must be replayed. */
async function imageOf(kind: 'fixed' | 'dynamic' | 'child', closed: boolean): Promise<SparseBytes> {
  const memory = new MemoryFile()
  await createVhdx({
    file: memory,
    sizeBytes: 4 * MIB,
    blockSizeBytes: MIB,
    fixed: kind === 'fixed',
    ...(kind === 'child' && { parent: { dataWriteGuid: GUID, relativePath: 'x', absolutePath: 'C:\\x' } }),
  })
  const file = new RecordingFile(memory)
  const device = await openVhdx(file, kind === 'child' ? { parent } : {})
  for (const lba of [0, 3000, 6000]) await device.write(lba, [new Uint8Array(4096).fill(0x42)])
  await device.flush()
  if (!closed) return new PowerCuts(file.record).at(file.record.flushes.at(-1)!.done, 'none')
  await device.close()
  return memory.bytes
}

/** A log made up freely, each entry with a right checksum. */
function rewriteLog(bytes: SparseBytes, random: SeededRandom): boolean {
  const head = new Uint8Array(HEADER_BYTES)
  bytes.read(HEADER_OFFSETS[0], head)
  const { logGuid } = decodeHeader(head)
  const place = (): number => [0, 1, 2, 3, 4, 5, 6, 7, 2 ** 20, 2 ** 26, 2 ** 32][random.below(11)]! * MIB
  const sector = (): number => random.below(MIB / LOG_SECTOR) * LOG_SECTOR
  bytes.zero(LOG, MIB)
  const count = 1 + random.below(6)
  let at = random.below(2) === 0 ? 0 : sector()
  const tail = at
  let sequenceNumber = 1n + BigInt(random.below(5))
  for (let i = 0; i < count; i++) {
    const updates = Array.from({ length: random.below(5) }, (): LogUpdate => {
      const fileOffset = place() + random.below(3) * LOG_SECTOR
      if (random.below(2) === 0) return { is: 'zero', fileOffset, length: random.below(4) * LOG_SECTOR + place() }
      return { is: 'data', fileOffset, data: new Uint8Array(LOG_SECTOR).fill(random.below(256)) }
    })
    const entry = encodeLogEntry({
      tail: random.below(8) === 0 ? sector() : tail,
      sequenceNumber,
      logGuid,
      flushedFileOffset: random.below(4) === 0 ? place() : 0,
      lastFileOffset: random.below(4) === 0 ? place() : bytes.size - (bytes.size % MIB),
      updates,
    })
    // Around the end of the ring.
    const first = Math.min(entry.length, MIB - at)
    bytes.write(LOG + at, entry.subarray(0, first))
    bytes.write(LOG, entry.subarray(first))
    at = (at + entry.length + (random.below(10) === 0 ? LOG_SECTOR : 0)) % MIB
    sequenceNumber += random.below(10) === 0 ? 2n : 1n
  }
  return true
}

export async function vhdxSubjects(cases: number): Promise<Subject[]> {
  const subjects: Subject[] = []
  for (const kind of ['fixed', 'dynamic', 'child'] as const) {
    for (const closed of kind === 'fixed' ? [true] : [true, false]) {
      const image = await imageOf(kind, closed)
      const lists = [HEADER_FIELDS, REGION_FIELDS, METADATA_FIELDS, BAT_FIELDS, ...(closed ? [] : [LOG_FIELDS])]
      subjects.push({
        name: `VHDX, ${kind}${closed ? '' : ', with its log'}`,
        cases: kind === 'fixed' ? Math.ceil(cases / 3) : cases,
        image,
        writable: true,
        open: (file) => openVhdx(file, kind === 'child' ? { parent } : {}),
        inspect: inspectVhdx,
        fields: lists.flat(),
        hot: [
          [0, 16],
          ...HEADER_OFFSETS.map((at) => [at, at + 80] as const),
          ...REGION_TABLE_OFFSETS.map((at) => [at, at + 80] as const),
          [METADATA, METADATA + 256],
          [METADATA + 65536, METADATA + 65536 + 300],
          [BAT, BAT + 5 * BAT_ENTRY_BYTES],
          ...(closed
            ? []
            : ([
                [ENTRY, ENTRY + 200],
                [ENTRY + 4096, ENTRY + 12288],
              ] as const)),
        ],
        seals: SEALS,
        values: [1, 2, 3, 4, 5, 6, 7, 8].flatMap((n) => [
          BigInt(n),
          BigInt(n * MIB),
          // Table entries: a place and each state.
          ...[0, 1, 2, 3, 4, 5, 6, 7].map((state) => BigInt(n * MIB + state)),
        ]),
        ...(!closed && { own: (bytes, random) => random.below(3) === 0 && rewriteLog(bytes, random) }),
      })
    }
  }
  return subjects
}
