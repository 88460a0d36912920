import { putU32be, u32be } from '../../base/bytes.ts'
import { BHS, checkBhs, FINAL, IMMEDIATE, newBhs, type EncodedPdu } from './bhs.ts'
import { OPCODE } from './opcode.ts'

/** Byte 1 and offsets of a SCSI Command. Source: RFC 7143 §11.3. */
export const SCSI_COMMAND = {
  read: 0x40,
  write: 0x20,
  attributeMask: 0x07,
  /** u32 bytes. */
  expectedDataTransferLength: 20,
  /** 16 bytes. */
  cdb: 32,
} as const
/** Source: RFC 7143 §11.3.1. */
export const TASK_ATTRIBUTE = { untagged: 0, simple: 1, ordered: 2, headOfQueue: 3, aca: 4 } as const

export interface ScsiCommand {
  readonly opcode: typeof OPCODE.scsiCommand
  readonly immediate: boolean
  readonly final: boolean
  readonly read: boolean
  readonly write: boolean
  readonly attribute: number
  /** 8 bytes, borrowed; see lunAt. */
  readonly lun: Uint8Array
  readonly initiatorTaskTag: number
  readonly expectedDataTransferLength: number
  readonly cmdSn: number
  readonly expStatSn: number
  /** 16 bytes, borrowed. */
  readonly cdb: Uint8Array
  /** Immediate data. */
  readonly data: Uint8Array
}

/** Errors: codec.short, codec.opcode. */
export function decodeScsiCommand(h: Uint8Array, data: Uint8Array): ScsiCommand {
  checkBhs(h, 'scsi-command', OPCODE.scsiCommand)
  const flags = h[1]!
  return {
    opcode: OPCODE.scsiCommand,
    immediate: (h[0]! & IMMEDIATE) !== 0,
    final: (flags & FINAL) !== 0,
    read: (flags & SCSI_COMMAND.read) !== 0,
    write: (flags & SCSI_COMMAND.write) !== 0,
    attribute: flags & SCSI_COMMAND.attributeMask,
    lun: h.subarray(BHS.lun, BHS.lun + 8),
    initiatorTaskTag: u32be(h, BHS.initiatorTaskTag),
    expectedDataTransferLength: u32be(h, SCSI_COMMAND.expectedDataTransferLength),
    cmdSn: u32be(h, BHS.cmdSn),
    expStatSn: u32be(h, BHS.expStatSn),
    cdb: h.subarray(SCSI_COMMAND.cdb, SCSI_COMMAND.cdb + 16),
    data,
  }
}

export function encodeScsiCommand(v: Omit<ScsiCommand, 'opcode'>): EncodedPdu {
  const flags =
    (v.final ? FINAL : 0) | (v.read ? SCSI_COMMAND.read : 0) | (v.write ? SCSI_COMMAND.write : 0) | v.attribute
  const h = newBhs(OPCODE.scsiCommand | (v.immediate ? IMMEDIATE : 0), flags, v.data.length)
  h.set(v.lun, BHS.lun)
  putU32be(h, BHS.initiatorTaskTag, v.initiatorTaskTag)
  putU32be(h, SCSI_COMMAND.expectedDataTransferLength, v.expectedDataTransferLength)
  putU32be(h, BHS.cmdSn, v.cmdSn)
  putU32be(h, BHS.expStatSn, v.expStatSn)
  h.set(v.cdb, SCSI_COMMAND.cdb)
  return { header: h, data: v.data }
}
