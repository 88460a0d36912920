import { t } from '../../i18n/i18n.svelte.ts'
import { nameBy } from '../../state/name-pattern.ts'

const NAME = /^[a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?$/

/** Here `pc-01` says the same as `pc-{nn}`. */
const typedName = (text: string, n: number): string =>
  nameBy(
    text.trim().replace(/\d{1,4}$/, (digits) => `{${'n'.repeat(digits.length)}}`),
    n,
  )

export const exampleNames = (text: string): { first: string; second: string } => ({
  first: typedName(text, 1),
  second: typedName(text, 2),
})

/** What keeps it from being a name for Linux, Windows and loaders alike. */
export function patternProblem(text: string): string | undefined {
  const first = typedName(text, 1)
  if (first.length > 15) return t('Names may have 15 characters: Windows takes no longer ones.')
  if (!NAME.test(first)) return t('Use letters, digits and hyphens, like pc-01.')
  if (/^\d+$/.test(first)) return t('Begin with a letter: Windows takes no name of digits only.')
  return undefined
}
