import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import type { LoginState } from '../../../src-main/iscsi/login-state.ts'
import { loginStep } from '../../../src-main/iscsi/login.ts'
import type { LoginRequest } from '../../../src-main/iscsi/pdu/login-request.ts'
import type { LoginIdentity, Target, TargetDirectory, TargetLookup } from '../../../src-main/iscsi/target.ts'
import type { KeyValue } from '../../../src-main/iscsi/text/text-keys.ts'
import { loginContext, loginRequest, LoginReplay } from '../../support/login-replay.ts'

const target: Target = { name: 'iqn.2026-11.app.bootlace:win11', alias: 'Windows', luns: new Map() }
const PC = 'iqn.2026-11.app.bootlace:client.pc-01'
const NAMES: KeyValue[] = [
  ['InitiatorName', PC],
  ['TargetName', target.name],
  ['SessionType', 'Normal'],
]
const SECRET = 'correcthorse1234'
const REVERSE = 'batterystaple567'

let found: LoginIdentity[]
let lookup: TargetLookup
const directory: TargetDirectory = {
  credentials: (who) =>
    who.initiatorName === PC
      ? { name: 'pc-01', secret: SECRET, reverse: { name: 'bootlace', secret: REVERSE } }
      : undefined,
  find: (_name, who) => {
    found.push(who)
    return lookup
  },
  list: () => [],
}
const context = loginContext(directory)
let replay: LoginReplay
beforeEach(() => {
  found = []
  lookup = { ok: true, target }
  replay = new LoginReplay(context)
})

/** RFC 1994 §4.1, by hand. */
const hashOf = (algorithm: 'md5' | 'sha256', identifier: number, secret: string, challenge: string): string =>
  createHash(algorithm)
    .update(Buffer.from([identifier]))
    .update(secret)
    .update(Buffer.from(challenge.slice(2), 'hex'))
    .digest('hex')
const responseTo = (asked: Map<string, string>, o: { name?: string; secret?: string } = {}): KeyValue[] => {
  const algorithm = asked.get('CHAP_A') === '7' ? 'sha256' : 'md5'
  const hash = hashOf(algorithm, Number(asked.get('CHAP_I')), o.secret ?? SECRET, asked.get('CHAP_C')!)
  return [
    ['CHAP_N', o.name ?? 'pc-01'],
    ['CHAP_R', `0x${hash}`],
  ]
}
/** Security stage; T as given. */
const security = (transit: boolean, nsg = transit ? 1 : 0): Partial<LoginRequest> => ({ csg: 0, nsg, transit })
const lastStatus = (): number => {
  const e = replay.effects.find((effect) => effect.type === 'respond')!
  return e.response.status
}
const last = () => replay.effects.find((effect) => effect.type === 'respond')!.response

describe('an initiator that knows the password', () => {
  test('iPXE: T on every request, MD5, answers without T until CHAP is over', () => {
    expect([...replay.keys([...NAMES, ['AuthMethod', 'CHAP,None']], security(true))]).toEqual([
      ['TargetPortalGroupTag', '1'],
      ['AuthMethod', 'CHAP'],
    ])
    expect(last()).toMatchObject({ status: 0, transit: false, csg: 0, nsg: 0 })
    const asked = replay.keys([['CHAP_A', '5']], security(true))
    expect([...asked.keys()]).toEqual(['CHAP_A', 'CHAP_I', 'CHAP_C'])
    expect(last()).toMatchObject({ status: 0, transit: false })
    expect(found).toEqual([])
    expect(replay.keys(responseTo(asked), security(true)).size).toBe(0)
    expect(last()).toMatchObject({ status: 0, transit: true, csg: 0, nsg: 1 })
    replay.keys([['InitialR2T', 'Yes']])
    expect(replay.established).toMatchObject({ target, identity: { initiatorName: PC } })
    expect(found).toHaveLength(1)
  })

  test('iPXE in both directions: the same, and our own proof', () => {
    replay.keys([...NAMES, ['AuthMethod', 'CHAP']], security(true))
    const asked = replay.keys([['CHAP_A', '5']], security(true))
    const challenge = '0xf0f1f2f3f4f5f6f7f8f9fafbfcfdfeff'
    const answer = replay.keys([...responseTo(asked), ['CHAP_I', '42'], ['CHAP_C', challenge]], security(true))
    expect([...answer]).toEqual([
      ['CHAP_N', 'bootlace'],
      ['CHAP_R', `0x${hashOf('md5', 42, REVERSE, challenge)}`],
    ])
    expect(last()).toMatchObject({ status: 0, transit: true, nsg: 1 })
  })

  test('EDK2: SHA-256 first, T only at the end, and every key it offers is answered without one more', () => {
    expect([...replay.keys([...NAMES, ['AuthMethod', 'CHAP']], security(false)).keys()]).toEqual([
      'TargetPortalGroupTag',
      'AuthMethod',
    ])
    const asked = replay.keys([['CHAP_A', '7,5']], security(false))
    expect(asked.get('CHAP_A')).toBe('7')
    expect(asked.get('CHAP_C')).toMatch(/^0x[0-9a-f]{64}$/)
    replay.keys(responseTo(asked), security(true))
    expect(last()).toMatchObject({ status: 0, transit: true, nsg: 1 })
    const offer: KeyValue[] = [
      ['HeaderDigest', 'None'],
      ['DataDigest', 'None'],
      ['ErrorRecoveryLevel', '0'],
      ['ImmediateData', 'Yes'],
    ]
    expect([...replay.keys(offer).keys()]).toEqual(offer.map(([key]) => key))
    expect(last()).toMatchObject({ status: 0, transit: true, nsg: 3, tsih: 7 })
  })

  test('open-iscsi: a list of algorithms, the response without T, then the stage ends', () => {
    replay.keys([...NAMES, ['InitiatorAlias', 'pc-01'], ['AuthMethod', 'CHAP,None']], security(false))
    const asked = replay.keys([['CHAP_A', '8,7,6,5']], security(false))
    expect(asked.get('CHAP_A')).toBe('7')
    replay.keys(responseTo(asked), security(false))
    expect(last()).toMatchObject({ status: 0, transit: false })
    replay.keys([], security(true))
    expect(last()).toMatchObject({ status: 0, transit: true, nsg: 1 })
  })

  test('method and algorithm in one request', () => {
    const asked = replay.keys([['AuthMethod', 'CHAP'], ['CHAP_A', '5'], ...NAMES], security(false))
    expect([...asked.keys()]).toEqual(['TargetPortalGroupTag', 'AuthMethod', 'CHAP_A', 'CHAP_I', 'CHAP_C'])
    replay.keys(responseTo(asked), security(true, 3))
    expect(replay.established.target).toBe(target)
  })

  test('discovery asks for it as well', () => {
    replay.keys([NAMES[0]!, ['SessionType', 'Discovery'], ['AuthMethod', 'CHAP']], security(false))
    const asked = replay.keys([['CHAP_A', '5']], security(false))
    replay.keys(responseTo(asked), security(true, 3))
    expect(replay.established.target).toBeUndefined()
    expect(found).toEqual([])
  })

  test('a disk that is prepared is waited for after the proof, and the same proof holds', () => {
    replay.keys([...NAMES, ['AuthMethod', 'CHAP']], security(false))
    const asked = replay.keys([['CHAP_A', '5']], security(false))
    const proof = loginRequest(responseTo(asked), security(true))
    lookup = { ok: false, reason: 'wait', ready: Promise.resolve() }
    const waiting = loginStep(context)(replay.state, { type: 'request', request: proof })!
    expect(waiting.effects.map((e) => e.type)).toEqual(['wait'])
    expect(waiting.state).toBe(replay.state)
    lookup = { ok: true, target }
    expect(replay.send(proof)).toMatchObject({ status: 0, transit: true })
  })
})

describe('who does not know it', () => {
  const begin = (): Map<string, string> => {
    replay.keys([...NAMES, ['AuthMethod', 'CHAP']], security(true))
    return replay.keys([['CHAP_A', '5']], security(true))
  }
  test('a wrong name and a wrong password get the same answer, byte for byte', () => {
    const answers = [{ name: 'pc-02' }, { secret: 'wrong' }, { name: '', secret: '' }].map((o) => {
      replay = new LoginReplay(context)
      const response = replay.send(loginRequest(responseTo(begin(), o), security(true)))
      expect(replay.effects.map((e) => e.type)).toEqual(['respond', 'refused', 'close'])
      return response
    })
    expect(answers[0]).toMatchObject({ status: 0x0201, transit: false })
    expect(answers[0]!.data).toHaveLength(0)
    expect(answers[1]).toEqual(answers[0])
    expect(answers[2]).toEqual(answers[0])
    expect(found).toEqual([])
  })

  test.each<[string, KeyValue[], Partial<LoginRequest>]>([
    ['offers no CHAP', [...NAMES, ['AuthMethod', 'None']], security(true)],
    ['offers something else', [...NAMES, ['AuthMethod', 'KRB5,None']], security(false)],
    ['leaves the method out', NAMES, security(true)],
    ['leaves the stage out', NAMES, {}],
    ['leaves the stage out and names the method', [...NAMES, ['AuthMethod', 'CHAP']], {}],
    ['goes on at once', [...NAMES, ['AuthMethod', 'None']], security(true, 3)],
  ])('%s: refused, and no disk is looked up for it', (_name, keys, o) => {
    replay.keys(keys, o)
    expect(lastStatus()).toBe(0x0201)
    expect(replay.state.is).toBe('failed')
    expect(found).toEqual([])
  })

  test.each<[string, KeyValue[]]>([
    ['nothing', []],
    ['other keys', [['InitiatorAlias', 'x']]],
  ])('sends %s where the algorithm is due', (_name, keys) => {
    replay.keys([...NAMES, ['AuthMethod', 'CHAP']], security(true))
    replay.keys(keys, security(true))
    expect(lastStatus()).toBe(0x0207)
  })

  test('jumps to the next stage in the middle', () => {
    begin()
    replay.keys([['InitialR2T', 'Yes']])
    expect(lastStatus()).toBe(0x0200)
  })

  test('begins CHAP again to have another try', () => {
    begin()
    replay.keys([['AuthMethod', 'CHAP']], security(true))
    expect(lastStatus()).toBe(0x0200)
  })

  test('sends our challenge back', () => {
    const asked = begin()
    replay.keys([...responseTo(asked), ['CHAP_I', '1'], ['CHAP_C', asked.get('CHAP_C')!]], security(true))
    expect(lastStatus()).toBe(0x0201)
  })

  test('sends the challenge of another connection back', () => {
    const other = new LoginReplay(context)
    other.keys([...NAMES, ['AuthMethod', 'CHAP']], security(true))
    const theirs = other.keys([['CHAP_A', '5']], security(true)).get('CHAP_C')!
    replay.keys([...responseTo(begin()), ['CHAP_I', '1'], ['CHAP_C', theirs]], security(true))
    expect(lastStatus()).toBe(0x0201)
  })

  test('plays an earlier proof again', () => {
    const proof = responseTo(begin())
    replay.keys(proof, security(true))
    expect(lastStatus()).toBe(0)
    replay = new LoginReplay(context)
    begin()
    replay.keys(proof, security(true))
    expect(lastStatus()).toBe(0x0201)
  })

  test('has tried too often: turned away before any hashing, with nothing to tell', () => {
    replay = new LoginReplay(loginContext(directory, { isBlocked: (who) => who.initiatorName === PC }))
    replay.keys([...NAMES, ['AuthMethod', 'CHAP']], security(true))
    expect(lastStatus()).toBe(0x0301)
    expect(replay.effects.map((e) => e.type)).toEqual(['respond', 'close'])
  })
})

describe('who need not', () => {
  const OTHER: KeyValue[] = [['InitiatorName', 'iqn.1993-08.org.debian:01:abc'], NAMES[1]!]

  test('is let in as before, even if it could', () => {
    const answer = replay.keys([...OTHER, ['AuthMethod', 'CHAP,None']], security(true))
    expect([...answer]).toEqual([
      ['TargetAlias', 'Windows'],
      ['TargetPortalGroupTag', '1'],
      ['AuthMethod', 'None'],
    ])
    expect(last()).toMatchObject({ status: 0, transit: true, nsg: 1 })
  })
  test('is refused when it insists on checking us', () => {
    replay.keys([...OTHER, ['AuthMethod', 'CHAP']], security(true))
    expect(lastStatus()).toBe(0x0201)
  })
  test.each([security(false), {}])('must not send CHAP keys', (o) => {
    replay.keys([...OTHER, ['CHAP_A', '5']], o)
    expect(lastStatus()).toBe(0x0200)
  })
})

describe('transitions of a login with a password', () => {
  type At = 'start' | 'method' | 'challenge' | 'passed' | 'operational'
  type Sends = 'method' | 'algorithm' | 'proof' | 'wrong' | 'nothing' | 'stage 1' | 'timeout'
  const reach = (at: At): Map<string, string> => {
    let asked = new Map<string, string>()
    if (at === 'start') return asked
    replay.keys([...NAMES, ['AuthMethod', 'CHAP']], security(false))
    if (at === 'method') return asked
    asked = replay.keys([['CHAP_A', '5']], security(false))
    if (at === 'challenge') return asked
    replay.keys(responseTo(asked), security(at === 'operational'))
    return asked
  }
  const NEXT: Record<At, Record<Sends, LoginState['is'] | 'transit'>> = {
    start: {
      method: 'securityNegotiation',
      algorithm: 'failed',
      proof: 'failed',
      wrong: 'failed',
      nothing: 'failed',
      'stage 1': 'failed',
      timeout: 'failed',
    },
    method: {
      method: 'failed',
      algorithm: 'securityNegotiation',
      proof: 'failed',
      wrong: 'failed',
      nothing: 'failed',
      'stage 1': 'failed',
      timeout: 'failed',
    },
    challenge: {
      method: 'failed',
      algorithm: 'failed',
      proof: 'transit',
      wrong: 'failed',
      nothing: 'failed',
      'stage 1': 'failed',
      timeout: 'failed',
    },
    passed: {
      method: 'failed',
      algorithm: 'failed',
      proof: 'failed',
      wrong: 'failed',
      nothing: 'transit',
      'stage 1': 'failed',
      timeout: 'failed',
    },
    operational: {
      method: 'failed',
      algorithm: 'failed',
      proof: 'failed',
      wrong: 'failed',
      nothing: 'failed',
      'stage 1': 'fullFeature',
      timeout: 'failed',
    },
  }
  const cases = Object.entries(NEXT).flatMap(([at, row]) =>
    Object.entries(row).map(([sends, to]) => [at as At, sends as Sends, to] as const),
  )
  test.each(cases)('%s + %s -> %s', (at, sends, to) => {
    const asked = reach(at)
    const keys: Record<Exclude<Sends, 'timeout'>, KeyValue[]> = {
      method: at === 'start' ? [...NAMES, ['AuthMethod', 'CHAP']] : [['AuthMethod', 'CHAP']],
      algorithm: [['CHAP_A', '5']],
      proof:
        asked.size > 0
          ? responseTo(asked)
          : [
              ['CHAP_N', 'pc-01'],
              ['CHAP_R', '0x00'],
            ],
      wrong: [
        ['CHAP_N', 'pc-01'],
        ['CHAP_R', '0x00'],
      ],
      nothing: [],
      'stage 1': [['InitialR2T', 'Yes']],
    }
    const step = loginStep(context)
    const next =
      sends === 'timeout'
        ? step(replay.state, { type: 'timeout' })
        : step(replay.state, {
            type: 'request',
            request: loginRequest(keys[sends], sends === 'stage 1' ? {} : security(true)),
          })
    expect(next!.state.is).toBe(to === 'transit' ? 'operationalNegotiation' : to)
    const answer = next!.effects.find((e) => e.type === 'respond')?.response
    // Whatever it wanted: T only where the stage is over.
    expect(answer?.transit ?? false).toBe(to === 'transit' || to === 'fullFeature')
  })
})
