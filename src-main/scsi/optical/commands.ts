import { u16be, u32be } from '../../base/bytes.ts'
import { lbaOf, transferLengthOf } from '../cdb.ts'
import { ALWAYS, CommandTable, QUIET, rowsOf } from '../command-row.ts'
import { requestSense } from '../control-commands.ts'
import { DEVICE_TYPE, encodeStandardInquiry } from '../inquiry.ts'
import { encodeModeList, PAGE_CONTROL } from '../mode-pages.ts'
import { encodeReadCapacity10 } from '../read-capacity.ts'
import { encodeReportLuns } from '../report-luns.ts'
import { SENSE } from '../sense.ts'
import { reportSupportedOpcodes, reportTaskManagementFunctions } from '../supported-commands.ts'
import { PHASE, type Nexus, type Phase, type ScsiTask } from '../task.ts'
import { encodeOpticalVpdPage } from '../vpd.ts'
import * as format from './format.ts'

/** A CD or DVD drive as its commands see it. */
export interface OpticalDrive {
  readonly serial: string
  readonly naa: string
  readonly product: string
  readonly blockCount: number
  /** The tray is closed, with the disc in it. */
  readonly loaded: boolean
  /** Somebody prevents its removal. */
  readonly locked: boolean
  readonly maximumTransferLength: number
  prevent(by: Nexus, prevent: boolean): void
  /** Opens or closes the tray. @param by who knows of it already. */
  moveTray(by: Nexus, closed: boolean): void
  /** The oldest media event that this nexus has not heard of, one of MEDIA_EVENT; it has afterwards. */
  takeEvent(of: Nexus): number
}

const row = rowsOf<OpticalDrive>()

/** Runs a command that needs the disc. */
const withDisc =
  (start: (drive: OpticalDrive, task: ScsiTask) => Phase) =>
  (drive: OpticalDrive, task: ScsiTask): Phase =>
    drive.loaded ? start(drive, task) : task.check(SENSE.mediumNotPresentTrayOpen)
const done = (): Phase => PHASE.done

function inquiry(drive: OpticalDrive, task: ScsiTask): Phase {
  const EVPD = 0x01
  const allocationLength = u16be(task.cdb, 3)
  if ((task.cdb[1]! & EVPD) !== 0) {
    const page = encodeOpticalVpdPage(task.cdb[2]!, drive)
    return page ? task.answer(page, allocationLength) : task.invalidField(2)
  }
  if (task.cdb[2] !== 0) return task.invalidField(2)
  const data = encodeStandardInquiry({ product: drive.product, peripheral: DEVICE_TYPE.cd, removable: true })
  return task.answer(data, allocationLength)
}

function reportLuns(_drive: OpticalDrive, task: ScsiTask): Phase {
  const select = task.cdb[2]!
  if (select > 2) return task.invalidField(2)
  return task.answer(encodeReportLuns(select === 1 ? [] : task.nexus.lunFields), u32be(task.cdb, 6))
}

/** READ(10, 12). */
function read(drive: OpticalDrive, task: ScsiTask): Phase {
  task.lba = lbaOf(task.cdb)
  task.blocks = transferLengthOf(task.cdb)
  if (task.lba >= drive.blockCount || task.lba + task.blocks > drive.blockCount) {
    return task.check(SENSE.lbaOutOfRange)
  }
  if (task.blocks > drive.maximumTransferLength) return task.invalidField()
  return task.blocks === 0 ? PHASE.done : PHASE.read
}
function seek(drive: OpticalDrive, task: ScsiTask): Phase {
  return lbaOf(task.cdb) < drive.blockCount ? PHASE.done : task.check(SENSE.lbaOutOfRange)
}

/** START STOP UNIT: LOEJ opens or closes the tray, as far as nobody prevents it. Source: MMC-6 §6.42. */
function startStopUnit(drive: OpticalDrive, task: ScsiTask): Phase {
  const POWER_CONDITION = 0xf0
  const LOEJ = 0x02
  const START = 0x01
  if ((task.cdb[4]! & POWER_CONDITION) !== 0 || (task.cdb[4]! & LOEJ) === 0) return PHASE.done
  const close = (task.cdb[4]! & START) !== 0
  if (!close && drive.locked) return task.check(SENSE.mediumRemovalPrevented)
  drive.moveTray(task.nexus, close)
  return PHASE.done
}
function preventAllow(drive: OpticalDrive, task: ScsiTask): Phase {
  const PREVENT = 0x01
  drive.prevent(task.nexus, (task.cdb[4]! & PREVENT) !== 0)
  return PHASE.done
}

/** MODE SENSE(6, 10). */
function modeSense(drive: OpticalDrive, task: ScsiTask): Phase {
  const long = task.cdb[0] === 0x5a
  const control = task.cdb[2]! >>> 6
  if (control === PAGE_CONTROL.saved) return task.check(SENSE.savingParametersNotSupported)
  const ALL_SUBPAGES = 0xff
  if (task.cdb[3] !== 0 && task.cdb[3] !== ALL_SUBPAGES) return task.invalidField(3)
  const changeable = control === PAGE_CONTROL.changeable
  const pages = format.encodeOpticalModePages(task.cdb[2]! & 0x3f, changeable, drive.locked)
  if (!pages) return task.invalidField(2)
  return task.answer(encodeModeList({ long, deviceSpecific: 0 }, pages), long ? u16be(task.cdb, 7) : task.cdb[4]!)
}

/** READ TOC/PMA/ATIP. Old drivers put the format into the last byte. Source: MMC-6 §6.25, SFF-8020i §9.8.15. */
function readToc(drive: OpticalDrive, task: ScsiTask): Phase {
  const msf = (task.cdb[1]! & 0x02) !== 0
  const allocationLength = u16be(task.cdb, 7)
  const from = task.cdb[6]!
  switch ((task.cdb[2]! & 0x0f) | (task.cdb[9]! >>> 6)) {
    case 0: {
      const toc = format.encodeToc(drive.blockCount, from, msf)
      return toc ? task.answer(toc, allocationLength) : task.invalidField(6)
    }
    case 1:
      return task.answer(format.encodeSessions(msf), allocationLength)
    case 2:
      if (from > 1) return task.invalidField(6)
      return task.answer(format.encodeFullToc(drive.blockCount), allocationLength)
    default:
      return task.invalidField(2)
  }
}

function getConfiguration(drive: OpticalDrive, task: ScsiTask): Phase {
  const requested = task.cdb[1]! & 0x03
  if (requested > format.REQUESTED.one) return task.invalidField(1)
  const profile = drive.loaded ? format.profileOf(drive.blockCount) : format.PROFILE.none
  const { serial } = drive
  const data = format.encodeConfiguration({ requested, from: u16be(task.cdb, 2), profile, serial })
  return task.answer(data, u16be(task.cdb, 7))
}

/** Only polled: there is no task that waits for an event. */
function getEventStatus(drive: OpticalDrive, task: ScsiTask): Phase {
  const POLLED = 0x01
  const MEDIA = 0x10
  if ((task.cdb[1]! & POLLED) === 0) return task.invalidField(1)
  const wanted = (task.cdb[4]! & MEDIA) !== 0
  const event = wanted ? drive.takeEvent(task.nexus) : format.MEDIA_EVENT.none
  return task.answer(format.encodeEventStatus(wanted, event, drive.loaded), u16be(task.cdb, 7))
}

function readDiscInformation(_drive: OpticalDrive, task: ScsiTask): Phase {
  if ((task.cdb[1]! & 0x07) !== 0) return task.invalidField(1)
  return task.answer(format.encodeDiscInformation(), u16be(task.cdb, 7))
}
function readTrackInformation(drive: OpticalDrive, task: ScsiTask): Phase {
  const BY_LBA = 0
  const type = task.cdb[1]! & 0x03
  const of = u32be(task.cdb, 2)
  if (type > 2) return task.invalidField(1)
  if (type === BY_LBA ? of >= drive.blockCount : of !== 1) return task.invalidField(2)
  return task.answer(format.encodeTrackInformation(drive.blockCount), u16be(task.cdb, 7))
}
function readDvdStructure(drive: OpticalDrive, task: ScsiTask): Phase {
  if (format.profileOf(drive.blockCount) !== format.PROFILE.dvdRom) {
    return task.check(SENSE.cannotReadIncompatibleFormat)
  }
  if (task.cdb[6] !== 0) return task.invalidField(6)
  const data = format.encodeDvdStructure(task.cdb[7]!, drive.blockCount)
  return data ? task.answer(data, u16be(task.cdb, 8)) : task.invalidField(7)
}

export const OPTICAL_COMMANDS: CommandTable<OpticalDrive> = new CommandTable([
  row(0x00, 'TEST UNIT READY', 'none', '00 00 00 00 00 00', withDisc(done)),
  row(0x03, 'REQUEST SENSE', 'in', '03 01 00 00 ff 00', requestSense, QUIET),
  row(0x12, 'INQUIRY', 'in', '12 01 ff ff ff 00', inquiry, QUIET),
  row(0x1a, 'MODE SENSE(6)', 'in', '1a 08 ff ff ff 00', modeSense),
  row(0x1b, 'START STOP UNIT', 'none', '1b 01 00 0f f7 00', startStopUnit),
  row(0x1e, 'PREVENT ALLOW MEDIUM REMOVAL', 'none', '1e 00 00 00 03 00', preventAllow),
  row(0x25, 'READ CAPACITY(10)', 'in', '25 00 00 00 00 00 00 00 00 00', withDisc(readCapacity)),
  row(0x28, 'READ(10)', 'in', '28 18 ff ff ff ff 1f ff ff 00', withDisc(read)),
  row(0x2b, 'SEEK(10)', 'none', '2b 00 ff ff ff ff 00 00 00 00', withDisc(seek)),
  row(0x35, 'SYNCHRONIZE CACHE(10)', 'none', '35 06 ff ff ff ff 1f ff ff 00', withDisc(done)),
  row(0x43, 'READ TOC/PMA/ATIP', 'in', '43 02 0f 00 00 00 ff ff ff c0', withDisc(readToc)),
  row(0x46, 'GET CONFIGURATION', 'in', '46 03 ff ff 00 00 00 ff ff 00', getConfiguration, QUIET),
  row(0x4a, 'GET EVENT STATUS NOTIFICATION', 'in', '4a 01 00 00 ff 00 00 ff ff 00', getEventStatus, QUIET),
  row(0x51, 'READ DISC INFORMATION', 'in', '51 07 00 00 00 00 00 ff ff 00', withDisc(readDiscInformation)),
  row(0x52, 'READ TRACK INFORMATION', 'in', '52 07 ff ff ff ff 00 ff ff 00', withDisc(readTrackInformation)),
  row(0x5a, 'MODE SENSE(10)', 'in', '5a 18 ff ff 00 00 00 ff ff 00', modeSense),
  row(0xa0, 'REPORT LUNS', 'in', 'a0 00 ff 00 00 00 ff ff ff ff 00 00', reportLuns, QUIET),
  row(0xa3, 'REPORT SUPPORTED OPERATION CODES', 'in', 'a3 1f 87 ff ff ff ff ff ff ff 00 00', reportThese, {
    serviceAction: 0x0c,
  }),
  row(
    0xa3,
    'REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS',
    'in',
    'a3 1f 80 00 00 00 ff ff ff ff 00 00',
    reportTaskManagementFunctions,
    { serviceAction: 0x0d, ...ALWAYS },
  ),
  row(0xa8, 'READ(12)', 'in', 'a8 18 ff ff ff ff ff ff ff ff 9f 00', withDisc(read)),
  row(0xad, 'READ DVD STRUCTURE', 'in', 'ad 0f ff ff ff ff ff ff ff ff c0 00', withDisc(readDvdStructure)),
  row(0xbd, 'MECHANISM STATUS', 'in', 'bd 00 00 00 00 00 00 00 ff ff 00 00', mechanismStatus),
])

function readCapacity(drive: OpticalDrive, task: ScsiTask): Phase {
  return task.answer(encodeReadCapacity10(drive.blockCount, format.SECTOR), 8)
}
function mechanismStatus(drive: OpticalDrive, task: ScsiTask): Phase {
  return task.answer(format.encodeMechanismStatus(drive.loaded), u16be(task.cdb, 8))
}
function reportThese(drive: OpticalDrive, task: ScsiTask): Phase {
  return reportSupportedOpcodes(OPTICAL_COMMANDS, drive, task)
}
