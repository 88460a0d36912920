import { expect, test } from 'vitest'
import { runAll } from '../../../src-main/engine/unwind.ts'

test('a step that fails does not keep the later ones, and is told after them', async () => {
  const done: string[] = []
  const steps = [
    () => void done.push('admin'),
    () => Promise.reject(new Error('the network does not close')),
    () => {
      throw new Error('second')
    },
    () => void done.push('disks'),
  ]
  await expect(runAll(steps)).rejects.toThrowError('the network does not close')
  expect(done).toEqual(['admin', 'disks'])
})
