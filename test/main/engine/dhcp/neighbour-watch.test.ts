import { expect, test } from 'vitest'
import { silentLogger } from '../../../../src-main/base/log.ts'
import { NeighbourWatch } from '../../../../src-main/engine/dhcp/neighbour-watch.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

function watching() {
  const clock = new FakeClock()
  const answers: (readonly string[] | Error)[] = []
  const told: (readonly string[])[] = []
  let looks = 0
  const watch = new NeighbourWatch({
    look: () => {
      looks++
      const next = answers.shift() ?? []
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next)
    },
    clock,
    logger: silentLogger,
    changed: (others) => void told.push(others),
  })
  const pass = async (ms: number) => {
    clock.advance(ms)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { watch, answers, told, pass, clock, looks: () => looks }
}

test('looks every five minutes, every minute while there is one, and tells of each change once', async () => {
  const { watch, answers, told, pass, looks } = watching()
  await pass(299_999)
  expect(looks()).toBe(0)
  answers.push([], ['10.0.0.1'], ['10.0.0.1'], [])
  await pass(1)
  expect([looks(), told]).toEqual([1, []])
  await pass(300_000)
  expect(watch.others).toEqual(['10.0.0.1'])
  await pass(60_000)
  expect([looks(), told]).toEqual([3, [['10.0.0.1']]])
  await pass(60_000)
  expect(told).toEqual([['10.0.0.1'], []])
})

test('believes a PC that follows another server, until a look finds nobody', async () => {
  const { watch, told, pass } = watching()
  watch.heard('10.0.0.9')
  watch.heard('10.0.0.9')
  expect([watch.others, told]).toEqual([['10.0.0.9'], [['10.0.0.9']]])
  await pass(60_000)
  expect(told.at(-1)).toEqual([])
})

test('a look that is not possible changes nothing, and is tried again', async () => {
  const { watch, answers, told, pass, looks } = watching()
  watch.heard('10.0.0.9')
  answers.push(new Error('port 68 is held'))
  await pass(60_000)
  expect([looks(), watch.others]).toEqual([1, ['10.0.0.9']])
  await pass(60_000)
  expect([looks(), told.at(-1)]).toEqual([2, []])
})

test('after its end nothing is told and nobody looks', async () => {
  const { watch, answers, told, pass, clock, looks } = watching()
  answers.push(['10.0.0.1'])
  clock.advance(300_000)
  watch.stop()
  await pass(0)
  watch.heard('10.0.0.2')
  await pass(900_000)
  expect([looks(), told]).toEqual([1, []])
})
