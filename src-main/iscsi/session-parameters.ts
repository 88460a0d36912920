import { numberOf, type Agreed } from './text/negotiate.ts'

/** The numbers and switches of a session, read once from the agreed text. */
export interface SessionParameters {
  readonly headerDigest: boolean
  readonly dataDigest: boolean
  readonly initialR2T: boolean
  readonly immediateData: boolean
  /** What the initiator takes in one data segment, bytes. */
  readonly initiatorMaxRecvDataSegmentLength: number
  readonly maxBurstLength: number
  readonly firstBurstLength: number
  readonly maxOutstandingR2T: number
}

export function sessionParameters(agreed: Agreed): SessionParameters {
  const number = (key: string): number => numberOf(agreed.get(key)!)!
  const yes = (key: string): boolean => agreed.get(key) === 'Yes'
  const maxBurstLength = number('MaxBurstLength')
  return {
    headerDigest: agreed.get('HeaderDigest') === 'CRC32C',
    dataDigest: agreed.get('DataDigest') === 'CRC32C',
    initialR2T: yes('InitialR2T'),
    immediateData: yes('ImmediateData'),
    initiatorMaxRecvDataSegmentLength: number('MaxRecvDataSegmentLength'),
    maxBurstLength,
    firstBurstLength: Math.min(number('FirstBurstLength'), maxBurstLength),
    maxOutstandingR2T: number('MaxOutstandingR2T'),
  }
}
