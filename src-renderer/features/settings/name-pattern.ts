import { t } from '../../i18n/i18n.svelte.ts'

const COUNTER = /\{(n{1,4})\}/i
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?$/

/** `pc-{nn}`, `pc-01` and `pc-` say the same. */
function nameBy(typed: string, n: number): string {
  const text = typed.trim().toLowerCase()
  if (COUNTER.test(text)) return text.replace(COUNTER, (_, digits: string) => String(n).padStart(digits.length, '0'))
  const digits = /\d{1,4}$/.exec(text)?.[0].length ?? 0
  return text.slice(0, text.length - digits) + String(n).padStart(digits || 2, '0')
}

export const exampleNames = (text: string): { first: string; second: string } => ({
  first: nameBy(text, 1),
  second: nameBy(text, 2),
})

/** What keeps it from being a name for Linux, Windows and loaders alike. */
export function patternProblem(text: string): string | undefined {
  const first = nameBy(text, 1)
  if (first.length > 15) return t('Names may have 15 characters: Windows takes no longer ones.')
  if (!NAME.test(first)) return t('Use letters, digits and hyphens, like pc-01.')
  if (/^\d+$/.test(first)) return t('Begin with a letter: Windows takes no name of digits only.')
  return undefined
}
