import type { Side } from './conversation.ts'

/** A connection without a socket, from both ends. */
interface Ends {
  readonly wire: { write(bytes: Uint8Array, done: () => void): void }
  readonly connection: { received(chunk: Uint8Array): void }
}

/** Shows every chunk between initiator and target to `hear`, before it is acted on. */
export function listen(ends: Ends, hear: (from: Side, bytes: Uint8Array) => void): void {
  const { wire, connection } = ends
  const write = wire.write.bind(wire)
  wire.write = (bytes, done) => {
    hear('target', bytes)
    write(bytes, done)
  }
  const received = connection.received.bind(connection)
  connection.received = (chunk) => {
    hear('initiator', chunk)
    received(chunk)
  }
}
