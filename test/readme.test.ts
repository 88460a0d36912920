import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PICTURES } from '../resources/scripts/pictures.mjs'

const root = join(import.meta.dirname, '..')
const documents = ['README.md', 'ARCHITECTURE.md', 'COMPATIBILITY.md', 'test/bench/README.md', 'test/lab/README.md']

/** Targets of links and pictures that lie in the project. */
function targetsIn(document: string): string[] {
  const text = readFileSync(join(root, document), 'utf8')
  return [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((m) => m[1]!).filter((t) => !t.includes('://'))
}

test('links and pictures of the documents lead somewhere', () => {
  const missing = documents.flatMap((document) =>
    targetsIn(document)
      .filter((target) => !existsSync(join(root, document, '..', target)))
      .map((target) => `${document}: ${target}`),
  )
  expect(targetsIn('README.md').length).toBeGreaterThan(3)
  expect(missing).toEqual([])
})

test('the README shows each picture that the script takes, and no other', () => {
  const shown = targetsIn('README.md').flatMap((t) => /^resources\/screenshots\/(.*)$/.exec(t)?.[1] ?? [])
  expect(shown.toSorted()).toEqual(Object.values(PICTURES).toSorted())
  expect(readdirSync(join(root, 'resources/screenshots')).toSorted()).toEqual(Object.values(PICTURES).toSorted())
})

test('every shot that the script wants is one that the evening takes', () => {
  const evening = readFileSync(join(root, 'test/lab/wizard.test.ts'), 'utf8')
  const taken = new Set([...evening.matchAll(/shot\('([^']+)'\)/g)].map((m) => `evening-${m[1]}.png`))
  expect(Object.keys(PICTURES).filter((shot) => !taken.has(shot))).toEqual([])
})
