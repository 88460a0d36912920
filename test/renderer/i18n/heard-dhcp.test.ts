import ts from 'typescript'
import { afterEach, expect, test } from 'vitest'
import { routerConfigs } from '../../../src-main/routers/router-config.ts'
import { deHeardDhcp } from '../../../src-renderer/i18n/de/heard-dhcp.ts'
import { heard } from '../../../src-renderer/i18n/heard.ts'
import { setLocale } from '../../../src-renderer/i18n/i18n.svelte.ts'

const sources: Readonly<Record<string, string>> = import.meta.glob(
  ['../../../src-main/engine/dhcp/{dhcp-choice,dhcp-service,handlers}.ts', '../../../src-main/dhcp/address-range.ts'],
  { query: '?raw', import: 'default', eager: true },
)

/** What errors say: the second argument of AppError, what `refuse` is told, and every hint. */
function saidIn(text: string): string[] {
  const found: string[] = []
  const add = (node: ts.Node | undefined) => {
    if (node && ts.isStringLiteralLike(node)) found.push(node.text)
    else if (node && ts.isTemplateExpression(node))
      found.push(node.head.text + node.templateSpans.map((span) => `X${span.literal.text}`).join(''))
  }
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && node.expression.getText() === 'AppError') add(node.arguments?.[1])
    if (ts.isCallExpression(node) && node.expression.getText() === 'refuse') add(node.arguments[0])
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'hint') add(node.initializer)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest, true))
  return found
}

afterEach(() => setLocale('en'))

test.each(Object.keys(sources))('what %s refuses can be heard in German', (file) => {
  setLocale('de')
  const said = saidIn(sources[file]!)
  expect(said.length).toBeGreaterThan(0)
  expect(said.filter((sentence) => heard(sentence) === sentence)).toEqual([])
})

test('every word about a router can be heard in German, and none is of a router that is gone', () => {
  const values = {
    server: '192.168.1.10',
    biosLoader: 'undionly.kpxe',
    uefiLoader: 'snponly.efi',
    uefiUrl: 'http://192.168.1.10:8470/loader/snponly.efi',
    scriptUrl: 'http://192.168.1.10:8470/boot.ipxe',
    tftpPort: 6969,
  }
  const words = routerConfigs(values).flatMap(({ where, notes }) => [where, ...notes])
  setLocale('de')
  expect(words.filter((sentence) => heard(sentence) === sentence)).toEqual([])
  const keys = Object.keys(deHeardDhcp)
  const ofRouters = keys.slice(keys.findIndex((key) => key.startsWith('Put it into a file of its own')))
  expect(ofRouters.filter((key) => !key.includes('{') && !words.includes(key))).toEqual([])
})
