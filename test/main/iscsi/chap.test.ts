import { beforeEach, describe, expect, test } from 'vitest'
import { fromHex } from '../../../src-main/base/bytes.ts'
import { chapServices } from '../../../src-main/iscsi/chap-crypto.ts'
import {
  chapStep,
  isChapKey,
  type ChapCredentials,
  type ChapServices,
  type ChapState,
} from '../../../src-main/iscsi/chap.ts'
import { LoginGuard } from '../../../src-main/iscsi/login-guard.ts'
import type { KeyValue } from '../../../src-main/iscsi/text/text-keys.ts'

/** Identifier 0xb7, secret `correcthorse1234`, challenge 00 01 02 …; backwards identifier 0x2a, secret `batterystaple567`,
 *  challenge f0 f1 … ff. Responses by `openssl dgst` over identifier, secret and challenge in a row. */
const FORWARD = {
  5: '858581d702a2cdef7910bce42546e2d3',
  6: '4e780934ec806472aaa1add0db340c5691b1d225',
  7: 'fc9ffda3f2dac686cf4bf1099e4f345e0d10c3de947e9d982c091f82cac870c9',
} as const
const BACKWARD = {
  5: '4fc0cf44629b143a08e36dfc8e267a82',
  7: '3e2a75b04acfec6e0c1999732a907f6593e362aab539f34553ee06438bbc897d',
} as const
/** MD5 with the secret `correcthorse1235`. */
const WRONG_SECRET = 'e335a47a986d77a4db7402dc67dd4324'
const REVERSE_CHALLENGE = '0xf0f1f2f3f4f5f6f7f8f9fafbfcfdfeff'

const credentials: ChapCredentials = {
  name: 'pc-01',
  secret: 'correcthorse1234',
  reverse: { name: 'bootlace', secret: 'batterystaple567' },
}
const oneWay: ChapCredentials = { name: credentials.name, secret: credentials.secret }

let guard: LoginGuard
let compared: number
let services: ChapServices
beforeEach(() => {
  guard = new LoginGuard()
  compared = 0
  const real = chapServices(guard)
  services = {
    ...real,
    newIdentifier: () => 0xb7,
    newChallenge(length) {
      const challenge = Uint8Array.from({ length }, (_, i) => i)
      guard.remember(challenge)
      return challenge
    },
    equal(a, b) {
      compared++
      return real.equal(a, b)
    },
  }
})

const step = (state: ChapState, offer: readonly KeyValue[], who = credentials) => chapStep(services, who, state, offer)
/** After the algorithm is agreed on. */
function challenged(algorithms = '5'): ChapState {
  const outcome = step({ is: 'algorithm' }, [['CHAP_A', algorithms]])
  if (!outcome.ok) throw new Error(outcome.why)
  return outcome.state
}
const proof = (hex: string, name = 'pc-01'): KeyValue[] => [
  ['CHAP_N', name],
  ['CHAP_R', `0x${hex}`],
]
const ask = (challenge = REVERSE_CHALLENGE, identifier = '42'): KeyValue[] => [
  ['CHAP_I', identifier],
  ['CHAP_C', challenge],
]

describe('the algorithm', () => {
  test.each([
    ['5', '5', 16],
    ['7', '7', 32],
    ['6', '6', 20],
    ['7,6,5', '7', 32],
    ['5,7', '5', 16],
    ['8,5', '5', 16],
    ['0x7,5', '7', 32],
    ['MD5,,9999,5', '5', 16],
  ])('of %s is %s: the first of theirs that is done here', (offered, chosen, length) => {
    const outcome = step({ is: 'algorithm' }, [['CHAP_A', offered]])
    const challenge = Buffer.from(Array.from({ length }, (_, i) => i)).toString('hex')
    expect(outcome).toMatchObject({
      ok: true,
      answer: [
        ['CHAP_A', chosen],
        ['CHAP_I', '183'],
        ['CHAP_C', `0x${challenge}`],
      ],
    })
  })
  test.each<[string, KeyValue[], number]>([
    ['none that is done here', [['CHAP_A', '8,99']], 0x0201],
    ['no number at all', [['CHAP_A', 'MD5']], 0x0201],
    ['nothing', [], 0x0207],
    ['an answer before the question', proof(FORWARD[5]), 0x0207],
    ['more than is due', [['CHAP_A', '5'], ...ask()], 0x0200],
    [
      'a key twice',
      [
        ['CHAP_A', '5'],
        ['CHAP_A', '7'],
      ],
      0x0200,
    ],
  ])('refuses %s', (_name, offer, status) => {
    expect(step({ is: 'algorithm' }, offer)).toMatchObject({ ok: false, status })
  })
})

describe('the proof of the initiator', () => {
  test.each([5, 6, 7] as const)('is taken for algorithm %i', (n) => {
    expect(step(challenged(String(n)), proof(FORWARD[n]))).toEqual({ ok: true, state: { is: 'passed' }, answer: [] })
  })
  test('is taken in base64', () => {
    const offer: KeyValue[] = [
      ['CHAP_N', 'pc-01'],
      ['CHAP_R', '0bhYWB1wKize95ELzkJUbi0w=='],
    ]
    expect(step(challenged(), offer)).toMatchObject({ ok: true })
  })
  test.each<[string, KeyValue[]]>([
    ['a wrong secret', proof(WRONG_SECRET)],
    ['a wrong name', proof(FORWARD[5], 'pc-02')],
    ['a name in other letters', proof(FORWARD[5], 'PC-01')],
    ['both wrong', proof(WRONG_SECRET, 'pc-02')],
    ['a name that goes on', proof(FORWARD[5], 'pc-01\0')],
    ['an empty name', proof(FORWARD[5], '')],
    ['the response of another algorithm', proof(FORWARD[7])],
    ['a response that is cut', proof(FORWARD[5].slice(0, 30))],
    ['a response that goes on', proof(`${FORWARD[5]}00`)],
    [
      'no binary value',
      [
        ['CHAP_N', 'pc-01'],
        ['CHAP_R', FORWARD[5]],
      ],
    ],
    ['a wrong secret that asks for ours', [...proof(WRONG_SECRET), ...ask()]],
  ])('%s is refused, always alike and after the same work', (_name, offer) => {
    expect(step(challenged(), offer)).toEqual({
      ok: false,
      status: 0x0201,
      why: 'the password (CHAP) it gave is wrong',
    })
    expect(compared).toBe(2)
  })
  test.each<[string, KeyValue[]]>([
    ['name', [proof(FORWARD[5])[1]!]],
    ['response', [proof(FORWARD[5])[0]!]],
    ['both', []],
  ])('its %s must not be missing', (_name, offer) => {
    expect(step(challenged(), offer)).toMatchObject({ ok: false, status: 0x0207 })
  })
  test('an earlier one is worth nothing for another challenge', () => {
    const real = chapServices(guard)
    const other = chapStep({ ...services, newChallenge: real.newChallenge }, oneWay, { is: 'algorithm' }, [
      ['CHAP_A', '5'],
    ])
    expect(other.ok && step(other.state, proof(FORWARD[5]), oneWay)).toMatchObject({ ok: false, status: 0x0201 })
  })
  test('nothing more is taken after it', () => {
    expect(step({ is: 'passed' }, proof(FORWARD[5]))).toMatchObject({ ok: false, status: 0x0200 })
  })
})

describe('our own proof', () => {
  test.each([5, 7] as const)('is given for algorithm %i when it is asked for', (n) => {
    expect(step(challenged(String(n)), [...proof(FORWARD[n]), ...ask()])).toEqual({
      ok: true,
      state: { is: 'passed' },
      answer: [
        ['CHAP_N', 'bootlace'],
        ['CHAP_R', `0x${BACKWARD[n]}`],
      ],
    })
  })
  test.each([
    ['base64', '0b8PHy8/T19vf4+fr7/P3+/w==', '42'],
    ['a number in hex', REVERSE_CHALLENGE, '0x2a'],
  ])('the question may come in %s', (_name, challenge, identifier) => {
    expect(step(challenged(), [...proof(FORWARD[5]), ...ask(challenge, identifier)])).toMatchObject({
      answer: [
        ['CHAP_N', 'bootlace'],
        ['CHAP_R', `0x${BACKWARD[5]}`],
      ],
    })
  })
  test('is never given for a challenge of ours, of this login or of another one', () => {
    const ours = '0x000102030405060708090a0b0c0d0e0f'
    expect(step(challenged(), [...proof(FORWARD[5]), ...ask(ours)])).toMatchObject({ ok: false, status: 0x0201 })
    guard.remember(fromHex('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff'))
    expect(step(challenged(), [...proof(FORWARD[5]), ...ask()])).toMatchObject({ ok: false, status: 0x0201 })
  })
  test('is not given where none is set up', () => {
    expect(step(challenged(), [...proof(FORWARD[5]), ...ask()], oneWay)).toMatchObject({ ok: false, status: 0x0201 })
  })
  test('is not given with the secret of the other direction', () => {
    const same = { ...oneWay, reverse: { name: 'bootlace', secret: oneWay.secret } }
    expect(step(challenged(), [...proof(FORWARD[5]), ...ask()], same)).toMatchObject({ ok: false, status: 0x0201 })
  })
  test.each<[string, KeyValue[], number]>([
    ['no challenge', [['CHAP_I', '1']], 0x0207],
    ['no identifier', [['CHAP_C', REVERSE_CHALLENGE]], 0x0207],
    ['an identifier above 255', ask(REVERSE_CHALLENGE, '256'), 0x0200],
    ['an identifier that is no number', ask(REVERSE_CHALLENGE, 'x'), 0x0200],
    ['an empty challenge', ask('0x'), 0x0200],
    ['a challenge of more than 1024 bytes', ask(`0x${'00'.repeat(1025)}`), 0x0200],
  ])('refuses %s', (_name, asked, status) => {
    expect(step(challenged(), [...proof(FORWARD[5]), ...asked])).toMatchObject({ ok: false, status })
  })
})

test('chance is chance, and challenges are remembered', () => {
  const real = chapServices(guard)
  const seen = new Set<string>()
  for (let i = 0; i < 100; i++) {
    const challenge = real.newChallenge(16)
    expect(challenge).toHaveLength(16)
    expect(real.isOurChallenge(challenge)).toBe(true)
    seen.add(Buffer.from(challenge).toString('hex'))
    expect(real.newIdentifier()).toBeLessThan(256)
  }
  expect(seen.size).toBe(100)
})

test('the keys of CHAP are five', () => {
  expect(['CHAP_A', 'CHAP_I', 'CHAP_C', 'CHAP_N', 'CHAP_R'].every(isChapKey)).toBe(true)
  expect(['CHAP_X', 'CHAP', 'XCHAP_A', 'CHAP_AA', 'AuthMethod'].some(isChapKey)).toBe(false)
})
