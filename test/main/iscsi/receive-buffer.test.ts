import { describe, expect, test } from 'vitest'
import { BufferPool } from '../../../src-main/iscsi/buffer-pool.ts'
import { ReceiveBuffer } from '../../../src-main/iscsi/receive-buffer.ts'
import { seededRandom } from '../../support/random.ts'

/** `length` bytes arrive; returns the view of them. */
function arrive(receive: ReceiveBuffer, length: number, value = 0): Uint8Array {
  receive.next().fill(value, 0, length)
  let got: Uint8Array | undefined
  receive.filled(length, (bytes) => (got = bytes))
  return got!
}

describe('ReceiveBuffer', () => {
  test('the same place is used again while nobody holds anything', () => {
    const receive = new ReceiveBuffer(new BufferPool())
    const first = receive.next()
    for (let i = 0; i < 5; i++) arrive(receive, 48)
    expect(receive.next()).toBe(first)
  })

  test('what is held is not written over; the next bytes go behind it', () => {
    const receive = new ReceiveBuffer(new BufferPool())
    const place = receive.next()
    receive.next().fill(1, 0, 100)
    let piece!: Uint8Array
    receive.filled(100, (bytes) => receive.hold((piece = bytes.subarray(48))))
    expect(receive.next().byteOffset).toBe(place.byteOffset + 100)
    arrive(receive, 5000, 2)
    expect(piece.every((b) => b === 1)).toBe(true)
    receive.letGo(piece)
    arrive(receive, 10)
    expect(receive.next()).toBe(place)
  })

  test('a place that is full and held goes back to the pool when it is let go', () => {
    const pool = new BufferPool()
    const receive = new ReceiveBuffer(pool)
    const full = receive.next()
    receive.filled(full.length, (bytes) => receive.hold(bytes))
    expect(receive.next().buffer).not.toBe(full.buffer)
    receive.letGo(full)
    expect(pool.take(full.length).buffer).toBe(full.buffer)
  })

  test('at the end nothing that is held goes back before it is let go, and everything goes back once', () => {
    const pool = new BufferPool()
    const receive = new ReceiveBuffer(pool)
    const place = receive.next()
    let piece!: Uint8Array
    receive.filled(10, (bytes) => receive.hold((piece = bytes)))
    receive.close()
    receive.close()
    expect(pool.take(place.length).buffer).not.toBe(place.buffer)
    receive.letGo(piece)
    expect(pool.take(place.length).buffer).toBe(place.buffer)
    expect(pool.take(place.length).buffer).not.toBe(place.buffer)
  })

  test('10,000 events of connections that share a pool: every held byte stays (seed 7)', () => {
    const random = seededRandom(7)
    const pool = new BufferPool()
    const all = Array.from({ length: 4 }, () => new ReceiveBuffer(pool))
    const held: { by: ReceiveBuffer; piece: Uint8Array; value: number }[] = []
    for (let i = 0; i < 10_000; i++) {
      const by = all[random.below(all.length)]!
      const value = random.below(256)
      const length = 1 + random.below(random.below(4) === 0 ? by.next().length : 300)
      by.next().fill(value, 0, length)
      by.filled(length, (bytes) => {
        for (let n = random.below(3); n > 0; n--) {
          const piece = bytes.subarray(random.below(length))
          by.hold(piece)
          held.push({ by, piece, value })
        }
      })
      while (held.length > 20) {
        const [{ by: holder, piece, value: wanted }] = held.splice(random.below(held.length), 1) as [(typeof held)[0]]
        const wrong = piece.findIndex((b) => b !== wanted)
        expect(wrong).toBe(-1)
        holder.letGo(piece)
      }
    }
  })
})
