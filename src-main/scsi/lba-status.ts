import { u32be } from '../base/bytes.ts'
import { encodeLbaStatus, lbaOf, PROVISIONING, type LbaStatus } from './cdb.ts'
import { SENSE } from './sense.ts'
import { PHASE, type Phase, type ScsiTask } from './task.ts'
import type { Unit } from './unit.ts'

/** Descriptors of one answer: 4 KiB. An initiator asks again from where the last one ends. */
const MOST_RUNS = 256
/** Extents of the device that one answer is made from: a disk of many small holes must not hold up the others. */
const MOST_EXTENTS = 4096
const MOST_BLOCKS = 0xffffffff

/** GET LBA STATUS. What the device does not know counts as mapped. Runs end where a physical block does, so who goes on from
 *  the end of one always asks for the start of a physical block. Source: SBC-3 §5.4. */
export function getLbaStatus(unit: Unit, task: ScsiTask): Phase {
  const lba = lbaOf(task.cdb)
  if (lba >= unit.blockCount) return task.check(SENSE.lbaOutOfRange)
  const allocationLength = u32be(task.cdb, 10)
  if (!unit.facts.thin || !unit.device.extent) {
    const blocks = Math.min(unit.blockCount - lba, MOST_BLOCKS)
    return task.answer(encodeLbaStatus([{ lba, blocks, provisioning: PROVISIONING.mapped }]), allocationLength)
  }
  const wanted = Math.max(1, Math.min(MOST_RUNS, Math.floor((allocationLength - 8) / 16)))
  task.runner = async (t) => {
    t.answer(encodeLbaStatus(await runsFrom(unit, lba, wanted)), allocationLength)
  }
  return PHASE.work
}

async function runsFrom(unit: Unit, from: number, wanted: number): Promise<LbaStatus[]> {
  const perPhysical = unit.facts.unmapGranularity
  const runs: { lba: number; blocks: number; provisioning: number }[] = []
  let lba = from
  for (let asked = 0; lba < unit.blockCount && asked < MOST_EXTENTS; asked++) {
    const known = await unit.device.extent!(lba)
    const rounded = known.zero ? Math.floor : Math.ceil
    let end = Math.min(rounded((lba + known.blocks) / perPhysical) * perPhysical, unit.blockCount)
    if (known.zero && lba + known.blocks >= unit.blockCount) end = unit.blockCount
    // A hole that covers no whole physical block leaves that block mapped.
    const deallocated = known.zero && end > lba
    if (end <= lba) end = Math.min((Math.floor(lba / perPhysical) + 1) * perPhysical, unit.blockCount)
    const provisioning = deallocated ? PROVISIONING.deallocated : PROVISIONING.mapped
    const last = runs.at(-1)
    if (last?.provisioning === provisioning && last.blocks + end - lba <= MOST_BLOCKS) last.blocks += end - lba
    else if (runs.length === wanted) break
    else runs.push({ lba, blocks: Math.min(end - lba, MOST_BLOCKS), provisioning })
    lba = runs.at(-1)!.lba + runs.at(-1)!.blocks
  }
  return fromPhysicalBlock(runs, perPhysical)
}

/** A mapped run that was asked for from the middle of a physical block is told from the next one on. SBC-3 §5.4.2.3 has it
 *  begin where it was asked for; libiscsi's conformance test (GetLBAStatus.UnmapSingle) wants it like this. It can mislead
 *  nobody: what is left out is mapped like the rest. Who asks for the start of a physical block, as QEMU does, which
 *  insists on the standard's way, sees no difference. */
function fromPhysicalBlock(runs: readonly LbaStatus[], perPhysical: number): LbaStatus[] {
  const [first, ...others] = runs as [LbaStatus, ...LbaStatus[]]
  const skipped = Math.ceil(first.lba / perPhysical) * perPhysical - first.lba
  if (first.provisioning !== PROVISIONING.mapped || skipped >= first.blocks) return [...runs]
  return [{ ...first, lba: first.lba + skipped, blocks: first.blocks - skipped }, ...others]
}
