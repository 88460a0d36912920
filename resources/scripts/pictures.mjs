#!/usr/bin/env node
/** Takes the README's pictures anew, from the real window, engine and virtual PCs: the evening of test/lab/wizard.test.ts. Needs a clone
 *  in which `npm test` ran, and root for its network. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Shots of the evening, by what the README calls them. */
export const PICTURES = {
  'evening-02-goal.png': 'goal.png',
  'evening-10-the-moment.png': 'install.png',
  'evening-15-prepare.png': 'prepare.png',
  'evening-21-door-open.png': 'others.png',
  'evening-27-daily.png': 'pcs.png',
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const node = join(root, 'node_modules', '.bin', 'node')
const shots = join(root, '.cache', 'screenshots')
const kept = join(root, 'resources', 'screenshots')

function run(args, env = {}) {
  const { status } = spawnSync(node, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
  if (status !== 0) process.exit(status ?? 1)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const shot of Object.keys(PICTURES)) rmSync(join(shots, shot), { force: true })
  run([join(root, 'resources', 'scripts', 'build.mjs')])
  run([join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', 'lab', 'test/lab/wizard.test.ts'], {
    BOOTLACE_FULL: '1',
  })
  mkdirSync(kept, { recursive: true })
  // A test that was skipped took no picture: that must not look like success.
  for (const [shot, name] of Object.entries(PICTURES)) copyFileSync(join(shots, shot), join(kept, name))
}
