import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { beforeAll, describe, expect, test } from 'vitest'
import { IscsiAuditor } from '../../../support/iscsi-auditor/auditor.ts'
import { PcapStream } from '../../../support/iscsi-auditor/pcap-stream.ts'
import { audited } from '../../../support/iscsi-auditor/proxy.ts'
import type { Step } from '../../../support/iscsi-auditor/recorded.ts'
import { TcpStreams, type Segment } from '../../../support/iscsi-auditor/tcp-streams.ts'
import { CONVERSATIONS } from './conversations.ts'

/** Where the auditor's bytes come from: a capture, which may lack something, and a proxy. */

const [SYN, ACK, FIN] = [0x02, 0x10, 0x01]
const PORT = 3260
let session: Step[]
beforeAll(async () => {
  session = await CONVERSATIONS.session()
})

/** The session as TCP segments of at most 700 bytes; numbers of the initiator's side go over their end. */
function segments(): Segment[] {
  const seq = { initiator: 0xfffffff0, target: 500 }
  const all: Segment[] = []
  const add = (from: 'initiator' | 'target', flags: number, payload: Uint8Array): void => {
    const [here, there] = [
      { ip: '10.0.0.2', port: 40_000 },
      { ip: '10.0.0.1', port: PORT },
    ]
    const [src, dst, other] =
      from === 'initiator' ? [here, there, 'target' as const] : [there, here, 'initiator' as const]
    const ends = { srcIp: src.ip, srcPort: src.port, dstIp: dst.ip, dstPort: dst.port }
    all.push({ ...ends, seq: seq[from], ack: seq[other], flags, payload })
    seq[from] = (seq[from] + payload.length + (flags & SYN ? 1 : 0)) >>> 0
  }
  const nothing = new Uint8Array(0)
  add('initiator', SYN, nothing)
  add('target', SYN | ACK, nothing)
  for (const { from, pdu } of session) {
    for (let at = 0; at < pdu.length; at += 700) add(from, ACK, pdu.subarray(at, at + 700))
  }
  add('initiator', FIN | ACK, nothing)
  return all
}
function judge(list: readonly Segment[]): IscsiAuditor {
  const auditor = new IscsiAuditor()
  const streams = new TcpStreams(auditor, PORT)
  for (const s of list) streams.segment(s)
  return auditor
}
const sent = (): number => session.filter((s) => s.from === 'target').length

describe('the segments of a capture', () => {
  test('a whole one is judged to its end', () => {
    const auditor = judge(segments())
    expect([auditor.violations, auditor.gaps, auditor.checked]).toEqual([[], [], sent()])
  })

  test('segments that come twice or in another order change nothing', () => {
    const list = segments()
    for (let i = 4; i + 1 < list.length - 1; i += 5) {
      if (list[i]!.srcPort !== list[i + 1]!.srcPort) continue
      // Acknowledgements stay in their order: the two are of one direction.
      ;[list[i], list[i + 1]] = [list[i + 1]!, list[i]!]
    }
    const doubled = list.flatMap((s, i) => (i % 3 === 0 ? [s, s] : [s]))
    const auditor = judge(doubled)
    expect([auditor.violations, auditor.gaps, auditor.checked]).toEqual([[], [], sent()])
  })

  test('wherever one is missing, the connection is incomplete and nothing is a violation', () => {
    const list = segments()
    let incomplete = 0
    for (let i = 2; i < list.length - 1; i++) {
      const auditor = judge(list.filter((_, n) => n !== i))
      expect(auditor.violations, `without segment ${i}`).toEqual([])
      expect(auditor.checked).toBeLessThanOrEqual(sent())
      incomplete += auditor.gaps.length
    }
    // Only the last ones are missed by nobody.
    expect(incomplete).toBeGreaterThan(list.length - 10)
  })

  test('a connection whose beginning was not seen is not followed', () => {
    expect(judge(segments().slice(1)).connections).toBe(0)
  })

  test('a fault is found in them', () => {
    const list = segments()
    const at = list.findIndex((s) => s.srcPort === PORT && (s.payload[0] ?? 0) === 0x25)
    const payload = list[at]!.payload.slice()
    payload[36] = 9
    list[at] = { ...list[at]!, payload }
    expect(judge(list).violations.join()).toContain('[data-sn]')
  })
})

test('a capture file is read in pieces of any size', () => {
  const packets = segments().map((s) => {
    const frame = Buffer.alloc(14 + 20 + 20 + s.payload.length)
    frame.writeUInt16BE(0x0800, 12)
    frame[14] = 0x45
    frame.writeUInt16BE(40 + s.payload.length, 16)
    frame[23] = 6
    frame.set(s.srcIp.split('.').map(Number), 26)
    frame.set(s.dstIp.split('.').map(Number), 30)
    frame.writeUInt16BE(s.srcPort, 34)
    frame.writeUInt16BE(s.dstPort, 36)
    frame.writeUInt32BE(s.seq, 38)
    frame.writeUInt32BE(s.ack, 42)
    frame[46] = 0x50
    frame[47] = s.flags
    frame.set(s.payload, 54)
    const header = Buffer.alloc(16)
    header.writeUInt32LE(frame.length, 8)
    header.writeUInt32LE(frame.length, 12)
    return Buffer.concat([header, frame])
  })
  const start = Buffer.alloc(24)
  start.writeUInt32LE(0xa1b2c3d4, 0)
  const file = Buffer.concat([start, ...packets])
  for (const size of [1, 13, 65_536]) {
    const auditor = new IscsiAuditor()
    const streams = new TcpStreams(auditor, PORT)
    const pcap = new PcapStream((s) => streams.segment(s))
    for (let at = 0; at < file.length; at += size) pcap.push(file.subarray(at, at + size))
    expect([auditor.violations, auditor.gaps, auditor.checked]).toEqual([[], [], sent()])
  }
})

test('the proxy passes every byte on unchanged, and shows both directions', async () => {
  const steps = session
  const received: Buffer[] = []
  const wanted = Buffer.concat(steps.filter((s) => s.from === 'initiator').map((s) => s.pdu))
  const answers = Buffer.concat(steps.filter((s) => s.from === 'target').map((s) => s.pdu))
  // A target that answers when it has heard everything: the order of requests and answers is lost, the bytes are not.
  const server = createServer((socket) => {
    socket.on('data', (bytes) => {
      received.push(bytes as Buffer)
      if (Buffer.concat(received).length === wanted.length) socket.end(answers)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const portal = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const stop = (): Promise<void> => new Promise((done) => server.close(() => done()))
  const target = await audited({ url: `iscsi://${portal}/iqn/0`, portal, iqn: 'iqn', pid: 0, stop })
  expect(target.url).toBe(`iscsi://${target.portal}/iqn/0`)
  const [host, port] = target.portal.split(':')
  const socket = connect(Number(port), host)
  const back: Buffer[] = []
  socket.on('data', (bytes) => back.push(bytes as Buffer))
  socket.write(wanted)
  await once(socket, 'end')
  expect(Buffer.concat(received).equals(wanted)).toBe(true)
  expect(Buffer.concat(back).equals(answers)).toBe(true)
  expect(target.auditor.connections).toBe(1)
  expect(target.auditor.checked).toBe(sent())
  await target.stop()
})
