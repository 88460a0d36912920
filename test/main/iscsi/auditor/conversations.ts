import { encodeLoginRequest } from '../../../../src-main/iscsi/pdu/login-request.ts'
import { encodeLoginResponse } from '../../../../src-main/iscsi/pdu/login-response.ts'
import { lunField, type EncodedPdu } from '../../../../src-main/iscsi/pdu/bhs.ts'
import { encodeLogoutRequest } from '../../../../src-main/iscsi/pdu/logout-request.ts'
import { NO_TAG, OPCODE } from '../../../../src-main/iscsi/pdu/opcode.ts'
import { encodeTextRequest } from '../../../../src-main/iscsi/pdu/text-request.ts'
import { encodeText, type KeyValue } from '../../../../src-main/iscsi/text/text-keys.ts'
import { frame } from '../../../../src-main/iscsi/framer.ts'
import { record, type Step } from '../../../support/iscsi-auditor/recorded.ts'
import type { Side } from '../../../support/iscsi-auditor/conversation.ts'
import { MemoryDisk } from '../../../support/memory-disk.ts'
import { LINUX_ISID, TARGET_NAME, type TestInitiator } from '../../../support/test-initiator.ts'

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const NAME: KeyValue = ['InitiatorName', 'iqn.2026-11.app.bootlace:client.pc-01']

export const textPdu = (
  pc: TestInitiator,
  keys: readonly KeyValue[],
  o: { tag: number; ttt?: number; final?: boolean; more?: boolean; text?: Uint8Array },
): EncodedPdu =>
  encodeTextRequest({
    immediate: false,
    final: o.final ?? true,
    continue: o.more ?? false,
    lun: lunField(0),
    initiatorTaskTag: o.tag,
    targetTransferTag: o.ttt ?? NO_TAG,
    cmdSn: pc.cmdSn++,
    expStatSn: 0,
    data: o.text ?? encodeText(keys),
  })

export const logoutPdu = (pc: TestInitiator, reasonCode = 0): EncodedPdu =>
  encodeLogoutRequest({ immediate: true, reasonCode, initiatorTaskTag: 0xee, cid: 0, cmdSn: pc.cmdSn, expStatSn: 0 })

/** A session with everything a target sends: reads in several PDUs and bursts, short and long ones, errors, writes by R2T,
 *  pings both ways, task management, text, a rejected PDU, a request to log out. */
const session = (): Promise<Step[]> => {
  const disk = new MemoryDisk(2048)
  return record(disk, async (pc) => {
    pc.send(
      pc.loginPdu([NAME, ['TargetName', TARGET_NAME], ['SessionType', 'Normal'], ['AuthMethod', 'CHAP,None']], {
        csg: 0,
        nsg: 1,
      }),
    )
    pc.send(
      pc.loginPdu([
        ['HeaderDigest', 'None,CRC32C'],
        ['DataDigest', 'None'],
        ['InitialR2T', 'No'],
        ['ImmediateData', 'Yes'],
        ['MaxRecvDataSegmentLength', '8192'],
        ['MaxBurstLength', '16384'],
        ['FirstBurstLength', '4096'],
        ['DefaultTime2Wait', '2'],
        ['MaxOutstandingR2T', '2'],
        ['ErrorRecoveryLevel', '2'],
        ['X-com.example', 'a'],
      ]),
    )
    pc.send(pc.commandPdu([0, 0, 0, 0, 0, 0]))
    pc.send(pc.read10(0, 80), pc.nopPdu(Uint8Array.of(1, 2, 3, 4, 5)), pc.read10(0, 1, { length: 1024 }))
    pc.send(pc.read10(0, 2, { length: 700 }), pc.read10(9000, 1), pc.commandPdu([0, 0, 0, 0, 0, 0]))
    pc.send(pc.commandPdu([0x12, 0, 0, 0, 37, 0], { read: true, length: 37 }))
    const command = pc.write10(20, 80, { data: new Uint8Array(1024), final: false })
    const tag = pc.nextTag - 1
    pc.send(command, pc.dataOutPdu(tag, 1024, new Uint8Array(3072)))
    for (const [ttt, offset, length] of [
      [1, 4096, 16384],
      [2, 20480, 16384],
      [3, 36864, 4096],
    ] as const) {
      pc.send(pc.dataOutPdu(tag, offset, new Uint8Array(length), { ttt }))
    }
    pc.send(pc.write10(0, 1, { data: new Uint8Array(512) }))
    disk.slow = true
    pc.send(pc.read10(0, 8), pc.taskManagementPdu(1, pc.nextTag - 1))
    disk.release(true)
    await settle()
    disk.slow = false
    pc.send(pc.taskManagementPdu(2))
    pc.send(
      textPdu(
        pc,
        [
          ['MaxRecvDataSegmentLength', '4096'],
          ['X-unknown', '1'],
        ],
        { tag: 0x77 },
      ),
    )
    pc.send(pc.read10(0, 16))
    const bad = new Uint8Array(48)
    bad[0] = 0x1c | 0x40
    pc.receive(bad)
    pc.portal.clock.advance(30_000)
    pc.connection.ping(30_000)
    pc.connection.askLogout(5)
    pc.send(logoutPdu(pc))
  })
}

const digests = (): Promise<Step[]> =>
  record(new MemoryDisk(2048), (pc) => {
    pc.login([
      ['HeaderDigest', 'CRC32C'],
      ['DataDigest', 'CRC32C'],
    ])
    pc.send(pc.read10(0, 16), pc.commandPdu([0x12, 0, 0, 0, 37, 0], { read: true, length: 37 }))
    pc.send(pc.write10(0, 1, { data: new Uint8Array(512) }), pc.nopPdu(Uint8Array.of(7)))
  })

const discovery = (): Promise<Step[]> =>
  record(new MemoryDisk(64), (pc, portal) => {
    portal.context.directory.list = () => Array.from({ length: 30 }, (_, i) => `${TARGET_NAME}-${i}`)
    pc.send(pc.loginPdu([NAME, ['SessionType', 'Discovery'], ['MaxRecvDataSegmentLength', '1024']], { csg: 1, nsg: 3 }))
    // Written in two halves: the request is cut by the C bit, the answer by the segment length.
    const text = encodeText([['SendTargets', 'All']])
    pc.send(textPdu(pc, [], { tag: 5, final: false, more: true, text: text.slice(0, 6) }))
    for (let ttt = 1; ttt < 9; ttt++) {
      const left = ttt === 1 ? text.slice(6) : new Uint8Array(0)
      pc.send(textPdu(pc, [], { tag: 5, ttt, text: left }))
      if (pc.wire.pdus.some((p) => p.opcode === OPCODE.textResponse && p.final)) break
    }
    pc.send(logoutPdu(pc))
  })

const refused = (): Promise<Step[]> =>
  record(new MemoryDisk(64), (pc) => {
    pc.send(pc.loginPdu([NAME, ['TargetName', 'iqn.x:other']]))
  })

// --- Logins that this target does not do, written by hand ------------------------------------------------------------

const loginRequest = (csg: number, nsg: number, keys: readonly KeyValue[], more = false): Step =>
  step(
    'initiator',
    encodeLoginRequest({
      ...{ transit: !more, continue: more, csg, nsg, versionMax: 0, versionMin: 0, isid: LINUX_ISID, tsih: 0 },
      ...{ initiatorTaskTag: 1, cid: 0, cmdSn: 1, expStatSn: 0, data: encodeText(keys) },
    }),
  )
const loginResponse = (
  statSn: number,
  stage: readonly [transit: boolean, csg: number, nsg: number],
  keys: readonly KeyValue[],
  o: { status?: number; tsih?: number } = {},
): Step => {
  const [transit, csg, nsg] = stage
  return step(
    'target',
    encodeLoginResponse({
      ...{ transit, continue: false, csg, nsg, versionMax: 0, versionActive: 0, isid: LINUX_ISID, tsih: o.tsih ?? 0 },
      ...{ initiatorTaskTag: 1, statSn, expCmdSn: 1, maxCmdSn: 10, status: o.status ?? 0, data: encodeText(keys) },
    }),
  )
}
const step = (from: Side, p: EncodedPdu): Step => ({ from, pdu: frame(p.header, p.data, false, false) })

const redirected = (): Promise<Step[]> =>
  Promise.resolve([
    loginRequest(1, 3, [NAME, ['TargetName', TARGET_NAME]]),
    loginResponse(0, [false, 1, 0], [['TargetAddress', '192.0.2.7:3260,1']], { status: 0x0101 }),
  ])

/** CHAP in both directions. */
const chap = (): Promise<Step[]> =>
  Promise.resolve([
    loginRequest(0, 1, [NAME, ['TargetName', TARGET_NAME], ['AuthMethod', 'CHAP,None']], true),
    loginResponse(1, [false, 0, 0], []),
    loginRequest(0, 1, [['InitiatorAlias', 'pc']]),
    loginResponse(
      2,
      [false, 0, 0],
      [
        ['TargetPortalGroupTag', '1'],
        ['AuthMethod', 'CHAP'],
      ],
    ),
    loginRequest(0, 1, [['CHAP_A', '7,5']]),
    loginResponse(
      3,
      [false, 0, 0],
      [
        ['CHAP_A', '5'],
        ['CHAP_I', '9'],
        ['CHAP_C', '0x0102'],
      ],
    ),
    loginRequest(0, 1, [
      ['CHAP_N', 'pc'],
      ['CHAP_R', '0x03'],
      ['CHAP_I', '4'],
      ['CHAP_C', '0x0405'],
    ]),
    loginResponse(
      4,
      [true, 0, 1],
      [
        ['CHAP_N', 'target'],
        ['CHAP_R', '0x06'],
      ],
    ),
    loginRequest(1, 3, [['MaxBurstLength', '65536']]),
    loginResponse(5, [true, 1, 3], [['MaxBurstLength', '32768']], { tsih: 3 }),
  ])

export const CONVERSATIONS = { session, digests, discovery, refused, redirected, chap } as const
export type ConversationName = keyof typeof CONVERSATIONS
