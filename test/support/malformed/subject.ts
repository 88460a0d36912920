import type { BlockDevice } from '../../../src-main/disks/block-device.ts'
import type { MemoryFile } from '../memory-file.ts'
import type { SeededRandom } from '../random.ts'
import type { SparseBytes } from '../sparse-bytes.ts'

/** A number in a file. */
export interface Field {
  readonly at: number
  readonly width: 1 | 2 | 4 | 8
  readonly order: 'big' | 'little'
}
/** A structure with a checksum over itself. */
export interface Seal {
  readonly from: number
  readonly length: number
  /** Makes the checksum right. */
  readonly close: (bytes: SparseBytes) => void
}
/** An image that is damaged again and again. */
export interface Subject {
  readonly name: string
  /** How many damaged copies are tried. */
  readonly cases: number
  readonly image: SparseBytes
  readonly fields: readonly Field[]
  /** Where damage hurts, to be changed bit by bit. */
  readonly hot: readonly (readonly [from: number, to: number])[]
  readonly seals: readonly Seal[]
  /** Values that could be meant: places and sizes in the units of the format. */
  readonly values: readonly bigint[]
  /** Damage of its own, instead of the usual. Returns whether it did anything. */
  readonly own?: (bytes: SparseBytes, random: SeededRandom) => boolean
  readonly writable: boolean
  readonly open: (file: MemoryFile) => Promise<BlockDevice>
  /** What else looks at such files. */
  readonly inspect?: (file: MemoryFile) => Promise<unknown>
}

/** Numbers one behind the other. */
export function fieldsAt(at: number, order: Field['order'], ...widths: readonly Field['width'][]): Field[] {
  let next = at
  return widths.map((width) => {
    const field = { at: next, width, order }
    next += width
    return field
  })
}

const KIB = 1024n
const MIB = KIB * KIB
const GIB = KIB * MIB
const EDGES: readonly bigint[] = [
  ...[0n, 1n, 2n, 7n, 255n, 256n, 512n, 4096n, 65536n, 128n * KIB, MIB, 2n * MIB, 256n * MIB, GIB],
  ...[2040n * GIB, 64n * KIB * GIB, 2n ** 31n, 2n ** 32n, 2n ** 40n, 2n ** 44n, 2n ** 53n, 2n ** 62n, 2n ** 63n],
  ...[2n ** 64n, 0xffff_ffff_ffff_fe00n],
]

const pick = <T>(random: SeededRandom, list: readonly T[]): T => list[random.below(list.length)]!

function read(bytes: SparseBytes, { at, width, order }: Field): bigint {
  const b = new Uint8Array(width)
  bytes.read(at, b)
  if (order === 'little') b.reverse()
  return b.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
}
function put(bytes: SparseBytes, { at, width, order }: Field, value: bigint): void {
  const b = Uint8Array.from({ length: width }, (_, i) => Number((value >> BigInt(8 * (width - 1 - i))) & 0xffn))
  bytes.write(at, order === 'little' ? b.reverse() : b)
}

/** A number at or near a limit, or what another field says, or where something is. */
function value(subject: Subject, bytes: SparseBytes, field: Field, random: SeededRandom): bigint {
  const near = BigInt(random.below(3) - 1)
  switch (random.below(6)) {
    case 0:
    case 1:
      return pick(random, EDGES) + near
    case 2:
      return pick(random, subject.values) + (random.below(3) === 0 ? near : 0n)
    case 3:
      return read(bytes, pick(random, subject.fields))
    case 4:
      return read(bytes, field) + near
    default:
      return BigInt(random.below(2 ** 32)) << BigInt(random.below(33))
  }
}

/** Changes some bytes of the image. */
export function damage(subject: Subject, bytes: SparseBytes, random: SeededRandom): void {
  const touched: number[] = []
  for (let n = 1 + random.below(3); n > 0; n--) {
    const how = random.below(16)
    if (how < 9) {
      const field = pick(random, subject.fields)
      put(bytes, field, value(subject, bytes, field, random))
      touched.push(field.at)
    } else if (how < 14) {
      const [from, to] = pick(random, subject.hot)
      const at = from + random.below(to - from)
      const b = new Uint8Array(1)
      bytes.read(at, b)
      b[0]! ^= how < 13 ? 1 << random.below(8) : 1 + random.below(255)
      if (at < bytes.size) bytes.write(at, b)
      touched.push(at)
    } else if (how === 14) {
      const [[from, to], [other]] = [pick(random, subject.hot), pick(random, subject.hot)]
      const piece = new Uint8Array(Math.min(to - from, 16 << random.below(8)))
      bytes.read(from, piece)
      bytes.write(other, piece)
      touched.push(other)
    } else if (random.below(2) === 0) bytes.resize(random.below(bytes.size + 1))
    else if (random.below(4) === 0) bytes.resize(Number(pick(random, EDGES) % 2n ** 53n) + random.below(2) * 512)
  }
  // With a right checksum the damage is believed, and gets further.
  if (random.below(6) === 0) return
  for (const seal of subject.seals)
    if (touched.some((at) => at >= seal.from && at < seal.from + seal.length)) seal.close(bytes)
}
