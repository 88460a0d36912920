import type { Settings } from '../../src-main/api/settings.ts'
import { localeOf, setLocale } from '../i18n/i18n.svelte.ts'

type Look = Pick<Settings, 'language' | 'theme'>

const KEY = 'bootlace.look'

/** Language and theme of the page. Kept for the next start, so that it does not begin in another one until the engine
 *  answers. */
export function showAs({ language, theme }: Look): void {
  setLocale(language === 'system' ? localeOf(navigator.languages) : language)
  const root = document.documentElement
  if (theme === 'system') delete root.dataset['theme']
  else root.dataset['theme'] = theme
  const text = JSON.stringify({ language, theme })
  if (lastText() !== text) keep(text)
}

/** As it was the last time; as the computer is, where that is not known. */
export function showAsLastTime(): void {
  const look = JSON.parse(lastText() ?? '{}') as Partial<Look>
  showAs({ language: look.language ?? 'system', theme: look.theme ?? 'system' })
}

function lastText(): string | undefined {
  try {
    return localStorage.getItem(KEY) ?? undefined
  } catch {
    // A browser that keeps nothing; the engine's answer comes a moment later.
    return undefined
  }
}
function keep(text: string): void {
  try {
    localStorage.setItem(KEY, text)
  } catch {
    // As above.
  }
}
