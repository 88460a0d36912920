import ts from 'typescript'
import { afterEach, expect, test } from 'vitest'
import { deHeardInspection } from '../../../src-renderer/i18n/de/heard-inspection.ts'
import { heard } from '../../../src-renderer/i18n/heard.ts'
import { setLocale } from '../../../src-renderer/i18n/i18n.svelte.ts'

const sources: Readonly<Record<string, string>> = import.meta.glob('../../../src-main/guests/offline/**/*.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
})

/** The titles of findings as they may be said; what is put in is a word here. */
function titlesOf(text: string): string[] {
  const found: string[] = []
  const said = (node: ts.Expression): void => {
    if (ts.isStringLiteralLike(node)) found.push(node.text)
    else if (ts.isTemplateExpression(node))
      found.push(node.head.text + node.templateSpans.map((span) => `X${span.literal.text}`).join(''))
    else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(said)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name) && node.name.text === 'title')
      said(node.initializer)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest, true))
  return found
}
/** Made of parts that are chosen by number, or begin with what is put in: said in full below. */
const COMPOSED = [
  'X for network cards X there from the start.',
  'X (X) is not readable.',
  'X (X) is not readable here.',
]
const titles = [...new Set(Object.values(sources).flatMap(titlesOf))].filter((title) => !COMPOSED.includes(title))

afterEach(() => setLocale('en'))

test('every finding about a disk can be heard in German', () => {
  expect(titles.length).toBeGreaterThan(80)
  setLocale('de')
  expect(titles.filter((title) => heard(title) === title)).toEqual([])
})

test('what is put together is heard as well', () => {
  setLocale('de')
  expect(heard('Drivers for network cards are there from the start.')).toBe(
    'Treiber für Netzwerkkarten sind von Anfang an da.',
  )
  expect(heard('Partition 2 (XFS) is not readable here.')).toBe('Partition 2 (XFS) ist hier nicht lesbar.')
  expect(heard('The disk (XFS) is not readable here.')).toBe('Das Laufwerk (XFS) ist hier nicht lesbar.')
  expect(heard('The driver of Intel I219 starts too late.')).toBe('Der Treiber von Intel I219 startet zu spät.')
  expect(heard('The network core (NDIS) starts too late.')).toBe('Der Netzwerkkern (NDIS) startet zu spät.')
})

test('no German sentence is left of a finding that is gone', () => {
  const fixed = Object.keys(deHeardInspection).filter((key) => key.endsWith('.') && !key.includes('{'))
  const composed = ['A driver for network cards is there', 'Drivers for network cards are there', ': not readable.']
  expect(fixed.filter((key) => !titles.includes(key) && !composed.some((part) => key.includes(part)))).toEqual([])
})
