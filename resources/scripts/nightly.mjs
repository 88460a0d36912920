#!/usr/bin/env node
/** What takes too long for every change: 1,000 kills of the engine under load. Needs a clone in which `npm test` ran. */
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const node = join(root, 'node_modules', '.bin', 'node')
const steps = [
  [[join(root, 'resources', 'scripts', 'build.mjs')], {}],
  [
    [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', 'interop', 'test/interop/kill.test.ts'],
    { BOOTLACE_KILL_CYCLES: '1000' },
  ],
]
for (const [args, env] of steps) {
  const { status } = spawnSync(node, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
  if (status !== 0) process.exit(status ?? 1)
}
