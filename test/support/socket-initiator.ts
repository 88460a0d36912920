import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { frame, Framer, joined, type PduSink } from '../../src-main/iscsi/framer.ts'
import { BHS, BHS_LENGTH, lunField, OPCODE_MASK } from '../../src-main/iscsi/pdu/bhs.ts'
import { decodeDataIn } from '../../src-main/iscsi/pdu/data-in.ts'
import { encodeLoginRequest } from '../../src-main/iscsi/pdu/login-request.ts'
import { decodeLoginResponse } from '../../src-main/iscsi/pdu/login-response.ts'
import { OPCODE } from '../../src-main/iscsi/pdu/opcode.ts'
import { encodeScsiCommand } from '../../src-main/iscsi/pdu/scsi-command.ts'
import { decodeScsiResponse } from '../../src-main/iscsi/pdu/scsi-response.ts'
import { encodeText } from '../../src-main/iscsi/text/text-keys.ts'
import { putU16be, putU32be, u32be } from '../../src-main/base/bytes.ts'

const NO_DATA = new Uint8Array(0)
const FUA = 0x08

interface Waiting {
  readonly into?: Uint8Array
  done(status: number): void
  failed(why: Error): void
}

export class Refused extends Error {}

/** An initiator over TCP, for loads and crashes: what it was answered is all it believes. Several commands at a time. */
export class SocketInitiator implements PduSink {
  readonly #socket: Socket
  readonly #framer = new Framer(this, 2 ** 20)
  readonly #waiting = new Map<number, Waiting>()
  #cmdSn = 1
  #tag = 1
  #expStatSn = 0
  #loggedIn!: (status: number) => void
  /** Set when the connection is gone. */
  lost: Error | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk) => this.#framer.push(chunk as Buffer))
    const lose = (): void => {
      this.lost ??= new Error('the connection is gone')
      for (const w of this.#waiting.values()) w.failed(this.lost)
      this.#waiting.clear()
      this.#loggedIn?.(-1)
    }
    socket.on('error', lose)
    socket.on('close', lose)
  }

  /** Errors: Refused with the login's status. */
  static async login(
    where: string,
    targetName: string,
    o: { readonly isid?: string; readonly name?: string } = {},
  ): Promise<SocketInitiator> {
    const [host, port] = where.split(':')
    const socket = connect(Number(port), host)
    await once(socket, 'connect')
    const initiator = new SocketInitiator(socket)
    const { header, data } = encodeLoginRequest({
      transit: true,
      continue: false,
      csg: 1,
      nsg: 3,
      versionMax: 0,
      versionMin: 0,
      isid: o.isid ?? '00023d000001',
      tsih: 0,
      initiatorTaskTag: 1,
      cid: 0,
      cmdSn: 1,
      expStatSn: 0,
      data: encodeText([
        ['InitiatorName', o.name ?? 'iqn.2026-11.test:initiator'],
        ['TargetName', targetName],
        ['SessionType', 'Normal'],
        ['InitialR2T', 'No'],
        ['ImmediateData', 'Yes'],
        ['MaxRecvDataSegmentLength', '262144'],
        ['FirstBurstLength', '262144'],
      ]),
    })
    const answered = new Promise<number>((done) => (initiator.#loggedIn = done))
    socket.write(frame(header, data, false, false))
    const status = await answered
    if (status === 0) {
      // Takes the unit attention that every new session has.
      await initiator.#command(0x00, 0, 0, {})
      return initiator
    }
    socket.destroy()
    throw new Refused(`login status ${status}`)
  }

  /** Status 0 is GOOD. The data (at most 64 KiB) goes with the command. */
  write(lba: number, data: Uint8Array, o: { readonly fua?: boolean } = {}): Promise<number> {
    return this.#command(0x2a, lba, data.length / 512, { data, flags: o.fua ? FUA : 0 })
  }
  async read(lba: number, blocks: number): Promise<Uint8Array> {
    const into = new Uint8Array(blocks * 512)
    const status = await this.#command(0x28, lba, blocks, { into })
    if (status !== 0) throw new Error(`reading block ${lba} ended with status ${status}`)
    return into
  }
  synchronizeCache(): Promise<number> {
    return this.#command(0x35, 0, 0, {})
  }
  close(): void {
    this.#socket.destroy()
  }

  #command(
    opcode: number,
    lba: number,
    blocks: number,
    o: { readonly data?: Uint8Array; readonly into?: Uint8Array; readonly flags?: number },
  ): Promise<number> {
    if (this.lost) return Promise.reject(this.lost)
    const cdb = new Uint8Array(16)
    cdb[0] = opcode
    cdb[1] = o.flags ?? 0
    putU32be(cdb, 2, lba)
    putU16be(cdb, 7, blocks)
    const initiatorTaskTag = this.#tag++
    const { header, data } = encodeScsiCommand({
      immediate: false,
      final: true,
      read: o.into !== undefined,
      write: o.data !== undefined,
      attribute: 1,
      lun: lunField(0),
      initiatorTaskTag,
      expectedDataTransferLength: o.data?.length ?? o.into?.length ?? 0,
      cmdSn: this.#cmdSn++,
      expStatSn: this.#expStatSn,
      cdb,
      data: o.data ?? NO_DATA,
    })
    return new Promise((done, failed) => {
      this.#waiting.set(initiatorTaskTag, { ...(o.into && { into: o.into }), done, failed })
      this.#socket.write(frame(header, data, false, false))
    })
  }

  pdu(bytes: Uint8Array, at: number, pieces: readonly Uint8Array[], length: number): boolean {
    const h = bytes.subarray(at, at + BHS_LENGTH)
    const data = joined(pieces, length)
    switch (h[0]! & OPCODE_MASK) {
      case OPCODE.loginResponse: {
        const r = decodeLoginResponse(h, data)
        this.#expStatSn = r.statSn + 1
        this.#loggedIn(r.status)
        break
      }
      case OPCODE.dataIn: {
        const d = decodeDataIn(h, data)
        this.#waiting.get(d.initiatorTaskTag)!.into!.set(d.data, d.bufferOffset)
        if (d.status !== undefined) this.#end(h, d.status)
        break
      }
      case OPCODE.scsiResponse:
        this.#end(h, decodeScsiResponse(h, data).status)
    }
    return true
  }
  broken(why: string): void {
    this.lost = new Error(why)
    this.#socket.destroy()
  }
  #end(h: Uint8Array, status: number): void {
    this.#expStatSn = u32be(h, 24) + 1
    const tag = u32be(h, BHS.initiatorTaskTag)
    const waiting = this.#waiting.get(tag)
    this.#waiting.delete(tag)
    waiting?.done(status)
  }
}
