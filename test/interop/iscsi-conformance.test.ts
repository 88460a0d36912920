import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createRawDisk } from '../../src-main/disks/raw-device.ts'
import { readVerdicts, type Verdict } from '../support/cunit.ts'
import { audited, type AuditedTarget } from '../support/iscsi-auditor/proxy.ts'
import { runProgram } from '../support/run-program.ts'
import { hasProgram, startBootlace, startTgt, type RunningTarget } from '../support/targets.mjs'

/** libiscsi's conformance program against tgt and against us, in the same run. A test that tgt passes may not fail
 *  here, and nothing may hang. */

const GIB = 2 ** 30
const RUN_TIMEOUT_MS = 90_000
/** In memory where that can be had: the program flushes thousands of times. */
const SCRATCH = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

async function verdicts(start: (file: string) => Promise<RunningTarget>): Promise<Map<string, Verdict>> {
  const folder = mkdtempSync(join(SCRATCH, 'bootlace-conformance-'))
  const file = join(folder, 'disk.img')
  await createRawDisk(file, GIB)
  const target = await start(file)
  try {
    const r = await runProgram('iscsi-test-cu', ['-d', '-v', '-t', 'ALL', target.url], RUN_TIMEOUT_MS)
    if (r.code === null) throw new Error(`iscsi-test-cu hung; it ended with:\n${r.stdout.slice(-2000)}`)
    return readVerdicts(r.stdout)
  } finally {
    await target.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const count = (of: ReadonlyMap<string, Verdict>, v: Verdict): number => [...of.values()].filter((x) => x === v).length

test('iscsi-test-cu passes every test that tgt passes', async (context) => {
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
  expect(ours.size).toBeGreaterThan(200)
  expect([...ours].filter(([, v]) => v === 'unfinished').map(([name]) => name)).toEqual([])
  if (!hasProgram('tgtd')) return context.skip('tgt is not installed: nothing to compare with')
  const reference = await verdicts(startTgt)
  console.log(table('tgt', reference))
  for (const [name, verdict] of ours) {
    const other = reference.get(name) ?? 'unfinished'
    if (verdict !== other) console.log(`  ${name}: tgt ${other}, Bootlace ${verdict}`)
  }
  const worse = [...reference].filter(([name, v]) => v === 'pass' && ours.get(name) !== 'pass').map(([name]) => name)
  expect(worse).toEqual([])
})
