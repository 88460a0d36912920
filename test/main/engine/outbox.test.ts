import { expect, test } from 'vitest'
import type { FromEngine } from '../../../src-main/api/wire.ts'
import { createOutbox, HARD_LIMIT, SOFT_LIMIT } from '../../../src-main/engine/outbox.ts'

/** A channel whose reader takes a message when the test says so. */
function slow() {
  const written: { message: FromEngine; bytes: number; done: () => void }[] = []
  let drops = 0
  const outbox = createOutbox({
    write: (text, done) => void written.push({ message: JSON.parse(text) as FromEngine, bytes: text.length, done }),
    drop: () => void drops++,
  })
  return { outbox, written, drops: () => drops }
}
const snapshot = (n: number, bytes = 0) => ({ event: 'snapshot', snapshot: { n, fill: 'x'.repeat(bytes) } }) as never
const numbers = (written: readonly { message: unknown }[]) =>
  written.map((w) => (w.message as { snapshot: { n: number } }).snapshot.n)

test('a reader that keeps up gets everything at once', () => {
  const { outbox, written } = slow()
  for (let n = 0; n < 3; n++) {
    outbox.send(snapshot(n))
    written[n]!.done()
  }
  expect(numbers(written)).toEqual([0, 1, 2])
})

test('a reader that does not read makes snapshots wait as one, and then gets the newest', () => {
  const { outbox, written, drops } = slow()
  outbox.send(snapshot(0, SOFT_LIMIT))
  for (let n = 1; n <= 10_000; n++) outbox.send(snapshot(n, 1000))
  expect(numbers(written)).toEqual([0])
  written[0]!.done()
  expect(numbers(written)).toEqual([0, 10_000])
  written[1]!.done()
  expect([written.length, drops()]).toEqual([2, 0])
})

test('answers are never left out', () => {
  const { outbox, written } = slow()
  outbox.send(snapshot(0, SOFT_LIMIT))
  outbox.send({ id: 1, ok: true, output: null })
  expect(written.at(-1)!.message).toEqual({ id: 1, ok: true, output: null })
})

test('a caller that asks without ever reading is dropped, and nothing is kept for it', () => {
  const { outbox, written, drops } = slow()
  const output = 'x'.repeat(2 ** 20)
  for (let id = 1; id <= 100; id++) outbox.send({ id, ok: true, output })
  expect(drops()).toBe(1)
  expect(written.reduce((sum, w) => sum + w.bytes, 0)).toBeLessThanOrEqual(HARD_LIMIT)
  for (const w of written) w.done()
  outbox.send({ id: 101, ok: true, output })
  expect(written.length).toBeLessThan(33)
})
