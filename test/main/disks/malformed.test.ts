import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { saveFile } from '../../support/disk-images.ts'
import { HEAVY } from '../../support/malformed/heavy.ts'
import type { OpenedOne } from '../../support/malformed/open-one.ts'
import type { MalformedReport } from '../../support/malformed/run.ts'
import { MemoryFile } from '../../support/memory-file.ts'
import { runProgram } from '../../support/run-program.ts'

const SEED = Number(process.env['BOOTLACE_SEED'] ?? 20_261_123)
/** Of a usual format; all together are ten times as many. */
const CASES = Number(process.env['BOOTLACE_FUZZ_CASES'] ?? 10_500)
const MOST_MEMORY = 300 * 2 ** 20
const folderOfPrograms = resolve(import.meta.dirname, '../../support/malformed')

/** Runs a program of this folder alone, so that its memory can be measured. */
async function run<T>(program: string, args: readonly string[], timeoutMs: number): Promise<T> {
  const types = process.allowedNodeEnvironmentFlags.has('--experimental-strip-types')
  const options = types ? ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'] : []
  const all = ['--expose-gc', ...options, join(folderOfPrograms, program), ...args]
  const { code, stdout, stderr } = await runProgram(process.execPath, all, timeoutMs)
  expect(`${stderr}${code}`).toBe('0')
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as T
}

test(`damaged images of all formats are refused with a reason or served (seed ${SEED}, ${CASES} cases of each)`, async () => {
  const report = await run<MalformedReport>('run.ts', [`${SEED}`, `${CASES}`], 600_000)
  expect(report.subjects.flatMap((s) => s.violations)).toEqual([])
  expect(report.peakBytes).toBeLessThan(MOST_MEMORY)
  expect(report.subjects.reduce((n, s) => n + s.cases, 0)).toBeGreaterThanOrEqual(CASES * 9.5)
  for (const { name, cases, opened, codes } of report.subjects) {
    // Else the damage is not what it should be: too little, or seen at the first look.
    expect(opened, name).toBeGreaterThan(cases / 10)
    expect(cases - opened, name).toBeGreaterThan(cases / 10)
    expect(Object.keys(codes), name).not.toEqual([])
  }
}, 600_000)

describe('a file that is made to cost time and memory', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bootlace-heavy-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each(HEAVY)(
    '$name',
    async ({ format, build, good }) => {
      const path = join(folder, `heavy.${format}`)
      saveFile(new MemoryFile(await build()), path)
      const report = await run<OpenedOne>('open-one.ts', [path, format], 120_000)
      if (good) expect(report).toMatchObject({ code: 'opened' })
      else expect(report.code).toMatch(/^(disk\.(damaged|corrupt|unsupported)|codec\..*)$/)
      expect(report.peakBytes).toBeLessThan(MOST_MEMORY)
    },
    120_000,
  )
})
