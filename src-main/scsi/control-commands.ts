import { u16be, u32be } from '../base/bytes.ts'
import { flat } from './block-commands.ts'
import { encodeStandardInquiry } from './inquiry.ts'
import type { Unit } from './unit.ts'
import { applyModeSelect, blockDeviceSpecific, encodeModeList, encodeModePages, PAGE_CONTROL } from './mode-pages.ts'
import { encodeReadCapacity10, encodeReadCapacity16 } from './read-capacity.ts'
import { encodeReportLuns } from './report-luns.ts'
import { PR_LIST_LENGTH, PR_OUT, type PrRefusal } from './reservation.ts'
import { encodeDescriptorSense, encodeFixedSense, SENSE } from './sense.ts'
import { PHASE, type Phase, type ScsiTask } from './task.ts'
import { encodeVpdPage } from './vpd.ts'

/** Commands about the unit itself. Source: SPC-4 §6, SBC-3 §5. */

export function testUnitReady(): Phase {
  return PHASE.done
}

/** Hands out a waiting unit attention as data, which clears it. Source: SPC-4 §6.39. */
export function requestSense(_unit: unknown, task: ScsiTask): Phase {
  const DESC = 0x01
  const sense = task.nexus.attentions.shift() ?? SENSE.none
  const data = (task.cdb[1]! & DESC) !== 0 ? encodeDescriptorSense(sense) : encodeFixedSense(sense)
  return task.answer(data, task.cdb[4]!)
}

export function inquiry(unit: Unit, task: ScsiTask): Phase {
  const EVPD = 0x01
  const code = task.cdb[2]!
  const allocationLength = u16be(task.cdb, 3)
  if ((task.cdb[1]! & EVPD) === 0) {
    return code !== 0
      ? task.invalidField(2)
      : task.answer(encodeStandardInquiry({ product: unit.facts.product, thirdPartyCopy: true }), allocationLength)
  }
  const page = encodeVpdPage(code, unit.facts)
  return page ? task.answer(page, allocationLength) : task.invalidField(2)
}

export function reportLuns(_unit: Unit, task: ScsiTask): Phase {
  const select = task.cdb[2]!
  if (select > 2) return task.invalidField(2)
  // Select 1 asks for well-known units, of which there are none.
  return task.answer(encodeReportLuns(select === 1 ? [] : task.nexus.lunFields), u32be(task.cdb, 6))
}

export function readCapacity10(unit: Unit, task: ScsiTask): Phase {
  return task.answer(encodeReadCapacity10(unit.blockCount, unit.blockSize), 8)
}
export function readCapacity16(unit: Unit, task: ScsiTask): Phase {
  const { blockCount, blockSize, physicalExponent, facts } = unit
  return task.answer(encodeReadCapacity16(blockCount, blockSize, physicalExponent, facts.thin), u32be(task.cdb, 10))
}

/** MODE SENSE(6, 10). */
export function modeSense(unit: Unit, task: ScsiTask): Phase {
  const DBD = 0x08
  const LLBAA = 0x10
  const long = task.cdb[0] === 0x5a
  const control = task.cdb[2]! >>> 6
  if (control === PAGE_CONTROL.saved) return task.check(SENSE.savingParametersNotSupported)
  const pages = encodeModePages(task.cdb[2]! & 0x3f, task.cdb[3]!, control, unit.mode)
  if (!pages) return task.invalidField(2)
  const withDescriptor = (task.cdb[1]! & DBD) === 0
  const { blockCount, blockSize } = unit
  const list = encodeModeList(
    {
      long,
      deviceSpecific: blockDeviceSpecific(unit.writeProtected),
      ...(withDescriptor
        ? { descriptor: { blockCount, blockSize, longLba: long && (task.cdb[1]! & LLBAA) !== 0 } }
        : {}),
    },
    pages,
  )
  return task.answer(list, long ? u16be(task.cdb, 7) : task.cdb[4]!)
}

/** MODE SELECT(6, 10): D_SENSE, SWP and WCE may change, for everybody. Nothing is saved. */
export function modeSelect(unit: Unit, task: ScsiTask): Phase {
  const PF = 0x10
  const SP = 0x01
  const long = task.cdb[0] === 0x55
  if ((task.cdb[1]! & PF) === 0 || (task.cdb[1]! & SP) !== 0) return task.invalidField(1)
  const length = long ? u16be(task.cdb, 7) : task.cdb[4]!
  if (length === 0) return PHASE.done
  task.dataOutLength = length
  task.runner = (t, pieces) => {
    const outcome = applyModeSelect(flat(pieces).subarray(0, length), long, unit.mode)
    if (outcome === 'listLength') return void t.check(SENSE.parameterListLengthError)
    if (outcome === 'invalidField') return void t.check(SENSE.invalidFieldInParameterList)
    if (outcome.state === unit.mode) return
    const flush = unit.mode.writeCache && !outcome.state.writeCache
    unit.mode = outcome.state
    unit.attentionToOthers(t.nexus, SENSE.modeParametersChanged)
    if (flush) return unit.flush()
  }
  return PHASE.dataOut
}

/** START STOP UNIT: a virtual disk has nothing to stop and nothing to eject; a stop is taken as a wish to flush. */
export function startStopUnit(unit: Unit, task: ScsiTask): Phase {
  const POWER_CONDITION = 0xf0
  const START = 0x01
  const LOEJ = 0x02
  if ((task.cdb[4]! & POWER_CONDITION) !== 0) return PHASE.done
  // A disk is no removable medium.
  if ((task.cdb[4]! & LOEJ) !== 0) return task.invalidField(4)
  if ((task.cdb[4]! & START) !== 0) return PHASE.done
  task.runner = () => unit.flush()
  return PHASE.work
}

export function preventAllowMediumRemoval(): Phase {
  return PHASE.done
}

export function reserve6(unit: Unit, task: ScsiTask): Phase {
  return unit.reservations.reserve6(task.nexus.portName) ? PHASE.done : task.conflict()
}
export function release6(unit: Unit, task: ScsiTask): Phase {
  unit.reservations.release6(task.nexus.portName)
  return PHASE.done
}

export function persistentReserveIn(unit: Unit, task: ScsiTask): Phase {
  if (unit.reservations.simpleReserved) return task.conflict()
  const data = unit.reservations.in(task.cdb[1]! & 0x1f)
  return data ? task.answer(data, u16be(task.cdb, 7)) : task.invalidField()
}

/** A REGISTER AND MOVE carries a TransportID; nothing sane is longer. */
const MOST_RESERVE_BYTES = 1024

export function persistentReserveOut(unit: Unit, task: ScsiTask): Phase {
  const length = u32be(task.cdb, 5)
  if (length < PR_LIST_LENGTH || length > MOST_RESERVE_BYTES) return task.check(SENSE.parameterListLengthError)
  task.dataOutLength = length
  task.runner = (t, pieces) => {
    const list = flat(pieces)
    if (list.length < length) return void t.check(SENSE.parameterListLengthError)
    const action = t.cdb[1]! & 0x1f
    const o = unit.reservations.out(t.nexus.portName, action, t.cdb[2]! >>> 4, t.cdb[2]! & 0x0f, list)
    if (!o.ok) return refuse(t, o.why)
    const cleared = action === PR_OUT.clear
    unit.attentionTo(o.preempted ?? [], cleared ? SENSE.reservationsPreempted : SENSE.registrationsPreempted)
    unit.attentionTo(o.released ?? [], SENSE.reservationsReleased)
    if (action !== PR_OUT.preemptAndAbort) return
    // Whoever fences another one off must not see its writes land afterwards.
    const working = unit.endTasksOf(o.preempted ?? [])
    t.waitsForOthers = working !== undefined
    return working
  }
  return PHASE.dataOut
}

function refuse(task: ScsiTask, why: PrRefusal): void {
  switch (why) {
    case 'conflict':
      return void task.conflict()
    case 'invalidField':
      return void task.invalidField()
    case 'invalidParameter':
      return void task.check(SENSE.invalidFieldInParameterList)
    case 'invalidRelease':
      return void task.check(SENSE.invalidReleaseOfPersistentReservation)
    case 'listLength':
      return void task.check(SENSE.parameterListLengthError)
  }
}
