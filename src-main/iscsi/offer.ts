import type { OurValues } from './text/negotiate.ts'

/** What an initiator may send in one data segment: 256 KiB. */
export const MAX_RECV_DATA_SEGMENT_LENGTH = 256 * 1024

/** Our side of the negotiation. One connection, error recovery level 0, data in order; digests when asked for. */
export const OUR_VALUES: OurValues = {
  AuthMethod: 'None',
  HeaderDigest: 'None,CRC32C',
  DataDigest: 'None,CRC32C',
  MaxConnections: '1',
  InitialR2T: 'No',
  ImmediateData: 'Yes',
  MaxRecvDataSegmentLength: String(MAX_RECV_DATA_SEGMENT_LENGTH),
  MaxBurstLength: String(1024 * 1024),
  FirstBurstLength: String(256 * 1024),
  DefaultTime2Wait: '0',
  DefaultTime2Retain: '0',
  MaxOutstandingR2T: '4',
  DataPDUInOrder: 'Yes',
  DataSequenceInOrder: 'Yes',
  ErrorRecoveryLevel: '0',
  TaskReporting: 'RFC3720',
  iSCSIProtocolLevel: '1',
}
