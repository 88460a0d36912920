import { Socket } from 'node:net'

/** Where a socket's bytes go, instead of into 'data' events. */
export interface Receiver {
  /** Asked once at the start and after each event: the place for the next bytes. */
  buffer(): Uint8Array
  received(length: number): void
}

interface SocketWithHandle {
  _handle: { useUserBuffer?: unknown; reading?: boolean } | null
}
type OnReadSocket = new (o: {
  handle: unknown
  onread: { buffer: () => Uint8Array; callback: (length: number) => boolean }
}) => Socket

/** A socket that a server accepted (with `pauseOnConnect`), reading into memory of ours. Node offers that only for sockets that
 *  it makes itself, so the connection moves into a new one, as `child_process` does it when it passes sockets on. A Node in which
 *  that is not possible is served by 'data' events, whose bytes are copied. */
export function receivingSocket(accepted: Socket, receiver: Receiver): Socket {
  const { _handle: handle } = accepted as unknown as SocketWithHandle
  if (typeof handle?.useUserBuffer !== 'function') {
    accepted.on('data', (chunk: Buffer) => copyInto(receiver, chunk))
    accepted.resume()
    return accepted
  }
  ;(accepted as unknown as SocketWithHandle)._handle = null
  const callback = (length: number): boolean => {
    receiver.received(length)
    return true
  }
  const socket = new (Socket as unknown as OnReadSocket)({
    handle,
    onread: { buffer: () => receiver.buffer(), callback },
  })
  // Only the shell: the server stops counting it.
  accepted.destroy()
  socket.resume()
  return socket
}

function copyInto(receiver: Receiver, chunk: Uint8Array): void {
  for (let at = 0; at < chunk.length;) {
    const place = receiver.buffer()
    const now = Math.min(place.length, chunk.length - at)
    place.set(chunk.subarray(at, at + now))
    at += now
    receiver.received(now)
  }
}
