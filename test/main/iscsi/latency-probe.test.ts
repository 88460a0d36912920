import { expect, test } from 'vitest'
import { Command } from '../../../src-main/iscsi/command.ts'
import { LatencyProbe } from '../../../src-main/iscsi/latency-probe.ts'
import { PHASE } from '../../../src-main/scsi/task.ts'

/** Of commands 1 to `n` of a connection, those that are timed. */
const timed = (probe: LatencyProbe, n: number) =>
  Array.from({ length: n }, (_, i) => i + 1).filter((count) => probe.begin(count) >= 0)

test('few commands are all timed, of many every 32nd, and each second anew', () => {
  const probe = new LatencyProbe(() => 1)
  const first = timed(probe, 256)
  expect(first.slice(0, 64)).toEqual(Array.from({ length: 64 }, (_, i) => i + 1))
  expect(first.slice(64)).toEqual([96, 128, 160, 192, 224, 256])
  probe.reset()
  expect(timed(probe, 10).length).toBe(10)
})

test('reads and writes are told apart; other commands and aborted ones do not count', () => {
  let now = 100
  const probe = new LatencyProbe(() => now)
  const end = (set: Partial<Command>, tookMs: number) => {
    const c = Object.assign(new Command(), set)
    c.timedFromMs = probe.begin(1)
    now += tookMs
    probe.end(c)
  }
  end({ phase: PHASE.read, isRead: true }, 1)
  end({ phase: PHASE.dataOut, isWrite: true, wanted: 4096 }, 3)
  end({ phase: PHASE.done, isRead: true }, 50)
  end({ phase: PHASE.work }, 50)
  end({ phase: PHASE.read, isRead: true, aborted: true }, 50)
  expect([probe.reads.total, probe.writes.total]).toEqual([1, 1])
  expect(probe.reads.percentile(0.5)).toBeGreaterThanOrEqual(1000)
  expect(probe.reads.percentile(0.5)).toBeLessThan(1130)
  expect(probe.writes.percentile(0.5)).toBeGreaterThanOrEqual(3000)
})
