import { expect, test } from 'vitest'
import { productAnswers } from '../../support/boot-answers.ts'
import { fuzzProxy } from '../../support/dhcp-fuzz.ts'

/** The whole million runs with the interop tests. */
test('200,000 bent packets: none breaks the proxy, and none gets an address or a lease', { timeout: 60_000 }, () => {
  const { refused, answered } = fuzzProxy(200_000, 4011, productAnswers())
  expect(answered).toBeGreaterThan(20_000)
  expect(refused).toBeGreaterThan(20_000)
})
