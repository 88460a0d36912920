import { expect, test } from 'vitest'
import { keepEqual } from '../../../src-renderer/state/stable.ts'

const room = () => ({
  clients: [
    { mac: 'a', name: 'pc-01', live: { stage: 'running', rate: 1 } },
    { mac: 'b', name: 'pc-02', live: { stage: 'off', rate: 0 } },
  ],
  space: { free: 5 },
})

test('what is equal stays the very same', () => {
  const before = room()
  expect(keepEqual(before, room())).toBe(before)
})

test('what changed is new, its neighbours are not', () => {
  const before = room()
  const after = room()
  after.clients[0]!.live.rate = 2
  const kept = keepEqual(before, after)
  expect(kept).toEqual(after)
  expect(kept.clients).not.toBe(before.clients)
  expect(kept.clients[0]).not.toBe(before.clients[0])
  expect(kept.clients[1]).toBe(before.clients[1])
  expect(kept.space).toBe(before.space)
})

test('one more or less does not move the others', () => {
  const before = room()
  const more = room()
  more.clients.unshift({ mac: 'c', name: 'pc-00', live: { stage: 'off', rate: 0 } })
  const kept = keepEqual(before, more)
  expect(kept.clients.slice(1).map((c, i) => c === before.clients[i])).toEqual([true, true])
  const fewer = keepEqual(before, { ...room(), clients: room().clients.slice(1) })
  expect(fewer.clients).toEqual([before.clients[1]])
  expect(fewer.clients[0]).toBe(before.clients[1])
})

test('a field that came or went is seen', () => {
  expect(keepEqual({ a: 1, b: undefined }, { a: 1 })).toEqual({ a: 1 })
  expect(keepEqual({ a: 1 } as object, { a: 1, b: undefined })).toHaveProperty('b')
  expect(keepEqual([1, 2], [1])).toEqual([1])
  expect(keepEqual({ a: [1] }, { a: { 0: 1 } })).toEqual({ a: { 0: 1 } })
  expect(keepEqual(undefined, { a: null })).toEqual({ a: null })
})
