import { describe, expect, test } from 'vitest'
import { ARENA_LENGTH, BufferPool } from '../../../src-main/iscsi/buffer-pool.ts'
import { OutBatch, type Wire } from '../../../src-main/iscsi/out-batch.ts'
import { seededRandom } from '../../support/random.ts'

/** A peer that takes bytes when it likes. */
class SlowWire implements Wire {
  readonly remoteAddress = '10.0.0.2'
  readonly localAddress = '10.0.0.1'
  readonly localPort = 3260
  takesAtOnce = true
  readonly taken: number[] = []
  readonly #waiting: { bytes: Uint8Array; done: () => void }[] = []

  get pendingBytes(): number {
    return this.#waiting.reduce((n, w) => n + w.bytes.length, 0)
  }
  write(bytes: Uint8Array, done: () => void): void {
    if (this.takesAtOnce && this.#waiting.length === 0) {
      this.taken.push(...bytes)
      done()
    } else this.#waiting.push({ bytes, done })
  }
  /** The peer reads: only now is it seen what the memory holds. */
  take(): void {
    const first = this.#waiting.shift()
    if (!first) return
    this.taken.push(...first.bytes)
    first.done()
  }
  pause(): void {}
  resume(): void {}
  end(): void {}
  destroy(): void {}
}

function put(batch: OutBatch, bytes: readonly number[]): void {
  const at = batch.room(bytes.length)
  batch.bytes.set(bytes, at)
}

describe('OutBatch', () => {
  test('one write per flush, and the same memory again once it is sent', () => {
    const pool = new BufferPool()
    const wire = new SlowWire()
    const batch = new OutBatch(wire, pool)
    put(batch, [1, 2])
    put(batch, [3])
    const memory = batch.bytes
    batch.flush()
    expect(wire.taken).toEqual([1, 2, 3])
    expect(batch.room(1)).toBe(0)
    expect(batch.bytes).toBe(memory)
  })

  test('what waits for a peer is not written over by answers to others', () => {
    const pool = new BufferPool()
    const [slow, quick] = [new SlowWire(), new SlowWire()]
    slow.takesAtOnce = false
    const [a, b] = [new OutBatch(slow, pool), new OutBatch(quick, pool)]
    put(a, [1, 1, 1])
    const memory = a.bytes
    a.flush()
    put(b, [2, 2, 2])
    expect(b.bytes).toBe(memory)
    b.flush()
    slow.take()
    expect([slow.taken, quick.taken]).toEqual([
      [1, 1, 1],
      [2, 2, 2],
    ])
    expect(b.room(1)).toBe(0)
  })

  test('two batches at a time do not share what they write into', () => {
    const pool = new BufferPool()
    const [one, two] = [new SlowWire(), new SlowWire()]
    const [a, b] = [new OutBatch(one, pool), new OutBatch(two, pool)]
    put(a, [1])
    put(b, [2])
    expect(a.bytes).not.toBe(b.bytes)
    b.flush()
    a.flush()
    expect([one.taken, two.taken]).toEqual([[1], [2]])
  })

  test('a batch that is taken back sends nothing', () => {
    const wire = new SlowWire()
    const batch = new OutBatch(wire, new BufferPool())
    batch.rewind(batch.room(100))
    batch.flush()
    expect(wire.taken).toEqual([])
  })

  test('what is handed over is sent when its holder says so, and nothing else comes into it', () => {
    const pool = new BufferPool()
    const wire = new SlowWire()
    const batch = new OutBatch(wire, pool)
    put(batch, [1])
    const at = batch.room(3)
    const arena = batch.handOver(at)
    expect(wire.taken).toEqual([1])
    put(batch, [9, 9, 9, 9])
    arena.bytes.set([5, 6, 7], at)
    batch.sendHeld(arena, at, 3)
    expect(wire.taken).toEqual([1, 9, 9, 9, 9, 5, 6, 7])
    expect(batch.room(1)).toBe(0)
  })

  test('10,000 answers to eight peers that read when they like arrive whole and in order (seed 3)', () => {
    const random = seededRandom(3)
    const pool = new BufferPool()
    const peers = Array.from({ length: 8 }, () => {
      const wire = new SlowWire()
      return { wire, batch: new OutBatch(wire, pool), sent: [] as number[], held: [] as (() => void)[] }
    })
    for (let i = 0; i < 10_000; i++) {
      const peer = peers[random.below(peers.length)]!
      const value = random.below(256)
      const length = 1 + random.below(8)
      if (random.below(8) === 0) {
        const at = peer.batch.room(length)
        const arena = peer.batch.handOver(at)
        peer.held.push(() => {
          arena.bytes.fill(value, at, at + length)
          peer.sent.push(...Array<number>(length).fill(value))
          peer.batch.sendHeld(arena, at, length)
        })
      } else {
        peer.sent.push(...Array<number>(length).fill(value))
        // The whole of it is reserved, so that arenas are used up and change.
        const at = peer.batch.room(random.below(3) === 0 ? ARENA_LENGTH / 4 : length)
        peer.batch.bytes.fill(value, at, at + length)
        peer.batch.rewind(at + length)
      }
      peer.batch.flush()
      if (random.below(2) === 0) peer.held.shift()?.()
      peer.wire.takesAtOnce = random.below(3) === 0
      if (random.below(2) === 0) peers[random.below(peers.length)]!.wire.take()
    }
    for (const { wire, sent, held } of peers) {
      for (const send of held) send()
      while (wire.pendingBytes > 0) wire.take()
      expect(wire.taken).toEqual(sent)
    }
    expect(new OutBatch(new SlowWire(), pool).room(1)).toBe(0)
  })
})
