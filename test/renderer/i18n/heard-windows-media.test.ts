import { afterEach, expect, test } from 'vitest'
import { KNOWN_FAULTS } from '../../../src-main/guests/windows/media/known-faults.ts'
import {
  missingParts,
  noSystem,
  noTrustList,
  onlyPart,
  packedTogether,
  unreadableImage,
} from '../../../src-main/guests/windows/media/medium-findings.ts'
import { deHeardWindowsMedia } from '../../../src-renderer/i18n/de/heard-windows-media.ts'
import { heard } from '../../../src-renderer/i18n/heard.ts'
import { setLocale } from '../../../src-renderer/i18n/i18n.svelte.ts'

const wimSources: Readonly<Record<string, string>> = import.meta.glob('../../../src-main/guests/windows/wim/*.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
})
/** Reasons that a WIM cannot be read, with numbers for what stands between. */
const reasons = Object.values(wimSources).flatMap((source) =>
  [...source.matchAll(/unreadable\((?:'([^']+)'|`([^`]+)`)/g)].map((m) =>
    (m[1] ?? m[2]!).replace(/\$\{(?:[^{}]|\{[^}]*\})*\}/g, '7'),
  ),
)

const findings = [
  ...KNOWN_FAULTS,
  noSystem(),
  noTrustList(),
  onlyPart('sources/install.swm', 2, 3),
  packedTogether('sources/install.esd'),
  unreadableImage('sources/install.wim', 'it is too short to be a WIM'),
  missingParts(['sources/install2.swm'], 3),
]
/** Names of articles are the same in every language. */
const isWords = (source: string | undefined): source is string =>
  source !== undefined && !/^Microsoft (KB|MC)/.test(source)
const sentences = [
  ...findings.flatMap(({ title, reason, cure }) => [title, reason, cure]),
  ...findings.map(({ source }) => source).filter(isWords),
  ...reasons,
]

afterEach(() => setLocale('en'))

test('all that is said of a Windows on an ISO is said in German', () => {
  expect(reasons.length).toBeGreaterThan(12)
  setLocale('de')
  expect(sentences.filter((sentence) => heard(sentence) === sentence)).toEqual([])
  expect(
    heard(
      'Take the 64-bit medium (x64), unless the PC is a very old one. To install it all the same, say so in the window, or with --anyway.',
    ),
  ).toMatch(/^Nehmen Sie das Medium mit 64 Bit .* mit --anyway\.$/)
})

test('no German stands for what is never said', () => {
  setLocale('de')
  const said = new Set(sentences.map(heard))
  const asPattern = (to: string) =>
    new RegExp(`^${to.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replace(/\\\{\d\\\}/g, '.*')}$`, 's')
  const unused = Object.entries(deHeardWindowsMedia).filter(
    ([key, to]) => !key.includes('--anyway') && ![...said].some((sentence) => asPattern(to).test(sentence)),
  )
  expect(unused.map(([key]) => key)).toEqual([])
})
