import { putU16be } from '../base/bytes.ts'

/** SCSI status codes. Source: SAM-5 §5.3.1. */
export const STATUS = {
  good: 0x00,
  checkCondition: 0x02,
  conditionMet: 0x04,
  busy: 0x08,
  reservationConflict: 0x18,
  taskSetFull: 0x28,
  taskAborted: 0x40,
} as const

/** Why a command ended as it did: sense key, additional sense code and its qualifier. */
export interface Sense {
  readonly key: number
  readonly asc: number
  readonly ascq: number
  /** What SPC-4 calls it. */
  readonly text: string
  /** Of ILLEGAL REQUEST: the byte of the CDB, or of the parameter list, that is wrong. */
  readonly field?: { readonly inCdb: boolean; readonly byte: number }
}

const sense = (key: number, asc: number, ascq: number, text: string): Sense => ({ key, asc, ascq, text })

/** Source: SPC-4 Annex D (numeric order codes). */
export const SENSE = {
  none: sense(0x0, 0x00, 0x00, 'NO ADDITIONAL SENSE INFORMATION'),
  notReadyBecomingReady: sense(0x2, 0x04, 0x01, 'LOGICAL UNIT IS IN PROCESS OF BECOMING READY'),
  sanitizeInProgress: sense(0x2, 0x04, 0x1b, 'LOGICAL UNIT NOT READY, SANITIZE IN PROGRESS'),
  mediumNotPresentTrayOpen: sense(0x2, 0x3a, 0x02, 'MEDIUM NOT PRESENT - TRAY OPEN'),
  writeError: sense(0x3, 0x0c, 0x00, 'WRITE ERROR'),
  unrecoveredReadError: sense(0x3, 0x11, 0x00, 'UNRECOVERED READ ERROR'),
  sanitizeCommandFailed: sense(0x3, 0x31, 0x03, 'SANITIZE COMMAND FAILED'),
  internalTargetFailure: sense(0x4, 0x44, 0x00, 'INTERNAL TARGET FAILURE'),
  parameterListLengthError: sense(0x5, 0x1a, 0x00, 'PARAMETER LIST LENGTH ERROR'),
  invalidOperationCode: sense(0x5, 0x20, 0x00, 'INVALID COMMAND OPERATION CODE'),
  lbaOutOfRange: sense(0x5, 0x21, 0x00, 'LOGICAL BLOCK ADDRESS OUT OF RANGE'),
  invalidFieldInCdb: sense(0x5, 0x24, 0x00, 'INVALID FIELD IN CDB'),
  logicalUnitNotSupported: sense(0x5, 0x25, 0x00, 'LOGICAL UNIT NOT SUPPORTED'),
  invalidFieldInParameterList: sense(0x5, 0x26, 0x00, 'INVALID FIELD IN PARAMETER LIST'),
  invalidReleaseOfPersistentReservation: sense(0x5, 0x26, 0x04, 'INVALID RELEASE OF PERSISTENT RESERVATION'),
  tooManyTargetDescriptors: sense(0x5, 0x26, 0x06, 'TOO MANY TARGET DESCRIPTORS'),
  unsupportedTargetDescriptorType: sense(0x5, 0x26, 0x07, 'UNSUPPORTED TARGET DESCRIPTOR TYPE CODE'),
  tooManySegmentDescriptors: sense(0x5, 0x26, 0x08, 'TOO MANY SEGMENT DESCRIPTORS'),
  unsupportedSegmentDescriptorType: sense(0x5, 0x26, 0x09, 'UNSUPPORTED SEGMENT DESCRIPTOR TYPE CODE'),
  inlineDataLengthExceeded: sense(0x5, 0x26, 0x0b, 'INLINE DATA LENGTH EXCEEDED'),
  cannotReadIncompatibleFormat: sense(0x5, 0x30, 0x02, 'CANNOT READ MEDIUM - INCOMPATIBLE FORMAT'),
  savingParametersNotSupported: sense(0x5, 0x39, 0x00, 'SAVING PARAMETERS NOT SUPPORTED'),
  mediumRemovalPrevented: sense(0x5, 0x53, 0x02, 'MEDIUM REMOVAL PREVENTED'),
  insufficientRegistrationResources: sense(0x5, 0x55, 0x04, 'INSUFFICIENT REGISTRATION RESOURCES'),
  illegalModeForThisTrack: sense(0x5, 0x64, 0x00, 'ILLEGAL MODE FOR THIS TRACK'),
  mediumMayHaveChanged: sense(0x6, 0x28, 0x00, 'NOT READY TO READY CHANGE, MEDIUM MAY HAVE CHANGED'),
  powerOn: sense(0x6, 0x29, 0x00, 'POWER ON, RESET, OR BUS DEVICE RESET OCCURRED'),
  busDeviceReset: sense(0x6, 0x29, 0x03, 'BUS DEVICE RESET FUNCTION OCCURRED'),
  modeParametersChanged: sense(0x6, 0x2a, 0x01, 'MODE PARAMETERS CHANGED'),
  reservationsPreempted: sense(0x6, 0x2a, 0x03, 'RESERVATIONS PREEMPTED'),
  reservationsReleased: sense(0x6, 0x2a, 0x04, 'RESERVATIONS RELEASED'),
  registrationsPreempted: sense(0x6, 0x2a, 0x05, 'REGISTRATIONS PREEMPTED'),
  commandsClearedByAnotherInitiator: sense(0x6, 0x2f, 0x00, 'COMMANDS CLEARED BY ANOTHER INITIATOR'),
  writeProtected: sense(0x7, 0x27, 0x00, 'WRITE PROTECTED'),
  softwareWriteProtected: sense(0x7, 0x27, 0x02, 'LOGICAL UNIT SOFTWARE WRITE PROTECTED'),
  spaceAllocationFailed: sense(0x7, 0x27, 0x07, 'SPACE ALLOCATION FAILED WRITE PROTECT'),
  copyAborted: sense(0xa, 0x00, 0x00, 'NO ADDITIONAL SENSE INFORMATION'),
  unreachableCopyTarget: sense(0xa, 0x08, 0x04, 'UNREACHABLE COPY TARGET'),
  abortedNotEnoughData: sense(0xb, 0x4b, 0x00, 'DATA PHASE ERROR'),
  invalidFieldInCommandInformationUnit: sense(0x5, 0x0e, 0x03, 'INVALID FIELD IN COMMAND INFORMATION UNIT'),
  unexpectedUnsolicitedData: sense(0xb, 0x0c, 0x0c, 'WRITE ERROR - UNEXPECTED UNSOLICITED DATA'),
  notEnoughUnsolicitedData: sense(0xb, 0x0c, 0x0d, 'WRITE ERROR - NOT ENOUGH UNSOLICITED DATA'),
  miscompare: sense(0xe, 0x1d, 0x00, 'MISCOMPARE DURING VERIFY OPERATION'),
} as const

export const FIXED_SENSE_LENGTH = 18
const DESCRIPTOR_SENSE_LENGTH = 8
const FIELD_DESCRIPTOR_LENGTH = 8

/** INVALID FIELD IN CDB that names the byte. */
export const invalidCdbByte = (byte: number): Sense => ({ ...SENSE.invalidFieldInCdb, field: { inCdb: true, byte } })
/** INVALID FIELD IN PARAMETER LIST that names the byte. */
export const invalidListByte = (byte: number): Sense => ({
  ...SENSE.invalidFieldInParameterList,
  field: { inCdb: false, byte },
})

/** Sense key specific data: SKSV, C/D and the field pointer. Source: SPC-4 §4.5.2.4.2. */
function putField(b: Uint8Array, at: number, { inCdb, byte }: NonNullable<Sense['field']>): void {
  b[at] = 0x80 | (inCdb ? 0x40 : 0)
  putU16be(b, at + 1, byte)
}

/** Sense data, fixed format (70h, 18 bytes). Source: SPC-4 §4.5.3. */
export function encodeFixedSense(s: Sense): Uint8Array {
  const b = new Uint8Array(FIXED_SENSE_LENGTH)
  b[0] = 0x70
  b[2] = s.key
  b[7] = FIXED_SENSE_LENGTH - 8
  b[12] = s.asc
  b[13] = s.ascq
  if (s.field) putField(b, 15, s.field)
  return b
}

/** Sense data, descriptor format (72h), with a sense key specific descriptor where a field is named.
 *  Source: SPC-4 §4.5.2. */
export function encodeDescriptorSense(s: Sense): Uint8Array {
  const b = new Uint8Array(DESCRIPTOR_SENSE_LENGTH + (s.field ? FIELD_DESCRIPTOR_LENGTH : 0))
  b[0] = 0x72
  b[1] = s.key
  b[2] = s.asc
  b[3] = s.ascq
  b[7] = b.length - DESCRIPTOR_SENSE_LENGTH
  if (s.field) {
    b[8] = 0x02
    b[9] = FIELD_DESCRIPTOR_LENGTH - 2
    putField(b, 12, s.field)
  }
  return b
}

/** SenseLength and sense data, as a SCSI Response carries them. @param descriptor D_SENSE of the unit.
 *  Source: RFC 7143 §11.4.7.2. */
export function encodeSenseSegment(s: Sense, descriptor: boolean): Uint8Array {
  const data = descriptor ? encodeDescriptorSense(s) : encodeFixedSense(s)
  const b = new Uint8Array(2 + data.length)
  putU16be(b, 0, data.length)
  b.set(data, 2)
  return b
}
