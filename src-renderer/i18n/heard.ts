import type { HeardCatalogue } from './catalogue.ts'
import { deHeardCompatibility } from './de/heard-compatibility.ts'
import { deHeardEngine } from './de/heard-engine.ts'
import { deHeardInspection } from './de/heard-inspection.ts'
import { deHeard } from './de/heard.ts'
import { locale, type Locale } from './i18n.svelte.ts'

/** Sentences of the engine in the reader's language. The engine speaks English, to logs and scripts as well as to windows in
 *  several languages at once; here its sentences are recognised by their fixed words. `{0}` stands for what lies between. */
const CATALOGUES: Readonly<Partial<Record<Locale, HeardCatalogue>>> = {
  de: { ...deHeard, ...deHeardEngine, ...deHeardCompatibility, ...deHeardInspection },
}

interface Pattern {
  readonly of: RegExp
  readonly to: string
}
const patterns = new Map<Locale, readonly Pattern[]>()
/** What was heard before; the same few sentences come again and again. */
const known = new Map<string, string>()
const KNOWN_AT_MOST = 2000

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

function patternsOf(id: Locale, catalogue: HeardCatalogue): readonly Pattern[] {
  const found = patterns.get(id)
  if (found) return found
  const made = Object.entries(catalogue)
    .filter(([key]) => /\{\d\}/.test(key))
    // The one with more fixed words knows more.
    .sort(([a], [b]) => b.replace(/\{\d\}/g, '').length - a.replace(/\{\d\}/g, '').length)
    .map(([key, to]) => ({
      of: new RegExp(`^${escaped(key).replace(/\\\{(\d)\\\}/g, '(?<n$1>.*?)')}$`, 's'),
      to,
    }))
  patterns.set(id, made)
  return made
}

/** A sentence of the engine; what is not known stays English. Capitals at the beginning are kept as they are heard. */
export function heard(text: string): string {
  const id = locale()
  const catalogue = CATALOGUES[id]
  if (!catalogue) return text
  const remembered = known.get(`${id} ${text}`)
  if (remembered !== undefined) return remembered
  const said = translated(text, id, catalogue)
  if (known.size >= KNOWN_AT_MOST) known.clear()
  known.set(`${id} ${text}`, said)
  return said
}

function translated(text: string, id: Locale, catalogue: HeardCatalogue): string {
  const exact = catalogue[text] ?? catalogue[lower(text)]
  if (exact !== undefined) return sameCase(text, exact)
  for (const { of, to } of patternsOf(id, catalogue)) {
    const match = of.exec(text) ?? of.exec(lower(text))
    // What is told in between may be a sentence itself.
    if (match)
      return sameCase(
        text,
        to.replace(/\{(\d)\}/g, (_, n: string) => heard(match.groups![`n${n}`]!)),
      )
  }
  return text
}
const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)
const sameCase = (like: string, text: string) =>
  like.charAt(0) === like.charAt(0).toUpperCase() ? text.charAt(0).toUpperCase() + text.slice(1) : text
