import type { Settings } from '../../api/settings.ts'
import type { Catalogue } from './catalogue.ts'
import { de } from './de.ts'

/** Words of tray, notifications and dialogs. The same way as those of the window, which are Svelte's and cannot be had here:
 *  the English sentence is the key, and what is not translated is shown in English. */

export type Locale = 'en' | 'de'
type Values = Readonly<Record<string, string | number>>

export interface Words {
  t(text: string, values?: Values): string
  /** The catalogue's key is the second sentence; `{n}` stands for the number. */
  tn(n: number, one: string, other: string, values?: Values): string
}

const CATALOGUES: Readonly<Record<Exclude<Locale, 'en'>, Catalogue>> = { de }

/** @param tags the computer's languages, the preferred first. */
export function localeOf(setting: Settings['language'], tags: readonly string[]): Locale {
  if (setting !== 'system') return setting
  const known = tags.map((tag) => tag.toLowerCase().split(/[-_]/)[0]).find((id) => id === 'de' || id === 'en')
  return known === 'de' ? 'de' : 'en'
}

export function wordsOf(locale: Locale): Words {
  const found = (key: string) => (locale === 'en' ? undefined : CATALOGUES[locale][key])
  return {
    t(text, values = {}) {
      const translation = found(text) ?? text
      return filled(typeof translation === 'string' ? translation : translation[1], values)
    },
    tn(n, one, other, values = {}) {
      const translation = found(other) ?? [one, other]
      const [first, rest] = typeof translation === 'string' ? [translation, translation] : translation
      return filled(n === 1 ? first : rest, { n, ...values })
    },
  }
}

const filled = (text: string, values: Values): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))

/** `a, b and 3 more`. */
export function someOf(names: readonly string[], { t }: Words): string {
  if (names.length === 1) return names[0]!
  if (names.length <= 5) return t('{names} and {last}', { names: names.slice(0, -1).join(', '), last: names.at(-1)! })
  return t('{names} and {more} more', { names: names.slice(0, 4).join(', '), more: names.length - 4 })
}
