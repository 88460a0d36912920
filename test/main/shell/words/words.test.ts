import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { de } from '../../../../src-main/shell/words/de.ts'
import { localeOf, someOf, wordsOf } from '../../../../src-main/shell/words/words.ts'

const folder = resolve(import.meta.dirname, '../../../../src-main/shell')

/** What is asked for by `t` and `tn` in the shell; `undefined` where the sentence does not stand in the call. */
function keys(): (string | undefined)[] {
  const found: (string | undefined)[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && /^tn?$/.test(node.expression.text)) {
      const key = node.arguments[node.expression.text === 't' ? 0 : 2]
      found.push(key && ts.isStringLiteralLike(key) ? key.text : undefined)
    }
    ts.forEachChild(node, visit)
  }
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.ts'))
      visit(ts.createSourceFile(file, readFileSync(join(folder, file), 'utf8'), ts.ScriptTarget.Latest))
  }
  return found
}

test('every sentence of the shell stands in its call and has German, and German has no other', () => {
  const asked = keys()
  expect(asked.length).toBeGreaterThan(25)
  expect([...new Set(asked)].sort()).toEqual(Object.keys(de).sort())
})

test('both languages fill the same values', () => {
  const names = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]!))].sort()
  for (const [key, value] of Object.entries(de)) {
    if (typeof value === 'string') expect([key, names(value)]).toEqual([key, names(key)])
    else expect([key, names(value[1]!).length > 0]).toEqual([key, names(key).length > 0])
  }
})

test('the setting wins over the computer’s languages, of which the first known one counts', () => {
  expect(localeOf('en', ['de-DE'])).toBe('en')
  expect(localeOf('de', ['en-US'])).toBe('de')
  expect(localeOf('system', ['fr-FR', 'de_AT', 'en'])).toBe('de')
  expect(localeOf('system', ['en-GB', 'de'])).toBe('en')
  expect(localeOf('system', [])).toBe('en')
})

test('counts, fills, and keeps what is not translated', () => {
  const german = wordsOf('de')
  expect(german.tn(1, '{n} PC connected', '{n} PCs connected')).toBe('1 PC verbunden')
  expect(german.tn(3, '{n} PC connected', '{n} PCs connected')).toBe('3 PCs verbunden')
  expect(german.t('Nothing like {it}', { it: 'this' })).toBe('Nothing like this')
  expect(wordsOf('en').tn(1, '{n} PC connected', '{n} PCs connected')).toBe('1 PC connected')
  expect(someOf(['a'], german)).toBe('a')
  expect(someOf(['a', 'b', 'c'], german)).toBe('a, b und c')
  expect(someOf(['a', 'b', 'c', 'd', 'e', 'f'], wordsOf('en'))).toBe('a, b, c, d and 2 more')
})
