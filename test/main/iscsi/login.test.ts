import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, test } from 'vitest'
import { asciiAt } from '../../../src-main/base/bytes.ts'
import { BHS_LENGTH, dataSegmentLengthOf } from '../../../src-main/iscsi/pdu/bhs.ts'
import { decodeLoginRequest, type LoginRequest } from '../../../src-main/iscsi/pdu/login-request.ts'
import { decodeLoginResponse } from '../../../src-main/iscsi/pdu/login-response.ts'
import type { LoginState } from '../../../src-main/iscsi/login-state.ts'
import { loginStep } from '../../../src-main/iscsi/login.ts'
import { sessionParameters } from '../../../src-main/iscsi/session-parameters.ts'
import type { Target } from '../../../src-main/iscsi/target.ts'
import { decodeText, encodeText, type KeyValue } from '../../../src-main/iscsi/text/text-keys.ts'
import { loginContext, loginRequest, LoginReplay } from '../../support/login-replay.ts'
import { readPcap } from '../../support/pcap.ts'

const target: Target = { name: 'iqn.2026-11.app.bootlace:win11', luns: new Map() }
let found: string[]
let sessionExists: boolean

const context = loginContext(
  {
    find: (name) => {
      found.push(name)
      if (name.endsWith(':gone')) return { ok: false, reason: 'notFound', text: 'no such target' }
      if (name.endsWith(':other')) return { ok: false, reason: 'notAllowed', text: 'not yours' }
      if (name.endsWith(':busy')) return { ok: false, reason: 'unavailable', text: 'locked' }
      if (name.endsWith(':moved')) return { ok: false, reason: 'moved', address: '192.0.2.9:3261', forGood: false }
      if (name.endsWith(':gone-for-good'))
        return { ok: false, reason: 'moved', address: '[2001:db8::9]', forGood: true }
      return { ok: true, target }
    },
    list: () => [],
  },
  { hasSession: () => sessionExists },
)
const step = loginStep(context)

beforeEach(() => {
  found = []
  sessionExists = false
})

const request = loginRequest
const NAMES: KeyValue[] = [
  ['InitiatorName', 'iqn.2026-11.app.bootlace:client.pc-01'],
  ['TargetName', target.name],
]

/** Login requests of a capture, by connection, in order. iPXE sends header and text in segments of their own, and the
 *  captures kept only the text: there the header is made from the answer, with T set as iPXE always does. */
function captured(name: string): LoginRequest[][] {
  const file = join(dirname(fileURLToPath(import.meta.url)), '../../fixtures/iscsi', `${name}.pcap`)
  const byPort = new Map<number, LoginRequest[]>()
  const lonelyText = new Map<number, Uint8Array>()
  const add = (port: number, r: LoginRequest): void => void byPort.set(port, [...(byPort.get(port) ?? []), r])
  for (const p of readPcap(file)) {
    const b = p.payload
    if (p.proto !== 'tcp' || b.length < BHS_LENGTH) continue
    if (p.dstPort === 3260) {
      if (b[0] === 0x43) {
        const length = dataSegmentLengthOf(b)
        add(p.srcPort, decodeLoginRequest(b.subarray(0, BHS_LENGTH), b.subarray(BHS_LENGTH, BHS_LENGTH + length)))
      } else if (/^[A-Z][A-Za-z]+=/.test(asciiAt(b, 0, 16))) lonelyText.set(p.srcPort, b)
    } else if (p.srcPort === 3260 && b[0] === 0x23) {
      const data = lonelyText.get(p.dstPort)
      lonelyText.delete(p.dstPort)
      if (!data) continue
      const { csg, nsg, isid, initiatorTaskTag } = decodeLoginResponse(b.subarray(0, BHS_LENGTH), new Uint8Array(0))
      add(p.dstPort, request([], { csg, nsg, isid, initiatorTaskTag, data }))
    }
  }
  return [...byPort.values()]
}

describe('real initiators log in', () => {
  test.each([
    ['seabios-ipxe-rom-virtio-debian-boot', ['ipxe', 'ipxe']],
    ['ovmf-pxe-ipxe-efi-debian-boot', ['ipxe']],
    ['seabios-keep-san-empty-lun-then-cd', ['ipxe', 'ipxe', 'linux']],
  ])('%s', (name, kinds) => {
    const logins = captured(name)
    expect(logins.map((l) => (l[0]!.isid.startsWith('40002723') ? 'ipxe' : 'linux'))).toEqual(kinds)
    for (const requests of logins) {
      const replay = new LoginReplay(context)
      for (const r of requests) expect(replay.send(r)).toMatchObject({ status: 0, transit: true, nsg: r.nsg })
      expect(replay.state.is).toBe('fullFeature')
      const { identity, agreed } = replay.established
      expect(identity.initiatorName).toMatch(/^iqn\./)
      const params = sessionParameters(agreed)
      expect(params).toMatchObject({ headerDigest: false, dataDigest: false })
      const isIpxe = requests[0]!.isid.startsWith('40002723')
      expect(params.initialR2T).toBe(isIpxe)
      expect(params.initiatorMaxRecvDataSegmentLength).toBe(isIpxe ? 8192 : 262144)
    }
  })
})

test('iscsid takes the session of iscsistart over: same ISID, TSIH 0, digests offered, one step', () => {
  const replay = new LoginReplay(context)
  // The keys of the running system's login as seen in the lab; it offers digests, None first.
  const offer: KeyValue[] = [
    ...NAMES,
    ['InitiatorAlias', 'pc-01'],
    ['SessionType', 'Normal'],
    ['HeaderDigest', 'None,CRC32C'],
    ['DataDigest', 'None,CRC32C'],
    ['DefaultTime2Wait', '2'],
    ['DefaultTime2Retain', '0'],
    ['IFMarker', 'No'],
    ['OFMarker', 'No'],
    ['ErrorRecoveryLevel', '0'],
    ['InitialR2T', 'No'],
    ['ImmediateData', 'Yes'],
    ['MaxBurstLength', '16776192'],
    ['FirstBurstLength', '262144'],
    ['MaxOutstandingR2T', '1'],
    ['MaxConnections', '1'],
    ['DataPDUInOrder', 'Yes'],
    ['DataSequenceInOrder', 'Yes'],
    ['MaxRecvDataSegmentLength', '262144'],
  ]
  const response = replay.send(request(offer))
  expect(response).toMatchObject({ status: 0, transit: true, csg: 1, nsg: 3, tsih: 7 })
  const answered = decodeText(response.data).map(([k]) => k)
  expect(answered).toEqual(['TargetPortalGroupTag', ...offer.slice(4).map(([k]) => k)])
  expect(sessionParameters(replay.established.agreed)).toEqual({
    headerDigest: false,
    dataDigest: false,
    initialR2T: false,
    immediateData: true,
    initiatorMaxRecvDataSegmentLength: 262144,
    maxBurstLength: 1048576,
    firstBurstLength: 262144,
    maxOutstandingR2T: 1,
  })
})

test('the first answer of a normal session names the portal group, later ones do not', () => {
  const replay = new LoginReplay(context)
  const first = replay.send(request([...NAMES, ['AuthMethod', 'None']], { csg: 0, nsg: 1 }))
  expect(decodeText(first.data)).toEqual([
    ['TargetPortalGroupTag', '1'],
    ['AuthMethod', 'None'],
  ])
  const second = replay.send(request([['MaxBurstLength', '262144']]))
  expect(decodeText(second.data)).toEqual([['MaxBurstLength', '262144']])
  expect(second.tsih).toBe(7)
})

test('a request without T is answered without T and the stage stays', () => {
  const replay = new LoginReplay(context)
  expect(replay.send(request(NAMES, { transit: false, nsg: 0 }))).toMatchObject({ status: 0, transit: false, csg: 1 })
  expect(replay.state.is).toBe('operationalNegotiation')
  expect(replay.send(request([['ImmediateData', 'No']]))).toMatchObject({ status: 0, transit: true })
})

test('text may be cut anywhere over several requests with the C bit', () => {
  const whole = encodeText([...NAMES, ['ImmediateData', 'No']])
  const replay = new LoginReplay(context)
  for (let at = 0; at < whole.length; at += 10) {
    const last = at + 10 >= whole.length
    const r = request([], { data: whole.subarray(at, at + 10), transit: last, continue: !last, nsg: last ? 3 : 0 })
    const response = replay.send(r)
    expect(response.transit).toBe(last)
    if (!last) expect(response.data.length).toBe(0)
  }
  expect(replay.established.agreed.get('ImmediateData')).toBe('No')
})

test('a discovery session needs no target', () => {
  const replay = new LoginReplay(context)
  replay.send(request([NAMES[0]!, ['SessionType', 'Discovery']]))
  expect(replay.established.target).toBeUndefined()
  expect(found).toEqual([])
})

describe('refusals carry class and detail', () => {
  const A = NAMES[0]!
  test.each<[string, LoginRequest, number]>([
    ['no such target', request([A, ['TargetName', 'iqn.x:gone']]), 0x0203],
    ['not allowed', request([A, ['TargetName', 'iqn.x:other']]), 0x0202],
    ['not available', request([A, ['TargetName', 'iqn.x:busy']]), 0x0301],
    ['no initiator name', request([['TargetName', target.name]]), 0x0207],
    ['no target name', request([A]), 0x0207],
    ['an unknown session type', request([...NAMES, ['SessionType', 'Boot']]), 0x0209],
    ['a newer version only', request(NAMES, { versionMin: 1, versionMax: 1 }), 0x0205],
    ['a session that does not exist', request(NAMES, { tsih: 9 }), 0x020a],
    ['CHAP without a way out', request([...NAMES, ['AuthMethod', 'CHAP']], { csg: 0, nsg: 1 }), 0x0201],
    ['a number out of range', request([...NAMES, ['MaxBurstLength', '1']]), 0x0200],
    ['text that is no text', request([], { data: Uint8Array.of(1, 2, 3, 0) }), 0x0200],
    ['a stage that is none', request(NAMES, { csg: 2 }), 0x0200],
    ['a way back', request(NAMES, { csg: 1, nsg: 0 }), 0x0200],
    ['T and C together', request(NAMES, { continue: true }), 0x0200],
    ['too much text', request([...NAMES, ['X-long', 'x'.repeat(9000)]], { csg: 0, nsg: 1 }), 0x0200],
  ])('%s', (_name, r, status) => {
    const replay = new LoginReplay(context)
    expect(replay.send(r).status).toBe(status)
    expect(replay.state.is).toBe('failed')
    expect(replay.effects.map((e) => e.type)).toEqual(['respond', 'refused', 'close'])
  })

  test('a second connection for a session that exists', () => {
    sessionExists = true
    expect(new LoginReplay(context).send(request(NAMES, { tsih: 3 })).status).toBe(0x0206)
  })
  test('an identity that changes half way', () => {
    const replay = new LoginReplay(context)
    replay.send(request(NAMES, { csg: 0, nsg: 1 }))
    expect(replay.send(request([], { isid: '00023d000002' })).status).toBe(0x0200)
  })
  test('a stage that was left', () => {
    const replay = new LoginReplay(context)
    replay.send(request(NAMES, { csg: 0, nsg: 1 }))
    expect(replay.send(request([], { csg: 0, nsg: 1 })).status).toBe(0x0200)
  })
})

describe('a target that is served elsewhere', () => {
  test.each([
    ['iqn.x:moved', 0x0101, '192.0.2.9:3261'],
    ['iqn.x:gone-for-good', 0x0102, '[2001:db8::9]'],
  ])('%s answers with status %i and the address %s, and is no refusal', (name, status, address) => {
    const replay = new LoginReplay(context)
    const response = replay.send(request([NAMES[0]!, ['TargetName', name]]))
    expect(response).toMatchObject({ status, transit: false })
    expect(decodeText(response.data)).toEqual([['TargetAddress', address]])
    expect(replay.effects.map((e) => e.type)).toEqual(['respond', 'close'])
    expect(replay.state.is).toBe('failed')
  })
})

describe('an answer that is longer than 8192 bytes', () => {
  /** Unknown keys: each answer is longer than its question. */
  const many = Array.from({ length: 700 }, (_, i): KeyValue => [`X-${i}`, '1'])
  const whole = many.map(([key]) => `${key}=NotUnderstood\0`).join('')
  const empty = (o: object = {}) => request([], { data: new Uint8Array(0), ...o })

  test('is cut with the C bit, fetched by empty requests, and then the stage ends', () => {
    const replay = new LoginReplay(context)
    const parts = [replay.send(request([...NAMES, ...many]))]
    while (parts.at(-1)!.continue) parts.push(replay.send(empty()))
    expect(parts.length).toBeGreaterThan(1)
    for (const part of parts.slice(0, -1)) {
      expect(part).toMatchObject({ status: 0, transit: false, continue: true, nsg: 0, tsih: 0 })
      expect(part.data.length).toBe(8192)
    }
    expect(parts.at(-1)).toMatchObject({ status: 0, transit: true, continue: false, nsg: 3, tsih: 7 })
    const text = parts.map((part) => asciiAt(part.data, 0, part.data.length)).join('')
    expect(text).toBe(`TargetPortalGroupTag=1\0${whole}`)
    expect(replay.established.target).toBe(target)
  })
  test('ends the stage no sooner than the initiator wants', () => {
    const replay = new LoginReplay(context)
    replay.send(request([...NAMES, ...many], { transit: false, nsg: 0 }))
    expect(replay.send(empty({ transit: false, nsg: 0 }))).toMatchObject({ transit: false, continue: false })
    expect(replay.state.is).toBe('operationalNegotiation')
    expect(replay.send(empty())).toMatchObject({ status: 0, transit: true, nsg: 3 })
  })
  test.each<[string, object]>([
    ['keys', { data: encodeText([['ImmediateData', 'No']]) }],
    ['the C bit', { data: new Uint8Array(0), continue: true, transit: false, nsg: 0 }],
  ])('must be fetched before there is anything else: %s', (_name, o) => {
    const replay = new LoginReplay(context)
    replay.send(request([...NAMES, ...many]))
    expect(replay.send(request([], o)).status).toBe(0x0200)
  })
})

describe('transitions', () => {
  const replayTo = (is: LoginState['is']): LoginState => {
    const replay = new LoginReplay(context)
    if (is === 'operationalNegotiation') replay.send(request(NAMES, { csg: 0, nsg: 1 }))
    if (is === 'fullFeature') replay.send(request(NAMES))
    if (is === 'failed') replay.send(request([]))
    return replay.state
  }
  test.each<[LoginState['is'], 'request' | 'timeout', LoginState['is'] | 'illegal']>([
    ['securityNegotiation', 'request', 'fullFeature'],
    ['securityNegotiation', 'timeout', 'failed'],
    ['operationalNegotiation', 'request', 'fullFeature'],
    ['operationalNegotiation', 'timeout', 'failed'],
    ['fullFeature', 'request', 'illegal'],
    ['fullFeature', 'timeout', 'illegal'],
    ['failed', 'request', 'illegal'],
    ['failed', 'timeout', 'illegal'],
  ])('%s + %s -> %s', (from, input, to) => {
    const state = replayTo(from)
    expect(state.is).toBe(from)
    const next = step(state, input === 'request' ? { type: 'request', request: request(NAMES) } : { type: 'timeout' })
    expect(next?.state.is ?? 'illegal').toBe(to)
  })
})
