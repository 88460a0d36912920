import { describe, expect, test } from 'vitest'
import { utf8Bytes } from '../../../../src-main/base/bytes.ts'
import { CodecError } from '../../../../src-main/base/errors.ts'
import { OUR_VALUES } from '../../../../src-main/iscsi/offer.ts'
import { fallbacks, negotiate, numberOf } from '../../../../src-main/iscsi/text/negotiate.ts'
import { decodeText, encodeText, KEYS, type KeyValue } from '../../../../src-main/iscsi/text/text-keys.ts'

const answerTo = (...offer: KeyValue[]): Record<string, string> =>
  Object.fromEntries(negotiate(offer, OUR_VALUES, fallbacks(), new Set()).answer)
const errorOf = (...offer: KeyValue[]): string | undefined => negotiate(offer, OUR_VALUES, fallbacks(), new Set()).error

describe('outcomes follow the rule of the key', () => {
  test.each<[string, string, string]>([
    ['HeaderDigest', 'None', 'None'],
    ['HeaderDigest', 'None,CRC32C', 'None'],
    ['HeaderDigest', 'CRC32C,None', 'CRC32C'],
    ['HeaderDigest', 'SHA1', 'Reject'],
    ['InitialR2T', 'Yes', 'Yes'],
    ['InitialR2T', 'No', 'No'],
    ['ImmediateData', 'No', 'No'],
    ['ImmediateData', 'Yes', 'Yes'],
    ['ImmediateData', 'Maybe', 'Reject'],
    ['MaxBurstLength', '16776192', '1048576'],
    ['MaxBurstLength', '0x1000', '4096'],
    ['FirstBurstLength', '65536', '65536'],
    ['DefaultTime2Wait', '2', '2'],
    ['DefaultTime2Retain', '20', '0'],
    ['MaxOutstandingR2T', '1', '1'],
    ['MaxOutstandingR2T', '16', '4'],
    ['MaxConnections', '8', '1'],
    ['ErrorRecoveryLevel', '2', '0'],
    ['DataPDUInOrder', 'No', 'Yes'],
    ['IFMarker', 'No', 'No'],
    ['OFMarkInt', '1~2048', 'Irrelevant'],
    ['MaxRecvDataSegmentLength', '8192', '262144'],
    ['X-com.microsoft.thing', '1', 'NotUnderstood'],
  ])('%s=%s -> %s', (key, offer, outcome) => {
    expect(answerTo([key, offer])).toEqual({ [key]: outcome })
  })
})

test.each([true, false])(
  'FirstBurstLength never exceeds MaxBurstLength, in either order of the offer (%s)',
  (first) => {
    const offer: KeyValue[] = [
      ['FirstBurstLength', '262144'],
      ['MaxBurstLength', '8192'],
    ]
    const outcome = negotiate(first ? offer : offer.toReversed(), OUR_VALUES, fallbacks(), new Set())
    expect(Object.fromEntries(outcome.answer)).toEqual({ FirstBurstLength: '8192', MaxBurstLength: '8192' })
    expect(outcome.agreed.get('FirstBurstLength')).toBe('8192')
  },
)

test('a FirstBurstLength of the second request keeps to the MaxBurstLength of the first', () => {
  const before = negotiate([['MaxBurstLength', '4096']], OUR_VALUES, fallbacks(), new Set()).agreed
  expect(negotiate([['FirstBurstLength', '65536']], OUR_VALUES, before, new Set()).answer).toEqual([
    ['FirstBurstLength', '4096'],
  ])
})

test('SendTargets is no key of the login', () => {
  expect(answerTo(['SendTargets', 'All'])).toEqual({ SendTargets: 'Reject' })
})

test.each<[string, number, boolean]>([
  ['InitiatorName', 223, true],
  ['InitiatorName', 224, false],
  ['TargetName', 224, false],
  ['InitiatorAlias', 255, true],
  ['InitiatorAlias', 256, false],
])('%s of %i characters: %s', (key, length, legal) => {
  expect(errorOf([key, 'x'.repeat(length)]) === undefined).toBe(legal)
})

test('declarations get no answer, and every offered key of EDK2 gets one', () => {
  const offer: KeyValue[] = [
    ['HeaderDigest', 'None,CRC32C'],
    ['DataDigest', 'None,CRC32C'],
    ['ErrorRecoveryLevel', '2'],
    ['InitialR2T', 'No'],
    ['ImmediateData', 'Yes'],
    ['MaxRecvDataSegmentLength', '8192'],
    ['MaxBurstLength', '262144'],
    ['FirstBurstLength', '65536'],
    ['MaxConnections', '1'],
    ['DefaultTime2Wait', '2'],
    ['DefaultTime2Retain', '20'],
    ['MaxOutstandingR2T', '16'],
    ['DataPDUInOrder', 'Yes'],
    ['DataSequenceInOrder', 'Yes'],
  ]
  expect(Object.keys(answerTo(...offer))).toEqual(offer.map(([k]) => k))
  expect(answerTo(['InitiatorName', 'a'], ['InitiatorAlias', 'b'], ['TargetName', 'c'])).toEqual({})
})

test.each<[string, string]>([
  ['MaxBurstLength', '511'],
  ['MaxBurstLength', '16777216'],
  ['MaxBurstLength', 'many'],
  ['MaxBurstLength', '-1'],
  ['MaxRecvDataSegmentLength', '0'],
  ['DefaultTime2Wait', '3601'],
  ['ErrorRecoveryLevel', '3'],
])('%s=%s ends the login', (key, value) => {
  expect(errorOf([key, value])).toContain(key)
})

test('a key offered twice ends the login; a declaration repeated in the same words does not', () => {
  expect(errorOf(['ImmediateData', 'Yes'], ['ImmediateData', 'Yes'])).toContain('twice')
  expect(errorOf(['InitiatorName', 'a'], ['InitiatorName', 'a'])).toBeUndefined()
  expect(errorOf(['InitiatorName', 'a'], ['InitiatorName', 'b'])).toContain('twice')
})

test('every key has a source, and its fallback lies in its bounds', () => {
  for (const row of KEYS) {
    expect(row.source).toMatch(/^RFC 7143 §/)
    if (row.low === undefined) continue
    expect(numberOf(row.fallback)).toBeGreaterThanOrEqual(row.low)
    expect(numberOf(row.fallback)).toBeLessThanOrEqual(row.high!)
  }
})

describe('key text', () => {
  test('pairs survive encoding', () => {
    const pairs: KeyValue[] = [
      ['TargetName', 'iqn.2026-11.app.bootlace:büro'],
      ['TargetAlias', ''],
      ['X-a', 'b=c'],
    ]
    expect(decodeText(encodeText(pairs))).toEqual(pairs)
  })
  test('a last pair without NUL and NULs in a row are taken', () => {
    expect(decodeText(utf8Bytes('a=1\0\0\0b=2'))).toEqual([
      ['a', '1'],
      ['b', '2'],
    ])
  })
  test.each(['novalue\0', '=x\0', 'k'.repeat(64) + '=v\0'])('%j is refused', (text) => {
    expect(() => decodeText(utf8Bytes(text))).toThrow(CodecError)
  })
})
