import { firstBytes } from '../base/pieces.ts'
import { decodeUnmapList, lbaOf, transferLengthOf } from './cdb.ts'
import type { Unit } from './unit.ts'
import { SENSE } from './sense.ts'
import { PHASE, type Phase, type ScsiTask } from './task.ts'

/** Commands that touch blocks. Source: SBC-3 §5. */

const FUA = 0x08

/** Sets lba and blocks; false when the range is not on the disk (the task has its status then). */
function range(unit: Unit, task: ScsiTask): boolean {
  task.lba = lbaOf(task.cdb)
  task.blocks = transferLengthOf(task.cdb)
  return onDisk(unit, task)
}
function onDisk(unit: Unit, task: ScsiTask): boolean {
  if (task.lba + task.blocks <= unit.blockCount && task.lba < unit.blockCount) return true
  task.check(SENSE.lbaOutOfRange)
  return false
}
function transferable(unit: Unit, task: ScsiTask): boolean {
  if (task.blocks <= unit.facts.maximumTransferLength) return true
  task.invalidField()
  return false
}
export function writable(unit: Unit, task: ScsiTask): boolean {
  if (!unit.writeProtected) return true
  task.check(unit.device.readOnly ? SENSE.writeProtected : SENSE.softwareWriteProtected)
  return false
}

/** READ(6, 10, 12, 16). FUA needs nothing: reads see what was written, cached or not. */
export function read(unit: Unit, task: ScsiTask): Phase {
  if (!range(unit, task) || !transferable(unit, task)) return PHASE.done
  return task.blocks === 0 ? PHASE.done : PHASE.read
}

/** PRE-FETCH(10, 16): the page cache decides what it keeps. */
export function prefetch(unit: Unit, task: ScsiTask): Phase {
  range(unit, task)
  return PHASE.done
}

/** Blocks that came in, for writes: an initiator may announce fewer bytes than its CDB asks for; whole blocks of what
 *  it sent are written and the residual tells the rest. */
function wholeBlocks(unit: Unit, pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  let bytes = 0
  for (const p of pieces) bytes += p.length
  const extra = bytes % unit.blockSize
  return extra === 0 ? pieces : firstBytes(pieces, bytes - extra)
}

/** Durable before GOOD where the initiator asks for it (FUA), switched the write cache off, or will never flush
 *  (loaders). */
const throughCache = (unit: Unit, task: ScsiTask): boolean => task.nexus.writeThrough || !unit.mode.writeCache
function settle(unit: Unit, task: ScsiTask, waiting: void | Promise<void>): void | Promise<void> {
  const through = throughCache(unit, task) || (task.cdb[0] !== 0x0a && (task.cdb[1]! & FUA) !== 0)
  if (!through) return waiting
  return waiting ? waiting.then(() => unit.flush()) : unit.flush()
}

/** WRITE(6, 10, 12, 16). */
export function write(unit: Unit, task: ScsiTask): Phase {
  if (!writable(unit, task) || !range(unit, task) || !transferable(unit, task)) return PHASE.done
  if (task.blocks === 0) return PHASE.done
  task.dataOutLength = task.blocks * unit.blockSize
  task.runner = unit.runWrite
  return PHASE.dataOut
}
export const runWrite =
  (unit: Unit) =>
  (task: ScsiTask, pieces: readonly Uint8Array[]): void | Promise<void> => {
    const blocks = wholeBlocks(unit, pieces)
    if (blocks.length > 0) return settle(unit, task, unit.write(task.lba, blocks))
  }

const BYTCHK_SHIFT = 1
/** WRITE AND VERIFY(10, 12, 16): durable, and compared with the sent data when BYTCHK is 1. */
export function writeAndVerify(unit: Unit, task: ScsiTask): Phase {
  const bytchk = (task.cdb[1]! >>> BYTCHK_SHIFT) & 3
  if (bytchk > 1) return task.invalidField(1)
  const phase = write(unit, task)
  if (phase === PHASE.dataOut) {
    task.runner = async (t, pieces) => {
      const blocks = wholeBlocks(unit, pieces)
      if (blocks.length === 0) return
      await unit.write(t.lba, blocks)
      await unit.flush()
      if (bytchk === 1) await compare(unit, t, t.lba, blocks)
    }
  }
  return phase
}

/** VERIFY(10, 12, 16). BYTCHK 0 reads the medium, 1 compares it with the sent blocks, 3 each block with one sent. */
export function verify(unit: Unit, task: ScsiTask): Phase {
  const bytchk = (task.cdb[1]! >>> BYTCHK_SHIFT) & 3
  if (bytchk === 2) return task.invalidField(1)
  if (!range(unit, task) || !transferable(unit, task)) return PHASE.done
  if (task.blocks === 0) return PHASE.done
  if (bytchk === 0) {
    task.runner = async (t) => {
      await unit.device.read(t.lba, new Uint8Array(t.blocks * unit.blockSize))
    }
    return PHASE.work
  }
  task.dataOutLength = bytchk === 3 ? unit.blockSize : task.blocks * unit.blockSize
  task.runner = async (t, pieces) => {
    const sent = wholeBlocks(unit, pieces)
    await compare(unit, t, t.lba, bytchk === 3 ? new Array<Uint8Array>(t.blocks).fill(flat(sent)) : sent)
  }
  return PHASE.dataOut
}

/** Gathered data as one piece. */
export function flat(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!
  const out = new Uint8Array(pieces.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const p of pieces) {
    out.set(p, at)
    at += p.length
  }
  return out
}

/** Compares the disk from `lba` on with the pieces; a difference ends the task with MISCOMPARE. */
async function compare(unit: Unit, task: ScsiTask, lba: number, pieces: readonly Uint8Array[]): Promise<boolean> {
  const wanted = flat(pieces)
  const stored = new Uint8Array(wanted.length)
  await unit.device.read(lba, stored)
  for (let i = 0; i < wanted.length; i++) {
    if (wanted[i] !== stored[i]) {
      task.check(SENSE.miscompare)
      return false
    }
  }
  return true
}

/** SYNCHRONIZE CACHE(10, 16). IMMED: the flush goes on after GOOD; if it fails the device fails every later write. */
export function synchronizeCache(unit: Unit, task: ScsiTask): Phase {
  const IMMED = 0x02
  task.lba = lbaOf(task.cdb)
  task.blocks = transferLengthOf(task.cdb)
  if (task.lba + task.blocks > unit.blockCount) return task.check(SENSE.lbaOutOfRange)
  if ((task.cdb[1]! & IMMED) !== 0) {
    unit.flush().catch((thrown: unknown) => {
      unit.logger.error({ err: thrown }, 'a flush that was not waited for failed; the disk takes no more writes')
    })
    return PHASE.done
  }
  task.runner = () => unit.flush()
  return PHASE.work
}

/** UNMAP. Source: SBC-3 §5.28. */
export function unmap(unit: Unit, task: ScsiTask): Phase {
  const length = (task.cdb[7]! << 8) | task.cdb[8]!
  if (!writable(unit, task)) return PHASE.done
  if (length === 0) return PHASE.done
  if (length < 8) return task.check(SENSE.parameterListLengthError)
  task.dataOutLength = length
  task.runner = async (t, pieces) => {
    const ranges = decodeUnmapList(flat(pieces))
    if (!ranges) return void t.check(SENSE.parameterListLengthError)
    if (ranges.length > unit.facts.maximumUnmapDescriptors) return void t.check(SENSE.invalidFieldInParameterList)
    for (const r of ranges) {
      if (r.lba + r.blocks > unit.blockCount) return void t.check(SENSE.lbaOutOfRange)
    }
    for (const r of ranges) if (r.blocks > 0) await unit.zero(r.lba, r.blocks)
    if (throughCache(unit, t)) await unit.flush()
  }
  return PHASE.dataOut
}

const WRITE_SAME_CHUNK = 1024 * 1024

/** WRITE SAME(10, 16). A number of blocks of 0 means: to the end of the disk. Source: SBC-3 §5.42, §5.43. */
export function writeSame(unit: Unit, task: ScsiTask): Phase {
  const UNMAP = 0x08
  const ANCHOR = 0x10
  const NDOB = 0x01
  const flags = task.cdb[1]!
  const withoutData = task.cdb[0] === 0x93 && (flags & NDOB) !== 0
  if (!writable(unit, task)) return PHASE.done
  if ((flags & ANCHOR) !== 0 || ((flags & UNMAP) !== 0 && !unit.facts.thin)) return task.invalidField(1)
  if (!range(unit, task)) return PHASE.done
  if (task.blocks === 0) task.blocks = unit.blockCount - task.lba
  if (task.blocks > unit.facts.maximumWriteSameLength) return task.invalidField()
  const { lba, blocks } = task
  if (withoutData) {
    task.runner = async (t) => {
      await unit.zero(lba, blocks)
      if (throughCache(unit, t)) await unit.flush()
    }
    return PHASE.work
  }
  if (task.expectedDataOut !== unit.blockSize) return task.invalidField()
  task.dataOutLength = unit.blockSize
  const unmapping = (flags & UNMAP) !== 0
  task.runner = async (t, pieces) => {
    const block = flat(pieces)
    // With UNMAP the pattern is not looked at: libiscsi's conformance test sends FFh and wants zeros back, as tgt and
    // LIO do it. Real initiators send zeros.
    if (unmapping || block.every((b) => b === 0)) await unit.zero(lba, blocks)
    else {
      const chunk = new Uint8Array(Math.min(blocks * unit.blockSize, WRITE_SAME_CHUNK))
      for (let at = 0; at < chunk.length; at += block.length) chunk.set(block, at)
      const chunkBlocks = chunk.length / unit.blockSize
      for (let done = 0; done < blocks; done += chunkBlocks) {
        const now = Math.min(chunkBlocks, blocks - done)
        await unit.write(lba + done, [chunk.subarray(0, now * unit.blockSize)])
      }
    }
    if (throughCache(unit, t)) await unit.flush()
  }
  return PHASE.dataOut
}

/** COMPARE AND WRITE: the first half of the data is compared, the second written when it was the same. No other write
 *  comes between. Source: SBC-3 §5.3. */
export function compareAndWrite(unit: Unit, task: ScsiTask): Phase {
  if (!writable(unit, task)) return PHASE.done
  task.lba = lbaOf(task.cdb)
  task.blocks = task.cdb[13]!
  if (!onDisk(unit, task)) return PHASE.done
  const half = task.blocks * unit.blockSize
  if (task.expectedDataOut !== half * 2) return task.invalidField()
  if (task.blocks === 0) return PHASE.done
  task.dataOutLength = half * 2
  task.runner = (t, pieces) =>
    unit.exclusively(async () => {
      const data = flat(pieces)
      if (!(await compare(unit, t, t.lba, [data.subarray(0, half)]))) return
      await unit.device.write(t.lba, [data.subarray(half)])
      if (throughCache(unit, t) || (t.cdb[1]! & FUA) !== 0) await unit.flush()
    })
  return PHASE.dataOut
}

/** ORWRITE(16), set operation. Source: SBC-3 §5.10. */
export function orWrite(unit: Unit, task: ScsiTask): Phase {
  const phase = write(unit, task)
  if (phase === PHASE.dataOut) {
    task.runner = (t, pieces) =>
      unit.exclusively(async () => {
        const data = flat(wholeBlocks(unit, pieces))
        if (data.length === 0) return
        const merged = new Uint8Array(data.length)
        await unit.device.read(t.lba, merged)
        for (let i = 0; i < data.length; i++) merged[i] = merged[i]! | data[i]!
        await unit.device.write(t.lba, [merged])
        if (throughCache(unit, t) || (t.cdb[1]! & FUA) !== 0) await unit.flush()
      })
  }
  return phase
}
