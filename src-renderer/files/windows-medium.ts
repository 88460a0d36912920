import type { MediumFindingView, MediumReport, WindowsMediumView } from '../../src-main/api/iso.ts'
import { heard } from '../i18n/heard.ts'
import { locale, t } from '../i18n/i18n.svelte.ts'

/** What is said of a Windows medium. */

/** `Build 26100.1742 · 64-bit · German (Germany)`. */
export function mediumLine({ build, architectures, languages }: WindowsMediumView): string {
  const parts = [
    build === '' ? '' : t('Build {build}', { build }),
    ...architectures.map(architectureWords),
    ...languages.slice(0, 3).map(languageName),
    languages.length > 3 ? '…' : '',
  ]
  return parts.filter((part) => part !== '').join(' · ')
}

function architectureWords(architecture: WindowsMediumView['architectures'][number]): string {
  switch (architecture) {
    case 'amd64':
      return t('64-bit')
    case 'x86':
      return t('32-bit')
    case 'arm64':
      return t('64-bit ARM')
    case 'arm':
      return t('32-bit ARM')
    case 'ia64':
      return 'Itanium'
    case 'unknown':
      return ''
  }
}

function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames([locale()], { type: 'language' }).of(tag) ?? tag
  } catch {
    // Whoever made the medium wrote no language there; it is shown as it stands.
    return tag
  }
}

export function levelWords(level: MediumFindingView['level']): string {
  switch (level) {
    case 'refuse':
      return t('Not possible')
    case 'stop':
      return t('Will fail')
    case 'warn':
      return t('May fail')
    case 'note':
      return t('Good to know')
  }
}

/** How sure it is, and who says so. */
export function gradeWords({ grade, source, asOf }: MediumFindingView): string {
  const who = source === undefined ? '' : ` ${[heard(source), asOf].filter((part) => part !== undefined).join(', ')}`
  switch (grade) {
    case 'read':
      return t('Read from this ISO.')
    case 'booted':
      return t('Seen here, on a PC.')
    case 'documented':
      return t('Its makers say so:') + who
    case 'reported':
      return t('Others report it; we have not tried it:') + who
    case 'untried':
      return t('Nobody we know of has tried it.')
  }
}

/** What keeps an ISO from being installed: nothing helps, or somebody must know. */
export function blockOf(report: MediumReport | undefined): 'refuse' | 'stop' | undefined {
  const levels = (report?.windows?.findings ?? []).map((finding) => finding.level)
  return levels.includes('refuse') ? 'refuse' : levels.includes('stop') ? 'stop' : undefined
}
