import { putU24be, putU32be, u24be, u32be } from '../../../../src-main/base/bytes.ts'
import type { Step } from '../../../support/iscsi-auditor/recorded.ts'
import type { Rule } from '../../../support/iscsi-auditor/violation.ts'
import type { ConversationName } from './conversations.ts'

/** One fault: what is changed in which clean conversation. */
export interface Plant {
  readonly what: string
  readonly in: ConversationName
  readonly plant: (steps: Step[]) => void
}

const OP = {
  command: 0x01,
  nopIn: 0x20,
  response: 0x21,
  management: 0x22,
  login: 0x23,
  text: 0x24,
  dataIn: 0x25,
} as const
const [LOGOUT, R2T, ASYNC, REJECT] = [0x26, 0x31, 0x32, 0x3f]

type Pick = (pdu: Uint8Array) => boolean
const of =
  (opcode: number, and: Pick = () => true): Pick =>
  (pdu) =>
    (pdu[0]! & 0x3f) === opcode && and(pdu)
const withStatus: Pick = (p) => (p[1]! & 1) !== 0
const withoutStatus: Pick = (p) => (p[1]! & 1) === 0
const dataIn = of(OP.dataIn, withoutStatus)
const lastDataIn = of(OP.dataIn, withStatus)
const underflow = of(OP.response, (p) => (p[1]! & 2) !== 0 && p[3] === 0)
const checkCondition = of(OP.response, (p) => p[3] === 2)
const pong = of(OP.nopIn, (p) => u32be(p, 16) !== 0xffffffff)
const ping = of(OP.nopIn, (p) => u32be(p, 16) === 0xffffffff)
const finalLogin = of(OP.login, (p) => (p[1]! & 0x83) === 0x83)
const goodWrite = of(OP.response, (p) => p[3] === 0 && (p[1]! & 6) === 0)

function indexOf(steps: readonly Step[], pick: Pick, nth = 0): number {
  const found = steps.flatMap((s, i) => (s.from === 'target' && pick(s.pdu) ? [i] : []))
  const at = found[nth]
  if (at === undefined) throw new Error('the conversation has no such PDU')
  return at
}
const change = (name: ConversationName, what: string, pick: Pick, edit: (pdu: Uint8Array) => void, nth = 0): Plant => ({
  what,
  in: name,
  plant: (steps) => edit(steps[indexOf(steps, pick, nth)]!.pdu),
})
const set = (at: number, value: number) => (pdu: Uint8Array) => void (pdu[at] = value)
const bits = (at: number, mask: number) => (pdu: Uint8Array) => void (pdu[at] = pdu[at]! | mask)
const clear = (at: number, mask: number) => (pdu: Uint8Array) => void (pdu[at] = pdu[at]! & ~mask)
const put = (at: number, value: number) => (pdu: Uint8Array) => putU32be(pdu, at, value)
const add = (at: number, n: number) => (pdu: Uint8Array) => putU32be(pdu, at, (u32be(pdu, at) + n) >>> 0)

const S = 'session' as const
const drop = (name: ConversationName, what: string, pick: Pick, nth = 0): Plant => ({
  what,
  in: name,
  plant: (steps) => void steps.splice(indexOf(steps, pick, nth), 1),
})
const twice = (what: string, pick: Pick): Plant => ({
  what,
  in: S,
  plant: (steps) => {
    const at = indexOf(steps, pick)
    steps.splice(at, 0, { from: 'target', pdu: steps[at]!.pdu.slice() })
  },
})
/** Another data segment in place of the PDU's own. */
const data = (
  name: ConversationName,
  what: string,
  pick: Pick,
  make: (old: Uint8Array) => Uint8Array,
  nth = 0,
): Plant => ({
  what,
  in: name,
  plant: (steps) => {
    const step = steps[indexOf(steps, pick, nth)]!
    const old = step.pdu.subarray(48, 48 + u24be(step.pdu, 5))
    const fresh = make(old)
    const pdu = new Uint8Array(48 + ((fresh.length + 3) & ~3))
    pdu.set(step.pdu.subarray(0, 48))
    pdu.set(fresh, 48)
    putU24be(pdu, 5, fresh.length)
    step.pdu = pdu
  },
})
const text = (name: ConversationName, what: string, pick: Pick, edit: (keys: string) => string, nth = 0): Plant =>
  data(name, what, pick, (old) => Buffer.from(edit(Buffer.from(old).toString())), nth)
const key = (what: string, from: string | RegExp, to: string): Plant =>
  text(S, what, finalLogin, (keys) => {
    const edited = keys.replace(from, to)
    if (edited === keys) throw new Error(`the login has no ${String(from)}`)
    return edited
  })
/** A PDU of the target that nobody expects, after the one picked; it looks like that one. */
const extra = (
  name: ConversationName,
  what: string,
  pick: Pick,
  edit: (pdu: Uint8Array) => void,
  like = pick,
): Plant => ({
  what,
  in: name,
  plant: (steps) => {
    const pdu = steps[indexOf(steps, like)]!.pdu.slice()
    edit(pdu)
    steps.splice(indexOf(steps, pick) + 1, 0, { from: 'target', pdu })
  },
})

/** At least one planted fault for every rule. */
export const PLANTS: Readonly<Record<Rule, readonly Plant[]>> = {
  opcode: [change(S, 'an opcode of initiators', pong, set(0, 0x00)), change(S, 'no opcode', pong, set(0, 0x2a))],
  ahs: [
    {
      what: 'an AHS',
      in: S,
      plant: (steps) => {
        const step = steps[indexOf(steps, of(OP.management))]!
        step.pdu = Uint8Array.from([...step.pdu, 0, 0, 0, 0])
        step.pdu[4] = 1
      },
    },
  ],
  reserved: [
    change(S, 'the I bit', pong, bits(0, 0x40)),
    change(S, 'no F on a response', of(OP.response), clear(1, 0x80)),
    change(S, 'a byte of NOP-In', pong, set(40, 1)),
    change(S, 'the LUN of a response', of(OP.response), set(9, 1)),
    change(S, 'the tag of a Reject', of(REJECT), put(16, 5)),
    change(S, 'bytes behind the status of a login', of(OP.login), set(39, 1)),
    change(S, 'an acknowledgement at level 0', dataIn, bits(1, 0x40)),
    change(S, 'the LUN of a Data-In', dataIn, set(9, 1)),
    data(S, 'data in a logout', of(LOGOUT), () => Uint8Array.of(1)),
  ],
  padding: [
    change(
      S,
      'padding of a Data-In',
      of(OP.dataIn, (p) => p.length % 4 === 0 && u24be(p, 5) === 37),
      (p) => void (p[p.length - 1] = 1),
    ),
  ],
  'header-digest': [change('digests', 'a header digest', lastDataIn, (p) => void (p[48]! ^= 1))],
  'data-digest': [
    change('digests', 'a data digest', lastDataIn, (p) => void (p[p.length - 1]! ^= 1)),
    change('digests', 'a byte of data', lastDataIn, (p) => void (p[100]! ^= 1)),
  ],
  'segment-length': [
    data(S, 'a Data-In above the limit', dataIn, () => new Uint8Array(8196)),
    data(S, 'a Data-In above the limit that was lowered', lastDataIn, (old) => new Uint8Array(old.length + 1024), 2),
  ],
  phase: [
    extra(S, 'a NOP-In during the login', of(OP.login), () => {}, ping),
    extra(S, 'a Login Response after the login', of(OP.text), () => {}, finalLogin),
    extra('discovery', 'a SCSI Response in a discovery session', finalLogin, (p) => set(0, 0x21)(p)),
    extra('refused', 'more after a refusal', of(OP.login), () => {}),
  ],
  'stat-sn': [
    change(S, 'a StatSN one ahead', pong, add(24, 1)),
    change(S, 'a StatSN one behind in the login', finalLogin, add(24, -1)),
    change(S, 'a ping that counts', of(ASYNC), add(24, 1)),
    change(S, 'an R2T with another StatSN', of(R2T), add(24, 1)),
    drop(S, 'a lost answer', pong),
  ],
  'exp-cmd-sn': [
    change(S, 'ExpCmdSN goes back', lastDataIn, add(28, -2), 1),
    change(S, 'ExpCmdSN ahead of what was sent', pong, add(28, 20)),
  ],
  'max-cmd-sn': [
    change(S, 'MaxCmdSN goes back', pong, add(32, -40)),
    change(S, 'MaxCmdSN far below ExpCmdSN', pong, add(32, -200)),
    change(S, 'a window without end', pong, add(32, 0x1000000)),
  ],
  counted: [change(S, 'an answered command that ExpCmdSN does not count', checkCondition, add(28, -1))],
  'data-in-task': [
    change(S, 'a Data-In of no task', dataIn, put(16, 0x1234)),
    {
      what: 'a Data-In of a writing task',
      in: S,
      plant: (steps) => {
        const read = steps.find((s) => s.from === 'initiator' && s.pdu[0] === OP.command && (s.pdu[1]! & 0x40) !== 0)!
        read.pdu[1] = 0xa1
      },
    },
  ],
  'data-sn': [change(S, 'a DataSN twice', dataIn, add(36, -1), 1), drop(S, 'a lost Data-In', dataIn, 1)],
  'data-in-offset': [change(S, 'a hole', dataIn, add(40, 512), 1)],
  'data-in-length': [
    data(
      S,
      'more than is expected',
      of(OP.dataIn, (p) => u24be(p, 5) === 37),
      () => new Uint8Array(41),
    ),
  ],
  'data-in-burst': [
    change(
      S,
      'a burst beyond MaxBurstLength',
      of(OP.dataIn, (p) => p[1] === 0x80),
      clear(1, 0x80),
    ),
  ],
  'data-in-final': [
    change(
      S,
      'a full burst without F',
      of(OP.dataIn, (p) => p[1] === 0x80),
      clear(1, 0x80),
    ),
    change(S, 'S without F', lastDataIn, clear(1, 0x80)),
    change(
      S,
      'the last one before a response without F',
      of(OP.dataIn, (p) => p[1] === 0x80 && u24be(p, 5) === 512),
      clear(1, 0x80),
    ),
  ],
  'data-in-status': [
    change(S, 'StatSN without S', dataIn, add(24, 7)),
    change(S, 'a status without S', dataIn, set(3, 2)),
    change(S, 'an error in a Data-In', lastDataIn, set(3, 2)),
  ],
  'r2t-task': [
    change(S, 'an R2T of no task', of(R2T), put(16, 0x4321)),
    {
      what: 'an R2T of a reading task',
      in: S,
      plant: (steps) => {
        const write = steps.find((s) => s.from === 'initiator' && s.pdu[0] === OP.command && (s.pdu[1]! & 0x20) !== 0)!
        write.pdu[1] = 0xc1
      },
    },
    change(S, 'an R2T with another LUN', of(R2T), set(9, 1)),
  ],
  'r2t-sn': [change(S, 'an R2TSN left out', of(R2T), add(36, 1), 1)],
  'r2t-length': [
    change(S, 'more than MaxBurstLength', of(R2T), put(44, 16388)),
    change(S, 'nothing', of(R2T), put(44, 0)),
    change(S, 'more than the initiator has', of(R2T), put(44, 8192), 2),
  ],
  'r2t-offset': [
    change(S, 'bytes left out', of(R2T), add(40, 512)),
    change(S, 'bytes twice', of(R2T), add(40, -512), 1),
  ],
  'r2t-outstanding': [
    extra(
      S,
      'one more than agreed on',
      of(R2T, (p) => u32be(p, 36) === 1),
      (p) => {
        add(20, 77)(p)
        add(36, 1)(p)
        add(40, 16384)(p)
      },
    ),
  ],
  'r2t-tag': [
    change(S, 'the reserved tag', of(R2T), put(20, 0xffffffff)),
    change(S, 'a tag in use', of(R2T), add(20, -1), 1),
  ],
  'response-task': [
    change(S, 'a response of no task', goodWrite, put(16, 0x999)),
    twice('a second response', goodWrite),
    extra(S, 'a response to an aborted task', of(OP.management), () => {}, goodWrite),
  ],
  'response-code': [
    change(S, 'a response code of none', goodWrite, set(2, 2)),
    change(S, 'a status of none', goodWrite, set(3, 0x55)),
  ],
  residual: [
    change(S, 'a residual one too large', underflow, add(44, 1)),
    change(S, 'no U', underflow, clear(1, 2)),
    change(S, 'O and U', underflow, bits(1, 4)),
    change(S, 'U and nothing left', goodWrite, bits(1, 2)),
    change(S, 'a bidirectional residual', goodWrite, put(40, 4)),
    {
      what: 'a write that is done before its data came',
      in: S,
      plant: (steps) => {
        const at = steps.findIndex((s) => s.from === 'initiator' && s.pdu[0] === 0x05 && u32be(s.pdu, 20) === 3)
        steps.splice(at, 1)
      },
    },
  ],
  sense: [
    data(S, 'no sense data', checkCondition, () => new Uint8Array(0)),
    change(S, 'a SenseLength too large', checkCondition, set(49, 200)),
    change(S, 'another response code', checkCondition, set(50, 0x12)),
  ],
  'exp-data-sn': [change(S, 'another number of Data-Ins', underflow, add(36, 1))],
  nop: [
    change(S, 'another echo', pong, set(48, 99)),
    data(S, 'a shorter echo', pong, (old) => old.slice(0, 4)),
    change(S, 'an answer with a transfer tag', pong, put(20, 4)),
    change(S, 'an answer to no ping', pong, put(16, 0x888)),
    data(S, 'a ping with data', ping, () => Uint8Array.of(1, 2, 3, 4)),
  ],
  'task-management': [
    change(S, 'a response of none', of(OP.management), set(2, 9)),
    change(S, 'an answer to no function', of(OP.management), put(16, 0x777)),
    change(S, 'no task, where none was named', of(OP.management), set(2, 1), 1),
  ],
  text: [
    change(S, 'F and a transfer tag', of(OP.text), put(20, 3)),
    change(S, 'F and C', of(OP.text), bits(1, 0x40)),
    change(S, 'an answer to no text', of(OP.text), put(16, 0x666)),
    change('discovery', 'F before the initiator has ended', of(OP.text), (p) => {
      bits(1, 0x80)(p)
      put(20, 0xffffffff)(p)
    }),
    data('discovery', 'keys before the request is complete', of(OP.text), () => Buffer.from('a=b\0')),
  ],
  logout: [
    change(S, 'a response of none', of(LOGOUT), set(2, 7)),
    change(S, 'an answer to no logout', of(LOGOUT), put(16, 0x555)),
    change(S, 'a CID that is missed', of(LOGOUT), set(2, 1)),
    change(S, 'recovery that nobody asked for', of(LOGOUT), set(2, 2)),
  ],
  'after-logout': [extra(S, 'a ping after the logout', of(LOGOUT), () => {}, ping)],
  reject: [
    change(S, 'a reason of none', of(REJECT), set(2, 0x33)),
    change(S, 'another header', of(REJECT), set(50, 7)),
    data(S, 'half a header', of(REJECT), (old) => old.slice(0, 24)),
  ],
  async: [
    change(S, 'an event of none', of(ASYNC), set(36, 99)),
    change(S, 'a SCSI event without sense', of(ASYNC), set(36, 0)),
    data(S, 'data of another event', of(ASYNC), () => Uint8Array.of(1, 2, 3, 4)),
    change(S, 'a logout within no time', of(ASYNC), (p) => {
      p[42] = 0
      p[43] = 0
    }),
  ],
  'login-task': [
    change(S, 'another tag', of(OP.login), add(16, 1)),
    extra(S, 'an answer to no request', of(OP.login), add(24, 1)),
  ],
  'login-isid': [change(S, 'another ISID', of(OP.login), set(13, 0x99))],
  'login-tsih': [
    change(S, 'no TSIH at the end', finalLogin, (p) => {
      p[14] = 0
      p[15] = 0
    }),
    change(S, 'a TSIH before the end', of(OP.login), set(15, 1)),
  ],
  'login-stage': [
    change(S, 'another stage', finalLogin, clear(1, 0x04)),
    change(S, 'T and C', of(OP.login), bits(1, 0x40)),
    change(S, 'another next stage', of(OP.login), (p) => void (p[1] = 0x83)),
    change('chap', 'T without being asked', of(OP.login), (p) => void (p[1] = 0x81)),
    change('chap', 'a next stage without T', of(OP.login), bits(1, 1)),
    data('chap', 'keys before the request is complete', of(OP.login), () => Buffer.from('TargetPortalGroupTag=1\0')),
  ],
  'login-version': [change(S, 'version 1', of(OP.login), set(3, 1))],
  'login-status': [
    change('refused', 'a detail of none', of(OP.login), set(37, 0x44)),
    change('refused', 'a class of none', of(OP.login), set(36, 9)),
  ],
  'login-redirect': [
    data('redirected', 'to nowhere', of(OP.login), () => new Uint8Array(0)),
    text('redirected', 'to no address', of(OP.login), () => 'TargetAddress=a:b:c\0'),
  ],
  'login-portal-group': [
    text(S, 'no portal group tag', of(OP.login), (keys) => keys.replace('TargetPortalGroupTag=1\0', '')),
  ],
  'key-syntax': [
    text(S, 'no NUL', finalLogin, (keys) => keys.slice(0, -1)),
    key('no =', 'MaxBurstLength=16384', 'MaxBurstLength'),
    key('a name that is too long', 'X-com.example=', `X-${'y'.repeat(62)}=`),
    key('a value that is too long', 'NotUnderstood', 'z'.repeat(256)),
  ],
  'key-unanswered': [
    key('a key without its answer', 'ErrorRecoveryLevel=0\0', ''),
    text('chap', 'no response to a challenge', of(OP.login), (k) => k.replace(/CHAP_R=[^\0]*\0/, ''), 3),
  ],
  'key-volunteered': [
    key('a key nobody asked for', /$/, 'MaxConnections=1\0'),
    text('chap', 'a response nobody asked for', of(OP.login), (k) => k + 'CHAP_R=0x1\0', 2),
    text(S, 'a key nobody asked for in full feature phase', of(OP.text), (k) => k + 'MaxBurstLength=512\0'),
  ],
  'key-repeated': [key('the same key twice', /$/, 'MaxBurstLength=16384\0')],
  'key-unknown': [key('an unknown key understood', 'X-com.example=NotUnderstood', 'X-com.example=a')],
  'key-value': [
    key('more than was offered', 'MaxBurstLength=16384', 'MaxBurstLength=32768'),
    key('less than was offered where the larger counts', 'DefaultTime2Wait=2', 'DefaultTime2Wait=1'),
    key('out of range', 'MaxOutstandingR2T=2', 'MaxOutstandingR2T=0'),
    key('a list without it', 'DataDigest=None', 'DataDigest=CRC32C'),
    key('a digest refused', 'DataDigest=None', 'DataDigest=Reject'),
    key('neither Yes nor No', 'ImmediateData=Yes', 'ImmediateData=yes'),
    key('a key of the standard not understood', 'ErrorRecoveryLevel=0', 'ErrorRecoveryLevel=NotUnderstood'),
    key('a first burst above the burst', /MaxBurstLength=16384/, 'MaxBurstLength=2048'),
    text('chap', 'an algorithm that was not offered', of(OP.login), (k) => k.replace('CHAP_A=5', 'CHAP_A=6'), 2),
  ],
}
