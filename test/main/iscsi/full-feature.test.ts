import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lunField } from '../../../src-main/iscsi/pdu/bhs.ts'
import { encodeNopOut } from '../../../src-main/iscsi/pdu/nop-out.ts'
import { NO_TAG, OPCODE } from '../../../src-main/iscsi/pdu/opcode.ts'
import { encodeTaskManagementRequest } from '../../../src-main/iscsi/pdu/task-management-request.ts'
import type { KeyValue } from '../../../src-main/iscsi/text/text-keys.ts'
import { MemoryDisk } from '../../support/memory-disk.ts'
import { TestInitiator, TestPortal } from '../../support/test-initiator.ts'
import { logoutPdu, textPdu } from './auditor/conversations.ts'

/** The full feature phase against RFC 7143, where initiators are unusual. */

let disk: MemoryDisk
let portal: TestPortal
let pc: TestInitiator

beforeEach(() => {
  disk = new MemoryDisk(8192)
  portal = new TestPortal(disk)
  pc = new TestInitiator(portal)
})
afterEach(() => expect(portal.violations).toEqual([]))

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const pattern = (length: number, seed = 3): Uint8Array => Uint8Array.from({ length }, (_, i) => i * seed + (i >>> 8))
const stored = (lba: number, blocks: number): Uint8Array => disk.bytes.slice(lba * 512, (lba + blocks) * 512)
const opcodes = (): number[] => pc.wire.pdus.map((p) => p.opcode)

const [ABORT_TASK, ABORT_TASK_SET, UNIT_RESET, WARM_RESET, COLD_RESET] = [1, 2, 5, 6, 7]
const manage = (fn: number, o: { referenced?: number; refCmdSn?: number; cmdSn?: number } = {}): void =>
  pc.send(
    encodeTaskManagementRequest({
      ...{ immediate: true, function: fn, lun: lunField(0), initiatorTaskTag: 0x5000 + pc.nextTag++ },
      ...{ referencedTaskTag: o.referenced ?? NO_TAG, cmdSn: o.cmdSn ?? pc.cmdSn, expStatSn: 0 },
      ...{ refCmdSn: o.refCmdSn ?? 0, expDataSn: 0 },
    }),
  )

describe('unsolicited and immediate data, in every agreement', () => {
  const cases = ['Yes', 'No'].flatMap((initialR2T) =>
    ['Yes', 'No'].flatMap((immediate) =>
      [512, 4096, 65536].map((first): readonly [string, string, number] => [initialR2T, immediate, first]),
    ),
  )
  test.each(cases)('InitialR2T=%s ImmediateData=%s FirstBurstLength=%i', (initialR2T, immediate, first) => {
    pc.login([
      ['InitialR2T', initialR2T],
      ['ImmediateData', immediate],
      ['FirstBurstLength', String(first)],
      ['MaxBurstLength', '65536'],
      ['MaxOutstandingR2T', '4'],
    ])
    const data = pattern(200 * 512)
    const now = immediate === 'Yes' ? Math.min(512, first) : 0
    const more = initialR2T === 'No' && first > now
    const command = pc.write10(40, 200, { data: data.slice(0, now), final: !more })
    const tag = pc.nextTag - 1
    pc.send(command)
    if (more) pc.send(pc.dataOutPdu(tag, now, data.slice(now, first)))
    let at = more ? first : now
    while (at < data.length) {
      const r2t = pc.wire.take()
      if (r2t.opcode !== OPCODE.r2t) throw new Error('an R2T was awaited')
      expect(r2t.bufferOffset).toBe(at)
      const end = at + r2t.desiredDataTransferLength
      pc.send(pc.dataOutPdu(tag, at, data.slice(at, end), { ttt: r2t.targetTransferTag }))
      at = end
    }
    expect(pc.takeResponse()).toMatchObject({ status: 0, underflow: false, overflow: false })
    expect(stored(40, 200)).toEqual(data)
  })

  test('data that belongs to no write is rejected, and the session goes on', () => {
    pc.login()
    pc.send(pc.read10(0, 1, { data: pattern(512) }), pc.read10(0, 1))
    expect(pc.wire.take()).toMatchObject({ opcode: OPCODE.reject, reason: 0x04 })
    expect(pc.takeRead().status).toBe(0)
  })

  test('Data-Out in another order than the R2Ts were sent ends the session', () => {
    pc.login([
      ['MaxOutstandingR2T', '4'],
      ['MaxBurstLength', '4096'],
      ['FirstBurstLength', '512'],
    ])
    pc.send(pc.write10(0, 16))
    const second = pc.wire.pdus[1]!
    if (second.opcode !== OPCODE.r2t) throw new Error('two R2Ts were awaited')
    pc.send(pc.dataOutPdu(pc.nextTag - 1, 4096, pattern(4096), { ttt: second.targetTransferTag }))
    expect(pc.wire.state).toBe('ended')
  })

  test('a Data-Out left out is told by sense data, nothing is written', () => {
    pc.login()
    pc.send(pc.write10(0, 8, { final: false }))
    pc.send(pc.dataOutPdu(pc.nextTag - 1, 0, pattern(512), { final: false }))
    pc.send(pc.dataOutPdu(pc.nextTag - 1, 1024, pattern(512), { dataSn: 2 }))
    expect(pc.takeResponse().status).toBe(2)
    expect(disk.log.filter((l) => l.startsWith('write'))).toEqual([])
  })
})

describe('residuals', () => {
  test.each([
    ['a read of nothing expected', { read: true, length: 0 }, 'overflow', 1024],
    ['a read without a direction', { read: false, length: 0 }, 'overflow', 1024],
    ['a read announced as a write', { read: false, write: true, length: 2048 }, 'underflow', 2048],
  ] as const)('%s', (_what, o, flag, residualCount) => {
    pc.login([
      ['InitialR2T', 'Yes'],
      ['ImmediateData', 'No'],
    ])
    pc.send(pc.read10(0, 2, o))
    expect(pc.takeResponse()).toMatchObject({ status: 0, [flag]: true, residualCount })
  })
  test('a write announced as a read moves nothing', () => {
    pc.login()
    pc.send(pc.write10(0, 2, { write: false, read: true, length: 1024 }))
    expect(pc.takeResponse()).toMatchObject({ underflow: true, residualCount: 1024 })
    expect(disk.log.filter((l) => l.startsWith('write'))).toEqual([])
  })
  test('a write of which more is announced than the CDB takes', () => {
    pc.login([['MaxOutstandingR2T', '1']])
    pc.send(pc.write10(0, 2, { length: 4096, data: pattern(2048) }))
    expect(pc.takeResponse()).toMatchObject({ status: 0, underflow: true, residualCount: 3072 })
    expect(stored(0, 2)).toEqual(pattern(2048).slice(0, 1024))
  })
  test('a command that reads and writes is refused whole', () => {
    pc.login()
    pc.send(pc.read10(0, 1, { write: true, data: pattern(512) }))
    const r = pc.takeResponse()
    expect([r.status, r.data[4], r.data[14], r.data[15]]).toEqual([2, 5, 0x0e, 0x03])
    expect(r).toMatchObject({ underflow: true, residualCount: 512 })
  })
})

test('an AHS is read over: the command is answered by its CDB', () => {
  pc.login()
  const { header } = pc.read10(0, 1)
  const withAhs = Uint8Array.from([...header, 0, 5, 1, 0, 1, 2, 3, 4])
  withAhs[4] = 2
  pc.receive(withAhs)
  expect(pc.takeRead().status).toBe(0)
})

describe('the window', () => {
  test('goes over the end of the numbers', () => {
    pc.cmdSn = 0xfffffffe
    pc.login()
    for (let i = 0; i < 5; i++) pc.send(pc.read10(i, 1))
    for (let i = 0; i < 5; i++) expect(pc.takeRead().status).toBe(0)
    expect(pc.cmdSn).toBeGreaterThan(0xffffffff)
    const late = pc.nopPdu()
    pc.send(late)
    expect(pc.wire.take()).toMatchObject({ opcode: OPCODE.nopIn, expCmdSn: 4 })
  })

  test('commands in any order are carried out in the order of their numbers', () => {
    pc.login()
    const commands = [0, 1, 2, 3, 4].map((i) => pc.write10(i, 1, { data: pattern(512, i + 1) }))
    for (const i of [4, 2, 3, 1, 0]) pc.send(commands[i]!)
    expect(disk.log.filter((l) => l.startsWith('write'))).toEqual([0, 1, 2, 3, 4].map((i) => `write ${i}+1`))
  })

  test('unsolicited data of a command that came early is kept for it', () => {
    pc.login()
    const first = pc.read10(0, 1)
    const early = pc.write10(5, 2, { final: false })
    const tag = pc.nextTag - 1
    pc.send(early, pc.dataOutPdu(tag, 0, pattern(512), { final: false }))
    pc.send(pc.dataOutPdu(tag, 512, pattern(512, 9), { dataSn: 1 }))
    expect(pc.wire.pdus).toEqual([])
    pc.send(first)
    expect(pc.takeRead().status).toBe(0)
    expect(pc.takeResponse().status).toBe(0)
    expect(stored(5, 2)).toEqual(Uint8Array.from([...pattern(512), ...pattern(512, 9)]))
  })

  test('a command that waits may not pile up data', () => {
    pc.login([
      ['FirstBurstLength', '1024'],
      ['MaxBurstLength', '1024'],
    ])
    pc.read10(0, 1)
    pc.send(pc.write10(5, 8, { final: false }))
    const tag = pc.nextTag - 1
    pc.send(pc.dataOutPdu(tag, 0, pattern(1024), { final: false }))
    pc.send(pc.dataOutPdu(tag, 1024, pattern(512), { dataSn: 1 }))
    expect(pc.wire.state).toBe('ended')
  })

  test('immediate commands above the limit are rejected one by one', () => {
    pc.login()
    disk.slow = true
    for (let i = 0; i < 257; i++) pc.send(pc.read10(0, 1, { immediate: true }))
    expect(pc.wire.pdus).toHaveLength(1)
    expect(pc.wire.take()).toMatchObject({ opcode: OPCODE.reject, reason: 0x06 })
    expect(pc.wire.state).toBe('open')
  })

  test('closes while as many commands are under way as it has room for', () => {
    pc.login()
    disk.slow = true
    for (let i = 0; i < 128; i++) pc.send(pc.read10(0, 1))
    pc.send(pc.nopPdu())
    const p = pc.wire.take()
    if (p.opcode !== OPCODE.nopIn) throw new Error('a NOP-In was awaited')
    expect(p.maxCmdSn).toBe(p.expCmdSn - 1)
  })
})

describe('task management', () => {
  test('a task is aborted while its data comes; what comes late is nobody’s', () => {
    pc.login([
      ['InitialR2T', 'Yes'],
      ['ImmediateData', 'No'],
    ])
    pc.send(pc.write10(0, 8))
    const tag = pc.nextTag - 1
    const r2t = pc.wire.take()
    if (r2t.opcode !== OPCODE.r2t) throw new Error('an R2T was awaited')
    const ttt = r2t.targetTransferTag
    pc.send(pc.dataOutPdu(tag, 0, pattern(1024), { ttt, final: false }))
    manage(ABORT_TASK, { referenced: tag })
    expect(pc.wire.take()).toMatchObject({ opcode: OPCODE.taskManagementResponse, response: 0 })
    pc.send(pc.dataOutPdu(tag, 1024, pattern(3072), { ttt, dataSn: 1 }), pc.read10(0, 1))
    expect(pc.takeRead().status).toBe(0)
    expect(disk.log.filter((l) => l.startsWith('write'))).toEqual([])
  })

  test('a task that has not come yet is aborted before it comes', () => {
    pc.login()
    const overtaken = pc.write10(0, 1, { data: pattern(512) })
    const [tag, cmdSn] = [pc.nextTag - 1, pc.cmdSn - 1]
    manage(ABORT_TASK, { referenced: tag, refCmdSn: cmdSn })
    expect(pc.wire.take()).toMatchObject({ response: 0 })
    pc.send(overtaken, pc.read10(0, 1))
    expect(pc.takeRead().status).toBe(0)
    expect(disk.log.filter((l) => l.startsWith('write'))).toEqual([])
  })

  test.each([
    ['of a task that is over', -1],
    ['ahead of the function itself', 5],
    ['outside the window', 1000],
  ])('a number %s names no task', (_what, distance) => {
    pc.login()
    manage(ABORT_TASK, { referenced: 0x4444, refCmdSn: pc.cmdSn + distance })
    expect(pc.wire.take()).toMatchObject({ response: 1 })
  })

  test.each([ABORT_TASK_SET, UNIT_RESET])('function %i waits for the commands sent before it', (fn) => {
    pc.login()
    disk.slow = true
    const late = pc.read10(0, 1)
    manage(fn)
    expect(pc.wire.pdus).toEqual([])
    pc.send(late)
    disk.release(true)
    return settle().then(() => {
      expect(opcodes()).toEqual([OPCODE.taskManagementResponse])
    })
  })

  test('no more than sixteen functions wait', () => {
    pc.login()
    pc.cmdSn += 1
    for (let i = 0; i < 17; i++) manage(ABORT_TASK_SET)
    expect(pc.wire.take()).toMatchObject({ opcode: OPCODE.reject, reason: 0x06 })
    expect(pc.wire.pdus).toEqual([])
  })

  test('a target reset takes commands that never came as received', () => {
    pc.login()
    pc.cmdSn += 3
    const early = pc.write10(0, 1, { data: pattern(512) })
    pc.send(early)
    manage(WARM_RESET)
    expect(pc.wire.take()).toMatchObject({ response: 0, expCmdSn: pc.cmdSn })
    expect(disk.log.filter((l) => l.startsWith('write'))).toEqual([])
    pc.send(pc.commandPdu([0, 0, 0, 0, 0, 0]))
    expect(pc.takeResponse().status).toBe(2)
  })

  test('a cold reset answers, then ends the sessions of the target', () => {
    const other = new TestInitiator(portal, '192.0.2.11')
    pc.login()
    other.login([], '00023d000002', 'iqn.2026-11.app.bootlace:client.pc-02')
    manage(COLD_RESET)
    expect(pc.wire.take()).toMatchObject({ response: 0 })
    expect([pc.wire.state, other.wire.state]).toEqual(['ended', 'ended'])
  })
})

describe('text', () => {
  const texts = (): { keys: string; final: boolean; ttt: number }[] =>
    pc.wire.pdus.splice(0).map((p) => {
      if (p.opcode !== OPCODE.textResponse) throw new Error(`a text response was awaited, opcode ${p.opcode} came`)
      return { keys: Buffer.from(p.data).toString(), final: p.final, ttt: p.targetTransferTag }
    })

  test('a key of the login may not be changed, an unknown one is not understood', () => {
    pc.login()
    pc.send(
      textPdu(
        pc,
        [
          ['MaxBurstLength', '512'],
          ['X-new', '1'],
          ['SendTargets', 'All'],
        ],
        { tag: 9 },
      ),
    )
    expect(texts()[0]!.keys).toBe('MaxBurstLength=Reject\0X-new=NotUnderstood\0SendTargets=Reject\0')
  })

  test('what the initiator takes in one segment may change', () => {
    pc.login([['MaxRecvDataSegmentLength', '8192']])
    pc.send(textPdu(pc, [['MaxRecvDataSegmentLength', '1024']], { tag: 9 }), pc.read10(0, 4))
    expect(pc.wire.take()).toMatchObject({ opcode: OPCODE.textResponse, final: true })
    expect(pc.takeRead().pdus.map((p) => p.data.length)).toEqual([1024, 1024])
  })

  test('an initiator that has not ended does not hear our last word', () => {
    pc.login()
    pc.send(textPdu(pc, [['X-a', '1']], { tag: 9, final: false }))
    const [first] = texts()
    expect(first).toMatchObject({ keys: 'X-a=NotUnderstood\0', final: false })
    pc.send(textPdu(pc, [['X-b', '1']], { tag: 9, ttt: first!.ttt }))
    expect(texts()).toEqual([{ keys: 'X-b=NotUnderstood\0', final: true, ttt: NO_TAG }])
  })

  test.each<[string, readonly KeyValue[], { ttt?: number; more?: boolean }]>([
    ['a transfer tag that is not ours', [], { ttt: 77 }],
    ['F and C at once', [], { more: true }],
    [
      'a key twice',
      [
        ['X-a', '1'],
        ['X-a', '2'],
      ],
      {},
    ],
  ])('%s is rejected', (_what, keys, o) => {
    pc.login()
    pc.send(textPdu(pc, keys, { tag: 9, ...o }))
    expect(pc.wire.take()).toMatchObject({ opcode: OPCODE.reject, reason: 0x04 })
    expect(pc.wire.state).toBe('open')
  })
})

describe('logout', () => {
  test.each([
    [1, 0, 'ended'],
    [2, 2, 'open'],
  ] as const)('reason %i is answered %i', (reason, response, state) => {
    pc.login()
    pc.send(logoutPdu(pc, reason))
    expect(pc.wire.take()).toMatchObject({ opcode: OPCODE.logoutResponse, response })
    expect(pc.wire.state).toBe(state)
  })
  test('a reason that does not exist is rejected', () => {
    pc.login()
    pc.send(logoutPdu(pc, 9))
    expect(pc.wire.take()).toMatchObject({ opcode: OPCODE.reject, reason: 0x09 })
    expect(pc.wire.state).toBe('open')
  })
})

describe('connections take turns', () => {
  test('reads of one are answered in portions, and others are heard in between', async () => {
    const other = new TestInitiator(portal, '192.0.2.11')
    pc.login()
    other.login([], '00023d000002', 'iqn.2026-11.app.bootlace:client.pc-02')
    disk.log.length = 0
    pc.send(...Array.from({ length: 128 }, (_, i) => pc.read10(i, 128)))
    const atOnce = disk.log.length
    // 64 KiB each: 2 MiB, then the event loop goes round.
    expect(atOnce).toBe(32)
    other.send(other.nopPdu())
    expect(other.wire.take().opcode).toBe(OPCODE.nopIn)
    await settle()
    expect(disk.log.length).toBe(64)
    while (disk.log.length < 128) await settle()
    for (let i = 0; i < 128; i++) expect(pc.takeRead().data).toHaveLength(65536)
  })

  test('large reads of one have a bounded part of the memory and of the device', () => {
    const other = new TestInitiator(portal, '192.0.2.11')
    pc.login()
    other.login([], '00023d000002', 'iqn.2026-11.app.bootlace:client.pc-02')
    disk.slow = true
    for (let i = 0; i < 128; i++) pc.send(pc.read10(0, 2048))
    const asked = disk.log.filter((l) => l.startsWith('read')).length
    // 4 MiB and what is over it, in segments of 256 KiB.
    expect(asked).toBeLessThanOrEqual(5 * 4)
    other.send(other.read10(0, 8), other.nopPdu())
    expect(other.wire.take().opcode).toBe(OPCODE.nopIn)
  })
})

test('a NOP-Out that answers nothing and asks nothing is taken in silence', () => {
  pc.login()
  pc.send(
    encodeNopOut({
      ...{ immediate: true, lun: lunField(0), initiatorTaskTag: NO_TAG, targetTransferTag: NO_TAG },
      ...{ cmdSn: pc.cmdSn, expStatSn: 0, data: pattern(8) },
    }),
  )
  expect(pc.wire.pdus).toEqual([])
  expect(pc.wire.state).toBe('open')
})
