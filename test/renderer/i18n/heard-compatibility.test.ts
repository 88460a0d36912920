import { afterEach, expect, test } from 'vitest'
import { COMPATIBILITY } from '../../../src-main/api/compatibility.ts'
import { deHeardCompatibility } from '../../../src-renderer/i18n/de/heard-compatibility.ts'
import { heard } from '../../../src-renderer/i18n/heard.ts'
import { setLocale } from '../../../src-renderer/i18n/i18n.svelte.ts'

afterEach(() => setLocale('en'))

const sentences = COMPATIBILITY.flatMap((row) => [row.known, ...(row.advice === undefined ? [] : [row.advice])])
/** Names of products are the same in German. */
const names = COMPATIBILITY.map((row) => row.what).filter((what) =>
  /\b(and|to|from|with|of|on|before|Wi-Fi)\b/.test(what),
)

test('every sentence of the table, and every name with words in it, can be read in German', () => {
  setLocale('de')
  expect([...sentences, ...names].filter((text) => heard(text) === text)).toEqual([])
})

test('no German sentence is left of a row that is gone', () => {
  const said = new Set([...sentences, ...COMPATIBILITY.map((row) => row.what)])
  expect(Object.keys(deHeardCompatibility).filter((text) => !said.has(text))).toEqual([])
})
