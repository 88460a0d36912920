import type { Catalogue } from '../catalogue.ts'

/** The frame of the assistant. */
export const wizard: Catalogue = {
  Steps: 'Schritte',
  'Step {n} of {of}': 'Schritt {n} von {of}',
  'Step {n} of {of}: {title}': 'Schritt {n} von {of}: {title}',
  '(done)': '(erledigt)',
  'Alt + Left': 'Alt + Pfeil links',
  Back: 'Zurück',
  Next: 'Weiter',
  Finish: 'Fertig',
  'Your answers could not be saved:': 'Ihre Angaben konnten nicht gespeichert werden:',
  'Try again': 'Noch einmal',
  'Everything is kept as you go.': 'Alles wird laufend gespeichert.',
  'Leave for now': 'Für jetzt verlassen',
  'Start over': 'Von vorn beginnen',
  'Start over?': 'Von vorn beginnen?',
  Cancel: 'Abbrechen',
}
