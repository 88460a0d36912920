import { silentLogger } from '../../src-main/base/log.ts'
import type { BlockDevice } from '../../src-main/disks/block-device.ts'
import { Connection, type ConnectionContext } from '../../src-main/iscsi/connection.ts'
import { frame } from '../../src-main/iscsi/framer.ts'
import { LatencyProbe } from '../../src-main/iscsi/latency-probe.ts'
import { BufferPool } from '../../src-main/iscsi/buffer-pool.ts'
import { ReceiveBuffer } from '../../src-main/iscsi/receive-buffer.ts'
import { lunField, type EncodedPdu } from '../../src-main/iscsi/pdu/bhs.ts'
import { encodeDataOut } from '../../src-main/iscsi/pdu/data-out.ts'
import type { DataIn } from '../../src-main/iscsi/pdu/data-in.ts'
import { encodeLoginRequest } from '../../src-main/iscsi/pdu/login-request.ts'
import type { LoginResponse } from '../../src-main/iscsi/pdu/login-response.ts'
import { encodeNopOut } from '../../src-main/iscsi/pdu/nop-out.ts'
import { NO_TAG, OPCODE } from '../../src-main/iscsi/pdu/opcode.ts'
import { encodeScsiCommand } from '../../src-main/iscsi/pdu/scsi-command.ts'
import type { ScsiResponse } from '../../src-main/iscsi/pdu/scsi-response.ts'
import { encodeTaskManagementRequest } from '../../src-main/iscsi/pdu/task-management-request.ts'
import { SessionRegistry } from '../../src-main/iscsi/session-registry.ts'
import type { SessionEnd, SessionView, Target } from '../../src-main/iscsi/target.ts'
import { encodeText, type KeyValue } from '../../src-main/iscsi/text/text-keys.ts'
import { createLogicalUnit } from '../../src-main/scsi/logical-unit.ts'
import { FakeClock } from './fake-clock.ts'
import { Conversation } from './iscsi-auditor/conversation.ts'
import { listen } from './iscsi-auditor/listen.ts'
import { PduRecorder } from './pdu-recorder.ts'

export const TARGET_NAME = 'iqn.2026-11.app.bootlace:test'
export const LINUX_ISID = '00023d000001'
export const IPXE_ISID = '400027230001'

/** A portal without sockets: one target with one disk. */
export class TestPortal {
  readonly clock = new FakeClock()
  readonly registry = new SessionRegistry<Connection>()
  readonly ended: { view: SessionView; why: SessionEnd }[] = []
  readonly refused: { status: string; why: string }[] = []
  readonly logins: SessionView[] = []
  readonly target: Target
  readonly context: ConnectionContext
  readonly initiators: TestInitiator[] = []
  loginsEnded = 0

  constructor(device: BlockDevice) {
    const unit = createLogicalUnit({
      device,
      identity: { serial: 'TEST0001', naa: '3000000000000001' },
      logger: silentLogger,
    })
    this.target = { name: TARGET_NAME, alias: 'Test disk', luns: new Map([[0, unit]]) }
    this.context = {
      directory: {
        find: (name, who) =>
          name === TARGET_NAME
            ? { ok: true, target: this.target }
            : name.endsWith(':locked')
              ? { ok: false, reason: 'unavailable', text: 'the disk is locked' }
              : name.endsWith(':other')
                ? { ok: false, reason: 'notAllowed', text: `${who.initiatorName} may not use it` }
                : { ok: false, reason: 'notFound', text: 'no such target' },
        list: () => [TARGET_NAME],
      },
      observer: {
        login: (s) => this.logins.push(s),
        ended: (view, why) => this.ended.push({ view, why }),
        refused: (_who, statusClass, detail, why) => this.refused.push({ status: `${statusClass}/${detail}`, why }),
      },
      clock: this.clock,
      logger: silentLogger,
      registry: this.registry,
      pool: new BufferPool(),
      latency: new LatencyProbe(),
      loginEnded: () => this.loginsEnded++,
    }
  }

  /** What the auditor found wrong with what the target sent, on all connections. */
  get violations(): string[] {
    return this.initiators.flatMap((i) =>
      i.conversation.violations.map((v) => `PDU ${v.pdu}: [${v.rule}] ${v.sentence}`),
    )
  }
}

const LINUX_KEYS: readonly KeyValue[] = [
  ['HeaderDigest', 'None'],
  ['DataDigest', 'None'],
  ['InitialR2T', 'No'],
  ['ImmediateData', 'Yes'],
  ['MaxRecvDataSegmentLength', '262144'],
  ['MaxBurstLength', '16776192'],
  ['FirstBurstLength', '262144'],
  ['MaxOutstandingR2T', '1'],
]

export interface CommandOptions {
  readonly read?: boolean
  readonly write?: boolean
  readonly length?: number
  readonly data?: Uint8Array
  /** False: unsolicited Data-Out follows. */
  readonly final?: boolean
  readonly lun?: number
  readonly attribute?: number
  readonly immediate?: boolean
}

/** One connection, from the initiator's side. Speaks to a Connection directly, chunk by chunk. */
export class TestInitiator {
  readonly wire: PduRecorder
  readonly connection: Connection
  readonly portal: TestPortal
  /** Both directions, as the auditor sees them. */
  readonly conversation = new Conversation()
  cmdSn = 1
  expStatSn = 0
  nextTag = 1
  headerDigest = false
  dataDigest = false
  readonly #arrival: ReceiveBuffer

  constructor(portal: TestPortal, remoteAddress?: string) {
    this.portal = portal
    this.wire = new PduRecorder(remoteAddress)
    this.#arrival = new ReceiveBuffer(portal.context.pool)
    this.connection = new Connection(portal.context, this.wire, this.#arrival)
    portal.initiators.push(this)
    listen(this, (from, bytes) => this.conversation.feed(from, bytes))
  }

  /** Bytes arrive, in as many events as it takes. What is not held of an event is spoiled right after it, as the next one would. */
  receive(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const place = this.#arrival.next()
      const now = Math.min(place.length, bytes.length - at)
      place.set(bytes.subarray(at, at + now))
      at += now
      this.#arrival.filled(now, (arrived) => this.connection.received(arrived))
      this.#arrival.next().fill(0xee, 0, now)
    }
  }

  /** Sends PDUs as one chunk. */
  send(...pdus: EncodedPdu[]): void {
    const parts = pdus.map((p) => frame(p.header, p.data, this.headerDigest, this.dataDigest))
    const chunk = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
    let at = 0
    for (const p of parts) {
      chunk.set(p, at)
      at += p.length
    }
    this.receive(chunk)
  }

  loginPdu(
    keys: readonly KeyValue[],
    o: { csg?: number; nsg?: number; transit?: boolean; isid?: string; tsih?: number; more?: boolean } = {},
  ): EncodedPdu {
    return encodeLoginRequest({
      transit: o.transit ?? true,
      continue: o.more ?? false,
      csg: o.csg ?? 1,
      nsg: o.nsg ?? 3,
      versionMax: 0,
      versionMin: 0,
      isid: o.isid ?? LINUX_ISID,
      tsih: o.tsih ?? 0,
      initiatorTaskTag: 0xabcd,
      cid: 0,
      cmdSn: this.cmdSn,
      expStatSn: this.expStatSn,
      data: encodeText(keys),
    })
  }

  /** Logs in in one step, as iscsistart does, and takes the unit attention. */
  login(
    keys: readonly KeyValue[] = [],
    isid = LINUX_ISID,
    name = 'iqn.2026-11.app.bootlace:client.pc-01',
  ): LoginResponse {
    const overridden = new Set(keys.map(([k]) => k))
    this.send(
      this.loginPdu(
        [
          ['InitiatorName', name],
          ['TargetName', TARGET_NAME],
          ...LINUX_KEYS.filter(([k]) => !overridden.has(k)),
          ...keys,
        ],
        { isid },
      ),
    )
    const response = this.wire.take() as LoginResponse
    if (response.status !== 0) throw new Error(`login failed with ${response.status.toString(16)}`)
    const digests = keys.filter(([k, v]) => k.endsWith('Digest') && v.startsWith('CRC32C')).map(([k]) => k)
    this.headerDigest = digests.includes('HeaderDigest')
    this.dataDigest = digests.includes('DataDigest')
    this.wire.digests(this.headerDigest, this.dataDigest)
    this.send(this.commandPdu([0x00, 0, 0, 0, 0, 0]))
    this.wire.take()
    return response
  }

  commandPdu(cdb: readonly number[], o: CommandOptions = {}): EncodedPdu {
    const bytes = new Uint8Array(16)
    bytes.set(cdb)
    return encodeScsiCommand({
      immediate: o.immediate ?? false,
      final: o.final ?? true,
      read: o.read ?? false,
      write: o.write ?? false,
      attribute: o.attribute ?? 1,
      lun: lunField(o.lun ?? 0),
      initiatorTaskTag: this.nextTag++,
      expectedDataTransferLength: o.length ?? 0,
      cmdSn: o.immediate ? this.cmdSn : this.cmdSn++,
      expStatSn: this.expStatSn,
      cdb: bytes,
      data: o.data ?? new Uint8Array(0),
    })
  }
  read10(lba: number, blocks: number, o: CommandOptions = {}): EncodedPdu {
    return this.commandPdu([0x28, 0, lba >>> 24, lba >>> 16, lba >>> 8, lba, 0, blocks >>> 8, blocks, 0], {
      read: true,
      length: blocks * 512,
      ...o,
    })
  }
  write10(lba: number, blocks: number, o: CommandOptions = {}): EncodedPdu {
    return this.commandPdu([0x2a, 0, lba >>> 24, lba >>> 16, lba >>> 8, lba, 0, blocks >>> 8, blocks, 0], {
      write: true,
      length: blocks * 512,
      ...o,
    })
  }
  dataOutPdu(
    tag: number,
    offset: number,
    data: Uint8Array,
    o: { ttt?: number; final?: boolean; dataSn?: number } = {},
  ): EncodedPdu {
    return encodeDataOut({
      final: o.final ?? true,
      lun: lunField(0),
      initiatorTaskTag: tag,
      targetTransferTag: o.ttt ?? NO_TAG,
      expStatSn: this.expStatSn,
      dataSn: o.dataSn ?? 0,
      bufferOffset: offset,
      data,
    })
  }
  nopPdu(data: Uint8Array = new Uint8Array(0)): EncodedPdu {
    return encodeNopOut({
      immediate: true,
      lun: lunField(0),
      initiatorTaskTag: this.nextTag++,
      targetTransferTag: NO_TAG,
      cmdSn: this.cmdSn,
      expStatSn: this.expStatSn,
      data,
    })
  }
  taskManagementPdu(fn: number, referencedTaskTag = NO_TAG, lun = 0): EncodedPdu {
    return encodeTaskManagementRequest({
      immediate: true,
      function: fn,
      lun: lunField(lun),
      initiatorTaskTag: this.nextTag++,
      referencedTaskTag,
      cmdSn: this.cmdSn,
      expStatSn: this.expStatSn,
      refCmdSn: 0,
      expDataSn: 0,
    })
  }

  /** Takes the Data-Ins of one command and checks their order; the status may come with the last one or apart. */
  takeRead(): { data: Uint8Array; status: number; pdus: DataIn[]; response: ScsiResponse | undefined } {
    const pdus: DataIn[] = []
    const parts: number[] = []
    for (;;) {
      const p = this.wire.take()
      if (p.opcode === OPCODE.scsiResponse) {
        return { data: Uint8Array.from(parts), status: p.status, pdus, response: p }
      }
      if (p.opcode !== OPCODE.dataIn) throw new Error(`a Data-In was awaited, opcode ${p.opcode} came`)
      if (p.dataSn !== pdus.length || p.bufferOffset !== parts.length) throw new Error('Data-In out of order')
      pdus.push(p)
      for (const b of p.data) parts.push(b)
      if (p.hasStatus) return { data: Uint8Array.from(parts), status: p.status, pdus, response: undefined }
    }
  }
  takeResponse(): ScsiResponse {
    const p = this.wire.take()
    if (p.opcode !== OPCODE.scsiResponse) throw new Error(`a SCSI Response was awaited, opcode ${p.opcode} came`)
    return p
  }
}
