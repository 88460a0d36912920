import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { productAnswers } from '../support/boot-answers.ts'
import { fuzzProxy } from '../support/dhcp-fuzz.ts'

const ROUND = 250_000
/** Machines that are remembered take their place once; after that nothing may grow. */
const TIDE_BYTES = 4 << 20

setFlagsFromString('--expose_gc')
const collect = runInNewContext('gc') as () => void

test('a million bent packets leave no trace in memory, and none gets an address or a lease', () => {
  const answers = productAnswers()
  const rounds = [1, 2, 3, 4].map((seed) => {
    const { answered } = fuzzProxy(ROUND, seed, answers)
    collect()
    return { answered, heapBytes: process.memoryUsage().heapUsed }
  })
  for (const { answered } of rounds) expect(answered).toBeGreaterThan(ROUND / 10)
  expect(rounds[3]!.heapBytes - rounds[0]!.heapBytes).toBeLessThan(TIDE_BYTES)
})
