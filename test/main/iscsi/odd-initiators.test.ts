import { expect, test } from 'vitest'
import { lunField, type EncodedPdu } from '../../../src-main/iscsi/pdu/bhs.ts'
import { NO_TAG, OPCODE } from '../../../src-main/iscsi/pdu/opcode.ts'
import { encodeTaskManagementRequest } from '../../../src-main/iscsi/pdu/task-management-request.ts'
import type { KeyValue } from '../../../src-main/iscsi/text/text-keys.ts'
import { MemoryDisk } from '../../support/memory-disk.ts'
import { seededRandom, type SeededRandom } from '../../support/random.ts'
import { IPXE_ISID, LINUX_ISID, TestInitiator, TestPortal } from '../../support/test-initiator.ts'
import { logoutPdu, textPdu } from './auditor/conversations.ts'

/** Initiators that know the protocol and do the oddest things with it, on a disk that is now quick and now slow: whatever
 *  they send, the target's own PDUs keep to the standard, it breaks by no fault of its own, and it goes on answering. */

const SEEDS = 600
const STEPS = 40
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function agreements(r: SeededRandom): KeyValue[] {
  const one = <T>(...of: T[]): T => of[r.below(of.length)]!
  const max = one('4096', '65536', '1048576')
  return [
    ['HeaderDigest', one('None', 'None', 'CRC32C')],
    ['DataDigest', one('None', 'None', 'CRC32C')],
    ['InitialR2T', one('Yes', 'No')],
    ['ImmediateData', one('Yes', 'No')],
    ['MaxRecvDataSegmentLength', one('512', '1500', '8192', '262144')],
    ['MaxBurstLength', max],
    ['FirstBurstLength', one('512', '4096', max)],
    ['MaxOutstandingR2T', one('1', '2', '16')],
  ]
}

/** Sends the data of all R2Ts that are there, or leaves some to come later. */
function serveR2ts(pc: TestInitiator, r: SeededRandom, lose: boolean): void {
  for (const p of pc.wire.pdus.splice(0)) {
    if (p.opcode !== OPCODE.r2t || (lose && r.below(4) === 0) || pc.wire.state !== 'open') continue
    const [tag, ttt, end] = [p.initiatorTaskTag, p.targetTransferTag, p.bufferOffset + p.desiredDataTransferLength]
    const step = Math.min(65_536, Math.ceil(p.desiredDataTransferLength / (1 + r.below(3))))
    let dataSn = 0
    for (let at = p.bufferOffset; at < end && pc.wire.state === 'open'; at += step) {
      const length = Math.min(step, end - at)
      pc.send(pc.dataOutPdu(tag, at, new Uint8Array(length), { ttt, final: at + length === end, dataSn: dataSn++ }))
    }
  }
}

const manage = (pc: TestInitiator, r: SeededRandom): EncodedPdu =>
  encodeTaskManagementRequest({
    ...{ immediate: r.below(4) > 0, function: 1 + r.below(8), lun: lunField(r.below(8) === 0 ? 1 : 0) },
    ...{ initiatorTaskTag: 0x9000 + pc.nextTag++, referencedTaskTag: r.below(3) ? pc.nextTag - r.below(6) : NO_TAG },
    ...{ cmdSn: pc.cmdSn + r.below(2), refCmdSn: pc.cmdSn - 2 + r.below(4), expStatSn: 0, expDataSn: 0 },
  })

/** The next thing one of them does. Numbers are drawn so that legal and illegal amounts are both frequent. */
function act(pc: TestInitiator, disk: MemoryDisk, r: SeededRandom, kept: EncodedPdu[]): void {
  const blocks = r.below(300)
  const length = r.below(3) ? blocks * 512 : r.below(200_000)
  const some = (): Uint8Array => new Uint8Array(r.below(3) * 512)
  switch (r.below(16)) {
    case 0:
    case 1:
    case 2:
      return pc.send(pc.read10(r.below(300), blocks, { length, immediate: r.below(6) === 0, attribute: r.below(3) }))
    case 3:
    case 4:
      return pc.send(pc.write10(r.below(300), blocks, { length, data: some(), attribute: r.below(3) }))
    case 5: {
      const data = some()
      const more = Math.min(length - data.length, 512)
      pc.send(pc.write10(0, blocks, { length, data, final: false }))
      if (more > 0 && pc.wire.state === 'open') {
        pc.send(pc.dataOutPdu(pc.nextTag - 1, data.length, new Uint8Array(more), { final: true }))
      }
      return
    }
    case 6:
      return pc.send(pc.nopPdu(new Uint8Array(r.below(2000))))
    case 7:
      return pc.send(manage(pc, r))
    case 8:
      return pc.send(
        textPdu(
          pc,
          [
            ['MaxRecvDataSegmentLength', String(256 << r.below(8))],
            ['X-odd', 'x'.repeat(r.below(300))],
          ],
          {
            ...{ tag: 0x7000 + pc.nextTag++, final: r.below(2) === 0 },
          },
        ),
      )
    case 9:
      disk.slow = !disk.slow
      return disk.release(true)
    case 10:
      return serveR2ts(pc, r, true)
    case 11:
      // Kept back: those after it come early.
      return void kept.push(r.below(2) ? pc.read10(0, 1) : pc.write10(0, 1, { data: new Uint8Array(512) }))
    case 12:
      return pc.send(
        (r.below(2) ? pc.read10 : pc.write10).call(pc, 0, blocks, {
          ...{ length, read: r.below(2) === 0, write: r.below(2) === 0 },
        }),
      )
    case 13:
      return pc.send(pc.commandPdu([0xa0, 0, 0, 0, 0, 0, 0, 0, 0, r.below(64)], { read: true, length: r.below(64) }))
    case 14:
      return pc.send(pc.commandPdu([...r.bytes(16)], { read: r.below(2) === 0, length, lun: r.below(3) }))
    default:
      if (r.below(20) === 0) pc.send(logoutPdu(pc, r.below(4)))
      else if (kept.length > 0) pc.send(kept.shift()!)
  }
}

test('whatever they do, what the target sends is legal', async () => {
  let checked = 0
  let stillOpen = 0
  for (let seed = 1; seed <= SEEDS; seed++) {
    const r = seededRandom(seed)
    const disk = new MemoryDisk(512)
    const portal = new TestPortal(disk)
    const faults: string[] = []
    const log = portal.context.logger
    Object.assign(portal.context, {
      logger: { ...log, error: (_f: object, m: string) => faults.push(m), child: () => portal.context.logger },
    })
    const pcs = [LINUX_ISID, IPXE_ISID].map((isid, i) => {
      const pc = new TestInitiator(portal)
      if (r.below(8) === 0) pc.cmdSn = 0xfffffff0
      pc.login(agreements(r), isid, `iqn.2026-11.app.bootlace:client.pc-0${i}`)
      return { pc, kept: [] as EncodedPdu[] }
    })
    for (let i = 0; i < STEPS; i++) {
      const { pc, kept } = pcs[r.below(pcs.length)]!
      if (pc.wire.state !== 'open') continue
      act(pc, disk, r, kept)
      if (r.below(3) === 0) await settle()
    }
    disk.slow = false
    disk.release(true)
    await settle()
    for (const { pc } of pcs) {
      if (pc.wire.state !== 'open') continue
      stillOpen++
      pc.wire.pdus.length = 0
      pc.send(pc.nopPdu())
      expect(
        pc.wire.pdus.map((p) => p.opcode),
        `seed ${seed}`,
      ).toContain(OPCODE.nopIn)
      await pc.connection.terminate('shutdown')
    }
    expect(portal.violations, `seed ${seed}`).toEqual([])
    expect(faults, `seed ${seed}`).toEqual([])
    checked += portal.initiators.reduce((n, i) => n + i.conversation.checked, 0)
  }
  // Otherwise nothing would have been tried.
  expect(checked).toBeGreaterThan(SEEDS * 50)
  expect(stillOpen).toBeGreaterThan(SEEDS / 4)
}, 120_000)
