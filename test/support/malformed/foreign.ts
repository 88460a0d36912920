import { openQcow2 } from '../../../src-main/disks/qcow2-device.ts'
import { openVmdk } from '../../../src-main/disks/vmdk-device.ts'
import { flatDescriptor, smallQcow2, smallVmdk } from '../foreign-images.ts'
import { MemoryFile } from '../memory-file.ts'
import type { SeededRandom } from '../random.ts'
import { SparseBytes } from '../sparse-bytes.ts'
import { fieldsAt, type Subject } from './subject.ts'

/** Formats that are only read. */
export function foreignSubjects(cases: number): Subject[] {
  const qcow2 = new SparseBytes(smallQcow2())
  const values = (unit: number, size: number): bigint[] =>
    Array.from({ length: Math.ceil(size / unit) + 1 }, (_, i) => BigInt(i * unit))
  const subjects: Subject[] = [
    {
      name: 'qcow2',
      cases,
      image: qcow2,
      writable: false,
      open: (file) => openQcow2(file),
      fields: [
        ...fieldsAt(4, 'big', 4, 8, 4, 4, 8, 4, 4, 8, 8, 4, 4, 8),
        ...fieldsAt(72, 'big', 8, 8, 8, 4, 4, 1),
        ...fieldsAt(4096, 'big', 8, 8),
        ...fieldsAt(8192, 'big', 8, 8, 8, 8),
      ],
      hot: [
        [0, 112],
        [4096, 4112],
        [8192, 8224],
        [16384, 16900],
      ],
      seals: [],
      values: [...values(4096, qcow2.size), 1n << 62n, 1n << 63n, 9n, 16n, 21n, 22n],
    },
  ]
  for (const compressed of [false, true]) {
    const image = new SparseBytes(smallVmdk(compressed))
    const footer = image.size - 1024
    const headerFields = (at: number) => [
      ...fieldsAt(at + 4, 'little', 4, 4, 8, 8, 8, 8, 4, 8, 8, 8),
      ...fieldsAt(at + 77, 'little', 2),
    ]
    subjects.push({
      name: `VMDK, ${compressed ? 'compressed' : 'sparse'}`,
      cases: Math.ceil(cases / 2),
      image,
      writable: false,
      open: (file) => openVmdk(file),
      fields: [
        ...headerFields(0),
        ...(compressed ? headerFields(footer) : []),
        ...fieldsAt(8 * 512, 'little', 4, 4, 4),
        ...fieldsAt(16 * 512, 'little', 4, 4, 4),
        ...fieldsAt(40 * 512, 'little', 8, 4),
      ],
      hot: [
        [0, 80],
        [512, 900],
        [4096, 4128],
        [8192, 8704],
        [20480, 20540],
        [footer, footer + 80],
      ],
      seals: [],
      values: values(1, 64),
    })
  }
  return [...subjects, descriptorSubject(Math.ceil(cases / 2))]
}

const WORDS: readonly string[] = [
  'RW 2048 FLAT "disk-flat.vmdk" 0\n',
  'RW 99999999999999999999 ZERO\n',
  'RW 17592186044416 ZERO\n',
  'RW 2048 FLAT "../x" 0\n',
  'RW 2048 FLAT "disk-flat.vmdk" 9007199254740993\n',
  'RW 2048 SPARSE "disk-flat.vmdk"\n',
  'NOACCESS 1 ZERO\n',
  'parentCID=12345678\n',
  'CID="\n',
  'a = "',
  'RW 0 ZERO\n',
  '"',
  '\n',
  ' '.repeat(3000),
  '\0',
  '\u{10ffff}',
]
/** Text is damaged word by word. */
function descriptorSubject(cases: number): Subject {
  const flat = new MemoryFile(new Uint8Array(2 ** 20), { path: 'flat' })
  const text = Buffer.from(flatDescriptor()).toString('latin1')
  const own = (bytes: SparseBytes, random: SeededRandom): boolean => {
    let changed = text
    for (let n = random.below(4); n >= 0; n--) {
      const at =
        random.below(4) === 0 ? random.below(changed.length) : changed.indexOf('\n', random.below(changed.length)) + 1
      changed = changed.slice(0, at) + WORDS[random.below(WORDS.length)]! + changed.slice(at + random.below(3))
    }
    bytes.resize(0)
    bytes.write(0, Buffer.from(changed, 'utf8'))
    return true
  }
  return {
    name: 'VMDK, descriptor',
    cases,
    image: new SparseBytes(Buffer.from(text, 'latin1')),
    writable: false,
    open: (file) => openVmdk(file, { openSibling: async () => flat.clone({ readOnly: true }) }),
    fields: [],
    hot: [],
    seals: [],
    values: [],
    own,
  }
}
