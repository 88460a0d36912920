import { utf8Bytes } from '../base/bytes.ts'
import { LOGIN_STATUS } from './pdu/login-response.ts'
import { decodeLargeBinary, encodeLargeBinary } from './text/large-binary.ts'
import { numberOf } from './text/negotiate.ts'
import type { KeyValue } from './text/text-keys.ts'

/** The authentication of a login. Source: RFC 7143 §12.1.3; RFC 1994 §4.1 for what is hashed. */

export type ChapHash = 'md5' | 'sha1' | 'sha256'

/** Numbers of the algorithms: IANA, PPP authentication algorithms. The loaders of PCs do MD5 only, newer firmware offers
 *  SHA-256 first, open-iscsi offers lists. A challenge is as long as the hash. */
const ALGORITHMS: ReadonlyMap<number, { readonly hash: ChapHash; readonly length: number }> = new Map([
  [5, { hash: 'md5', length: 16 }],
  [6, { hash: 'sha1', length: 20 }],
  [7, { hash: 'sha256', length: 32 }],
])

/** What an initiator must know. */
export interface ChapCredentials {
  readonly name: string
  readonly secret: string
  /** What we prove ourselves by when the initiator asks; never the same secret. */
  readonly reverse?: { readonly name: string; readonly secret: string }
}

/** Chance and arithmetic, which a pure step has none of. */
export interface ChapServices {
  /** Random bytes that are remembered as a challenge of ours. */
  newChallenge(length: number): Uint8Array
  /** On this connection or any other one. */
  isOurChallenge(challenge: Uint8Array): boolean
  /** 0-255. */
  newIdentifier(): number
  hash(algorithm: ChapHash, parts: readonly Uint8Array[]): Uint8Array
  /** Takes as long wherever they differ. */
  equal(a: Uint8Array, b: Uint8Array): boolean
}

/** Which keys are awaited. */
export type ChapState =
  | { readonly is: 'algorithm' }
  | {
      readonly is: 'response'
      readonly algorithm: number
      readonly identifier: number
      readonly challenge: Uint8Array
    }
  | { readonly is: 'passed' }

export type ChapOutcome =
  | { readonly ok: true; readonly state: ChapState; readonly answer: readonly KeyValue[] }
  | { readonly ok: false; readonly status: number; readonly why: string }

export const isChapKey = (key: string): boolean => /^CHAP_[AICNR]$/.test(key)

/** One step. @param offer the CHAP keys of one request. */
export function chapStep(
  services: ChapServices,
  credentials: ChapCredentials,
  state: ChapState,
  offer: readonly KeyValue[],
): ChapOutcome {
  const keys = new Map(offer)
  if (keys.size < offer.length) return fail(LOGIN_STATUS.initiatorError, 'a CHAP key came twice')
  if (state.is === 'passed') return fail(LOGIN_STATUS.initiatorError, 'it sent CHAP keys after CHAP was over')
  return state.is === 'algorithm' ? challenge(services, keys) : verify(services, credentials, state, keys)
}

const fail = (status: number, why: string): ChapOutcome => ({ ok: false, status, why })
const refuse = (why: string): ChapOutcome => fail(LOGIN_STATUS.authenticationFailure, why)

/** The initiator's order counts: some demand their first choice. */
function challenge(services: ChapServices, keys: ReadonlyMap<string, string>): ChapOutcome {
  const offered = keys.get('CHAP_A')
  if (offered === undefined) return fail(LOGIN_STATUS.missingParameter, 'CHAP_A is missing')
  if (keys.size > 1) return fail(LOGIN_STATUS.initiatorError, 'only CHAP_A is due')
  const algorithm = offered
    .split(',')
    .map(numberOf)
    .find((n) => n !== undefined && ALGORITHMS.has(n))
  if (algorithm === undefined) return refuse(`none of the CHAP algorithms ${offered} is done here`)
  const identifier = services.newIdentifier()
  const bytes = services.newChallenge(ALGORITHMS.get(algorithm)!.length)
  return {
    ok: true,
    state: { is: 'response', algorithm, identifier, challenge: bytes },
    answer: [
      ['CHAP_A', String(algorithm)],
      ['CHAP_I', String(identifier)],
      ['CHAP_C', encodeLargeBinary(bytes)],
    ],
  }
}

function verify(
  services: ChapServices,
  credentials: ChapCredentials,
  state: Extract<ChapState, { is: 'response' }>,
  keys: ReadonlyMap<string, string>,
): ChapOutcome {
  const name = keys.get('CHAP_N')
  const answered = keys.get('CHAP_R')
  if (name === undefined || answered === undefined) {
    return fail(LOGIN_STATUS.missingParameter, 'CHAP_N or CHAP_R is missing')
  }
  const { hash } = ALGORITHMS.get(state.algorithm)!
  const expected = response(services, hash, state.identifier, credentials.secret, state.challenge)
  // Both are compared whatever the first says: a wrong name must take as long as a wrong secret.
  const isName = services.equal(utf8Bytes(name), utf8Bytes(credentials.name))
  const isSecret = services.equal(decodeLargeBinary(answered) ?? new Uint8Array(0), expected)
  if (!isName || !isSecret) return refuse('the password (CHAP) it gave is wrong')
  const asked = reverseOf(keys)
  if (asked === undefined) return { ok: true, state: { is: 'passed' }, answer: [] }
  if ('ok' in asked) return asked
  const { reverse } = credentials
  if (!reverse) return refuse('it wants a password of ours, too, and none is set up')
  // RFC 7143 §12.1.3: who sends our challenge back wants us to compute its own answer.
  if (services.isOurChallenge(asked.challenge)) return refuse('it sent a challenge of ours back')
  if (reverse.secret === credentials.secret) return refuse('one password is set up for both directions')
  const proof = response(services, hash, asked.identifier, reverse.secret, asked.challenge)
  return {
    ok: true,
    state: { is: 'passed' },
    answer: [
      ['CHAP_N', reverse.name],
      ['CHAP_R', encodeLargeBinary(proof)],
    ],
  }
}

/** What the initiator asks of us, if it does. */
function reverseOf(
  keys: ReadonlyMap<string, string>,
): { identifier: number; challenge: Uint8Array } | Extract<ChapOutcome, { ok: false }> | undefined {
  const [i, c] = [keys.get('CHAP_I'), keys.get('CHAP_C')]
  if (i === undefined && c === undefined) return undefined
  const wrong = (status: number, why: string) => ({ ok: false, status, why }) as const
  if (i === undefined || c === undefined) return wrong(LOGIN_STATUS.missingParameter, 'CHAP_I or CHAP_C is missing')
  const identifier = numberOf(i)
  const bytes = decodeLargeBinary(c)
  if (identifier === undefined || identifier > 0xff || !bytes) {
    return wrong(LOGIN_STATUS.initiatorError, 'CHAP_I or CHAP_C is malformed')
  }
  return { identifier, challenge: bytes }
}

/** Identifier, secret and challenge in a row. Source: RFC 1994 §4.1. */
function response(
  services: ChapServices,
  hash: ChapHash,
  identifier: number,
  secret: string,
  bytes: Uint8Array,
): Uint8Array {
  return services.hash(hash, [Uint8Array.of(identifier), utf8Bytes(secret), bytes])
}
