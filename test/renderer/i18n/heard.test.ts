import ts from 'typescript'
import { afterEach, describe, expect, test } from 'vitest'
import { deHeardEngine } from '../../../src-renderer/i18n/de/heard-engine.ts'
import { deHeard as deHeardBoot } from '../../../src-renderer/i18n/de/heard.ts'
import { heard } from '../../../src-renderer/i18n/heard.ts'
import { setLocale } from '../../../src-renderer/i18n/i18n.svelte.ts'

const sources: Readonly<Record<string, string>> = import.meta.glob('../../../src-main/**/*.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
})
/** Files of the engine whose sentences are all to be had in German. */
const FILES = [
  'src-main/engine/boot-facts.ts',
  'src-main/clients/live-board.ts',
  'src-main/boot/stages.ts',
  'src-main/boot/path-news.ts',
  'src-main/boot/refusals.ts',
  'src-main/engine/services.ts',
  'src-main/engine/snapshot.ts',
  'src-main/engine/network.ts',
  'src-main/engine/install-watch.ts',
  'src-main/engine/setup/enrolment.ts',
  'src-main/engine/setup/checks/firewall.ts',
  'src-main/engine/setup/checks/other-servers.ts',
  'src-main/engine/disks/life.ts',
  'src-main/engine/disks/chain.ts',
  'src-main/clients/registry.ts',
]
const deHeard = { ...deHeardBoot, ...deHeardEngine }
const SPOKEN = new Set(['text', 'hint', 'purpose', 'message'])

/** A sentence with `{0}` … where something is put in; undefined when it is no text. */
function keyOf(node: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text
  if (!ts.isTemplateExpression(node)) return undefined
  return node.head.text + node.templateSpans.map((span, i) => `{${i}}${span.literal.text}`).join('')
}

function sentencesOf(file: string): string[] {
  const source = ts.createSourceFile(file, sources[`../../../${file}`]!, ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const add = (node: ts.Expression) => {
    if (ts.isConditionalExpression(node)) {
      add(node.whenTrue)
      add(node.whenFalse)
    } else {
      const key = keyOf(node)
      if (key !== undefined && / /.test(key)) found.push(key)
    }
  }
  const visit = (node: ts.Node): void => {
    const isTable = file.endsWith('stages.ts')
    if (ts.isPropertyAssignment(node) && (isTable || SPOKEN.has(node.name.getText()))) add(node.initializer)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

afterEach(() => setLocale('en'))

describe('what the engine says', () => {
  test.each(FILES)('%s can be heard in German', (file) => {
    const sentences = sentencesOf(file)
    expect(sentences.length).toBeGreaterThan(0)
    expect(sentences.filter((s) => deHeard[s] === undefined)).toEqual([])
  })

  test('the same places are filled in both languages', () => {
    const places = (text: string) => [...new Set([...text.matchAll(/\{(\d)\}/g)].map((m) => m[1]!))].sort()
    for (const [key, to] of Object.entries(deHeard))
      expect([key, places(to).filter((p) => !places(key).includes(p))]).toEqual([key, []])
  })

  test('stays as it is in English', () => {
    expect(heard('Was told to fetch snponly.efi.')).toBe('Was told to fetch snponly.efi.')
  })

  test('is heard in German, with what it names', () => {
    setLocale('de')
    expect(heard('Was told to fetch snponly.efi.')).toBe('Soll snponly.efi holen.')
    expect(heard('pc-04 has no disk.')).toBe('pc-04: kein Laufwerk.')
    expect(heard("Almost full: 96 % of this computer's disk are in use, 3.1 GiB are free.")).toBe(
      'Fast voll: 96 % der Festplatte dieses Computers sind belegt, 3.1 GiB sind frei.',
    )
  })

  test('is heard in German within another sentence, with its capital', () => {
    setLocale('de')
    expect(heard('The disk could not be booted: the target has no such disk (iPXE error 1d704039).')).toBe(
      'Vom Laufwerk konnte nicht gestartet werden: ein solches Laufwerk gibt es nicht (iPXE-Fehler 1d704039).',
    )
  })

  test('what is not known stays as it is, odd signs included', () => {
    setLocale('de')
    for (const text of ['A sentence (of nobody) [at all]?', '', '{0}', '$& \\1']) expect(heard(text)).toBe(text)
  })
})
