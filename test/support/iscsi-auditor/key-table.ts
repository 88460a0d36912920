/** The keys of the standard, by how an answer follows from an offer. Source: RFC 7143 §6.2, §12, §13. */
export type KeyKind = 'or' | 'and' | 'min' | 'max' | 'list' | 'obsolete' | 'declared' | 'ofTarget' | 'chap'

export interface Key {
  readonly kind: KeyKind
  readonly low?: number
  readonly high?: number
}

const bytes = { low: 512, high: 0xffffff }

export const KEY_TABLE: ReadonlyMap<string, Key> = new Map<string, Key>([
  ['AuthMethod', { kind: 'list' }],
  ['HeaderDigest', { kind: 'list' }],
  ['DataDigest', { kind: 'list' }],
  ['TaskReporting', { kind: 'list' }],
  ['CHAP_A', { kind: 'list' }],
  ['InitialR2T', { kind: 'or' }],
  ['DataPDUInOrder', { kind: 'or' }],
  ['DataSequenceInOrder', { kind: 'or' }],
  ['ImmediateData', { kind: 'and' }],
  ['MaxConnections', { kind: 'min', low: 1, high: 65535 }],
  ['MaxBurstLength', { kind: 'min', ...bytes }],
  ['FirstBurstLength', { kind: 'min', ...bytes }],
  ['DefaultTime2Wait', { kind: 'max', low: 0, high: 3600 }],
  ['DefaultTime2Retain', { kind: 'min', low: 0, high: 3600 }],
  ['MaxOutstandingR2T', { kind: 'min', low: 1, high: 65535 }],
  ['ErrorRecoveryLevel', { kind: 'min', low: 0, high: 2 }],
  ['iSCSIProtocolLevel', { kind: 'min', low: 0, high: 31 }],
  ['IFMarker', { kind: 'obsolete' }],
  ['OFMarker', { kind: 'obsolete' }],
  ['IFMarkInt', { kind: 'obsolete' }],
  ['OFMarkInt', { kind: 'obsolete' }],
  ['MaxRecvDataSegmentLength', { kind: 'declared', ...bytes }],
  ['InitiatorName', { kind: 'declared' }],
  ['InitiatorAlias', { kind: 'declared' }],
  ['TargetName', { kind: 'declared' }],
  ['SessionType', { kind: 'declared' }],
  ['TargetAlias', { kind: 'ofTarget' }],
  ['TargetAddress', { kind: 'ofTarget' }],
  ['TargetPortalGroupTag', { kind: 'ofTarget' }],
  ['SendTargets', { kind: 'declared' }],
  ['CHAP_N', { kind: 'chap' }],
  ['CHAP_R', { kind: 'chap' }],
  ['CHAP_I', { kind: 'chap' }],
  ['CHAP_C', { kind: 'chap' }],
])

export const numberIn = (text: string): number | undefined =>
  /^(0[xX][0-9a-fA-F]+|[0-9]+)$/.test(text) ? Number(text) : undefined

/** Why `answer` is no legal answer to `offer`; undefined when it is one. */
export function faultOf(name: string, key: Key, offer: string, answer: string): string | undefined {
  const pair = `${name}=${answer} answers ${name}=${offer}`
  if (answer === 'NotUnderstood') {
    return key.kind === 'obsolete' ? undefined : `${pair}, a key of the standard that everybody must understand`
  }
  const [low, high] = [key.low ?? 0, key.high ?? 0]
  switch (key.kind) {
    case 'or':
    case 'and': {
      const legal = offer === 'Yes' || offer === 'No'
      if (!legal) return answer === 'Reject' ? undefined : `${pair}, which is neither Yes nor No`
      if (answer !== 'Yes' && answer !== 'No') return `${pair}: neither Yes nor No`
      const fixed = key.kind === 'or' ? 'Yes' : 'No'
      return offer === fixed && answer !== fixed ? `${pair}, whose outcome is ${fixed}` : undefined
    }
    case 'min':
    case 'max': {
      const theirs = numberIn(offer)
      if (theirs === undefined || theirs < low || theirs > high) {
        return answer === 'Reject' ? undefined : `${pair}, which is out of range`
      }
      if (answer === 'Irrelevant' && name === 'FirstBurstLength') return undefined
      const ours = numberIn(answer)
      if (ours === undefined || ours < low || ours > high) return `${pair}: not a number of ${low}-${high}`
      const wrong = key.kind === 'min' ? ours > theirs : ours < theirs
      return wrong ? `${pair}: the outcome is the ${key.kind === 'min' ? 'smaller' : 'larger'} of both` : undefined
    }
    case 'list': {
      const offered = offer.split(',')
      if (offered.includes(answer)) return undefined
      // Everybody must be able to do without digests.
      const none = name.endsWith('Digest') && offered.includes('None')
      return answer === 'Reject' && !none ? undefined : `${pair}, which does not offer it`
    }
    case 'obsolete':
      return ['No', 'Reject', 'Irrelevant'].includes(answer) ? undefined : `${pair}: an obsolete key`
    case 'declared': {
      if (name !== 'MaxRecvDataSegmentLength') return answer === 'Reject' ? undefined : `${pair}, a declaration`
      const ours = numberIn(answer)
      return ours === undefined || ours < low || ours > high ? `${pair}: not a number of ${low}-${high}` : undefined
    }
    default:
      return undefined
  }
}
