import {
  COMPATIBILITY,
  COMPATIBILITY_GROUPS,
  type Compatibility,
  type CompatibilityGroup,
  type Grade,
} from '../../../src-main/api/compatibility.ts'
import { heard } from '../../i18n/heard.ts'
import { t } from '../../i18n/i18n.svelte.ts'
import { hasAllWords } from './help-content.ts'

/** The table of what is known, in the reader's language. Functions, so that a change of language changes it. */

export const gradeWords = (): Readonly<Record<Grade, string>> => ({
  ran: t('Ran here'),
  documented: t('Documented by its makers'),
  reported: t('Reported by others'),
  untried: t('Untried'),
  cannot: t('Cannot work'),
})

export const gradeMeanings = (): Readonly<Record<Grade, string>> => ({
  ran: t('We started it ourselves, in virtual PCs (QEMU). No real PC was at hand.'),
  documented: t('The people who make it say so. We did not try it.'),
  reported: t('Users say so, each for their own PC. We did not try it.'),
  untried: t('Nobody whom we know of tried it, or only a part of it was checked.'),
  cannot: t('There is a reason why it cannot work, and it is said.'),
})

export const groupWords = (): Readonly<Record<CompatibilityGroup, string>> => ({
  windows: t('Windows'),
  linux: t('Linux'),
  hypervisors: t('Hypervisors'),
  others: t('Other systems'),
  firmware: t('Firmware and loaders'),
  cards: t('Network cards'),
})

/** A row as it is shown. */
export interface ShownRow {
  readonly id: string
  readonly group: CompatibilityGroup
  readonly grade: Grade
  readonly what: string
  readonly known: string
  readonly advice: string | undefined
  readonly when: string
  readonly sources: readonly string[]
}

const shownRow = ({ what, known, advice, ...rest }: Compatibility): ShownRow => ({
  ...rest,
  what: heard(what),
  known: heard(known),
  advice: advice === undefined ? undefined : heard(advice),
})

export interface Wanted {
  readonly search: string
  readonly group: CompatibilityGroup | 'all'
  readonly grade: Grade | 'all'
}

/** Groups with the rows that fit, in the table's order; groups without any are left out. A search looks into everything that
 *  is shown of a row, and into its English name. */
export function wantedRows(
  { search, group, grade }: Wanted,
  all: readonly Compatibility[] = COMPATIBILITY,
): { readonly group: CompatibilityGroup; readonly rows: readonly ShownRow[] }[] {
  const words = gradeWords()
  const groups = groupWords()
  const rows = all
    .filter((row) => (group === 'all' || row.group === group) && (grade === 'all' || row.grade === grade))
    .map((row) => ({ row: shownRow(row), name: row.what }))
    .filter(({ row, name }) =>
      hasAllWords(
        [row.what, name, row.known, row.advice ?? '', words[row.grade], groups[row.group], ...row.sources],
        search,
      ),
    )
    .map(({ row }) => row)
  return COMPATIBILITY_GROUPS.map((of) => ({ group: of, rows: rows.filter((row) => row.group === of) })).filter(
    (found) => found.rows.length > 0,
  )
}
