import * as block from './block-commands.ts'
import { ALWAYS, CommandTable, QUIET, rowsOf, type CommandRow } from './command-row.ts'
import * as control from './control-commands.ts'
import { readDefectData10, readDefectData12 } from './defects.ts'
import * as copy from './extended-copy.ts'
import { getLbaStatus } from './lba-status.ts'
import { logSense } from './log-pages.ts'
import { PR_IN, PR_OUT } from './reservation.ts'
import { erasable, SANITIZE, sanitizeBlockErase, sanitizeExitFailureMode } from './sanitize.ts'
import { reportSupportedOpcodes, reportTaskManagementFunctions } from './supported-commands.ts'
import type { Phase, ScsiTask } from './task.ts'
import type { Unit } from './unit.ts'

const row = rowsOf<Unit>()
const thin = (unit: Unit): boolean => unit.facts.thin
const reportThese = (unit: Unit, task: ScsiTask): Phase => reportSupportedOpcodes(DISK_COMMANDS, unit, task)
/** `readKeys` as READ KEYS. */
const words = (name: string): string => name.replace(/[A-Z]/g, ' $&').toUpperCase()

/** Every command of a disk. What is not here is INVALID COMMAND OPERATION CODE. */
const COMMANDS: readonly CommandRow<Unit>[] = [
  row(0x00, 'TEST UNIT READY', 'none', '00 00 00 00 00 00', control.testUnitReady),
  row(0x03, 'REQUEST SENSE', 'in', '03 01 00 00 ff 00', control.requestSense, QUIET),
  row(0x08, 'READ(6)', 'in', '08 1f ff ff ff 00', block.read),
  row(0x0a, 'WRITE(6)', 'out', '0a 1f ff ff ff 00', block.write),
  row(0x12, 'INQUIRY', 'in', '12 01 ff ff ff 00', control.inquiry, QUIET),
  row(0x15, 'MODE SELECT(6)', 'out', '15 11 00 00 ff 00', control.modeSelect),
  row(0x16, 'RESERVE(6)', 'none', '16 00 00 00 00 00', control.reserve6, ALWAYS),
  row(0x17, 'RELEASE(6)', 'none', '17 00 00 00 00 00', control.release6, ALWAYS),
  row(0x1a, 'MODE SENSE(6)', 'in', '1a 08 ff ff ff 00', control.modeSense, { despiteSanitize: true }),
  row(0x1b, 'START STOP UNIT', 'none', '1b 01 00 0f f7 00', control.startStopUnit, { access: 'write' }),
  row(0x1e, 'PREVENT ALLOW MEDIUM REMOVAL', 'none', '1e 00 00 00 03 00', control.preventAllowMediumRemoval),
  row(0x25, 'READ CAPACITY(10)', 'in', '25 00 00 00 00 00 00 00 00 00', control.readCapacity10, ALWAYS),
  row(0x28, 'READ(10)', 'in', '28 18 ff ff ff ff 1f ff ff 00', block.read),
  row(0x2a, 'WRITE(10)', 'out', '2a 18 ff ff ff ff 1f ff ff 00', block.write),
  row(0x2e, 'WRITE AND VERIFY(10)', 'out', '2e 16 ff ff ff ff 1f ff ff 00', block.writeAndVerify),
  row(0x2f, 'VERIFY(10)', 'out', '2f 16 ff ff ff ff 1f ff ff 00', block.verify, { access: 'read' }),
  row(0x34, 'PRE-FETCH(10)', 'none', '34 02 ff ff ff ff 1f ff ff 00', block.prefetch, { access: 'read' }),
  row(0x35, 'SYNCHRONIZE CACHE(10)', 'none', '35 06 ff ff ff ff 1f ff ff 00', block.synchronizeCache, {
    access: 'write',
  }),
  row(0x37, 'READ DEFECT DATA(10)', 'in', '37 00 1f 00 00 00 00 ff ff 00', readDefectData10),
  row(0x41, 'WRITE SAME(10)', 'out', '41 18 ff ff ff ff 1f ff ff 00', block.writeSame),
  row(0x42, 'UNMAP', 'out', '42 00 00 00 00 00 00 ff ff 00', block.unmap, { offered: thin }),
  row(0x48, 'SANITIZE, BLOCK ERASE', 'none', '48 bf 00 00 00 00 00 ff ff 00', sanitizeBlockErase, {
    serviceAction: SANITIZE.blockErase,
    access: 'write',
    offered: erasable,
    despiteSanitize: true,
  }),
  row(0x48, 'SANITIZE, EXIT FAILURE MODE', 'none', '48 bf 00 00 00 00 00 ff ff 00', sanitizeExitFailureMode, {
    serviceAction: SANITIZE.exitFailureMode,
    access: 'write',
    offered: erasable,
    despiteSanitize: true,
  }),
  row(0x4d, 'LOG SENSE', 'in', '4d 00 ff ff 00 ff ff ff ff 00', logSense, { despiteSanitize: true }),
  row(0x55, 'MODE SELECT(10)', 'out', '55 11 00 00 00 00 00 ff ff 00', control.modeSelect),
  row(0x5a, 'MODE SENSE(10)', 'in', '5a 18 ff ff 00 00 00 ff ff 00', control.modeSense, { despiteSanitize: true }),
  ...Object.entries(PR_IN).map(([name, serviceAction]) =>
    row(
      0x5e,
      `PERSISTENT RESERVE IN, ${words(name)}`,
      'in',
      '5e 1f 00 00 00 00 00 ff ff 00',
      control.persistentReserveIn,
      {
        serviceAction,
        access: 'always',
      },
    ),
  ),
  ...Object.entries(PR_OUT).map(([name, serviceAction]) =>
    row(
      0x5f,
      `PERSISTENT RESERVE OUT, ${words(name)}`,
      'out',
      '5f 1f ff 00 00 ff ff ff ff 00',
      control.persistentReserveOut,
      {
        serviceAction,
        access: 'always',
      },
    ),
  ),
  row(0x83, 'EXTENDED COPY(LID1)', 'out', '83 1f 00 00 00 00 00 00 00 00 ff ff ff ff 00 00', copy.extendedCopy, {
    serviceAction: 0x00,
  }),
  row(
    0x84,
    'RECEIVE COPY STATUS(LID1)',
    'in',
    '84 1f ff 00 00 00 00 00 00 00 ff ff ff ff 00 00',
    copy.receiveCopyStatus,
    {
      serviceAction: 0x00,
      access: 'always',
    },
  ),
  row(
    0x84,
    'RECEIVE COPY OPERATING PARAMETERS',
    'in',
    '84 1f ff 00 00 00 00 00 00 00 ff ff ff ff 00 00',
    copy.receiveOperatingParameters,
    { serviceAction: 0x03, access: 'always' },
  ),
  row(0x88, 'READ(16)', 'in', '88 18 ff ff ff ff ff ff ff ff ff ff ff ff 1f 00', block.read),
  row(0x89, 'COMPARE AND WRITE', 'out', '89 18 ff ff ff ff ff ff ff ff 00 00 00 ff 00 00', block.compareAndWrite),
  row(0x8a, 'WRITE(16)', 'out', '8a 18 ff ff ff ff ff ff ff ff ff ff ff ff 1f 00', block.write),
  row(0x8b, 'ORWRITE(16)', 'out', '8b 18 ff ff ff ff ff ff ff ff ff ff ff ff 1f 00', block.orWrite),
  row(0x8e, 'WRITE AND VERIFY(16)', 'out', '8e 16 ff ff ff ff ff ff ff ff ff ff ff ff 1f 00', block.writeAndVerify),
  row(0x8f, 'VERIFY(16)', 'out', '8f 16 ff ff ff ff ff ff ff ff ff ff ff ff 1f 00', block.verify, { access: 'read' }),
  row(0x90, 'PRE-FETCH(16)', 'none', '90 02 ff ff ff ff ff ff ff ff ff ff ff ff 1f 00', block.prefetch, {
    access: 'read',
  }),
  row(
    0x91,
    'SYNCHRONIZE CACHE(16)',
    'none',
    '91 06 ff ff ff ff ff ff ff ff ff ff ff ff 1f 00',
    block.synchronizeCache,
    {
      access: 'write',
    },
  ),
  row(0x93, 'WRITE SAME(16)', 'out', '93 19 ff ff ff ff ff ff ff ff ff ff ff ff 1f 00', block.writeSame),
  row(0x9e, 'READ CAPACITY(16)', 'in', '9e 1f 00 00 00 00 00 00 00 00 ff ff ff ff 00 00', control.readCapacity16, {
    serviceAction: 0x10,
    access: 'always',
  }),
  row(0x9e, 'GET LBA STATUS', 'in', '9e 1f ff ff ff ff ff ff ff ff ff ff ff ff 00 00', getLbaStatus, {
    serviceAction: 0x12,
  }),
  row(0xa0, 'REPORT LUNS', 'in', 'a0 00 ff 00 00 00 ff ff ff ff 00 00', control.reportLuns, QUIET),
  row(0xa3, 'REPORT SUPPORTED OPERATION CODES', 'in', 'a3 1f 87 ff ff ff ff ff ff ff 00 00', reportThese, {
    serviceAction: 0x0c,
    access: 'always',
    despiteSanitize: true,
  }),
  row(
    0xa3,
    'REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS',
    'in',
    'a3 1f 80 00 00 00 ff ff ff ff 00 00',
    reportTaskManagementFunctions,
    {
      serviceAction: 0x0d,
      access: 'always',
      despiteSanitize: true,
    },
  ),
  row(0xa8, 'READ(12)', 'in', 'a8 18 ff ff ff ff ff ff ff ff 1f 00', block.read),
  row(0xaa, 'WRITE(12)', 'out', 'aa 18 ff ff ff ff ff ff ff ff 1f 00', block.write),
  row(0xae, 'WRITE AND VERIFY(12)', 'out', 'ae 16 ff ff ff ff ff ff ff ff 1f 00', block.writeAndVerify),
  row(0xaf, 'VERIFY(12)', 'out', 'af 16 ff ff ff ff ff ff ff ff 1f 00', block.verify, { access: 'read' }),
  row(0xb7, 'READ DEFECT DATA(12)', 'in', 'b7 1f ff ff ff ff ff ff ff ff 00 00', readDefectData12),
]

export const DISK_COMMANDS = new CommandTable(COMMANDS)
