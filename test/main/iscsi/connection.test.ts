import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '../../../src-main/base/errors.ts'
import type { AsyncMessage } from '../../../src-main/iscsi/pdu/async-message.ts'
import { encodeLogoutRequest } from '../../../src-main/iscsi/pdu/logout-request.ts'
import { lunField } from '../../../src-main/iscsi/pdu/bhs.ts'
import { encodeNopOut } from '../../../src-main/iscsi/pdu/nop-out.ts'
import { NO_TAG, OPCODE } from '../../../src-main/iscsi/pdu/opcode.ts'
import { encodeTextRequest } from '../../../src-main/iscsi/pdu/text-request.ts'
import { encodeText } from '../../../src-main/iscsi/text/text-keys.ts'
import { MemoryDisk } from '../../support/memory-disk.ts'
import { IPXE_ISID, LINUX_ISID, TARGET_NAME, TestInitiator, TestPortal } from '../../support/test-initiator.ts'

let disk: MemoryDisk
let portal: TestPortal
let pc: TestInitiator

beforeEach(() => {
  disk = new MemoryDisk(8192)
  for (let i = 0; i < disk.bytes.length; i++) disk.bytes[i] = (i >>> 9) ^ i
  portal = new TestPortal(disk)
  pc = new TestInitiator(portal)
})

/** Whatever a test does: what the target sends keeps to the standard. */
afterEach(() => expect(portal.violations).toEqual([]))

/** Lets promises that are settled run their continuations. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const opcodesOf = (who: TestInitiator): number[] => who.wire.pdus.map((p) => p.opcode)
const pattern = (length: number, seed = 3): Uint8Array => Uint8Array.from({ length }, (_, i) => i * seed + (i >>> 8))
const stored = (lba: number, blocks: number): Uint8Array => disk.bytes.slice(lba * 512, (lba + blocks) * 512)

test('reads and writes are timed, other commands are not', () => {
  pc.login()
  const { latency } = portal.context
  pc.send(pc.read10(0, 8), pc.read10(8, 256), pc.commandPdu([0x12, 0, 0, 0, 255, 0], { read: true, length: 255 }))
  pc.send(pc.commandPdu([0x2a, 0, 0, 0, 0, 0, 0, 0, 1, 0], { write: true, length: 512, data: pattern(512) }))
  expect([latency.reads.total, latency.writes.total]).toEqual([2, 1])
})

describe('reads', () => {
  test('all answers of one chunk leave in one write, each with its status in the last Data-In', () => {
    pc.login()
    const writes = pc.wire.writes
    pc.send(pc.read10(0, 8), pc.read10(100, 1), pc.nopPdu(), pc.read10(8, 16))
    expect(pc.wire.writes).toBe(writes + 1)
    expect(pc.takeRead().data).toEqual(stored(0, 8))
    expect(pc.takeRead().data).toEqual(stored(100, 1))
    expect(pc.wire.take().opcode).toBe(OPCODE.nopIn)
    const last = pc.takeRead()
    expect(last.data).toEqual(stored(8, 16))
    expect(last.pdus).toHaveLength(1)
    expect(last.response).toBeUndefined()
  })

  test('data is cut to what the initiator takes in one segment, as iPXE wants it', () => {
    pc.login([['MaxRecvDataSegmentLength', '8192']])
    pc.send(pc.read10(3, 200))
    const { data, pdus } = pc.takeRead()
    expect(data).toEqual(stored(3, 200))
    expect(pdus.map((p) => p.data.length)).toEqual([...new Array<number>(12).fill(8192), 4096])
    expect(pdus.map((p) => p.hasStatus)).toEqual([...new Array<boolean>(12).fill(false), true])
    expect(pdus.slice(0, -1).every((p) => p.statSn === 0)).toBe(true)
    expect(new Set(pdus.map((p) => p.expCmdSn)).size).toBe(1)
    expect(pdus[0]!.expCmdSn).toBe(pc.cmdSn)
  })

  test('a segment limit that is no multiple of a block is rounded down; bursts end with F', () => {
    pc.login([
      ['MaxRecvDataSegmentLength', '1500'],
      ['MaxBurstLength', '4096'],
      ['FirstBurstLength', '4096'],
    ])
    pc.send(pc.read10(0, 16))
    const { data, pdus } = pc.takeRead()
    expect(data).toEqual(stored(0, 16))
    expect(pdus.map((p) => p.data.length)).toEqual(new Array<number>(8).fill(1024))
    expect(pdus.map((p) => p.final)).toEqual([false, false, false, true, false, false, false, true])
  })

  test.each([
    ['HeaderDigest', false],
    ['DataDigest', false],
    ['DataDigest', true],
  ])('digests are right with %s (large read: %s)', (key, large) => {
    pc.login([
      [key, 'CRC32C'],
      ['MaxRecvDataSegmentLength', '4096'],
    ])
    pc.send(pc.read10(5, large ? 512 : 24), pc.commandPdu([0x12, 0, 0, 0, 255, 0], { read: true, length: 255 }))
    expect(pc.takeRead().data).toEqual(stored(5, large ? 512 : 24))
    expect(pc.takeRead().data).toHaveLength(96)
  })

  test('fewer bytes than announced: underflow in a response of its own; more: overflow', () => {
    pc.login()
    pc.send(pc.read10(0, 1, { length: 1024 }))
    const short = pc.takeRead()
    expect(short.data).toEqual(stored(0, 1))
    expect(short.response).toMatchObject({ underflow: true, overflow: false, residualCount: 512, status: 0 })
    pc.send(pc.read10(0, 2, { length: 700 }))
    const long = pc.takeRead()
    expect(long.data).toEqual(stored(0, 2).slice(0, 700))
    expect(long.response).toMatchObject({ overflow: true, residualCount: 324 })
  })

  test('an error of the disk is MEDIUM ERROR, and the session goes on', () => {
    pc.login()
    disk.failWith = new AppError('disk.io', 'broken')
    pc.send(pc.read10(0, 1))
    const r = pc.takeResponse()
    expect(r.status).toBe(2)
    expect([r.data[4], r.data[14], r.data[15]]).toEqual([0x03, 0x11, 0x00])
    disk.failWith = undefined
    pc.send(pc.read10(0, 1))
    expect(pc.takeRead().status).toBe(0)
  })
})

describe('writes', () => {
  test('immediate data', () => {
    pc.login()
    pc.send(pc.write10(10, 8, { data: pattern(4096) }))
    expect(pc.takeResponse()).toMatchObject({ status: 0, underflow: false, overflow: false })
    expect(stored(10, 8)).toEqual(pattern(4096))
  })

  test('immediate data, then unsolicited Data-Out, then R2T for the rest', () => {
    pc.login([
      ['FirstBurstLength', '4096'],
      ['MaxBurstLength', '8192'],
    ])
    const data = pattern(32 * 512)
    const command = pc.write10(20, 32, { data: data.slice(0, 1024), final: false })
    const tag = pc.nextTag - 1
    pc.send(command, pc.dataOutPdu(tag, 1024, data.slice(1024, 3072), { final: false }))
    expect(pc.wire.pdus).toEqual([])
    pc.send(pc.dataOutPdu(tag, 3072, data.slice(3072, 4096), { dataSn: 1 }))
    for (const [offset, length] of [
      [4096, 8192],
      [12288, 4096],
    ] as const) {
      const r2t = pc.wire.take()
      expect(r2t).toMatchObject({ opcode: OPCODE.r2t, bufferOffset: offset, desiredDataTransferLength: length })
      if (r2t.opcode !== OPCODE.r2t) return
      const half = offset + length / 2
      const ttt = r2t.targetTransferTag
      pc.send(pc.dataOutPdu(tag, offset, data.slice(offset, half), { ttt, final: false }))
      pc.send(pc.dataOutPdu(tag, half, data.slice(half, offset + length), { ttt, dataSn: 1 }))
    }
    expect(pc.takeResponse().status).toBe(0)
    expect(stored(20, 32)).toEqual(data)
    expect(disk.log.filter((l) => l.startsWith('write'))).toEqual(['write 20+32'])
  })

  test('as iPXE does it: nothing unasked, one R2T', () => {
    pc.login([
      ['InitialR2T', 'Yes'],
      ['ImmediateData', 'No'],
    ])
    pc.send(pc.write10(0, 4))
    const r2t = pc.wire.take()
    expect(r2t).toMatchObject({ opcode: OPCODE.r2t, bufferOffset: 0, desiredDataTransferLength: 2048, r2tSn: 0 })
    if (r2t.opcode !== OPCODE.r2t) return
    pc.send(pc.dataOutPdu(pc.nextTag - 1, 0, pattern(2048), { ttt: r2t.targetTransferTag }))
    expect(pc.takeResponse().status).toBe(0)
    expect(stored(0, 4)).toEqual(pattern(2048))
  })

  test('a chunk may end anywhere', () => {
    pc.login()
    const { header, data } = pc.write10(30, 8, { data: pattern(4096) })
    const bytes = Uint8Array.from([...header, ...data])
    for (let at = 0; at < bytes.length; at += 33) pc.receive(bytes.slice(at, at + 33))
    expect(pc.takeResponse().status).toBe(0)
    expect(stored(30, 8)).toEqual(pattern(4096))
  })

  test('a loader never flushes: its writes are durable before GOOD', async () => {
    pc.login([], IPXE_ISID)
    disk.log.length = 0
    pc.send(pc.write10(1, 1, { data: pattern(512) }))
    expect(pc.wire.pdus).toEqual([])
    await settle()
    expect(pc.takeResponse().status).toBe(0)
    expect(disk.log).toEqual(['write 1+1', 'flush'])
  })

  test('FUA is durable before GOOD, a plain write is not flushed', async () => {
    pc.login()
    disk.log.length = 0
    pc.send(pc.write10(1, 1, { data: pattern(512) }))
    pc.takeResponse()
    expect(disk.log).toEqual(['write 1+1'])
    pc.send(pc.commandPdu([0x2a, 0x08, 0, 0, 0, 2, 0, 0, 1, 0], { write: true, length: 512, data: pattern(512) }))
    await settle()
    expect(pc.takeResponse().status).toBe(0)
    expect(disk.log).toEqual(['write 1+1', 'write 2+1', 'flush'])
  })

  test('a full host disk is SPACE ALLOCATION FAILED WRITE PROTECT', () => {
    pc.login()
    disk.failWith = new AppError('disk.full', 'full')
    pc.send(pc.write10(0, 1, { data: pattern(512) }))
    const r = pc.takeResponse()
    expect([r.status, r.data[4], r.data[14], r.data[15]]).toEqual([2, 0x07, 0x27, 0x07])
  })

  test('data of a write that was refused is swallowed', () => {
    pc.login()
    pc.send(pc.write10(8190, 8, { data: pattern(512), final: false }))
    const tag = pc.nextTag - 1
    expect(pc.takeResponse().status).toBe(2)
    pc.send(pc.dataOutPdu(tag, 512, pattern(3584)), pc.nopPdu())
    expect(pc.wire.take().opcode).toBe(OPCODE.nopIn)
    expect(disk.log).toEqual([])
  })

  test('Data-Out that was not agreed on ends the session', () => {
    pc.login([['InitialR2T', 'Yes']])
    pc.send(pc.write10(0, 8, { final: false }))
    expect(pc.wire.state).toBe('ended')
    expect(portal.ended.map((e) => e.why)).toEqual(['error'])
  })
})

describe('a slow disk', () => {
  test('does not hold up the pings of other sessions, nor of its own', async () => {
    const other = new TestInitiator(portal, '192.0.2.11')
    pc.login()
    other.login([], '00023d000002', 'iqn.2026-11.app.bootlace:client.pc-02')
    disk.slow = true
    pc.send(pc.read10(0, 8), pc.write10(8, 1, { data: pattern(512) }))
    other.send(other.nopPdu(pattern(10)))
    pc.send(pc.nopPdu())
    expect(other.wire.take()).toMatchObject({ opcode: OPCODE.nopIn, data: pattern(10) })
    expect(pc.wire.take().opcode).toBe(OPCODE.nopIn)
    disk.release(true)
    await settle()
    expect(pc.takeRead().data).toEqual(stored(0, 8))
    expect(pc.takeResponse().status).toBe(0)
  })

  test('answers come in the order in which the disk is ready', async () => {
    pc.login()
    disk.slow = true
    pc.send(pc.read10(0, 1), pc.read10(1, 1), pc.read10(2, 1))
    disk.slow = false
    pc.send(pc.read10(3, 1))
    expect(pc.takeRead().data).toEqual(stored(3, 1))
    disk.release(true)
    await settle()
    for (const lba of [0, 1, 2]) expect(pc.takeRead().data).toEqual(stored(lba, 1))
  })

  test('a task can be aborted: no response comes, the function answers when the disk has let go', async () => {
    pc.login()
    disk.slow = true
    pc.send(pc.write10(0, 1, { data: pattern(512) }))
    const tag = pc.nextTag - 1
    pc.send(pc.taskManagementPdu(1, tag))
    expect(pc.wire.pdus).toEqual([])
    disk.release()
    await settle()
    expect(pc.wire.take()).toMatchObject({ opcode: OPCODE.taskManagementResponse, response: 0 })
    expect(pc.wire.pdus).toEqual([])
    pc.send(pc.taskManagementPdu(1, tag))
    expect(pc.wire.take()).toMatchObject({ response: 1 })
  })

  test('an ordered command waits for those before it and holds back those after it', async () => {
    pc.login()
    disk.slow = true
    pc.send(pc.write10(0, 1, { data: pattern(512) }))
    pc.send(pc.write10(1, 1, { data: pattern(512), attribute: 2 }), pc.read10(2, 1))
    expect(disk.log).toEqual(['write 0+1'])
    disk.release()
    await settle()
    expect(disk.log).toEqual(['write 0+1', 'write 1+1'])
    disk.release()
    await settle()
    expect(disk.log).toEqual(['write 0+1', 'write 1+1', 'read 2+1'])
    disk.release()
    await settle()
    expect(pc.wire.pdus).toHaveLength(3)
  })
})

describe('an initiator that does not read', () => {
  test('makes no more than a few megabytes wait', () => {
    pc.login()
    pc.wire.stalled = true
    for (let i = 0; i < 100; i++) pc.send(pc.read10(0, 256))
    expect(pc.wire.pendingBytes).toBeLessThan(5 * 2 ** 20)
    const reads = disk.log.length
    expect(reads).toBeLessThan(60)
    while (pc.wire.pendingBytes > 0) {
      pc.wire.drain()
      pc.wire.stalled = disk.log.length < 100
      pc.connection.drained()
    }
    pc.wire.drain()
    pc.connection.drained()
    for (let i = 0; i < 100; i++) expect(pc.takeRead().data).toHaveLength(131072)
  })

  test('is not listened to while its pongs pile up', () => {
    pc.login()
    pc.wire.stalled = true
    for (let i = 0; i < 2000 && !pc.wire.paused; i++) pc.send(pc.nopPdu(new Uint8Array(8192)))
    expect(pc.wire.paused).toBe(true)
    expect(pc.wire.pendingBytes).toBeLessThan(9 * 2 ** 20)
    pc.wire.drain()
    pc.connection.drained()
    expect(pc.wire.paused).toBe(false)
  })
})

describe('order of commands', () => {
  test('a command that comes early waits for the one before it', () => {
    pc.login()
    const first = pc.read10(0, 1)
    const second = pc.read10(1, 1)
    pc.send(second)
    expect(pc.wire.pdus).toEqual([])
    pc.send(first)
    expect(pc.takeRead().data).toEqual(stored(0, 1))
    expect(pc.takeRead().data).toEqual(stored(1, 1))
  })

  test('commands outside the window and repeated ones are dropped in silence', () => {
    pc.login()
    const again = pc.read10(0, 1)
    pc.send(again)
    pc.takeRead()
    pc.send(again)
    pc.cmdSn += 200
    pc.send(pc.read10(0, 1))
    expect(pc.wire.pdus).toEqual([])
    expect(pc.wire.state).toBe('open')
  })

  test('a task tag in use ends the session', () => {
    pc.login()
    disk.slow = true
    pc.send(pc.read10(0, 1))
    pc.nextTag--
    pc.send(pc.read10(0, 1))
    expect(pc.wire.state).toBe('ended')
  })
})

describe('sessions', () => {
  test('a login of the same name and ISID replaces the older session, which ends first', async () => {
    pc.login()
    disk.slow = true
    pc.send(pc.write10(0, 1, { data: pattern(512, 1) }))
    const again = new TestInitiator(portal)
    disk.slow = false
    again.send(
      again.loginPdu([
        ['InitiatorName', 'iqn.2026-11.app.bootlace:client.pc-01'],
        ['TargetName', TARGET_NAME],
        ['InitialR2T', 'No'],
      ]),
    )
    expect(again.wire.take()).toMatchObject({ opcode: OPCODE.loginResponse, status: 0 })
    expect(pc.wire.state).toBe('destroyed')
    expect(portal.ended.map((e) => e.why)).toEqual(['reinstated'])
    again.send(again.commandPdu([0, 0, 0, 0, 0, 0]), again.write10(0, 1, { data: pattern(512, 2) }))
    // The older write is still on its way to the disk: nothing may overtake it.
    expect(again.wire.pdus).toEqual([])
    disk.release(true)
    await settle()
    expect(again.takeResponse().status).toBe(2)
    expect(again.takeResponse().status).toBe(0)
    expect(stored(0, 1)).toEqual(pattern(512, 2))
  })

  test("iPXE's connection stays while the system logs in with another ISID", () => {
    pc.login([], IPXE_ISID)
    const system = new TestInitiator(portal)
    system.login([], LINUX_ISID)
    expect(pc.wire.state).toBe('open')
    expect(portal.logins.map((s) => s.kind)).toEqual(['loader', 'system'])
    pc.send(pc.read10(0, 1))
    expect(pc.takeRead().status).toBe(0)
  })

  test('a login that takes too long is cut', () => {
    portal.clock.advance(15_000)
    expect(pc.wire.state).toBe('ended')
    expect(portal.loginsEnded).toBe(1)
  })

  test('a command before the login is over ends the connection', () => {
    pc.send(pc.read10(0, 1))
    expect(pc.wire.state).toBe('ended')
    expect(pc.wire.pdus).toEqual([])
  })

  test('a refused login is answered, reported and closed', () => {
    pc.send(
      pc.loginPdu([
        ['InitiatorName', 'iqn.x:a'],
        ['TargetName', 'iqn.x:other'],
      ]),
    )
    expect(pc.wire.take()).toMatchObject({ opcode: OPCODE.loginResponse, status: 0x0202 })
    expect(pc.wire.state).toBe('ended')
    expect(portal.refused).toEqual([{ status: '2/2', why: 'iqn.x:a may not use it' }])
  })

  test('logout answers and closes', () => {
    pc.login()
    pc.send(
      encodeLogoutRequest({
        immediate: true,
        reasonCode: 0,
        initiatorTaskTag: 77,
        cid: 0,
        cmdSn: pc.cmdSn,
        expStatSn: 0,
      }),
    )
    expect(pc.wire.take()).toMatchObject({ opcode: OPCODE.logoutResponse, response: 0, initiatorTaskTag: 77 })
    expect(pc.wire.state).toBe('ended')
    expect(portal.ended.map((e) => e.why)).toEqual(['logout'])
    expect(pc.connection.inFullFeaturePhase).toBe(false)
  })

  test('counts what it moved', () => {
    pc.login()
    pc.send(pc.read10(0, 8), pc.write10(0, 2, { data: pattern(1024) }))
    expect(pc.connection.view()).toMatchObject({ bytesRead: 4096, bytesWritten: 1024, commands: 3 })
  })
})

describe('pings', () => {
  const answer = (): void =>
    pc.send(
      encodeNopOut({
        immediate: true,
        lun: lunField(0),
        initiatorTaskTag: NO_TAG,
        targetTransferTag: 1,
        cmdSn: pc.cmdSn,
        expStatSn: 0,
        data: new Uint8Array(0),
      }),
    )
  const idle = (): void => {
    portal.clock.advance(30_000)
    pc.connection.ping(30_000)
  }

  test('a loader is never pinged', () => {
    pc.login([], IPXE_ISID)
    for (let i = 0; i < 10; i++) idle()
    expect(pc.wire.pdus).toEqual([])
    expect(pc.wire.state).toBe('open')
  })

  test('an initiator that never answered one is not cut', () => {
    pc.login()
    for (let i = 0; i < 10; i++) idle()
    expect(pc.wire.pdus.map((p) => p.opcode)).toEqual([OPCODE.nopIn])
    expect(pc.wire.state).toBe('open')
  })

  test('one that answered and then does not is gone', () => {
    pc.login()
    idle()
    answer()
    idle()
    expect(pc.wire.state).toBe('open')
    idle()
    expect(pc.wire.state).toBe('ended')
  })
})

test('asks a system to log out, and leaves loaders alone', () => {
  pc.login()
  pc.connection.askLogout(5)
  const p = pc.wire.take() as AsyncMessage
  expect(p).toMatchObject({ opcode: OPCODE.asyncMessage, asyncEvent: 1, parameter3: 5 })
  const loader = new TestInitiator(portal)
  loader.login([], IPXE_ISID)
  loader.connection.askLogout(5)
  expect(loader.wire.pdus).toEqual([])
})

test('discovery lists targets with the address the initiator reached, in several PDUs where it must', () => {
  pc.send(
    pc.loginPdu([
      ['InitiatorName', 'iqn.x:a'],
      ['SessionType', 'Discovery'],
      ['MaxRecvDataSegmentLength', '512'],
    ]),
  )
  expect(pc.wire.take()).toMatchObject({ status: 0 })
  portal.context.directory.list = () => Array.from({ length: 12 }, (_, i) => `${TARGET_NAME}-${i}`)
  const request = (ttt: number, keys: [string, string][]): void =>
    pc.send(
      encodeTextRequest({
        immediate: false,
        final: true,
        continue: false,
        lun: lunField(0),
        initiatorTaskTag: 5,
        targetTransferTag: ttt,
        cmdSn: pc.cmdSn++,
        expStatSn: 0,
        data: encodeText(keys),
      }),
    )
  request(NO_TAG, [['SendTargets', 'All']])
  let text = ''
  for (;;) {
    const p = pc.wire.take()
    if (p.opcode !== OPCODE.textResponse) throw new Error('a text response was awaited')
    expect(p.data.length).toBeLessThanOrEqual(512)
    text += Buffer.from(p.data).toString()
    if (p.final) break
    request(p.targetTransferTag, [])
  }
  expect(text).toContain(`TargetName=${TARGET_NAME}-11\0TargetAddress=192.0.2.1:3260,1\0`)
  expect(text.split('TargetName=')).toHaveLength(13)
})

test('PDUs that are not for a target are rejected with their header', () => {
  pc.login()
  const bad = new Uint8Array(48)
  bad[0] = 0x1c | 0x40
  pc.receive(bad.slice())
  expect(pc.wire.take()).toMatchObject({ opcode: OPCODE.reject, reason: 0x05, data: bad })
  const snack = new Uint8Array(48)
  snack[0] = 0x10 | 0x40
  pc.receive(snack.slice())
  expect(pc.wire.take()).toMatchObject({ opcode: OPCODE.reject, reason: 0x03 })
})

describe('resets', () => {
  let other: TestInitiator
  beforeEach(() => {
    other = new TestInitiator(portal, '192.0.2.11')
    pc.login()
    other.login([], '00023d000002', 'iqn.2026-11.app.bootlace:client.pc-02')
  })

  test.each([
    ['a read', () => other.read10(0, 8)],
    ['a write', () => other.write10(0, 1, { data: pattern(512) })],
  ])(
    'a logical unit reset answers when the disk has let go of %s of another session, and tells everybody',
    async (_, pdu) => {
      disk.slow = true
      other.send(pdu())
      pc.send(pc.taskManagementPdu(5))
      expect(pc.wire.pdus).toEqual([])
      disk.release(true)
      await settle()
      expect(pc.wire.take()).toMatchObject({ opcode: OPCODE.taskManagementResponse, response: 0 })
      expect(other.wire.pdus).toEqual([])
      for (const who of [pc, other]) {
        who.send(who.commandPdu([0, 0, 0, 0, 0, 0]))
        const r = who.takeResponse()
        expect([r.status, r.data[4], r.data[14], r.data[15]]).toEqual([2, 0x06, 0x29, 0x03])
      }
    },
  )

  test.each([false, true])(
    'what a session still wrote when it was preempted has ended before the other one is told; a reset by it meanwhile: %s',
    async (resets) => {
      const reserveOut = (who: TestInitiator, action: number, key: number, newKey: number) => {
        const list = new Uint8Array(24)
        list[7] = key
        list[15] = newKey
        // Exclusive access, registrants only.
        const cdb = [0x5f, action, 6, 0, 0, 0, 0, 0, list.length, 0]
        return who.commandPdu(cdb, { write: true, length: list.length, data: list })
      }
      pc.send(reserveOut(pc, 0, 0, 1))
      other.send(reserveOut(other, 0, 0, 2))
      expect([pc.takeResponse().status, other.takeResponse().status]).toEqual([0, 0])
      disk.slow = true
      other.send(other.write10(0, 1, { data: pattern(512) }))
      pc.send(reserveOut(pc, 5, 1, 2))
      expect(pc.wire.pdus).toEqual([])
      // Whoever was preempted is not held up by the one that waits for it.
      if (resets) other.send(other.taskManagementPdu(5))
      disk.release(true)
      await settle()
      await settle()
      expect(opcodesOf(other)).toEqual(resets ? [OPCODE.taskManagementResponse] : [])
      // The reset ended the preempting command, too.
      if (resets) expect(pc.wire.pdus).toEqual([])
      else expect(pc.takeResponse().status).toBe(0)
    },
  )

  test.each([
    [2, 0, 0],
    [4, 0, 0],
    [2, 9, 2],
    [6, 0, 0],
    [7, 0, 0],
    [8, 0, 4],
    [3, 0, 5],
  ])('function %i on LUN %i answers %i', (fn, lun, response) => {
    pc.send(pc.taskManagementPdu(fn, NO_TAG, lun))
    expect(pc.wire.take()).toMatchObject({ response })
  })
})
