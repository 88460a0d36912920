import { ByteReader, ByteWriter, utf8Bytes } from '../base/bytes.ts'
import { AppError, CodecError } from '../base/errors.ts'

/** Source: RFC 1350 §5 (1-5), RFC 2347 (6). */
export const OPCODE = { readRequest: 1, writeRequest: 2, data: 3, acknowledgement: 4, error: 5, optionAck: 6 } as const

/** Source: RFC 1350 appendix, RFC 2347 (8). */
export const ERROR_CODE = {
  notDefined: 0,
  fileNotFound: 1,
  accessViolation: 2,
  diskFull: 3,
  illegalOperation: 4,
  unknownTransferId: 5,
  fileExists: 6,
  noSuchUser: 7,
  optionsRefused: 8,
} as const

/** An option as it was written; names compare without case. Source: RFC 2347. */
export interface TftpOption {
  readonly name: string
  readonly value: string
}

/** RRQ or WRQ. */
export interface TftpRequest {
  readonly opcode: typeof OPCODE.readRequest | typeof OPCODE.writeRequest
  readonly filename: string
  readonly mode: string
  readonly options: readonly TftpOption[]
}

export type TftpPacket =
  | TftpRequest
  | { readonly opcode: typeof OPCODE.data; readonly block: number; readonly data: Uint8Array }
  | { readonly opcode: typeof OPCODE.acknowledgement; readonly block: number }
  | { readonly opcode: typeof OPCODE.error; readonly code: number; readonly message: string }
  | { readonly opcode: typeof OPCODE.optionAck; readonly options: readonly TftpOption[] }

/** Length of opcode and block number before the data. */
export const DATA_HEADER = 4
/** Bytes of an ACK packet. */
export const ACK_BYTES = 4

/** Shape: `data` is a view of `bytes`. An ERROR without its final NUL is taken: some ROMs leave it out.
 *  Errors: codec.short, codec.unterminated, codec.value (opcode).
 *  Source: RFC 1350 §5, RFC 2347. */
export function decodeTftp(bytes: Uint8Array): TftpPacket {
  const reader = new ByteReader(bytes, 'tftp-packet')
  const opcode = reader.u16('opcode')
  switch (opcode) {
    case OPCODE.readRequest:
    case OPCODE.writeRequest: {
      const filename = reader.zeroTerminated('filename')
      const mode = reader.zeroTerminated('mode')
      return { opcode, filename, mode, options: readOptions(reader) }
    }
    case OPCODE.data: {
      const block = reader.u16('block')
      return { opcode, block, data: reader.view(reader.left, 'data') }
    }
    case OPCODE.acknowledgement:
      return { opcode, block: reader.u16('block') }
    case OPCODE.error: {
      const code = reader.u16('errorCode')
      const end = bytes.indexOf(0, reader.at)
      const text = reader.view((end < 0 ? bytes.length : end) - reader.at, 'errorMessage')
      return { opcode, code, message: String.fromCharCode(...text.subarray(0, 256)) }
    }
    case OPCODE.optionAck:
      return { opcode, options: readOptions(reader) }
    default:
      throw new CodecError(
        'codec.value',
        { structure: 'tftp-packet', field: 'opcode', offset: 0, got: opcode },
        'unknown operation',
      )
  }
}

/** Name and value pairs to the end. Old ROMs fill the packet with NULs behind the last pair: an empty name ends the list. */
function readOptions(reader: ByteReader): TftpOption[] {
  const options: TftpOption[] = []
  while (reader.left > 0 && reader.bytes[reader.at] !== 0) {
    const name = reader.zeroTerminated('optionName')
    options.push({ name, value: reader.zeroTerminated('optionValue') })
  }
  return options
}

/** Errors: `bug` when a text holds a NUL or a block number does not fit 16 bits. */
export function encodeTftp(packet: TftpPacket): Uint8Array {
  const writer = new ByteWriter(64).u16(packet.opcode)
  const text = (value: string): void => {
    const bytes = utf8Bytes(value)
    if (bytes.includes(0)) throw new AppError('bug', 'a TFTP text holds a NUL byte')
    writer.bytes(bytes).u8(0)
  }
  const block = (value: number): void => {
    if (value < 0 || value > 0xffff) throw new AppError('bug', `block ${value} does not fit 16 bits`)
    writer.u16(value)
  }
  switch (packet.opcode) {
    case OPCODE.readRequest:
    case OPCODE.writeRequest:
      text(packet.filename)
      text(packet.mode)
      for (const option of packet.options) {
        text(option.name)
        text(option.value)
      }
      break
    case OPCODE.data:
      block(packet.block)
      writer.bytes(packet.data)
      break
    case OPCODE.acknowledgement:
      block(packet.block)
      break
    case OPCODE.error:
      writer.u16(packet.code)
      text(packet.message)
      break
    case OPCODE.optionAck:
      for (const option of packet.options) {
        text(option.name)
        text(option.value)
      }
      break
  }
  return writer.done()
}

const NAMES = new Map<number, string>(Object.entries(OPCODE).map(([name, code]) => [code, name]))

/** One line of text. */
export function describeTftp(packet: TftpPacket): string {
  const name = NAMES.get(packet.opcode)!
  switch (packet.opcode) {
    case OPCODE.readRequest:
    case OPCODE.writeRequest:
      return [name, JSON.stringify(packet.filename), packet.mode, describeOptions(packet.options)].join(' ').trim()
    case OPCODE.data:
      return `${name} block ${packet.block}, ${packet.data.length} bytes`
    case OPCODE.acknowledgement:
      return `${name} block ${packet.block}`
    case OPCODE.error:
      return `${name} ${packet.code} ${JSON.stringify(packet.message)}`
    case OPCODE.optionAck:
      return `${name} ${describeOptions(packet.options)}`.trim()
  }
}

const describeOptions = (options: readonly TftpOption[]): string => options.map((o) => `${o.name}=${o.value}`).join(' ')
