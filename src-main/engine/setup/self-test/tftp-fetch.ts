import { createSocket } from 'node:dgram'
import { AppError, CodecError } from '../../../base/errors.ts'
import type { Clock } from '../../../base/clock.ts'
import { decodeTftp, encodeTftp, OPCODE, type TftpPacket } from '../../../tftp/packet.ts'

/** Largest file that is taken; loaders have about one MiB. */
const LARGEST = 32 << 20
const BLKSIZE = 1468

export interface TftpSource {
  readonly host: string
  readonly port: number
  readonly file: string
  /** Our address. */
  readonly from: string
}

/** A file, fetched as a network card's ROM does: a block at a time, each acknowledged.
 *  Errors: net.tftp when the server refuses, or does not send all within `ms`. */
export function fetchTftp(source: TftpSource, ms: number, clock: Clock): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4')
    const pieces: Uint8Array[] = []
    let blksize = 512
    let total = 0
    let peer: number | undefined
    const end = (work: () => void) => {
      cancel()
      socket.close()
      work()
    }
    const fail = (why: string) => end(() => reject(new AppError('net.tftp', `${source.file}: ${why}`)))
    const cancel = clock.after(ms, 'TFTP self-test', () => fail(`the server sent ${total} bytes and then no more`))
    const send = (packet: TftpPacket, port: number) => socket.send(encodeTftp(packet), port, source.host)
    socket.on('error', (error) => fail(error.message))
    socket.on('message', (bytes, from) => {
      if (from.address !== source.host || from.port !== (peer ?? from.port)) return
      peer = from.port
      let packet: TftpPacket
      try {
        packet = decodeTftp(bytes)
      } catch (thrown) {
        if (!(thrown instanceof CodecError)) throw thrown
        return fail(thrown.message)
      }
      if (packet.opcode === OPCODE.error) return fail(`the server says “${packet.message}”`)
      if (packet.opcode === OPCODE.optionAck) {
        blksize = Number(packet.options.find((option) => option.name === 'blksize')?.value ?? 512)
        return send({ opcode: OPCODE.acknowledgement, block: 0 }, from.port)
      }
      if (packet.opcode !== OPCODE.data) return
      if (packet.block === ((pieces.length + 1) & 0xffff)) {
        pieces.push(packet.data.slice())
        total += packet.data.length
        if (total > LARGEST) return fail('the file does not end')
      }
      send({ opcode: OPCODE.acknowledgement, block: pieces.length & 0xffff }, from.port)
      if (packet.data.length < blksize) {
        const whole = Buffer.concat(pieces)
        // The last acknowledgement must be out before the socket goes.
        setImmediate(() => end(() => resolve(whole)))
      }
    })
    socket.bind({ address: source.from, port: 0 }, () =>
      send(
        {
          opcode: OPCODE.readRequest,
          filename: source.file,
          mode: 'octet',
          options: [{ name: 'blksize', value: String(BLKSIZE) }],
        },
        source.port,
      ),
    )
  })
}
