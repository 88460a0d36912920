import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { toHex } from '../../../src-main/base/bytes.ts'
import { frame } from '../../../src-main/iscsi/framer.ts'
import type { EncodedPdu } from '../../../src-main/iscsi/pdu/bhs.ts'
import { encodeLoginRequest } from '../../../src-main/iscsi/pdu/login-request.ts'
import { OPCODE } from '../../../src-main/iscsi/pdu/opcode.ts'
import { decodeText, encodeText, type KeyValue } from '../../../src-main/iscsi/text/text-keys.ts'
import { expectGolden } from '../../support/golden.ts'
import { listen } from '../../support/iscsi-auditor/listen.ts'
import { MemoryDisk } from '../../support/memory-disk.ts'
import { TARGET_NAME, TestInitiator, TestPortal } from '../../support/test-initiator.ts'

/** Logins of the initiators that PCs boot with, byte for byte in both directions. The transcripts and where the keys come
 *  from: test/fixtures/iscsi/logins. */

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '../../fixtures/iscsi/logins')

interface Login {
  readonly isid: string
  readonly cid: number
  readonly firstTag: number
  readonly cmdSn: number
  readonly security: readonly KeyValue[]
  readonly operational: readonly KeyValue[]
}

const who = (name: string): readonly KeyValue[] => [
  ['InitiatorName', name],
  ['TargetName', TARGET_NAME],
  ['SessionType', 'Normal'],
  ['AuthMethod', 'None'],
]
const keys = (text: string): readonly KeyValue[] =>
  text.split(' ').map((pair): KeyValue => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])

const LOGINS: Readonly<Record<string, Login>> = {
  ipxe: {
    ...{ isid: '40002723629f', cid: 0, firstTag: 0x18ae0001, cmdSn: 0 },
    security: who('iqn.2026-01.lab.client:client1'),
    operational: keys(
      'HeaderDigest=None DataDigest=None MaxConnections=1 InitialR2T=Yes ImmediateData=No ' +
        'MaxRecvDataSegmentLength=8192 MaxBurstLength=262144 FirstBurstLength=65536 DefaultTime2Wait=0 ' +
        'DefaultTime2Retain=0 MaxOutstandingR2T=1 DataPDUInOrder=Yes DataSequenceInOrder=Yes ErrorRecoveryLevel=0',
    ),
  },
  windows: {
    ...{ isid: '400001370000', cid: 1, firstTag: 1, cmdSn: 1 },
    security: who('iqn.1991-05.com.microsoft:pc-01'),
    operational: keys(
      'HeaderDigest=None,CRC32C DataDigest=None,CRC32C ErrorRecoveryLevel=2 InitialR2T=No ImmediateData=Yes ' +
        'MaxRecvDataSegmentLength=65536 MaxBurstLength=262144 FirstBurstLength=65536 MaxConnections=1 ' +
        'DataPDUInOrder=Yes DataSequenceInOrder=Yes DefaultTime2Wait=0 DefaultTime2Retain=60 MaxOutstandingR2T=16 ' +
        'X-com.microsoft.example=1',
    ),
  },
  edk2: {
    ...{ isid: '800001020304', cid: 0, firstTag: 0, cmdSn: 0 },
    security: who('iqn.2026-11.app.bootlace:client.pc-02'),
    operational: keys(
      'HeaderDigest=None DataDigest=None ErrorRecoveryLevel=2 InitialR2T=No ImmediateData=Yes ' +
        'MaxRecvDataSegmentLength=8192 MaxBurstLength=262144 FirstBurstLength=262144 MaxConnections=1 ' +
        'DataPDUInOrder=Yes DataSequenceInOrder=Yes DefaultTime2Wait=2 DefaultTime2Retain=20 MaxOutstandingR2T=16',
    ),
  },
  'open-iscsi-digests': {
    ...{ isid: '00023d000001', cid: 0, firstTag: 1, cmdSn: 1 },
    security: [['InitiatorAlias', 'pc-03'], ...who('iqn.1993-08.org.debian:01:pc-03')],
    operational: keys(
      'HeaderDigest=CRC32C DataDigest=CRC32C DefaultTime2Wait=2 DefaultTime2Retain=0 IFMarker=No OFMarker=No ' +
        'ErrorRecoveryLevel=0 InitialR2T=No ImmediateData=Yes MaxBurstLength=16776192 FirstBurstLength=262144 ' +
        'MaxOutstandingR2T=1 MaxConnections=1 DataPDUInOrder=Yes DataSequenceInOrder=Yes ' +
        'MaxRecvDataSegmentLength=262144',
    ),
  },
}

function requestOf(login: Login, csg: 0 | 1, expStatSn: number): EncodedPdu {
  return encodeLoginRequest({
    ...{ transit: true, continue: false, csg, nsg: csg === 0 ? 1 : 3, versionMax: 0, versionMin: 0 },
    ...{ isid: login.isid, tsih: 0, initiatorTaskTag: login.firstTag, cid: login.cid, cmdSn: login.cmdSn, expStatSn },
    data: encodeText(csg === 0 ? login.security : login.operational),
  })
}

/** A PDU as lines: who sends it, its header in three rows, its text by keys, else its bytes. */
function linesOf(arrow: string, pdu: Uint8Array): string[] {
  const rows = [0, 16, 32].map((at) => `${at === 0 ? arrow : ' '} ${toHex(pdu.subarray(at, at + 16), ' ')}`)
  const rest = pdu.subarray(48)
  const isLogin = (pdu[0]! & 0x3f) === OPCODE.loginRequest || (pdu[0]! & 0x3f) === OPCODE.loginResponse
  if (!isLogin) return [...rows, ...(rest.length > 0 ? [`  ${toHex(rest, ' ')}`] : [])]
  return [
    ...rows,
    ...JSON.stringify(Buffer.from(rest).toString())
      .split('\\u0000')
      .map((key) => `  ${key}`),
  ]
}

/** Logs in as the initiator does, then tests the unit and pings: with digests that shows them in both directions. */
function play(login: Login): { transcript: string; portal: TestPortal; answers: KeyValue[] } {
  const portal = new TestPortal(new MemoryDisk(2048))
  const pc = new TestInitiator(portal)
  pc.cmdSn = login.cmdSn
  const lines: string[] = []
  listen(pc, (from, bytes) => lines.push(...linesOf(from === 'initiator' ? '>' : '<', bytes)))
  const answers: KeyValue[] = []
  const says = (pdu: EncodedPdu): number => {
    pc.receive(frame(pdu.header, pdu.data, false, false))
    const p = pc.wire.take()
    if (p.opcode !== OPCODE.loginResponse) throw new Error('a login response was awaited')
    expect(p.status).toBe(0)
    answers.push(...decodeText(p.data))
    return p.statSn
  }
  const statSn = says(requestOf(login, 0, 0))
  says(requestOf(login, 1, statSn + 1))
  pc.headerDigest = pc.dataDigest = answers.some(([k, v]) => k === 'HeaderDigest' && v === 'CRC32C')
  pc.wire.digests(pc.headerDigest, pc.dataDigest)
  pc.send(pc.commandPdu([0, 0, 0, 0, 0, 0]))
  pc.send(pc.nopPdu(Uint8Array.of(1, 2, 3, 4, 5)))
  return { transcript: lines.join('\n'), portal, answers }
}

test.each(Object.keys(LOGINS))('%s logs in as in its transcript', (name) => {
  const { transcript, portal } = play(LOGINS[name]!)
  expect(portal.violations).toEqual([])
  expectGolden(join(FOLDER, `${name}.txt`), transcript)
})

test('EDK2 finds every key that it looks for, and none is left over', () => {
  const left = new Map(play(LOGINS['edk2']!).answers)
  const wanted =
    'AuthMethod HeaderDigest DataDigest ErrorRecoveryLevel ImmediateData MaxBurstLength FirstBurstLength MaxConnections ' +
    'DefaultTime2Wait DefaultTime2Retain MaxOutstandingR2T InitialR2T DataPDUInOrder DataSequenceInOrder ' +
    'MaxRecvDataSegmentLength'
  for (const key of wanted.split(' ')) expect(left.delete(key), key).toBe(true)
  for (const known of ['TargetAlias', 'TargetPortalGroupTag', 'SessionType']) left.delete(known)
  expect([...left]).toEqual([])
})
