import { t } from '../../i18n/i18n.svelte.ts'

/** How well something is known that is said about a system that may never have run here. */
export type Grade = 'ran' | 'documented' | 'reported' | 'untried'

export const gradeText = (grade: Grade): string =>
  ({
    ran: t('Ran here.'),
    documented: t('As its makers describe it; not tried here.'),
    reported: t('Reported by users; not tried here.'),
    untried: t('Put together from documents; not tried by anybody here.'),
  })[grade]
