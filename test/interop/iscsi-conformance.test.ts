import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createRawDisk } from '../../src-main/disks/raw-device.ts'
import { ALLOWED_SKIPS } from '../support/conformance.ts'
import { readVerdicts, type Verdict } from '../support/cunit.ts'
import { audited, type AuditedTarget } from '../support/iscsi-auditor/proxy.ts'
import { runProgram } from '../support/run-program.ts'
import { hasProgram, startBootlace, startTgt, type RunningTarget } from '../support/targets.mjs'

/** libiscsi's conformance program against us and against tgt: a thin disk, data loss and SANITIZE allowed, a second path for
 *  the tests that need one. Nothing may fail or hang, what is skipped has its reason in ALLOWED_SKIPS, and what tgt passes
 *  passes here. */

const GIB = 2 ** 30
const RUN_TIMEOUT_MS = 90_000
const TESTS = 230
const FEWEST_PASSED = 205
/** In memory where that can be had: the program flushes thousands of times. */
const SCRATCH = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

async function verdicts(start: (file: string) => Promise<RunningTarget>, tests = 'ALL'): Promise<Map<string, Verdict>> {
  const folder = mkdtempSync(join(SCRATCH, 'bootlace-conformance-'))
  const file = join(folder, 'disk.img')
  await createRawDisk(file, GIB)
  const target = await start(file)
  try {
    const r = await runProgram('iscsi-test-cu', ['-d', '-S', '-v', '-t', tests, target.url, target.url], RUN_TIMEOUT_MS)
    if (r.code === null) throw new Error(`iscsi-test-cu hung; it ended with:\n${r.stdout.slice(-2000)}`)
    return readVerdicts(r.stdout)
  } finally {
    await target.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const count = (of: ReadonlyMap<string, Verdict>, v: Verdict): number => [...of.values()].filter((x) => x === v).length

const named = (of: ReadonlyMap<string, Verdict>, v: Verdict): string[] =>
  [...of].filter(([, verdict]) => verdict === v).map(([name]) => name)

test('iscsi-test-cu: nothing fails, every skip has its reason, and what tgt passes passes', async (context) => {
  if (!hasProgram('iscsi-test-cu')) return context.skip('iscsi-test-cu (libiscsi-bin) is not installed')
  let bootlace: AuditedTarget | undefined
  const ours = await verdicts(async (file) => (bootlace = await audited(await startBootlace(file))))
  const { auditor } = bootlace!
  console.log(`audited: ${auditor.checked} PDUs of the target on ${auditor.connections} connections`)
  expect(auditor.violations).toEqual([])
  expect(auditor.checked).toBeGreaterThan(10_000)
  const table = (name: string, of: ReadonlyMap<string, Verdict>): string =>
    `${name.padEnd(10)} ${(['pass', 'skip', 'fail', 'unfinished'] as const).map((v) => `${v} ${count(of, v)}`).join(', ')}`
  console.log(table('Bootlace', ours))
  for (const name of named(ours, 'skip')) console.log(`  skipped ${name}: ${ALLOWED_SKIPS[name] ?? 'no reason known'}`)
  expect(named(ours, 'unfinished')).toEqual([])
  expect(named(ours, 'fail')).toEqual([])
  expect(named(ours, 'skip').sort()).toEqual(Object.keys(ALLOWED_SKIPS).sort())
  expect(ours.size).toBe(TESTS)
  expect(count(ours, 'pass')).toBeGreaterThanOrEqual(FEWEST_PASSED)
  if (!hasProgram('tgtd')) return context.skip('tgt is not installed: nothing to compare with')
  const reference = await verdicts(startTgt)
  console.log(table('tgt', reference))
  for (const [name, verdict] of ours) {
    const other = reference.get(name) ?? 'unfinished'
    if (verdict !== other) console.log(`  ${name}: tgt ${other}, Bootlace ${verdict}`)
  }
  const worse = named(reference, 'pass').filter((name) => ours.get(name) !== 'pass')
  expect(worse).toEqual([])
})

test('iscsi-test-cu on a write-protected disk', async (context) => {
  if (!hasProgram('iscsi-test-cu')) return context.skip('iscsi-test-cu (libiscsi-bin) is not installed')
  let bootlace: AuditedTarget | undefined
  const found = await verdicts(async (file) => {
    bootlace = await audited(await startBootlace(file, ['--read-only']))
    return bootlace
  }, 'ALL.ReadOnly')
  expect(bootlace!.auditor.violations).toEqual([])
  expect([...found]).toEqual([['ReadOnly.ReadOnlySBC', 'pass']])
})
