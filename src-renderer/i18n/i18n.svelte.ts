import type { Catalogue } from './catalogue.ts'
import { de } from './de/index.ts'

/** Words of the window in the reader's language. The English sentence is the key: code stays readable, and what is not
 *  translated yet is shown in English. `{name}` stands for a value. */

export type Locale = 'en' | 'de'
export type Values = Readonly<Record<string, string | number>>

const CATALOGUES: Readonly<Record<Exclude<Locale, 'en'>, Catalogue>> = { de }
export const LOCALES: readonly { readonly id: Locale; readonly name: string }[] = [
  { id: 'en', name: 'English' },
  { id: 'de', name: 'Deutsch' },
]

let current = $state<Locale>('en')

export const locale = (): Locale => current
export function setLocale(next: Locale): void {
  current = next
  if (typeof document !== 'undefined') document.documentElement.lang = next
}
/** The first of the reader's languages that there is a catalogue for. @param tags e.g. `navigator.languages`. */
export function localeOf(tags: readonly string[]): Locale {
  for (const tag of tags) {
    const id = tag.toLowerCase().split('-')[0]
    const found = LOCALES.find((l) => l.id === id)
    if (found) return found.id
  }
  return 'en'
}

const filled = (text: string, values: Values): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))

/** `t('Add {name}', { name })`. The sentence must stand in the call itself, so that the catalogue can be checked. */
export function t(text: string, values: Values = {}): string {
  const found = current === 'en' ? undefined : CATALOGUES[current][text]
  return filled(found === undefined ? text : typeof found === 'string' ? found : found[1], values)
}
/** `tn(n, '{n} PC', '{n} PCs')`. The catalogue's key is the second sentence. */
export function tn(n: number, one: string, other: string, values: Values = {}): string {
  const found = current === 'en' ? undefined : CATALOGUES[current][other]
  const forms = found === undefined ? [one, other] : typeof found === 'string' ? [found, found] : found
  return filled(n === 1 ? forms[0]! : forms[1]!, { n, ...values })
}
