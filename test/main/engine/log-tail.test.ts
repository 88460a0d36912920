import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLogger } from '../../../src-main/engine/logger.ts'
import { logTail } from '../../../src-main/engine/log-tail.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'bootlace-log-'))))
afterEach(() => rmSync(folder, { recursive: true }))

test('what the engine logged comes back without its fields, from a level on', async () => {
  const file = join(folder, 'logs', 'engine.log')
  const logger = createLogger({ file, level: 'debug', stderr: false })
  logger.child({ component: 'iscsi.login' }).info({ secret: 'hunter2' }, 'a session began')
  logger.debug({}, 'a detail')
  logger.error({ component: 'disks' }, 'it broke')
  logger.flush()
  const lines = await logTail(file)
  expect(lines.map(({ level, component, text }) => [level, component, text])).toEqual([
    ['info', 'iscsi.login', 'a session began'],
    ['error', 'disks', 'it broke'],
  ])
  expect(lines[0]!.atMs).toBeGreaterThan(1e12)
  expect(JSON.stringify(lines)).not.toContain('hunter2')
  expect((await logTail(file, { level: 'error' })).length).toBe(1)
  expect((await logTail(file, { level: 'trace' })).length).toBe(3)
})

test('of a long log only its end is read, whole lines and the newest', async () => {
  const file = join(folder, 'engine.log')
  const line = (i: number) => JSON.stringify({ level: 'info', time: i, msg: `line ${i} ${'x'.repeat(100)}` })
  writeFileSync(file, `${Array.from({ length: 20_000 }, (_, i) => line(i)).join('\n')}\n{"level":"in`)
  const lines = await logTail(file, { limit: 5 })
  expect(lines.map((l) => l.atMs)).toEqual([19_995, 19_996, 19_997, 19_998, 19_999])
  const all = await logTail(file, { limit: 2000 })
  expect(all.length).toBe(2000)
})

test('no log yet is no lines', async () => {
  expect(await logTail(join(folder, 'none.log'))).toEqual([])
})
