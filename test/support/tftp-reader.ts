import { decodeTftp, encodeTftp, OPCODE, type TftpOption } from '../../src-main/tftp/packet.ts'
import type { FakeClock } from './fake-clock.ts'
import type { FakeNetwork, NetworkEnd } from './fake-network.ts'

/** A TFTP client for tests, written from the RFCs: one read over the fake network. */
export interface ReadResult {
  readonly data: Uint8Array
  readonly error?: { readonly code: number; readonly message: string }
  readonly oack?: readonly TftpOption[]
  readonly done: boolean
}

export interface ReadOptions {
  readonly ip?: string
  readonly port?: number
  readonly filename?: string
  readonly mode?: string
  readonly options?: readonly TftpOption[]
  /** Time after which the client repeats its last packet. */
  readonly timeoutMs?: number
}

/** Begins a read; `result()` says how far it got. Run the clock until `done`. */
export function startRead(network: FakeNetwork, clock: FakeClock, server: NetworkEnd, o: ReadOptions = {}) {
  const socket = network.open(o.ip ?? '10.0.0.9', o.port)
  const pieces: Uint8Array[] = []
  let peer: NetworkEnd | undefined
  let error: ReadResult['error']
  let oack: readonly TftpOption[] | undefined
  let done = false
  let got = 0
  let inWindow = 0
  let blksize = 512
  let windowsize = 1
  let cancel = (): void => {}
  let last: { bytes: Uint8Array; to: NetworkEnd } | undefined

  const send = (bytes: Uint8Array, to: NetworkEnd): void => {
    last = { bytes, to }
    socket.send(bytes, to)
    cancel()
    cancel = clock.after(o.timeoutMs ?? 3000, 'reader', () => !done && last && send(last.bytes, last.to))
  }
  const ack = (): void => {
    inWindow = 0
    send(encodeTftp({ opcode: OPCODE.acknowledgement, block: got & 0xffff }), peer!)
  }
  socket.onMessage((bytes, from) => {
    const packet = decodeTftp(bytes)
    peer ??= from
    if (from.port !== peer.port) return
    if (packet.opcode === OPCODE.error) {
      error = { code: packet.code, message: packet.message }
      done = true
      cancel()
      return
    }
    if (packet.opcode === OPCODE.optionAck) {
      oack = packet.options
      blksize = Number(packet.options.find((x) => x.name === 'blksize')?.value ?? 512)
      windowsize = Number(packet.options.find((x) => x.name === 'windowsize')?.value ?? 1)
      if (got === 0) ack()
      return
    }
    if (packet.opcode !== OPCODE.data) return
    if (packet.block !== ((got + 1) & 0xffff)) {
      // A gap or an old block: say how far we are (RFC 7440 §4); without a window an old block means our ACK was lost.
      if (windowsize > 1 ? inWindow >= 0 : packet.block === (got & 0xffff)) ack()
      return
    }
    got++
    inWindow++
    pieces.push(packet.data)
    const isLast = packet.data.length < blksize
    if (isLast || inWindow === windowsize) ack()
    if (isLast) {
      done = true
      cancel()
    }
  })
  const request = encodeTftp({
    opcode: OPCODE.readRequest,
    filename: o.filename ?? 'file',
    mode: o.mode ?? 'octet',
    options: o.options ?? [],
  })
  send(request, server)
  return {
    socket,
    /** Repeats the request, as a client does that heard nothing. */
    repeat: () => socket.send(request, server),
    isDone: () => done,
    result: (): ReadResult => ({
      data: Uint8Array.from(Buffer.concat(pieces)),
      done,
      ...(error === undefined ? {} : { error }),
      ...(oack === undefined ? {} : { oack }),
    }),
  }
}
