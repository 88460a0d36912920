import { createVhd } from '../../../src-main/disks/vhd/create.ts'
import { inspectVhd } from '../../../src-main/disks/vhd/layout.ts'
import { openVhd } from '../../../src-main/disks/vhd/open.ts'
import { MemoryDisk } from '../memory-disk.ts'
import { MemoryFile } from '../memory-file.ts'
import type { SparseBytes } from '../sparse-bytes.ts'
import { fieldsAt, type Field, type Seal, type Subject } from './subject.ts'

const MIB = 2 ** 20
const ID = new Uint8Array(16).fill(3)
const PARENT_ID = new Uint8Array(16).fill(4)

function seal(from: number, length: number, checksumAt: number): Seal {
  return {
    from,
    length,
    close: (bytes: SparseBytes) => {
      const b = Buffer.alloc(length)
      bytes.read(from, b)
      b.writeUInt32BE(0, checksumAt)
      b.writeUInt32BE(~b.reduce((sum, v) => sum + v, 0) >>> 0, checksumAt)
      if (from + length <= bytes.size) bytes.write(from, b)
    },
  }
}
/** Features to saved state; the id is damaged bit by bit. */
const footerFields = (at: number): Field[] => [
  ...fieldsAt(at + 8, 'big', 4, 4, 8, 4, 4, 4, 4, 8, 8, 2, 1, 1, 4, 4),
  ...fieldsAt(at + 84, 'big', 1),
]
const HEADER_FIELDS: readonly Field[] = [
  ...fieldsAt(512 + 8, 'big', 8, 8, 4, 4, 4),
  ...fieldsAt(512 + 56, 'big', 4),
  ...[0, 1, 7].flatMap((i) => fieldsAt(512 + 576 + i * 24, 'big', 4, 4, 4, 4, 8)),
]

export async function vhdSubjects(cases: number): Promise<Subject[]> {
  const parent = { device: new MemoryDisk((2 * MIB) / 512, true), uniqueId: PARENT_ID }
  parent.device.log.push = () => 0
  const subjects: Subject[] = []
  for (const kind of ['fixed', 'dynamic', 'differencing'] as const) {
    const file = new MemoryFile()
    const paths = { fileName: 'p.vhd', relativePath: '.\\p.vhd', absolutePath: 'C:\\p.vhd' }
    await createVhd(file, {
      kind,
      sizeBytes: MIB,
      blockBytes: 128 * 1024,
      uniqueId: ID,
      createdMs: 0,
      ...(kind === 'differencing' && { parent: { uniqueId: PARENT_ID, modifiedMs: 0, ...paths } }),
    })
    const open: Subject['open'] = (f) => openVhd(f, kind === 'differencing' ? { parent } : {})
    const device = await open(file)
    for (const lba of [0, 260, 1000]) await device.write(lba, [new Uint8Array(512 * 3).fill(1)])
    await device.flush()
    const image = file.bytes
    const end = image.size - 512
    const sparse = kind !== 'fixed'
    const table = kind === 'differencing' ? 512 + 1024 + 1024 : 512 + 1024
    subjects.push({
      name: `VHD, ${kind}`,
      cases: sparse ? cases : Math.ceil(cases / 3),
      image,
      writable: true,
      open,
      inspect: inspectVhd,
      fields: [
        ...footerFields(end),
        ...(sparse ? [...footerFields(0), ...HEADER_FIELDS, ...fieldsAt(table, 'big', 4, 4, 4, 4, 4, 4, 4, 4)] : []),
      ],
      hot: [
        [end, end + 512],
        ...(sparse
          ? ([
              [0, 512],
              [512, 1536],
              [1536, table + 64],
            ] as const)
          : []),
      ],
      seals: [seal(end, 512, 64), ...(sparse ? [seal(0, 512, 64), seal(512, 1024, 36)] : [])],
      values: [0, 1, 3, 4, 512, 1024, table, end, image.size, end / 512, 7, 8, 9].map((n) => BigInt(n)),
    })
  }
  return subjects
}
