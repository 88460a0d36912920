import type { FromEngine } from '../api/wire.ts'

/** Bytes that may wait for one caller before it gets no more snapshots. */
export const SOFT_LIMIT = 1 << 20
/** Bytes at which a caller that does not read is dropped; answers and events cannot be left out. */
export const HARD_LIMIT = 32 << 20

export interface Outbox {
  send(message: FromEngine): void
}

/** Keeps a caller that reads slowly, or not at all, from filling the engine's memory. Of the snapshots it has not read only
 *  the newest is kept, as a value; everything else waits in the channel up to a limit.
 *  Shape: `write` calls `done` when the text left this process; `drop` ends the channel. */
export function createOutbox(o: { write(text: string, done: () => void): void; drop(): void }): Outbox {
  let waiting = 0
  let dropped = false
  let newest: FromEngine | undefined
  const put = (message: FromEngine): void => {
    const text = JSON.stringify(message)
    const bytes = Buffer.byteLength(text)
    waiting += bytes
    if (waiting > HARD_LIMIT) {
      dropped = true
      newest = undefined
      o.drop()
      return
    }
    o.write(text, () => {
      waiting -= bytes
      if (newest === undefined || dropped || waiting > SOFT_LIMIT) return
      const held = newest
      newest = undefined
      put(held)
    })
  }
  return {
    send(message) {
      if (dropped) return
      // A second that nobody could read is worth nothing later.
      if ('event' in message && message.event === 'metrics' && waiting > SOFT_LIMIT) return
      const isSnapshot = 'event' in message && message.event === 'snapshot'
      if (isSnapshot && waiting > SOFT_LIMIT) newest = message
      else {
        // A held one is older than what goes now.
        if (isSnapshot) newest = undefined
        put(message)
      }
    },
  }
}
