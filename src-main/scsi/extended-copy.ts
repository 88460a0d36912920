import { fromHex, putU16be, putU32be, u16be, u24be, u32be, utf8Bytes } from '../base/bytes.ts'
import { flat, writable } from './block-commands.ts'
import { lba64 } from './cdb.ts'
import { VENDOR } from './inquiry.ts'
import { SENSE, type Sense } from './sense.ts'
import { PHASE, type Nexus, type Phase, type ScsiTask } from './task.ts'
import type { Unit } from './unit.ts'

/** What EXTENDED COPY takes: source and destination as VMware names them, and segments of 65535 blocks. */
const COPY_LIMITS = {
  targetDescriptors: 2,
  segmentDescriptors: 64,
  /** Bytes of all descriptors: as many as those. */
  descriptorListLength: 2 * 32 + 64 * 28,
  segmentBytes: 0xffff * 512,
  concurrentCopies: 1,
} as const

/** EXTENDED COPY within one disk: the blocks do not travel to the initiator and back. Other disks are no copy target.
 *  Source: SPC-4 §6.4 (EXTENDED COPY (LID1)), §6.18 (RECEIVE COPY RESULTS). */

const HEADER = 16
const TARGET_DESCRIPTOR = { length: 32, identification: 0xe4 } as const
const SEGMENT_DESCRIPTOR = { header: 4, blockToBlock: 0x02, blockToBlockLength: 28 } as const
const LIST_ID_USAGE = { hold: 0, discard: 2, none: 3 } as const
const CHUNK_BYTES = 1024 * 1024
/** Results of one nexus; the list identifier has a byte. */
const MOST_RESULTS = 256

interface Segment {
  readonly source: number
  readonly destination: number
  readonly blocks: number
}
interface CopyResult {
  readonly status: number
  readonly segments: number
  readonly blocks: number
}
const COPY_STATUS = { completed: 0x01, failed: 0x02 } as const

/** What came of the copies of each nexus, by list identifier. */
const results = new WeakMap<Nexus, Map<number, CopyResult>>()
function remember(nexus: Nexus, list: Uint8Array, result: CopyResult): void {
  const usage = (list[1]! >>> 3) & 3
  if (usage === LIST_ID_USAGE.none || usage === LIST_ID_USAGE.discard) return
  const known = results.get(nexus) ?? new Map<number, CopyResult>()
  results.set(nexus, known)
  known.set(list[0]!, result)
  if (known.size > MOST_RESULTS) known.delete(known.keys().next().value!)
}

/** EXTENDED COPY(LID1). */
export function extendedCopy(unit: Unit, task: ScsiTask): Phase {
  const length = u32be(task.cdb, 10)
  if (!writable(unit, task)) return PHASE.done
  if (length === 0) return PHASE.done
  if (length < HEADER || length > HEADER + COPY_LIMITS.descriptorListLength + SEGMENT_DESCRIPTOR.blockToBlockLength * 8)
    return task.check(SENSE.parameterListLengthError)
  task.dataOutLength = length
  task.runner = async (t, pieces) => {
    const list = flat(pieces)
    const segments = decodeCopy(unit, list, length)
    if (!Array.isArray(segments)) return void t.check(segments)
    let done = 0
    let blocks = 0
    try {
      for (const segment of segments) {
        await copySegment(unit, segment)
        done++
        blocks += segment.blocks
      }
      if (t.nexus.writeThrough || !unit.mode.writeCache) await unit.flush()
    } catch (thrown) {
      remember(t.nexus, list, { status: COPY_STATUS.failed, segments: done, blocks })
      throw thrown
    }
    remember(t.nexus, list, { status: COPY_STATUS.completed, segments: done, blocks })
  }
  return PHASE.dataOut
}

/** The segments of a parameter list, all of them checked; or why it is refused. */
function decodeCopy(unit: Unit, list: Uint8Array, length: number): Segment[] | Sense {
  if (list.length < length) return SENSE.parameterListLengthError
  const targetBytes = u16be(list, 2)
  const segmentBytes = u32be(list, 8)
  const inlineBytes = u32be(list, 12)
  if (inlineBytes > 0) return SENSE.inlineDataLengthExceeded
  if (HEADER + targetBytes + segmentBytes > length) return SENSE.parameterListLengthError
  if (targetBytes + segmentBytes > COPY_LIMITS.descriptorListLength) return SENSE.parameterListLengthError
  const segmentsAt = HEADER + targetBytes
  let targets = 0
  for (let at = HEADER; at < segmentsAt; at += TARGET_DESCRIPTOR.length) {
    if (list[at] !== TARGET_DESCRIPTOR.identification) return SENSE.unsupportedTargetDescriptorType
    if (at + TARGET_DESCRIPTOR.length > segmentsAt) return SENSE.parameterListLengthError
    if (++targets > COPY_LIMITS.targetDescriptors) return SENSE.tooManyTargetDescriptors
  }
  const found: number[] = []
  for (let at = segmentsAt; at < segmentsAt + segmentBytes;) {
    if (list[at] !== SEGMENT_DESCRIPTOR.blockToBlock) return SENSE.unsupportedSegmentDescriptorType
    const next = at + SEGMENT_DESCRIPTOR.blockToBlockLength
    if (next > segmentsAt + segmentBytes) return SENSE.parameterListLengthError
    if (u16be(list, at + 2) !== SEGMENT_DESCRIPTOR.blockToBlockLength - SEGMENT_DESCRIPTOR.header)
      return SENSE.invalidFieldInParameterList
    found.push(at)
    if (found.length > COPY_LIMITS.segmentDescriptors) return SENSE.tooManySegmentDescriptors
    at = next
  }
  for (let i = 0; i < targets; i++) {
    const refused = checkTarget(unit, list, HEADER + i * TARGET_DESCRIPTOR.length)
    if (refused) return refused
  }
  const segments: Segment[] = []
  for (const at of found) {
    if (u16be(list, at + 4) >= targets || u16be(list, at + 6) >= targets) return SENSE.unreachableCopyTarget
    const blocks = u16be(list, at + 10)
    const source = lba64(list, at + 12)
    const destination = lba64(list, at + 20)
    if (source + blocks > unit.blockCount || destination + blocks > unit.blockCount) return SENSE.copyAborted
    segments.push({ source, destination, blocks })
  }
  return segments
}

/** An identification descriptor must name this disk, by its NAA or its T10 designator. Source: SPC-4 §6.4.5.3. */
function checkTarget(unit: Unit, list: Uint8Array, at: number): Sense | undefined {
  // LU ID TYPE says nothing here: the descriptor is not one of a logical unit number.
  const NUL = 0x20
  if ((list[at + 1]! & NUL) !== 0) return SENSE.unreachableCopyTarget
  const type = list[at + 5]! & 0x0f
  const length = list[at + 7]!
  if (length > 20) return SENSE.invalidFieldInParameterList
  const designator = list.subarray(at + 8, at + 8 + length)
  const naa = fromHex(unit.facts.naa)
  const t10 = utf8Bytes(VENDOR.padEnd(8) + unit.facts.serial).subarray(0, 20)
  if (!(type === 3 && same(designator, naa)) && !(type === 1 && same(designator, t10)))
    return SENSE.unreachableCopyTarget
  if (u24be(list, at + 29) !== unit.blockSize) return SENSE.invalidFieldInParameterList
}
const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((v, i) => v === b[i])

async function copySegment(unit: Unit, { source, destination, blocks }: Segment): Promise<void> {
  const chunk = new Uint8Array(Math.min(blocks * unit.blockSize, CHUNK_BYTES))
  const step = chunk.length / unit.blockSize
  for (let done = 0; done < blocks; done += step) {
    const now = Math.min(step, blocks - done)
    const part = chunk.subarray(0, now * unit.blockSize)
    await unit.device.read(source + done, part)
    await unit.write(destination + done, [part])
  }
}

/** RECEIVE COPY RESULTS, COPY STATUS. */
export function receiveCopyStatus(_unit: Unit, task: ScsiTask): Phase {
  const COUNT_IN_BLOCKS = 0xf1
  const found = results.get(task.nexus)?.get(task.cdb[2]!)
  if (!found) return task.invalidField(2)
  const b = new Uint8Array(12)
  putU32be(b, 0, b.length - 4)
  b[4] = found.status
  putU16be(b, 5, found.segments)
  b[7] = COUNT_IN_BLOCKS
  putU32be(b, 8, found.blocks)
  return task.answer(b, u32be(task.cdb, 10))
}

/** RECEIVE COPY RESULTS, OPERATING PARAMETERS. Source: SPC-4 §6.18.4. */
export function receiveOperatingParameters(_unit: Unit, task: ScsiTask): Phase {
  const types = [SEGMENT_DESCRIPTOR.blockToBlock, TARGET_DESCRIPTOR.identification]
  const b = new Uint8Array(44 + types.length)
  putU32be(b, 0, b.length - 4)
  putU16be(b, 8, COPY_LIMITS.targetDescriptors)
  putU16be(b, 10, COPY_LIMITS.segmentDescriptors)
  putU32be(b, 12, COPY_LIMITS.descriptorListLength)
  putU32be(b, 16, COPY_LIMITS.segmentBytes)
  putU16be(b, 34, COPY_LIMITS.concurrentCopies)
  b[36] = COPY_LIMITS.concurrentCopies
  b[43] = types.length
  b.set(types, 44)
  return task.answer(b, u32be(task.cdb, 10))
}
