import { AppError } from '../../../src-main/base/errors.ts'
import type { BlockDevice } from '../../../src-main/disks/block-device.ts'
import type { DiskFile } from '../../../src-main/disks/disk-file.ts'
import { probeFormat, PROBE_HEAD, PROBE_TAIL, type ImageFormat } from '../../../src-main/disks/probe.ts'
import { openQcow2 } from '../../../src-main/disks/qcow2-device.ts'
import { rawDeviceOver } from '../../../src-main/disks/raw-device.ts'
import { openVhd } from '../../../src-main/disks/vhd/open.ts'
import { openVhdx } from '../../../src-main/disks/vhdx-device.ts'
import { openVmdk } from '../../../src-main/disks/vmdk-device.ts'
import type { MemoryFile } from '../memory-file.ts'
import type { SeededRandom } from '../random.ts'
import { SparseBytes } from '../sparse-bytes.ts'
import type { Subject } from './subject.ts'

const OPENERS: Readonly<Record<ImageFormat, (file: DiskFile) => BlockDevice | Promise<BlockDevice>>> = {
  raw: rawDeviceOver,
  iso: rawDeviceOver,
  vhd: (file) => openVhd(file),
  vhdx: (file) => openVhdx(file),
  qcow2: (file) => openQcow2(file),
  vmdk: (file) => openVmdk(file),
}

/** What the file seems to be. */
export function probed(file: MemoryFile): ImageFormat {
  const head = new Uint8Array(Math.min(PROBE_HEAD, file.sizeBytes))
  const tail = new Uint8Array(Math.min(PROBE_TAIL, file.sizeBytes))
  file.bytes.read(0, head)
  file.bytes.read(file.sizeBytes - tail.length, tail)
  return probeFormat(head, tail, file.sizeBytes)
}

const SIGNATURES: readonly string[] = [
  'vhdxfile',
  'conectix',
  'cxsparse',
  'QFI\xfb',
  'KDMV',
  'COWD',
  '# Disk DescriptorFile\n',
  'CD001',
]
/** Files of nothing, of noise and of signatures in all kinds of places, opened as what they seem to be.
 *  @param others images of every format, of which pieces are put together. */
export function probeSubject(cases: number, others: readonly Subject[]): Subject {
  const own = (bytes: SparseBytes, random: SeededRandom): boolean => {
    bytes.resize(0)
    const size = [0, 1, 3, 511, 512, 513, 1024, 2048, 32768 + 6, 70_000, 2 ** 21, 2 ** 43][random.below(12)]!
    for (let n = random.below(3); n > 0; n--) {
      const from = others[random.below(others.length)]!.image
      const piece = new Uint8Array(512 << random.below(9))
      from.read(random.below(3) === 0 ? Math.max(0, from.size - piece.length) : 0, piece)
      bytes.write(random.below(3) * 512, piece)
    }
    for (let n = random.below(4); n > 0; n--) {
      const at = [0, 1, 32768, 32769, 2048, Math.max(0, size - 512)][random.below(6)]!
      bytes.write(at, Buffer.from(SIGNATURES[random.below(SIGNATURES.length)]!, 'latin1'))
    }
    if (random.below(2) === 0) bytes.write(random.below(1024), random.bytes(random.below(600)))
    if (random.below(2) === 0) bytes.resize(size)
    return true
  }
  return {
    name: 'anything',
    cases,
    image: new SparseBytes(),
    writable: false,
    open: async (file) => {
      const format = probed(file)
      const open = OPENERS[format]
      if (!open) throw new AppError('bug', `the probe says ${format}`)
      return open(file)
    },
    fields: [],
    hot: [],
    seals: [],
    values: [],
    own,
  }
}
