import { afterEach, expect, test } from 'vitest'
import { deHeardIso } from '../../../src-renderer/i18n/de/heard-iso.ts'
import { heard } from '../../../src-renderer/i18n/heard.ts'
import { setLocale } from '../../../src-renderer/i18n/i18n.svelte.ts'

const sources: Readonly<Record<string, string>> = import.meta.glob(
  '../../../src-main/guests/iso/{systems,describe}.ts',
  {
    query: '?raw',
    import: 'default',
    eager: true,
  },
)

afterEach(() => setLocale('en'))

/** Sentences of the recognisers: texts that begin with a capital and end with a full stop. */
const sentences = Object.values(sources).flatMap((source) =>
  [...source.matchAll(/'((?:[A-Z])[^'\n]+\.)'/g)].map((match) => match[1]!),
)

test('all that is said of an ISO is said in German', () => {
  expect(sentences.length).toBeGreaterThan(10)
  setLocale('de')
  expect(sentences.filter((sentence) => heard(sentence) === sentence)).toEqual([])
})

test('no German stands for what is never said', () => {
  const all = Object.keys(deHeardIso).filter((key) => /^[A-Z].*\.$/.test(key) && !/ISO file:|Download it/.test(key))
  expect(all.filter((key) => !sentences.includes(key))).toEqual([])
})
