import { expect, test } from 'vitest'
import { Afterwards } from '../../../src-main/engine/afterwards.ts'

/** A loop whose turns a test takes. */
function turns() {
  let next: (() => void)[] = []
  return {
    nextTurn: (job: () => void) => void next.push(job),
    take: () => {
      const due = next
      next = []
      due.forEach((job) => job())
      return due.length
    },
  }
}
const never = (thrown: unknown): void => expect.fail(String(thrown))

test('one job a turn, in order, and none in the turn it came in', () => {
  const loop = turns()
  const done: number[] = []
  const afterwards = new Afterwards(never, loop.nextTurn)
  for (const n of [1, 2, 3]) afterwards.later(() => done.push(n))
  expect(done).toEqual([])
  loop.take()
  expect(done).toEqual([1])
  afterwards.later(() => done.push(4))
  while (loop.take() > 0);
  expect([done, afterwards.waiting]).toEqual([[1, 2, 3, 4], 0])
})

test('drain does everything at once, what comes up meanwhile too, and leaves the loop in peace', () => {
  const loop = turns()
  const done: number[] = []
  const afterwards = new Afterwards(never, loop.nextTurn)
  afterwards.later(() => {
    done.push(1)
    afterwards.later(() => done.push(3))
  })
  afterwards.later(() => done.push(2))
  afterwards.drain()
  expect(done).toEqual([1, 2, 3])
  loop.take()
  expect(loop.take()).toBe(0)
  afterwards.later(() => done.push(4))
  loop.take()
  expect(done).toEqual([1, 2, 3, 4])
})

test('a job that fails is told and does not keep the others', () => {
  const loop = turns()
  const failed: unknown[] = []
  const done: number[] = []
  const afterwards = new Afterwards((thrown) => failed.push(thrown), loop.nextTurn)
  afterwards.later(() => {
    throw new Error('the disk is full')
  })
  afterwards.later(() => done.push(1))
  afterwards.drain()
  expect([done, String(failed[0])]).toEqual([[1], 'Error: the disk is full'])
})
