import ts from 'typescript'
import { afterEach, expect, test } from 'vitest'
import { deHeardChecks } from '../../../src-renderer/i18n/de/heard-checks.ts'
import { heard } from '../../../src-renderer/i18n/heard.ts'
import { setLocale } from '../../../src-renderer/i18n/i18n.svelte.ts'

const sources: Readonly<Record<string, string>> = import.meta.glob(
  [
    '../../../src-main/engine/setup/checks/*.ts',
    '../../../src-main/engine/setup/{preflight,enrolment}.ts',
    '../../../src-main/engine/setup/self-test/self-test.ts',
  ],
  { query: '?raw', import: 'default', eager: true },
)

/** Every text that is a sentence: more than one word, and a full stop at its end. */
function sentencesOf(text: string): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) found.push(node.text)
    else if (ts.isTemplateExpression(node))
      // What is put in is a word or a number here.
      found.push(node.head.text + node.templateSpans.map((span) => `X${span.literal.text}`).join(''))
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest, true))
  return found.filter((sentence) => /^\S+ .*[a-z)”"]\.$/.test(sentence))
}

afterEach(() => setLocale('en'))

test.each(Object.keys(sources))('%s can be heard in German', (file) => {
  setLocale('de')
  const sentences = sentencesOf(sources[file]!)
  const unheard = sentences.filter((sentence) => heard(sentence) === sentence)
  expect(unheard).toEqual([])
})

test('the checks have sentences at all, and parts of them are heard as well', () => {
  expect(Object.values(sources).flatMap(sentencesOf).length).toBeGreaterThan(45)
  setLocale('de')
  expect(
    heard('The firewall of this computer drops what PCs send to the boot answers, the loader files and the disks.'),
  ).toBe(
    'Die Firewall dieses Computers verwirft, was PCs an den Startantworten, den Lader-Dateien und den Laufwerken senden.',
  )
  expect(heard('A BIOS PC called and was told to fetch undionly.kpxe.')).toBe(
    'Ein BIOS-PC rief und soll undionly.kpxe holen.',
  )
  expect(heard('PCs are served on eth0 (10.0.0.2), which is Wi-Fi.')).toBe(
    'PCs werden über eth0 (10.0.0.2) bedient, das ist WLAN.',
  )
  expect(Object.keys(deHeardChecks).length).toBeGreaterThan(30)
})
