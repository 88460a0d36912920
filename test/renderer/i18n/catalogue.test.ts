import { parse } from 'svelte/compiler'
import ts from 'typescript'
import { afterEach, describe, expect, test } from 'vitest'
import { de } from '../../../src-renderer/i18n/de/index.ts'
import { locale, localeOf, setLocale, t, tn } from '../../../src-renderer/i18n/i18n.svelte.ts'

const sources: Readonly<Record<string, string>> = import.meta.glob(
  ['../../../src-renderer/**/*.svelte', '../../../src-renderer/**/*.ts', '!../../../src-renderer/i18n/**'],
  { query: '?raw', import: 'default', eager: true },
)
const nameOf = (path: string) => path.replace('../../../src-renderer/', '')
const files = Object.keys(sources).map(nameOf)
const textOf = (file: string) => sources[`../../../src-renderer/${file}`]!

interface Use {
  readonly file: string
  /** Absent when the sentence does not stand in the call. */
  readonly key: string | undefined
}

/** Calls of `t` and `tn`, with the key they look up. */
function usesIn(file: string): Use[] {
  const found: Use[] = []
  for (const [, name, from] of callStarts(textOf(file))) {
    const source = ts.createSourceFile('x.ts', textOf(file).slice(from), ts.ScriptTarget.Latest, true)
    const call = firstCall(source)
    const argument = call?.arguments[name === 't' ? 0 : 2]
    found.push({ file, key: argument && ts.isStringLiteralLike(argument) ? argument.text : undefined })
  }
  return found
}
function callStarts(text: string): [number, string, number][] {
  return [...text.matchAll(/(?<![\w.$])(tn?)\(/g)].map((m) => [m.index, m[1]!, m.index])
}
function firstCall(node: ts.Node): ts.CallExpression | undefined {
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && /^tn?$/.test(node.expression.text)) return node
  return ts.forEachChild(node, firstCall)
}

const uses = files.flatMap(usesIn)

/** Words in the markup of a component that no call surrounds. */
function bareWords(file: string): string[] {
  const found: string[] = []
  const spoken = new Set(['title', 'alt', 'placeholder', 'aria-label', 'label', 'hint'])
  const letters = /\p{L}{2,}/u
  const visit = (node: unknown, inAttribute = false): void => {
    if (Array.isArray(node)) {
      for (const one of node) visit(one, inAttribute)
      return
    }
    if (typeof node !== 'object' || node === null) return
    const at = node as { type?: string; name?: string; data?: string; value?: unknown }
    if (at.type === 'Attribute') {
      if (spoken.has(at.name ?? '')) visit(at.value, true)
      return
    }
    if (at.type === 'Text' && letters.test(at.data ?? '') && at.data!.trim() !== 'Bootlace') found.push(at.data!.trim())
    if (at.type === 'RegularElement' && (at.name === 'code' || at.name === 'style')) return
    for (const [key, value] of Object.entries(at)) {
      if (key === 'expression' || key === 'parent' || key === 'metadata') continue
      visit(value, inAttribute)
    }
  }
  visit(parse(textOf(file), { modern: true }).fragment)
  return found
}

afterEach(() => setLocale('en'))

describe('the catalogue', () => {
  test('is asked for sentences that stand in the call', () => {
    expect(uses.length).toBeGreaterThan(10)
    expect(uses.filter((use) => use.key === undefined)).toEqual([])
  })

  test('has every sentence in German', () => {
    expect([...new Set(uses.map((use) => use.key!))].filter((key) => de[key] === undefined)).toEqual([])
  })

  test('has no sentence that nothing asks for', () => {
    const asked = new Set(uses.map((use) => use.key))
    expect(Object.keys(de).filter((key) => !asked.has(key))).toEqual([])
  })

  test('fills the same values in both languages', () => {
    const names = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]!))].sort()
    for (const [key, value] of Object.entries(de)) {
      for (const form of typeof value === 'string' ? [value] : value)
        expect([key, names(form).filter((n) => !names(key).includes(n))]).toEqual([key, []])
      const last = typeof value === 'string' ? value : value[1]
      expect([key, names(last)]).toEqual([key, names(key)])
    }
  })

  test.each(files.filter((file) => file.endsWith('.svelte')))('%s says nothing that is not in it', (file) => {
    expect(bareWords(file)).toEqual([])
  })
})

describe('the words of the window', () => {
  test('are English until told otherwise', () => {
    expect(locale()).toBe('en')
    expect(t('Connecting …')).toBe('Connecting …')
  })

  test('follow the reader’s languages', () => {
    expect(localeOf(['fr-FR', 'de-AT', 'en'])).toBe('de')
    expect(localeOf(['fr'])).toBe('en')
    setLocale('de')
    expect(t('Connecting …')).toBe('Verbinden …')
  })

  test('count', () => {
    expect(tn(1, 'Serving {n} PC', 'Serving {n} PCs')).toBe('Serving 1 PC')
    expect(tn(3, 'Serving {n} PC', 'Serving {n} PCs')).toBe('Serving 3 PCs')
    setLocale('de')
    expect(tn(1, 'Serving {n} PC', 'Serving {n} PCs')).toBe('1 PC wird bedient')
  })

  test('stay in English where a translation is missing, with their values', () => {
    setLocale('de')
    const unknown = 'Nothing like {it}'
    expect(t(unknown, { it: 'this' })).toBe('Nothing like this')
  })
})
