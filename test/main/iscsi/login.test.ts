import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, test } from 'vitest'
import { asciiAt } from '../../../src-main/base/bytes.ts'
import { BHS_LENGTH, dataSegmentLengthOf } from '../../../src-main/iscsi/pdu/bhs.ts'
import { decodeLoginRequest, type LoginRequest } from '../../../src-main/iscsi/pdu/login-request.ts'
import { decodeLoginResponse, type LoginResponse } from '../../../src-main/iscsi/pdu/login-response.ts'
import { OUR_VALUES } from '../../../src-main/iscsi/offer.ts'
import {
  initialLogin,
  loginStep,
  sessionParameters,
  type EstablishedLogin,
  type LoginContext,
  type LoginEffect,
  type LoginState,
} from '../../../src-main/iscsi/login.ts'
import type { Target } from '../../../src-main/iscsi/target.ts'
import { decodeText, encodeText, type KeyValue } from '../../../src-main/iscsi/text/text-keys.ts'
import { readPcap } from '../../support/pcap.ts'

const target: Target = { name: 'iqn.2026-11.app.bootlace:win11', luns: new Map() }
let found: string[]
let sessionExists: boolean

const context: LoginContext = {
  remoteAddress: '192.0.2.10',
  tsih: 7,
  ours: OUR_VALUES,
  hasSession: () => sessionExists,
  directory: {
    find: (name) => {
      found.push(name)
      if (name.endsWith(':gone')) return { ok: false, reason: 'notFound', text: 'no such target' }
      if (name.endsWith(':other')) return { ok: false, reason: 'notAllowed', text: 'not yours' }
      if (name.endsWith(':busy')) return { ok: false, reason: 'unavailable', text: 'locked' }
      return { ok: true, target }
    },
    list: () => [],
  },
}
const step = loginStep(context)

beforeEach(() => {
  found = []
  sessionExists = false
})

/** Feeds requests one after the other. */
class Replay {
  state: LoginState = initialLogin
  effects: LoginEffect[] = []

  send(request: LoginRequest): Pick<LoginResponse, 'status' | 'transit' | 'csg' | 'nsg' | 'tsih' | 'data'> {
    const next = step(this.state, { type: 'request', request })
    if (!next) throw new Error(`a request is not legal in ${this.state.is}`)
    this.state = next.state
    this.effects = [...next.effects]
    const response = this.effects.find((e) => e.type === 'respond')
    if (!response) throw new Error('no response')
    return response.response
  }
  get established(): EstablishedLogin {
    const e = this.effects.find((x) => x.type === 'established')
    if (!e) throw new Error('the login is not established')
    return e.login
  }
}

function request(keys: readonly KeyValue[], o: Partial<LoginRequest> = {}): LoginRequest {
  return {
    opcode: 0x03,
    transit: true,
    continue: false,
    csg: 1,
    nsg: 3,
    versionMax: 0,
    versionMin: 0,
    isid: '00023d000001',
    tsih: 0,
    initiatorTaskTag: 1,
    cid: 0,
    cmdSn: 1,
    expStatSn: 0,
    data: encodeText(keys),
    ...o,
  }
}
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
      const replay = new Replay()
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
  const replay = new Replay()
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
  const replay = new Replay()
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
  const replay = new Replay()
  expect(replay.send(request(NAMES, { transit: false, nsg: 0 }))).toMatchObject({ status: 0, transit: false, csg: 1 })
  expect(replay.state.is).toBe('operationalNegotiation')
  expect(replay.send(request([['ImmediateData', 'No']]))).toMatchObject({ status: 0, transit: true })
})

test('text may be cut anywhere over several requests with the C bit', () => {
  const whole = encodeText([...NAMES, ['ImmediateData', 'No']])
  const replay = new Replay()
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
  const replay = new Replay()
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
    const replay = new Replay()
    expect(replay.send(r).status).toBe(status)
    expect(replay.state.is).toBe('failed')
    expect(replay.effects.map((e) => e.type)).toEqual(['respond', 'refused', 'close'])
  })

  test('a second connection for a session that exists', () => {
    sessionExists = true
    expect(new Replay().send(request(NAMES, { tsih: 3 })).status).toBe(0x0206)
  })
  test('an identity that changes half way', () => {
    const replay = new Replay()
    replay.send(request(NAMES, { csg: 0, nsg: 1 }))
    expect(replay.send(request([], { isid: '00023d000002' })).status).toBe(0x0200)
  })
  test('a stage that was left', () => {
    const replay = new Replay()
    replay.send(request(NAMES, { csg: 0, nsg: 1 }))
    expect(replay.send(request([], { csg: 0, nsg: 1 })).status).toBe(0x0200)
  })
})

describe('transitions', () => {
  const replayTo = (is: LoginState['is']): LoginState => {
    const replay = new Replay()
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
