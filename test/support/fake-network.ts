import type { FakeClock } from './fake-clock.ts'

export interface NetworkEnd {
  readonly ip: string
  readonly port: number
}

/** A UDP port on the fake network. */
export interface FakeSocket {
  readonly address: NetworkEnd
  send(bytes: Uint8Array, to: NetworkEnd): void
  onMessage(fn: (bytes: Uint8Array, from: NetworkEnd) => void): void
  close(): Promise<void>
}

/** What happens to the n-th datagram (from 0). */
export type Fate = (n: number) => { readonly drop?: boolean; readonly twice?: boolean; readonly extraMs?: number }

export const reliable: Fate = () => ({})
/** Loses datagrams n-1, 2n-1, … */
export const everyNth =
  (n: number): Fate =>
  (i) => ({ drop: i % n === n - 1 })

/** Datagrams that take a millisecond of fake time, unless the link's fate has it otherwise. Order is kept unless
 *  `extraMs` delays one behind others. */
export class FakeNetwork {
  readonly #clock: FakeClock
  readonly #fate: Fate
  readonly #sockets = new Map<string, (bytes: Uint8Array, from: NetworkEnd) => void>()
  #nextPort = 49152
  /** Datagrams handed to the network, lost ones included. */
  sent = 0
  dropped = 0

  constructor(clock: FakeClock, fate: Fate = reliable) {
    this.#clock = clock
    this.#fate = fate
  }

  open(ip: string, port = this.#nextPort++): FakeSocket {
    const key = `${ip}:${port}`
    if (this.#sockets.has(key)) throw new Error(`${key} is in use`)
    this.#sockets.set(key, () => {})
    return {
      address: { ip, port },
      send: (bytes, to) => this.#send(Uint8Array.from(bytes), { ip, port }, to),
      onMessage: (fn) => void this.#sockets.set(key, fn),
      close: async () => void this.#sockets.delete(key),
    }
  }

  /** Number of open ports. */
  get openPorts(): number {
    return this.#sockets.size
  }

  #send(bytes: Uint8Array, from: NetworkEnd, to: NetworkEnd): void {
    const fate = this.#fate(this.sent++)
    if (fate.drop) {
      this.dropped++
      return
    }
    for (let copy = 0; copy < (fate.twice ? 2 : 1); copy++)
      this.#clock.after(1 + (fate.extraMs ?? 0), 'datagram', () =>
        this.#sockets.get(`${to.ip}:${to.port}`)?.(bytes, from),
      )
  }
}
