import { utf8At, utf8Bytes } from '../../base/bytes.ts'
import { CodecError } from '../../base/errors.ts'

/** How the outcome of a key follows from both sides' values. Source: RFC 7143 §6.2.
 *  `declare`: one side states a fact and gets no answer. `refuse`: obsolete keys with a fixed answer. */
export type KeyRule = 'declare' | 'list' | 'or' | 'and' | 'min' | 'max' | 'refuse'

export interface KeyRow {
  readonly name: string
  readonly rule: KeyRule
  /** Value in force when nobody mentions the key; for `refuse` the answer. */
  readonly fallback: string
  /** Bounds of numeric keys. */
  readonly low?: number
  readonly high?: number
  readonly source: string
}

const MAX24 = 0xffffff
const row = (name: string, rule: KeyRule, fallback: string, source: string, low?: number, high?: number): KeyRow => ({
  name,
  rule,
  fallback,
  source,
  ...(low === undefined ? {} : { low }),
  ...(high === undefined ? {} : { high }),
})

/** All keys of the standard. */
export const KEYS: readonly KeyRow[] = [
  row('AuthMethod', 'list', 'None', 'RFC 7143 §12.1'),
  row('HeaderDigest', 'list', 'None', 'RFC 7143 §13.1'),
  row('DataDigest', 'list', 'None', 'RFC 7143 §13.1'),
  row('MaxConnections', 'min', '1', 'RFC 7143 §13.2', 1, 65535),
  row('SendTargets', 'refuse', 'Reject', 'RFC 7143 §13.3'),
  row('TargetName', 'declare', '', 'RFC 7143 §13.4'),
  row('InitiatorName', 'declare', '', 'RFC 7143 §13.5'),
  row('TargetAlias', 'declare', '', 'RFC 7143 §13.6'),
  row('InitiatorAlias', 'declare', '', 'RFC 7143 §13.7'),
  row('TargetAddress', 'declare', '', 'RFC 7143 §13.8'),
  row('TargetPortalGroupTag', 'declare', '', 'RFC 7143 §13.9'),
  row('InitialR2T', 'or', 'Yes', 'RFC 7143 §13.10'),
  row('ImmediateData', 'and', 'Yes', 'RFC 7143 §13.11'),
  row('MaxRecvDataSegmentLength', 'declare', '8192', 'RFC 7143 §13.12', 512, MAX24),
  row('MaxBurstLength', 'min', '262144', 'RFC 7143 §13.13', 512, MAX24),
  row('FirstBurstLength', 'min', '65536', 'RFC 7143 §13.14', 512, MAX24),
  row('DefaultTime2Wait', 'max', '2', 'RFC 7143 §13.15', 0, 3600),
  row('DefaultTime2Retain', 'min', '20', 'RFC 7143 §13.16', 0, 3600),
  row('MaxOutstandingR2T', 'min', '1', 'RFC 7143 §13.17', 1, 65535),
  row('DataPDUInOrder', 'or', 'Yes', 'RFC 7143 §13.18'),
  row('DataSequenceInOrder', 'or', 'Yes', 'RFC 7143 §13.19'),
  row('ErrorRecoveryLevel', 'min', '0', 'RFC 7143 §13.20', 0, 2),
  row('SessionType', 'declare', 'Normal', 'RFC 7143 §13.21'),
  row('TaskReporting', 'list', 'RFC3720', 'RFC 7143 §13.23'),
  row('iSCSIProtocolLevel', 'min', '1', 'RFC 7143 §13.24', 0, 31),
  row('IFMarker', 'refuse', 'No', 'RFC 7143 §13.25'),
  row('OFMarker', 'refuse', 'No', 'RFC 7143 §13.25'),
  row('IFMarkInt', 'refuse', 'Irrelevant', 'RFC 7143 §13.25'),
  row('OFMarkInt', 'refuse', 'Irrelevant', 'RFC 7143 §13.25'),
]

export type KeyValue = readonly [key: string, value: string]

/** Longest key name. Source: RFC 7143 §6.1. */
const MAX_KEY_LENGTH = 63

/** The pairs of a text segment in wire order. A last pair without its NUL is taken: some initiators leave it out.
 *  Errors: codec.text for a pair without `=` or a key name that is empty or too long. */
export function decodeText(data: Uint8Array): KeyValue[] {
  const pairs: KeyValue[] = []
  for (const text of utf8At(data, 0, data.length).split('\0')) {
    if (text === '') continue
    const equals = text.indexOf('=')
    if (equals < 1 || equals > MAX_KEY_LENGTH) {
      throw new CodecError(
        'codec.text',
        { structure: 'text', field: 'key', got: equals, limit: MAX_KEY_LENGTH },
        'a pair is written key=value',
      )
    }
    pairs.push([text.slice(0, equals), text.slice(equals + 1)])
  }
  return pairs
}

/** `key=value` pairs, each ended by NUL. */
export function encodeText(pairs: readonly KeyValue[]): Uint8Array {
  return utf8Bytes(pairs.map(([key, value]) => `${key}=${value}\0`).join(''))
}
